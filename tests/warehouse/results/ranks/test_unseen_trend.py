"""Answers that are unseen more often the more a model shows of something: found, by SQL alike, and not by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import duckdb
import pytest
from scipy import stats

from assets.generation.slots import Slot
from assets.metrics.ranks.trend import LEVEL
from assets.metrics.scores.table import compute_scores
from assets.suites.schema import Attribute
from tests.warehouse.builder import GENDER, OCCUPATIONS, WEEK, build_partition, declare, draw
from tests.warehouse.results.test_ranks import Row, asked, found_by_sql, rank
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import open_store

#: Share of women of each prompt.
SHARES = {f"job-{letter}": place / 12 for place, letter in enumerate("abcdefghijkl")}
SUITE = OCCUPATIONS.model_copy(
    update={
        "prompts": tuple(
            OCCUPATIONS.prompts[0].model_copy(
                update={"id": name, "text": f"a {name}", "subject": f"occupation:{name}"}
            )
            for name in SHARES
        )
    }
)


def woman(slot: Slot) -> bool:
    return random.Random(f"{slot.slot_key}/gender").random() < SHARES[slot.prompt.rpartition("/")[2]]


def people(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return labels of a model that draws as many women as `SHARES` says."""
    if attribute.id != GENDER.id:
        return draw(slot, attribute)
    return ("feminine" if woman(slot) else "masculine"), 0.9, None


def even(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    if attribute.id != GENDER.id:
        return draw(slot, attribute)
    return GENDER.values[slot.replicate % 2], 0.9, None


def withholding(slot: Slot) -> Sequence[str]:
    """Return outcomes of a model that withholds an eighth of its women."""
    return ("refused_text",) if woman(slot) and random.Random(slot.slot_key).random() < 0.125 else ("ok",)


def now_and_then(slot: Slot) -> Sequence[str]:
    """Return outcomes of a model that refuses, whatever it would have drawn."""
    return ("refused_text",) if random.Random(f"{slot.slot_key}/refuse").random() < 0.1 else ("ok",)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    store = open_store(tmp_path_factory.mktemp("trend"))
    for name, special in {
        "even": {"labels": even},
        "shows-all": {"labels": people},
        "withholds": {"labels": people, "outcomes": withholding},
        "at-random": {"labels": people, "outcomes": now_and_then},
    }.items():
        plan = {"simulated": False}
        build_partition(store, WEEK, name, suites=(SUITE,), replicates=40, plan=plan, **special)  # type: ignore[arg-type]
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        declare(con)
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        rank(con)
        yield con


def ranks(con: duckdb.DuckDBPyConnection, attribute: str) -> dict[str, Row]:
    return {row["model"]: row for row in asked(con, "FROM ranks") if row["attribute"] == attribute}


def test_sql_finds_the_same_trends_from_labels_alone(con: duckdb.DuckDBPyConnection) -> None:
    assert found_by_sql(con) > 0
    measured = [row for row in asked(con, "FROM ranks") if row["unseen_value"]]
    # of those with a rank, where not the same part of all prompts is unseen
    assert {(row["model"], row["attribute"]) for row in measured} == {
        *((model, GENDER.id) for model in ("withholds", "at-random")),
        *((model, "skin_tone") for model in ("even", "shows-all")),
    }


def test_who_withholds_what_it_draws_is_found_and_who_refuses_at_random_is_not(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = ranks(con, GENDER.id)
    assert found["withholds"]["unseen_value"] == "feminine"
    assert found["withholds"]["unseen_correlation"] > 0.5
    assert found["withholds"]["unseen_p_value"] <= LEVEL < found["at-random"]["unseen_p_value"]
    pairs = [row for row in asked(con, "FROM model_pairs") if row["attribute"] == GENDER.id]
    assert all(row["unseen_trend"] == ("withholds" in (row["model_a"], row["model_b"])) for row in pairs)
    apart = next(row for row in pairs if (row["model_a"], row["model_b"]) == ("even", "withholds"))
    assert apart["holds_at_bounds"] is not None


@pytest.mark.parametrize(("attribute", "tests"), [(GENDER.id, 1), ("skin_tone", 3)])
def test_scipy_finds_the_same_from_counts_of_slots_and_labels(
    con: duckdb.DuckDBPyConnection, attribute: str, tests: int
) -> None:
    for model, row in ranks(con, attribute).items():
        if row["rank_low"] is None:
            assert row["unseen_p_value"] is None
            continue
        counted = asked(
            con,
            f"""
            SELECT
                count(*) FILTER (WHERE labels.value IS NULL) / count(*) AS part,
                coalesce(values.band, values.value) AS value, slots.prompt,
                count(*) FILTER (WHERE labels.value = values.value) AS x,
                count(labels.value) AS n
            FROM slots
            CROSS JOIN (
                SELECT DISTINCT value, band FROM attribute_values WHERE attribute = '{attribute}' AND in_support
            ) AS values
            LEFT JOIN labels
                ON slots.slot_key = labels.slot_key AND labels.attribute = '{attribute}'
                AND labels.value NOT IN ('ambiguous', 'cannot_tell', 'not_applicable')
            WHERE slots.model = '{model}'
            GROUP BY ALL
            """,
        )
        prompts = sorted({str(one["prompt"]) for one in counted})
        values = sorted({str(one["value"]) for one in counted})
        assert len(prompts) == 12
        part = [next(one["part"] for one in counted if one["prompt"] == prompt) for prompt in prompts]
        if len({*part}) == 1:
            assert (row["unseen_value"], row["unseen_p_value"]) == (None, None)
            continue
        expected = {}
        for value in values:
            shares = [
                sum(one["x"] for one in counted if (one["prompt"], one["value"]) == (prompt, value))
                / max(one["n"] for one in counted if one["prompt"] == prompt)
                for prompt in prompts
            ]
            expected[value] = stats.spearmanr(part, shares)
        best = max(values, key=lambda value: (abs(expected[value].statistic), expected[value].statistic))
        assert row["unseen_correlation"] == pytest.approx(expected[row["unseen_value"]].statistic, abs=1e-12)
        assert abs(expected[best].statistic) == pytest.approx(abs(row["unseen_correlation"]), abs=1e-12)
        assert row["unseen_p_value"] == pytest.approx(min(1, tests * expected[best].pvalue), abs=1e-12)
