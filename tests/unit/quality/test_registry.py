"""The list of checks and the files of `sql/checks` say the same."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assets.quality import registry, run, stored
from assets.quality.columns import SUITES
from assets.quality.registry import CHECKS, CheckSpec
from warehouse import sqlfiles
from warehouse.database.connection import connect
from warehouse.database.published import published_tables
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.sqlfiles import CHECK_FIELDS, FIELDS, header, names, sql

SQL_CHECKS = [spec for spec in CHECKS if spec.kind == "sql"]


def test_every_file_has_a_row_and_every_row_of_kind_sql_a_file() -> None:
    assert names("checks") == sorted(spec.name for spec in SQL_CHECKS)


def test_every_suite_of_columns_has_a_row_and_every_row_a_suite() -> None:
    assert sorted(SUITES) == [spec.table for spec in CHECKS if spec.kind == "columns"]


def test_every_rule_about_bytes_has_a_row_and_every_row_a_rule() -> None:
    assert set(stored.RULES) == {spec.name for spec in CHECKS if spec.kind == "bytes"}


def test_every_table_with_weeks_is_looked_at_for_rows_twice() -> None:
    looked_at = [*run.weekly_tables(computed=False), *run.weekly_tables(computed=True)]
    weekly = {
        table for table, (columns, _) in published_tables().items() if "week" in {c[0] for c in columns}
    }
    assert sorted(looked_at) == sorted(weekly)


def test_no_two_checks_have_one_name() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("spec", CHECKS, ids=lambda spec: spec.name)
def test_a_check_is_named_table_rule_and_says_what_it_wants(spec: CheckSpec) -> None:
    assert re.fullmatch(rf"{spec.table}__[a-z][a-z_]+", spec.name)
    assert spec.description.endswith(".")
    assert "publish" in spec.stages  # what a run checks is checked again on the rows that are published


@pytest.mark.parametrize("spec", SQL_CHECKS, ids=lambda spec: spec.name)
def test_a_check_file_has_its_contract_and_looks_only_at_the_week_and_model_asked_for(
    spec: CheckSpec,
) -> None:
    statement = sql(f"checks/{spec.name}")
    assert set(header(f"checks/{spec.name}")) | {"Says"} == {*FIELDS, *CHECK_FIELDS}
    with connect(None) as con:
        (parsed,) = con.extract_statements(statement)
        assert set(parsed.named_parameters) == {"week", "model"}


@pytest.mark.parametrize("spec", SQL_CHECKS, ids=lambda spec: spec.name)
def test_a_failing_row_has_words_of_its_own_or_the_check_has(spec: CheckSpec) -> None:
    has_problem = re.search(r"\bAS problem\b", sql(f"checks/{spec.name}")) is not None
    assert has_problem is not bool(spec.says)


DUMMY = """\
-- Answers: which plans are there?
-- Grain: week, model.
-- Columns: week, model.
-- Depends on: plans.
-- Severity: warning
-- Stages: images, publish
-- Rule: There is no plan,
--   none at all.
-- Says: plans that are there
SELECT week, model
FROM (VALUES ($week, coalesce($model, 'dummy'))) AS plan (week, model)
"""


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`sql/checks` of a copy of `sql/` that is read instead."""
    shutil.copytree(sqlfiles.ROOT, tmp_path / "sql")
    monkeypatch.setattr(sqlfiles, "ROOT", tmp_path / "sql")
    return tmp_path / "sql" / "checks"


def test_a_check_is_added_with_one_file(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.checks() == CHECKS
    (copied / "plans__none.sql").write_text(DUMMY)
    (added,) = set(registry.checks()) - set(CHECKS)
    assert added == CheckSpec(
        name="plans__none",
        severity="warning",
        stages=("images", "publish"),
        description="There is no plan, none at all.",
        kind="sql",
        says="plans that are there",
    )
    monkeypatch.setattr(run, "CHECKS", registry.checks())
    with connect(None) as con:
        make_tables(con)
        results = run.run_checks(con, week="2026-11-23", model="m", stage="images", store=None, seed="s")
    (result,) = [result for result in results if result.name == "plans__none"]
    assert (result.status, result.models, result.message) == ("fail", ("m",), "plans that are there: 1")


@pytest.mark.parametrize(
    ("line", "instead", "message"),
    [
        ("-- Severity: warning", "-- Severity: serious", '"Severity: serious"; known: critical, warning'),
        ("-- Severity: warning\n", "", '"Severity: "; known: critical, warning'),
        ("-- Stages: images, publish", "-- Stages: images, night", '"Stages: images, night"; known: images'),
        ("-- Stages: images, publish\n", "", '"Stages: "; known: images, labels, publish'),
        ("-- Rule: There is no plan,\n--   none at all.\n", "", 'no "Rule:"'),
    ],
)
def test_a_check_without_a_whole_header_is_refused_by_name(
    copied: Path, line: str, instead: str, message: str
) -> None:
    assert line in DUMMY
    (copied / "plans__none.sql").write_text(DUMMY.replace(line, instead))
    with pytest.raises(UsageError, match=re.escape(message)) as error:
        registry.checks()
    assert str(error.value).startswith("sql/checks/plans__none.sql: ")
