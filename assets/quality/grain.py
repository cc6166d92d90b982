"""Checks that no row of a table stands twice: by the grain that its comment states."""

from __future__ import annotations

from collections.abc import Iterable

from assets.quality.scope import CheckScope, Row
from warehouse.database.published import published_tables, stated_grain
from warehouse.loading.load import COMPUTED_TABLES

#: Check → whether it looks at tables that are computed, or at those that are loaded.
RULES = {"loaded__one_row_each": False, "computed__one_row_each": True}


def twice(scope: CheckScope, tables: Iterable[str]) -> list[Row]:
    """Return a row for each grain of these tables that stands more than once in the week, with its model."""
    statements = []
    for table in tables:
        columns = {name for name, *_ in published_tables()[table][0]}
        of_model = "any_value(model)" if "model" in columns else "NULL"
        only = "($model IS NULL OR model = $model)" if "model" in columns else "$model IS NULL"
        statements.append(
            f"SELECT {of_model} AS model, count(*) - 1 AS failing_rows, "  # noqa: S608 - names of tables and columns
            f"'{table} holds a row twice' AS problem FROM {table} WHERE week = $week AND {only} "
            f"GROUP BY {', '.join(stated_grain(table))} HAVING count(*) > 1"
        )
    return [*scope.rows(" UNION ALL ".join(statements))]


def tables_of(check: str) -> list[str]:
    """Return the published tables with a week that a check of `RULES` looks at."""
    weekly = (
        table
        for table, (columns, _) in published_tables().items()
        if "week" in {name for name, *_ in columns} and stated_grain(table)
    )
    return sorted(table for table in weekly if (table in COMPUTED_TABLES) is RULES[check])
