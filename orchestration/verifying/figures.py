"""Counts and figures, computed again by the product's own pipeline from what the edition says of answers and labels."""

from __future__ import annotations

from pathlib import Path

import duckdb

from assets.metrics.pipeline import WRITTEN, score_labels, score_spans, score_study
from orchestration.unwritable import cause
from orchestration.verifying.database import one_line
from orchestration.verifying.report import Step, VerifyReport, in_words, silent
from warehouse.closeness import differing
from warehouse.database.connection import limit_memory, was_interrupted
from warehouse.database.marts import quoted
from warehouse.database.published import published_tables, schema_of
from warehouse.database.schema import open_warehouse
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import COMPUTED_TABLES, COUNTED_TABLES, transaction

#: Computed tables that are taken as they are: checks also look at pictures, which no edition holds.
GIVEN = ("withheld", "check_results")


def compare(edition: Path, folder: Path, report: VerifyReport, step: Step = silent) -> None:
    """Make a warehouse anew of what figures rest on, and compare its rows; the report hears of what differs.

    Args:
        edition: DuckDB file with the edition's rows, made by this code.
        folder: where the warehouse is made, and left.
        report: gets a line for each table and week that differs.
        step: hears of progress.
    """
    try:
        with open_warehouse(folder / "again.duckdb") as con:
            limit_memory(con)
            con.execute(f"ATTACH {quoted(str(edition))} AS edition (READ_ONLY)")
            _compute(con, step)
            for table in (*COUNTED_TABLES, *WRITTEN):
                _compare_table(con, table, report)
            ((report.counts,),) = con.execute("SELECT count(*) FROM counts").fetchall()
            ((report.figures,),) = con.execute("SELECT count(*) FROM figures").fetchall()
        report.recomputed = True
    except Exception as error:  # rows of somebody: whatever is wrong with them
        if was_interrupted(error) or cause(error) is not None or isinstance(error, MemoryError | OSError):
            raise
        report.differ(f"figures cannot be computed again from the tables: {one_line(error)}")


def _compute(con: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Take what figures rest on from the edition, and write what follows from it."""
    followed = {*COUNTED_TABLES, *COMPUTED_TABLES, "outcomes"} - {
        *GIVEN
    }  # outcomes: the schema has their rows
    for table in published_tables().keys() - followed:
        con.execute(f"INSERT INTO {table} BY NAME FROM {_published(table)}")
    plans = con.execute("SELECT strftime(week, '%Y-%m-%d'), model FROM plans ORDER BY ALL").fetchall()
    studies = con.execute("SELECT study FROM studies ORDER BY study").fetchall()
    with transaction(con):
        for number, (week, model) in enumerate(plans):
            step("counts", number, len(plans))
            insert_counts(con, {"week": week, "model": model})
        for (study,) in studies:
            insert_counts(con, {"study": study})
    weeks = sorted({week for week, _ in plans})
    for number, week in enumerate(weeks):
        step("labels", number, len(weeks))
        score_labels(con, week)
    step("figures", 0, 1)
    for (study,) in studies:
        score_study(con, study)
    score_spans(con, weeks)


def _compare_table(con: duckdb.DuckDBPyConnection, table: str, report: VerifyReport) -> None:
    """Compare the rows of a table, a week at a time: integers are equal, figures the same but for the last digits."""
    there = _published(table)
    weeks = con.execute(f"SELECT week FROM {there} UNION SELECT week FROM {table} ORDER BY ALL").fetchall()  # noqa: S608
    for (week,) in weeks:
        published, again = (
            f"SELECT * FROM {rows} WHERE week IS NOT DISTINCT FROM CAST($week AS DATE)"  # noqa: S608
            for rows in (there, table)
        )
        if differ := differing(con, published, again, {"week": week}):
            where = f"week {week}" if week else "studies"
            report.differ(f"{where}: {in_words(differ)} of {table} differ when computed again")


def _published(table: str) -> str:
    return f"edition.{schema_of(table)}.{table}"
