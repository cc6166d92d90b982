"""Answers that are no share of the support ("pass", "unsure"): values with a rate, that count in agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import krippendorff
import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from tests.studies.conftest import Study
from tests.studies.shown import scored
from tests.warehouse.world.compared import rows
from warehouse.errors import UsageError

EXACT = 1e-9
NAMES = ("f", "m", "pass", "unsure")
#: How often one rater said the first and the other the second.
SAID = {
    ("f", "f"): 99, ("m", "m"): 99, ("f", "m"): 1, ("m", "f"): 1, ("pass", "pass"): 10, ("unsure", "unsure"): 15,
    ("f", "pass"): 4, ("pass", "f"): 4, ("m", "unsure"): 4, ("unsure", "m"): 4, ("both", "f"): 3, ("both", "pass"): 2,
}  # fmt: skip


def two_raters(study: Study, **attribute: Any) -> Study:
    """Make a study of labels alone by two people, one model and prompt, with these lists of values."""
    del study.data["pictures"]
    pairs = [pair for pair, times in SAID.items() for _ in range(times)]
    study.data |= {
        "models": [{"id": "one", "title": "Model One"}],
        "prompts": "SELECT 'ceo' AS prompt",
        "attributes": [{"id": "gender", "title": "gender", "values": ["f", "m"], **attribute}],
        "labelers": [{"id": name, "kind": "person"} for name in ("ann", "bo")],
        "labels": [
            "SELECT 'ceo' AS prompt, _row AS replicate, name AS labeler, value, _file AS file, _row AS row "
            "FROM (UNPIVOT 'labels.csv' ON ann, bo INTO NAME name VALUE value)"
        ],
    }
    (study.root / "labels.csv").write_text("\n".join(["ann,bo", *map(",".join, pairs)]) + "\n", "utf-8")
    return study


def agreement(study: Study) -> dict[str, Any]:
    study.run()
    with scored(study.store, "tiny") as con:
        (row,) = rows(con, "FROM agreement WHERE model IS NULL")
    return row


def independently(values: Sequence[str]) -> tuple[float, float, int, int]:
    """Return alpha, kappa, n and agreed of both raters where both said one of `values`."""
    pairs = [pair for pair, times in SAID.items() for _ in range(times) if {*pair} <= {*values}]
    codes = np.array([[values.index(name) for name in pair] for pair in pairs], dtype=float).T
    alpha = krippendorff.alpha(codes, level_of_measurement="nominal", value_domain=list(range(len(values))))
    kappa = cohen_kappa_score(codes[0], codes[1])
    return float(alpha), float(kappa), len(pairs), int((codes[0] == codes[1]).sum())


def test_declared_answers_count_in_agreement(tiny: Study) -> None:
    row = agreement(two_raters(tiny, answers=["pass", "unsure"], outside=["both"]))
    alpha, kappa, n, agreed = independently(NAMES)
    assert (row["n"], row["agreed"], row["pictures"]) == (n, agreed, sum(SAID.values()))
    assert row["alpha"] == pytest.approx(alpha, abs=EXACT)
    assert row["kappa"] == pytest.approx(kappa, abs=EXACT)
    assert round(row["kappa"], 3) == 0.879


def test_what_is_outside_does_not(tiny: Study) -> None:
    row = agreement(two_raters(tiny, outside=["pass", "unsure", "both"]))
    alpha, kappa, n, agreed = independently(["f", "m"])
    assert (row["n"], row["agreed"]) == (n, agreed)
    assert (row["alpha"], row["kappa"]) == (pytest.approx(alpha, abs=EXACT), pytest.approx(kappa, abs=EXACT))
    assert round(row["alpha"], 3) == 0.980


def test_answers_are_values_that_are_counted_and_have_no_share(tiny: Study) -> None:
    two_raters(tiny, answers=["pass", "unsure"], outside=["both"]).run()
    said = {name: sum(times for pair, times in SAID.items() if pair[0] == name) for name in (*NAMES, "both")}
    with scored(tiny.store, "tiny") as con:
        stored = rows(
            con, "SELECT value, count(*) AS n FROM study_labels WHERE labeler = 'ann' GROUP BY value"
        )
        declared = rows(con, "FROM study_attribute_values ORDER BY position")
        figures = rows(con, "FROM figures WHERE labeler = 'ann' AND figure = 'mean_share'")
        counted = rows(
            con, "SELECT value, sum(pictures) AS n FROM counts WHERE labeler = 'ann' GROUP BY value"
        )
    assert {row["value"]: row["n"] for row in stored} == said
    assert [(row["value"], row["in_support"], row["in_agreement"]) for row in declared] == [
        ("f", True, True), ("m", True, True), ("pass", False, True), ("unsure", False, True), ("both", False, False)
    ]  # fmt: skip
    assert {row["value"]: row["n"] for row in counted} == said
    shares = {row["value"]: row for row in figures}
    assert shares.keys() == {"f", "m"}
    assert shares["f"]["n"] == said["f"] + said["m"]
    assert shares["f"]["estimate"] == pytest.approx(said["f"] / (said["f"] + said["m"]))


def test_three_raters_and_an_empty_answer(tiny: Study) -> None:
    """Alpha of more than two raters counts answers too; a slot that one rater left out is compared by the others."""
    two_raters(tiny, answers=["pass", "unsure"], outside=["both"])
    third = [("f", "m", "pass", "unsure")[number % 4] for number in range(1, sum(SAID.values()) - 20)]
    (tiny.root / "cy.csv").write_text("\n".join(["said", *third]) + "\n", "utf-8")
    tiny.data["labelers"].append({"id": "cy", "kind": "person"})
    tiny.data["labels"].append(
        "SELECT 'ceo' AS prompt, _row AS replicate, 'cy' AS labeler, said AS value FROM 'cy.csv'"
    )
    row = agreement(tiny)
    pairs = [pair for pair, times in SAID.items() for _ in range(times)]
    said = [[a, b, third[place] if place < len(third) else None] for place, (a, b) in enumerate(pairs)]
    codes = np.array([[NAMES.index(v) if v in NAMES else np.nan for v in unit] for unit in said]).T
    assert row["alpha"] == pytest.approx(
        krippendorff.alpha(codes, level_of_measurement="nominal", value_domain=[0, 1, 2, 3]), abs=EXACT
    )


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "an answer that is not declared": (
        {"answers": ["pass"], "outside": ["both"]},
        'gender has values that are not declared: "unsure" (38 rows, first row 212); known: f, m, pass, both',
    ),
    "an answer without a place in the order": (
        {"answers": ["pass", "unsure"], "outside": ["both"], "ordinal": True},
        'attribute "gender": the order of its values counts, and "pass" has no place in it; list it under outside, or '
        "leave out ordinal",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_declarations_are_one_line(tiny: Study, case: str) -> None:
    attribute, message = WRONG[case]
    with pytest.raises(UsageError) as error:
        two_raters(tiny, **attribute).run()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert tiny.written() == {}
