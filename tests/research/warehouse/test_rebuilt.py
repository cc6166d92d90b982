"""A rebuilt warehouse has the tables and figures of the one that was loaded week by week."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from assets.labeling.anchors import sets as anchors
from assets.metrics.changes.table import WeeklyChanges
from assets.metrics.week import score_all, score_weeks
from tests.warehouse.builder import WEEK
from tests.warehouse.results.changes.test_change_rows import CLAIM, COMBINED, world
from tests.warehouse.results.changes.weekly_counts import monday
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


def test_a_rebuild_finds_what_was_found_week_by_week() -> None:
    con = world()
    weekly = WeeklyChanges.read(con, monday(0), monday(39), COMBINED, [CLAIM])
    rebuilt = [weekly.changes(monday(week)) for week in range(40)]
    assert {row["attribute"] for table, _ in rebuilt for row in table.to_pylist()} >= {"gender", "age", None}

    for week in range(40):
        if week >= 22:  # before it nothing is found
            table, would_find = WeeklyChanges.read(
                con, monday(week), monday(week), COMBINED, [CLAIM]
            ).changes(monday(week))
            assert table.equals(rebuilt[week][0])
            assert would_find == rebuilt[week][1]
        con.register("found", rebuilt[week][0])
        con.execute("INSERT INTO changes BY NAME FROM found")

    assert con.sql("SELECT count(*) FROM changes").fetchall() > [(5,)]
    # a replay from a later week knows the earlier rows, and none of later weeks
    later = WeeklyChanges.read(con, monday(30), monday(39), COMBINED, [CLAIM])
    assert [later.changes(monday(week)) for week in range(30, 40)] == rebuilt[30:]
    shipped_too = WeeklyChanges.read(con, monday(39), monday(39)).changes(monday(39))[0]
    assert shipped_too.schema.equals(rebuilt[0][0].schema)
