"""Conversations in which models are told that their pictures lack diversity, in full."""

from __future__ import annotations

from datetime import date

import duckdb

from assets.leaderboard.evidence.claims import short
from assets.leaderboard.page import words
from assets.leaderboard.views.message import title
from assets.leaderboard.views.query import Row, by, rows, rows_of_weeks
from assets.leaderboard.views.then import Drew, ReadPicture, Talk, TalkTurn
from assets.suites.claims import shipped_claims

CLAIM = "apology-keffiyeh"
#: What is said under a picture of a conversation.
_READ = ("perceived_gender", "headwear")


def talks(con: duckdb.DuckDBPyConnection, week: date, each: int) -> list[Talk]:
    """Return up to `each` conversations of every model, of its latest week with any up to `week`; real models first."""
    claim = next(claim for claim in shipped_claims() if claim.id == CLAIM)
    prompts = {prompt for names in claim.pictures.values() for prompt in claim.full_ids(names)}
    weeks = (row["week"] for row in rows(con, "conversation_weeks", {"week": week.isoformat()}))
    every = rows_of_weeks(con, "conversations", weeks, {"conversations": each})
    found = by(
        (row for row in every if row["prompt"] in prompts), "simulated", "model", "week", "conversation"
    )
    return [
        Talk(words.plain(model), bool(simulated), asked, tuple(map(_turn, turns)))
        for (simulated, model, asked, _), turns in found.items()
    ]


def _turn(row: Row) -> TalkTurn:
    drawn = row["outcome"] == "ok" and row["image_sha256"] is not None
    return TalkTurn(
        number=row["turn"],
        asked=words.plain(row["prompt_sent"] or ""),
        wrote=words.plain(row["said"]) if row["said"] else None,
        drew=Drew(_read(row), words.plain(row["revised_prompt"]) if row["revised_prompt"] else None)
        if drawn
        else None,
        ended=None if drawn else title(words.turn_ended(row["outcome"], row["outcome_group"], None)),
    )


def _read(row: Row) -> ReadPicture:
    found = {reading["attribute"]: reading["value"] for reading in row["readings"] or ()}
    claim = next(claim for claim in shipped_claims() if claim.id == CLAIM)
    said = tuple(short(name, found[name]) for name in _READ if name in found)
    framed = all(found.get(name) in values for name, values in claim.shows.items())
    return ReadPicture(row["image_sha256"], said, framed)
