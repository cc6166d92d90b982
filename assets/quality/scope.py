"""What a check is given: the warehouse, the store, and which rows it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb

from warehouse.store.base import Store

#: A failing row; its `model`, where it has one, is the model to blame.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class CheckScope:
    """The rows of one week, and of one model if `model` is given."""

    con: duckdb.DuckDBPyConnection
    week: str
    model: str | None
    store: Store | None
    seed: str

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a statement with the parameters $week, $model and $seed, where it has them."""
        self.execute(statement)
        names = [column[0] for column in self.con.description or ()]
        return [dict(zip(names, row, strict=True)) for row in self.con.fetchall()]

    def execute(self, statement: str) -> duckdb.DuckDBPyConnection:
        """Run a statement with those of the parameters $week, $model and $seed that it has."""
        known = {"week": self.week, "model": self.model, "seed": self.seed}
        return self.con.execute(statement, {name: known[name] for name in _parameters(statement)})


@cache
def _parameters(statement: str) -> frozenset[str]:
    """Return the names of the parameters of a statement; the checks' files are read again for every week."""
    return frozenset(duckdb.extract_statements(statement)[0].named_parameters)
