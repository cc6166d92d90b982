"""The many pages of an edition: which kinds there are, and all pages of a week, one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import duckdb

from assets.leaderboard import pages
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.raster import painted
from assets.leaderboard.page.sheets import ShownModels, SitePlace, beside, render_sheet
from assets.leaderboard.views.kind import PageKind, PastFolders, Sheet, SheetFile, Thumbnails
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import rows
from assets.leaderboard.views.search import search_page

#: Made of all other pages, so that it is none of `pages`.
SEARCH = PageKind("search", lambda con, week: iter(()))
_INDEX = SheetFile("index.json", template="search.json.j2")


@cache
def kinds() -> tuple[PageKind, ...]:
    """Return the kinds of page that modules of `pages` declare as `KIND`, by the names of their modules."""
    names = sorted(module.name for module in walk_packages(pages.__path__, f"{pages.__name__}."))
    modules = [import_module(name) for name in names]
    return tuple(module.KIND for module in modules if hasattr(module, "KIND"))


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
    models = ShownModels(titles_of(con, week), simulated_of(con, week))
    for kind in kinds():
        for sheet in kind.build(con, week):
            if sheet.address in seen:
                raise ValueError(f"two pages have the address {sheet.address}")
            # Of a page that is written: what is searched.
            seen[sheet.address] = replace(sheet, view=None, files=())
            for file in sheet.files:
                if file.pictures:
                    drawn |= {beside(sheet, file, language): file.pictures for language in LANGUAGES}
            yield from render_sheet(kind, sheet, week, site, thumbnails=thumbnails, models=models, past=past)
    found = Sheet("search/", say("Search"), search_page(seen.values()), files=(_INDEX,), index=False)
    yield from render_sheet(SEARCH, found, week, site, models=models)


def simulated_of(con: duckdb.DuckDBPyConnection, week: date) -> str | None:
    """Return whether "all" or "some" of the models that were asked up to a week are simulated; None: none of them."""
    kinds = {row["simulated"] for row in rows(con, "model_facts", {"week": week.isoformat()})}
    return ("some" if False in kinds else "all") if True in kinds else None


def titles_of(con: duckdb.DuckDBPyConnection, week: date) -> dict[str, str]:
    """Return what people call each model up to a week, by the name of its entry.

    Of several models with one title each has its name behind it.
    """
    found = {
        row["model"]: words.plain(row["title"]) for row in rows(con, "titles", {"week": week.isoformat()})
    }
    times = Counter(found.values())
    return {
        words.plain(name): f"{title} ({name})" if times[title] > 1 else title for name, title in found.items()
    }
