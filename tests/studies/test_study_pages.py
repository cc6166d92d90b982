"""What tables and pages say of studies: of labels alone, of conditions of their own, with many values and changes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from assets.leaderboard.page.languages import tongue
from assets.suites.comparisons import in_order
from tests.site.pages.shown import words
from tests.studies.conftest import Study
from tests.studies.shown import scored, section, view
from tests.warehouse.world.compared import rows
from warehouse.errors import UsageError


def write(study: Study, columns: str, lines: Iterable[str]) -> Study:
    """Make a study of labels alone, in one file."""
    del study.data["pictures"]
    (study.root / "labels.csv").write_text("\n".join([columns, *lines, ""]), "utf-8")
    return study


def test_a_study_of_labels_alone_misses_no_picture_wherever_that_is_said(tiny: Study) -> None:
    del tiny.data["pictures"]
    report = tiny.run()
    assert (report.slots, report.images, report.missing) == (8, 0, 0)
    assert not list(tiny.store.list("images/"))
    (line,) = report.lines()
    assert line.startswith("tiny: 8 slots, labels alone, 8 labels by tiny-people@")
    with scored(tiny.store, "tiny") as con:
        assert rows(con, "SELECT DISTINCT status FROM study_slots") == [{"status": "unpublished"}]
        assert rows(con, "SELECT sum(not_asked) AS n FROM answers") == [{"n": 0}]
        shown, page = view(con), section(con)
    assert (shown.planned, shown.pictures, shown.missing) == (8, 0, 0)
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "The study has labels of 8 pictures and no pictures" in text
    assert "Missing:" not in text


#: Women of ten, by model and condition: "smiling" halves them, "angry" leaves them, "plain" is as it was.
WOMEN = {"plain": 8, "angry": 8, "smiling": 2, "controlled": 5}


def under(study: Study, *conditions: str, baseline: str | None = None) -> Study:
    """Make a study of labels alone under these conditions: ten slots per cell, two models and two prompts."""
    listed = ", ".join(f"('{condition}')" for condition in conditions)
    study.data["prompts"] = (
        f"SELECT prompt, condition FROM (VALUES ('ceo'), ('nurse')) AS p (prompt), (VALUES {listed}) AS c (condition)"
    )
    if baseline is not None:
        study.data["baseline"] = baseline
    study.data["labels"] = ["SELECT * EXCLUDE (_file, _row) FROM 'labels.csv'"]
    return write(
        study,
        "model,prompt,condition,replicate,value",
        (
            f"{model},{prompt},{condition},{number},{'f' if number <= WOMEN.get(condition, 5) else 'm'}"
            for model in ("One", "m-two")
            for prompt in ("ceo", "nurse")
            for condition in conditions
            for number in range(1, 11)
        ),
    )


REFUSED = {
    "conditions of its own and no baseline": (
        ("plain", "smiling"),
        None,
        'tiny: prompts: condition "plain" is none of baseline, controlled, confronted; say which condition the others '
        "are compared with, baseline: plain, or select it as one of these",
    ),
    "one of its own beside the baseline": (
        ("baseline", "smiling"),
        None,
        'tiny: prompts: condition "smiling" is none of baseline, controlled, confronted; say which condition the '
        "others are compared with, baseline: baseline, or select it as one of these",
    ),
    "a baseline that is not there": (
        ("plain", "smiling"),
        "plane",
        'tiny: prompts: baseline: no prompt has the condition "plane"; did you mean "plain"? (the conditions are '
        "plain, smiling)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_condition_without_a_baseline_is_refused_in_one_line(tiny: Study, case: str) -> None:
    conditions, baseline, message = REFUSED[case]
    with pytest.raises(UsageError) as error:
        under(tiny, *conditions, baseline=baseline).run()
    assert str(error.value) == message
    assert tiny.written() == {}


def test_every_condition_is_compared_with_the_named_one(tiny: Study) -> None:
    under(tiny, "angry", "controlled", "plain", "smiling", baseline="plain").run()
    with scored(tiny.store, "tiny") as con:
        assert rows(con, "SELECT baseline FROM studies") == [{"baseline": "plain"}]
        found = rows(con, "FROM words WHERE value = 'f' AND model = 'm-one'")
        shown, page = view(con), section(con)
    assert {(row["a"], row["b"]) for row in found} == {
        ("plain", other) for other in ("angry", "controlled", "smiling")
    }
    means = {row["b"]: (row["kind"], row["estimate"]) for row in found if row["subject"] is None}
    assert means == {
        "angry": ("wording", 0.0),
        "controlled": ("controlled", pytest.approx(-0.3)),
        "smiling": ("wording", pytest.approx(-0.6)),
    }
    english = tongue("en").say
    assert [english(one.condition) for one in shown.boards] == [
        "plain", "with a request for diversity", "angry", "smiling"
    ]  # fmt: skip
    assert {(english(one.before), english(one.after)) for one in shown.changes} == {
        ("plain", "with a request for diversity"), ("plain", "angry"), ("plain", "smiling")
    }  # fmt: skip
    assert "80% → 20%" in page


def test_the_named_baseline_comes_first_then_known_ones_then_the_alphabet() -> None:
    conditions = ["zebra", "controlled", "apple", "baseline", "plain"]
    assert in_order(conditions) == ["baseline", "controlled", "apple", "plain", "zebra"]
    assert in_order(conditions, "plain") == ["plain", "baseline", "controlled", "apple", "zebra"]


AGES = ("10-19", "20-29", "30-39", "40_49", "50-59", "60-plus")


def many(study: Study, prompts: int, replicates: int = 4) -> Study:
    """Make a study of labels alone: two models, two conditions, this many prompts, an attribute of six values and one
    of two.
    """
    names = [f"p{number}" for number in range(prompts)]
    conditions = ("baseline", "controlled")
    study.data |= {
        "prompts": "SELECT DISTINCT prompt, condition FROM 'labels.csv'",
        "attributes": [
            {"id": "age", "title": "age", "values": list(AGES)},
            {"id": "gender", "title": "gender", "values": ["f", "m"], "outside": ["both"]},
        ],
        "labels": [
            "SELECT * EXCLUDE (_file, _row) FROM (UNPIVOT 'labels.csv' ON age, gender INTO NAME attribute VALUE value)"
        ],
    }
    return write(
        study,
        "model,prompt,condition,replicate,age,gender",
        (
            f"{model},{name},{condition},{number},{AGES[(place * 7 + number) % 6 if later else 1]},{'fm'[later]}"
            for model in ("One", "m-two")
            for place, name in enumerate(names)
            for later, condition in enumerate(conditions)
            for number in range(1, replicates + 1)
        ),
    )


def test_of_many_changes_the_page_counts_all_and_lists_the_clear_ones(tiny: Study) -> None:
    many(tiny, prompts=60).run()
    with scored(tiny.store, "tiny") as con:
        ((listed, clear),) = con.execute(
            "SELECT count(*), count(*) FILTER (WHERE clear) FROM words WHERE subject IS NOT NULL AND value <> 'm'"
        ).fetchall()
        shown, page = view(con), section(con)
    assert listed == 2 * 60 * (6 + 1)
    assert sum(one.compared + one.missing for one in shown.changes) == listed
    assert sum(len(one.clear) for one in shown.changes) == clear
    assert len(page) < 300_000


def test_values_are_shown_as_the_study_writes_them(tiny: Study) -> None:
    many(tiny, prompts=5, replicates=10).run()
    with scored(tiny.store, "tiny") as con:
        found = rows(con, "SELECT DISTINCT value FROM words WHERE attribute = 'age'")
        page = section(con)
    assert {row["value"] for row in found} >= set(AGES)
    means = page.partition('id="conditions"')[2]
    for age in AGES:
        assert re.search(rf'<th scope="col" class="num">{re.escape(age)}</th>', means)
    for age in ("10 19", "20 29", "60 plus"):
        assert age not in words(page)
