"""The planted world for tests: made by the first test process that needs it, and only read."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.once import made_once
from tests.world.making import World, make, make_for_readers
from warehouse.database.connection import connect


@pytest.fixture(scope="session")
def planted_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the planted world: read only, for copying."""
    return World(made_once(tmp_path_factory, "planted-world", make))


@pytest.fixture(scope="module")
def planted_con(planted_world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse of the planted world, which changes nothing."""
    with connect(planted_world.warehouse, read_only=True) as con:
        yield con


@pytest.fixture
def planted_copy(planted_world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of that warehouse in memory, for a test that changes it."""
    with connect(None) as con:
        con.execute(f"ATTACH '{planted_world.warehouse}' AS planted (READ_ONLY)")
        con.execute("COPY FROM DATABASE planted TO memory")
        con.execute("DETACH planted")
        yield con


@pytest.fixture(scope="session")
def readers_con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse of the world of readers, which changes nothing."""
    world = World(made_once(tmp_path_factory, "readers-world", make_for_readers))
    with connect(world.warehouse, read_only=True) as con:
        yield con
