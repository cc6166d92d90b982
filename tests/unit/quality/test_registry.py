"""The list of checks and the files of `sql/checks` say the same."""

from __future__ import annotations

import re

import pytest

from assets.quality import stored
from assets.quality.columns import SUITES
from assets.quality.registry import BY_NAME, CHECKS
from assets.quality.spec import CheckSpec
from warehouse.database.connection import connect
from warehouse.database.sqlfiles import FIELDS, header, names, sql

SQL_CHECKS = [spec for spec in CHECKS if spec.kind == "sql"]


def test_every_file_has_a_row_and_every_row_of_kind_sql_a_file() -> None:
    assert names("checks") == sorted(spec.name for spec in SQL_CHECKS)


def test_every_suite_of_columns_has_a_row_and_every_row_a_suite() -> None:
    assert [f"{table}__columns" for table in SUITES] == [
        spec.name for spec in CHECKS if spec.kind == "columns"
    ]


def test_every_rule_about_bytes_has_a_row_and_every_row_a_rule() -> None:
    assert set(stored.RULES) == {spec.name for spec in CHECKS if spec.kind == "bytes"}


def test_no_two_checks_have_one_name() -> None:
    assert len(BY_NAME) == len(CHECKS)


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
    assert set(header(f"checks/{spec.name}")) == set(FIELDS)
    with connect(None) as con:
        (parsed,) = con.extract_statements(statement)
        assert set(parsed.named_parameters) == {"week", "model"}


@pytest.mark.parametrize("spec", SQL_CHECKS, ids=lambda spec: spec.name)
def test_a_failing_row_has_words_of_its_own_or_the_check_has(spec: CheckSpec) -> None:
    has_problem = re.search(r"\bAS problem\b", sql(f"checks/{spec.name}")) is not None
    assert has_problem is not bool(spec.says)
