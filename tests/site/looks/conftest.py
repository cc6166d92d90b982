"""Pages of the world of readers, made once in a run of the tests."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets
from tests.once import made_once
from tests.world import readers


@pytest.fixture(scope="session")
def readers_pages(
    readers_con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    def make(folder: Path) -> None:
        made = sheets(readers_con, date.fromisoformat(readers.LAST), NOWHERE)
        texts = {path: data.decode() for path, data in made if path.endswith((".html", ".json"))}
        folder.mkdir()
        (folder / "pages.json").write_text(json.dumps(texts))

    pages: dict[str, str] = json.loads(
        (made_once(tmp_path_factory, "readers-pages", make) / "pages.json").read_text()
    )
    return pages
