"""Stores that hold objects of every kind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from orchestration import weekly
from tests.orchestration.conftest import cliche
from tests.orchestration.installation import MODELS, WEEK, Installation, install
from tests.warehouse.integrity import shapes
from warehouse.store import Store, open_store

__all__ = ["cliche", "store", "whole", "whole_once"]


@pytest.fixture(scope="session")
def whole_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose store holds every kind of object, two revisions of an edition among them; for copying."""
    folder = tmp_path_factory.mktemp("whole")
    made = install(folder / "home")
    place, settings = made.place(), made.settings
    ran = weekly.run_partitions(place, settings, [(model, WEEK) for model in MODELS], lambda text: None)
    assert ran.problems == {}
    assert weekly.publish(place, settings, WEEK, note=lambda text: None) == f"{WEEK}.1"
    store = made.store
    shapes.gold(store, folder / "gold", WEEK)
    for shape in shapes.SHAPES.values():
        shape(store)
    shapes.study(store, folder / "study")
    assert weekly.publish(made.place(), settings, WEEK, note=lambda text: None) == f"{WEEK}.2"
    return made.home


@pytest.fixture
def whole(whole_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A copy of that home; the environment names it."""
    home = tmp_path / "home"
    shutil.copytree(whole_once, home, copy_function=os.link)
    monkeypatch.setenv("CLICHE_HOME", str(home))
    return Installation(home)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(tmp_path / "store")
