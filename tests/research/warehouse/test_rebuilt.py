"""A rebuilt warehouse has the tables and figures of the one that was loaded week by week."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from assets.labeling.anchors import sets as anchors
from assets.metrics.week import score_all, score_weeks
from tests.warehouse.builder import WEEK
from tests.warehouse.results.test_second_opinions import BEFORE, anchored, place
from tests.world.making import World, rebuilt
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.table_hash import table_hashes

__all__ = ["place"]
Con = duckdb.DuckDBPyConnection


def test_invariant_06_a_second_rebuild_has_equal_tables_and_figures(
    planted_world: World, planted_con: Con, tmp_path: Path
) -> None:
    rebuilt(planted_world.store, tmp_path / "again.duckdb")
    with connect(tmp_path / "again.duckdb", read_only=True) as again:
        assert table_hashes(again) == table_hashes(planted_con)
        assert again.execute("SELECT count(*) FROM figures").fetchone() != (0,)


def test_invariant_06_anchors_drift_and_agreement_are_the_same_when_rebuilt(place: Workplace) -> None:
    anchored(place, WEEK, move=True)
    score_weeks(place, BEFORE)  # a week at a time, as it is lived
    score_weeks(place, WEEK)
    anchors.accept(place.store, labeler="drawing", attribute="perceived_gender", week=WEEK, reason="right")
    score_weeks(place, WEEK)
    with connect(place.warehouse, read_only=True) as con:
        lived = table_hashes(con)
        counts = {
            table: len(con.execute(f"FROM {table}").fetchall())
            for table in ("anchors", "anchor_labels", "drift_acceptances", "labeler_drift", "agreement")
        }
    assert counts["anchors"] == 2
    assert counts["anchor_labels"] == 4
    assert (counts["drift_acceptances"], counts["labeler_drift"]) == (1, 1)
    assert counts["agreement"] >= 2 * 2 * 2
    rebuild(place.store, place.warehouse, finish=lambda con: score_all(con, place))
    with connect(place.warehouse, read_only=True) as con:
        assert table_hashes(con) == lived
