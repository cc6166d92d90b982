"""docs/statistics.md: the lines that recompute a board from an edition give what the tables hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.metrics.figures.table import span_figures
from assets.metrics.spans import read_span
from tests.research.worlds import NOISES, counts
from tests.warehouse.counted import insert
from tests.warehouse.results.changes.weekly_counts import Suite, monday, warehouse
from warehouse import occasions
from warehouse.loading.load import replace_results

DOC = Path(__file__).parents[4] / "docs/statistics.md"


def test_the_lines_of_the_docs_recompute_a_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt that one model misses, a week that one misses, a new model, a change and an unranked model."""
    rng, models = np.random.default_rng(28), [f"m{number}" for number in range(5)]
    drawn = np.zeros((5, 6, 2, 47), dtype=int)
    drawn[..., 34:] = counts(rng, rng.uniform(0.1, 0.9, (5, 6)), 8, 13, NOISES["sd5"])
    drawn[0, 2] = drawn[1, ..., 40] = drawn[2, ..., :44] = 0
    refused = np.zeros((5, 6, 47), dtype=int)
    refused[4, :, 34:] = 8
    suite = Suite(
        "occupations",
        {f"p{place}": f"job:{place}" for place in range(6)},
        {"perceived_gender": drawn},
        refused,
    )
    week = occasions.week(monday(46))
    assert week.name == "2026-11-23"
    with warehouse(models, [suite]) as con:
        con.execute("UPDATE counts SET value = if(value = 'v0', 'feminine', 'masculine')")
        con.execute(
            "UPDATE attribute_values SET value = if(value = 'v0', 'feminine', 'masculine') WHERE in_support"
        )
        of = {
            "suite": "occupations",
            "suite_major": 1,
            "attribute": "perceived_gender",
            "reference": "parity",
        }
        insert(con, "yardsticks", [of])
        shares = {**of, "week": week.value, "model": "m0", "banded": False, "expected_share": 0.5}
        insert(con, "reference_values", [{**shares, "value": value} for value in ("feminine", "masculine")])
        con.execute(
            "INSERT INTO changes BY NAME SELECT $week AS week, 'm3' AS model, 'model' AS track, false AS simulated, "
            "'occupations' AS suite, 1 AS suite_major, 'baseline' AS condition, 1 AS turn, "
            "'perceived_gender' AS attribute, 'feminine' AS value, $week - 35 AS changed_week, "
            "$week - 35 AS earliest_week, $week - 35 AS latest_week, 0 AS before_k, 1 AS before_n, 1 AS after_k, "
            "1 AS after_n, 1 AS size, 1 AS low, 1 AS high, 1 AS se, 1 AS dispersion, 9 AS df, 4 AS critical, "
            "30 AS series, false AS common, [] AS causes",
            {"week": week.value},
        )
        replace_results(con, week, span_figures(con, read_span(con, week), {}))
        figures = con.execute(
            "SELECT estimate, low, high FROM figures WHERE figure = 'gap' ORDER BY model"
        ).fetchall()
        pairs = con.execute("SELECT model_a, model_b, difference, se, told_apart FROM board_pairs").fetchall()
        critical = con.execute("SELECT critical FROM boards").fetchall()
        con.execute(f"ATTACH '{tmp_path}/cliche.duckdb' AS written")
        con.execute("COPY FROM DATABASE memory TO written")
        con.execute("DETACH written")

    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {}
    [code] = [part.partition("```")[0] for part in DOC.read_text().split("```python\n")[1:]]
    exec(code, found)

    assert pytest.approx(np.array(figures), abs=1e-9) == found["figure"].T
    assert (found["critical"],) == pytest.approx(critical[0], abs=1e-9)
    names = np.array(found["shown"])
    told = {
        frozenset((a, b)): (abs(difference), se, apart)
        for a, b, difference, se, apart in zip(
            names[found["a"]],
            names[found["b"]],
            found["difference"],
            found["se"],
            found["apart"],
            strict=True,
        )
    }
    assert {frozenset(row[:2]) for row in pairs} == {*told}
    assert "m4" not in {name for pair in told for name in pair}
    for a, b, *published in pairs:
        assert told[frozenset((a, b))] == pytest.approx(tuple(published), abs=1e-9)
