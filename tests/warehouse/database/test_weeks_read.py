"""What is read of some weeks alone is what all weeks say of them: views, and statements of the page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.leaderboard.evidence.ranked import read
from assets.leaderboard.views.query import rows, rows_of_weeks, stream_of_weeks
from tests.once import made_once
from tests.site import world
from tests.warehouse import golden
from tests.warehouse.checks.quality_rows import disagrees, moved
from warehouse.database import marts
from warehouse.database.archive import views_by_week
from warehouse.database.connection import connect
from warehouse.sqlfiles import WEEKS, header, names, sql
from warehouse.store import open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection

MODELS = ("imago-2", "chatdraw", "sim-classic", "sim-drift", "sim-retired", "sim-next")
MONDAYS = [shift(world.WEEK, back) for back in range(-3, 1)]
#: Statements that are asked for weeks, and what else they are given.
OF_WEEKS: dict[str, dict[str, Any]] = {
    "board_rows": {},
    "digests": {},
    "model_costs": {},
    "model_ends": {},
    "conversations": {"conversations": 2},
}
#: Statements whose rows are of all weeks together that are read.
OVER_WEEKS: dict[str, dict[str, Any]] = {
    "prompt_pages": {},
    "prompt_slots": {"week": world.WEEK, "asked": ["occupations/ceo", "occupations/nurse"]},
    "prompt_turns": {},
    "prompt_words": {},
}


def _make(folder: Path) -> None:
    store = open_store(folder / "bucket")
    world.fill(store, weeks=len(MONDAYS), replicates=3, only=MODELS)
    made = world.load(store)
    golden.draw(made)
    made.execute(disagrees(MONDAYS[-2], "photo", 0.429))
    made.execute(moved(MONDAYS[1], 2))
    made.execute(
        f"ATTACH '{folder / 'warehouse.duckdb'}' AS kept; COPY FROM DATABASE memory TO kept; DETACH kept"
    )


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    with connect(made_once(tmp_path_factory, "weeks", _make) / "warehouse.duckdb", read_only=True) as made:
        yield made


def asked(con: Con, statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    con.execute(statement, given)
    columns = [column[0] for column in con.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]


@pytest.mark.parametrize("view", views_by_week())
def test_rows_of_a_view_in_some_weeks(con: Con, view: str) -> None:
    for weeks in (MONDAYS[-1:], MONDAYS[1:2], [MONDAYS[0], MONDAYS[3]]):
        listed = ", ".join(f"DATE '{week}'" for week in weeks)
        whole = con.execute(f"FROM {view} WHERE week IN ({listed}) ORDER BY ALL").fetchall()
        assert con.execute(f"FROM ({marts.of_weeks(view, weeks)}) ORDER BY ALL").fetchall() == whole
        assert whole or view in {
            "word_against_word",
            "empty_figures",
        }  # nobody was asked two things, or too little


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in names("page")
        if WEEKS in header(f"page/{name}") and name not in {**OF_WEEKS, **OVER_WEEKS, "findings": {}}
    ],
)
def test_rows_of_a_statement_about_one_week(con: Con, name: str) -> None:
    found = 0
    for week in MONDAYS:
        whole = asked(con, sql(f"page/{name}"), {"week": week})
        assert rows(con, name, {"week": week}) == whole
        found += len(whole)
    assert found or name == "word_against_word"


def test_findings_follow_from_the_weeks_of_their_window(con: Con) -> None:
    found = 0
    for week in MONDAYS:
        whole = asked(con, sql("page/findings"), {"week": week})
        assert read(con, date.fromisoformat(week)) == whole
        found += len(whole)
    assert found


@pytest.mark.parametrize("name", OF_WEEKS)
def test_rows_of_a_statement_about_some_weeks(con: Con, name: str) -> None:
    """Each depends on what is newest among the weeks that are read, so weeks are those that end with the last."""
    found = 0
    for first in range(len(MONDAYS)):
        weeks = [date.fromisoformat(week) for week in MONDAYS[first:]]
        whole = asked(con, sql(f"page/{name}"), OF_WEEKS[name])
        of_weeks = [row for row in whole if row["week"] in weeks]
        assert rows_of_weeks(con, name, weeks, OF_WEEKS[name]) == of_weeks
        found += len(of_weeks)
    assert found or name == "conversations"
    assert rows_of_weeks(con, name, [], OF_WEEKS[name]) == []


@pytest.mark.parametrize("name", OVER_WEEKS)
def test_rows_of_a_statement_over_some_weeks(con: Con, name: str) -> None:
    """Of all weeks they are those of the statement itself; of the first week alone, of no more."""
    weeks = [date.fromisoformat(week) for week in MONDAYS]
    whole = asked(con, sql(f"page/{name}"), OVER_WEEKS[name])
    assert [*stream_of_weeks(con, name, weeks, OVER_WEEKS[name])] == whole
    assert whole or name == "prompt_turns"
    assert len([*stream_of_weeks(con, name, weeks[:1], OVER_WEEKS[name])]) <= len(whole)
