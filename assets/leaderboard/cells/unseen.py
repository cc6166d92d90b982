"""What answers that nobody saw leave of changes, ranks and pairs: refusals, and pictures that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import duckdb

from assets.leaderboard.views.message import Message, Percent, say
from assets.leaderboard.views.query import Row, rows
from assets.metrics.effects.unseen import TIPPING_WARNS

BOARD = ("suite", "suite_major", "condition", "attribute", "reference")
#: Statement → the columns that name what it says something of: a change of a week, a verdict on what was reported in
#: 2023, a change over weeks, a change in a study, a rank, a pair of models, and a rank in a study.
KEYS: Mapping[str, tuple[str, ...]] = {
    "unseen_effects": (
        *("suite", "suite_major", "kind", "a", "b", "model", "attribute", "metric", "value_name"),
    ),
    "unseen_claims": ("model", "claim", "part"),
    "unseen_changes": (
        *("model", "suite", "suite_major", "condition", "turn", "metric", "attribute", "value_name"),
        *("params_hash", "labeler_version", "changed_prompts", "changed_week", "week"),
    ),
    "unseen_study_effects": (
        *("study", "model", "b", "attribute", "labeler", "labeler_version", "value_name"),
    ),
    "unseen_ranks": (*BOARD, "model"),
    "unseen_pairs": (*BOARD, "model_a", "model_b"),
    "unseen_study_ranks": (
        *("study", "condition", "attribute", "reference", "labeler", "labeler_version", "model"),
    ),
}
Known = Mapping[tuple[object, ...], Row]


def unseen_of(con: duckdb.DuckDBPyConnection, statement: str, week: date | None = None) -> Known:
    """Return what a statement of `KEYS` says, of a week or of all studies, by its columns; no row: nothing is said."""
    found = rows(con, statement, {"week": week.isoformat()} if week else None)
    return {key_of(statement, row): row for row in found}


def key_of(statement: str, row: Row) -> tuple[object, ...]:
    """Return what names, of a row, what a statement says something of."""
    return tuple(row[name] for name in KEYS[statement])


def note(found: Known, statement: str, row: Row) -> Message | None:
    """Return what is said beside a change: what unseen answers could make of it, if there are more than a few."""
    hidden = found.get(key_of(statement, row))
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
    hidden = found.get(key_of("unseen_claims", row))
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
    hidden = found.get(key_of("unseen_changes", row))
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
