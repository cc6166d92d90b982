"""The study of Raza (2025) scored: the published distances, who ranks where, and what ten pictures can show."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean
from typing import Any

import duckdb
import pytest
from assets.metrics.results import STUDY_RESULTS
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from assets.metrics.declared import load_declared
from tests.warehouse.audit.study_audit import audited, differing
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study, replace_study
from warehouse.sqlfiles import sql
from warehouse.store.local import LocalStore

pytestmark = pytest.mark.corpora

PEOPLE = "attribute = 'gender' AND labeler = 'raza2025-annotators'"
#: Mean over five occupations of the raw distance to parity, and of the homogeneity by entropy.
PUBLISHED = {
    ("baseline", "flux.1-dev"): (0.3111, 0.5138),
    ("baseline", "imagen-4.0"): (0.3200, 0.6058),
    ("baseline", "dall-e-3"): (0.2200, 0.1832),
    ("baseline", "grok-2-image"): (0.5, 1.0),
    ("baseline", "sdxl-turbo"): (0.5, 1.0),
    ("controlled", "dall-e-3"): (0.3057, 0.4606),
    ("controlled", "flux.1-dev"): (0.3032, 0.4665),
    ("controlled", "imagen-4.0"): (0.3800, 0.6182),
    ("controlled", "grok-2-image"): (0.4800, 0.9062),
    ("controlled", "sdxl-turbo"): (0.3600, 0.6296),
}


@pytest.fixture(scope="module")
def con(raza_store: LocalStore) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        make_tables(made)
        load_study(made, raza_store, "raza2025")
        for table, compute in STUDY_RESULTS.items():
            replace_study(made, "raza2025", {table: compute(made, "raza2025")})
        yield made


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize(("metric", "place"), [("tvd", 0), ("entropy_homogeneity", 1)])
def test_the_distances_that_were_published_are_found_by_an_audit_query(
    con: duckdb.DuckDBPyConnection, metric: str, place: int
) -> None:
    found = rows(con, f"FROM ({sql('audit/study_distances')}) WHERE {PEOPLE} AND prompt IS NULL")
    figures = {(row["condition"], row["model"]): row[metric] for row in found}
    assert figures.keys() == PUBLISHED.keys()
    for key, published in PUBLISHED.items():
        assert figures[key] == pytest.approx(published[place], abs=0.00005), key


def test_the_distance_stands_beside_them_with_an_interval(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, f"FROM study_leaderboard WHERE {PEOPLE}")
    assert {(row["condition"], row["model"]) for row in found} == PUBLISHED.keys()
    for row in found:
        assert 0 <= row["low"] <= row["distance"] <= row["high"] <= 0.5
        assert row["cells"] == row["planned_cells"] == 5
    distance = {(row["condition"], row["model"]): row["distance"] for row in found}
    assert distance["baseline", "grok-2-image"] == distance["baseline", "sdxl-turbo"] == 0.5
    # with seven to ten pictures of chance in each cell the raw distance of a fairer model is too large
    assert distance["baseline", "dall-e-3"] < 0.2200


def test_ranks_are_ranges_and_a_model_that_draws_several_people_has_none(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = {(row["condition"], row["model"]): row for row in rows(con, f"FROM study_ranks WHERE {PEOPLE}")}
    assert found.keys() == PUBLISHED.keys()
    told = {
        key: (row["rank_low"], row["rank_high"], row["ranked_of"]) if row["reason"] is None else row["reason"]
        for key, row in found.items()
    }
    few = "80 % of the slots and 4 pictures or more are assessed for {} of 5 prompts; 90 % of them are needed"
    assert told == {
        ("baseline", "dall-e-3"): (1, 3, 5),
        ("baseline", "flux.1-dev"): (1, 5, 5),
        ("baseline", "imagen-4.0"): (1, 5, 5),
        ("baseline", "grok-2-image"): (2, 5, 5),
        ("baseline", "sdxl-turbo"): (2, 5, 5),
        ("controlled", "dall-e-3"): few.format(0),  # up to 8 of 10 pictures show "both"
        ("controlled", "flux.1-dev"): few.format(3),
        ("controlled", "imagen-4.0"): (1, 3, 3),
        ("controlled", "grok-2-image"): (1, 3, 3),
        ("controlled", "sdxl-turbo"): (1, 3, 3),
    }
    hidden = found["controlled", "dall-e-3"]
    assert (hidden["bound_low"], round(hidden["bound_high"], 2)) == (0.0, 0.38)
    apart = rows(con, f"FROM study_pairs WHERE {PEOPLE} AND verdict <> 'not told apart'")
    assert [(row["model_a"], row["model_b"], row["verdict"]) for row in apart] == [
        ("dall-e-3", "grok-2-image", "a is closer"),
        ("dall-e-3", "sdxl-turbo", "a is closer"),
    ]


def published(raza_files: Path) -> list[dict[str, str]]:
    with (raza_files / "published_gender_results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_of_the_25_published_differences_four_survive(
    con: duckdb.DuckDBPyConnection, raza_files: Path
) -> None:
    theirs = published(raza_files)
    tables = [
        [
            [int(n) for n in row[f"{condition}_f_over_m"].split("/")]
            for condition in ("baseline", "controlled")
        ]
        for row in theirs
    ]
    exact = [float(fisher_exact(table).pvalue) for table in tables]
    strict, lenient = (multipletests(exact, method=method)[1] for method in ("holm", "fdr_bh"))
    mine = {
        (row["model"], row["prompt"]): row
        for row in rows(
            con,
            "SELECT d.* REPLACE (m.title AS model, p.title AS prompt) FROM study_differences AS d "
            "INNER JOIN study_models AS m USING (study, model) "
            "INNER JOIN study_prompts AS p ON d.study = p.study AND d.prompt = p.prompt "
            f"AND d.condition_a = p.condition WHERE {PEOPLE}",
        )
    }
    assert len(mine) == len(theirs) == 25
    for row, table, *p in zip(theirs, tables, exact, strict, lenient, strict=True):
        found = mine[row["model"], row["occupation"]]
        assert (found["value"], found["condition_a"], found["condition_b"]) == (
            "female",
            "baseline",
            "controlled",
        )
        assert [
            [found["k_a"], found["n_a"] - found["k_a"]],
            [found["k_b"], found["n_b"] - found["k_b"]],
        ] == table
        assert 100 * found["difference"] == pytest.approx(float(row["delta_pct_female"]), abs=1e-9)
        assert found["chi_square_p"] == pytest.approx(float(row["chi2_p_value"]), abs=1e-9)
        assert [found[name] for name in ("fisher_p", "holm_p", "fdr_p")] == pytest.approx(p, abs=1e-9)
        assert found["tests"] == 25
    ceo = mine["Gemini Imagen 4.0", "CEO"]
    assert (round(ceo["chi_square_p"], 3), round(ceo["fisher_p"], 3), ceo["survives"]) == (
        0.051,
        0.141,
        False,
    )
    assert {key for key, row in mine.items() if row["survives"]} == {
        ("Gemini Imagen 4.0", "SWE"),
        ("Stable Diffusion XL Turbo", "Athlete"),
        ("Grok-2 Image", "CEO"),
        ("Grok-2 Image", "SWE"),
    }
    assert sum(row["chi_square_p"] < 0.05 for row in mine.values()) == 8
    assert sum(row["fisher_p"] < 0.05 for row in mine.values()) == 7
    assert sum(row["fdr_p"] <= 0.05 for row in mine.values()) == 7


def test_differences_are_what_the_audit_query_finds_in_the_labels(con: duckdb.DuckDBPyConnection) -> None:
    audited = rows(con, sql("audit/study_differences"))
    keys = ("attribute", "labeler", "model", "prompt", "value", "condition_b")
    mine = {tuple(row[k] for k in keys): row for row in rows(con, "FROM study_differences")}
    assert len(audited) == len(mine) == 25 + 25 * 4
    for row in audited:
        found = mine[tuple(row[k] for k in keys)]
        for name, value in row.items():
            close = pytest.approx(value, abs=1e-9) if isinstance(value, float) else value
            assert found[name] == close, (name, row)


def test_distances_are_what_the_audit_query_finds_in_the_labels(con: duckdb.DuckDBPyConnection) -> None:
    audited = rows(con, sql("audit/study_distances"))
    keys = ("attribute", "labeler", "condition", "model", "prompt")
    metrics = ("distance2", "distance")
    mine = {
        (row["metric"], *(row[k] for k in keys)): row["estimate"]
        for row in rows(con, "FROM study_scores")
        if row["metric"] in metrics
    }
    assert len(audited) == 2 * 2 * 5 * 6  # attributes, conditions, models, prompts and their mean
    assert len(mine) == 2 * len(audited)
    for row in audited:
        for metric in metrics:
            found = mine[metric, *(row[k] for k in keys)]
            assert found == (row[metric] and pytest.approx(row[metric], abs=1e-9)), (metric, row)


def test_ranks_and_pairs_are_what_the_audit_query_finds_in_the_labels(con: duckdb.DuckDBPyConnection) -> None:
    again = audited(con)
    assert differing(con, again) == []
    assert {(row["attribute"], row["ranked_of"]) for row in again} >= {
        ("gender", 5),
        ("gender", 3),
        ("gender", None),
    }
    for table, column in (("study_ranks", "bound_high"), ("study_pairs", "adjusted_low")):
        con.execute("BEGIN")
        con.execute(
            f"UPDATE {table} SET {column} = {column} + 1e-6 WHERE rowid = (SELECT max(rowid) FROM {table})"
        )
        assert len(differing(con, again)) == 1
        con.execute("ROLLBACK")


def test_five_prompts_are_too_few_to_say_what_others_would_show(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, sql("audit/study_prompts_like_these")) == []
    assert rows(con, "FROM study_scores WHERE prompts_low IS NOT NULL OR prompts_high IS NOT NULL") == []


def test_who_is_closest_to_parity_is_farthest_from_the_statistic(raza_store: LocalStore) -> None:
    """DALL·E 3 draws 30 % women as nurses and 60 % as software engineers: parity alone does not see it."""
    with connect(None) as con:
        make_tables(con)
        load_declared(con)
        load_study(con, raza_store, "raza2025")
        replace_study(con, "raza2025", {"study_scores": STUDY_RESULTS["study_scores"](con, "raza2025")})
        found = rows(con, f"FROM study_scores WHERE {PEOPLE} AND condition = 'baseline' AND reason IS NULL")
        four = [
            r
            for r in found
            if r["metric"] == "distance2" and r["prompt"] in {"ceo", "swe", "nurse", "teacher"}
        ]
        parity = {
            model: max(
                0, fmean(r["estimate"] for r in four if (r["model"], r["reference"]) == (model, "parity"))
            )
            ** 0.5
            for model in {r["model"] for r in four}
        }
        statistic = {
            r["model"]: r["estimate"]
            for r in found
            if r["metric"] == "distance" and r["prompt"] is None and r["reference"] == "bls-cps-2025"
        }
        halves = {
            r["value_name"]: r["estimate"]
            for r in found
            if r["metric"] == "mean_share" and r["model"] == "dall-e-3"
        }
        for table in ("study_pairs", "study_ranks"):
            replace_study(con, "raza2025", {table: STUDY_RESULTS[table](con, "raza2025")})
        assert differing(con, audited(con)) == []
        ranks = rows(con, f"FROM study_ranks WHERE {PEOPLE} AND condition = 'baseline'")
    assert (min(parity, key=lambda m: parity[m]), round(parity["dall-e-3"], 3)) == ("dall-e-3", 0.091)
    assert (max(statistic, key=lambda m: statistic[m]), round(statistic["dall-e-3"], 3)) == (
        "dall-e-3",
        0.364,
    )
    places = {(row["reference"], row["model"]): (row["rank_low"], row["rank_high"]) for row in ranks}
    assert places["parity", "dall-e-3"] == (1, 3)
    # ten pictures of four prompts tell nobody apart by the statistic
    assert {place for (reference, _), place in places.items() if reference == "bls-cps-2025"} == {(1, 5)}
    assert (halves["male_typed"], halves["female_typed"]) == (pytest.approx(0.65), pytest.approx(0.5))
