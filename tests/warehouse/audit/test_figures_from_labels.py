"""The audit queries find in labels what the formulas make of the same pictures."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from assets.suites.claims import shipped_claims
from tests.warehouse.audit import figured, planted
from tests.warehouse.audit.figured import Row, differing, rows
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.counts import insert_counts
from warehouse.sqlfiles import ROOT, sql

Con = duckdb.DuckDBPyConnection
ENDS = (0, 1, 5, 10, 11)
KEY = (
    "week",
    "model",
    "suite",
    "prompt",
    "selection",
    "attribute",
    "labeler_version",
    "figure",
    "value",
    "yardstick",
)
FIGURE = ("estimate", "low", "high", "n", "prompts", "se", "dispersion")
WORD = (*("k_a", "n_a", "k_b", "n_b", "pairs", "estimate", "low", "high", "se", "dispersion", "df", "clear"),)
PLANTED = " SEMI JOIN (SELECT DISTINCT week FROM figures) AS ends USING (week) WHERE suite = 'rest-of-world'"


@pytest.fixture(scope="module")
def world() -> planted.World:
    return planted.drawn(9)


@pytest.fixture(scope="module")
def con(world: planted.World) -> Iterator[Con]:
    """The planted warehouse with the figures of a few weeks."""
    with connect(None) as made:
        make_tables(made)
        planted.plant(made, world)
        listed = [{name: row[name] for name in row if name != "study"} for row in figured.changes(world)]
        planted.insert(made, "changes", listed)
        for end in ENDS:
            planted.insert(made, "figures", figured.figures(world, end))
            planted.insert(made, "words", figured.words(world, end))
            planted.insert(made, "claim_shares", figured.claims(world, end))
            listed = [*figured.ranked(world, end)]
            for table in ("boards", "board_ranks", "board_pairs"):
                planted.insert(made, table, [row for name, row in listed if name == table])
        yield made


@pytest.fixture(scope="module")
def study() -> Iterator[Con]:
    """A planted study with its figures, and nothing else."""
    with connect(None) as made:
        make_tables(made)
        of = planted.plant_study(made, 5)
        listed = [row for condition in of for row in figured.of_study(condition, of[condition])]
        planted.insert(made, "words", figured.study_words(of))
        for table in ("figures", "boards", "board_ranks", "board_pairs"):
            planted.insert(made, table, [row for name, row in listed if name == table])
        yield made


OF_STUDY = (
    "study",
    "condition",
    "model",
    "prompt",
    "selection",
    "attribute",
    "labeler",
    "figure",
    "value",
    "yardstick",
)


def test_figures_of_studies_follow_from_labels(study: Con) -> None:
    shares = [row for row in rows(study, sql("audit/shares")) if row["value"] == "female"]
    theirs = rows(study, "FROM figures WHERE figure <> 'gap'")
    assert differing(shares, theirs, OF_STUDY, (*FIGURE[:-1], "k")) == []
    theirs = squared(rows(study, "FROM figures WHERE figure = 'gap'"))
    assert differing(squared(rows(study, sql("audit/gaps"))), theirs, OF_STUDY, FIGURE) == []


def test_ranks_of_studies_follow_from_labels(study: Con) -> None:
    key = ("study", "condition", "yardstick", "labeler")
    theirs = rows(study, "FROM board_pairs")
    columns = ("prompts", "difference", "se", "dispersion", "told_apart")
    assert (
        differing(rows(study, sql("audit/board_pairs")), theirs, (*key, "model_a", "model_b"), columns) == []
    )
    assert {row["told_apart"] for row in theirs} == {False, True}
    ranks = rows(study, "FROM board_ranks")
    assert (
        differing(rows(study, sql("audit/board_ranks")), ranks, (*key, "model"), ("rank_low", "rank_high"))
        == []
    )


def test_words_of_studies_follow_from_labels(study: Con) -> None:
    key = ("study", "model", "comparison", "subject", "attribute", "labeler_version", "value")
    theirs = rows(study, "FROM words")
    assert differing(rows(study, sql("audit/words")), theirs, key, WORD) == []
    assert {row["clear"] for row in theirs} == {False, True}


def audited(con: Con, name: str) -> list[Row]:
    return rows(con, f"FROM ({sql(f'audit/{name}')}){PLANTED}")


def published(con: Con, figures: str) -> list[Row]:
    return rows(con, f"FROM figures WHERE figure IN ({figures})")


@pytest.mark.parametrize("table", ["counts", "answers"])
def test_counts_follow_from_labels(con: Con, table: str) -> None:
    where = [
        {"week": planted.WEEKS[week].isoformat(), "model": m} for m, week in (("alder", 0), ("cedar", 5))
    ]
    con.execute("DELETE FROM counts; DELETE FROM answers; DELETE FROM draws")
    for partition in where:
        insert_counts(con, partition)
    again = sql(f"audit/{table}_from_labels")
    for one, other in ((table, f"({again}) AS again"), (f"({again}) AS again", table)):
        missing = (
            f"SELECT * FROM {one} SEMI JOIN {table} AS t USING (week, model) EXCEPT ALL SELECT * FROM {other}"
        )
        assert rows(con, missing) == []
    assert len(rows(con, f"FROM {table}")) > 10


def test_shares_follow_from_labels(con: Con) -> None:
    theirs = published(con, "'share', 'mean_share', 'refused'")
    assert differing(audited(con, "shares"), theirs, KEY, (*FIGURE, "k")) == []
    assert {row["worth"] > 1 for row in theirs} == {False, True}


def squared(gaps: list[Row]) -> list[Row]:
    """Return gaps with their squares: the root of what is 0 but for rounding differs by more than rounding."""
    return [
        {**row, **{end: row[end] and row[end] ** 2 for end in ("estimate", "low", "high")}} for row in gaps
    ]


def test_gaps_follow_from_labels(con: Con) -> None:
    theirs = squared(published(con, "'gap'"))
    assert differing(squared(audited(con, "gaps")), theirs, KEY, (*FIGURE, "df")) == []


def test_stereotypes_follow_from_labels(con: Con) -> None:
    theirs = published(con, "'stereotypes', 'stereotypes_others'")
    assert differing(audited(con, "stereotypes"), theirs, KEY, (*FIGURE, "df", "k")) == []


BOARD = ("week", "suite", "selection", "attribute", "yardstick")


def test_pairs_of_models_follow_from_labels(con: Con) -> None:
    theirs = rows(con, "FROM board_pairs")
    columns = ("prompts", "difference", "se", "dispersion", "told_apart")
    assert differing(audited(con, "board_pairs"), theirs, (*BOARD, "model_a", "model_b"), columns) == []
    assert {row["told_apart"] for row in theirs} == {False, True}


def test_ranks_follow_from_labels(con: Con) -> None:
    theirs = rows(con, "FROM board_ranks")
    assert differing(audited(con, "board_ranks"), theirs, (*BOARD, "model"), ("rank_low", "rank_high")) == []


def test_sizes_of_changes_follow_from_labels(con: Con) -> None:
    theirs = [row for row in rows(con, "FROM changes") if row["attribute"]]
    ours = [row for row in rows(con, sql("audit/changes")) if row["attribute"]]
    columns = ("before_k", "before_n", "after_k", "after_n", "size", "se", "dispersion", "df")
    assert differing(ours, theirs, ("week", "model", "attribute", "value", "changed_week"), columns) == []
    assert len(theirs) == 1


def test_words_follow_from_labels(con: Con) -> None:
    key = ("week", "model", "comparison", "subject", "attribute", "labeler_version", "value")
    theirs = rows(con, "FROM words")
    assert differing(rows(con, sql("audit/words")), theirs, key, WORD) == []
    assert {row["clear"] for row in theirs} == {None, False, True}
    assert {row["pairs"] for row in theirs} == {0, 1, 2, 3}


def test_claims_follow_from_labels(con: Con) -> None:
    counts = ("k", "n", "unseen", "control_k", "control_n", "beside_k")
    columns = (*counts, "share", "low", "high", "bound_low", "bound_high", "verdict")
    theirs = rows(con, "FROM claim_shares")
    assert (
        differing(rows(con, sql("audit/claim_shares")), theirs, ("week", "model", "claim", "part"), columns)
        == []
    )
    assert {row["verdict"] for row in theirs} == {"yes", "no", "cannot_tell", "not_asked"}


def test_the_query_counts_what_the_file_of_claims_declares(con: Con) -> None:
    found = rows(con, (ROOT / "audit/_registered.sql").read_text())
    declared = [
        {
            **{"claim": claim.id, "part": part, "suite": claim.suite, "majors": [*claim.majors]},
            **{"prompts": [*prompts], "controls": [*claim.control]},
            "attribute": attribute if len(claim.shows) == 1 else f"all:{claim.id}",
            "counted": [*values] if len(claim.shows) == 1 else ["shown"],
            "beside": [*claim.beside.get(attribute, ())],
        }
        for claim in shipped_claims()
        for attribute, values in [next(iter(claim.shows.items()))]
        for part, prompts in claim.pictures.items()
    ]
    assert found == declared
