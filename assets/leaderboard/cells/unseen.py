"""What answers that nobody saw leave of changes of shares: refusals, and pictures that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from assets.leaderboard.views.message import Message, Percent, say
from assets.leaderboard.views.query import Row, rows
from assets.metrics.effects.unseen import TIPPING_WARNS

#: What names a change of a week, a verdict on what was reported in 2023, a change over weeks, and one of a study.
OF_WEEK = ("suite", "suite_major", "kind", "a", "b", "model", "attribute", "metric", "value_name")
OF_CLAIM = ("model", "claim", "part")
OF_CHANGE = (
    *(
        "model",
        "suite",
        "suite_major",
        "condition",
        "turn",
        "metric",
        "attribute",
        "value_name",
        "params_hash",
    ),
    *("labeler_version", "changed_prompts", "changed_week", "week"),
)
OF_STUDY = ("study", "model", "b", "attribute", "labeler", "labeler_version", "value_name")
Known = Mapping[tuple[object, ...], Row]


def of_week(con: duckdb.DuckDBPyConnection, week: date) -> Known:
    """Return the changes that something is said of, of the windows that end with a week, by `OF_WEEK`."""
    return known(con, "unseen_effects", OF_WEEK, {"week": week.isoformat()})


def of_claims(con: duckdb.DuckDBPyConnection, week: date) -> Known:
    """Return the verdicts that something is said of, as they stand in a week, by `OF_CLAIM`."""
    return known(con, "unseen_claims", OF_CLAIM, {"week": week.isoformat()})


def of_weeks(con: duckdb.DuckDBPyConnection, week: date) -> Known:
    """Return the changes over weeks that something is said of, opened up to a week, by `OF_CHANGE`."""
    return known(con, "unseen_changes", OF_CHANGE, {"week": week.isoformat()})


def of_studies(con: duckdb.DuckDBPyConnection) -> Known:
    """Return the same of studies, by `OF_STUDY`."""
    return known(con, "unseen_study_effects", OF_STUDY)


def known(
    con: duckdb.DuckDBPyConnection,
    statement: str,
    by: tuple[str, ...],
    given: Mapping[str, object] | None = None,
) -> Known:
    """Return rows by the columns that name them; none of an edition of before that was asked."""
    try:
        found = rows(con, statement, given)
    except duckdb.BinderException:
        return {}
    return {tuple(row[name] for name in by): row for row in found}


def note(found: Known, by: tuple[str, ...], row: Row) -> Message | None:
    """Return what is said beside a change: what unseen answers could make of it, if there are more than a few."""
    hidden = found.get(tuple(row[name] for name in by))
    if hidden is None:
        return None
    tipping = hidden["tipping_share"]
    if tipping is None:
        return say("clear whatever the answers that nobody saw would have shown")
    if tipping <= TIPPING_WARNS:
        return say(
            "read with care: not clear any more if %(share)s of the answers that nobody saw spoke against it as "
            "clearly as an answer can",
            share=Percent(tipping),
        )
    return say(
        "not clear any more if %(share)s of the answers that nobody saw spoke against it as clearly as an answer can",
        share=Percent(tipping),
    )


def verdict_note(found: Known, row: Row) -> Message | None:
    """Return what is said beside a verdict that unseen answers could turn."""
    hidden = found.get(tuple(row[name] for name in OF_CLAIM))
    if hidden is None:
        return None
    if hidden["tipping_share"] <= TIPPING_WARNS:
        return say(
            "Read with care: the verdict would be another if %(share)s of what was refused or could not be read spoke "
            "against it.",
            share=Percent(hidden["tipping_share"]),
        )
    return say(
        "The verdict would be another if %(share)s of what was refused or could not be read spoke against it.",
        share=Percent(hidden["tipping_share"]),
    )


def change_note(found: Known, row: Row) -> Message | None:
    """Return what is said beside a change over weeks: what unseen answers could make of its interval.

    No more than that: date and prompts were chosen from the same counts (study `withheld_weeks`).
    """
    hidden = found.get(tuple(row[name] for name in OF_CHANGE))
    if hidden is None:
        return None
    tipping = hidden["tipping_share"]
    if tipping is None:
        return say(
            "The interval would not reach 0 if all answers that were refused or could not be read spoke against the "
            "change as clearly as an answer can."
        )
    if tipping <= TIPPING_WARNS:
        return say(
            "Read with care: the interval would reach 0 if %(share)s of the answers that were refused or could not be "
            "read spoke against the change as clearly as an answer can.",
            share=Percent(tipping),
        )
    return say(
        "The interval would reach 0 if %(share)s of the answers that were refused or could not be read spoke against "
        "the change as clearly as an answer can.",
        share=Percent(tipping),
    )
