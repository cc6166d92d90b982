"""Making the sheets of quarters, and what they follow from.

A sheet follows from the rows of its weeks, from what the analysis file and the register of claims declare, from titles
of models, and from whether originals are public.
Where all of these are as in the edition before, its pages are named again, whatever code made them: they never change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from assets.leaderboard.cells.question import claimed_values
from assets.leaderboard.page.sheets import Around, ShownModels, SitePlace, render_sheet
from assets.leaderboard.page.static import STATIC
from assets.leaderboard.past import quarters
from assets.leaderboard.sheets import titles_of
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database import marts
from warehouse.sqlfiles import names

#: Of all pages that editions share.
KINDS = (quarters.SHEET, quarters.MODEL)
#: Raised when pages that were made are to be made again, because the code that made them was wrong.
MADE = 1
_STYLES = ("icon.svg", "tokens.css", "site.css", "pages.css")


@dataclass(frozen=True)
class Grounds:
    """What sheets of quarters follow from, of an edition."""

    con: duckdb.DuckDBPyConnection
    tables: Mapping[str, Any]
    hashes: Mapping[str, str]
    public_store: str | None

    def weeks(self) -> list[str]:
        """Return the weeks of the edition, in order."""
        return [part["week"] for part in self.tables["slots"]["parts"] if part["week"]]

    def periods(self) -> list[str]:
        """Return the quarters of the edition, in order."""
        return [*quarters.quarters(self.weeks())]

    def days(self, period: str) -> list[date]:
        """Return the weeks of a quarter."""
        return quarters.quarters(self.weeks())[period]

    def rests_on(self, period: str) -> str:
        """Return the hash of what the sheets of a quarter follow from."""
        days = self.days(period)
        rests_on = {
            "made": MADE,
            "tables": {str(day): self._of_week(str(day)) for day in days},
            "claimed": [[*of, value] for of, value in sorted(claimed_values().items())],
            "titles": titles_of(self.con, days[-1]),
            "public_store": self.public_store,
        }
        return sha256_hex(canonical_json(rests_on))

    def _of_week(self, week: str) -> dict[str, str | None]:
        return {table: self._hash(table, week) for table in _tables(quarters.STATEMENTS)}

    def _hash(self, table: str, week: str) -> str | None:
        if table in self.tables:
            return next((p["table_hash"] for p in self.tables[table]["parts"] if p["week"] == week), None)
        return self.hashes.get(table)


def made(grounds: Grounds, period: str, waiting: Path) -> Iterator[tuple[str, str, bytes]]:
    """Yield (model, path in its folder, bytes) of all sheets of a quarter.

    In the folder `waiting` pictures of its weeks wait.
    """
    days, site = grounds.days(period), SitePlace(public_store=grounds.public_store)
    titles = titles_of(grounds.con, days[-1])
    around = Around(keys.past_folder("quarter", "model", "hash"), styles())
    for model, kind, sheet in quarters.sheets(grounds.con, period, days, waiting):
        models = ShownModels(titles, "all" if sheet.view.simulated else None)
        for path, data in render_sheet(kind, sheet, days[-1], site, around=around, models=models):
            yield model, path, data


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
    tables: set[str] = set()
    for statement in statements:
        for name in marts.depends_on(statement, "page"):
            tables |= marts.rests_on(name) if name in names(marts.FOLDER) else {name}
    return sorted(tables)
