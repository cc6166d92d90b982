"""Figures of few pictures that scatter: published ends stay within what is possible."""

from __future__ import annotations

import duckdb

from assets.metrics.figures.table import span_figures
from assets.metrics.spans import read_span
from tests.warehouse import counted
from warehouse import occasions
from warehouse.weeks import shift

WEEK = "2026-11-23"


def test_the_interval_of_a_gap_ends_at_100_points(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("INSERT INTO yardsticks VALUES ('diversity-request', 1, 'perceived_gender', 'bls-cps-2025')")
    for back in range(4):
        week = shift(WEEK, -back)
        for model, women, men in (("few", 3 * (back < 3), 2 * (back == 3)), ("two", 9, 1), ("three", 9, 1)):
            counted.plan(con, week, model)
            shown = {"ceo-baseline": {"perceived_gender": {"feminine": women, "masculine": men}}}
            counted.answer(con, week, model, "diversity-request@1", shown)
    con.execute(
        "INSERT INTO reference_values SELECT DISTINCT week, model, suite, suite_major, 'bls-cps-2025', "
        "'perceived_gender', false, prompt, unnest(['feminine', 'masculine']), unnest([0.05, 0.95]), '' FROM prompts"
    )
    figures = span_figures(con, read_span(con, occasions.week(WEEK)), {})["figures"].to_pylist()
    (few,) = (row for row in figures if (row["model"], row["figure"]) == ("few", "gap"))
    assert (few["n"], few["high"]) == (11, 1.0)
    assert 0.7 < few["estimate"] < 1
