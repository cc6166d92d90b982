"""What publishing an edition costs beside plain Parquet files of the same tables.

Belongs here: timing of editions. Does not belong here: the rows (`data`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from assets.leaderboard.edition import publish
from assets.metrics.pipeline import score_spans
from tests.bench import data
from tests.bench.measure import Row, Size, best, seconds
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import identity_tables
from warehouse.loading.load import load_partition
from warehouse.store.local import LocalStore


def run(folder: Path, size: Size) -> list[Row]:
    """Return what an edition costs, and what finding out costs that it is public already."""
    store = folder / "store"
    data.build_week_with_pictures(LocalStore(store), size, data.WEEK)
    with connect(folder / "warehouse.duckdb") as con:
        _fill(con, store, size)
        tables = identity_tables(con)
        rows = sum(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables)
        first, again, plain = [], [], []
        for number in range(size.repeats):
            for name in ("editions", "tables", "site"):
                shutil.rmtree(store / name, ignore_errors=True)
            first.append(seconds(lambda: _publish(con, store, True)))
            again.append(seconds(lambda: _publish(con, store, False)))
            plain.append(seconds(lambda at=folder / f"plain-{number}": _copy_all(con, tables, at)))
    baseline = "COPY of the tables to Parquet"
    what = f"publish {size.weeks} weeks"
    return [
        Row(what, rows, "rows", best(first), baseline, best(plain)),
        Row("publish it again, nothing changed", rows, "rows", best(again), baseline, best(plain)),
    ]


def _fill(con: duckdb.DuckDBPyConnection, store: Path, size: Size) -> None:
    make_tables(con)
    for model in data.model_names(size):
        load_partition(con, LocalStore(store), data.WEEK, model)
    data.copy_back(con, data.WEEK, size.weeks - 1)
    score_spans(con, [data.earlier(data.WEEK, number) for number in reversed(range(size.weeks))])
    con.execute("CHECKPOINT")


def _publish(con: duckdb.DuckDBPyConnection, store: Path, writes: bool) -> None:
    edition = publish(con, LocalStore(store), week=data.WEEK, code_version="bench")
    if edition.published is not writes:
        raise RuntimeError(f"edition {edition.id}: published is {edition.published}, not {writes}")


def _copy_all(con: duckdb.DuckDBPyConnection, tables: list[str], folder: Path) -> None:
    folder.mkdir()
    for table in tables:
        con.execute(f"COPY {table} TO '{folder / table}.parquet' (FORMAT parquet)")
