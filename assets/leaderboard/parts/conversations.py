"""Conversations: what a model was asked, what it wrote, how it rewrote the prompt and what it drew, turn by turn."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.parts.gallery import picture_of
from assets.leaderboard.views.query import Row, rows, rows_of_weeks
from assets.leaderboard.views.view import Conversation, Conversations, Turn

#: Conversations shown of each model.
CONVERSATIONS = 2


def build(con: duckdb.DuckDBPyConnection, week: date) -> tuple[Conversations, ...]:
    """Return the shown conversations of each model that had any up to `week`, real models first."""
    weeks = (row["week"] for row in rows(con, "conversation_weeks", {"week": week.isoformat()}))
    found = rows_of_weeks(con, "conversations", weeks, {"conversations": CONVERSATIONS})
    return tuple(
        Conversations(
            model=words.plain(model),
            simulated=bool(simulated),
            week=asked,
            conversations=tuple(
                Conversation(prompt, tuple(_turn(row) for row in turns))
                for (prompt, _), turns in groupby(
                    of_model, key=lambda row: (row["prompt"], row["conversation"])
                )
            ),
        )
        for (simulated, model, asked), of_model in groupby(
            found, key=lambda row: (row["simulated"], row["model"], row["week"])
        )
    )


def _turn(row: Row) -> Turn:
    sent = words.plain(row["prompt_sent"] or "")
    drawn = row["outcome"] == "ok" and row["image_sha256"] is not None
    return Turn(
        number=row["turn"],
        asked=sent,
        said=words.plain(row["said"]) if row["said"] else None,
        picture=picture_of({**row, "text": sent}) if drawn else None,
        ended=None if drawn else words.turn_ended(row["outcome"], row["outcome_group"], row["why"]),
    )
