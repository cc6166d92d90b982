"""What loading a week costs in a warehouse that holds many, beside a plain insert of the same rows.

Belongs here: timing of loads. Does not belong here: the rows (`data`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.generation.workplace import Workplace
from orchestration.loading import load
from tests.bench import data
from tests.bench.measure import Row, Size, best, seconds
from warehouse.database.connection import connect
from warehouse.loading.load import PARTITION_TABLES
from warehouse.store.local import LocalStore


def run(folder: Path, size: Size) -> list[Row]:
    """Return what a week costs that is loaded for the first time, and one that is loaded again."""
    store = LocalStore(folder / "store")
    path = folder / "warehouse.duckdb"
    held = data.full_warehouse(path, store, size)
    place = Workplace(store=store, warehouse=path, suites={}, models=(), code_version="bench")
    weeks = [data.earlier(data.WEEK, number) for number in reversed(range(size.repeats))]
    for week in weeks:
        data.build_week(store, size, week)
    first, again, plain = [], [], []
    for week in weeks:
        first.append(seconds(lambda at=week: _load_week(place, size, at)))
        again.append(seconds(lambda at=week: _load_week(place, size, at)))
        rows, took = _plain(path, folder / f"plain-{week}.duckdb", week)
        plain.append(took)
    baseline = "INSERT … SELECT into empty tables"
    into = f"into {held:,} label rows"
    return [
        Row(f"load a week {into}", rows, "rows", best(first), baseline, best(plain)),
        Row(f"load it again {into}", rows, "rows", best(again), baseline, best(plain)),
    ]


def _load_week(place: Workplace, size: Size, week: str) -> None:
    for model in data.model_names(size):
        load(place, model, week)


def _plain(warehouse: Path, plain: Path, week: str) -> tuple[int, float]:
    """Return how many rows a week has, and seconds for inserting them into a new file."""
    with connect(plain) as con:
        con.execute(f"ATTACH '{warehouse}' AS loaded (READ_ONLY)")
        for table in PARTITION_TABLES:
            con.execute(f"CREATE TEMP TABLE week_{table} AS FROM loaded.{table} WHERE week = '{week}'")
            con.execute(f"CREATE TABLE {table} AS FROM week_{table} LIMIT 0")
        con.execute("DETACH loaded")
        took = seconds(lambda: _insert_all(con))
        return sum(_count(con, table) for table in PARTITION_TABLES), took


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def _insert_all(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    for table in PARTITION_TABLES:
        con.execute(f"INSERT INTO {table} SELECT * FROM week_{table}")
    con.execute("COMMIT")
