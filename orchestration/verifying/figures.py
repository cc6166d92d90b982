"""Figures of a page against the tables, each by its address: for pages that another version of the code made.

`data-row="<table or view>?<column>=<value>&…"` says which row the figures in an element are of; `page/<query>` names a
query of `sql/page` instead. Within it, `data-column="a,b,c/d"` says of which columns the numbers in an element are, in
their order.

What is computed from many rows has its address in the view of the page (`assets.leaderboard.views`), which is made
again from the tables: `data-view="boards?id=x/not_seen?model=y"` goes from field to field, of a list to the members
with these values, and `data-part` names fields as `data-column` names columns. `^` before a field is of what the step
before led to, `=` is the text itself (of names), `#` is how many members a list has, `a:b:c` are fields `b` and `c` of
each member of `a`, and `@` is which member of its list it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import rows
from assets.leaderboard.views.view import Page
from orchestration.verifying import addresses
from orchestration.verifying.addresses import AddressedText, numbers
from orchestration.verifying.database import one_line
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse.database.sqlfiles import names

_QUERIES = "page/"
_LEAST = 0.0001
Row = dict[str, Any]
#: Where a view address leads: from the page on, what each step led to, with its place in its list (from 1).
Trail = tuple[tuple[Any, int], ...]


def compare(
    con: duckdb.DuckDBPyConnection, html: bytes, view: Page | None, version: Version, report: VerifyReport
) -> None:
    """Compare every figure that has an address.

    Args:
        con: the edition's file.
        html: its page.
        view: the page's view as this version makes it from the tables; None if it cannot.
        version: by which the page was made.
        report: receives what differs, how many numbers have no address, and how many addresses lead nowhere.
    """
    page = addresses.read(html)
    if not page.found:
        report.skip(_why(version, "none of its figures has an address"), "pages")
        return
    agrees = asking(con, view, report)
    lost = 0
    for said in page.found:
        answer = agrees(said)
        if answer is None:
            lost += len(addresses.numbers(said.text))
        elif not answer:
            report.differ(
                f"the page says {_short(said.text)!r}, the tables do not "
                f"({said.address[:160]}, {said.columns[:60]})"
            )
    compared = f"its figures were compared by address ({len(page.found):,} texts), its words were not"
    if version.decided:
        report.notes.append(f"the page: {compared}")
    else:
        report.skip(_why(version, compared), "pages")
    for count, what in (
        (len(page.without), "have no address"),
        (lost, "have an address that leads nowhere here"),
    ):
        if count:
            report.skip(_why(version, f"{count:,} numbers on it {what}"), "pages")


def asking(
    con: duckdb.DuckDBPyConnection, view: Page | None, report: VerifyReport
) -> Callable[[AddressedText], bool | None]:
    """Return what says whether a text agrees with its address: None where the view has nothing there."""
    tables = {
        name
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() UNION ALL "
            "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal"
        ).fetchall()
    }
    look_up = cache(lambda address: list(_look_up(con, address, tables, report)))
    follow = cache(lambda address: [] if view is None else _follow(view, address))

    def agrees(said: AddressedText) -> bool | None:
        if not said.table:
            trails = follow(said.address)
            return any(_is_said(trail, said) for trail in trails) if trails else None
        rows_there = look_up(said.address)
        if not rows_there and numbers(said.text) == ["0"]:  # there is nothing, and it says so
            return True
        return any(_agrees(row, said.columns, said.text) for row in rows_there)

    return agrees


def _why(version: Version, what: str) -> str:
    of = version.why or f"code version {version.name} is not this one"
    return f"the page in full: {what}, and {of}"


def _look_up(
    con: duckdb.DuckDBPyConnection, address: str, tables: set[str], report: VerifyReport
) -> Iterator[Row]:
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


def _follow(view: Page, address: str) -> list[Trail]:
    """Return the trails of an address in a view; none if it leads nowhere."""
    trails: list[Trail] = [((view, 1),)]
    for step in address.split("/") if address else ():
        name, _, query = step.partition("?")
        keys = parse_qsl(query, keep_blank_values=True)
        trails = [
            (*trail, (member, place))
            for trail in trails
            for place, member in enumerate(_members(_field(trail[-1][0], name)), 1)
            if all(str(_field(member, key)) == value for key, value in keys)
        ]
    return trails


def _members(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else () if value is None else (value,)


def _field(thing: Any, name: str) -> Any:
    """Return a field or property of a view, a value of a mapping, or None if there is none of that name."""
    if isinstance(thing, Mapping):
        return thing.get(name)
    if isinstance(thing, Page) and name in thing.parts:
        return thing.parts[name].data
    if not is_dataclass(thing):
        return None
    known = {one.name for one in fields(thing)} | {
        name for name, of in vars(type(thing)).items() if isinstance(of, property)
    }
    return getattr(thing, name) if name in known else None


def _is_said(trail: Trail, said: AddressedText) -> bool:
    """Return whether the numbers (or the name of a model) in a text are those of a view, in their order."""
    if said.columns.startswith("="):
        return bool(_field(trail[-1][0], said.columns[1:]) == said.text.strip())
    return _in_order([forms for part in said.columns.split(",") for forms in _parts(trail, part)], said.text)


def _parts(trail: Trail, part: str) -> Iterator[set[str]]:
    """Yield for each number that a part may say the forms that it may have."""
    name = part.lstrip("^")
    up = len(part) - len(name)
    if up >= len(trail):
        return
    thing, place = trail[-1 - up]
    if name == "@":
        yield {str(place)}
    elif name.startswith("#"):
        yield set(_forms(len(_members(_field(thing, name[1:])))))
    elif "/" in name:
        whole = tuple(_field(thing, one) for one in name.split("/"))
        yield set(_forms(whole[0] / whole[1])) if all(whole) else set()
    else:
        first, *rest = name.split(":")
        yield from _each(_field(thing, first), rest)


def _each(value: Any, names: list[str]) -> Iterator[set[str]]:
    if isinstance(value, Mapping):
        for name in names:
            yield from _each(value.get(name), [])
    elif isinstance(value, tuple):
        for member in value:
            yield from _each(member, names)
    elif is_dataclass(value):
        for name in names or [one.name for one in fields(value)]:
            yield from _each(_field(value, name), [])
    else:
        yield from _said_as(value)


def _said_as(value: Any) -> Iterator[set[str]]:
    """Yield the forms of each number that a value is written with: of a date two, of a text all that are in it."""
    if isinstance(value, date):
        yield from ({str(value.day)}, {str(value.year)})
    elif isinstance(value, str):
        yield from ({number} for number in numbers(value))
    elif value is not None:
        yield set(_forms(value))


def _in_order(forms: list[set[str]], text: str) -> bool:
    """Return whether each number of a text is of a value after that of the number before."""
    position = 0
    for number in numbers(text):
        while position < len(forms) and number not in forms[position]:
            position += 1
        if position == len(forms):
            return False
        position += 1
    return True


def _agrees(row: Row, columns: str, text: str) -> bool:
    """Return whether the numbers (or the name) in a text are those of the row."""
    values = [_value(row, column) for column in columns.split(",")]
    if len(values) == 1 and isinstance(values[0], str):
        return words.plain(values[0]) == text.strip()
    said = numbers(text)
    if said == ["0"] and any(value == 0 for value in values):
        return True
    return bool(said) and _in_order([forms for value in values for forms in _said_as(value)], text)


def _value(row: Row, column: str) -> Any:
    """Return a column's value, a ratio of two (`a/b`), or the `change` of a figure since the week before."""
    if column == "change" and "change" not in row:
        name = "estimate" if "previous_estimate" in row else "distance"  # of earlier versions
        now, before = row.get(name), row.get(f"previous_{name}")
        return None if now is None or before is None else now - before
    part, _, whole = column.partition("/")
    if not whole:
        return row.get(part)
    return row[part] / row[whole] if row.get(part) is not None and row.get(whole) else None


def _forms(value: Any) -> Iterator[str]:
    """Yield the forms in which a page writes a value."""
    if isinstance(value, bool) or not math.isfinite(value):
        return
    if isinstance(value, int):
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
    yield str(value)
    yield f"{value:.2f}".rstrip("0").rstrip(".")  # at an axis
    yield "<0.0001" if value < _LEAST else f"{value:.4f}"  # of p-values


_itself: Callable[[float], float] = float


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79]}…"
