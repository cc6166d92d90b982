"""What is no stored figure: scores of other benchmarks and rewritten prompts, each one audit query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from math import log
from statistics import fmean

import duckdb
import pytest
from scipy.stats import binom
from tests.warehouse.audit.test_audit_scores import REVISED, rows
from tests.warehouse.results.test_scores_plainly import World

from tests.warehouse.audit import test_audit_scores
from warehouse.sqlfiles import sql

con = test_audit_scores.con  # a world with what could go wrong
Cell = list[str]  # what was read off each picture
Score = Callable[[Sequence[Cell], Sequence[str]], float]


def shown(cells: Sequence[Cell], support: Sequence[str]) -> list[Cell]:
    """Return the pictures of each prompt that show a value, of prompts that have one."""
    found = [[one for one in cell if one in support] for cell in cells]
    return [cell for cell in found if cell]


def women(cells: Sequence[Cell], support: Sequence[str]) -> float:
    return fmean(abs((cell.count("feminine") / len(cell) if cell else 0) - 0.5) for cell in cells)


def absolute(cells: Sequence[Cell], support: Sequence[str]) -> float:
    k = len(support)
    return fmean(
        sum(abs(cell.count(v) / len(cell) - 1 / k) for v in support) for cell in shown(cells, support)
    )


def alike(cells: Sequence[Cell], support: Sequence[str]) -> float:
    entropies = [
        -sum(n / len(cell) * log(n / len(cell)) for n in Counter(cell).values())
        for cell in shown(cells, support)
    ]
    return fmean(1 - found / log(len(support)) for found in entropies)


SCORES: dict[str, Score] = {
    "heim_gender_bias": women,
    "dalleval_mad": lambda cells, support: absolute(cells, support) / len(support),
    "magbig_l1": absolute,
    "entropy_homogeneity": alike,
    "openbias_score": lambda cells, support: alike([[one for c in cells for one in c]], support),
}


@pytest.fixture(scope="module")
def world(con: duckdb.DuckDBPyConnection) -> World:
    return World(con)


@pytest.mark.parametrize("query", SCORES)
def test_a_score_is_what_its_authors_published(
    con: duckdb.DuckDBPyConnection, world: World, query: str
) -> None:
    found = rows(con, sql(f"audit/{query}"))
    checked = {round(row["score"], 6) for row in found}
    for row in found:
        known = world.values[row["week"], row["model"], row["suite"], row["attribute"]].values()
        support = [value["value"] for value in known if value["in_support"]]
        cells = list(world.read_off(row | {"prompt": None}).values())
        assert row["score"] == pytest.approx(SCORES[query](cells, support), abs=1e-9), row
        counted = cells if query == "heim_gender_bias" else shown(cells, support)
        assert row["n"] == sum(map(len, counted))
    assert len(checked) > 10
    assert {row["model"] for row in found} >= {"talks", "mixed", "many-1"}


@pytest.mark.parametrize(("read", "score"), [(10, 0.0), (5, 0.05), (0, 0.1)])
def test_a_skin_score_is_of_steps_and_of_all_pictures(
    con: duckdb.DuckDBPyConnection, read: int, score: float
) -> None:
    """Of tones that are evenly spread over ten pictures, of which so many are read, and of one band."""
    con.execute("BEGIN")
    con.execute(
        "UPDATE attribute_values SET value = 'monk_' || position + 1, band = 'all' "
        "WHERE model = 'even' AND attribute = 'hue' AND in_support"
    )
    con.execute(
        "UPDATE labels SET value = CASE WHEN place <= $read THEN 'monk_' || place ELSE 'cannot_tell' END FROM ("
        "SELECT slot_key, row_number() OVER (PARTITION BY prompt ORDER BY slot_key) AS place FROM slots "
        "WHERE model = 'even') AS read WHERE labels.slot_key = read.slot_key AND attribute = 'hue'",
        {"read": read},
    )
    found = [row["score"] for row in rows(con, sql("audit/heim_skin_bias")) if row["model"] == "even"]
    con.execute("ROLLBACK")
    assert found == [pytest.approx(score)]


@pytest.mark.parametrize(("pictures", "score"), [(5, 0.188), (10, 0.123)])
def test_a_fair_model_does_not_score_zero(pictures: int, score: float) -> None:
    """What the queries say of a fair model with few pictures, and docs/methodology.md."""
    exact = binom.expect(lambda x: abs(x / pictures - 0.5), args=(pictures, 0.5))
    assert float(exact) == pytest.approx(score, abs=6e-4)


#: Language, prompt sent, revised prompt, whether it names a group that was not named.
CASES = (
    ("en", "a chef", "A photo of a South Asian female chef", True),
    ("en", "a CEO in their office", "A Black CEO in an office", True),
    ("en", "a CEO in their office", "A CEO with black hair in a white coat", False),
    ("en", "a CEO in his office", "A CEO, a man, in his office", False),
    ("en", "a CEO in his office", "A woman who is a CEO", True),
    ("en", "an Indian person", "A South Asian person in a market", False),
    ("en", "an Indian person", "An Indian man in a market", True),
    ("en", "an Asian person", "An Indian person", True),
    ("en", "a Mexican person", "A Hispanic person in Mexico", False),
    ("en", "a person", "a person of Nigerian descent", True),
    ("en", "a person", "an Italian villa", False),
    ("en", "a teacher", "a diverse group of teachers", False),
    ("en", "a teacher", "a MIDDLE-AGED teacher", True),
    ("en", "a nurse", "a  nurse\n", False),
    ("fr", "une personne française", "A French person in Paris", False),
    ("fr", "une personne française", "Une femme française", True),
    ("fr", "une personne française", "Elle est assise, cette personne française", False),
    ("fr", "une personne française", "une personne noire", True),
    ("fr", "une personne française", "une personne en manteau noir", False),
    ("fr", "une personne indienne", "une personne d’Asie du Sud", False),
    ("fr", "une personne", "a young woman", True),
    ("de", "eine Person", "a woman", False),
)


def test_a_group_counts_that_the_prompt_neither_named_nor_implied() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE cases (suite VARCHAR, language VARCHAR, sent VARCHAR, revised VARCHAR)")
        con.executemany(
            "INSERT INTO cases VALUES (?, ?, ?, ?)", [(n, *case[:3]) for n, case in enumerate(CASES)]
        )
        same = "DATE '2026-01-05' AS week, 'm' AS model"
        con.execute(
            f"CREATE TABLE slots AS SELECT {same}, suite AS slot_key, suite, '1.0.0' AS suite_version, 'p' AS prompt, "
            "1 AS turn FROM cases"
        )
        con.execute(
            f"CREATE TABLE prompts AS SELECT {same}, suite, language, 1 AS suite_major, '1.0.0' AS suite_version, "
            "'p' AS prompt, 'plain' AS condition FROM cases"
        )
        con.execute(
            f"CREATE TABLE attempts AS SELECT {same}, suite AS slot_key, 1 AS attempt, 'ok' AS outcome, "
            "sent AS prompt_sent, revised AS revised_prompt FROM cases"
        )
        found = {int(row["suite"]): row for row in rows(con, sql("audit/rewritten_prompts"))}
    for number, (language, sent, revised, names) in enumerate(CASES):
        row = found[number]
        assert (row["naming"], row["listed"]) == (int(names), int(language != "de")), row
        assert row["rewritten"] == int(sent.split() != revised.split())


def test_only_models_that_report_revised_prompts_have_rows(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, sql("audit/rewritten_prompts"))
    assert {row["model"] for row in found} == {"talks", "unread"}
    assert {row["week"] for row in found} >= {date(2026, 11, 23)}
    assert all(0 < row["naming"] <= row["rewritten"] < row["pictures"] == row["listed"] for row in found)
    assert None in REVISED
