"""docs/reference.py, given the counts of a board with all that is special, gives what the tables hold."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from assets.metrics.figures.table import span_figures
from assets.metrics.spans import read_span
from tests.research.worlds import NOISES, counts
from tests.warehouse.counted import insert
from tests.warehouse.results.changes.weekly_counts import Suite, monday, warehouse
from warehouse import occasions
from warehouse.loading.load import replace_results

PROGRAM = Path(__file__).parents[4] / "docs" / "reference.py"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = spec_from_file_location("reference", PROGRAM)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_recomputes_a_board(reference: ModuleType) -> None:
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
            "SELECT model, estimate, low, high FROM figures WHERE figure = 'gap' ORDER BY model"
        ).fetchall()
        pairs = con.execute("SELECT model_a, model_b, difference, se, told_apart FROM board_pairs").fetchall()
        ((critical,),) = con.execute("SELECT critical FROM boards").fetchall()

    history = drawn[..., 35:].astype(float)
    history[3, ..., : 41 - 35] = 0  # before its change
    q, group = np.full((6, 2), 0.5), np.ones((6, 1))
    with np.errstate(all="ignore"):
        made = dict(reference.suites(history, q, 0, group, False, models, np.ones(5)))
        cells = reference.cells(history[1:4], q, 0)[:5]  # m0 and m4 have too few answers for a rank
        compared = dict(reference.board(*cells, group, False, models[1:4]))

    assert [row[0] for row in figures] == [*made]
    for model, *published in figures:
        assert [made[model][name] for name in ("estimate", "low", "high")] == pytest.approx(
            published, abs=1e-9
        )
    assert compared["critical"]["critical"] == pytest.approx(critical, abs=1e-9)
    told = {
        frozenset(of.split()[1:]): (abs(numbers["difference"]), numbers["se"], numbers["told_apart"])
        for of, numbers in compared.items()
        if of.startswith("pair ")
    }
    assert {frozenset(row[:2]) for row in pairs} == {*told}
    for a, b, difference, se, apart in pairs:
        assert told[frozenset((a, b))] == pytest.approx((abs(difference), se, int(apart)), abs=1e-9)
