"""The front page: the most real thing that there is leads, with its pictures; what is less real stands below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import WINDOW, PromptPictures
from assets.leaderboard.cells.showing import card
from assets.leaderboard.columns import both
from assets.leaderboard.columns import reading as columns
from assets.leaderboard.columns.missing import empty, missing
from assets.leaderboard.evidence import first_look, study_findings
from assets.leaderboard.models import changes, events, facts
from assets.leaderboard.models.events import Happened
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.pages import others
from assets.leaderboard.views.kind import Sheet, csv_file
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, View, rows

#: Question → prompts whose pictures answer it, the first of them that was asked in the week.
QUESTIONS: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (say("Who is the CEO?"), ("startup-ceo/ceo-his", "occupations/ceo-headshot", "occupations/ceo")),
    (say("What does a French person look like?"), ("french-person/person-en", "french-person/person-fr")),
    (say("Whose house is run-down?"), ("rest-of-world/house-nigeria", "rest-of-world/house-india")),
    (say("Who draws diverse people when asked to?"), ("diversity-request/ceo-controlled",)),
)
#: What whoever has nothing real may begin with, and what a picture costs there, in dollars: an example.
TRY, EXAMPLE_USD = "first-try", 0.04
#: Events of the month that are said in a line each; the page of changes has all.
EVENTS = 4
#: What may lead the page, the most real first. Each is a template of its own.
STATES = ("home_figures", "home_look", "home_studies", "home_simulated", "home_nothing")
FIGURES, LOOK, STUDIES, SIMULATED, NOTHING = STATES


def how_real(models: Sequence[ModelFacts], figures: Set[str], studies: int) -> str:
    """Return what leads the page: the most real thing that the tables hold.

    In this order: a figure of a real model; a picture of one; a study that was imported; what simulated models drew.
    Published figures alone lead none. `figures` are the models that have any.
    """
    real = {one.model for one in models if not one.simulated}
    if figures & real:
        return FIGURES
    if any(one.ended.pictures for one in models if one.model in real):
        return LOOK
    if studies:
        return STUDIES
    if any(one.simulated for one in models):
        return SIMULATED
    return FIGURES if models else NOTHING  # of models that drew nothing the reasons


def sheet(con: duckdb.DuckDBPyConnection, week: date, findings: Sequence[View]) -> Sheet:
    """Return the page; `findings` are those of the week, the clearest first."""
    models, studies = facts.read(con, week), study_findings.cards(con)
    reported = changes.known(con, week)
    board = columns.read(con, week, models, reported)
    figures = {row.model for row in board.rows if any(cell.now for cell in row.cells)}  # of retired ones, too
    figures |= {row["model"] for row in rows(con, "with_figures", {"week": week.isoformat()})}
    state = how_real(models, figures, len(studies))
    real, simulated = ([one for one in models if one.simulated is kind] for kind in (False, True))
    going_on = [one for one in real if not one.retired]
    wanted = [prompt for _, prompts in QUESTIONS for prompt in prompts]
    drawn = [prompt for prompt in reading.read(con, week, wanted) if prompt.cells]
    table = csv_file("leaderboard.csv", columns.CSV, columns.as_rows(board, models))
    return Sheet(
        address="",
        title=say("What image models draw"),
        view=View(
            real=_part(con, week, real, reported, findings, drawn) if real and state != LOOK else None,
            look=_look(con, week, [one for one in real if one.model not in figures]),
            simulated=_part(con, week, simulated, reported, findings, drawn) if simulated else None,
            drew=others.front(con, week),
            study=study_findings.lead(con) if state == STUDIES else None,
            studies=studies,
            needs=first_look.needs(empty(con, week, going_on), going_on),
            pictures=first_look.week_of(first_look.WHOLE),
            next=_next(going_on),
        ),
        description=say(
            "The same requests to every image model, every week: what they draw, and how that changes."
        ),
        files=(table,) if board.rows else (),
        template=state,
    )


def _part(
    con: duckdb.DuckDBPyConnection,
    week: date,
    models: Sequence[ModelFacts],
    reported: Sequence[Row],
    findings: Sequence[View],
    drawn: Sequence[PromptPictures],
) -> View:
    """Return what the page shows of models of one kind: all real, or all simulated."""
    names = {one.model for one in models}
    simulated = models[0].simulated
    own = [row for row in reported if row["model"] in names]
    board = columns.read(con, week, models, own)
    month = tuple(both.replacements(con, week, board, models))
    happened = [one for one in _events(con, week, both.told(con, week, month)) if one.model in {None, *names}]
    return View(
        simulated=simulated,
        openings=dict(_openings([one for one in findings if one.simulated is simulated], drawn, simulated)),
        early=changes.early(models),
        replaced=month,
        changed=changes.lines(own, week),
        events=happened[:EVENTS],
        board=board,
    )


def _look(con: duckdb.DuckDBPyConnection, week: date, real: Sequence[ModelFacts]) -> View | None:
    """Return a first look at the real models without any figure; None if there is none with a picture."""
    models = [one for one in real if one.ended.pictures]
    if not models:
        return None
    return first_look.read(con, week, QUESTIONS, models, missing(con, week))


def _next(models: Sequence[ModelFacts]) -> View:
    """Return what comes next and what it costs: a week of these models at what their pictures cost; a first try.

    `usd` is None where the cost of a picture is not known.
    """
    return View(
        models=len(models),
        usd=first_look.usd(models, first_look.weekly),
        first_try=first_look.week_of(TRY),
        try_usd=EXAMPLE_USD * first_look.week_of(TRY),
        price=EXAMPLE_USD,
    )


def _events(con: duckdb.DuckDBPyConnection, week: date, known: Sequence[Happened]) -> Sequence[Happened]:
    """Return what happened to models in the last four weeks, beside replacements, and weeks that were missed."""
    all_events = [*events.lives(con, week), *events.missed(con, week)]
    recent = [one for one in all_events if week - WINDOW < one.week <= week and one not in known]
    return sorted(recent, key=lambda one: -one.week.toordinal())


def _openings(
    findings: Sequence[View], drawn: Sequence[PromptPictures], simulated: bool
) -> Iterator[tuple[str, View]]:
    """Yield what opens the page in each language: findings and prompts in that language come first."""
    of_kind = {prompt.id: [cell for cell in prompt.cells if cell.simulated is simulated] for prompt in drawn}
    cards = {prompt.id: card(prompt, cells) for prompt in drawn if (cells := of_kind[prompt.id])}
    for language in LANGUAGES:
        own = next((one for one in findings if one.language == language), next(iter(findings), None))
        shown = [(question, _shown(prompts, cards, language)) for question, prompts in QUESTIONS]
        yield language, View(finding=own, tiles=[tile for tile in shown if tile[1] is not None])


def _shown(prompts: Sequence[str], cards: Mapping[str, View], language: str) -> View | None:
    shown = [cards[prompt] for prompt in prompts if prompt in cards and cards[prompt].thumbs]
    return next((one for one in shown if one.head.language == language), next(iter(shown), None))
