"""The list of metrics: one row each, true to the code, and the page that is made of it."""

from __future__ import annotations

from importlib import import_module

import pytest

from assets.metrics.registry import dictionary
from assets.metrics.registry.effects import EFFECTS
from assets.metrics.registry.metrics import BY_ID, METRICS, Metric
from assets.metrics.scores.rates import ATTRIBUTE_RATES, OUTCOME_RATES, OUTSIDE_RATE, PERSON_RATES
from assets.quality.registry import CHECKS
from warehouse.database.sqlfiles import sql


def test_each_metric_has_one_row() -> None:
    assert len({*BY_ID, *(metric.id for metric in EFFECTS)}) == len(METRICS) + len(EFFECTS)


@pytest.mark.parametrize("metric", [*METRICS, *EFFECTS], ids=lambda metric: metric.id)
def test_a_row_says_everything_that_a_reader_asks(metric: Metric) -> None:
    import_module("assets.metrics." + metric.family.replace("/", "."))
    assert metric.range[0] < metric.range[1]
    assert metric.denominator
    assert metric.support
    assert metric.null_when or metric.id == "pictures"
    assert all(len(text) > 2 for text in (metric.title, metric.formula, metric.unit))
    assert ("reference" not in metric.per) or ("attribute" in metric.per)
    assert not metric.prompts_interval or metric.interval


def test_every_rate_is_a_metric_with_its_reason() -> None:
    for rate in (*OUTCOME_RATES, *ATTRIBUTE_RATES, *PERSON_RATES, OUTSIDE_RATE):
        assert rate.empty in BY_ID[rate.metric].null_when


def test_ranges_that_are_not_from_0_to_1_are_known_to_the_check_of_ranges() -> None:
    assert "scores__share_in_range" in {check.name for check in CHECKS}
    text = sql("checks/scores__share_in_range")
    for metric in METRICS:
        if not (metric.range[0] >= 0 and metric.range[1] <= 1):
            assert f"'{metric.id}'" in text, metric.id


def test_the_committed_page_is_the_generated_one() -> None:
    assert dictionary.PAGE.read_text(encoding="utf-8") == dictionary.page(), (
        "run: python -m assets.metrics.registry.dictionary"
    )


def test_a_bar_in_a_formula_does_not_end_a_cell() -> None:
    rows = [line for line in dictionary.page().splitlines() if line.startswith("| [`")]
    assert len(rows) == len(METRICS) + len(EFFECTS)
    assert {len(row.replace("\\|", "").split("|")) for row in rows} == {8}
