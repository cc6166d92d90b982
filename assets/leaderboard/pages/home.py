"""The front page: the strongest finding, what happened this month, the leaderboard, and four questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import WINDOW
from assets.leaderboard.cells.showing import card
from assets.leaderboard.columns import both
from assets.leaderboard.columns import reading as columns
from assets.leaderboard.models import changes, events, facts
from assets.leaderboard.models.events import Happened
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.pages import others
from assets.leaderboard.views.kind import Sheet, csv_file
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import View, rows

#: Question → prompts whose pictures answer it, the first of them that was asked in the week.
QUESTIONS: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (say("Who is the CEO?"), ("startup-ceo/ceo-his", "occupations/ceo-headshot", "occupations/ceo")),
    (say("What does a French person look like?"), ("french-person/person-en", "french-person/person-fr")),
    (say("Whose house is run-down?"), ("rest-of-world/house-nigeria", "rest-of-world/house-india")),
    (say("Who draws diverse people when asked to?"), ("diversity-request/ceo-controlled",)),
)
#: Events of the month that are said in a line each; the page of changes has all.
EVENTS = 4


def sheet(con: duckdb.DuckDBPyConnection, week: date, findings: Sequence[View]) -> Sheet:
    """Return the page; `findings` are those of the week, the clearest first."""
    models = facts.read(con, week)
    reported = changes.known(con, week)
    board = columns.read(con, week, models, reported)
    month = tuple(both.replacements(con, week, board, models))
    table = csv_file("leaderboard.csv", columns.CSV, columns.as_rows(board, models))
    return Sheet(
        address="",
        title=say("What image models draw"),
        view=View(
            openings=dict(_openings(con, week, findings)),
            early=changes.early(models),
            replaced=month,
            changed=changes.lines(reported, week),
            events=_events(con, week, both.told(con, week, month)),
            board=board,
            studies=len(rows(con, "studies")),
            others=others.heading(),
        ),
        description=say(
            "The same requests to every image model, every week: what they draw, and how that changes."
        ),
        files=(table,) if board.rows else (),
        template="home",
    )


def _events(con: duckdb.DuckDBPyConnection, week: date, known: Sequence[Happened]) -> tuple[Happened, ...]:
    """Return what happened to models in the last four weeks, beside replacements, and weeks that were missed."""
    all_events = [*events.lives(con, week), *events.missed(con, week)]
    recent = [one for one in all_events if week - WINDOW < one.week <= week and one not in known]
    return tuple(sorted(recent, key=lambda one: -one.week.toordinal())[:EVENTS])


def _openings(
    con: duckdb.DuckDBPyConnection, week: date, findings: Sequence[View]
) -> Iterator[tuple[str, View]]:
    """Yield what opens the page in each language: findings and prompts in that language come first."""
    wanted = [prompt for _, prompts in QUESTIONS for prompt in prompts]
    cards = {prompt.id: card(prompt) for prompt in reading.read(con, week, wanted) if prompt.cells}
    for language in LANGUAGES:
        own = next((one for one in findings if one.language == language), next(iter(findings), None))
        shown = [(question, _shown(prompts, cards, language)) for question, prompts in QUESTIONS]
        yield language, View(finding=own, tiles=[tile for tile in shown if tile[1] is not None])


def _shown(prompts: Sequence[str], cards: Mapping[str, View], language: str) -> View | None:
    shown = [cards[prompt] for prompt in prompts if prompt in cards and cards[prompt].thumbs]
    return next((one for one in shown if one.head.language == language), next(iter(shown), None))
