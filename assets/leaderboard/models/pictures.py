"""Grids: pictures of some prompts that one model drew in some weeks, each value in proportion, picked at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.question import Looked
from assets.leaderboard.cells.reading import value_read
from assets.leaderboard.cells.showing import Thumb, caption, proportional
from assets.leaderboard.views.query import Row, asked
from warehouse.database.marts import as_of_weeks

#: Pictures of a grid.
SHOWN = 12


@dataclass(frozen=True)
class CountedValue:
    """What is counted in pictures: values, or bands of values, of an attribute, as one labeler version read it.

    `looked` is None if nothing is declared of the attribute any more: then no picture is shown.
    """

    looked: Looked | None
    values: tuple[str, ...]
    labeler_version: str | None
    params_hash: str | None = None
    turn: int | None = None


@dataclass(frozen=True)
class PictureGrid:
    """Pictures in proportion, picked at random from `n`, of which `count` show one of the values."""

    thumbs: tuple[Thumb, ...]
    count: int
    n: int


def slots(
    con: duckdb.DuckDBPyConnection, week: date, weeks: Iterable[date], model: str, prompts: Sequence[str]
) -> list[Row]:
    """Return rows of `prompt_slots` of one model and some prompts and weeks, in the order that `week` draws."""
    statement = as_of_weeks("page", "prompt_slots", sorted(map(str, weeks)))
    return asked(
        con,
        f"SELECT * FROM ({statement}) WHERE model = $model ORDER BY place, slot_key",  # noqa: S608 - no text of others
        {"week": week.isoformat(), "asked": [*prompts], "model": model},
    )


def grid(slots_of: Iterable[Row], counted: CountedValue, most: int = SHOWN) -> PictureGrid:
    """Return the pictures of these slots in which the attribute was assessed, and show no more than `most`."""
    thumbs: list[Thumb] = []
    shows: list[bool] = []  # of all pictures, those that were removed too
    looked = counted.looked or Looked("", (), {})
    for row in slots_of:
        seat = looked.seat(_read(row, looked.attribute, counted))
        if row["outcome_group"] == "picture" and seat is not None:
            shows.append(seat in counted.values)
            if row["image_sha256"] is not None:
                word = caption(looked.attribute, seat)
                thumbs.append(Thumb(0, row["image_sha256"], word, framed=shows[-1]))
    return PictureGrid(tuple(proportional(thumbs, most)), sum(shows), len(shows))


def _read(row: Row, attribute: str, counted: CountedValue) -> str | None:
    """Return what the labeler that counts read; None of pictures that the figure is not of."""
    if counted.params_hash not in {None, row["params_hash"]} or counted.turn not in {None, row["turn"]}:
        return None
    return value_read(row, attribute, counted.labeler_version)
