"""How exact figures are: processors differ in the last digits, so those are neither kept nor compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

#: Significant digits of the figures that are kept and published.
DIGITS = 12
#: Two figures are the same if they differ by at most this part of the larger one ...
RELATIVE = 1e-9
#: ... or by at most this much: a difference of two shares keeps the rounding of the shares, however small it is.
ABSOLUTE = 1e-12
_REAL = ("DOUBLE", "FLOAT")


def rounded(rows: pa.Table) -> pa.Table:
    """Return computed rows with their figures rounded to `DIGITS` significant digits.

    The fewer digits, the fewer figures differ between processors; some are always near the middle of two, so
    comparing takes `differing`.
    """
    import polars as pl  # half as much again as all that a command needs that rounds nothing

    for place, field in enumerate(rows.schema):
        if pa.types.is_float64(field.type):
            figures = pl.Series(rows.column(place)).round_sig_figs(DIGITS)
            rows = rows.set_column(place, field, figures.to_arrow())
    return rows


def differing(
    con: duckdb.DuckDBPyConnection,
    published: str,
    again: str | pa.Table,
    parameters: Mapping[str, Any] | None = None,
) -> int:
    """Return how many rows of two relations have no counterpart that is the same.

    Rows are the same if their numbers of type DOUBLE are (NULL only beside NULL, an infinity only beside itself) and
    all other columns are equal. A row that occurs twice needs two counterparts. Rows that differ in nothing but
    numbers of type DOUBLE count as one. The order of rows has no meaning.

    Both are queries, or `again` a table, whose columns may have any order; those that `published` lacks are left out,
    and text is cast to its types.

    Raises:
        duckdb.Error: if `again` lacks a column of `published`, or text does not fit its type.
    """
    if isinstance(again, str):
        return _count(con, published, again, dict(parameters or {}))
    con.register("rows again", again)  # by name: a locked connection does not look at variables
    try:
        return _count(con, published, 'FROM "rows again"', dict(parameters or {}))
    finally:
        con.unregister("rows again")


def _count(con: duckdb.DuckDBPyConnection, published: str, other: str, given: Mapping[str, Any]) -> int:
    kinds = {row[0]: row[1] for row in con.execute(f"DESCRIBE ({published})", given).fetchall()}
    cast = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in kinds.items())
    if _equal(con, published, f"SELECT {cast} FROM ({other})", given):  # noqa: S608
        return 0
    # names with a space: a query may hold tables of any other name
    ((count,),) = con.execute(
        f"""
        WITH "one side" AS MATERIALIZED ({published}),
        "other side" AS MATERIALIZED (SELECT {cast} FROM ({other})),
        "one left" AS ({_numbered('FROM "one side" EXCEPT ALL FROM "other side"', kinds)}),
        "other left" AS ({_numbered('FROM "other side" EXCEPT ALL FROM "one side"', kinds)})
        SELECT count(*)
        FROM "one left" AS a FULL JOIN "other left" AS b ON {_paired(kinds)}
        WHERE a.nth IS NULL OR b.nth IS NULL OR NOT ({_same(kinds)})
        """,  # noqa: S608
        given,
    ).fetchall()
    return int(count)


def _equal(con: duckdb.DuckDBPyConnection, one: str, other: str, given: Mapping[str, Any]) -> bool:
    """Return whether two queries give equal rows, to the bit: the rule, and found in a third of the time."""
    ((left, extra),) = con.execute(
        f"""
        WITH "one side" AS MATERIALIZED ({one}), "other side" AS MATERIALIZED ({other})
        SELECT
            (SELECT count(*) FROM (FROM "one side" EXCEPT ALL FROM "other side")),
            (SELECT count(*) FROM "other side") - (SELECT count(*) FROM "one side")
        """,  # noqa: S608
        given,
    ).fetchall()
    return bool(left == 0 and extra == 0)


def kept(con: duckdb.DuckDBPyConnection, computed: str, published: str) -> str:
    """Return a query for the rows of `computed`, with the figures of `published` where a row is the same there.

    Weeks whose rows are equal to the bit are not compared one by one. Columns that only `computed` has are its own.

    Both are queries without parameters. Rows beside those of `computed` are left out.
    """
    kinds, known = (
        {row[0]: row[1] for row in con.execute(f"DESCRIBE ({query})").fetchall()}
        for query in (computed, published)
    )
    both = {name: kind for name, kind in kinds.items() if known.get(name) == kind}
    week = "coalesce(CAST(week AS VARCHAR), '')" if "week" in both else "''"
    one, other = (
        f"SELECT {week} AS part, sum(hash({_listed(both)})) AS hashed FROM ({query}) GROUP BY ALL"  # noqa: S608
        for query in (computed, published)
    )
    changed = con.execute(
        f"SELECT part FROM ({one}) AS a INNER JOIN ({other}) AS b USING (part) WHERE a.hashed <> b.hashed"  # noqa: S608
    ).fetchall()
    if not changed:
        return computed
    those = f"{week} IN ({', '.join(repr(part) for (part,) in changed)})"
    a, b = (
        _numbered(f"SELECT * FROM ({query}) WHERE {those}", both)  # noqa: S608
        for query in (computed, published)
    )
    figures = {*_figures(both)}
    columns = ", ".join(
        f'CASE WHEN b.nth IS NOT NULL AND {_same(both)} THEN b."{name}" ELSE a."{name}" END AS "{name}"'
        if name in figures
        else f'a."{name}"'
        for name in kinds
    )
    return (
        f"SELECT {columns} FROM ({a}) AS a LEFT JOIN ({b}) AS b ON {_paired(both)} "  # noqa: S608
        f"UNION ALL SELECT {_listed(kinds)} FROM ({computed}) WHERE NOT {those}"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _numbered(query: str, kinds: Mapping[str, str]) -> str:
    """Return a query that numbers rows which differ in nothing but figures, by their figures."""
    within, by = _listed(_exact(kinds)), _listed(_figures(kinds))
    over = " ".join([f"PARTITION BY {within}" if within else "", f"ORDER BY {by}" if by else ""])
    return f"SELECT *, row_number() OVER ({over}) AS nth FROM ({query})"  # noqa: S608


def _paired(kinds: Mapping[str, str]) -> str:
    return " AND ".join(f'a."{name}" IS NOT DISTINCT FROM b."{name}"' for name in ["nth", *_exact(kinds)])


def _same(kinds: Mapping[str, str]) -> str:
    """Return the condition that all figures of rows `a` and `b` are the same."""
    return " AND ".join(close(f'a."{name}"', f'b."{name}"') for name in _figures(kinds)) or "TRUE"


def close(one: str, other: str) -> str:
    """Return the condition, in SQL, that two expressions of type DOUBLE are the same figure."""
    least = f"greatest({RELATIVE!r} * greatest(abs({one}), abs({other})), {ABSOLUTE!r})"
    near = f"isfinite({one}) AND isfinite({other}) AND abs({one} - {other}) <= {least}"
    return f"({one} IS NOT DISTINCT FROM {other} OR coalesce({near}, FALSE))"


def _exact(kinds: Mapping[str, str]) -> list[str]:
    return [name for name, kind in kinds.items() if kind not in _REAL]


def _figures(kinds: Mapping[str, str]) -> list[str]:
    return [name for name, kind in kinds.items() if kind in _REAL]
