"""Two models side by side, one that replaced the other or two of one maker: each column, and pictures of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import duckdb

from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.showing import address_of, many
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.over_time import Found
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.pictures import CountedValue, PictureGrid, grid, slots
from assets.leaderboard.views.marks import Step
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import rows

#: Pages of two models, at most, and pictures of each model for each prompt.
MOST, PICTURES = 40, 6


@dataclass(frozen=True)
class BothAsked:
    """A column: the newest figure of both, and the second less the first in points, as they are printed.

    `before` are those of the first of two conditions, as the leaderboard has them.
    """

    title: Message
    note: Message
    names: tuple[str, str]
    before: tuple[Step | None, Step | None]
    steps: tuple[Step, Step]

    @property
    def points(self) -> int:
        """Return the difference of the two figures as they are printed."""
        first, second = (round(100 * step.share) for step in self.steps)
        return second - first


@dataclass(frozen=True)
class BothDrew:
    """A prompt with pictures of both, which show `what` or not."""

    text: str
    language: str
    address: str
    what: Message
    sides: tuple[PictureGrid, PictureGrid]


@dataclass(frozen=True)
class PairPage:
    """Two models, the earlier one first."""

    address: str
    models: tuple[str, str]
    titles: tuple[Message, Message]
    replaced: bool
    apart: bool | None  # whether the leaderboard tells them apart; None: they are not ranked together
    simulated: bool
    columns: tuple[BothAsked, ...]
    prompts: tuple[BothDrew, ...]


def address(first: str, second: str) -> str:
    """Return the address of the page of two models, whichever is named first."""
    return f"boards/models/{'/'.join(sorted((first, second)))}/"


def wanted(models: Sequence[ModelFacts]) -> Iterator[tuple[ModelFacts, ModelFacts]]:
    """Yield a model and the one that replaced it, then two that are asked of one maker."""
    by_name = {one.model: one for one in models}
    for one in models:
        if one.succeeds and one.succeeds[0] in by_name:
            yield by_name[one.succeeds[0]], one
    for first, second in combinations([one for one in models if one.maker and not one.retired], 2):
        followed = {pair[0] for pair in (first.succeeds, second.succeeds) if pair}
        of_one = (first.maker, first.simulated) == (second.maker, second.simulated)
        if of_one and not followed & {first.model, second.model}:
            yield first, second


def read(con: duckdb.DuckDBPyConnection, week: date, models: Sequence[ModelFacts]) -> Iterator[PairPage]:
    """Yield the pages of a week."""
    pairs = [*wanted(models)][:MOST]
    if not pairs:
        return
    found, looked = over_time.read(con, week, [column.of for column in COLUMNS]), looks(con, week)
    texts = {row["prompt"]: row for row in rows(con, "asked_now", {"week": week.isoformat()})}
    apart = {
        frozenset((row["model_a"], row["model_b"])): row["told_apart"]
        for row in rows(con, "told_apart", {"week": week.isoformat()})
    }
    for first, second in pairs:
        both = [
            (column, cells, shown)
            for column, cells in zip(COLUMNS, found, strict=True)
            if len(shown := [*_newest(column, cells, first, second)]) == 2
        ]
        yield PairPage(
            address(first.model, second.model),
            (first.model, second.model),
            (first.name, second.name),
            second.succeeds is not None and second.succeeds[0] == first.model,
            apart.get(frozenset((first.model, second.model))),
            first.simulated,
            tuple(
                BothAsked(
                    column.title,
                    column.note,
                    (column.cell(first.model), column.cell(second.model)),
                    (_before(column, cells, first), _before(column, cells, second)),
                    (shown[0], shown[1]),
                )
                for column, cells, shown in both
            ),
            tuple(
                _drew(con, week, texts[column.prompt], looked, column, cells, (first, second))
                for column, cells, _ in both
                if column.prompt in texts
            ),
        )


def _newest(column: Column, cells: Found, *models: ModelFacts) -> Iterator[Step]:
    for one in models:
        yield from list(over_time.steps(cells.get((one.model, column.conditions[-1]), ())))[-1:]


def _before(column: Column, cells: Found, one: ModelFacts) -> Step | None:
    found = [over_time.steps(cells.get((one.model, of), ())) for of in column.conditions[:-1]]
    return next((shown[-1] for steps in found if (shown := [*steps])), None)


def _drew(
    con: duckdb.DuckDBPyConnection,
    week: date,
    asked: Mapping[str, str],
    looked: Looks,
    column: Column,
    cells: Found,
    models: tuple[ModelFacts, ModelFacts],
) -> BothDrew:
    first, second = (drawn(con, week, looked, column, cells, one.model, PICTURES) for one in models)
    return BothDrew(
        asked["text"],
        asked["language"],
        address_of(str(column.prompt)),
        many(column.attribute or "", column.value or ""),
        (first, second),
    )


def drawn(
    con: duckdb.DuckDBPyConnection,
    week: date,
    looked: Looks,
    column: Column,
    cells: Found,
    model: str,
    most: int,
) -> PictureGrid:
    """Return pictures of the newest figure of a model in a column of one prompt."""
    row = cells[model, column.conditions[-1]][-1]
    weeks = range((row["week"] - row["first_week"]).days // 7 + 1)
    counted = CountedValue(
        looked.get((column.suite, row["suite_major"], column.attribute or "")),
        (column.value or "",),
        row["labeler_version"],
    )
    days = [row["first_week"] + timedelta(weeks=number) for number in weeks]
    return grid(slots(con, week, days, model, [column.prompt or ""]), counted, most)
