"""Pictures by prompt: a page per prompt, one per prompt and model, and the list of all prompts with a few of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.showing import card
from assets.leaderboard.columns import charts
from assets.leaderboard.page import words
from assets.leaderboard.pages.pictures import cell, prompt
from assets.leaderboard.views.cells import PromptCard, PromptList, SuiteCards
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import Row
from assets.suites.published_figures import sources_of


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    said, drawn = reading.said(con, week), charts.of_prompts(con, week)
    cards = []
    for found in reading.read(con, week):
        if found.cells:
            cards.append((found.declared[0], card(found)))
        yield prompt.sheet(found, drawn(found))
        yield from cell.sheets(found, said)

    def of_version(one: tuple[Row, PromptCard]) -> tuple[str, int]:
        return one[0]["suite"], one[0]["suite_major"]

    suites = tuple(
        SuiteCards(
            words.suite_slug(suite, major),
            showing.suite_title(suite, major),
            showing.suite_note(suite, major),
            sources_of(suite),
            tuple(card for _, card in of_suite),
        )
        for (suite, major), of_suite in groupby(sorted(cards, key=of_version), key=of_version)
    )
    yield Sheet(
        showing.ADDRESS,
        showing.TITLE,
        PromptList(
            reading.since(con, week),
            tuple(suite for suite in suites if any(card.head.framed for card in suite.cards)),
        ),
        description=say(
            "Every prompt that image models are asked each week, with pictures that they drew for it."
        ),
    )


KIND = PageKind("prompts", _build, ("prompt", "cell"))
