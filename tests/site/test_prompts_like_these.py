"""The second interval, of prompts like these, stands on the board after the first; with few prompts it does not."""

from __future__ import annotations

import html
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.build import build_page
from assets.leaderboard.page.page import render
from assets.leaderboard.views.view import Page
from assets.suites.schema import Suite
from tests.site import world
from tests.warehouse import builder
from tests.warehouse.results.test_more_metrics import TEN, lean
from warehouse.store import open_store

FEW = TEN.model_copy(update={"id": "few", "prompts": TEN.prompts[:9]})


def page(folder: Path, suite: Suite) -> tuple[duckdb.DuckDBPyConnection, Page]:
    store = open_store(folder)
    builder.build_partition(store, suites=[suite], labels=lean)
    con = world.load(store)
    return con, build_page(con, week=builder.WEEK, edition=f"{builder.WEEK}.1", code_version="test")


def test_it_is_told_after_the_interval_of_these_prompts_and_is_wider(tmp_path: Path) -> None:
    con, built = page(tmp_path, TEN)
    row = built.boards[0].groups[0].rows[0]
    kept = con.execute("SELECT low, high, prompts_low, prompts_high FROM leaderboard").fetchone()
    assert kept is not None
    assert (row.low, row.high) == kept[:2]
    assert row.prompts == pytest.approx(kept[2:])
    assert kept[2] <= kept[0] < kept[1] < kept[3]
    text = html.unescape(render(built)["figures.html"].decode())
    first = text.index(f"{kept[0]:.2f} to {kept[1]:.2f}")
    assert text.index(f"Of other prompts like these: {kept[2]:.2f} to {kept[3]:.2f}.") > first


def test_with_nine_prompts_and_for_a_withheld_model_there_is_none(tmp_path: Path) -> None:
    con, built = page(tmp_path, FEW)
    assert built.boards[0].groups[0].rows[0].prompts is None
    assert "Of other prompts like these" not in render(built)["figures.html"].decode()
    con.execute("UPDATE scores SET prompts_low = 0.1, prompts_high = 0.5")
    con.execute("INSERT INTO withheld VALUES ($week, 'sim-one', 'incomplete')", {"week": builder.WEEK})
    assert con.execute("SELECT DISTINCT prompts_low FROM leaderboard").fetchall() == [(None,)]
