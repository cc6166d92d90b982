"""Which pictures a figure of a window counts, with what was read in them: a few prompts at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.reading import weeks_of
from assets.leaderboard.cells.showing import caption
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import Row, View, by, rows_of_weeks

#: Pictures of a grid.
GRID = 12


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture; `found` is what the labeler that counts read: attribute → value or band, of what a share is of."""

    week: date
    sha256: str
    found: Mapping[str, str]

    def shows(self, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Return whether it shows one of the values of every attribute."""
        return all(self.found.get(attribute) in values for attribute, values in wanted.items())


def shown(picture: SeenPicture, wanted: Mapping[str, Sequence[str]]) -> View:
    """Return a picture with what was read in it of what is wanted; `framed`: it shows that."""
    return View(sha256=picture.sha256, words=words_of(picture.found, wanted), framed=picture.shows(wanted))


def words_of(values: Mapping[str, str], wanted: Iterable[str]) -> list[Message]:
    """Return the words under a picture, for what was read of these attributes."""
    return [caption(name, values[name]) for name in wanted if name in values]


@dataclass(frozen=True)
class Drawn:
    """What a model drew for a prompt in a window, in random order.

    Attributes:
        pictures: of the week's parameters and labeler version, from the window's first week on.
        refusals: weeks of requests that ended with an answer and no picture, one for each.
        current: whether the prompt was asked in the week itself: the pictures have a page of their own.
    """

    pictures: tuple[SeenPicture, ...]
    refusals: tuple[date, ...]
    current: bool

    def counted(self, attributes: Iterable[str], since: date) -> list[SeenPicture]:
        """Return the pictures in which all attributes were read, of the weeks from `since` on."""
        wanted = {*attributes}
        return [one for one in self.pictures if one.week >= since and wanted <= one.found.keys()]

    def refused(self, since: date) -> int:
        """Return how many requests were refused, in the weeks from `since` on."""
        return sum(week >= since for week in self.refusals)


#: Nothing was drawn.
NOTHING = Drawn((), (), current=False)


def drawn(con: duckdb.DuckDBPyConnection, week: date, prompts: Iterable[str]) -> dict[tuple[str, str], Drawn]:
    """Return what each model drew for some prompts in the window that ends with a week, by prompt and model."""
    parameters = {"week": week.isoformat()}
    seats = looks(con, week)
    slots = rows_of_weeks(con, "prompt_slots", weeks_of(week), {**parameters, "asked": [*prompts]})
    return {key: _drawn(of, week, seats) for key, of in by(slots, "prompt", "model").items()}


def _drawn(of: Sequence[Row], week: date, seats: Looks) -> Drawn:
    now = [row for row in of if row["week"] == week]
    kept = {(row["series"], row["params_hash"]) for row in now} or {(of[0]["series"], of[0]["params_hash"])}
    own = [row for row in of if (row["series"], row["params_hash"]) in kept]
    pictures = sorted((row for row in own if row["image_sha256"]), key=lambda row: row["place"])
    return Drawn(
        tuple(_seen(row, seats) for row in pictures),
        tuple(row["week"] for row in own if row["outcome_group"] == "refused"),
        current=bool(now),
    )


def _seen(row: Row, seats: Looks) -> SeenPicture:
    suite, major = row["suite"], row["suite_major"]
    seats_of = {}
    for reading in row["readings"] or ():
        if (reading["labeler"], reading["labeler_version"]) == (row["labeler"], row["labeler_version"]):
            for attribute, value in zip(reading["attributes"], reading["found"], strict=True):
                looked = seats.get((suite, major, attribute))
                if looked and (seat := looked.seat(value)) is not None:
                    seats_of[attribute] = seat
    return SeenPicture(row["week"], row["image_sha256"], seats_of)
