"""`cliche retract`: a picture, labels and a model's week are in no figure, nothing is deleted or asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from assets.generation.plan import read_plan
from assets.labeling.gold.simulated import simulated_gold
from assets.labeling.run import labelled, missing
from assets.simulation.drawing.labeler import Drawing
from tests.orchestration.conftest import ask
from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.orchestration.taking_back.pictures import MODEL, manifest, on_a_card, shared, slots
from tests.warehouse.integrity.test_damage import problems, write
from warehouse.database.connection import connect
from warehouse.loading.gold_objects import read_gold
from warehouse.loading.load import load_partition
from warehouse.taken_back import week_retractions

FIRST, SECOND = f"{WEEK}.1", f"{WEEK}.2"
WHY = "the prompt was not the one that was planned"
OTHER = "sim-drift"
KEY = f"retractions/week={WEEK}/model={MODEL}/1.json"
_OF = ("--model", MODEL, "--week", WEEK)
GENDER = ("labels", *_OF, "--labeler", "drawing", "--attribute", "perceived_gender")


def rows(home: Installation, query: str, model: str = MODEL) -> list[tuple[Any, ...]]:
    with connect(home.settings.warehouse, read_only=True) as con:
        return con.execute(query, {"model": model} if "$model" in query else {}).fetchall()


_COUNTS = (
    "SELECT prompt, attribute, value, sum(pictures) FROM counts WHERE model = $model AND NOT starts_with(attribute, "
    "'all:') GROUP BY ALL ORDER BY ALL"
)
#: The same from labels, without those of some slots, attributes.
_LEFT = """
SELECT prompt, attribute, coalesce(value, 'not_assessed'), count(*)
FROM slots
JOIN prompt_attributes USING (week, model, suite, prompt)
LEFT JOIN (FROM labels WHERE NOT (attribute IN {attributes})) USING (week, model, slot_key, attribute)
WHERE model = $model AND slot_key NOT IN {slots}
GROUP BY ALL ORDER BY ALL
"""


def _listed(values: Sequence[str]) -> str:
    return f"({', '.join(repr(one) for one in (*values, ''))})"


CASES: dict[str, Callable[[Installation], tuple[tuple[str, ...], list[str], list[str]]]] = {
    "a picture": lambda home: (("picture", on_a_card(home)), slots(home)[on_a_card(home)], []),
    "a picture of two slots": lambda home: (("picture", shared(home)), slots(home)[shared(home)], []),
    "a slot": lambda home: (("picture", slots(home)[shared(home)][0]), slots(home)[shared(home)][:1], []),
    "labels": lambda home: (GENDER, [], ["perceived_gender"]),
}


@pytest.mark.parametrize("case", CASES)
def test_counts_are_those_of_what_is_left(home: Installation, cliche: Cliche, case: str) -> None:
    arguments, of, attributes = CASES[case](home)
    pictures = sum(len(one) for one in slots(home).values())
    before = home.objects()
    told = cliche("retract", *arguments, "--reason", WHY)
    assert (told.code, told.err, f"{KEY} says why. Nothing was deleted." in told.out) == (0, "", True)
    assert {key for key, data in home.objects().items() if before.get(key) != data} == {KEY}
    wanted = rows(home, _LEFT.format(attributes=_listed(attributes), slots=_listed(of)))
    with connect(home.settings.warehouse) as con:
        load_partition(con, home.store, WEEK, MODEL)
    assert rows(home, _COUNTS) == wanted
    counted = "SELECT sum(planned), sum(pictures), sum(failed) FROM answers WHERE model = $model"
    assert rows(home, counted) == [(pictures, pictures - len(of), len(of))]
    said = rows(home, "SELECT retraction, slot_key, attribute, reason FROM retractions ORDER BY ALL")
    assert said == sorted((KEY, slot, name, WHY) for slot in of or [None] for name in attributes or [None])
    again = cliche("retract", *arguments, "--reason", WHY)
    assert (again.code, "taken back already" in again.only_line, KEY in again.only_line) == (2, True, True)


def test_an_edition_without_what_was_taken_back_says_why_and_withholds_a_week(
    home: Installation, cliche: Cliche
) -> None:
    for arguments in (("picture", shared(home)), GENDER, ("week", "--model", OTHER, "--week", WEEK)):
        assert cliche("retract", *arguments, "--reason", WHY).code == 0
    ended = cliche("publish")
    assert (ended.code, f"Withheld, for the critical checks that failed: {OTHER}" in ended.out) == (0, True)
    records = [KEY, KEY.replace("/1.", "/2."), KEY.replace(MODEL, OTHER)]
    assert [one["key"] for one in manifest(home, SECOND)["retractions"]] == records
    changed = cliche("edition", "diff", FIRST, SECOND)
    for model in (MODEL, OTHER):
        assert (changed.code, f"retracted: {WEEK} {model}: {WHY}" in changed.out) == (0, True), changed.out
    assert "all as recorded" in cliche("verify", "--store").out
    assert rows(home, "SELECT model, reason FROM withheld") == [
        (OTHER, "all of its answers were taken back (attempts__completeness)")
    ]
    assert rows(home, _COUNTS, OTHER) == []
    counted = "SELECT count(*) FROM figures WHERE model = $model AND estimate IS NOT NULL"
    assert rows(home, counted, OTHER) == [(0,)]
    outcomes = "SELECT DISTINCT outcome, outcome_group FROM slot_outcomes WHERE model = $model"
    assert rows(home, outcomes, OTHER) == [("retracted", "failed")]
    assert "Nothing to ask: 2 of 2" in cliche("run", "--week", WEEK).out


def test_nothing_is_asked_or_labeled_again(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, reader, picture = read_plan(home.store, WEEK, MODEL), Drawing(), on_a_card(home)
    assert plan
    assert cliche("gold", "sample", "--week", WEEK, "--n", "30", "--set", "mine").code == 0
    assert cliche("retract", *GENDER, "--reason", WHY).code == 0
    assert cliche("retract", "picture", picture, "--reason", WHY).code == 0
    assert [one.slots for one in week_retractions(home.store, WEEK, MODEL)] == [
        (),
        tuple(slots(home)[picture]),
    ]
    before = home.objects().keys()
    ask(home, WEEK)
    assert {key for key in home.objects() if key.startswith(("attempts/", "labels/", "intents/"))} <= before
    # Labels that were taken back are missing for another version alone, and of the picture for none.
    for key in [key for key in home.store.list("labels/") if f"model={MODEL}/" in key]:
        (home.home / "store" / key).unlink()
    done, by = labelled(home.store, plan, reader), f"{reader.name}@{reader.version}"
    left = missing(home.store, plan, reader.attributes(), done, by=by)
    assert left
    assert not [task for task in left if "perceived_gender" in task.attributes]
    monkeypatch.setattr(Drawing, "version", "9-00000000")
    done, by = labelled(home.store, plan, Drawing()), f"{reader.name}@9-00000000"
    newer = missing(home.store, plan, reader.attributes(), done, by=by)
    assert [task for task in newer if "perceived_gender" in task.attributes]
    assert picture not in {task.sha256 for task in newer}


def test_what_people_said_of_a_picture_that_was_taken_back_is_no_row(
    home: Installation, cliche: Cliche
) -> None:
    sample, _ = simulated_gold(home.store, WEEK, [MODEL], 30, ["startup-ceo"])
    whole, first = read_gold(home.store, sample.gold_set), sample.pictures[0]
    assert cliche("retract", "picture", first.slot_key, "--reason", WHY).code == 0
    left = read_gold(home.store, sample.gold_set)
    before, after = ({*one["gold_labels"]["slot_key"].to_pylist()} for one in (whole, left))
    assert before - after == {first.slot_key}
    assert left["gold_samples"].num_rows == whole["gold_samples"].num_rows


def test_wrong_use_is_one_line_and_writes_nothing(home: Installation, cliche: Cliche) -> None:
    before = home.objects()
    for arguments, words in (
        (("picture", "none"), "'none' names no picture"),
        (("picture", "0" * 64), f"has a picture or slot {'0' * 64}"),
        (("week", "--model", "none", "--week", WEEK), f"no plan of none in week {WEEK}"),
        (("week", "--model", "../x", "--week", WEEK), f"no plan of ../x in week {WEEK}"),
        (("week", "--model", MODEL, "--week", "2026-11-10"), "Monday"),
        (("labels", *_OF, "--labeler", "none"), "has no labels of 'none'; there: drawing@"),
        ((*GENDER[:-1], "gender"), "read no 'gender' there"),
    ):
        told = cliche("retract", *arguments, "--reason", WHY)
        assert (told.code, words in told.only_line) == (2, True), told.err
        assert cliche("retract", *arguments, "--reason", " ").code == 2
    assert home.objects() == before


def test_a_damaged_or_lost_record_is_told(home: Installation, cliche: Cliche, tmp_path: Any) -> None:
    store, two = home.store, KEY.replace("/1.json", "/2.json")
    for one in slots(home)[shared(home)]:
        assert cliche("retract", "picture", one, "--reason", WHY).code == 0
    data = store.get(KEY)
    write(store, KEY, data.replace(b"planned", b"PLANNED"))
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("damaged", KEY)]
    (home.home / "store" / KEY).unlink()
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("missing", KEY)]
    write(store, KEY, store.get(two))
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("damaged", KEY)]
