"""The ten queries of docs/warehouse.md run on a published edition, and each finds something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.metrics.figures.registry import TABLES
from tests.orchestration.installation import Installation
from warehouse.database.published import open_published

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "warehouse.md").read_text(encoding="utf-8")
(_BLOCK,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
QUERIES = [query.strip() for query in _BLOCK.split(";\n") if query.strip()]


def test_there_are_ten_queries_on_two_screens() -> None:
    assert len(QUERIES) == 10
    assert len(PAGE.splitlines()) <= 90


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.splitlines()[0])
def test_each_query_finds_something(query: str, published_once: Installation) -> None:
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        assert con.execute(query).fetchall()


def test_its_tables_are_tables_and_all_tables_of_results_are_there(published_once: Installation) -> None:
    named = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert {"counts", "answers", "figures", *(one.id for one in TABLES)} <= {*named} <= tables
