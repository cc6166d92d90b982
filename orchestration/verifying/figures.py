"""Figures of a page against the tables, each by its address: for pages that another version of the code made.

Belongs here: reading addresses from HTML, and the forms in which a page writes a value. Does not belong here: making
the page again (`page`).

`data-row="<table or view>?<column>=<value>&…"` says which row the figures in an element are of; `page/<query>` names a
query of `sql/page` instead. Within it, `data-column="a,b,c/d"` says of which columns the numbers in an element are, in
their order; `*` says that each of them is of some column of the row. What has no address is counted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import rows
from orchestration.verifying.database import one_line
from orchestration.verifying.report import Report
from orchestration.verifying.version import Version
from warehouse.database.sqlfiles import names

_VOID = {"meta", "link", "img", "br", "hr", "input", "line", "circle", "polyline", "polygon"}
_NUMBER = re.compile(r"(?<![\w.@/-])[+−±<>]?\s?\d+(?:,\d{3})*(?:\.\d+)?(?![\w@/])")
_QUERIES = "page/"
Row = dict[str, Any]


@dataclass
class _Element:
    tag: str
    row: str | None
    columns: str | None
    text: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Collects (address of a row, columns, text) of each element with `data-column`, and numbers without an address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.without = 0
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        if tag in _VOID:
            return
        given = dict(attrs)
        self._open.append(_Element(tag, given.get("data-row"), given.get("data-column")))

    def handle_endtag(self, tag: str) -> None:
        """Close the element of that name that was opened last, and what was left open within it."""
        while any(one.tag == tag for one in self._open):
            closed = self._open.pop()
            if closed.columns is not None:
                row = closed.row or next((one.row for one in reversed(self._open) if one.row), "")
                self.found.append((row, closed.columns, "".join(closed.text)))
            if closed.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """Give text to the innermost element with columns, or count its numbers."""
        owner = next((one for one in reversed(self._open) if one.columns is not None), None)
        if owner is not None:
            owner.text.append(data)
        elif any(one.tag == "main" for one in self._open):
            self.without += len(_NUMBER.findall(data))


def compare(con: duckdb.DuckDBPyConnection, html: bytes, version: Version, report: Report) -> None:
    """Compare every figure that has an address; the report hears how many have none."""
    page = _Page()
    page.feed(html.decode("utf-8", "replace"))
    if not page.found:
        report.skip(_why(version, "none of its figures has an address"), "pages")
        return
    tables = {
        name
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() UNION ALL "
            "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal"
        ).fetchall()
    }
    looked_up: dict[str, list[Row]] = {}
    for address, columns, text in page.found:
        if address not in looked_up:
            looked_up[address] = list(_look_up(con, address, tables, report))
        found = looked_up[address]
        if not found and _numbers(text) == ["0"]:  # there is nothing, and it says so
            continue
        if not any(_agrees(row, columns, text) for row in found):
            report.differ(
                f"the page says {_short(text)!r}, the tables do not ({address[:160]}, {columns[:60]})"
            )
    if page.without:
        report.skip(_why(version, f"{page.without:,} numbers on it have no address"), "pages")


def _why(version: Version, what: str) -> str:
    of = version.why or f"code version {version.name} is not this one"
    return f"the page in full: {what}, and {of}"


def _look_up(con: duckdb.DuckDBPyConnection, address: str, tables: set[str], report: Report) -> Iterator[Row]:
    """Yield the rows at an address; names are compared with the catalog, values are never part of a statement."""
    relation, _, query = address.partition("?")
    keys = dict(parse_qsl(query, keep_blank_values=True))
    try:
        if relation.startswith(_QUERIES):
            name = relation.removeprefix(_QUERIES)
            if name not in names("page"):
                return
            found = rows(con, name, {"week": keys.get("week", "")})
            yield from (row for row in found if all(_same(row, k, v) for k, v in keys.items()))
            return
        if relation not in tables:
            return
        columns = {row[0] for row in con.execute(f'DESCRIBE "{relation}"').fetchall()}
        if not keys.keys() <= columns:
            return
        where = " AND ".join(f"coalesce(CAST(\"{key}\" AS VARCHAR), '') = ${key}" for key in keys) or "TRUE"
        con.execute(f'FROM "{relation}" WHERE {where}', keys)
        head = [column[0] for column in con.description or []]
        yield from (dict(zip(head, row, strict=True)) for row in con.fetchall())
    except duckdb.Error as error:
        report.differ(f"the address {address[:160]} on the page cannot be looked up: {one_line(error)}")


def _same(row: Row, key: str, value: str) -> bool:
    return key not in row or str("" if row[key] is None else row[key]) == value


def _agrees(row: Row, columns: str, text: str) -> bool:
    """Return whether the numbers (or the name) in a text are those of the row."""
    if columns == "*":
        every = {form for value in row.values() for form in _forms(value)}
        every |= set(_differences(row))
        return all(number in every for number in _numbers(text))
    wanted = columns.split(",")
    values = [_value(row, column) for column in wanted]
    if len(values) == 1 and isinstance(values[0], str):
        return words.plain(values[0]) == text.strip()
    said = _numbers(text)
    if said == ["0"] and any(value == 0 for value in values):
        return True
    forms = [set(_forms(value)) for value in values if value is not None]
    position = 0
    for number in said:  # each number is of a column at or after that of the number before; dates have two
        while position < len(forms) and number not in forms[position]:
            position += 1
        if position == len(forms):
            return False
    return bool(said)


def _value(row: Row, column: str) -> Any:
    """Return a column's value, a ratio of two (`a/b`), or the `change` of a distance since the week before."""
    if column == "change" and "change" not in row:
        now, before = row.get("distance"), row.get("previous_distance")
        return None if now is None or before is None else now - before
    part, _, whole = column.partition("/")
    if not whole:
        return row.get(part)
    return row[part] / row[whole] if row.get(part) is not None and row.get(whole) else None


def _numbers(text: str) -> list[str]:
    return [re.sub(r"\s", "", found) for found in _NUMBER.findall(text.replace("\N{NO-BREAK SPACE}", " "))]


def _forms(value: Any) -> Iterator[str]:
    """Yield the forms in which a page writes a value."""
    if isinstance(value, date):
        yield from (str(value.day), str(value.year), value.isoformat())
    elif isinstance(value, str):
        yield from _numbers(value)
    elif isinstance(value, bool) or value is None or not math.isfinite(value):
        return
    elif isinstance(value, int):
        yield from (f"{value:,}", str(value))
    else:
        yield from _of_share(value)


def _of_share(value: float) -> Iterator[str]:
    for form in (abs, _itself):
        yield f"{form(value):.2f}"
        yield f"{100 * form(value):.0f}".replace("-", "−")
    yield words.signed(value)
    yield f"{'+' if value > 0 else '−'}{abs(100 * value):.0f}"
    yield re.sub(r"[\s%]", "", words.percent(abs(value)))
    yield f"{math.sqrt(max(0.0, value)):.2f}"
    yield str(round(value)) if float(value).is_integer() else f"{value:.3f}"


_itself: Callable[[float], float] = float


def _differences(row: Row) -> Iterable[str]:
    """Return forms of what a sentence computes from two columns: the change of a share in points."""
    pairs = (("estimate_b", "estimate_a"), ("after_share", "before_share"))
    for one, other in pairs:
        if isinstance(row.get(one), float) and isinstance(row.get(other), float):
            yield from _of_share(row[one] - row[other])


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
