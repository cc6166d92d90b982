"""What most raters said, as a column of its own, has shares as any labeler has, and is in no agreement."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import duckdb
import krippendorff
import pyarrow as pa
import pytest

from assets.metrics.labels.second_opinions import study_agreement
from assets.metrics.pipeline import score_study
from tests.warehouse.studies import study_tables
from warehouse import occasions
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import replace_results

Con = duckdb.DuckDBPyConnection

VALUES = {"f": True, "m": True}
RATERS = ("r-1", "r-2", "r-3", "r-4")
PICTURES = 80
Row = dict[str, Any]


def ratings() -> list[Sequence[str]]:
    """What four raters said of each picture: each errs in one of eight, and ties are settled by another look."""
    chance = random.Random(7)
    found = []
    for _ in range(PICTURES):
        truth = chance.choice("fm")
        found.append([truth if chance.random() > 1 / 8 else "fm"[truth == "f"] for _ in RATERS])
    return found


def majority(said: Sequence[str]) -> str:
    return Counter(said).most_common(1)[0][0]


def label(of: Row, labeler: str, kind: str, value: str) -> Row:
    return {**of, "labeler": labeler, "labeler_kind": kind, "value": value}


def load(con: Con, consensus: str | None) -> list[Row]:
    """Load four raters, a model beside them and, of the kind that is given, the column of what most of them said.

    Returns:
        All rows of agreement.
    """
    half = PICTURES // 2
    said = {(f"m-{n}", "baseline", "ceo"): ["f"] * half for n in (1, 2)}
    tables = study_tables(said, VALUES)
    rows: list[Row] = []
    for of, four in zip(tables["study_labels"].to_pylist(), ratings(), strict=True):
        rows += [label(of, rater, "person", value) for rater, value in zip(RATERS, four, strict=True)]
        rows.append(label(of, "photo", "local_model", four[0]))
        if consensus:
            rows.append(label(of, "majority", consensus, majority(four)))
    values = [{**row, "in_agreement": True} for row in tables["study_attribute_values"].to_pylist()]
    made = {"study_labels": rows, "study_attribute_values": values}
    replace_results(
        con,
        occasions.study("tiny"),
        {**tables, **{name: pa.Table.from_pylist(new) for name, new in made.items()}},
    )
    agreement: list[Row] = study_agreement(con, "tiny").to_pylist()
    return agreement


def among_people(rows: list[Row]) -> Row:
    (found,) = (row for row in rows if row["labeler_a"] == "people" and row["model"] is None)
    return found


def test_the_column_changes_no_row_of_agreement(con: Con) -> None:
    alone = load(con, None)
    assert load(con, "consensus") == alone
    codes = [["fm".index(value) for value in of_rater] for of_rater in zip(*ratings(), strict=True)]
    theirs = krippendorff.alpha(codes, level_of_measurement="nominal")
    assert among_people(alone)["alpha"] == pytest.approx(theirs, abs=1e-9)
    assert {(row["labeler_a"], row["labeler_b"]) for row in alone} == {
        ("people", "people"),
        ("photo", "people"),
    }


def test_as_a_person_it_would_lift_alpha(con: Con) -> None:
    alone, beside = load(con, None), load(con, "person")
    assert among_people(beside)["alpha"] > among_people(alone)["alpha"] + 0.01


def test_it_has_counts_and_shares_as_any_labeler(con: Con) -> None:
    load(con, "consensus")
    insert_counts(con, {"study": "tiny"})
    score_study(con, "tiny")
    shown = con.execute(
        "SELECT value, sum(pictures) FROM counts WHERE labeler = 'majority' GROUP BY value ORDER BY value"
    ).fetchall()
    assert dict(shown) == Counter(map(majority, ratings()))
    shares = "SELECT count(*) FROM figures WHERE labeler = 'majority' AND figure = 'mean_share'"
    assert con.execute(shares).fetchall() == [(4,)]
    agreed = "SELECT count(*) FROM agreement WHERE 'majority' IN (labeler_a, labeler_b)"
    assert con.execute(agreed).fetchall() == [(0,)]
