"""Stores that hold objects of every kind."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from orchestration import weekly
from tests.once import made_once
from tests.orchestration.conftest import cliche, published_once
from tests.orchestration.installation import WEEK, Installation, copy
from tests.warehouse.integrity import shapes
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.integrity.scan import read_store
from warehouse.store import Store, open_store

__all__ = ["cliche", "published_once", "store", "whole", "whole_once"]


@pytest.fixture(scope="session")
def whole_once(
    published_once: Installation,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A home whose store holds every kind of object, two revisions of an edition among them; for copying."""

    def make(folder: Path) -> None:
        made = copy(published_once, folder)
        sources = tmp_path_factory.mktemp("whole")
        shapes.gold(made.store, sources / "gold", WEEK)
        for shape in shapes.SHAPES.values():
            shape(made.store)
        shapes.study(made.store, sources / "study")
        shapes.taken_back(made.store)
        script = b"export {};"
        made.store.replace(keys.engine_file(sha256_hex(script), ".js"), script)
        assert read_store(made.store, made.home).problems == []
        assert weekly.publish(made.place(), made.settings, WEEK, note=lambda text: None) == f"{WEEK}.2"

    return made_once(tmp_path_factory, "whole", make)


@pytest.fixture
def whole(whole_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A copy of that home; the environment names it."""
    home = tmp_path / "home"
    shutil.copytree(whole_once / "store", home / "store", copy_function=os.link)
    shutil.copytree(whole_once, home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("store"))
    monkeypatch.setenv("CLICHE_HOME", str(home))
    return Installation(home)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(tmp_path / "store")
