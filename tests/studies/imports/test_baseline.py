"""A condition of a study's own is compared with the baseline that the study file names, or is refused."""

import pytest

from assets.leaderboard.page.languages import tongue
from assets.suites.comparisons import in_order
from tests.studies.conftest import Study
from tests.studies.shown import rows, scored, section, view
from warehouse.errors import UsageError

#: Women of ten, by model and condition: "smiling" halves them, "angry" leaves them, "plain" is as it was.
WOMEN = {"plain": 8, "angry": 8, "smiling": 2, "controlled": 5}


def under(study: Study, *conditions: str, baseline: str | None = None) -> Study:
    """Make a study of labels alone under these conditions: ten slots per cell, two models and two prompts."""
    del study.data["pictures"]
    listed = ", ".join(f"('{condition}')" for condition in conditions)
    study.data["prompts"] = (
        f"SELECT prompt, condition FROM (VALUES ('ceo'), ('nurse')) AS p (prompt), (VALUES {listed}) AS c (condition)"
    )
    if baseline is not None:
        study.data["baseline"] = baseline
    study.data["labels"] = ["SELECT * EXCLUDE (_file, _row) FROM 'labels.csv'"]
    lines = [
        f"{model},{prompt},{condition},{number},{'f' if number <= WOMEN.get(condition, 5) else 'm'}"
        for model in ("One", "m-two")
        for prompt in ("ceo", "nurse")
        for condition in conditions
        for number in range(1, 11)
    ]
    text = "\n".join(["model,prompt,condition,replicate,value", *lines, ""])
    (study.root / "labels.csv").write_text(text, "utf-8")
    return study


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


def test_a_study_with_known_conditions_needs_no_baseline(tiny: Study) -> None:
    under(tiny, "baseline", "controlled").run()
    with scored(tiny.store, "tiny") as con:
        found = rows(con, "FROM words")
        assert {(row["kind"], row["a"], row["b"]) for row in found} == {
            ("controlled", "baseline", "controlled")
        }
