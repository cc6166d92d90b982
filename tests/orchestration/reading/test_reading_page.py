"""The lines of docs/reading.md read the same rows as the one DuckDB file, each as it stands there.

polars, pandas and DuckDB 2.x run here. Spark and DuckDB 1.4 run in an environment of their own (`make test-readers`),
whose Python CLICHE_READERS names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.orchestration.reading import lines
from tests.site.looks.page import served
from warehouse.database.published import open_published
from warehouse.store import open_store

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reading.md").read_text(encoding="utf-8")
BLOCKS = {
    (section, language): re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    for section, text in re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    for language in ("python", "sql")
}
FOLDER, WEB, S3 = BLOCKS["The list, in Python", "python"]
EDITION = f"{WEEK}.1"
WEEKLY = ("labels", "attempts", "figures", "slot_outcomes", "cell_shares")
WHOLE = ("outcomes", "model_timeline")
OTHERS = os.environ.get("CLICHE_READERS")
needs_others = pytest.mark.skipif(
    not OTHERS, reason="Spark and DuckDB 1.4 have an environment of their own: make test-readers"
)

Rows = dict[str, list[list[Any]]]


@pytest.fixture(scope="module")
def columns(published_once: Installation) -> dict[str, list[str]]:
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        names = {name: con.execute(f"DESCRIBE {name}").fetchall() for name in (*WEEKLY, *WHOLE)}
    return {name: [row[0] for row in rows] for name, rows in names.items()}


@pytest.fixture(scope="module")
def expected(published_once: Installation, columns: dict[str, list[str]]) -> Rows:
    """Table or view → rows as the one file has them."""
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        rows = {name: lines.sorted_rows(con.execute(f"FROM {name}").fetchall()) for name in columns}
    assert all(rows.values())
    return rows


@pytest.fixture
def beside(
    published_once: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A working folder in which the edition was fetched into the folder that the page names."""
    monkeypatch.setenv("CLICHE_HOME", str(published_once.home))
    monkeypatch.chdir(tmp_path)
    assert cliche("edition", "fetch", EDITION, EDITION).code == 0
    return tmp_path


@pytest.fixture
def web(published_once: Installation) -> Iterator[str]:
    """The address of a web server that shows the store."""
    with served(Path(published_once.settings.store)) as address:
        yield address.removesuffix("/")


@pytest.fixture
def bucket(published_once: Installation, s3_address: str) -> str:
    """The address of the store, copied to S3."""
    store = open_store(s3_address)
    for prefix in ("tables/", "editions/"):
        for key in published_once.store.list(prefix):
            store.put_if_absent(key, published_once.store.get(key))
    return s3_address


def block(section: str, language: str = "python", number: int = 0) -> str:
    return BLOCKS[section, language][number]


def as_here(text: str, **addresses: str) -> str:
    """Return lines of the page for the edition of the tests, and for the addresses of its servers."""
    text = text.replace("2026-11-23.1", EDITION)
    for written, here in (
        ("https://example.org", addresses.get("web")),
        ("s3://bucket/prefix", addresses.get("bucket")),
    ):
        text = text.replace(written, here or written)
    return text


def run(
    folder: Path, columns: dict[str, list[str]], language: str, text: str, python: str = sys.executable
) -> Rows:
    (folder / "asked.json").write_text(json.dumps({"language": language, "text": text, "names": columns}))
    ended = subprocess.run(
        [python, lines.__file__, "asked.json"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    rows: Rows = json.loads(ended.stdout.splitlines()[-1])
    return rows


def test_the_page_has_these_lines() -> None:
    found = {(section, language): len(blocks) for (section, language), blocks in BLOCKS.items() if blocks}
    one = {(name, "python"): 1 for name in ("polars", "pandas", "Spark")}
    assert found == {("The list, in Python", "python"): 3, ("DuckDB", "sql"): 3} | one


@pytest.mark.parametrize(
    ("library", "where"),
    [
        ("polars", "folder"),
        ("pandas", "folder"),
        ("pandas", "web"),
        pytest.param("polars", "bucket", marks=pytest.mark.s3),
    ],
)
def test_a_library_reads_an_edition_in_a_folder_on_the_web_and_in_a_bucket(
    library: str,
    where: str,
    beside: Path,
    request: pytest.FixtureRequest,
    columns: dict[str, list[str]],
    expected: Rows,
) -> None:
    how = {"folder": "", "web": WEB, "bucket": S3}[where]
    at = {} if where == "folder" else {where: request.getfixturevalue(where)}
    assert run(beside, columns, "python", as_here(FOLDER + how + block(library), **at)) == expected


def weekly(rows: dict[str, Any]) -> dict[str, Any]:
    return {name: rows[name] for name in WEEKLY}


@pytest.mark.parametrize(
    "python", [sys.executable, pytest.param(OTHERS, marks=needs_others)], ids=["2.x", "1.4"]
)
def test_duckdb_reads_a_fetched_folder(
    python: str, beside: Path, columns: dict[str, list[str]], expected: Rows
) -> None:
    text = as_here(block("DuckDB", "sql"))
    assert run(beside, weekly(columns), "sql", text, python) == weekly(expected)


@needs_others
def test_duckdb_1_4_reads_a_web(
    beside: Path, web: str, columns: dict[str, list[str]], expected: Rows
) -> None:
    text = as_here(block("DuckDB", "sql", 1), web=web)
    assert run(beside, weekly(columns), "sql", text, str(OTHERS)) == weekly(expected)


@pytest.mark.parametrize(
    "python", [sys.executable, pytest.param(OTHERS, marks=needs_others)], ids=["2.x", "1.4"]
)
def test_duckdb_opens_the_one_file(
    python: str, published_once: Installation, tmp_path: Path, columns: dict[str, list[str]], expected: Rows
) -> None:
    shutil.copyfile(published_once.home / "published" / "cliche.duckdb", tmp_path / "cliche.duckdb")
    whole = columns | {"start_here": ["name", "rows"], "study_numbers": ["study", "model"]}
    found = run(tmp_path, whole, "sql", block("DuckDB", "sql", 2), python)
    assert len(found.pop("start_here")) == 8
    assert found.pop("study_numbers") == []
    assert found == expected


@needs_others
def test_spark_reads_a_fetched_folder(beside: Path, columns: dict[str, list[str]], expected: Rows) -> None:
    if not shutil.which("java"):
        pytest.skip("no Java here, which Spark needs")
    if subprocess.run([str(OTHERS), "-c", "import pyspark"], capture_output=True, check=False).returncode:
        pytest.skip("Spark is not installed: make test-readers SPARK=yes")
    assert run(beside, columns, "python", as_here(FOLDER + block("Spark")), str(OTHERS)) == expected
