"""Tables, views and their files, made again by the code that publishes, in two steps.

First counts and figures, from the base tables of the edition; then views and CSV files, from its own figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from assets.leaderboard.documents import ANALYSIS
from assets.metrics.declared import load_declared
from assets.metrics.pipeline import score_labels, score_spans, score_study
from assets.suites.analysis import AnalysisFile, parse
from orchestration.verifying.compared import compare_made, unfit
from orchestration.verifying.facts import checks, hashes
from orchestration.verifying.verified import VerifiedEdition
from warehouse.canonical import sha256_hex
from warehouse.database.before import EditionBefore
from warehouse.database.building import build_database
from warehouse.database.connection import limit_memory
from warehouse.database.export import export_tables, export_views, hashes_of
from warehouse.database.marts import quoted
from warehouse.database.published import open_published, published_tables, schema_of
from warehouse.database.schema import open_warehouse
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import COMPUTED_TABLES, COUNTED_TABLES, transaction
from warehouse.store.local import LocalStore

#: Computed tables that figures rest on as they are; `facts.checks` compares them.
GIVEN = ("withheld", "check_results")
#: Tables that are made of the analysis file and of this code.
_DECLARED = (*ANALYSIS_TABLES, "joint_values", "outcomes")


@dataclass(frozen=True)
class RemadeTables:
    """A DuckDB file of the edition's own rows, and the hashes of its tables."""

    file: Path
    hashes: Mapping[str, str]


def make(of: VerifiedEdition, folder: Path) -> RemadeTables | None:
    """Make tables and views again in a folder and compare them; return None if there are not all rows to do so."""
    skipped = unfit(of)
    if not _analysis_there(of) or skipped & published_tables().keys():
        of.report.note("nothing was made again: first all tables must be there, as this version has them")
        return None
    own, before = folder / "own.duckdb", EditionBefore(LocalStore(of.root), of.manifest, folder / "before")
    _build(of, own)
    week = of.manifest["week"]
    with open_warehouse(folder / "again.duckdb") as con:
        limit_memory(con)
        con.execute(f"ATTACH {quoted(str(own))} AS edition (READ_ONLY)")
        compute(con, of)
        checks.compare(con, of.report, of.step)
        hashes.compare(con, of.report, of.step)
        made = export_tables(con, folder, week=week, before=before)
        ((of.report.counts,),) = con.execute("SELECT count(*) FROM counts").fetchall()
        ((of.report.figures,),) = con.execute("SELECT count(*) FROM figures").fetchall()
    of.step("views", 0, 1)
    with open_published(own) as con:
        limit_memory(con)
        of_tables = hashes_of(con, made)
        export_views(con, made, of_tables, week=week, before=before, same_texts=False)
        compare_made(con, made, skipped, of)
    of.report.recomputed = True
    return RemadeTables(own, of_tables)


def _analysis_there(of: VerifiedEdition) -> bool:
    """Return whether the edition has its analysis file; the report hears if it is not that of the manifest."""
    path = of.folder / ANALYSIS
    if not path.is_file():
        of.report.differ(f"{ANALYSIS} is not there, and the manifest has its hash")
        return False
    if sha256_hex(path.read_bytes()) != of.manifest["analysis_plan_sha256"]:
        of.report.differ(f"{ANALYSIS} is not the file of analysis_plan_sha256")
    return True


def _build(of: VerifiedEdition, own: Path) -> None:
    """Make a DuckDB file of what the manifest lists."""
    tables = of.manifest["tables"]
    shared = {part["key"] for entry in tables.values() for part in entry["parts"]}
    build_database(
        own,
        tables,
        of.manifest["files"],
        lambda key: (of.root if key in shared else of.folder) / key,
        progress=lambda table, done, total: of.step(f"rows {table}", done, total),
    )


def compute(con: duckdb.DuckDBPyConnection, of: VerifiedEdition) -> None:
    """Take what figures rest on from the edition, and write what follows from it."""
    data = (of.folder / ANALYSIS).read_bytes()
    load_declared(con, AnalysisFile(parse(data, ANALYSIS), data))
    followed = {*COUNTED_TABLES, *COMPUTED_TABLES, *_DECLARED} - {*GIVEN}
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
