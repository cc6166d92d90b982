"""A browser for the page, if there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.site import world
from warehouse.store import Store, open_store


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Return where Chromium is: `CLICHE_CHROMIUM`, else the system's; skip if there is none."""
    path = os.environ.get("CLICHE_CHROMIUM", "/usr/bin/chromium")
    if not Path(path).is_file():
        pytest.skip(f"no Chromium at {path}; set CLICHE_CHROMIUM")
    return path


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the partitions of `world`, four weeks of them; read only, for copying."""
    store = open_store(tmp_path_factory.mktemp("filled"))
    world.fill(store)
    return store
