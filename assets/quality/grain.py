"""Checks that no row of a table stands twice: by the grain that its comment states."""

from __future__ import annotations

from assets.quality.scope import CheckScope, Row
from warehouse.database.published import published_tables, stated_grain
from warehouse.loading.load import COMPUTED_TABLES


def twice(scope: CheckScope, *, computed: bool) -> list[Row]:
    """Return a row for each grain of such tables that stands more than once in the week, with its model."""
    statements = []
    for table in tables(computed=computed):
        columns = {name for name, *_ in published_tables()[table][0]}
        of_model = "any_value(model)" if "model" in columns else "NULL"
        only = "($model IS NULL OR model = $model)" if "model" in columns else "$model IS NULL"
        statements.append(
            f"SELECT {of_model} AS model, count(*) - 1 AS failing_rows, "  # noqa: S608 - names of tables and columns
            f"'{table} holds a row twice' AS problem FROM {table} WHERE week = $week AND {only} "
            f"GROUP BY {', '.join(stated_grain(table))} HAVING count(*) > 1"
        )
    return [*scope.rows(" UNION ALL ".join(statements))]


def tables(*, computed: bool) -> list[str]:
    """Return the published tables with a week that are computed, or those that are loaded."""
    weekly = (
        table
        for table, (columns, _) in published_tables().items()
        if "week" in {name for name, *_ in columns} and stated_grain(table)
    )
    return sorted(table for table in weekly if (table in COMPUTED_TABLES) is computed)
