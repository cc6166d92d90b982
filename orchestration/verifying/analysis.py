"""The analysis file of an edition: its bytes against the manifest, and what it declares against the tables."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa

from assets.leaderboard.documents import ANALYSIS
from assets.suites.analysis import parse
from assets.suites.analysis_rows import analysis_tables
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError


def own(folder: Path) -> bytes | None:
    """Return the bytes of the analysis file that the edition in a folder holds, or None if there is none."""
    path = folder / ANALYSIS
    return path.read_bytes() if path.is_file() else None


def compare(con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, report: VerifyReport) -> None:
    """Compare the edition's own file with its hash in the manifest, and with the tables that figures were made by."""
    data, stated = own(folder), manifest["analysis_plan_sha256"]
    if data is None:
        report.differ(f"{ANALYSIS} is not there, and the manifest has its hash")
        return
    if sha256_hex(data) != stated:
        report.differ(f"{ANALYSIS} is not the file of analysis_plan_sha256")
    try:
        tables = analysis_tables(parse(data, ANALYSIS))
    except UsageError as error:
        report.differ(str(error))
        return
    for table, declared in tables.items():
        if rows := _unlike(con, table, declared):
            report.differ(f"{table}: {rows} rows are not what {ANALYSIS} declares")


def _unlike(con: duckdb.DuckDBPyConnection, table: str, declared: pa.Table) -> int:
    """Return how many rows are only in the table or only in the file."""
    columns = declared.column_names
    found = Counter(con.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall())  # noqa: S608
    wanted = Counter(tuple(row[name] for name in columns) for row in declared.to_pylist())
    return ((found - wanted) + (wanted - found)).total()
