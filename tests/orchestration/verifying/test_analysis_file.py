"""An edition's analysis file: it fits its hash and the tables, whatever this version's file says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.documents import ANALYSIS
from assets.suites.analysis import parse, shipped
from assets.suites.analysis_rows import analysis_tables
from orchestration.verifying import analysis
from orchestration.verifying.report import VerifyReport
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.analysis_tables import replace_analysis

TEXT = shipped().data.decode()
#: A file of another time: one board less.
EARLIER = TEXT.replace("  - {suite: occupations@1, attribute: skin_tone, reference: uniform}\n", "")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of an edition that was made by the earlier file."""
    assert EARLIER != TEXT
    with connect(None) as made:
        make_tables(made)
        assert replace_analysis(made, analysis_tables(parse(EARLIER.encode())), sha256_hex(EARLIER.encode()))
        made.execute("SET enable_external_access = false")
        made.execute("SET python_enable_replacements = false")  # as where a file of somebody is read
        yield made


def differences(con: duckdb.DuckDBPyConnection, folder: Path, text: str | None, stated: str) -> list[str]:
    if text is not None:
        (folder / ANALYSIS).parent.mkdir()
        (folder / ANALYSIS).write_text(text, encoding="utf-8")
    report = VerifyReport("2026-11-23.1")
    analysis.compare(con, folder, {"analysis_plan_sha256": stated}, report)
    return report.differences


def test_the_editions_own_file_counts_not_the_shipped_one(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert differences(con, tmp_path, EARLIER, sha256_hex(EARLIER.encode())) == []


@pytest.mark.parametrize(
    ("text", "stated", "told"),
    [
        (TEXT, sha256_hex(TEXT.encode()), f"yardsticks: 1 rows are not what {ANALYSIS} declares"),
        (EARLIER, sha256_hex(TEXT.encode()), f"{ANALYSIS} is not the file of analysis_plan_sha256"),
        (None, sha256_hex(EARLIER.encode()), f"{ANALYSIS} is not there, and the manifest has its hash"),
        ("yardsticks: [", sha256_hex(b"yardsticks: ["), ANALYSIS),
    ],
    ids=["another file", "another hash", "no file", "no YAML"],
)
def test_what_does_not_fit_is_reported(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str | None, stated: str, told: str
) -> None:
    (line,) = differences(con, tmp_path, text, stated)
    assert line.startswith(told)
    assert "\n" not in line
