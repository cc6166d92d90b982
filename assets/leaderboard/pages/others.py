"""What real models drew: published shares of several years, a question at a time, with those of the week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.cells.showing import NEEDED, address_of, share_of
from assets.leaderboard.evidence.study_figures import cell_id
from assets.leaderboard.licenses import may_show
from assets.leaderboard.page import words
from assets.leaderboard.pages import studies
from assets.leaderboard.views.kind import PageKind, Sheet, SheetFile, csv_file
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import View, by, rows
from assets.leaderboard.views.years import Point, YearColumn, years
from assets.suites.comparisons import in_order
from assets.suites.loader import load_suites
from assets.suites.published_questions import PublishedQuestion, WorkShares, published_questions, works

FOLDER = "others/"
#: Columns of the rows of a question.
CSV = (
    *("question", "date", "source", "url", "asked", "model"),
    *("k", "n", "exact", "share", "low", "high", "where"),
)
_FILE = "others.csv"
_DIGITS = 6
#: Questions whose charts are on the front page: those that most works answer.
FRONT = 6


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page."""
    questions = [*questions_now(con, week)]
    linked = any(one.address for question in questions for _, _, points in question.then for one in points)
    yield Sheet(
        address=FOLDER,
        title=heading(),
        view=View(questions=questions, folder=FOLDER, linked=linked),
        description=say("Published shares of real image models, with source, date and number of pictures."),
        files=(
            csv_file(_FILE, CSV, _rows(questions, week)),
            *(file for question in questions for file in _files(question, week)),
        ),
        searched=tuple(question.title for question in questions),
    )


def _files(question: View, week: date) -> Iterator[SheetFile]:
    """Yield the chart of a question as SVG and PNG, and its rows."""
    yield csv_file(f"{question.id}.csv", CSV, _rows([question], week))
    for ending in ("svg", "png"):
        name = f"{question.id}.{ending}"
        yield SheetFile(name, template="others.svg.j2", raster=ending == "png", about=question)


def front(con: duckdb.DuckDBPyConnection, week: date) -> View:
    """Return what a front page shows: charts of the questions that most works answer, and the others to choose from."""
    questions = [*questions_now(con, week)]
    most = {one.id for one in sorted(questions, key=lambda one: -len(one.then))[:FRONT]}
    return View(
        heading=heading(),
        address=FOLDER,
        charts=[one for one in questions if one.id in most],
        others=len(questions) - len(most),
    )


def heading() -> Message:
    """Return what the page is called, with the years of the published shares."""
    years = [works()[of.work].date[:4] for question in published_questions() for of in question.published]
    return say("What real models drew, %(first)s to %(last)s", first=min(years), last=max(years))


def questions_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[View]:
    """Yield the questions as the register has them: published shares, the oldest first, and those of the window.

    `prompt` is what our suites ask, if they do; without an address it was not asked.
    """
    asked = published_questions()
    ours = {suite.prompt_id(one): one for suite in load_suites().values() for one in suite.prompts}
    wanted = [one.prompt for one in asked if one.prompt]
    drawn = {prompt.id: prompt for prompt in reading.read(con, week, wanted)}
    shown = _cells_shown(con)
    for question in asked:
        own, prompt = ours.get(question.prompt or ""), drawn.get(question.prompt or "")
        now = [*_now(prompt, question)] if prompt else []
        then = [(works()[of.work], of, [*_points(of, shown)]) for of in question.published]
        yield View(
            id=question.id,
            title=title(question.title),
            prompt=own and own.text,
            language=own and own.language,
            address=address_of(prompt.id) if prompt else None,
            then=then,
            now=now,
            chart=years([*_columns(then), *_columns_now(now)]),
            shares=sum(len(of.shares) for of in question.published),
        )


def _points(of: WorkShares, shown: Mapping[tuple[str | None, ...], str]) -> Iterator[Point]:
    work = works()[of.work]
    for one in of.shares:
        place = shown.get((work.study, one.model, of.study_prompt))
        yield Point(one.model, one.k, one.n, one.share, *one.interval, work.labeled, one.exact, place)


def _cells_shown(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str | None, ...], str]:
    """Return where pictures of studies are shown: (study, title of the model, prompt) → address.

    Only those of the condition that a page of a study shows first: without anything added, where it has one.
    """
    pictures, found = by(rows(con, "study_pictures"), "study"), dict[tuple[str | None, ...], str]()
    for study in rows(con, "studies"):
        of = pictures[study["study"]] if may_show(study["license"]) else ()
        conditions = in_order({row["condition"] for row in of}, study["baseline"])
        for row in of:
            if row["condition"] == conditions[0]:
                cell = f"{studies.ADDRESS}{row['study']}/#{cell_id(row['model'], row['prompt'])}"
                found[row["study"], words.plain(row["title"]), row["prompt"]] = cell
    return found


def _columns(then: Sequence[tuple[Any, WorkShares, list[Point]]]) -> Iterator[YearColumn]:
    """Yield a column for each year of the register, whether or not this question has a share of it."""
    known = [int(work.date[:4]) for work in works().values()]
    for year in map(str, range(min(known), max(known) + 1)):
        yield year, "then", [one for work, _, of in then if work.date.startswith(year) for one in of]


def _columns_now(now: Sequence[View]) -> Iterator[YearColumn]:
    """Yield the real models of the week, if any; a labeler reads them, which is a program."""
    points = [
        Point(one.model, of.count, of.n, of.share, of.low, of.high, "program")
        for one, of in ((one, one.share) for one in now)
    ]
    if points:
        yield say("this week"), "now", points


def _now(prompt: PromptPictures, question: PublishedQuestion) -> Iterator[View]:
    """Yield the share of each real model that has enough pictures for one, as every page has it."""
    for cell in (one for one in prompt.cells if not one.simulated):
        share = share_of(prompt, cell, question.attribute or "", question.value or "")
        if share is not None and share.n >= NEEDED:
            address = address_of(prompt.id, cell.model)
            yield View(model=words.plain(cell.model), address=address, share=share)


def _rows(questions: Sequence[View], week: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the questions, in the order of the page."""
    for question in questions:
        asked = question.title.text
        for work, of, points in question.then:
            for one in points:
                yield (
                    *(asked, work.date, work.title, work.url, of.asked, one.name),
                    *(one.k, one.n, one.exact, *_rounded(one.share, one.low, one.high), of.at),
                )
        for own in question.now:
            share = own.share
            yield (
                *(asked, week.isoformat(), "Cliché", None, words.plain(question.prompt), own.model),
                *(share.count, share.n, True),
                *(*_rounded(share.share, share.low, share.high), own.address),
            )


def _rounded(*shares: float | None) -> Iterator[float | None]:
    return (None if share is None else round(share, _DIGITS) for share in shares)


KIND = PageKind("others", build)
