"""What the figures of one week cost: changes, figures, words and claims, beside reading the counts they are made of.

Belongs here: what is timed. Does not belong here: the data (`history`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.metrics.pipeline import score_spans
from tests.bench import history
from tests.bench.measure import Row, Size, best, peak_mb, seconds
from tests.warehouse.builder import WEEK
from warehouse.database.connection import connect, limit_memory

_TABLES = ("figures", "boards", "board_ranks", "board_pairs", "words", "changes", "claim_shares")


def run(folder: Path, size: Size) -> list[Row]:
    """Return what the figures of the last week of a history cost."""
    path = folder / "history.duckdb"
    history.make(path, size.history_models, size.history_weeks, size.history_replicates)
    with connect(path) as con:
        limit_memory(con)
        took = best([seconds(lambda: score_spans(con, [WEEK])) for _ in range(size.repeats)])
        rows = sum(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in _TABLES)
        scanned = best([seconds(lambda: _scan(con)) for _ in range(size.repeats)])
    what = f"figures of one week of {size.history_models} models, {size.history_weeks} held, peak {peak_mb():,.0f} MB"
    return [Row(what, rows, "rows", took, "DuckDB, max() of all columns of counts", scanned)]


def _scan(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SELECT max(columns(*)) FROM counts").fetchall()
