"""The list of models, and a page of each: worst prompts with pictures, history, refusals, cost; feed and badge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.question import looks
from assets.leaderboard.cells.showing import suite_title
from assets.leaderboard.columns import both, charts
from assets.leaderboard.columns.missing import empty
from assets.leaderboard.evidence import ranked
from assets.leaderboard.models import changes, effects, events, facts, names, worst
from assets.leaderboard.models.feeds import digests, feed
from assets.leaderboard.page import words
from assets.leaderboard.pages.changes import FEEDS
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile, csv_file
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, View, by, rows

ADDRESS = "models/"
TITLE = say("Models")
_BADGE = SheetFile("badge.svg", template="badge.svg.j2")
#: Columns of the file beside a model's page, as `figures` has them; what was answered and refused in the week.
HISTORY = (
    *("week", "suite", "suite_major", "condition", "attribute", "yardstick", "figure", "series", "estimate"),
    *("low", "high", "n", "weeks", "first_week", "reason", "answered", "refused"),
)


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the list, then a page for each model that was ever asked."""
    every = facts.read(con, week)
    yield Sheet(
        ADDRESS,
        TITLE,
        View(first_week=reading.since(con, week), models=every),
        description=say(
            "Every image model that is asked, and every one that was: its history and its pictures."
        ),
    )
    of_week, drawn = {"week": week.isoformat()}, charts.of_models(con, week, every)
    shares, happened = ranked.read(con, week), events.read(con, week)
    moved, asked, counts = changes.read(con, week), rows(con, "asked_now", of_week), digests(con, week)
    values, of_words, seen = looks(con, week), effects.read(con, week), facts.by_people(con, week)
    lacking = empty(con, week, every)
    hidden = {row["model"]: words.plain(row["reason"]) for row in rows(con, "withheld_models", of_week)}
    for one in every:
        own = [change for change in moved if change.model == one.model]
        own_events = [event for event in happened if event.model == one.model]
        (shown, tied), moved_by_words = worst.find(shares, one.model), of_words[one.model]
        history = rows(con, "model_history", of_week | {"model": one.model})
        csv = csv_file("history.csv", HISTORY, ([row[name] for name in HISTORY] for row in history))
        of_own = [row for row in counts if row["model"] == one.model]
        title = say("Cliché: %(model)s", model=one.name)
        view = View(
            facts=one,
            worst=[*worst.read(con, week, one.model, shown, values)],
            tied=tied,
            beside=both.address(one.succeeds[0], one.model)
            if one.succeeds and one.succeeds[0] in drawn
            else None,
            charts=drawn[one.model],
            empty=() if one.retired else lacking[one.model],
            has_file=bool(history),
            early=changes.early([one]),
            changes=own,
            events=own_events,
            effects=effects.clear(moved_by_words),
            compared=sum(row["clear"] is not None for row in moved_by_words),
            waiting=sum(row["clear"] is None for row in moved_by_words),
            by_people=seen.get(one.model, ()),
            suites=_suites([row for row in asked if row["model"] == one.model]),
            withheld=hidden.get(one.model),
            feed=feed(title, one.model, of_own, own, own_events, one.first_week),
        )
        yield Sheet(
            names.model_address(one.model),
            one.name,
            view,
            crumbs=(Crumb(ADDRESS, TITLE),),
            description=say(
                "%(model)s: what it draws, week by week, with its pictures, its refusals and its changes.",
                model=one.name,
            ),
            files=(*FEEDS, *((csv,) if history else ()), *((_BADGE,) if one.women else ())),
            template="model",
        )


def _suites(asked: Sequence[Row]) -> list[tuple[Message, list[Row]]]:
    """Return the suites that a model was asked this week, each with its prompts."""
    return [(suite_title(*suite), prompts) for suite, prompts in by(asked, "suite", "suite_major").items()]


KIND = PageKind("models", build, ("model",))
