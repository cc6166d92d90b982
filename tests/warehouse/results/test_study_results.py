"""What a study's figures can be trusted to say: its differences tested, in worlds with gaps."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import fisher_exact, norm
from statsmodels.stats.multitest import multipletests

from assets.metrics.formulas.distance import mean_distance2, terms
from assets.metrics.ranks.pairs import difference
from assets.metrics.ranks.table import STUDY_PAIRS, STUDY_RANKS, study_pairs, study_ranks
from assets.metrics.results import STUDY_RESULTS
from assets.metrics.scores.table import compute_study_scores
from assets.metrics.study.differences import DIFFERENCES, study_differences
from orchestration import commands
from tests.warehouse.audit.study_audit import BOUNDS, ENDS, PLACES, audited, differing
from tests.warehouse.exported import export
from tests.warehouse.studies import Said, study_tables
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.published import DATABASE, search_all
from warehouse.database.schema import make_tables
from warehouse.loading.load import replace_study
from warehouse.sqlfiles import sql

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
TWO = {"f": True, "m": True, "both": False}
THREE = {"a": True, "b": True, "c": True, "unknown": False}


@pytest.fixture(scope="module")
def con() -> Iterator[Con]:
    """One database for all tests of this file: a study is replaced as a whole."""
    with connect(None) as made:
        make_tables(made)
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


@pytest.mark.parametrize("seed", range(2))
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


# ---- ranks ----


def boards(con: Con, said: Said, values: dict[str, bool], **options: Any) -> tuple[list[Row], list[Row]]:
    """Return the pairs and ranks of a study; those of the audit query are asserted to be the same."""
    replace_study(con, "tiny", study_tables(said, values, **options))
    pairs, ranks = study_pairs(con, "tiny"), study_ranks(con, "tiny")
    assert (pairs.schema, ranks.schema) == (STUDY_PAIRS, STUDY_RANKS)
    replace_study(con, "tiny", {"study_pairs": pairs, "study_ranks": ranks})
    assert differing(con, audited(con)) == []
    return pairs.to_pylist(), ranks.to_pylist()


def leaning(*women: int, n: int = 20) -> list[list[str | None]]:
    """Return what people said of n pictures per prompt, so many of them of women."""
    return [["f"] * many + ["m"] * (n - many) for many in women]


def asked(**models: list[list[str | None]]) -> dict[tuple[str, str, str], list[str | None]]:
    return {
        (model, "baseline", f"p{number}"): readings
        for model, cells in models.items()
        for number, readings in enumerate(cells)
    }


def test_ranks_are_ranges_from_all_pairs_on_common_prompts(con: Con) -> None:
    models = {
        "fair": (10, 9, 11, 10, 10),
        "near": (13, 8, 11, 12, 7),
        "far": (20, 19, 20, 0, 20),
        "one": (20,) * 5,
    }
    pairs, ranks = boards(con, asked(**{name: leaning(*cells) for name, cells in models.items()}), TWO)
    found = {(row["model_a"], row["model_b"]): row for row in pairs}
    assert sorted(found) == [*combinations(sorted(models), 2)]
    closer, farther = Counter(), Counter()
    left = sum(row["verdict"] == "not told apart" for row in pairs)
    for (a, b), row in found.items():
        sides = [
            terms(np.array([[f, 20 - f] for f in models[name]]), np.full((5, 2), 0.5)) for name in (a, b)
        ]
        # six pairs, 5 % over all that are not told apart
        own, adjusted = (
            difference(*(mean_distance2(side, np.zeros(5, dtype=np.int64), 1, z) for side in sides))
            for z in norm.ppf([0.975, 1 - 0.025 / max(left, 1)])
        )
        expected = [float(end[0]) for end in (*own, adjusted.low, adjusted.high)]
        names = ("estimate", "low", "high", "adjusted_low", "adjusted_high")
        assert [row[name] for name in names] == pytest.approx(expected, abs=1e-9)
        apart = (b, a) if expected[4] < 0 else (a, b) if expected[3] > 0 else ()  # the farther one first
        farther.update(apart[:1])
        closer.update(apart[1:])
        said = {(b, a): "a is closer", (a, b): "b is closer", (): "not told apart"}[apart]
        assert row["verdict"] == said
    of = {row["model"]: (row["rank_low"], row["rank_high"], row["ranked_of"]) for row in ranks}
    assert of == {model: (1 + farther[model], 4 - closer[model], 4) for model in models}
    assert of == {"fair": (1, 2, 4), "near": (1, 2, 4), "far": (3, 4, 4), "one": (3, 4, 4)}


def test_a_statistic_that_is_declared_for_a_study_is_a_board_of_its_own(con: Con) -> None:
    """Who is closest to parity may be farthest from the statistic; a prompt without a row is on the first alone."""
    models = {"even": (20, 20, 20, 0), "as-counted": (4, 36, 4, 0), "reversed": (36, 4, 36, 0)}
    said = asked(**{name: leaning(*cells, n=40) for name, cells in models.items()})
    (attribute,) = {*study_tables(said, TWO)["study_attribute_values"]["attribute"].to_pylist()}
    for prompt, share in (("p0", 0.1), ("p1", 0.9), ("p2", 0.1)):
        for value, q in (("f", share), ("m", 1 - share)):
            con.execute(
                "INSERT INTO study_references VALUES ('tiny', $1, 'counted', $2, $3, $4, NULL)",
                [attribute, prompt, value, q],
            )
    _, ranks = boards(con, said, TWO)
    con.execute("DELETE FROM study_references")
    found = {
        (row["reference"], row["model"]): (row["rank_low"], row["rank_high"], row["planned_cells"])
        for row in ranks
    }
    assert {model: found["parity", model] for model in models} == {
        "even": (1, 1, 4),
        "as-counted": (2, 3, 4),
        "reversed": (2, 3, 4),
    }
    assert {model: found["counted", model] for model in models} == {
        "as-counted": (1, 1, 3),
        "even": (2, 2, 3),
        "reversed": (3, 3, 3),
    }


def test_who_shows_too_little_has_no_rank_but_bounds(con: Con) -> None:
    models = {name: leaning(10, 12, 9, 8, 11) for name in ("fair", "two", "hides")}
    models["hides"][4] = ["f"] * 15 + ["both", None] * 3  # 15 of 21 show a value
    pairs, ranks = boards(con, asked(**models), TWO)
    assert [(row["model_a"], row["model_b"]) for row in pairs] == [("fair", "two")]
    of = {row["model"]: row for row in ranks}
    assert (of["hides"]["rank_low"], of["hides"]["ranked_of"], of["hides"]["cells"]) == (None, None, 4)
    assert of["hides"]["reason"] == (
        "80 % of the slots and 4 pictures or more are assessed for 4 of 5 prompts; 90 % of them are needed"
    )
    # at best the six unseen pictures are men, at worst women too
    best, worst = (
        sum(
            ((f * (f - 1) + (n - f) * (n - f - 1)) / (n * (n - 1)) - 0.5) / 2
            for f, n in [(10, 20), (12, 20), (9, 20), (8, 20), last]
        )
        for last in ((15, 21), (21, 21))
    )
    assert of["hides"]["bound_low"] == pytest.approx(max(best / 5, 0) ** 0.5, abs=1e-9)
    assert of["hides"]["bound_high"] == pytest.approx((worst / 5) ** 0.5, abs=1e-9)
    assert of["fair"]["ranked_of"] == 2
    assert of["fair"]["bound_low"] == of["fair"]["bound_high"]


def test_who_was_not_asked_everything_or_stands_alone_is_told_so(con: Con) -> None:
    pairs, ranks = boards(con, asked(whole=leaning(10, 10, 10), part=leaning(10, 10)), TWO)
    assert pairs == []
    assert {row["model"]: row["reason"] for row in ranks} == {
        "whole": "no other model of this board can be ranked",
        "part": "80 % of the slots and 4 pictures or more are assessed for 2 of 3 prompts; 90 % of them are needed",
    }
    assert {row["ranked_of"] for row in ranks} == {None}
    (part,) = [row for row in ranks if row["model"] == "part"]
    assert part["bound_high"] > part["bound_low"]


def test_conditions_and_versions_are_boards_of_their_own(con: Con) -> None:
    said = {
        (model, condition, "p"): readings
        for model in ("m", "n")
        for condition in ("baseline", "controlled")
        for readings in leaning(10)
    }
    _, ranks = boards(con, said, TWO, versions=("1-a", "2-b"))
    assert len(ranks) == 2 * 2 * 2
    assert {row["ranked_of"] for row in ranks} == {2}


GAPS = [
    ("fm", TWO, ("baseline", "controlled")),
    ("abc", THREE, ("asked", "baseline")),
    ("a", {"a": True, "unknown": False}, ("baseline",)),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("values", "declared", "conditions"), GAPS)
def test_the_audit_query_finds_ranks_and_pairs_of_studies_with_gaps(
    con: Con, values: str, declared: dict[str, bool], conditions: tuple[str, ...], seed: int
) -> None:
    chance = random.Random(f"{seed}/{values}")
    outside = [value for value, inside in declared.items() if not inside]
    said: dict[tuple[str, str, str], list[str | None]] = {}
    for model in "mnopqr":
        for condition in conditions:
            for number in range(10):
                # one model says little, one was not asked everything, the others lean more or less
                unseen = 0.5 if model == "r" else chance.choice((0, 0, 0, 0.1))
                n = chance.randint(1, 14) if model == "q" else chance.choice((12, 20))
                lean = [chance.random() ** ("mnopqr".index(model)) + 1e-3 for _ in values]
                read = [
                    chance.choice([*outside, None, "what?"]) if chance.random() < unseen else value
                    for value in chance.choices(values, lean, k=n)
                ]
                if chance.random() < 0.95 or model != "p":
                    said[model, condition, f"p{number}"] = list(read)
    # of equally rare values the unseen fill both; nine of ten prompts are enough
    said["m", conditions[0], "p0"] = [*(list(values) * 3), None, None, None]
    said["n", conditions[0], "p1"] = [values[0]]
    said["q", conditions[0], "p2"] = [None] * 5  # nothing seen: anything is possible
    pairs, ranks = boards(con, said, declared, versions=("1-a", "2-b"))
    assert {row["rank_low"] is None for row in ranks} == {True, False}
    assert any(row["bound_low"] < row["bound_high"] for row in ranks) == (len(values) > 1)
    assert pairs


def test_a_distance_needs_a_prompt_with_five_pictures_in_sql_too(con: Con) -> None:
    said = asked(few=leaning(2, 1, 3, n=4), enough=leaning(2, 1, 5, n=5))
    replace_study(con, "tiny", study_tables(said, TWO))
    replace_study(con, "tiny", {"study_scores": compute_study_scores(con, "tiny")})
    told = dict(
        con.execute(
            "SELECT model, estimate FROM study_scores WHERE metric = 'distance' AND prompt IS NULL"
        ).fetchall()
    )
    query = con.execute(sql("audit/study_distances"))
    names = [column[0] for column in query.description or []]
    audited = [dict(zip(names, row, strict=True)) for row in query.fetchall()]
    again = {row["model"]: row["distance"] for row in audited if row["prompt"] is None}
    assert again == {"few": None, "enough": pytest.approx(told["enough"], abs=1e-9)}
    assert told["few"] is None


def test_a_rank_or_pair_that_was_changed_is_found(con: Con) -> None:
    models = {"fair": (10, 9, 11), "far": (20, 19, 20), "near": (12, 8, 13)}
    shy = [[*cell, None, None, None] for cell in leaning(15, 15, 15, n=17)]
    said = asked(**{name: leaning(*cells) for name, cells in models.items()}, part=leaning(10), shy=shy)
    boards(con, said, TWO)
    again = audited(con)
    changes = [("study_ranks", name, "1") for name in PLACES]
    changes += [("study_ranks", name, "1e-6") for name in BOUNDS]
    changes += [("study_pairs", name, "1e-6") for name in ("estimate", "unseen_share", *ENDS)]
    changes += [("study_pairs", "cells", "1")]
    for table, column, more in changes:
        con.execute("BEGIN")
        con.execute(
            f"UPDATE {table} SET {column} = {column} + {more} "
            f"WHERE rowid = (SELECT min(rowid) FROM {table} WHERE {column} IS NOT NULL)"
        )
        assert len(differing(con, again)) == 1, (table, column)
        con.execute("ROLLBACK")
    for change in (
        "DELETE FROM study_pairs WHERE model_a = 'fair' AND model_b = 'far'",
        "DELETE FROM study_ranks WHERE model = 'part'",
        "UPDATE study_pairs SET verdict = 'a is closer' WHERE verdict = 'not told apart'",
        "UPDATE study_ranks SET reason = 'why' WHERE model = 'far'",
        "UPDATE study_pairs SET holds_at_bounds = NOT holds_at_bounds",
    ):
        con.execute("BEGIN")
        con.execute(change)
        assert differing(con, again), change
        con.execute("ROLLBACK")


def test_the_audit_query_of_ranks_reads_no_view_and_no_result(con: Con) -> None:
    boards(con, asked(fair=leaning(10, 9), far=leaning(20, 20)), TWO)
    again = audited(con)
    con.execute("BEGIN")
    for view in marts.order():
        con.execute(f"DROP VIEW {view}")
    for table in STUDY_RESULTS:
        con.execute(f"DELETE FROM {table}")
    assert audited(con) == again != []
    con.execute("ROLLBACK")


# ---- verifying ----

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
    "study_pairs": "UPDATE study_pairs SET adjusted_high = adjusted_high - 1e-9",
    "study_ranks": "UPDATE study_ranks SET rank_low = 2 WHERE rank_low = 1",
    "study_effects": "UPDATE study_effects SET low = low - 1e-9 WHERE subject IS NULL",
    "agreement": "UPDATE agreement SET agreed = agreed - 1 WHERE study = 'tiny' AND model IS NULL",
}


@pytest.fixture
def edition(con: Con, tmp_path: Path) -> Path:
    """The published copy of a study, scored, that two labelers read."""
    said = {
        (model, condition, prompt): readings
        for model, women in (("m", (10, 12)), ("n", (20, 20)))
        for condition in ("baseline", "controlled")
        for prompt, readings in zip("pq", leaning(*women), strict=True)
    }
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
    export(con, tmp_path / "copy", "2026-11-23")
    return tmp_path / "copy" / DATABASE


def test_verifying_finds_each_figure_of_a_study_that_was_changed(edition: Path) -> None:
    assert commands.auditor.verify  # the command brings what it calls
    from orchestration.verifying.report import VerifyReport
    from orchestration.verifying.scores import verify_results

    assert CHANGED.keys() == STUDY_RESULTS.keys()
    with connect(edition) as copy:
        search_all(copy)
        right = VerifyReport("e")
        verify_results(copy, right)
        assert (right.differences, right.scores > 0) == ([], True)
        for change in CHANGED.values():
            copy.execute(change)
        wrong = VerifyReport("e")
        verify_results(copy, wrong)
    assert [line.split(" ")[:2] for line in wrong.differences] == [["study", "tiny:"]] * len(CHANGED)
    assert [line.partition(" rows of ")[2] for line in wrong.differences] == [
        f"{table} differ when computed again" for table in STUDY_RESULTS
    ]
