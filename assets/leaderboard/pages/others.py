"""What real models drew: published shares of several years, a question at a time, with those of the week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.cells.showing import NEEDED, address_of, share_of
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import PageKind, Sheet, csv_file
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import View
from assets.suites.loader import load_suites
from assets.suites.published_figures import PublishedQuestion, published_questions, works

FOLDER = "others/"
#: Columns of the rows of a question.
CSV = (
    *("question", "date", "source", "url", "asked", "model", "simulated"),
    *("k", "n", "exact", "share", "low", "high", "where"),
)
_FILE = "others.csv"
_DIGITS = 6


def build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page."""
    questions = [*questions_now(con, week)]
    yield Sheet(
        address=FOLDER,
        title=heading(),
        view=View(questions=questions, csv=f"{FOLDER}{_FILE}"),
        description=say("Published shares of real image models, with source, date and number of pictures."),
        files=(csv_file(_FILE, CSV, _rows(questions, week)),),
        searched=tuple(question.title for question in questions),
    )


def heading() -> Message:
    """Return what the page is called, with the years of the published shares."""
    years = [works()[of.work].date[:4] for question in published_questions() for of in question.published]
    return say("What real models drew, %(first)s to %(last)s", first=min(years), last=max(years))


def questions_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[View]:
    """Yield the questions as the register has them: published shares, the oldest first, and those of the window.

    `prompt` is what our suites ask; without an address it was not asked.
    """
    asked = published_questions()
    texts = {
        f"{suite.id}/{prompt.id}": (prompt.text, prompt.language)
        for suite in load_suites().values()
        for prompt in suite.prompts
    }
    drawn = {prompt.id: prompt for prompt in reading.read(con, week, [one.prompt for one in asked])}
    for question in asked:
        text, language = texts[question.prompt]
        prompt = drawn.get(question.prompt)
        now = _now(prompt, question) if prompt else ()
        yield View(
            id=question.id,
            title=title(question.title),
            prompt=text,
            language=language,
            address=address_of(question.prompt) if prompt else None,
            then=[(works()[of.work], of) for of in question.published],
            now=sorted(now, key=lambda one: (one.simulated, one.model)),
        )


def _now(prompt: PromptPictures, question: PublishedQuestion) -> Iterator[View]:
    """Yield the share of each model that has enough pictures for one, as every page has it."""
    for cell in prompt.cells:
        share = share_of(prompt, cell, question.attribute, question.value)
        if share is not None and share.n >= NEEDED:
            address = address_of(prompt.id, cell.model)
            yield View(model=words.plain(cell.model), simulated=cell.simulated, address=address, share=share)


def _rows(questions: Sequence[View], week: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the questions, in the order of the page."""
    for question in questions:
        asked = question.title.text
        for work, of in question.then:
            for one in of.shares:
                yield (
                    *(asked, work.date, work.title, work.url, of.asked, one.model, False),
                    *(one.k, one.n, one.exact, *_rounded(one.share, *one.interval), of.at),
                )
        for own in question.now:
            share = own.share
            yield (
                *(asked, week.isoformat(), "Cliché", None, words.plain(question.prompt), own.model),
                *(own.simulated, share.count, share.n, True),
                *(*_rounded(share.share, share.low, share.high), own.address),
            )


def _rounded(*shares: float | None) -> Iterator[float | None]:
    return (None if share is None else round(share, _DIGITS) for share in shares)


KIND = PageKind("others", build)
