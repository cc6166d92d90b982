"""Filled stores, made once for all tests of pages."""

from __future__ import annotations

import pytest

from tests.once import made_once
from tests.site import world
from warehouse.store import Store, open_store


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the partitions of `world`, four weeks of them; read only, for copying."""
    return open_store(made_once(tmp_path_factory, "filled", lambda folder: world.fill(open_store(folder))))


@pytest.fixture(scope="session")
def six_weeks(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the partitions of `world`, six weeks of them; read only, for copying."""
    return open_store(
        made_once(
            tmp_path_factory, "six", lambda folder: world.fill(open_store(folder), weeks=6, replicates=8)
        )
    )
