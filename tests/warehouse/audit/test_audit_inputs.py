"""An audit query starts from labels, attempts and plans: what it reads is no view, no result, nothing derived."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse import sqlfiles
from warehouse.database import marts
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.gold_objects import GOLD_TABLES
from warehouse.loading.load import COMPUTED_TABLES, COUNTED_TABLES, PARTITION_TABLES, STUDY_TABLES
from warehouse.sqlfiles import header, names, sql

#: What is computed from other tables; `images` is filled from attempts.
DERIVED = {*COMPUTED_TABLES, *COUNTED_TABLES, "draws", "images", "loads"}
#: What was planned, asked, labeled and said by people, and what the analysis file declares.
BASE = {
    *PARTITION_TABLES,
    *STUDY_TABLES,
    *GOLD_TABLES,
    *ANALYSIS_TABLES,
    "joint_values",
    "outcomes",
} - DERIVED
_HIDDEN = {"withheld": "which weeks are no observations is decided by checks, not by figures"}
_BEGUN = {"changes": "says where spans begin anew"}
_QUANTILES = {
    "figures": "has the quantiles (critical) and worth, which SQL does not compute, and says what is published"
}
#: Audit query → what else it reads, and why a fault there is not repeated unnoticed.
DECLARED: dict[str, dict[str, str]] = {
    **{key: {**_HIDDEN, **_BEGUN, **_QUANTILES} for key in ("shares", "gaps", "stereotypes", "corrected")},
    "claim_shares": {
        **_HIDDEN,
        **_BEGUN,
        "claim_shares": "has worth and thresholds; shares, intervals and verdicts come from labels",
    },
    "words": {
        **_HIDDEN,
        **_BEGUN,
        "words": "has the quantiles, and says which prompts make a pair; changes of shares come from labels",
    },
    "gold_draw": {
        "images": "lists which of the loaded pictures a sample was drawn of; it computes no figure"
    },
    "who_is_the_ceo": {
        "cell_counts": "answers a reader's question from the view that readers are given; the query "
        "counts_from_labels finds the same numbers"
    },
}


def reads(statement: str) -> set[str]:
    """Return the tables and views that a statement names, without its own common table expressions."""
    with duckdb.connect() as con:
        (told,) = con.execute("SELECT json_serialize_sql($statement)", {"statement": statement}).fetchall()[0]
    parsed = json.loads(told)
    assert not parsed["error"], parsed
    named, own = _named(parsed)
    assert not own & (BASE | DERIVED | set(marts.order())), (
        "a part of a query has the name of a table or view"
    )
    return named - own


def _named(node: Any) -> tuple[set[str], set[str]]:
    """Return the names after FROM and JOIN, and those of common table expressions, anywhere below a node."""
    named: set[str] = set()
    own: set[str] = set()
    for part in node if isinstance(node, list) else node.values():
        if isinstance(part, dict | list):
            below = _named(part)
            named |= below[0]
            own |= below[1]
    if isinstance(node, dict):
        named |= {node["table_name"]} if node.get("type") == "BASE_TABLE" else set()
        own |= {entry["key"] for entry in node["cte_map"]["map"]} if "cte_map" in node else set()
    return named, own


def not_from_labels(name: str, statement: str) -> set[str]:
    """Return what an audit query reads beside base tables and what is declared for it."""
    return reads(statement) - BASE - DECLARED.get(name, {}).keys()


@pytest.mark.parametrize("name", names("audit"))
def test_an_audit_query_starts_from_labels(name: str) -> None:
    assert not not_from_labels(name, sql(f"audit/{name}")), (
        f"sql/audit/{name}.sql must find its figures from labels and attempts alone; a view or a result would "
        "repeat its own faults (as counts_from_labels.sql does it; if it must: DECLARED, with the reason)"
    )


def test_what_is_declared_is_read() -> None:
    for name, inputs in DECLARED.items():
        assert inputs.keys() <= reads(sql(f"audit/{name}")), name
        assert not inputs.keys() & BASE, name
        assert all(inputs.values()), name


@pytest.mark.parametrize("folder", ["audit", "marts"])
def test_the_header_names_what_is_read(folder: str) -> None:
    for name in names(folder):
        told = header(f"{folder}/{name}")["Depends on"].rstrip(".").replace(",", " ").split()
        assert set(told) == reads(sql(f"{folder}/{name}")), name


@pytest.mark.parametrize("source", ["cell_counts", "leaderboard", "figures", "board_ranks", "images"])
@pytest.mark.parametrize(
    "statement",
    [
        "FROM {0}",
        "WITH a AS (SELECT * FROM {0} AS labels) FROM a",
        "SELECT * FROM labels AS l LEFT JOIN {0} USING (week, model)",
        "WITH RECURSIVE a AS (FROM slots UNION ALL SELECT a.* FROM a SEMI JOIN main.{0} USING (slot_key)) FROM a",
        "SELECT * FROM labels WHERE week IN (SELECT max(week) FROM {0}) UNION ALL BY NAME FROM plans",
    ],
)
def test_views_and_results_are_found_wherever_they_stand(statement: str, source: str) -> None:
    assert not_from_labels("scores_shares", statement.format(source)) == {source}


def test_what_shared_steps_read_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(sqlfiles.ROOT, tmp_path / "sql")
    monkeypatch.setattr(sqlfiles, "ROOT", tmp_path / "sql")
    shared = tmp_path / "sql" / "audit" / "_answers_given.sql"
    own = (tmp_path / "sql" / "audit" / "answers_from_labels.sql").read_text()
    assert not reads(sql("audit/answers_from_labels")) - BASE
    assert "labels" not in reads(own)
    assert shared.read_text().count("    FROM slots\n") == 1
    shared.write_text(
        shared.read_text().replace("    FROM slots\n", "    FROM slots SEMI JOIN board_ranks USING (week)\n")
    )
    assert not_from_labels("answers_from_labels", sql("audit/answers_from_labels")) == {"board_ranks"}


def test_a_name_of_a_table_is_not_taken_for_a_part_of_the_query() -> None:
    with pytest.raises(AssertionError, match="has the name of a table or view"):
        reads("WITH cell_counts AS (FROM labels) FROM cell_counts")
