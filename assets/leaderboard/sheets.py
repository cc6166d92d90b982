"""The many pages of an edition: which kinds there are, all pages of a week one after another, and what is searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import cast

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.raster import painted
from assets.leaderboard.page.sheets import ShownModels, SitePlace, beside, render_sheet
from assets.leaderboard.pages import (
    ask,
    changes,
    compare,
    findings,
    itself,
    models,
    others,
    prompts,
    studies,
    then,
)
from assets.leaderboard.pages import words as of_words
from assets.leaderboard.views.kind import PageKind, PastFolders, Sheet, SheetFile, Thumbnails
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Remembering, View, rows

#: Every kind of page, in the order in which pages are made and searched.
KINDS: tuple[PageKind, ...] = (
    *(ask.KIND, changes.KIND, compare.KIND, findings.KIND, *itself.KINDS, models.KIND),
    *(others.KIND, prompts.KIND, of_words.KIND, studies.KIND, then.KIND),
)
#: Made of all other pages, so that it is none of `KINDS`.
SEARCH = PageKind("search")
_INDEX = SheetFile("index.json", template="search.json.j2")
#: Address of a list → what a page of it is.
_LISTS: Mapping[str, Message] = {
    "findings/": say("Finding"),
    "2023/": say("Sentence of 2023"),
    "models/": say("Model"),
    "prompts/": say("Prompt"),
    "boards/": say("Comparison of models"),
    "words/": say("Comparison of prompts"),
}
_OTHER = say("Page")


def sheets(
    con: duckdb.DuckDBPyConnection,
    week: date,
    site: SitePlace,
    thumbnails: Thumbnails | None = None,
    past: PastFolders | None = None,
    drawn: dict[str, tuple[str, ...]] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Yield (path in the edition, bytes) of all pages, without the name of the edition; drawings are drawn.

    The copy is asked while pages are taken. Files that are drawn are empty without `thumbnails`. `drawn` gets
    path → pictures of the files that are drawn with some.

    Raises:
        ValueError: if two pages have one address.
    """
    yield from painted(_sheets(con, week, site, thumbnails, past, {} if drawn is None else drawn))


def _sheets(
    con: duckdb.DuckDBPyConnection,
    week: date,
    site: SitePlace,
    thumbnails: Thumbnails | None,
    past: PastFolders | None,
    drawn: dict[str, tuple[str, ...]],
) -> Iterator[tuple[str, bytes]]:
    seen: dict[str, Sheet] = {}
    copy = cast(duckdb.DuckDBPyConnection, Remembering(con))
    models = ShownModels(titles_of(copy, week), simulated_of(copy, week))
    for kind in KINDS:
        for sheet in kind.build(copy, week):
            if sheet.address in seen:
                raise ValueError(f"two pages have the address {sheet.address}")
            # Of a page that is written: what is searched.
            seen[sheet.address] = replace(sheet, view=None, files=())
            for file in sheet.files:
                if file.pictures:
                    drawn |= {beside(sheet, file, language): file.pictures for language in LANGUAGES}
            yield from render_sheet(kind, sheet, week, site, thumbnails=thumbnails, models=models, past=past)
    search = Sheet("search/", say("Search"), _searched(seen.values()), files=(_INDEX,), index=False)
    yield from render_sheet(SEARCH, search, week, site, models=models)


def simulated_of(con: duckdb.DuckDBPyConnection, week: date) -> str | None:
    """Return whether "all" or "some" of the models that were asked up to a week are simulated; None: none of them."""
    kinds = {row["simulated"] for row in rows(con, "model_facts", {"week": week.isoformat()})}
    return ("some" if False in kinds else "all") if True in kinds else None


def titles_of(con: duckdb.DuckDBPyConnection, week: date) -> dict[str, str]:
    """Return what people call each model up to a week, by the name of its entry.

    Of several models with one title each has its name behind it.
    """
    titles = {
        row["model"]: words.plain(row["title"]) for row in rows(con, "titles", {"week": week.isoformat()})
    }
    times = Counter(titles.values())
    return {
        words.plain(name): f"{title} ({name})" if times[title] > 1 else title
        for name, title in titles.items()
    }


def _searched(sheets: Iterable[Sheet]) -> View:
    """Return the pages that search engines may list, and each list with the number of its pages."""
    shown = [sheet for sheet in sheets if sheet.index]
    folders = {sheet.address: f"{sheet.address.partition('/')[0]}/" for sheet in shown}
    inside = Counter(folder for address, folder in folders.items() if folder != address)
    lists = {sheet.address: sheet.title for sheet in shown if sheet.address in _LISTS}
    pages = []
    for sheet in shown:
        folder = folders[sheet.address]
        pages.append((sheet, _LISTS.get(folder, _OTHER) if folder != sheet.address else _OTHER))
    return View(
        pages=pages,
        lists=[
            (folder, lists[folder], inside[folder]) for folder in _LISTS if folder in lists and inside[folder]
        ],
    )
