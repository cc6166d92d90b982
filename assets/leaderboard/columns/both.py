"""Two models side by side, one that replaced the other or two of one maker: each column, and pictures of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

import duckdb

from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.reading import WINDOW
from assets.leaderboard.cells.showing import address_of, many
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.over_time import Found
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models import events
from assets.leaderboard.models.events import Happened
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.pictures import CountedValue, PictureGrid, grid, slots
from assets.leaderboard.views.marks import Step
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import View, rows

#: Pages of two models, at most, pictures of each model for each prompt, and figures that are said of a replacement.
MOST, PICTURES, SAID = 40, 6, 3


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


def read(con: duckdb.DuckDBPyConnection, week: date, models: Sequence[ModelFacts]) -> Iterator[View]:
    """Yield the pages of a week: two models, the earlier one first, and what both show in columns.

    `apart` is whether the leaderboard tells them apart; None: they are not ranked together.
    """
    pairs = [*wanted(models)][:MOST]
    if not pairs:
        return
    of_week = {"week": week.isoformat()}
    figures, looked = over_time.read(con, week, [column.of for column in COLUMNS]), looks(con, week)
    texts = {row["prompt"]: row for row in rows(con, "asked_now", of_week)}
    apart = {
        frozenset((row["model_a"], row["model_b"])): row["told_apart"]
        for row in rows(con, "told_apart", of_week)
    }
    for pair in pairs:
        first, second = (one.model for one in pair)
        both = [
            (column, cells, steps)
            for column, cells in zip(COLUMNS, figures, strict=True)
            if None not in (steps := [_newest(cells, column.conditions[-1:], one.model) for one in pair])
        ]
        yield View(
            address=address(first, second),
            models=(first, second),
            titles=[one.name for one in pair],
            replaced=pair[1].succeeds is not None and pair[1].succeeds[0] == first,
            apart=apart.get(frozenset((first, second))),
            simulated=pair[0].simulated,
            columns=[_column(column, cells, steps, (first, second)) for column, cells, steps in both],
            prompts=[
                View(
                    **texts[column.prompt],
                    address=address_of(column.prompt),
                    what=_what(column),
                    sides=_sides(con, week, looked, column, cells, (first, second)),
                )
                for column, cells, _ in both
                if column.prompt and column.prompt in texts
            ],
        )


def _newest(cells: Found, conditions: Sequence[str], model: str) -> Step | None:
    """Return the newest figure of a model under the first of some conditions that has any."""
    every = ([*over_time.steps(cells.get((model, of), ()))] for of in conditions)
    return next((steps[-1] for steps in every if steps), None)


def _column(column: Column, cells: Found, steps: Sequence[Step | None], models: tuple[str, str]) -> View:
    """Return the newest figures of both in a column, those under the first of two conditions before them.

    `points` is the second less the first, as they are printed.
    """
    first, second = (round(100 * step.share) for step in steps if step)
    return View(
        title=column.title,
        note=column.note,
        names=[column.cell(model) for model in models],
        before=[_newest(cells, column.conditions[:-1], model) for model in models],
        steps=steps,
        points=second - first,
    )


def _what(column: Column) -> Message:
    return many(column.attribute or "", column.value or "")


def _sides(
    con: duckdb.DuckDBPyConnection,
    week: date,
    looked: Looks,
    column: Column,
    cells: Found,
    models: Sequence[str],
) -> list[PictureGrid]:
    """Return for each model pictures of its newest figure in a column of one prompt."""
    sides = []
    for model in models:
        row = cells[model, column.conditions[-1]][-1]
        weeks = range((row["week"] - row["first_week"]).days // 7 + 1)
        counted = CountedValue(
            looked.get((column.suite, row["suite_major"], column.attribute or "")),
            (column.value or "",),
            row["labeler_version"],
        )
        days = [row["first_week"] + timedelta(weeks=number) for number in weeks]
        sides.append(grid(slots(con, week, days, model, [column.prompt or ""]), counted, PICTURES))
    return sides


def replacements(
    con: duckdb.DuckDBPyConnection, week: date, board: View, models: Sequence[ModelFacts]
) -> Iterator[View]:
    """Yield the models that replaced another in the four weeks that end with `week`: which figures moved most.

    `sides` are pictures of one prompt, before and after, that show `what` or not.
    """
    cells = {row.model: row.cells for row in board.rows}
    for one in models:
        if one.succeeds and one.first_week > week - WINDOW and one.succeeds[0] in cells:
            old, old_name = one.succeeds
            moved = [
                (column, View(head=head, before=cell.gray[-1], after=cell.now, address=cell.address))
                for column, head, cell in zip(COLUMNS, board.heads, cells[one.model], strict=True)
                if cell.now and cell.gray
            ]
            moved.sort(key=lambda item: -abs(item[1].after.share - item[1].before.share))
            column = next((column for column, _ in moved if column.prompt is not None), None)
            sides: Sequence[PictureGrid] = ()
            if column:
                (figures,), looked = over_time.read(con, week, [column.of]), looks(con, week)
                sides = _sides(con, week, looked, column, figures, (old, one.model))
            yield View(
                model=one.model,
                name=one.name,
                old_name=old_name,
                address=address(old, one.model),
                simulated=one.simulated,
                since=one.first_week,
                moved=[shown for _, shown in moved[:SAID]],
                what=column and _what(column),
                sides=sides,
            )


def told(con: duckdb.DuckDBPyConnection, week: date, replaced: Sequence[View]) -> tuple[Happened, ...]:
    """Return the events that replacements tell already."""
    days = {(one.model, one.since) for one in replaced}
    return tuple(one for one in events.lives(con, week) if (one.model, one.week) in days)
