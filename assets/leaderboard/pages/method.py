"""The pages "Method": how to read and quote a figure, and who labels the pictures of this edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import duckdb

from assets.labeling.registry import shipped_conventions
from assets.leaderboard.evidence.claims import MEANINGS
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, View, rows
from assets.suites.analysis import load_changes
from assets.suites.published_figures import sources_of


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of reading and quoting, then that of labels."""
    reading = say("How to read and quote a figure")
    yield Sheet(
        "method/",
        reading,
        View(part="reading", meanings=MEANINGS, changes=[*_changes()]),
        description=say("What to quote with a figure, what its interval says, and what it does not say."),
    )
    attributes = _attributes(con, week)
    used = {row["labeler"] for attribute in attributes for row in attribute.labelers}
    conventions = [title(text) for name, text in shipped_conventions().items() if name in used]
    yield Sheet(
        "method/labels/",
        say("Who labels the pictures"),
        View(part="labels", attributes=attributes, conventions=conventions, sources=sources_of("skin_tone")),
        (Crumb("method/", reading),),
        say("Which program read which attribute, in which weeks, and how many pictures people checked."),
    )


def _changes() -> Iterator[tuple[date, str]]:
    for one in reversed(load_changes()):
        yield date.fromisoformat(one.day), one.said


def _attributes(con: duckdb.DuckDBPyConnection, week: date) -> list[View]:
    """Return who read each attribute, in which weeks, `beside`: where another one counts; and how many people rated."""
    asked = {"week": week.isoformat()}
    rated = {row["attribute"]: row for row in rows(con, "rated", asked)}
    used: dict[str, list[Row]] = defaultdict(list)
    for name in ("labelers", "labelers_beside"):
        for row in rows(con, name, asked):
            used[row["attribute"]].append(row | {"beside": name == "labelers_beside"})
    return [
        View(
            title=title(words.attribute(attribute)),
            labelers=versions,
            beside=any(row["beside"] for row in versions),
            rated=rated.get(attribute),
        )
        for attribute, versions in used.items()
    ]


KIND = PageKind("method", build)
