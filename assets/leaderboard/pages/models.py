"""The list of models, and a page of each: worst prompts with pictures, history, refusals, cost; feed and badge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.question import looks
from assets.leaderboard.cells.showing import suite_note, suite_title
from assets.leaderboard.columns import both, charts
from assets.leaderboard.columns.charts import ModelChart
from assets.leaderboard.evidence import ranked
from assets.leaderboard.models import changes, effects, events, facts, history, names, people, worst
from assets.leaderboard.models.changes import ShownChange
from assets.leaderboard.models.effects import ClearEffect
from assets.leaderboard.models.events import Happened
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.feeds import Feed, digests, feed
from assets.leaderboard.models.people import SeenShare
from assets.leaderboard.models.worst import Weakness
from assets.leaderboard.page import words
from assets.leaderboard.pages.changes import FEEDS
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet, SheetFile
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, by, rows
from warehouse.sandbox.forms import as_csv

ADDRESS = "models/"
TITLE = say("Models")
_BADGE = SheetFile("badge.svg", template="badge.svg.j2")


@dataclass(frozen=True)
class ModelList:
    """Real models and simulated ones, which are never in one table."""

    first_week: date
    groups: tuple[tuple[ModelFacts, ...], ...]


@dataclass(frozen=True)
class AskedSuite:
    """The prompts of a suite that the model was asked this week."""

    title: Message
    note: Message | None
    prompts: tuple[Row, ...]


@dataclass(frozen=True)
class ModelPage:
    """Everything on the page; `tied` further prompts are as far from their yardsticks as the last that is shown.

    `early` is in how many weeks it was asked, where that is too few for a change; `waiting` effects of words have no
    interval yet.
    """

    facts: ModelFacts
    first_week: date
    worst: tuple[Weakness, ...]
    tied: int
    beside: str | None  # the page of it and the model that it replaced
    charts: tuple[ModelChart, ...]
    has_file: bool  # of all its figures on boards
    early: int | None
    changes: tuple[ShownChange, ...]
    events: tuple[Happened, ...]
    effects: tuple[ClearEffect, ...]
    compared: int
    waiting: int
    by_people: tuple[SeenShare, ...]
    suites: tuple[AskedSuite, ...]
    withheld: str | None
    feed: Feed


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the list, then a page for each model that was ever asked."""
    every = facts.read(con, week)
    groups = (tuple(one for one in every if one.simulated == simulated) for simulated in (False, True))
    yield Sheet(
        ADDRESS,
        TITLE,
        ModelList(reading.since(con, week), tuple(group for group in groups if group)),
        description=say(
            "Every image model that is asked, and every one that was: its history and its pictures."
        ),
    )
    of_week, drawn = {"week": week.isoformat()}, charts.of_models(con, week, every)
    found, happened = ranked.read(con, week), events.read(con, week)
    moved, asked, counts = changes.read(con, week), rows(con, "asked_now", of_week), digests(con, week)
    values, clear, seen = looks(con, week), effects.read(con, week), people.read(con, week)
    languages = {row["prompt"]: str(row["language"]) for row in asked}
    hidden = {row["model"]: words.plain(row["reason"]) for row in rows(con, "withheld_models", of_week)}
    for one in every:
        own = tuple(change for change in moved if change.model == one.model)
        own_events = tuple(event for event in happened if event.model == one.model)
        (shown, tied), told = worst.find(found, one.model), clear.get(one.model, effects.NOTHING)
        figures = history.read(con, week, one.model)
        table = [tuple(row[name] for name in history.COLUMNS) for row in figures]
        csv = SheetFile("history.csv", b"".join(as_csv(history.COLUMNS, iter([table]), screen=None)))
        view = ModelPage(
            facts=one,
            first_week=reading.since(con, week),
            worst=worst.read(con, week, one.model, shown, values, languages),
            tied=tied,
            beside=both.address(one.succeeds[0], one.model)
            if one.succeeds and one.succeeds[0] in drawn
            else None,
            charts=drawn.get(one.model, ()),
            has_file=bool(table),
            early=changes.early([one]),
            changes=own,
            events=own_events,
            effects=told.clear,
            compared=told.compared,
            waiting=told.waiting,
            by_people=tuple(seen.get(one.model, ())),
            suites=_suites([row for row in asked if row["model"] == one.model]),
            withheld=hidden.get(one.model),
            feed=feed(
                say("Cliché: %(model)s", model=one.name),
                one.model,
                [row for row in counts if row["model"] == one.model],
                own,
                own_events,
                one.first_week,
            ),
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
            files=(*FEEDS, *((csv,) if table else ()), *((_BADGE,) if one.women else ())),
            template="model",
        )


def _suites(asked: Sequence[Row]) -> tuple[AskedSuite, ...]:
    return tuple(
        AskedSuite(suite_title(*suite), suite_note(*suite), tuple(prompts))
        for suite, prompts in by(asked, "suite", "suite_major").items()
    )


KIND = PageKind("models", build, ("model",))
