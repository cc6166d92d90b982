"""Counts, scores and all other results, computed again from the labels in the edition's own file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import duckdb
import pyarrow as pa
from assets.metrics.results import (
    HISTORY_RESULTS,
    STUDY_RESULTS,
    WEEK_RESULTS,
    Compute,
)
from assets.metrics.scores.table import compute_scores

from orchestration.verifying.database import one_line
from orchestration.verifying.report import Step, VerifyReport
from warehouse.closeness import differing, rounded
from warehouse.errors import ClicheError
from warehouse.sqlfiles import sql


def compare(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step) -> None:
    """Compute counts, scores and results again; the report hears of what differs."""
    _tried("counts", lambda: _verify_counts(con, report), report)
    _tried("scores", lambda: _verify_scores(con, report, step), report)
    verify_results(con, report)
    report.recomputed = True


def _tried(what: str, compute: Callable[[], None], report: VerifyReport) -> None:
    try:
        compute()
    except (duckdb.Error, ClicheError, KeyError, ValueError, TypeError) as error:
        report.differ(f"{what} cannot be computed again from the tables: {one_line(error)}")


def _verify_counts(con: duckdb.DuckDBPyConnection, report: VerifyReport) -> None:
    cursor = con.execute(f"SELECT * FROM ({sql('audit/outcomes_add_up')}) WHERE NOT adds_up")  # noqa: S608
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        cell = dict(zip(names, row, strict=True))
        report.differ(f"counts of {cell['model']}, {cell['prompt']}, {cell['week']} do not add up")


def _verify_scores(con: duckdb.DuckDBPyConnection, report: VerifyReport, step: Step) -> None:
    """Compute every published score again, from the labels in the edition's own file."""
    weeks = _weeks(con, "scores")
    for number, week in enumerate(weeks):
        step("scores", number, len(weeks))
        again = compute_scores(con, week)
        report.scores += again.num_rows
        if differ := _differ(con, "scores", again, "week", week):
            report.differ(f"week {week}: {differ} scores differ when computed again")


def verify_results(con: duckdb.DuckDBPyConnection, report: VerifyReport) -> None:
    """Compute all other results again, from what the file holds: of each week (agreement, …), and of each study."""
    studies = [name for (name,) in con.execute("SELECT study FROM studies ORDER BY study").fetchall()]
    for kind, names, results in (
        ("week", _weeks(con, "scores"), WEEK_RESULTS),
        ("study", studies, STUDY_RESULTS),
    ):
        for name in names:
            for table, compute in results.items():
                if table != "scores":
                    again = partial(_verify_table, con, report, table, compute, kind, name)
                    _tried(f"{table} of {kind} {name}", again, report)
    for table, compute_history in HISTORY_RESULTS.items():
        _tried(table, partial(_verify_history, con, report, table, compute_history), report)


def _verify_history(
    con: duckdb.DuckDBPyConnection,
    report: VerifyReport,
    table: str,
    compute: Callable[[duckdb.DuckDBPyConnection], pa.Table],
) -> None:
    if differ := _differ(con, table, compute(con)):
        report.differ(f"{differ} rows of {table} differ when computed again")


def _verify_table(
    con: duckdb.DuckDBPyConnection,
    report: VerifyReport,
    table: str,
    compute: Compute,
    kind: str,
    name: str,
) -> None:
    """Compute one table of a week or a study again, and say how many rows differ."""
    again = compute(con, name)
    if table == "study_scores":
        report.scores += again.num_rows
    if differ := _differ(con, table, again, kind, name):
        report.differ(f"{kind} {name}: {differ} rows of {table} differ when computed again")


def _weeks(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = con.execute(f"SELECT DISTINCT week FROM {table} ORDER BY week").fetchall()  # noqa: S608
    return [row[0].isoformat() for row in rows]


def _differ(
    con: duckdb.DuckDBPyConnection,
    table: str,
    again: pa.Table,
    kind: str = "all",
    name: str = "",
) -> int:
    """Return how many rows of a week, of a study or of all are not the same when computed again, or only in one."""
    columns = ", ".join(again.column_names)
    where = {"week": "week = CAST($name AS DATE)", "study": "study = $name", "all": "$name = ''"}[kind]
    return differing(con, f"SELECT {columns} FROM {table} WHERE {where}", rounded(again), {"name": name})  # noqa: S608
