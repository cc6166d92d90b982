"""The list of all prompts, each with a few of its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.views.cells import PromptCard, PromptList, SuiteCards
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say

ADDRESS = "prompts/"
TITLE = say("Pictures by prompt")
#: Pictures of a prompt that are shown.
FEW = 7
_BRIEF = 90


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    cards = [(prompt.declared[0], _card(prompt)) for prompt in reading.read(con, week) if prompt.cells]
    suites = tuple(
        SuiteCards(suite, showing.suite_title(suite, major), tuple(card for _, card in of_suite))
        for (suite, major), of_suite in groupby(
            cards, key=lambda one: (one[0]["suite"], one[0]["suite_major"])
        )
    )
    yield Sheet(
        ADDRESS,
        TITLE,
        PromptList(
            reading.first_week(week),
            tuple(sorted(suites, key=lambda suite: all(card.head.framed is None for card in suite.cards))),
        ),
        description=say(
            "Every prompt that image models are asked each week, with pictures that they drew for it."
        ),
    )


def _card(prompt: PromptPictures) -> PromptCard:
    """Return a prompt with pictures of real models, or of simulated ones where there are no others."""
    cells = showing.first_kind(prompt.cells)
    shares = [share.share for share in showing.framed(prompt, cells) if share.share is not None]
    head = showing.head(prompt)
    return PromptCard(
        head=head,
        brief=showing.cut(head.text, _BRIEF),
        thumbs=tuple(showing.thumb(prompt, picture) for picture in _some(cells)),
        simulated=cells[0].simulated,
        models=len(cells),
        low=min(shares, default=None),
        high=max(shares, default=None),
    )


def _some(cells: Sequence[Cell]) -> list[reading.CellPicture]:
    every = (picture for cell in cells for picture in cell.counted)
    return sorted(every, key=lambda picture: picture.place)[:FEW]


KIND = PageKind("prompts", _build)
