"""Feeds: an entry for each detected change, and for each week what happened in it, in words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import duckdb

from assets.leaderboard.models import names
from assets.leaderboard.models.changes import NEEDED, listed
from assets.leaderboard.models.events import Happened
from assets.leaderboard.views.message import Message, Percent, say, say_n
from assets.leaderboard.views.query import Row, View, by, rows_of_weeks

#: Weeks that have an entry of their own.
WEEKS = 12
_LONGEST = 60


def digests(con: duckdb.DuckDBPyConnection, week: date) -> Sequence[Row]:
    """Return how requests ended in the weeks that feeds tell of: a row for each week and model."""
    weeks = [week - timedelta(weeks=back) for back in range(WEEKS)]
    return rows_of_weeks(con, "digests", weeks, {})


def feed(
    title: Message,
    about: str,
    counts: Iterable[Row],
    changes: Sequence[View],
    events: Sequence[Happened],
    first: date,
) -> View:
    """Return the feed of what is given: of all models, or of one; the latest entries first.

    `about` tells it from other feeds, empty: of all models; `counts` are rows of `digests`; `first` is the first week
    that was asked.
    """
    looked = first + timedelta(weeks=NEEDED - 1)
    entries = [_of_change(change) for change in changes]
    for week, digests_of in by(counts, "week").items():
        opened = [change for change in changes if change.opened == week]
        happened = [event for event in events if event.week == week]
        entries.append(_of_week(week, about, digests_of, opened, happened, looked=week >= looked))
    entries.sort(key=lambda entry: (-entry.week.toordinal(), entry.urn))
    return View(urn=_urn(f"feed/{about}"), title=title, entries=entries[:_LONGEST])


def _of_change(change: View) -> View:
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
    return View(
        urn=change.urn, anchor=change.id, title=change.title, paragraphs=paragraphs, week=change.opened
    )


def _of_week(
    week: date,
    about: str,
    digests_of: Sequence[Row],
    opened: Sequence[View],
    happened: Sequence[Happened],
    *,
    looked: bool,
) -> View:
    pictures, refused, requests = (
        sum(row[name] for row in digests_of) for name in ("pictures", "refused", "requests")
    )
    paragraphs = [
        say_n(
            "%(n)s request, %(pictures)s pictures.",
            "%(n)s requests, %(pictures)s pictures.",
            requests,
            pictures=pictures,
        )
        if about
        else say_n(
            "%(n)s model was asked; %(requests)s requests, %(pictures)s pictures.",
            "%(n)s models were asked; %(requests)s requests, %(pictures)s pictures.",
            len(digests_of),
            requests=requests,
            pictures=pictures,
        )
    ]
    if refused:
        paragraphs.append(
            say_n(
                "%(n)s request was refused: %(share)s of those that were answered.",
                "%(n)s requests were refused: %(share)s of those that were answered.",
                refused,
                share=Percent(refused / (pictures + refused)),
            )
        )
    elif pictures:
        paragraphs.append(say("No request was refused."))
    paragraphs += [change.title for change in opened]
    if looked and not opened:
        paragraphs.append(say("No change was detected in this week."))
    paragraphs += [event.text for event in happened]
    return View(
        urn=_urn(f"week/{about}/{week}"),
        anchor="main",
        title=say("%(model)s, week of %(week)s", model=names.model(about), week=week)
        if about
        else say("Week of %(week)s", week=week),
        paragraphs=paragraphs,
        week=week,
    )


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"cliche/{name}").urn
