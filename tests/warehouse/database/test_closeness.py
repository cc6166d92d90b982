"""When two figures are the same: to 1e-9 of the larger one, or to 1e-12; everything else is equal or differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from math import inf, nan
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.closeness import differing, kept, rounded
from warehouse.database.connection import connect

SCHEMA = pa.schema({"week": pa.date32(), "name": pa.string(), "x": pa.float64(), "y": pa.float64()})
Row = tuple[Any, ...]
DAY = date(1970, 1, 1)


def table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def count(one: Sequence[Row], other: Sequence[Row]) -> int:
    """Return what `differing` says of two tables; it says the same of the two the other way around."""
    con = _database()
    con.register("one", table(one) if one else SCHEMA.empty_table())
    con.register("other", table(other) if other else SCHEMA.empty_table())
    found = differing(con, "FROM one", "FROM other")
    assert differing(con, "FROM other", "FROM one") == found
    return found


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """Return one database for all: to open one takes longer than to compare two rows."""
    return connect(None)


def row(x: float | None, y: float | None = 1.0, name: str | None = "a") -> Row:
    return (DAY, name, x, y)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (0.3, 0.3, True),
        (0.3, 0.3 + 5.6e-17, True),
        (0.3, 0.3 * (1 + 9e-10), True),
        (0.3, 0.3 * (1 + 1.1e-9), False),
        (1e6, 1e6 + 9e-4, True),
        (1e6, 1e6 + 2e-3, False),
        (-2.0, -2.0 - 1e-9, True),
        (-2.0, 2.0, False),
        (0.0, -0.0, True),
        (0.0, 4e-16, True),
        (0.0, 9e-13, True),
        (0.0, 2e-12, False),
        (None, None, True),
        (None, 0.0, False),
        (inf, inf, True),
        (inf, -inf, False),
        (inf, 1e300, False),
        (nan, nan, True),
        (nan, 0.0, False),
        (nan, inf, False),
    ],
)
def test_figures_are_the_same_to_a_billionth(one: float | None, other: float | None, same: bool) -> None:
    assert count([row(one), row(7.0, name="b")], [row(other), row(7.0, name="b")]) == (0 if same else 1)
    assert count([row(2.0, one)], [row(2.0, other)]) == (0 if same else 1)


def test_every_figure_of_a_row_is_compared() -> None:
    assert count([row(1.0, 1.0)], [row(1.0 + 1e-15, 1.0 + 1e-15)]) == 0
    assert count([row(1.0, 1.0)], [row(1.0 + 1e-15, 1.1)]) == 1


def test_what_is_no_figure_is_equal_or_differs() -> None:
    # each has no counterpart: one row published and not computed, one the other way
    assert count([row(1.0, name="a")], [row(1.0, name="b")]) == 2
    assert count([row(1.0, name="a")], [row(1.0, name=None)]) == 2
    assert count([row(1.0, name=None)], [row(1.0 + 1e-15, name=None)]) == 0
    assert count([(DAY, "a", 1.0, 1.0)], [(date(1970, 1, 8), "a", 1.0, 1.0)]) == 2


def test_rows_are_counted_as_often_as_they_occur() -> None:
    assert count([row(1.0), row(1.0)], [row(1.0)]) == 1
    assert count([row(1.0), row(1.0)], [row(1.0), row(1.0 + 1e-15)]) == 0
    assert count([row(1.0), row(2.0)], [row(2.0 + 1e-15), row(1.0 + 1e-15)]) == 0
    assert count([row(1.0), row(1.0), row(1.5)], [row(1.0 + 1e-15), row(1.5), row(1.5)]) == 1
    assert count([], [row(1.0), row(2.0, name="b")]) == 2
    assert count([], []) == 0


def test_a_table_of_arrow_is_compared_by_the_names_and_types_of_what_is_published() -> None:
    again = pa.table(
        {
            "y": [1.0],
            "more": [5],
            "name": pa.array(["a"]).dictionary_encode(),
            "x": [0.5],
            "week": ["1970-01-01"],
        }
    )
    with connect(None) as con:
        con.register("one", table([row(0.5), (date(1970, 1, 8), "a", 0.5, 1.0)]))
        query = "FROM one WHERE week = CAST($name AS DATE)"
        assert differing(con, query, again, {"name": "1970-01-01"}) == 0
        assert differing(con, query, again, {"name": "1970-01-08"}) == 2


def test_rows_without_figures_and_rows_of_nothing_else() -> None:
    with connect(None) as con:
        assert differing(con, "SELECT 1 AS a UNION ALL SELECT 1", "SELECT 1 AS a") == 1
        assert (
            differing(
                con, "SELECT 1e0 AS x UNION ALL SELECT 2e0", "SELECT 2e0 + 1e-12 AS x UNION ALL SELECT 1e0"
            )
            == 0
        )
        assert differing(con, "SELECT 1e0 AS x", "SELECT 3e0 AS x") == 1


def test_figures_are_rounded_to_twelve_digits_and_nothing_else_is() -> None:
    figures = [1 / 3, 2 / 3 * 1e-5, -123.4567890123456, 0.1 + 0.2, 5e-324, 1e-30, 0.0, inf, -inf, None]
    names = pa.array([*"abcdefghi", None]).dictionary_encode()
    before = pa.table({"name": names, "x": figures, "k": [*range(10)], "rest": pa.nulls(10, pa.float64())})
    found = rounded(before)
    assert found.schema == before.schema
    assert found.drop(["x"]) == before.drop(["x"])
    exact = [0.333333333333, 6.66666666667e-06, -123.456789012, 0.3]
    assert found["x"].to_pylist() == [
        *exact,
        pytest.approx(5e-324),
        pytest.approx(1e-30),
        0.0,
        inf,
        -inf,
        None,
    ]
    assert rounded(found) == found
    assert rounded(SCHEMA.empty_table()) == SCHEMA.empty_table()


@given(st.floats(1e-11, 1e11))
def test_rounding_is_that_of_the_decimal_text(x: float) -> None:
    (found,) = rounded(pa.table({"x": [x]}))["x"].to_pylist()
    text = float(f"{x:.11e}")
    assert found == text or abs(found - x) == pytest.approx(abs(text - x), rel=1e-3)  # halfway between two


def kept_rows(computed: Sequence[Row], published: pa.Table, extra: str = "") -> list[Row]:
    with connect(None) as con:
        con.register("computed", table(computed))
        con.register("published", published)
        return con.execute(
            f"FROM ({kept(con, f'SELECT *{extra} FROM computed', 'FROM published')}) ORDER BY ALL"
        ).fetchall()


LATER = date(1970, 1, 8)
OLD = 0.1 + 0.2  # 0.30000000000000004


def test_a_row_that_is_the_same_keeps_the_figures_that_were_published() -> None:
    published = table([row(OLD, 1 / 3), row(5.0, None, "b"), row(OLD, OLD, "c"), row(7.0, 7.0, "gone")])
    computed = [row(0.3, 0.333333333333), row(5.0, None, "b"), row(0.3, 0.4, "c"), row(0.3, OLD, "new")]
    assert kept_rows(computed, published) == [
        row(OLD, 1 / 3),  # the same
        row(5.0, None, "b"),  # equal
        row(0.3, 0.4, "c"),  # one figure of it changed
        row(0.3, OLD, "new"),  # was not there
    ]


def test_weeks_are_kept_each_by_itself_and_a_new_week_is_as_it_was_computed() -> None:
    published = table([row(OLD), (LATER, "a", OLD, 1.0)])
    new = (date(1970, 1, 15), "a", 0.3, 1.0)
    assert kept_rows([row(OLD), (LATER, "a", 0.3, 1.0), new], published) == [
        row(OLD),
        (LATER, "a", OLD, 1.0),
        new,
    ]
    assert kept_rows([row(0.3), (LATER, "b", 0.3, 1.0)], published) == [row(OLD), (LATER, "b", 0.3, 1.0)]
    without = (None, "a", OLD, 1.0)
    assert kept_rows([(None, "a", 0.3, 1.0)], table([without])) == [without]


def test_columns_that_the_published_table_lacks_or_has_of_another_type_are_as_computed() -> None:
    published = table([row(OLD, OLD)])
    assert kept_rows([row(0.3, 0.3)], published.drop(["y"]).append_column("z", [[1.0]])) == [row(OLD, 0.3)]
    other = published.set_column(3, "y", pa.array(["0.3"]))
    assert kept_rows([row(0.3, 0.3)], other) == [row(OLD, 0.3)]
    assert kept_rows([row(0.3, 0.3)], published, ", 'more' AS more") == [(*row(OLD, OLD), "more")]


def test_a_table_without_weeks_and_rows_without_names_are_kept_too() -> None:
    with connect(None) as con:
        query = kept(con, "SELECT 'a' AS name, 0.3e0 AS x", "SELECT 'a' AS name, 0.1e0 + 0.2e0 AS x")
        assert con.execute(query).fetchall() == [("a", OLD)]
    published = table([row(1.0), row(OLD), row(OLD)])
    assert kept_rows([row(0.3), row(1.0), row(0.3), row(0.3)], published) == [
        row(0.3),
        row(OLD),
        row(OLD),
        row(1.0),
    ]
