"""The warehouse that most pages of a model, of boards and of changes are made of."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.site import world
from warehouse.store import Store


@pytest.fixture(scope="module")
def con(six_weeks: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the warehouse of six weeks, loaded; read only."""
    with world.load(six_weeks) as con:
        yield con
