"""Published shares of real models, a question at a time, with what models draw in the window of a week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.cells.showing import NEEDED, address_of, share_of
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.others import OthersQuestion, ShareNow, WorkThen
from assets.suites.loader import load_suites
from assets.suites.published_figures import PublishedQuestion, published_questions, works

FOLDER = "others/"
#: Columns of the rows of a question.
CSV = (
    *("question", "date", "source", "url", "asked", "model", "simulated"),
    *("k", "n", "exact", "share", "low", "high", "where"),
)
_DIGITS = 6


def heading() -> Message:
    """Return what the page is called, with the years of the published shares."""
    years = [works()[of.work].date[:4] for question in published_questions() for of in question.published]
    return say("What real models drew, %(first)s to %(last)s", first=min(years), last=max(years))


def questions_now(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[OthersQuestion]:
    """Yield the questions as the register has them, each with the models that were asked its prompt in the window."""
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
        now = tuple(_now(prompt, question)) if prompt else ()
        yield OthersQuestion(
            id=question.id,
            title=title(question.title),
            prompt=text,
            language=language,
            address=address_of(question.prompt) if prompt else None,
            then=tuple(WorkThen(works()[of.work], of.asked, of.at, of.shares) for of in question.published),
            now=tuple(sorted(now, key=lambda one: (one.simulated, one.model))),
        )


def _now(prompt: PromptPictures, question: PublishedQuestion) -> Iterator[ShareNow]:
    """Yield the share of each model that has enough pictures for one, as every page has it."""
    for cell in prompt.cells:
        share = share_of(prompt, cell, question.attribute, question.value)
        if share is not None and share.n >= NEEDED:
            model, address = words.plain(cell.model), address_of(prompt.id, cell.model)
            yield ShareNow(model, cell.simulated, address, share)


def as_rows(questions: Sequence[OthersQuestion], week: date) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the questions, in the order of the page."""
    for question in questions:
        asked = question.title.text
        for of in question.then:
            for one in of.shares:
                yield (
                    *(asked, of.work.date, of.work.title, of.work.url, of.asked, one.model, False),
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
