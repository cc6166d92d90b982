"""A part of the page: what a module of `parts` says of itself in `PART`, and what the page holds of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import duckdb

#: Sections of `figures.html.j2` that a part can follow.
SECTIONS = ("leaderboard", "weeks", "pictures", "conversations", "changes", "events", "studies")


@dataclass(frozen=True)
class Part:
    """One part. It is on the page, and in its contents, where `build` returns something that is not empty.

    Attributes:
        id: of its section; addresses of figures begin with it.
        title: in the contents of the page.
        after: which of `SECTIONS`, or which other part by its id, it follows.
        template: file whose macro `section` draws its data.
        build: data of a week, from the published copy: plain frozen records, or a tuple of them.
    """

    id: str
    title: str
    after: str
    template: str
    build: Callable[[duckdb.DuckDBPyConnection, date], object]


@dataclass(frozen=True)
class ShownPart:
    """A part with its data."""

    part: Part
    data: object
