"""Making the pages of past weeks, and what they follow from.

A page follows from the rows of its week, from what the analysis file and the register of claims declare, from titles of
models, and from whether originals are public.
Where all of these are as in the edition before, its pages are named again, whatever code made them: they never change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.cells.question import claimed_values
from assets.leaderboard.page.sheets import Around, SitePlace, render_sheet
from assets.leaderboard.page.static import STATIC
from assets.leaderboard.past import quarters, weeks
from assets.leaderboard.sheets import titles_of
from assets.leaderboard.views.kind import PageKind, PastFolders, Sheet
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database import marts
from warehouse.sqlfiles import names

#: Of all pages that editions share.
KINDS = (weeks.CELL, weeks.MODEL, quarters.SHEET, quarters.MODEL)
#: Raised when pages that were made are to be made again, because the code that made them was wrong.
MADE = 1
_STYLES = ("icon.svg", "tokens.css", "site.css", "pages.css")


@dataclass(frozen=True)
class Grounds:
    """What pages of past weeks follow from, of an edition."""

    con: duckdb.DuckDBPyConnection
    tables: Mapping[str, Any]
    hashes: Mapping[str, str]
    public_store: str | None
    _of_week: dict[str, str] = field(default_factory=dict)

    def weeks(self) -> list[str]:
        """Return the weeks of the edition, in order."""
        return [part["week"] for part in self.tables["slots"]["parts"] if part["week"]]

    def periods(self) -> list[str]:
        """Return the weeks of the edition and their quarters, in the order of manifests."""
        return sorted([*self.weeks(), *quarters.quarters(self.weeks())])

    def days(self, period: str) -> list[date]:
        """Return the weeks that the pages of a week or quarter are of."""
        return quarters.days_of(period, self.weeks())

    def rests_on(self, period: str, folders: PastFolders) -> str:
        """Return the hash of what the pages of a week follow from, or of a quarter, whose sheets link to weeks."""
        if "Q" in period:
            of = [day.isoformat() for day in self.days(period)]
            # in forged manifests weeks are left out
            rest = [[week, self.rests_on(week, folders), folders.get(week)] for week in of]
            return sha256_hex(canonical_json(rest))
        if period not in self._of_week:  # its quarter asks again
            found = {table: self._hash(table, period) for table in _tables(weeks.STATEMENTS)}
            titles = titles_of(self.con, date.fromisoformat(period))
            rests_on = {
                "made": MADE,
                "tables": found,
                "claimed": [[*of, value] for of, value in sorted(claimed_values().items())],
                "titles": titles,
                "public_store": self.public_store,
            }
            self._of_week[period] = sha256_hex(canonical_json(rests_on))
        return self._of_week[period]

    def _hash(self, table: str, week: str) -> str | None:
        if table in self.tables:
            return next((p["table_hash"] for p in self.tables[table]["parts"] if p["week"] == week), None)
        return self.hashes.get(table)


def made(
    grounds: Grounds, period: str, folders: PastFolders, waiting: Path
) -> Iterator[tuple[str, str, bytes]]:
    """Yield (model, path in its folder, bytes) of all pages of a week or quarter; `folders` has those of weeks.

    In the folder `waiting` pictures of weeks wait for the sheets of their quarter.
    """
    day, site = grounds.days(period)[-1], SitePlace(public_store=grounds.public_store)
    titles, around = titles_of(grounds.con, day), Around(keys.past_folder("week", "model", "hash"), styles())
    for model, kind, sheet in sheets_of(grounds.con, period, grounds.days(period), waiting):
        for path, data in render_sheet(kind, sheet, day, site, around=around, titles=titles, past=folders):
            yield model, path, data


def sheets_of(
    con: duckdb.DuckDBPyConnection, period: str, days: Sequence[date], waiting: Path
) -> Iterator[tuple[str, PageKind, Sheet]]:
    """Yield (model, kind, page) of all pages of a week, or of a quarter with these weeks."""
    if "Q" in period:
        return quarters.sheets(con, period, days, waiting)
    return weeks.sheets(con, days[0], waiting)


@cache
def styles() -> dict[str, str]:
    """Return file in `static/` → key, of what these pages are drawn with."""
    return {
        f"static/{name}": keys.past_style(sha256_hex((STATIC / name).read_bytes()), Path(name).suffix)
        for name in _STYLES
    }


@cache
def _tables(statements: tuple[str, ...]) -> list[str]:
    """Return the tables that statements are made from, through views, too."""
    found: set[str] = set()
    for statement in statements:
        for name in marts.depends_on(statement, "page"):
            found |= marts.rests_on(name) if name in names(marts.FOLDER) else {name}
    return sorted(found)
