"""A check of a week reads that week: its time does not grow with the weeks before it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.warehouse.checks.quality_rows import WEEK
from warehouse.sqlfiles import names, sql

Con = duckdb.DuckDBPyConnection

#: Check → the tables of which it reads other weeks, and why.
OTHER_WEEKS = {
    "images__once_in_model": {"images"},  # a picture may be that of any week before
    "labels__distribution_jump": {"labels", "slots", "plans"},  # beside the week before
    # gold of eight weeks
    "gold_labels__value_declared": {"attribute_values"},
    "gold_samples__image_matches": {"images"},
}


@pytest.mark.parametrize("name", names("checks"))
def test_a_check_reads_the_rows_of_its_week(name: str, con: Con) -> None:
    assert _more_than_a_week(con, sql(f"checks/{name}")) <= OTHER_WEEKS.get(name, set())


def test_a_table_that_is_read_whole_is_seen(con: Con) -> None:
    statement = "SELECT * FROM labels ANTI JOIN slots USING (week, model, slot_key) WHERE labels.week = $week"
    assert _more_than_a_week(con, statement) == {"slots"}


def _more_than_a_week(con: Con, statement: str) -> set[str]:
    """Return the tables of which a statement reads more rows than the week has."""
    wanted = duckdb.extract_statements(statement)[0].named_parameters
    known = {"week": WEEK, "model": None, "seed": WEEK}
    explained = con.execute(
        f"EXPLAIN (ANALYZE, FORMAT json) {statement}", {one: known[one] for one in wanted}
    ).fetchall()
    read = [one for root in json.loads(explained[0][1])["operator"] for one in _scanned(root)]
    return {table for table, rows in read if _has_week(con, table) and rows > _count(con, table)}


def _scanned(node: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the tables below a node that are scanned, with the number of rows that come out."""
    if table := node.get("extra_info", {}).get("Table"):
        yield str(table).rpartition(".")[2].strip('"'), int(node["intermediate_rows"])
    for child in node.get("children", []):
        yield from _scanned(child)


def _has_week(con: Con, table: str) -> bool:
    return "week" in {row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()}


def _count(con: Con, table: str) -> int:
    ((found,),) = con.execute(f"SELECT count(*) FROM {table} WHERE week = $week", {"week": WEEK}).fetchall()
    return int(found)
