"""Each rule of each Great Expectations suite, on a row that breaks it."""

from __future__ import annotations

import duckdb
import pytest

from assets.quality import columns
from assets.quality.scope import CheckScope
from tests.warehouse.checks.quality_rows import HERE, ONE, WEEK, broken, check, first
from warehouse.store import Store


def _bad_values(rule: columns.Rule) -> list[str]:
    """Return SQL literals that break a rule."""
    if rule.expectation == "ExpectColumnValuesToNotBeNull":
        return ["NULL"]
    if rule.expectation == "ExpectColumnValuesToBeInSet":
        return ["7"] if isinstance(rule.arguments["value_set"][0], int) else ["'undeclared'"]
    if rule.expectation == "ExpectColumnValuesToMatchRegex":
        return ["'Not of this form!'", "''"]
    most = rule.arguments["max_value"]
    return [f"{rule.arguments['min_value']} - 1", *([f"{most} + 1"] if most is not None else [])]


RULES = [
    (table, rule, value)
    for table, rules in columns.SUITES.items()
    for rule in rules
    if "column" in rule.arguments
    for value in _bad_values(rule)
]


@pytest.mark.parametrize(
    ("table", "rule", "value"), RULES, ids=[f"{t}.{r.arguments['column']} {r.says}: {v}" for t, r, v in RULES]
)
def test_invariant_11_each_rule_of_a_column_can_fail(
    con: duckdb.DuckDBPyConnection, table: str, rule: columns.Rule, value: str
) -> None:
    column = rule.arguments["column"]
    where = first(table, f"{column} IS NOT NULL") if value == "NULL" else first(table)
    with broken(con, f"UPDATE {table} SET {column} = {value} WHERE {where}"):
        found = columns.failures(table, CheckScope(con=con, week=WEEK, model=None, store=None, seed=""))
    assert [(row["model"], row["failing_rows"], row["problem"]) for row in found] == [
        (
            "sim-one" if column != "model" else value.strip("'"),
            1,
            f"{table}.{column} {rule.says}; rows that break this: 1",
        )
    ]


@pytest.mark.parametrize("table", ["plans", "slots"])
def test_invariant_11_a_table_without_rows_is_told(con: duckdb.DuckDBPyConnection, table: str) -> None:
    with broken(con, f"DELETE FROM {table} WHERE {HERE}"):
        found = columns.failures(table, CheckScope(con=con, week=WEEK, model=ONE, store=None, seed=""))
    assert [(row["model"], row["problem"]) for row in found] == [(ONE, f"{table} has no rows")]


def test_no_progress_bar_is_shown(
    con: duckdb.DuckDBPyConnection, store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    check(con, store)
    shown = capfd.readouterr()
    assert shown.out + shown.err == ""
