"""The home of an earlier version, whose editions are of format 1, and the same home with one of today's."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from orchestration import weekly
from tests.once import made_once
from tests.orchestration.installation import NEXT, Installation, copy

#: Made by version 0.1.0+d608f3fd4115: two simulated models, two weeks, an imported study; the first week was published
#: again when the study was there.
FORMAT_1 = Path(__file__).with_name("format1.tar.xz")


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The home as its code left it; its store is only read."""

    def extract(folder: Path) -> None:
        with tarfile.open(FORMAT_1) as file:
            file.extractall(folder, filter="data")

    return Installation(made_once(tmp_path_factory, "format-1", extract) / "format1")


@pytest.fixture(scope="session")
def following(earlier: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The home with its second week published again: two weeks and a study in parts; read only, for copying."""

    def publish(folder: Path) -> None:
        made = copy(earlier, folder)
        assert weekly.publish(made.place(), made.settings, NEXT, note=lambda text: None) == f"{NEXT}.2"

    return Installation(made_once(tmp_path_factory, "format-2", publish))
