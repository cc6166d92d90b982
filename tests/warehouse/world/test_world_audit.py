"""Each audit query finds in the labels of the planted world what the product published of it, row by row."""

from __future__ import annotations

import duckdb
import pytest

from tests.warehouse.world.compared import Row, differing, rows
from tests.world import planted
from warehouse.sqlfiles import sql

Con = duckdb.DuckDBPyConnection
FIELD = ("week", "study", "suite", "suite_major", "condition", "turn", "model")
FIGURE = (
    *FIELD,
    "prompt",
    "selection",
    "attribute",
    "labeler",
    "labeler_version",
    "figure",
    "value",
    "yardstick",
)
MODEL = planted.REREAD[0]
VERSIONS = {planted.version(MODEL, week) for week in planted.WEEKS}
BOARD = ("week", "study", "track", "simulated", "suite", "suite_major", "condition", "turn", "selection")
BOARD += ("attribute", "yardstick", "labeler")
MEAN = ("estimate", "low", "high", "n", "prompts", "se", "dispersion")


def audited(con: Con, name: str) -> list[Row]:
    return rows(con, sql(f"audit/{name}"))


def squared(found: list[Row]) -> list[Row]:
    """Return gaps with their squares: the root of what is 0 but for rounding differs by more than rounding."""
    ends = ("estimate", "low", "high")
    return [{**row, **{end: row[end] and row[end] ** 2 for end in ends}} for row in found]


def plainly(found: list[Row]) -> list[Row]:
    """Return rows with NULL where a study has no weeks to count: the query says infinite degrees of freedom."""
    return [{name: None if value == float("inf") else value for name, value in row.items()} for row in found]


@pytest.mark.parametrize("table", ["counts", "answers"])
def test_counts(planted_con: Con, table: str) -> None:
    columns = ", ".join(name for name, *_ in planted_con.execute(f"DESCRIBE {table}").fetchall())
    again = f"(SELECT {columns} FROM ({sql(f'audit/{table}_from_labels')}))"
    for one, other in ((table, again), (again, table)):
        assert (
            rows(planted_con, f"SELECT {columns} FROM {one} EXCEPT ALL SELECT {columns} FROM {other}") == []
        )
    assert {row["week"] is None for row in rows(planted_con, f"SELECT DISTINCT week FROM {table}")} == {
        False,
        True,
    }


#: Audit query → which figures it finds, and which of their columns.
FIGURES = {
    "shares": ("figure IN ('share', 'mean_share', 'refused') AND n > 0", (*MEAN, "k")),
    "gaps": ("figure = 'gap' AND estimate IS NOT NULL", (*MEAN, "df")),
    "stereotypes": ("figure ^@ 'stereotypes' AND estimate IS NOT NULL", (*MEAN, "df", "k")),
}


@pytest.mark.parametrize("query", FIGURES)
def test_figures(planted_con: Con, query: str) -> None:
    where, columns = FIGURES[query]
    theirs = rows(planted_con, f"FROM figures WHERE {where}")
    ours = plainly(audited(planted_con, query))
    key = tuple(name for name in FIGURE if name in ours[0])
    if query == "gaps":
        ours, theirs = squared(ours), squared(theirs)
    assert differing(ours, theirs, key, columns) == []
    assert len(theirs) > 50
    if query == "shares":
        assert {row["worth"] > 1 for row in theirs} == {False, True}
        assert {row["labeler_version"] for row in theirs if row["model"] == MODEL} == {None, *VERSIONS}
        assert {row["selection"] for row in theirs if row["study"]} == {None, "mostly-men", "mostly-women"}
    if query == "gaps":
        assert len({row["yardstick"] for row in theirs if row["study"]}) == 2


def test_corrected_shares(planted_con: Con) -> None:
    theirs = rows(planted_con, "FROM figures WHERE figure = 'corrected_share'")
    columns = ("estimate", "low", "high", "se", "df", "n", "dispersion", "reason")
    ours = audited(planted_con, "corrected")
    key = tuple(name for name in FIGURE if name in ours[0])
    assert differing(ours, theirs, key, columns) == []
    assert {row["reason"] for row in theirs} >= {None, "no_gold", "few_gold", "raters_differ"}
    assert len([row for row in theirs if row["low"] is not None]) > 10


def test_bounds_of_means_follow_from_the_shares_of_prompts(planted_con: Con) -> None:
    """More than one answer in twenty unseen: they may all have shown the value, or none of them."""
    found = rows(
        planted_con,
        """
        WITH ends AS (
            SELECT
                week, model, suite, suite_major, condition, turn, attribute, value,
                avg(k / (n + unseen)) AS least, avg((k + unseen) / (n + unseen)) AS most
            FROM figures WHERE figure = 'share' AND week IS NOT NULL AND n >= 5
            GROUP BY ALL
        )
        SELECT
            bound_low, bound_high, unseen > 0.05 * (n + unseen) AS many,
            greatest(least - coalesce(estimate - low, 0), 0) AS lowest,
            least(most + coalesce(high - estimate, 0), 1) AS highest
        FROM figures
        INNER JOIN ends USING (week, model, suite, suite_major, condition, turn, attribute, value)
        WHERE figure = 'mean_share' AND selection IS NULL AND estimate IS NOT NULL
        """,
    )
    for row in found:
        ends = (row["lowest"], row["highest"]) if row["many"] else (None, None)
        assert (row["bound_low"], row["bound_high"]) == (ends if ends[0] is None else pytest.approx(ends))
    assert {row["many"] for row in found} == {False, True}
    gaps = rows(
        planted_con, "FROM figures WHERE figure = 'gap' AND bound_low IS NOT NULL AND low IS NOT NULL"
    )
    assert gaps
    assert all(0 <= row["bound_low"] <= row["low"] <= row["high"] <= row["bound_high"] <= 1 for row in gaps)


def test_what_is_said_of_a_model_holds_if_all_its_pairs_do(planted_con: Con) -> None:
    keys = (*BOARD, "labeler_version", "model")
    doubted = {
        tuple({**row, "model": row[side]}[key] for key in keys)
        for row in rows(planted_con, "FROM board_pairs WHERE told_apart AND NOT holds")
        for side in ("model_a", "model_b")
    }
    found = rows(planted_con, "FROM board_ranks WHERE rank_low IS NOT NULL")
    for row in found:
        assert row["holds"] is (tuple(row[key] for key in keys) not in doubted)
    assert {row["holds"] for row in found} == {False, True}
    resolved = rows(planted_con, "SELECT week FROM boards WHERE week IS NOT NULL AND resolution IS NOT NULL")
    assert {str(row["week"]) for row in resolved} <= {*planted.WEEKS[7:]}
    assert resolved


def test_words(planted_con: Con) -> None:
    theirs = rows(planted_con, "FROM words")
    columns = (
        "k_a",
        "n_a",
        "k_b",
        "n_b",
        "pairs",
        "estimate",
        "low",
        "high",
        "se",
        "dispersion",
        "df",
        "clear",
    )
    ours = plainly(audited(planted_con, "words"))
    key = ("week", "study", "model", "suite", "suite_major", "kind", "comparison", "subject", "attribute")
    key = tuple(name for name in (*key, "labeler", "labeler_version", "value") if name in ours[0])
    assert differing(ours, theirs, key, columns) == []
    assert {row["study"] is None for row in theirs} == {False, True}
    assert {row["clear"] for row in theirs} == {None, False, True}
    assert {row["pairs"] for row in theirs} >= {0, 1, 2}


def test_claims(planted_con: Con) -> None:
    theirs = rows(planted_con, "FROM claim_shares")
    columns = ("k", "n", "unseen", "control_k", "control_n", "beside_k", "share", "low", "high")
    columns += ("bound_low", "bound_high", "verdict")
    ours = audited(planted_con, "claim_shares")
    assert differing(ours, theirs, ("week", "model", "claim", "part"), columns) == []
    assert len(theirs) > 500
    assert {row["verdict"] for row in theirs if row["threshold"]} == {"yes", "no", "cannot_tell", "not_asked"}
