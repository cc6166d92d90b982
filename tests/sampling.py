"""Rows of table-driven tests that cost seconds each: all of them with CLICHE_LONG_TESTS=1, every so many without."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

Row = TypeVar("Row")


def some(rows: Iterable[Row], every: int) -> list[Row]:
    """Return each `every`-th row from the first on, or all rows with CLICHE_LONG_TESTS=1."""
    return list(islice(rows, 0, None, 1 if os.environ.get("CLICHE_LONG_TESTS") else every))
