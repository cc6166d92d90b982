"""What a result says: whose rows are wrong, how much, in one line; and an error is neither pass nor fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pytest

from assets.quality import columns, run
from assets.quality.registry import CHECKS, CheckSpec
from assets.quality.run import CheckResult, run_checks
from assets.quality.scope import CheckScope
from warehouse.sqlfiles import sql

BY_NAME = {check.name: check for check in CHECKS}

WEEK = "2026-11-23"


def _result(monkeypatch: pytest.MonkeyPatch, name: str, rows: Sequence[dict[str, Any]]) -> CheckResult:
    """Return what a check says when its rule finds `rows`."""
    spec: CheckSpec = BY_NAME[name]
    monkeypatch.setattr(run, "CHECKS", (spec,))
    monkeypatch.setattr(run, "_RUNNERS", {spec.kind: lambda *_: rows})
    (result,) = run_checks(duckdb.connect(), week=WEEK, model=None, stage="publish", store=None, seed="any")
    return result


def test_no_failing_row_is_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _result(monkeypatch, "labels__slot_exists", [])
    assert (result.status, result.failing_rows, result.models, result.sample) == ("pass", 0, (), [])


def test_models_are_named_once_and_sorted_and_each_has_its_own_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [{"model": "b"}, {"model": "a"}, {"model": "b"}]
    result = _result(monkeypatch, "labels__slot_exists", rows)
    assert result.status == "fail"
    assert result.models == ("a", "b")
    assert result.failing_rows == 3
    assert result.message == "a: labels of no planned slot: 1; b: labels of no planned slot: 2"
    assert result.message_for("b") == "labels of no planned slot: 2"


def test_one_model_alone_is_not_named_in_its_own_message(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _result(monkeypatch, "labels__slot_exists", [{"model": "a"}] * 7)
    assert result.message == "labels of no planned slot: 7"
    assert len(result.sample) == 5


def test_a_row_without_a_model_keeps_the_others_from_taking_the_blame_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = _result(monkeypatch, "labels__slot_exists", [{"model": "a"}, {"model": None}])
    assert result.models == ()  # critical and no model named: publishing stops
    assert result.failing_rows == 2


def test_a_row_can_stand_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _result(monkeypatch, "attempts__slot_exists", [{"model": "a", "failing_rows": 4}])
    assert result.failing_rows == 4
    assert result.message.endswith(": 4")


def test_many_problems_are_counted_and_not_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"model": "a", "problem": f"problem {number}"} for number in range(5)]
    result = _result(monkeypatch, "attempts__completeness", rows)
    assert result.message == "problem 0; problem 1; problem 2; and 2 more"


@pytest.mark.parametrize("name", ["labels__slot_exists", "labels__canary_person"])
def test_invariant_11_a_statement_that_cannot_run_is_an_error_and_no_failure(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    broken = "SELECT no_such_column\nFROM labels WHERE week = $week AND $model IS NULL"
    monkeypatch.setattr(
        "assets.quality.run.sql", lambda file: broken if file == f"checks/{name}" else sql(file)
    )
    results = {
        result.name: result
        for result in run_checks(con, week=WEEK, model=None, stage="labels", store=None, seed="any")
    }
    result = results.pop(name)
    assert result.status == "error"
    assert (result.failing_rows, result.models, result.sample) == (0, (), [])
    assert result.message.startswith("the check could not be run: ")
    assert "no_such_column" in result.message
    assert "\n" not in result.message
    assert {other.status for other in results.values()} == {"pass"}


def test_invariant_11_an_exception_inside_an_expectation_is_an_error_and_no_failure(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = columns.Rule("ExpectColumnValuesToMatchRegex", {"column": "labeler", "regex": "("}, "matches")
    monkeypatch.setattr(columns, "SUITES", {**columns.SUITES, "labels": (rule,)})
    con.execute(
        "INSERT INTO labels BY NAME SELECT DATE '2026-11-23' AS week, 'a' AS model, 'k' AS slot_key, 'x' AS attribute,"
        " 'drawing' AS labeler, '1-ab' AS labeler_version, 'y' AS value"
    )
    columns.suite.cache_clear()
    try:
        monkeypatch.setattr(run, "CHECKS", (BY_NAME["labels__columns"],))
        (result,) = run_checks(con, week=WEEK, model=None, stage="labels", store=None, seed="any")
    finally:
        columns.suite.cache_clear()
    assert result.status == "error"
    assert (result.failing_rows, result.models) == (0, ())
    assert result.message.startswith("the check could not be run: expect_column_values_to_match_regex: ")


def test_invariant_11_bytes_that_cannot_be_read_are_an_error_and_no_failure(
    con: duckdb.DuckDBPyConnection,
) -> None:
    results = run_checks(con, week=WEEK, model=None, stage="images", store=None, seed="any")
    errors = {result.name: result.message for result in results if result.status == "error"}
    assert set(errors) == {"plans__as_in_bucket", "images__bytes_as_stored"}
    assert set(errors.values()) == {"the check could not be run: no store was given to read from"}


def test_a_scope_gives_a_statement_the_parameters_that_it_has(con: duckdb.DuckDBPyConnection) -> None:
    scope = CheckScope(con=con, week=WEEK, model=None, store=None, seed="s")
    assert scope.rows("SELECT $seed AS seed") == [{"seed": "s"}]
    assert scope.rows("SELECT $week AS week, $model AS model") == [{"week": WEEK, "model": None}]
