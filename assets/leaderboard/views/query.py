"""Rows for the page: runs a statement of `sql/page/` and gives its rows as dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import duckdb

from warehouse.database.marts import as_of_weeks
from warehouse.sqlfiles import WEEKS, header, sql

Row = dict[str, Any]
#: What a template sees: a row with more beside it, or what else there is to show; fields as it is made with them.
View = SimpleNamespace
_AT_ONCE = 2000
#: Parameters of questions that several pages have, and the most rows of an answer that is kept for the next.
_OF_ALL, _KEPT = {"week", "figures"}, 10_000


def rows(
    con: duckdb.DuckDBPyConnection, name: str, parameters: Mapping[str, object] | None = None
) -> list[Row]:
    """Return the rows of `sql/page/<name>.sql`, one dictionary a row, in the order of the statement.

    Of one whose header says `Weeks`, tables are read for the week `week` alone.
    """
    given = dict(parameters or {})
    if WEEKS in header(f"page/{name}"):
        return asked(con, as_of_weeks("page", name, [str(given["week"])]), given)
    return asked(con, sql(f"page/{name}"), given)


def rows_of_weeks(
    con: duckdb.DuckDBPyConnection, name: str, weeks: Iterable[date], parameters: Mapping[str, object]
) -> list[Row]:
    """Return the rows of `sql/page/<name>.sql`, which has a column `week`, of some weeks; little else is read."""
    wanted = {*weeks}
    if not wanted:
        return []
    rows_of = asked(con, as_of_weeks("page", name, sorted(map(str, wanted))), parameters)
    return [row for row in rows_of if row["week"] in wanted]


def stream_of_weeks(
    con: duckdb.DuckDBPyConnection, name: str, weeks: Iterable[date], parameters: Mapping[str, object]
) -> Iterator[Row]:
    """Yield the rows of `sql/page/<name>.sql`, for which tables are read for some weeks alone; few are held at once.

    `con` is asked nothing else until the last of them.
    """
    con.execute(as_of_weeks("page", name, sorted(map(str, weeks))), dict(parameters))
    columns = [column[0] for column in con.description or []]
    while some := con.fetchmany(_AT_ONCE):
        for row in some:
            yield dict(zip(columns, row, strict=True))


def by(rows_of: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    """Return value of a column, or values of several, → rows; none for others."""
    kept: dict[Any, list[Row]] = defaultdict(list)
    of = itemgetter(*columns)
    for row in rows_of:
        kept[of(row)].append(row)
    return kept


def asked(con: duckdb.DuckDBPyConnection, statement: str, parameters: Mapping[str, object]) -> list[Row]:
    """Return the rows of a statement, one dictionary a row, in its order; nobody changes them."""
    kept: dict[tuple[str, str], list[Row]] = getattr(con, "kept", {})
    key = statement, repr(parameters)
    if key in kept:
        return kept[key]
    con.execute(statement, dict(parameters))
    columns = [column[0] for column in con.description or []]
    answer = [dict(zip(columns, row, strict=True)) for row in con.fetchall()]
    if parameters.keys() <= _OF_ALL and len(answer) <= _KEPT:
        kept[key] = answer
    return answer


class Remembering:
    """A connection to what does not change, of which each question that several pages have is asked once."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self.kept: dict[tuple[str, str], list[Row]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)
