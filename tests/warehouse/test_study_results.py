"""What a study's figures can be trusted to say: its differences tested, in worlds with gaps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from assets.metrics.results import STUDY_RESULTS
from assets.metrics.study_results import DIFFERENCES, study_differences
from orchestration import commands
from warehouse.connection import connect
from warehouse.export import export_tables
from warehouse.load import replace_study
from warehouse.migrations import migrate
from warehouse.sqlfiles import sql

from .studies import Said, study_tables

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
TWO = {"f": True, "m": True, "both": False}
THREE = {"a": True, "b": True, "c": True, "unknown": False}


@pytest.fixture(scope="module")
def con() -> Iterator[Con]:
    """One database for all tests of this file: a study is replaced as a whole."""
    with connect(None) as made:
        migrate(made)
        yield made


def compared(con: Con, said: Said, values: dict[str, bool] = TWO, **options: Any) -> list[Row]:
    """Return the differences of a study; those of the audit query are asserted to be the same."""
    replace_study(con, "tiny", study_tables(said, values, **options))
    table = study_differences(con, "tiny")
    assert table.schema == DIFFERENCES
    replace_study(con, "tiny", {"study_differences": table})
    rows: list[Row] = table.to_pylist()
    query = con.execute(sql("audit/study_differences"))
    names = [column[0] for column in query.description or []]
    audited = [dict(zip(names, row, strict=True)) for row in query.fetchall()]
    keys = ("attribute", "labeler_version", "model", "prompt", "condition_b", "value")
    by_key = {tuple(row[name] for name in keys): row for row in rows}
    assert len(by_key) == len(rows) == len(audited)
    for row in audited:
        mine = by_key[tuple(row[name] for name in keys)]
        assert mine == {
            **row,
            "reason": mine["reason"],
            **{k: pytest.approx(row[k], abs=1e-9, nan_ok=False) for k in row if isinstance(row[k], float)},
        }
    for row in rows:
        assert (row["reason"] is None) == (row["fisher_p"] is not None) == (row["survives"] is not None)
    return rows


def drawn(seed: int, values: str, conditions: tuple[str, ...], prompts: int = 4, most: int = 14) -> Said:
    chance = random.Random(seed)
    return {
        (model, condition, f"p{number}"): [
            chance.choice([*values, values[0], "both", None]) for _ in range(chance.randint(0, most))
        ]
        for model in ("m", "n")
        for condition in conditions
        for number in range(prompts)
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("values", "declared", "conditions"),
    [
        ("fm", TWO, ("baseline", "controlled")),
        ("abc", THREE, ("asked", "baseline", "controlled")),
    ],
)
def test_every_difference_equals_scipy_and_the_audit_query(
    con: Con, values: str, declared: dict[str, bool], conditions: tuple[str, ...], seed: int
) -> None:
    said = {k: v for k, v in drawn(seed, values, conditions).items() if v}
    rows = compared(con, said, declared)
    support = [value for value, inside in declared.items() if inside]
    shown = support[:1] if len(support) == 2 else support
    expected = {
        (model, prompt, other, value)
        for model, condition, prompt in said
        for other in conditions
        for value in shown
        if condition == "baseline" != other and (model, other, prompt) in said
    }
    assert {(r["model"], r["prompt"], r["condition_b"], r["value"]) for r in rows} == expected
    exact = []
    for row in rows:
        table = []
        for end, condition in (("a", row["condition_a"]), ("b", row["condition_b"])):
            assessed = [v for v in said[row["model"], condition, row["prompt"]] if v in support]
            k = assessed.count(row["value"])
            assert (row[f"k_{end}"], row[f"n_{end}"]) == (k, len(assessed))
            table.append([k, len(assessed) - k])
        if all(map(sum, table)):
            exact.append(fisher_exact(table).pvalue)
            assert row["fisher_p"] == pytest.approx(exact[-1], abs=1e-9)
        else:
            assert row["reason"] == "no picture could be assessed"
    made = [row for row in rows if row["reason"] is None]
    assert {row["tests"] for row in rows} == {len(made)}
    for name, method in (("holm_p", "holm"), ("fdr_p", "fdr_bh")):
        assert [row[name] for row in made] == pytest.approx(
            multipletests(exact, method=method)[1].tolist(), abs=1e-9
        )


def test_the_first_condition_is_compared_with_each_other_one(con: Con) -> None:
    said = {("m", condition, "p"): ["f", "m"] for condition in ("b", "a", "confronted")}
    rows = compared(con, said)
    assert [(row["condition_a"], row["condition_b"]) for row in rows] == [
        ("confronted", "a"),
        ("confronted", "b"),
    ]


def test_what_was_asked_once_is_compared_with_nothing(con: Con) -> None:
    assert compared(con, {("m", "baseline", "p"): ["f", "m"]}) == []
    assert compared(con, {("m", "baseline", "p"): ["f"], ("m", "controlled", "q"): ["m"]}) == []
    assert compared(con, {("m", "baseline", "p"): ["f"], ("m", "controlled", "p"): ["f"]}, {"f": True}) == []


def test_labels_of_two_versions_are_corrected_apart(con: Con) -> None:
    said = {
        ("m", condition, p): ["f"] * n + ["m"] * (9 - n)
        for condition, n in (("baseline", 0), ("controlled", 7))
        for p in "pq"
    }
    rows = compared(con, said, versions=("1-a", "2-b"))
    assert [(row["labeler_version"], row["tests"], row["survives"]) for row in rows] == [
        (version, 2, True) for version in ("1-a", "1-a", "2-b", "2-b")
    ]


def test_many_pictures_are_tested_as_exactly(con: Con) -> None:
    said = {
        ("m", "baseline", "p"): ["f"] * 300 + ["m"] * 700,
        ("m", "controlled", "p"): ["f"] * 360 + ["m"] * 640,
    }
    (row,) = compared(con, said)
    assert row["fisher_p"] == pytest.approx(fisher_exact([[300, 700], [360, 640]]).pvalue, abs=1e-9)


def test_a_study_without_labels_has_no_differences(con: Con) -> None:
    tables = study_tables({("m", "baseline", "p"): ["f"]}, TWO)
    tables["study_labels"] = pa.table({"study": pa.array([], pa.string())})
    replace_study(con, "tiny", tables)
    assert study_differences(con, "tiny").num_rows == 0


ROW = {
    "version": "1",
    "title": "Tiny",
    "citation": "-",
    "licence": "-",
    "source": "-",
    "definition_sha256": "0",
}
CHANGED = {
    "study_scores": "UPDATE study_scores SET low = low - 1e-9 WHERE metric = 'distance' AND prompt IS NULL",
    "study_differences": "UPDATE study_differences SET survives = NOT survives",
    "agreement": "UPDATE agreement SET agreed = agreed - 1 WHERE study = 'tiny' AND model IS NULL",
}


@pytest.fixture(scope="module")
def edition(con: Con, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published copy of a study, scored, that two labelers read."""
    said = drawn(1, "fm", ("baseline", "controlled"))
    tables = study_tables(said, TWO)
    people = tables["study_labels"]
    others = people.set_column(
        people.schema.get_field_index("labeler"), "labeler", pa.array(["others"] * people.num_rows)
    )
    tables["study_labels"] = pa.concat_tables([people, others])
    tables["studies"] = pa.Table.from_pylist([{"study": "tiny", **ROW}])
    replace_study(con, "tiny", tables)
    for table, compute in STUDY_RESULTS.items():
        replace_study(con, "tiny", {table: compute(con, "tiny")})
    export_tables(con, tmp_path_factory.mktemp("copy"), week="2026-11-23")
    return tmp_path_factory.getbasetemp() / "copy0" / "cliche.duckdb"


def test_every_table_of_a_study_is_verified() -> None:
    assert CHANGED.keys() == STUDY_RESULTS.keys()


@pytest.mark.parametrize("table", CHANGED)
def test_verifying_finds_a_figure_of_a_study_that_was_changed(edition: Path, table: str) -> None:
    assert commands.verify  # the command brings what it calls
    from orchestration.verifying import Verified, verify_results

    with connect(edition) as copy:
        right = Verified("e")
        verify_results(copy, right)
        assert (right.differences, right.scores > 0) == ([], True)
        copy.execute("BEGIN")
        copy.execute(CHANGED[table])
        wrong = Verified("e")
        verify_results(copy, wrong)
        copy.execute("ROLLBACK")
    assert len(wrong.differences) == 1
    assert wrong.differences[0].startswith("study tiny: ")
    assert wrong.differences[0].endswith(f" rows of {table} differ when computed again")
