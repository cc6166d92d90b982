"""Models that replaced another: which figures moved most with it, and pictures of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.question import looks
from assets.leaderboard.cells.reading import WINDOW
from assets.leaderboard.cells.showing import many
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.both import address, drawn
from assets.leaderboard.columns.reading import ColumnHead, Leaderboard, LeaderRow
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models import events
from assets.leaderboard.models.events import Happened
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.pictures import PictureGrid
from assets.leaderboard.views.marks import Step
from assets.leaderboard.views.message import Message

#: Figures that are said, and pictures of each model.
SAID, PICTURES = 3, 6


@dataclass(frozen=True)
class Moved:
    """A figure of the model that was replaced, and of the one that replaced it."""

    head: ColumnHead
    before: Step
    after: Step
    address: str


@dataclass(frozen=True)
class Replacement:
    """A model that replaced another; `sides` are pictures of one prompt, before and after, that show `what` or not."""

    model: str
    name: Message
    old: str
    old_name: Message
    simulated: bool
    since: date
    moved: tuple[Moved, ...]
    what: Message | None
    sides: tuple[PictureGrid, ...]

    @property
    def address(self) -> str:
        """Return the page of both."""
        return address(self.old, self.model)


def read(
    con: duckdb.DuckDBPyConnection, week: date, board: Leaderboard, models: Sequence[ModelFacts]
) -> Iterator[Replacement]:
    """Yield the models that replaced another in the four weeks that end with `week`."""
    made = {row.model: row for group in board.groups for row in group.rows}
    for one in models:
        if one.succeeds and one.first_week > week - WINDOW and one.succeeds[0] in made:
            moved = sorted(_moved(board, made[one.model]), key=lambda item: -_size(item[1]))
            shown = next((item for item in moved if item[0].prompt is not None), None)
            yield Replacement(
                one.model,
                one.name,
                *one.succeeds,
                one.simulated,
                one.first_week,
                tuple(said for _, said in moved[:SAID]),
                many(shown[0].attribute or "", shown[0].value or "") if shown else None,
                tuple(_sides(con, week, one, shown[0])) if shown else (),
            )


def told(con: duckdb.DuckDBPyConnection, week: date, found: Sequence[Replacement]) -> tuple[Happened, ...]:
    """Return the events that replacements tell already."""
    days = {(one.model, one.since) for one in found}
    return tuple(one for one in events.lives(con, week) if (one.model, one.week) in days)


def _moved(board: Leaderboard, row: LeaderRow) -> Iterator[tuple[Column, Moved]]:
    for column, head, cell in zip(COLUMNS, board.heads, row.cells, strict=True):
        if cell.now and cell.gray:
            yield column, Moved(head, cell.gray[-1], cell.now, cell.address)


def _size(moved: Moved) -> float:
    return abs(moved.after.share - moved.before.share)


def _sides(
    con: duckdb.DuckDBPyConnection, week: date, of: ModelFacts, column: Column
) -> Iterator[PictureGrid]:
    (found,), looked = over_time.read(con, week, [column.of]), looks(con, week)
    for model in (of.succeeds[0] if of.succeeds else "", of.model):
        yield drawn(con, week, looked, column, found, model, PICTURES)
