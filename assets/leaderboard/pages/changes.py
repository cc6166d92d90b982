"""What changed: every detected change with pictures of before and after, and what else happened; with feeds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.columns import reading as columns
from assets.leaderboard.columns import replaced
from assets.leaderboard.columns.replaced import Replacement
from assets.leaderboard.models import changes, events, facts
from assets.leaderboard.models.changes import ShownChange
from assets.leaderboard.models.events import Happened
from assets.leaderboard.models.feeds import Feed, digests, feed
from assets.leaderboard.views.kind import PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import say, say_n

FEEDS = (SheetFile("feed.xml", template="feed.xml.j2"), SheetFile("feed.json", template="feed.json.j2"))


@dataclass(frozen=True)
class ChangesPage:
    """Changes that were opened in the window, those of before, much older ones in a line, and events: latest first.

    `replaced` are models that replaced another in the window; `early` is how many weeks there are, where they are too
    few for a change.
    """

    early: int | None
    replaced: tuple[Replacement, ...]
    recent: tuple[ShownChange, ...]
    earlier: tuple[ShownChange, ...]
    older: tuple[ShownChange, ...]
    events: tuple[Happened, ...]
    feed: Feed


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of the changes that are known as of `week`."""
    found, happened = changes.read(con, week), events.read(con, week)
    first = reading.first_week(week)
    recent = tuple(change for change in found if change.opened >= first)
    title = say("What changed")
    counts = digests(con, week)
    models = facts.read(con, week)
    start, too_few = min((one.first_week for one in models), default=week), changes.early(models)
    of_all = feed(say("Cliché: what changed"), "", counts, found, happened, start)
    board = columns.read(con, week, models, changes.known(con, week))
    month = tuple(replaced.read(con, week, board, models))
    yield Sheet(
        address="changes/",
        title=title,
        view=ChangesPage(
            too_few,
            month,
            recent,
            tuple(change for change in found[: changes.IN_FULL] if change.opened < first),
            tuple(change for change in found[changes.IN_FULL :] if change.opened < first),
            tuple(event for event in happened if event not in replaced.told(con, week, month)),
            of_all,
        ),
        description=say_n(
            "%(n)s change of an image model was detected in the last four weeks.",
            "%(n)s changes of image models were detected in the last four weeks.",
            len(recent),
        )
        if recent
        else say("No change of an image model was detected in the last four weeks.")
        if too_few is None
        else say("What changed in the pictures of image models, with pictures of before and since."),
        files=FEEDS,
    )


KIND = PageKind("changes", build)
