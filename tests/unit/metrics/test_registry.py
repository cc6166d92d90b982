"""The list of metrics: one row each, true to the code, and the page that is made of it."""

from __future__ import annotations

import pytest

from assets.metrics.registry import dictionary
from assets.metrics.registry.metric import Metric
from assets.metrics.registry.metrics import metrics

EVERY = metrics()


def test_each_metric_has_one_row() -> None:
    assert len({metric.id for metric in EVERY}) == len(EVERY) > 15


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.id)
def test_a_row_says_everything_that_a_reader_asks(metric: Metric) -> None:
    assert metric.range[0] < metric.range[1]
    assert metric.denominator
    assert metric.support
    assert metric.null_when or metric.id == "pictures"
    assert all(len(text) > 2 for text in (metric.title, metric.formula, metric.unit, metric.reader))
    assert ("reference" not in metric.per) or ("attribute" in metric.per)
    assert not metric.prompts_interval or metric.interval


def test_the_page_has_a_section_for_each_metric_with_its_formula() -> None:
    sections = {part.partition("\n")[0]: part for part in dictionary.page().split("\n### ")[1:]}
    assert [*sections] == [metric.id for metric in EVERY]
    for metric in EVERY:
        assert f"- Formula: {metric.formula}\n" in sections[metric.id]
        assert f"- n: {metric.denominator}\n" in sections[metric.id]


def test_a_bar_in_a_formula_does_not_end_a_cell() -> None:
    rows = [line for line in dictionary.page().splitlines() if line.startswith("| [`")]
    assert len(rows) == len(EVERY)
    assert {len(row.replace("\\|", "").split("|")) for row in rows} == {9}
