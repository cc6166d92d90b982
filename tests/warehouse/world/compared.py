"""Rows of two sides, compared to 1e-9 by a key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np

Row = dict[str, Any]


def same(one: Any, other: Any) -> bool:
    """Return whether two values of a row are equal, or equal numbers to 1e-9; NaN is NULL."""
    one, other = (None if isinstance(x, float) and np.isnan(x) else x for x in (one, other))
    if one is None or other is None or isinstance(one, str | bool | list):
        return bool(one == other)
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return bool(one == other)


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def differing(
    ours: Sequence[Row], theirs: Sequence[Row], key: Sequence[str], columns: Sequence[str]
) -> list[Any]:
    """Return the keys that only one side has, and the columns that differ, with both values."""
    one, other = ({tuple(row.get(name) for name in key): row for row in side} for side in (ours, theirs))
    assert len(one) == len(ours)
    assert len(other) == len(theirs)
    return [
        *(("only one", at) for at in one.keys() ^ other.keys()),
        *(
            (at, name, row.get(name), other[at].get(name))
            for at, row in one.items()
            if at in other
            for name in columns
            if not same(row.get(name), other[at].get(name))
        ),
    ]
