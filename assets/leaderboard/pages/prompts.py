"""Pictures by prompt: a page per prompt, one per prompt and model, and the list of all prompts with a few of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.reading import Cell, CellPicture, PromptPictures
from assets.leaderboard.columns import charts
from assets.leaderboard.page import words
from assets.leaderboard.page.environment import literal
from assets.leaderboard.pages import prompt as of_prompt
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import model_title, say
from assets.leaderboard.views.query import Row, View
from assets.suites.published_figures import sources_of

_QUOTED = 400


def _build(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    quotes, drawn = reading.said(con, week), charts.of_prompts(con, week)
    cards: dict[tuple[str, int], list[View]] = {}
    for prompt in reading.read(con, week):
        if prompt.cells:
            row = prompt.declared[0]
            cards.setdefault((row["suite"], row["suite_major"]), []).append(showing.card(prompt))
        yield of_prompt.sheet(prompt, drawn(prompt))
        yield from _cells(prompt, quotes)
    suites = [
        View(
            id=words.suite_slug(suite, major),
            title=showing.suite_title(suite, major),
            note=showing.suite_note(suite, major),
            sources=sources_of(suite),
            cards=suite_cards,
        )
        for (suite, major), suite_cards in sorted(cards.items())
        if any(card.head.framed for card in suite_cards)
    ]
    yield Sheet(
        showing.ADDRESS,
        showing.TITLE,
        View(first_week=reading.since(con, week), suites=suites),
        description=say(
            "Every prompt that image models are asked each week, with pictures that they drew for it."
        ),
    )


def _cells(prompt: PromptPictures, quotes: Mapping[tuple[str, str], Row]) -> Iterator[Sheet]:
    """Yield the page of each model that was asked a prompt; `quotes` are what models wrote, by prompt and model."""
    head = showing.head(prompt)
    crumbs = (
        Crumb(showing.ADDRESS, showing.TITLE),
        Crumb(head.address, say("“%(prompt)s”", prompt=showing.cut(head.text, 60))),
    )
    weeks = [week for week in reading.weeks_of(prompt.week) if week >= prompt.first_week]
    for cell in prompt.cells:
        model = model_title(words.plain(cell.model))
        yield Sheet(
            showing.address_of(prompt.id, cell.model),
            say("“%(prompt)s”, drawn by %(model)s", prompt=head.short, model=model),
            _cell(prompt, cell, head, quotes.get((prompt.id, cell.model), {}), weeks),
            crumbs=crumbs,
            index=False,
            template="cell",
        )


def _cell(prompt: PromptPictures, cell: Cell, head: View, quotes: Row, weeks: Sequence[date]) -> View:
    """Return the pictures of a cell by week, the newest first, with all labels; `quotes`: of `prompt_words`."""
    details = [*_details(prompt, cell)]
    uncounted = Counter(one.why for one in cell.pictures if one.why).most_common()
    return View(
        head=head,
        row=showing.row(prompt, cell, 0),
        uncounted=[(showing.why_not(why), count) for why, count in uncounted],
        weeks=[
            View(
                week=week,
                outcomes=cell.weeks.get(week, Counter()),
                thumbs=[*showing.thumbs(prompt, (one for one in cell.pictures if one.week == week))],
            )
            for week in weeks
        ],
        attributes=[*prompt.attributes],
        labelers=[*dict.fromkeys(labeler for _, labeler, *_ in details if labeler)],
        details=details,
        refusals=_texts(quotes.get("refusals")),
        rewritten=_texts(quotes.get("rewritten")),
        queries=_queries(prompt, cell, min(weeks)),
    )


def _details(prompt: PromptPictures, cell: Cell) -> Iterator[tuple[CellPicture, str, list[str], bool]]:
    """Yield what each labeler read in each picture that is shown: value by attribute; whether it is the first one."""
    for picture in cell.pictures:
        if picture.sha256 is None:
            continue
        nothing = {"labeler": "", "labeler_version": "", "attributes": (), "found": ()}
        for number, one in enumerate(picture.readings or (nothing,)):
            values_of = dict(zip(one["attributes"], one["found"], strict=True))
            read = (values_of.get(name) for name in prompt.attributes)
            values = ["–" if value is None else showing.cut(value, 40) for value in read]
            yield picture, f"{one['labeler']} {one['labeler_version']}".strip(), values, number == 0


def _texts(quotes: Sequence[str] | None) -> list[str]:
    """Return different texts, cut."""
    return [*dict.fromkeys(showing.cut(text, _QUOTED) for text in quotes or ())]


def _queries(prompt: PromptPictures, cell: Cell, first: date) -> list[str]:
    """Return the queries that find the share of a window and the pictures in the tables."""
    of, last = f"prompt = {literal(prompt.id)} AND model = {literal(cell.model)}", literal(prompt.week)
    window = f"FROM figures\nWHERE {of}\n  AND week = {last} AND figure = 'share'"
    pictures = (
        f"FROM slot_outcomes LEFT JOIN labels USING (week, model, slot_key)\nWHERE {of}\n"
        f"  AND week BETWEEN {literal(first)} AND {last}"
    )
    return [window, pictures] if first < prompt.week else [pictures]


KIND = PageKind("prompts", _build, ("prompt", "cell"))
