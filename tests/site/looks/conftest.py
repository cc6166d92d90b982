"""Pages of the world of readers, made once a process."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets
from tests.world import readers


@pytest.fixture(scope="session")
def readers_pages(readers_con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return path → text of all pages, in both languages."""
    made = sheets(readers_con, date.fromisoformat(readers.LAST), NOWHERE)
    return {path: data.decode() for path, data in made if path.endswith((".html", ".json"))}
