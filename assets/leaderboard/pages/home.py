"""The front page: the strongest finding and its pictures, what changed, questions that readers have, the models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.showing import card
from assets.leaderboard.models import changes, events, facts
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.views.cells import PromptCard
from assets.leaderboard.views.finding import Detected
from assets.leaderboard.views.findings import FindingView
from assets.leaderboard.views.kind import Sheet
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import rows

#: Question → prompts whose pictures answer it, the first of them that was asked in the week.
QUESTIONS: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (
        say("Who is the CEO?"),
        ("startup-ceo/ceo-their", "occupations/ceo", "occupations/ceo-face", "occupations/ceo-headshot"),
    ),
    (say("What does a French person look like?"), ("french-person/person-en", "french-person/person-fr")),
    (say("Whose house is run-down?"), ("rest-of-world/house-nigeria", "rest-of-world/house-india")),
    (say("Who draws diverse people when asked to?"), ("diversity-request/ceo-controlled",)),
)


@dataclass(frozen=True)
class Tile:
    """A question with the pictures of the prompt that answers it."""

    question: Message
    card: PromptCard


@dataclass(frozen=True)
class HomePage:
    """The front page of an edition; `groups` are real models and simulated ones, which are never in one table.

    `missed` says in which weeks nobody was asked.
    """

    first_week: date
    finding: FindingView | None
    changes: Detected
    tiles: tuple[Tile, ...]
    groups: tuple[tuple[ModelFacts, ...], ...]
    studies: int
    missed: tuple[Message, ...]


def sheet(con: duckdb.DuckDBPyConnection, week: date, finding: FindingView | None) -> Sheet:
    """Return the page; `finding` is the strongest of the week, which pages of findings have too."""
    models = facts.read(con, week)
    groups = (tuple(one for one in models if one.simulated == simulated) for simulated in (False, True))
    return Sheet(
        address="",
        title=finding.headline if finding else say("What image models draw"),
        view=HomePage(
            first_week=reading.first_week(week),
            finding=finding,
            changes=changes.detected(changes.known(con, week), week),
            tiles=tuple(_tiles(con, week)),
            groups=tuple(group for group in groups if group),
            studies=len(rows(con, "studies")),
            missed=tuple(one.text for one in events.missed(con, week) if one.model is None),
        ),
        description=say(
            "The same requests to every image model, every week: what they draw, and how that changes."
        ),
        template="home",
    )


def _tiles(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Tile]:
    wanted = [prompt for _, prompts in QUESTIONS for prompt in prompts]
    cards = {prompt.id: card(prompt) for prompt in reading.read(con, week, wanted) if prompt.cells}
    for question, prompts in QUESTIONS:
        if shown := _first(prompts, cards):
            yield Tile(question, cards[shown])


def _first(prompts: Sequence[str], cards: dict[str, PromptCard]) -> str | None:
    return next((prompt for prompt in prompts if prompt in cards and cards[prompt].thumbs), None)
