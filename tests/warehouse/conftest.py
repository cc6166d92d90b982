"""A store and a database with all tables for every test of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "bucket")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, with all tables and views."""
    with connect(None) as made:
        make_tables(made)
        yield made
