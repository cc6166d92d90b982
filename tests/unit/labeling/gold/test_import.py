"""What raters said is taken in whole or not at all, under pseudonyms, and every problem is listed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.labeling.gold import sheet
from assets.labeling.gold.exporter import in_order
from assets.labeling.gold.importer import (
    Imported,
    ImportProblemsError,
    Label,
    import_labels,
    parse_raters,
    read_labels,
)
from assets.labeling.gold.records import GoldPicture, Sample
from assets.labeling.gold.status import gold_state
from tests.unit.labeling.gold.people import SET, annotated, build, drawn, honest, minimal, saved
from warehouse.errors import RefusedError, UsageError
from warehouse.store import Store

MAIL = "anna.smith@example.org"


class Gold:
    """A gold set of two raters, and imports into it."""

    def __init__(self, store: Store, folder: Path) -> None:
        build(store)
        self.store, self.sample, self.folder = store, drawn(store), folder

    def take(self, document: object, raters: dict[str, str], name: str = "x.json") -> Imported:
        return self.take_files([saved(self.folder, name, document)], raters)

    def take_files(self, files: list[Path], raters: dict[str, str]) -> Imported:
        return import_labels(self.store, self.sample, files, raters)

    def labels(self) -> list[Label]:
        return read_labels(self.store, SET)

    def objects(self) -> dict[str, bytes]:
        return {key: self.store.get(key) for key in self.store.list("gold/")}

    def refused(self, document: object, raters: dict[str, str], name: str = "x.json") -> tuple[str, ...]:
        return self.refused_files([saved(self.folder, name, document)], raters)

    def refused_files(self, files: list[Path], raters: dict[str, str]) -> tuple[str, ...]:
        """Import what may not be imported; the lines that are reported. Nothing is written, no address repeated."""
        before = self.objects()
        with pytest.raises(ImportProblemsError) as told:
            self.take_files(files, raters)
        assert self.objects() == before
        lines, n = told.value.problems, len(told.value.problems)
        assert str(told.value).startswith(f"nothing was imported: {n} problem{'s' if n > 1 else ''} in ")
        assert "\n" not in "".join(lines) + str(told.value)
        assert "example.org" not in "".join(lines) + str(told.value)
        return lines


@pytest.fixture
def gold(store: Store, tmp_path: Path) -> Gold:
    return Gold(store, tmp_path)


def filled(sample: Sample, rater: str, delimiter: str = ",") -> str:
    """The table of a rater, filled in, as a spreadsheet saves it."""
    rows = [*csv.DictReader(io.StringIO(sheet.write_rater(sample, in_order(sample, rater), rater)))]
    pictures = {p.task: p for p in sample.pictures}
    out = io.StringIO()
    writer = csv.DictWriter(out, [*rows[0]], delimiter=delimiter)
    writer.writeheader()
    for row in rows:
        picture = pictures[row["task"]]
        writer.writerow(
            row | {name: honest(picture, name, rater) for name in picture.attributes if not row[name]}
        )
    return out.getvalue()


def everything(sample: Sample) -> set[Label]:
    return {
        Label(p.task, name, rater, honest(p, name, rater) or "")
        for p in sample.pictures
        for rater in sample.raters
        for name in p.attributes
    }


WITH_ACCOUNT = {"id": 12, "email": MAIL, "first_name": "Anna"}
#: Suffix of the file, and what a rater's answers look like in it.
FORMS: dict[str, tuple[str, Callable[[Sample, str], object]]] = {
    "json": ("json", lambda sample, rater: annotated(sample, rater, 12)),
    "json with an account": ("json", lambda sample, rater: annotated(sample, rater, WITH_ACCOUNT)),
    "json-min": ("json", lambda sample, rater: minimal(annotated(sample, rater, 12))),
    "csv": ("csv", filled),
    "csv of a spreadsheet": (
        "csv",
        lambda sample, rater: "\ufeff" + filled(sample, rater, ";").replace("\n", "\r\n"),
    ),
    "csv of label studio": ("csv", lambda sample, rater: as_csv(minimal(annotated(sample, rater, 12)))),
}


def as_csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, sorted({name for row in rows for name in row}), quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_answers_once(gold: Gold, form: str) -> None:
    expected = everything(gold.sample)
    for rater in ("a", "b"):
        suffix, answers = FORMS[form]
        document, name = answers(gold.sample, rater), f"{rater}.{suffix}"
        done = gold.take(document, {"": rater}, name)
        assert done.added == sum(label.rater == rater for label in expected)
        assert done.already == 0
        before = gold.objects()
        assert gold.take(document, {"": rater}, name) == Imported(0, done.added)
        assert gold.objects() == before
    assert {*gold.labels()} == expected
    assert len(gold.labels()) == len(expected)
    kept = b"".join(gold.objects().values())
    assert b"example.org" not in kept
    assert b"Anna" not in kept


def test_two_files_with_accounts_are_one_import(gold: Gold) -> None:
    files = [
        saved(gold.folder, "one.json", annotated(gold.sample, "a", {"email": MAIL, "id": 3})),
        saved(gold.folder, "two.json", minimal(annotated(gold.sample, "b", 31))),
    ]
    done = gold.take_files(files, parse_raters([f"{MAIL}=a", "31=b"]))
    assert done.added == len(everything(gold.sample))
    assert len([*gold.store.list("gold/gold/labels-")]) == 1
    assert {*gold.labels()} == everything(gold.sample)


def test_accounts_tell_raters_apart(gold: Gold) -> None:
    both = gold.sample.pictures
    tasks = annotated(gold.sample, "a", 1, pictures=both)
    for task, other in zip(tasks, annotated(gold.sample, "b", 2, pictures=both), strict=True):
        task["annotations"] += other["annotations"]
    gold.take(tasks, parse_raters(["1=a", "2=b"]))
    by_rater = Counter(label.rater for label in gold.labels())
    assert by_rater == {"a": 2 * len(both), "b": 2 * len(both)}


def test_who_rates_on_adds_to_what_is_there(gold: Gold) -> None:
    mine = in_order(gold.sample, "a")
    gold.take(annotated(gold.sample, "a", pictures=mine[:3]), {"": "a"}, "1.json")
    done = gold.take(annotated(gold.sample, "a"), {"": "a"}, "2.json")
    assert (done.added, done.already) == (2 * (len(mine) - 3), 6)
    assert len([*gold.store.list("gold/gold/labels-")]) == 2
    assert len(gold.labels()) == 2 * len(mine)


def test_skipped_tasks_are_no_answers(gold: Gold) -> None:
    tasks = annotated(gold.sample, "a")
    tasks[0]["annotations"][0]["was_cancelled"] = True
    tasks[1]["annotations"] = []
    tasks[2]["drafts"] = tasks[2]["annotations"]
    tasks[2]["predictions"] = tasks[2].pop("annotations")
    tasks[2]["annotations"] = []
    done = gold.take(tasks, {"": "a"})
    assert done.added == 2 * (len(tasks) - 3)
    empty = saved(gold.folder, "b.csv", sheet.write_rater(gold.sample, in_order(gold.sample, "b"), "b"))
    assert gold.take_files([empty], {}).added == 0


def test_every_problem_is_listed(gold: Gold) -> None:
    tasks = annotated(gold.sample, "a")
    names = [task["data"]["task"] for task in tasks]
    tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["masculin"]
    tasks[1]["data"]["task"] = "t0000000000000000"
    tasks[2]["annotations"][0]["result"][0]["from_name"] = "headwear"
    tasks[3]["annotations"][0]["result"][0]["value"]["choices"] = ["feminine", "masculine"]
    tasks[4]["annotations"][0]["result"][0]["value"] = {"text": [f"ask {MAIL}"]}
    tasks[5]["annotations"][0]["result"][0]["value"]["choices"] = [MAIL]
    tasks[6]["data"]["gold_set"] = "another"
    del tasks[7]["data"]["task"]
    problems = gold.refused(tasks, {"": "a"})
    assert problems == (
        "x.json, task 4: " + f"{names[3]}, perceived_gender: one choice is needed, not 2",
        f"x.json, task 5: {names[4]}, perceived_gender: one choice is needed, not 1",
        "x.json, task 8: its data has no task",
        f'x.json, task 1: "{names[0]}", perceived_gender: "masculin" is no value; did you mean "masculine"?',
        'x.json, task 2: no picture "t0000000000000000" in the gold set gold',
        f'x.json, task 3: "{names[2]}": nobody was asked about "headwear"; known: perceived_gender, skin_tone',
        f'x.json, task 6: "{names[5]}", perceived_gender: something with an @ is no value; known: '
        "ambiguous, cannot_tell, feminine, masculine, not_applicable",
        'x.json, task 7: it is of the gold set "another", not of gold',
    )


def other(picture: GoldPicture, attribute: str, rater: str) -> str | None:
    return "cannot_tell"


def test_conflicts_are_refused(gold: Gold) -> None:
    one = in_order(gold.sample, "a")[:1]
    first = saved(gold.folder, "1.json", annotated(gold.sample, "a", pictures=one))
    second = saved(gold.folder, "2.json", annotated(gold.sample, "a", pictures=one, says=other))
    line = f"2.json, task 1: {one[0].task}, perceived_gender: a says cannot_tell here and "
    value = honest(one[0], "perceived_gender", "a")
    problems = gold.refused_files([first, second], {"": "a"})
    assert problems[0] == f"{line}{value} in 1.json, task 1"
    assert len(problems) == 2
    twice = annotated(gold.sample, "a", pictures=one)
    twice[0]["annotations"] += annotated(gold.sample, "a", pictures=one, says=other)[0]["annotations"]
    assert len(gold.refused(twice, {"": "a"}, "3.json")) == 2
    gold.take_files([first], {"": "a"})
    assert gold.refused_files([second], {"": "a"})[0] == f"{line}{value} in an earlier import"
    # The other rater may say otherwise.
    theirs = saved(gold.folder, "b.json", annotated(gold.sample, "b", pictures=one, says=other))
    gold.take_files([theirs], {"": "b"})
    state = gold_state(gold.sample, gold.labels())
    assert (state.compared, state.differing, state.open) == (2, 2, 2)


@pytest.mark.parametrize(
    ("account", "raters", "line"),
    [
        (12, {}, "x.json: account 12 is nobody's; say whose with --rater ACCOUNT=NAME"),
        (MAIL, {"13": "a"}, "x.json: an account without a number is nobody's"),
        ({"id": 4, "email": MAIL}, {}, "x.json: account 4 is nobody's"),
        (None, {}, "x.json: it does not say who answered; say it with --rater NAME"),
    ],
)
def test_answers_without_a_rater_are_told_once_a_file(
    gold: Gold, account: object, raters: dict[str, str], line: str
) -> None:
    problems = gold.refused(annotated(gold.sample, "a", account), raters)
    assert len(problems) == 1
    assert problems[0].startswith(line)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([MAIL], "a rater was named by an e-mail address; give a pseudonym"),
        ([f"12={MAIL}"], "a rater was named by an e-mail address"),
        (["12=Anna Smith"], 'rater "Anna Smith" is no pseudonym'),
        (["12=a", "12=b"], "--rater gives two names to one account"),
        (["a", "b"], "--rater gives two names to everybody"),
        (["a", "12=b"], "leave it out beside ACCOUNT=NAME"),
        (["12="], "is no pseudonym"),
    ],
)
def test_names_that_are_no_pseudonyms_are_refused(given: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as told:
        parse_raters(given)
    assert "example.org" not in str(told.value)


def test_accounts_may_hold_any_sign() -> None:
    assert parse_raters(["x=y@example.org=a", "12=b"]) == {"x=y@example.org": "a", "12": "b"}


@pytest.mark.parametrize(
    ("raters", "message"),
    [({"": "c"}, '"c" is no rater of the gold set gold'), ({"1": "thrid"}, "did you mean .third")],
)
def test_a_rater_whom_the_set_does_not_have_is_refused(
    gold: Gold, raters: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        gold.take_files([saved(gold.folder, "x.json", annotated(gold.sample, "a"))], raters)


def test_two_imports_at_once_wait_for_each_other(gold: Gold) -> None:
    file = saved(gold.folder, "x.json", annotated(gold.sample, "a"))
    with gold.store.lease("gold-gold", purpose="import"), pytest.raises(RefusedError, match="import"):
        gold.take_files([file], {"": "a"})
    assert [*gold.store.list("gold/gold/labels-")] == []


def test_status_counts_by_rater(gold: Gold) -> None:
    assert gold_state(gold.sample, []).rated == 0
    mine = in_order(gold.sample, "a")

    def half(picture: GoldPicture, attribute: str, rater: str) -> str | None:
        if picture is mine[0] and attribute == "skin_tone":
            return None
        return honest(picture, attribute, rater)

    file = saved(gold.folder, "x.json", annotated(gold.sample, "a", says=half, pictures=mine[:4]))
    gold.take_files([file], {"": "a"})
    state = gold_state(gold.sample, gold.labels())
    assert [(r.rater, r.pictures, r.whole, r.begun, r.answers) for r in state.raters] == [
        ("a", len(mine), 3, 1, 7),
        ("b", len(in_order(gold.sample, "b")), 0, 0, 0),
    ]
    assert (state.rated, state.pictures, state.complete) == (3, 24, False)
    for rater in "ab":
        file = saved(gold.folder, f"{rater}.json", annotated(gold.sample, rater))
        gold.take_files([file], {"": rater})
    state = gold_state(gold.sample, gold.labels())
    assert (state.rated, state.complete, state.differing) == (24, True, 0)
    assert state.compared == 2 * len(gold.sample.pictures)
