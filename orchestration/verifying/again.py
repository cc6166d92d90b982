"""Tables, views and their files, made again by the code that publishes: figures of base tables, then views and CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from assets.leaderboard.documents import ANALYSIS
from assets.metrics.declared import load_declared
from assets.metrics.pipeline import score_labels, score_spans, score_study
from assets.suites.analysis import AnalysisFile, parse
from orchestration.verifying import facts
from orchestration.verifying.compared import compare_made, unfit
from orchestration.verifying.report import VerifiedEdition
from warehouse.canonical import sha256_hex
from warehouse.database.before import EditionBefore
from warehouse.database.building import build_database
from warehouse.database.connection import limit_memory
from warehouse.database.export import export_tables, export_views, hashes_of
from warehouse.database.published import open_published, published_tables, schema_of
from warehouse.database.schema import open_warehouse
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import COMPUTED_TABLES, COUNTED_TABLES, transaction
from warehouse.sqlfiles import quoted
from warehouse.store.local import LocalStore

#: Tables that are made of the analysis file and of this code.
_DECLARED = (*ANALYSIS_TABLES, "joint_values", "outcomes")
_COUNTS = "SELECT (SELECT count(*) FROM counts), (SELECT count(*) FROM figures)"


def make(of: VerifiedEdition, folder: Path) -> tuple[Path, Mapping[str, str]] | None:
    """Make tables and views again in a folder, if all are there; compare them; return a file of rows, and hashes."""
    skipped, plan = unfit(of), of.folder / ANALYSIS
    if not plan.is_file() or sha256_hex(plan.read_bytes()) != of.manifest["analysis_plan_sha256"]:
        of.report.differ(f"{ANALYSIS} is not the file of analysis_plan_sha256")
    if not plan.is_file() or skipped & published_tables().keys():
        of.report.note("nothing was made again: first all tables must be there, as this version has them")
        return None
    own, before = folder / "own.duckdb", EditionBefore(LocalStore(of.root), of.manifest, folder / "before")
    tables, files, week = of.manifest["tables"], of.manifest["files"], of.manifest["week"]
    build_database(
        own,
        tables,
        files,
        lambda key: (of.folder if key in files else of.root) / key,
        progress=lambda table, done, total: of.step(f"rows {table}", done, total),
    )
    with open_warehouse(folder / "again.duckdb") as con:
        limit_memory(con)
        con.execute(f"ATTACH {quoted(str(own))} AS edition (READ_ONLY)")
        compute(con, of)
        facts.compare_checks(con, of.report, of.step)
        facts.compare_hashes(con, of.report, of.step)
        made = export_tables(con, folder, week=week, before=before)
        ((of.report.counts, of.report.figures),) = con.execute(_COUNTS).fetchall()
    of.step("views", 0, 1)
    with open_published(own) as con:
        limit_memory(con)
        of_tables = hashes_of(con, made)
        export_views(con, made, of_tables, week=week, before=before, same_texts=False)
        compare_made(con, made, skipped, of)
    of.report.recomputed = True
    return own, of_tables


def compute(con: duckdb.DuckDBPyConnection, of: VerifiedEdition) -> None:
    """Take what figures rest on from the edition, and write what follows from it."""
    data = (of.folder / ANALYSIS).read_bytes()
    load_declared(con, AnalysisFile(parse(data, ANALYSIS), data))
    given = {"withheld", "check_results"}  # figures rest on them as they are; `facts` compares them
    followed = {*COUNTED_TABLES, *COMPUTED_TABLES, *_DECLARED} - given
    for table in published_tables().keys() - followed:
        con.execute(f"INSERT INTO {table} BY NAME FROM edition.{schema_of(table)}.{table}")
    plans = con.execute("SELECT strftime(week, '%Y-%m-%d'), model FROM plans ORDER BY ALL").fetchall()
    studies = con.execute("SELECT study FROM studies ORDER BY study").fetchall()
    with transaction(con):
        for number, (week, model) in enumerate(plans):
            of.step("counts", number, len(plans))
            insert_counts(con, {"week": week, "model": model})
        for (study,) in studies:
            insert_counts(con, {"study": study})
    weeks = sorted({week for week, _ in plans})
    for number, week in enumerate(weeks):
        of.step("labels", number, len(weeks))
        score_labels(con, week)
    of.step("figures", 0, 1)
    for (study,) in studies:
        score_study(con, study)
    score_spans(con, weeks)
