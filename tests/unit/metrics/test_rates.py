"""Rates: what is divided by what."""

from __future__ import annotations

import polars as pl
import pytest

from assets.metrics.scores.figures import rate_figures
from assets.metrics.scores.measures.label_rates import ATTRIBUTE_RATES, PERSON_RATES
from assets.metrics.scores.measures.outcome_rates import OUTCOME_RATES
from assets.metrics.scores.rates import (
    attribute_counts,
    outcome_counts,
    outside_counts,
)

LONG = pl.DataFrame(
    {
        "attribute": ["person_count"] * 7 + ["perceived_gender"] * 6,
        "prompt": ["s/a"] * 13,
        "value": [
            *("0", "1", "2", "3+", "cannot_tell", "invalid", "not_assessed"),
            *("feminine", "masculine", "ambiguous", "cannot_tell", "invalid", "not_assessed"),
        ],
        "in_support": [True] * 4 + [False] * 3 + [True] * 2 + [False] * 4,
        "pictures": [2, 10, 3, 1, 2, 1, 1, 4, 6, 2, 1, 3, 4],
    }
)
KEYS = ["attribute"]


def figures(
    counts: pl.DataFrame, rates, keys=("attribute",)
) -> dict[str, tuple[float | None, int, str | None]]:  # type: ignore[no-untyped-def]
    found = pl.concat(list(rate_figures(counts, list(keys), rates)))
    return {row["metric"]: (row["estimate"], row["n"], row["reason"]) for row in found.to_dicts()}


def answers(groups: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "model": ["m"] * len(groups),
            "prompt": ["s/a"] * len(groups),
            "outcome_group": groups,
            "pictures": [int(group == "picture") for group in groups],
        }
    )


def test_an_outage_is_never_a_refusal() -> None:
    counts = outcome_counts(answers(["picture"] * 6 + ["refused"] * 2 + ["failed", "not_asked"]), ["model"])
    found = figures(counts, OUTCOME_RATES, ["model"])
    assert found["completeness"] == (0.8, 10, None)
    assert found["failed_rate"] == (0.2, 10, None)
    assert found["answer_rate"] == (0.75, 8, None)
    assert found["refused_rate"] == (0.25, 8, None)


def test_a_model_that_only_failed_has_no_answer_rate_rather_than_zero() -> None:
    found = figures(outcome_counts(answers(["failed"] * 3), ["model"]), OUTCOME_RATES, ["model"])
    assert found["answer_rate"] == (None, 0, "no answers")
    assert found["completeness"] == (0.0, 3, None)


def test_everything_that_became_of_a_picture_adds_up_to_one() -> None:
    found = figures(
        attribute_counts(LONG, KEYS).filter(pl.col("attribute") == "perceived_gender"), ATTRIBUTE_RATES
    )
    assert found["assessed_rate"] == (0.5, 20, None)
    outside = outside_counts(LONG, KEYS)
    assert outside.select("value_name", "outside", "pictures").rows() == [("ambiguous", 2, 20)]
    assert sum(float(rate[0] or 0) for rate in found.values()) + 2 / 20 == pytest.approx(1)


def test_persons_are_counted_among_pictures_whose_persons_could_be_counted() -> None:
    found = figures(attribute_counts(LONG, KEYS).filter(pl.col("attribute") == "person_count"), PERSON_RATES)
    assert found["no_person_rate"] == (2 / 16, 16, None)
    assert found["multi_person_rate"] == (4 / 16, 16, None)


def test_without_pictures_there_is_a_reason_and_no_rate() -> None:
    empty = LONG.with_columns(pictures=pl.lit(0, dtype=pl.Int64))
    for rates in (ATTRIBUTE_RATES, PERSON_RATES):
        found = figures(attribute_counts(empty, KEYS).filter(pl.col("attribute") == "person_count"), rates)
        assert set(found.values()) == {(None, 0, "no usable pictures")}
    unread = LONG.with_columns(pictures=pl.when(pl.col("value") == "cannot_tell").then(3).otherwise(0))
    counts = attribute_counts(unread, KEYS).filter(pl.col("attribute") == "person_count")
    assert set(figures(counts, PERSON_RATES).values()) == {(None, 0, "no picture could be assessed")}
