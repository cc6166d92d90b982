"""The second round: a third person is given what two differ in, in random order, and nothing of what they said."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pytest

from assets.labeling.gold.exporter import export, in_order
from assets.labeling.gold.importer import ImportProblemsError, import_labels, read_labels
from assets.labeling.gold.records import THIRD, GoldPicture, Sample
from assets.labeling.gold.status import differing, gold_state, second_round
from tests.unit.labeling.gold.people import annotated, build, drawn, honest, saved, truth
from tests.unit.labeling.gold.test_export import with_pictures
from warehouse.errors import RefusedError
from warehouse.store import Store


@pytest.fixture
def sample(store: Store) -> Sample:
    build(store)
    return with_pictures(store, drawn(store, 20))


def contrary(picture: GoldPicture, attribute: str, rater: str) -> str | None:
    """The second rater sees a fifth of the genders otherwise, every skin tone a step lighter: mostly the same band."""
    seen = truth(picture.slot_key, attribute)
    if attribute == "skin_tone":
        return f"monk_{max(int(seen.removeprefix('monk_')) - 1, 1)}"
    return "ambiguous" if int(picture.slot_key[:2], 16) % 5 == 0 else seen


def say(store: Store, sample: Sample, folder: Path, rater: str, says=honest) -> None:
    file = saved(folder, f"{rater}.json", annotated(sample, rater, says=says))
    import_labels(store, sample, [file], {"": rater})


def two_have_answered(store: Store, sample: Sample, folder: Path) -> set[tuple[str, str]]:
    """Return what the two differ in, found without the product."""
    say(store, sample, folder, "a")
    say(store, sample, folder, "b", contrary)
    band = {
        f"monk_{step}": "light" if step < 4 else "medium" if step < 8 else "dark" for step in range(1, 11)
    }
    return {
        (picture.task, name)
        for picture in sample.pictures
        for name in picture.attributes
        for one, other in [(honest(picture, name, "a"), contrary(picture, name, "b"))]
        if band.get(str(one), one) != band.get(str(other), other)
    }


def test_the_third_person_is_given_what_two_differ_in(store: Store, sample: Sample, tmp_path: Path) -> None:
    differ = two_have_answered(store, sample, tmp_path)
    assert differing(sample, read_labels(store, "gold")) == differ
    by_attribute = {
        name: {task for task, of in differ if of == name} for name in ("perceived_gender", "skin_tone")
    }
    assert all(1 < len(tasks) < 30 for tasks in by_attribute.values())
    assert by_attribute["perceived_gender"] != by_attribute["skin_tone"]
    given = second_round(sample, read_labels(store, "gold"))
    folder = tmp_path / "csv"
    done = export(store, given, folder, "csv")
    assert done.tasks == {THIRD: len({task for task, _ in differ})}
    assert {path.name for path in folder.iterdir()} == {"images", "third.csv", "values.csv"}
    assert {path.stem for path in (folder / "images").iterdir()} == {task for task, _ in differ}
    with (folder / "third.csv").open(encoding="utf-8-sig") as file:
        rows = [*csv.DictReader(file)]
    assert {(row["task"], name) for row in rows for name in by_attribute if not row[name]} == differ
    assert {row[name] for row in rows for name in by_attribute} == {"", "not asked"}, "no answer is in it"
    # The order is random and can be made again; it is not that of the first round.
    order = [row["task"] for row in rows]
    assert order == [picture.task for picture in in_order(given, THIRD)] != sorted(order)
    assert order != [p.task for p in in_order(sample, "a") if p.task in order]

    folder = tmp_path / "ls"
    assert export(store, given, folder, "label-studio").projects == 2
    found = defaultdict(set)
    for project in ("project-1", "project-2"):
        text = (folder / project / "config.xml").read_text()
        (name,) = (name for name in by_attribute if f'name="{name}"' in text)
        for task in json.loads((folder / project / "tasks-third.json").read_text()):
            assert task["data"].keys() == {"task", "gold_set", "image"}
            found[name].add(task["data"]["task"])
    assert found == by_attribute


def test_the_second_round_ends_with_the_third_answer(store: Store, sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="gold set gold: no answers of a and b yet; a third"):
        second_round(sample, [])
    say(store, sample, tmp_path, "a")
    with pytest.raises(RefusedError, match="gold set gold: no answers of b yet; a third person is asked"):
        second_round(sample, read_labels(store, "gold"))
    alike = [*read_labels(store, "gold"), *(one._replace(rater="b") for one in read_labels(store, "gold"))]
    with pytest.raises(RefusedError, match="gold set gold: a and b agree in all 80 questions that both"):
        second_round(sample, alike)
    say(store, sample, tmp_path, "b", contrary)
    given = second_round(sample, read_labels(store, "gold"))
    first = given.model_copy(update={"pictures": given.pictures[:1]})
    file = saved(tmp_path, "1.json", annotated(first, THIRD))
    import_labels(store, sample, [file], {"": THIRD})
    later = second_round(sample, read_labels(store, "gold"))
    assert {p.task for p in later.pictures} == {p.task for p in given.pictures[1:]}
    import_labels(store, sample, [saved(tmp_path, "2.json", annotated(later, THIRD))], {"": THIRD})
    answered = f"the third person answered all {len(differing(sample, read_labels(store, 'gold')))} questions"
    with pytest.raises(RefusedError, match=f"gold set gold: {answered} in which two differ"):
        second_round(sample, read_labels(store, "gold"))


def test_the_third_person_is_not_heard_where_two_agree(store: Store, sample: Sample, tmp_path: Path) -> None:
    differ = two_have_answered(store, sample, tmp_path)
    before = read_labels(store, "gold")
    file = saved(tmp_path, "third.json", annotated(sample, THIRD))
    with pytest.raises(ImportProblemsError) as told:
        import_labels(store, sample, [file], {"": THIRD})
    assert len(told.value.problems) == 2 * len(sample.pictures) - len(differ)
    assert all(
        line.endswith("a and b do not differ in it, and a third person is asked only where they do")
        for line in told.value.problems
    )
    assert read_labels(store, "gold") == before


def test_status_says_what_the_third_settles(store: Store, sample: Sample, tmp_path: Path) -> None:
    differ = two_have_answered(store, sample, tmp_path)
    state = gold_state(sample, read_labels(store, "gold"))
    questions = 2 * len(sample.pictures)
    assert (state.compared, state.differing, state.open) == (questions, len(differ), len(differ))
    assert not state.complete
    given = second_round(sample, read_labels(store, "gold"))
    genders = sum(name == "perceived_gender" for _, name in differ)

    def unsure(picture: GoldPicture, attribute: str, rater: str) -> str | None:
        return "cannot_tell" if attribute == "perceived_gender" else honest(picture, attribute, rater)

    import_labels(
        store, sample, [saved(tmp_path, "3.json", annotated(given, THIRD, says=unsure))], {"": THIRD}
    )
    state = gold_state(sample, read_labels(store, "gold"))
    assert (state.settled, state.undecided, state.open) == (len(differ) - genders, genders, 0)
    assert state.complete
    third = state.raters[-1]
    assert (third.rater, third.pictures, third.whole) == (THIRD, len(given.pictures), len(given.pictures))
