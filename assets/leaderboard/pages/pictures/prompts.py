"""Pictures by prompt: a page per prompt, one per prompt and model, and the list of all prompts with a few of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.showing import card
from assets.leaderboard.page import words
from assets.leaderboard.pages.pictures import cell, prompt
from assets.leaderboard.views.cells import PromptCard, PromptList, SuiteCards
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import Row, stream_of_weeks

#: Weeks whose own pages the page of a cell links to: a quarter of a year. Of earlier ones, the model's page knows.
LINKED = 13


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    said, past = reading.said(con, week), _past(con, week)
    cards = []
    for found in reading.read(con, week):
        if found.cells:
            cards.append((found.declared[0], card(found)))
        yield prompt.sheet(found)
        yield from cell.sheets(found, said, past)

    def of_version(one: tuple[Row, PromptCard]) -> tuple[str, int]:
        return one[0]["suite"], one[0]["suite_major"]

    suites = tuple(
        SuiteCards(
            words.suite_slug(suite, major),
            showing.suite_title(suite, major),
            showing.suite_note(suite, major),
            tuple(card for _, card in of_suite),
        )
        for (suite, major), of_suite in groupby(sorted(cards, key=of_version), key=of_version)
    )
    yield Sheet(
        showing.ADDRESS,
        showing.TITLE,
        PromptList(
            reading.first_week(week),
            tuple(sorted(suites, key=lambda suite: all(card.head.framed is None for card in suite.cards))),
        ),
        description=say(
            "Every prompt that image models are asked each week, with pictures that they drew for it."
        ),
    )


def _past(con: duckdb.DuckDBPyConnection, week: date) -> dict[tuple[str, str], list[date]]:
    """Return the latest weeks of each prompt and model, the newest first."""
    found: dict[tuple[str, str], list[date]] = defaultdict(list)
    weeks = [week - timedelta(weeks=back) for back in range(LINKED)]
    for row in stream_of_weeks(con, "past_cells", weeks, {}):
        found[row["prompt"], row["model"]].append(row["week"])
    return found


KIND = PageKind("prompts", _build, ("prompt", "cell"))
