"""Running quality checks: every check of a stage gives one result, whatever happens to the others.

A check that could not be run is an error: neither passed nor failed, and, if critical, it blocks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import duckdb

from assets.quality import columns, stored
from assets.quality.registry import CHECKS, CheckSpec, Kind, Severity, Stage
from assets.quality.scope import CheckScope, Row
from warehouse.database.connection import was_interrupted
from warehouse.database.published import published_tables, stated_grain
from warehouse.loading.load import COMPUTED_TABLES
from warehouse.sqlfiles import sql
from warehouse.store.base import Store

SAMPLE = 5
_PROBLEMS = 3  # of one model, in one message


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        status: pass, fail, or error where the check itself could not be run.
        failing_rows: number of rows that broke the rule; 0 for pass and error.
        models: the models that failing rows name, sorted; empty if any failing row names none.
        messages: the message of each model alone, by model.
    """

    name: str
    severity: Severity
    status: Literal["pass", "fail", "error"]
    failing_rows: int = 0
    models: tuple[str, ...] = ()
    message: str = "holds"
    sample: Sequence[Row] = field(default_factory=list)
    messages: Mapping[str, str] = field(default_factory=dict)

    def message_for(self, model: str) -> str:
        """Return what is wrong with `model` alone, as one line."""
        return self.messages.get(model, self.message)


def run_checks(
    con: duckdb.DuckDBPyConnection,
    *,
    week: str,
    model: str | None,
    stage: Stage,
    store: Store | None,
    seed: str,
    chosen: Callable[[CheckSpec], bool] = lambda _: True,
) -> list[CheckResult]:
    """Run the checks of one stage on the rows of one week and return a result for each, in the registry's order.

    Only rows of the week, and of the model unless it is None, can fail. Without a store, checks that re-read it are
    errors; pictures are a sample that is drawn by the seed. `chosen` leaves out checks of tables that are filled later.
    """
    scope = CheckScope(con=con, week=week, model=model, store=store, seed=seed)
    return [_run(spec, scope) for spec in CHECKS if stage in spec.stages and chosen(spec)]


def _run(spec: CheckSpec, scope: CheckScope) -> CheckResult:
    try:
        rows = _RUNNERS[spec.kind](spec, scope)
    except Exception as error:  # whatever a check dies of is its error, and no other check's
        if was_interrupted(error):
            raise
        first = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        message = f"the check could not be run: {first}"
        return CheckResult(spec.name, spec.severity, "error", message=message)
    return _judged(spec, rows) if rows else CheckResult(spec.name, spec.severity, "pass")


def _twice(scope: CheckScope, *, computed: bool) -> list[Row]:
    """Return a row for each grain of such tables that stands more than once in the week, with its model."""
    statements = []
    for table in weekly_tables(computed=computed):
        columns = {name for name, *_ in published_tables()[table][0]}
        of_model = "any_value(model)" if "model" in columns else "NULL"
        only = "($model IS NULL OR model = $model)" if "model" in columns else "$model IS NULL"
        statements.append(
            f"SELECT {of_model} AS model, count(*) - 1 AS failing_rows, "  # noqa: S608 - names of tables and columns
            f"'{table} holds a row twice' AS problem FROM {table} WHERE week = $week AND {only} "
            f"GROUP BY {', '.join(stated_grain(table))} HAVING count(*) > 1"
        )
    return [*scope.rows(" UNION ALL ".join(statements))]


def weekly_tables(*, computed: bool) -> list[str]:
    """Return the published tables with a week that are computed, or those that are loaded."""
    weekly = (
        table
        for table, (columns, _) in published_tables().items()
        if "week" in {name for name, *_ in columns} and stated_grain(table)
    )
    return sorted(table for table in weekly if (table in COMPUTED_TABLES) is computed)


_RUNNERS: Mapping[Kind, Callable[[CheckSpec, CheckScope], Sequence[Row]]] = {
    "sql": lambda spec, scope: scope.rows(sql(f"checks/{spec.name}")),
    "columns": lambda spec, scope: columns.failures(spec.table, scope),
    "bytes": lambda spec, scope: stored.RULES[spec.name](scope),
    "grain": lambda spec, scope: _twice(scope, computed=spec.table == "computed"),
}


def _judged(spec: CheckSpec, rows: Sequence[Row]) -> CheckResult:
    by_model: defaultdict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_model[row.get("model")].append(row)
    messages = {model: _message(spec, failing) for model, failing in by_model.items()}
    named = {model: messages[model] for model in sorted(filter(None, messages))}
    general = [messages[None]] if None in messages else []
    lines = [*general, *(f"{model}: {text}" for model, text in named.items())]
    return CheckResult(
        spec.name,
        spec.severity,
        "fail",
        failing_rows=sum(_weight(row) for row in rows),
        models=() if general else tuple(named),
        message="; ".join(lines if len(messages) > 1 else messages.values()),
        sample=rows[:SAMPLE],
        messages=named,
    )


def _weight(row: Row) -> int:
    """Return how many rows of the table a failing row stands for."""
    return int(row.get("failing_rows") or 1)


def _message(spec: CheckSpec, rows: Sequence[Row]) -> str:
    """Return what is wrong with the rows of one model, and how much."""
    if spec.says:
        return f"{spec.says}: {sum(_weight(row) for row in rows)}"
    problems = Counter(str(row["problem"]) for row in rows)
    shown = list(problems)[:_PROBLEMS]
    rest = len(problems) - len(shown)
    return "; ".join([*shown, f"and {rest} more"] if rest else shown)
