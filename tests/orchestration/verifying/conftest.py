"""A home with two published weeks and a study, and its edition as it is fetched."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.once import made_once
from tests.orchestration.conftest import publish_next_week
from tests.orchestration.installation import NEXT, Cliche, Installation
from tests.orchestration.verifying.forging import Edition, download


@pytest.fixture(scope="session")
def following(published_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two weeks and a study in parts; read only, for copying."""
    return Installation(made_once(tmp_path_factory, "two-weeks", partial(publish_next_week, published_once)))


@pytest.fixture
def fetched(
    following: Installation,
    cliche: Cliche,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A copy of its newest edition as it is fetched, with all thumbnails and the DuckDB file, to be changed."""
    monkeypatch.setenv("CLICHE_HOME", str(following.home))

    def make(folder: Path) -> None:
        edition = f"{NEXT}.1"
        assert cliche("edition", "fetch", edition, str(folder), "--pictures", "all", "--database").code == 0

    whole = made_once(tmp_path_factory, "fetched-whole", make)
    return Path(shutil.copytree(whole, tmp_path / "fetched"))


@pytest.fixture
def edition(following: Installation, tmp_path: Path) -> Edition:
    """Its newest edition in a folder that works alone, to be changed."""
    return Edition(download(following.store, f"{NEXT}.1", tmp_path / "downloaded"))


@pytest.fixture
def built(edition: Edition) -> Path:
    """A DuckDB file of its rows."""
    return edition.database
