"""The pages "Method": how to read and quote a figure, and who labels the pictures of this edition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.labeling.registry import shipped_conventions
from assets.leaderboard.evidence.claims import MEANINGS
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, rows
from assets.suites.analysis import load_changes
from assets.suites.published_figures import CitedSource, sources_of


@dataclass(frozen=True)
class UsedLabeler:
    """A version of a labeler, and the weeks in which it read an attribute; `beside`: another one counts."""

    name: str
    version: str
    first_week: date
    last_week: date
    beside: bool


@dataclass(frozen=True)
class ReadAttribute:
    """Who read an attribute, and how many of the pictures people rated too."""

    title: Message
    labelers: tuple[UsedLabeler, ...]
    rated: int
    raters: int
    simulated: int  # of the raters

    @property
    def beside(self) -> bool:
        """Return whether a labeler read it that no board counts."""
        return any(labeler.beside for labeler in self.labelers)


@dataclass(frozen=True)
class Method:
    """Which of the two pages it is; `meanings` are of the first alone, the others of that of labels."""

    part: str
    meanings: tuple[tuple[Message, Message], ...] = ()
    changes: tuple[tuple[date, str], ...] = ()  # of the method, in English, the latest first
    attributes: tuple[ReadAttribute, ...] = ()
    conventions: tuple[Message, ...] = ()  # how drawings of simulated models are read
    sources: tuple[CitedSource, ...] = ()  # of the scale of skin tones


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of reading and quoting, then that of labels."""
    reading = say("How to read and quote a figure")
    yield Sheet(
        "method/",
        reading,
        Method("reading", MEANINGS, tuple(_changes())),
        description=say("What to quote with a figure, what its interval says, and what it does not say."),
    )
    attributes = _attributes(con, week)
    used = {labeler.name for attribute in attributes for labeler in attribute.labelers}
    conventions = tuple(title(said) for name, said in shipped_conventions().items() if name in used)
    yield Sheet(
        "method/labels/",
        say("Who labels the pictures"),
        Method("labels", attributes=attributes, conventions=conventions, sources=sources_of("skin_tone")),
        (Crumb("method/", reading),),
        say("Which program read which attribute, in which weeks, and how many pictures people checked."),
    )


def _changes() -> Iterator[tuple[date, str]]:
    for one in reversed(load_changes()):
        yield date.fromisoformat(one.day), one.said


def _attributes(con: duckdb.DuckDBPyConnection, week: date) -> tuple[ReadAttribute, ...]:
    asked = {"week": week.isoformat()}
    rated = {row["attribute"]: row for row in rows(con, "rated", asked)}
    used: dict[str, list[Row]] = {}
    for name in ("labelers", "labelers_beside"):
        for row in rows(con, name, asked):
            used.setdefault(row["attribute"], []).append(row | {"beside": name == "labelers_beside"})
    return tuple(
        ReadAttribute(
            title(words.attribute(attribute)),
            tuple(
                UsedLabeler(
                    words.plain(row["labeler"]),
                    words.plain(row["labeler_version"]),
                    row["first_week"],
                    row["last_week"],
                    row["beside"],
                )
                for row in versions
            ),
            rated[attribute]["pictures"] if attribute in rated else 0,
            rated[attribute]["raters"] if attribute in rated else 0,
            rated[attribute]["simulated"] if attribute in rated else 0,
        )
        for attribute, versions in used.items()
    )


KIND = PageKind("method", build)
