"""Good rows for every test of checks: made once in a run, and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.once import made_once
from tests.warehouse.checks import quality_rows
from warehouse.database.connection import connect
from warehouse.store import Store, open_store


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "quality", quality_rows.make)


@pytest.fixture(scope="session")
def store(good: Path) -> Store:
    """The bucket that the rows are of; read only."""
    return open_store(good / "bucket")


@pytest.fixture(scope="module")
def con(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse; what a test changes is rolled back."""
    copy = shutil.copyfile(good / "warehouse.duckdb", tmp_path_factory.mktemp("quality") / "warehouse.duckdb")
    with connect(copy) as made:
        yield made
