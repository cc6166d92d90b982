"""The many pages of an edition: which kinds there are, and all pages of a week, one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import duckdb

from assets.leaderboard import pages
from assets.leaderboard.page import words
from assets.leaderboard.page.sheets import SitePlace, render_sheet
from assets.leaderboard.views.kind import PageKind, PastFolders, Thumbnails
from assets.leaderboard.views.query import rows


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
) -> Iterator[tuple[str, bytes]]:
    """Yield (path in the edition, bytes) of all pages but the front page, without the name of the edition.

    Args:
        con: the published copy; it is asked while pages are taken.
        week: the edition's.
        site: where it will be.
        thumbnails: for files that are drawn; without them these are empty.
        past: where pages of past weeks are.

    Raises:
        ValueError: if two pages have one address.
    """
    seen: set[str] = set()
    titles = titles_of(con, week)
    for kind in kinds():
        for sheet in kind.build(con, week):
            if sheet.address in seen:
                raise ValueError(f"two pages have the address {sheet.address}")
            seen.add(sheet.address)
            yield from render_sheet(kind, sheet, week, site, thumbnails=thumbnails, titles=titles, past=past)


def titles_of(con: duckdb.DuckDBPyConnection, week: date) -> dict[str, str]:
    """Return what people call each model up to a week, by the name of its entry; {} in an edition without titles.

    Of several models with one title each has its name behind it.
    """
    try:
        found = {
            row["model"]: words.plain(row["title"]) for row in rows(con, "titles", {"week": week.isoformat()})
        }
    except duckdb.CatalogException:
        return {}
    times = Counter(found.values())
    return {
        words.plain(name): f"{title} ({name})" if times[title] > 1 else title for name, title in found.items()
    }
