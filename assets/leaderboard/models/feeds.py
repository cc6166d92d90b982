"""Feeds: an entry for each detected change, and for each week what happened in it, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from assets.leaderboard.models import names
from assets.leaderboard.models.changes import NEEDED, ShownChange, listed
from assets.leaderboard.models.events import Happened
from assets.leaderboard.views.message import Message, Percent, say, say_n
from assets.leaderboard.views.query import Row, by, rows_of_weeks

#: Weeks that have an entry of their own.
WEEKS = 12
_LONGEST = 60


@dataclass(frozen=True)
class FeedEntry:
    """One entry; its `urn` stays the same as long as it is about the same."""

    urn: str
    anchor: str
    title: Message
    paragraphs: tuple[Message, ...]
    week: date


@dataclass(frozen=True)
class Feed:
    """A feed, the latest entries first."""

    urn: str
    title: Message
    entries: tuple[FeedEntry, ...]


def digests(con: duckdb.DuckDBPyConnection, week: date) -> Sequence[Row]:
    """Return how requests ended in the weeks that feeds tell of: a row for each week and model."""
    weeks = [week - timedelta(weeks=back) for back in range(WEEKS)]
    return rows_of_weeks(con, "digests", weeks, {})


def feed(
    title: Message,
    about: str,
    counts: Iterable[Row],
    changes: Sequence[ShownChange],
    events: Sequence[Happened],
    first: date,
) -> Feed:
    """Return the feed of what is given: of all models, or of one.

    `about` tells it from other feeds, empty: of all models; `counts` are rows of `digests`; `first` is the first week
    that was asked.
    """
    looked = first + timedelta(weeks=NEEDED - 1)
    entries = [_of_change(change) for change in changes]
    for week, found in by(counts, "week").items():
        opened = [change for change in changes if change.opened == week]
        happened = [event for event in events if event.week == week]
        entries.append(_of_week(week, about, found, opened, happened, looked=week >= looked))
    entries.sort(key=lambda entry: (-entry.week.toordinal(), entry.urn))
    return Feed(_urn(f"feed/{about}"), title, tuple(entries[:_LONGEST]))


def _of_change(change: ShownChange) -> FeedEntry:
    paragraphs = [
        say(
            "%(suite)s: %(points)s (95%% interval: %(low)s to %(high)s) since the week of %(since)s; "
            "%(before_k)s of %(before_n)s before, %(after_k)s of %(after_n)s since.",
            suite=change.suite,
            points=change.points,
            low=change.low,
            high=change.high,
            since=change.since,
            before_k=change.before.k,
            before_n=change.before.n,
            after_k=change.after.k,
            after_n=change.after.n,
        ),
        change.evidence,
    ]
    paragraphs += [change.doubt] if change.doubt is not None else []
    if change.causes:
        paragraphs.append(say("Also around that date: %(causes)s.", causes=listed(change.causes)))
    if change.simulated:
        paragraphs.append(say("The model is simulated: nobody offers it."))
    return FeedEntry(change.urn, change.id, change.title, tuple(paragraphs), change.opened)


def _of_week(
    week: date,
    about: str,
    found: Sequence[Row],
    opened: Sequence[ShownChange],
    happened: Sequence[Happened],
    *,
    looked: bool,
) -> FeedEntry:
    pictures, refused = sum(row["pictures"] for row in found), sum(row["refused"] for row in found)
    paragraphs = [
        say_n(
            "%(n)s request, %(pictures)s pictures.",
            "%(n)s requests, %(pictures)s pictures.",
            sum(row["requests"] for row in found),
            pictures=pictures,
        )
        if about
        else say_n(
            "%(n)s model was asked; %(requests)s requests, %(pictures)s pictures.",
            "%(n)s models were asked; %(requests)s requests, %(pictures)s pictures.",
            len(found),
            requests=sum(row["requests"] for row in found),
            pictures=pictures,
        )
    ]
    if pictures + refused:
        share = Percent(refused / (pictures + refused))
        paragraphs.append(
            say_n(
                "%(n)s request was refused: %(share)s of those that were answered.",
                "%(n)s requests were refused: %(share)s of those that were answered.",
                refused,
                share=share,
            )
            if refused
            else say("No request was refused.")
        )
    for change in opened:
        paragraphs.append(change.title)
    if looked and not opened:
        paragraphs.append(say("No change was detected in this week."))
    paragraphs += [event.text for event in happened]
    return FeedEntry(
        _urn(f"week/{about}/{week}"),
        "main",
        say("Week of %(week)s", week=week)
        if not about
        else say("%(model)s, week of %(week)s", model=names.model(about), week=week),
        tuple(paragraphs),
        week,
    )


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"cliche/{name}").urn
