"""What raters said is taken in whole or not at all, under pseudonyms, and every problem is listed."""

from __future__ import annotations

import csv
import io
import json
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
from warehouse.store import Store, open_store

MAIL = "anna.smith@example.org"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "bucket")


@pytest.fixture
def sample(store: Store) -> Sample:
    build(store)
    return drawn(store)


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


def objects(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("gold/")}


Form = Callable[[Sample, Path, str], Path]
FORMS: dict[str, Form] = {
    "json": lambda sample, folder, rater: saved(folder, f"{rater}.json", annotated(sample, rater, 12)),
    "json with an account": lambda sample, folder, rater: saved(
        folder, f"{rater}.json", annotated(sample, rater, {"id": 12, "email": MAIL, "first_name": "Anna"})
    ),
    "json-min": lambda sample, folder, rater: saved(
        folder, f"{rater}.json", minimal(annotated(sample, rater, 12))
    ),
    "csv": lambda sample, folder, rater: saved(folder, f"{rater}.csv", filled(sample, rater)),
    "csv of a spreadsheet": lambda sample, folder, rater: saved(
        folder, f"{rater}.csv", "\ufeff" + filled(sample, rater, ";").replace("\n", "\r\n")
    ),
    "csv of label studio": lambda sample, folder, rater: saved(
        folder, f"{rater}.csv", as_csv(minimal(annotated(sample, rater, 12)))
    ),
}


def as_csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, sorted({name for row in rows for name in row}), quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_answers_and_importing_again_changes_nothing(
    store: Store, sample: Sample, tmp_path: Path, form: str
) -> None:
    expected = everything(sample)
    for rater in ("a", "b"):
        file = FORMS[form](sample, tmp_path, rater)
        done = import_labels(store, sample, [file], {"": rater})
        assert done.added == sum(label.rater == rater for label in expected)
        assert done.already == 0
        before = objects(store)
        assert import_labels(store, sample, [file], {"": rater}) == Imported(0, done.added)
        assert objects(store) == before
    assert {*read_labels(store, SET)} == expected
    assert len(read_labels(store, SET)) == len(expected)
    assert MAIL.encode() not in b"".join(objects(store).values())


def test_two_files_with_accounts_are_one_import(store: Store, sample: Sample, tmp_path: Path) -> None:
    files = [
        saved(tmp_path, "one.json", annotated(sample, "a", {"email": MAIL, "id": 3})),
        saved(tmp_path, "two.json", minimal(annotated(sample, "b", 31))),
    ]
    done = import_labels(store, sample, files, parse_raters([f"{MAIL}=a", "31=b"]))
    assert done.added == len(everything(sample))
    assert len([*store.list("gold/gold/labels-")]) == 1
    assert {*read_labels(store, SET)} == everything(sample)


def test_both_raters_in_one_project_are_told_apart_by_their_accounts(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    both = sample.pictures
    tasks = annotated(sample, "a", 1, pictures=both)
    for task, other in zip(tasks, annotated(sample, "b", 2, pictures=both), strict=True):
        task["annotations"] += other["annotations"]
    import_labels(store, sample, [saved(tmp_path, "x.json", tasks)], parse_raters(["1=a", "2=b"]))
    by_rater = Counter(label.rater for label in read_labels(store, SET))
    assert by_rater == {"a": 2 * len(both), "b": 2 * len(both)}


def test_who_rates_on_adds_to_what_is_there(store: Store, sample: Sample, tmp_path: Path) -> None:
    mine = in_order(sample, "a")
    import_labels(
        store, sample, [saved(tmp_path, "1.json", annotated(sample, "a", pictures=mine[:3]))], {"": "a"}
    )
    done = import_labels(store, sample, [saved(tmp_path, "2.json", annotated(sample, "a"))], {"": "a"})
    assert (done.added, done.already) == (2 * (len(mine) - 3), 6)
    assert len([*store.list("gold/gold/labels-")]) == 2
    assert len(read_labels(store, SET)) == 2 * len(mine)


def test_skipped_tasks_drafts_and_empty_cells_are_no_answers(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    tasks = annotated(sample, "a")
    tasks[0]["annotations"][0]["was_cancelled"] = True
    tasks[1]["annotations"] = []
    tasks[2]["drafts"] = tasks[2]["annotations"]
    tasks[2]["predictions"] = tasks[2].pop("annotations")
    tasks[2]["annotations"] = []
    done = import_labels(store, sample, [saved(tmp_path, "x.json", tasks)], {"": "a"})
    assert done.added == 2 * (len(tasks) - 3)
    empty = saved(tmp_path, "b.csv", sheet.write_rater(sample, in_order(sample, "b"), "b"))
    assert import_labels(store, sample, [empty], {}).added == 0


def refused(store: Store, sample: Sample, files: list[Path], raters: dict[str, str]) -> tuple[str, ...]:
    """Import what may not be imported; the lines that are reported. Nothing is written and no address is repeated."""
    before = objects(store)
    with pytest.raises(ImportProblemsError) as told:
        import_labels(store, sample, files, raters)
    assert objects(store) == before
    count = len(told.value.problems)
    assert str(told.value).startswith(f"nothing was imported: {count} problem{'s' if count > 1 else ''} in ")
    assert "\n" not in "".join(told.value.problems) + str(told.value)
    assert "example.org" not in "".join(told.value.problems) + str(told.value)
    return told.value.problems


def test_every_problem_is_listed_and_nothing_is_half_imported(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    tasks = annotated(sample, "a")
    names = [task["data"]["task"] for task in tasks]
    tasks[0]["annotations"][0]["result"][0]["value"]["choices"] = ["masculin"]
    tasks[1]["data"]["task"] = "t0000000000000000"
    tasks[2]["annotations"][0]["result"][0]["from_name"] = "headwear"
    tasks[3]["annotations"][0]["result"][0]["value"]["choices"] = ["feminine", "masculine"]
    tasks[4]["annotations"][0]["result"][0]["value"] = {"text": [f"ask {MAIL}"]}
    tasks[5]["annotations"][0]["result"][0]["value"]["choices"] = [MAIL]
    tasks[6]["data"]["gold_set"] = "another"
    del tasks[7]["data"]["task"]
    problems = refused(store, sample, [saved(tmp_path, "x.json", tasks)], {"": "a"})
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


def test_conflicts_within_a_file_between_files_and_with_what_is_there_are_refused(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    one = in_order(sample, "a")[:1]
    first = saved(tmp_path, "1.json", annotated(sample, "a", pictures=one))
    second = saved(tmp_path, "2.json", annotated(sample, "a", pictures=one, says=other))
    line = f"2.json, task 1: {one[0].task}, perceived_gender: a says cannot_tell here and "
    value = honest(one[0], "perceived_gender", "a")
    problems = refused(store, sample, [first, second], {"": "a"})
    assert problems[0] == f"{line}{value} in 1.json, task 1"
    assert len(problems) == 2
    twice = annotated(sample, "a", pictures=one)
    twice[0]["annotations"] += annotated(sample, "a", pictures=one, says=other)[0]["annotations"]
    assert len(refused(store, sample, [saved(tmp_path, "3.json", twice)], {"": "a"})) == 2
    import_labels(store, sample, [first], {"": "a"})
    assert refused(store, sample, [second], {"": "a"})[0] == f"{line}{value} in an earlier import"
    # The other rater may say otherwise.
    import_labels(
        store,
        sample,
        [saved(tmp_path, "b.json", annotated(sample, "b", pictures=one, says=other))],
        {"": "b"},
    )
    state = gold_state(sample, read_labels(store, SET))
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
    store: Store, sample: Sample, tmp_path: Path, account: object, raters: dict[str, str], line: str
) -> None:
    problems = refused(store, sample, [saved(tmp_path, "x.json", annotated(sample, "a", account))], raters)
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
def test_names_that_are_no_pseudonyms_or_do_not_fit_together_are_refused(
    given: list[str], message: str
) -> None:
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
    store: Store, sample: Sample, tmp_path: Path, raters: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        import_labels(store, sample, [saved(tmp_path, "x.json", annotated(sample, "a"))], raters)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.json", "{", r"x\.json is no JSON"),
        ("x.json", "{}", r"x\.json is no export of Label Studio: a list of tasks is needed"),
        ("x.json", "[1]", "is no export of Label Studio"),
        ("x.csv", "picture,value\n1,2\n", r'x\.csv has no column "task"'),
        ("x.csv", "", r'x\.csv has no column "task"'),
    ],
)
def test_files_of_another_form_are_refused(
    store: Store, sample: Sample, tmp_path: Path, name: str, content: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        import_labels(store, sample, [saved(tmp_path, name, content)], {"": "a"})


def test_a_missing_file_and_one_in_another_encoding_are_refused(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*nowhere\.json: No such file"):
        import_labels(store, sample, [tmp_path / "nowhere.json"], {"": "a"})
    latin = tmp_path / "latin.csv"
    latin.write_bytes("task,é\n".encode("latin-1"))
    with pytest.raises(UsageError, match=r"latin\.csv is no UTF-8 text; save it as CSV UTF-8"):
        import_labels(store, sample, [latin], {"": "a"})


@pytest.mark.parametrize("item", [{"data": {}}, {"id": 1}, {"data": {"task": "t1"}}, {}])
def test_tasks_of_neither_form_are_told(
    store: Store, sample: Sample, tmp_path: Path, item: dict[str, Any]
) -> None:
    problems = refused(store, sample, [saved(tmp_path, "x.json", [item])], {"": "a"})
    assert problems == (
        "x.json, task 1: neither JSON nor JSON-MIN of Label Studio: no task and no annotations",
    )


@pytest.mark.parametrize(
    "annotation", [7, {"result": [7]}, {"result": [{"value": {}}]}, {"result": [{"from_name": "a"}]}]
)
def test_annotations_of_no_form_are_told(
    store: Store, sample: Sample, tmp_path: Path, annotation: object
) -> None:
    task = sample.pictures[0].task
    document = [{"data": {"task": task}, "annotations": [annotation]}]
    problems = refused(store, sample, [saved(tmp_path, "x.json", document)], {"": "a"})
    assert len(problems) == 1
    assert problems[0].startswith("x.json, task 1: a")


def test_a_table_says_whose_it_is_and_no_address(store: Store, sample: Sample, tmp_path: Path) -> None:
    mine = saved(tmp_path, "a.csv", filled(sample, "a"))
    assert refused(store, sample, [mine], {"": "b"}) == ("a.csv: the table is a's, and --rater says b",)
    address = saved(tmp_path, "mail.csv", filled(sample, "a").replace(",a,", f",{MAIL},"))
    assert refused(store, sample, [address], {}) == (
        "mail.csv: a rater was named by an e-mail address; give a pseudonym, e.g. a or rater-1",
    )
    stranger = saved(tmp_path, "c.csv", filled(sample, "a").replace(",a,", ",c,"))
    assert refused(store, sample, [stranger], {})[0].startswith('c.csv: "c" is no rater of the gold set gold')
    assert import_labels(store, sample, [mine], {}).added > 0


def test_a_table_with_cells_too_many_or_values_that_were_not_asked_is_refused(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    task = in_order(sample, "a")[0].task
    text = f"task,rater,perceived_gender,beard\n{task},a,feminine,yes\n{task},a,feminine,,too,many\n"
    problems = refused(store, sample, [saved(tmp_path, "x.csv", text)], {})
    assert problems == (
        "x.csv, line 3: more cells than columns",
        f'x.csv, line 2: "{task}": nobody was asked about "beard"; known: perceived_gender, skin_tone',
    )


def test_two_imports_at_once_wait_for_each_other(store: Store, sample: Sample, tmp_path: Path) -> None:
    file = saved(tmp_path, "x.json", annotated(sample, "a"))
    with store.lease("gold-gold", purpose="import"), pytest.raises(RefusedError, match="import"):
        import_labels(store, sample, [file], {"": "a"})
    assert [*store.list("gold/gold/labels-")] == []


def test_status_counts_pictures_whole_and_begun_by_rater(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    assert gold_state(sample, []).rated == 0
    mine = in_order(sample, "a")

    def half(picture: GoldPicture, attribute: str, rater: str) -> str | None:
        if picture is mine[0] and attribute == "skin_tone":
            return None
        return honest(picture, attribute, rater)

    file = saved(tmp_path, "x.json", annotated(sample, "a", says=half, pictures=mine[:4]))
    import_labels(store, sample, [file], {"": "a"})
    state = gold_state(sample, read_labels(store, SET))
    assert [(r.rater, r.pictures, r.whole, r.begun, r.answers) for r in state.raters] == [
        ("a", len(mine), 3, 1, 7),
        ("b", len(in_order(sample, "b")), 0, 0, 0),
    ]
    assert (state.rated, state.pictures, state.complete) == (3, 24, False)
    for rater in "ab":
        if rater == "a":
            mine = []
        file = saved(tmp_path, f"{rater}.json", annotated(sample, rater))
        import_labels(store, sample, [file], {"": rater})
    state = gold_state(sample, read_labels(store, SET))
    assert (state.rated, state.complete, state.differing) == (24, True, 0)
    assert state.compared == 2 * len(sample.pictures)


def test_no_part_holds_anything_but_tasks_answers_and_pseudonyms(
    store: Store, sample: Sample, tmp_path: Path
) -> None:
    tasks = annotated(sample, "a", {"id": 9, "email": MAIL, "first_name": "Anna"})
    import_labels(store, sample, [saved(tmp_path, "x.json", tasks)], {MAIL: "a"})
    assert json.dumps(tasks).count(MAIL) == len(tasks)
    for data in objects(store).values():
        assert b"example.org" not in data
        assert b"Anna" not in data
