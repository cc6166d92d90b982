"""Filled stores and an edition, made once for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.labeling.thumbnails.encoder import thumbnail
from assets.leaderboard.edition import publish
from assets.leaderboard.page.sheets import SitePlace
from tests.once import made_once
from tests.site import world
from tests.site.pages import hostile
from warehouse import keys
from warehouse.store import Store, open_store


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the partitions of `world`, four weeks of them; read only, for copying."""
    return _filled(tmp_path_factory, "filled", weeks=4)


@pytest.fixture(scope="session")
def six_weeks(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the partitions of `world`, six weeks of them; read only, for copying."""
    return _filled(tmp_path_factory, "six", weeks=6)


def _filled(temporary: pytest.TempPathFactory, name: str, *, weeks: int) -> Store:
    def make(folder: Path) -> None:
        store = open_store(folder)
        world.fill(store, weeks=weeks)
        world.load(store).close()  # which is kept beside it

    return open_store(made_once(temporary, name, make))


@pytest.fixture
def changed(con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return the warehouse of a module for a test that changes it: changes are taken back."""
    con.execute("BEGIN")
    yield con
    con.execute("ROLLBACK")


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store's folder with one edition, whose texts are hostile, and thumbnails of all pictures; read only.

    The site has an address; a quarter is over; there is a study.
    """
    return made_once(tmp_path_factory, "hostile", _make_hostile)


def _make_hostile(folder: Path) -> None:
    filled = open_store(folder)
    of_both: dict[str, Any] = {"replicates": 6, "texts": {"ceo": hostile.TEXT}, "hostile": hostile.TEXTS}
    world.fill(filled, weeks=3, only=("chatdraw", "imago-2"), **of_both)
    world.fill(filled, weeks=9, only=("sim-cautious",), asked=(0, 6, 7, 8), **of_both)
    con = world.load(filled)
    world.add_study(con, title=hostile.TEXT)
    con.execute("UPDATE studies SET citation = $text, note = $text, source = $text", {"text": hostile.TEXT})
    con.execute("UPDATE study_models SET title = title || $text", {"text": hostile.TEXT})
    con.execute("UPDATE study_prompts SET title = $text, text = text || $text", {"text": hostile.TEXT})
    for key in filled.list("images/"):
        sha256 = key.rpartition("/")[2].partition(".")[0]
        filled.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, filled.get(key)))
    for (sha256,) in con.execute("SELECT image_sha256 FROM study_slots WHERE status = 'present'").fetchall():
        filled.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, world.picture(sha256)))
    site = SitePlace(
        url="https://example.org/x",
        publisher=f"A & B {hostile.TEXT}",
        contact="x@example.org",
        data_license="CC BY 4.0",
    )
    publish(con, filled, week=world.WEEK, code_version="test", site=site)
