"""What changed: every detected change with pictures of before and after, and what else happened; with feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.columns import both
from assets.leaderboard.columns import reading as columns
from assets.leaderboard.models import changes, events, facts
from assets.leaderboard.models.feeds import digests, feed
from assets.leaderboard.views.kind import PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import say, say_n
from assets.leaderboard.views.query import View

FEEDS = (SheetFile("feed.xml", template="feed.xml.j2"), SheetFile("feed.json", template="feed.json.j2"))


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of the changes that are known as of `week`."""
    opened, happened = changes.read(con, week), events.read(con, week)
    first = reading.first_week(week)
    recent = [change for change in opened if change.opened >= first]
    models = facts.read(con, week)
    start, too_few = min((one.first_week for one in models), default=week), changes.early(models)
    board = columns.read(con, week, models, changes.known(con, week))
    month = tuple(both.replacements(con, week, board, models))
    known_events = both.told(con, week, month)
    yield Sheet(
        address="changes/",
        title=say("What changed"),
        view=View(
            early=too_few,
            replaced=month,
            recent=recent,
            earlier=[change for change in opened[: changes.IN_FULL] if change.opened < first],
            older=[change for change in opened[changes.IN_FULL :] if change.opened < first],
            events=[event for event in happened if event not in known_events],
            feed=feed(say("Cliché: what changed"), "", digests(con, week), opened, happened, start),
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
