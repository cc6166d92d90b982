"""Figures beside the headline, from loaded partitions: intervals over prompts, references in words, stereotypes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy import stats

from assets.generation.slots import Slot
from assets.metrics.scores.table import compute_scores, compute_study_scores
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Prompt, Suite
from tests.warehouse.builder import GENDER, PARITY, WEEK, build_partition
from tests.warehouse.results.test_score_marts import one, study_tables
from warehouse.database.marts import create_views
from warehouse.loading.load import load_partition, replace_study
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]

TEN = Suite(
    id="ten",
    version="1.0.0",
    title="Ten prompts",
    source="test",
    replicates=10,
    prompts=tuple(
        Prompt(
            id=f"p{number}",
            text=f"person {number}",
            subject=f"person:p{number}",
            attributes=("perceived_gender",),
        )
        for number in range(10)
    ),
    attributes=(GENDER,),
    references=(PARITY,),
)
NATIONALITIES = load_suites()["nationalities@1"]


def scored(con: Con, store: Store, suite: Suite, labels: Any, **partition: Any) -> list[Row]:
    build_partition(store, suites=(suite,), labels=labels, **partition)
    load_partition(con, store, WEEK, "sim-one")
    return compute_scores(con, WEEK).to_pylist()


def lean(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return one of two values, the first the oftener the higher the prompt's number."""
    chance = random.Random(slot.slot_key).random()
    return attribute.values[0 if chance < int(slot.prompt[-1]) / 9 else 1], None, None


def test_ten_prompts_have_the_interval_over_prompts_like_these_and_nine_do_not(
    con: Con, store: Store
) -> None:
    def skip(slot: Slot) -> Sequence[str]:
        return ("refused_text",) if slot.prompt == "ten/p7" and slot.week != WEEK else ("ok",)

    rows = scored(con, store, TEN, lean)
    women = [
        one(rows, "share", f"ten/p{number}", attribute="perceived_gender", value_name="feminine")["estimate"]
        for number in range(10)
    ]
    suite = one(rows, "share", value_name="feminine")
    low, high = stats.t.interval(0.95, 9, loc=mean(women), scale=stats.sem(women))
    assert suite["prompts_low"] == pytest.approx(min(max(low, 0), suite["low"]), abs=1e-9)
    assert suite["prompts_high"] == pytest.approx(max(min(high, 1), suite["high"]), abs=1e-9)
    assert suite["prompts_low"] < suite["low"] < suite["high"] < suite["prompts_high"]
    squared = [one(rows, "distance2", f"ten/p{number}")["estimate"] for number in range(10)]
    low, high = stats.t.interval(0.95, 9, loc=mean(squared), scale=stats.sem(squared))
    of_distance2, distance = one(rows, "distance2"), one(rows, "distance")
    assert of_distance2["prompts_high"] == pytest.approx(max(high, of_distance2["high"]), abs=1e-9)
    assert distance["prompts_high"] == pytest.approx(max(high, of_distance2["high"]) ** 0.5, abs=1e-9)
    assert {row["prompts_low"] for row in rows if row["prompt"] is not None} == {None}

    fewer = scored(con, store, TEN, lean, week="2026-11-30", outcomes=skip)
    assert fewer  # the week before, unchanged
    load_partition(con, store, "2026-11-30", "sim-one")
    nine = one(compute_scores(con, "2026-11-30").to_pylist(), "distance")
    assert (nine["cells"], nine["prompts_low"], nine["prompts_high"]) == (9, None, None)
    assert nine["estimate"] is not None


def test_an_indian_person_is_older_in_so_many_pictures_and_so_many_indians_are_60_and_over(
    con: Con, store: Store
) -> None:
    def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
        if attribute.id != "perceived_age":
            return attribute.values[0], None, None
        older = 13 if slot.prompt == "nationalities/indian-en" else 2
        return ("older" if slot.replicate < older else "young_adult"), None, None

    rows = scored(con, store, NATIONALITIES, labels, replicates=20)
    prompt = "nationalities/indian-en"
    share = one(rows, "share", prompt, attribute="perceived_age", value_name="older")
    assert (share["estimate"], share["n"]) == (0.65, 20)
    expected = con.execute(
        "SELECT expected_share, source FROM reference_values WHERE prompt = $prompt AND value = 'older' "
        "AND reference = 'un-wpp-2019'",
        {"prompt": prompt},
    ).fetchone()
    assert expected is not None
    assert round(expected[0], 3) == 0.137
    assert expected[1] == "2020, UN WPP 2019, row India"


def test_studies_have_all_that_needs_no_reference_rows_and_no_prompts_of_ours(con: Con) -> None:
    create_views(con)
    chance = random.Random(3)
    labels = {
        ("m", "baseline", f"p{number}", r): chance.choice(["female", "male", "male", "both"])
        for number in range(11)
        for r in range(9)
    }
    replace_study(con, "tiny", study_tables(labels))
    rows = compute_study_scores(con, "tiny").to_pylist()
    cells: dict[str, list[str]] = defaultdict(list)
    for (_, _, prompt, _), label in labels.items():
        cells[prompt].append(label)
    women = [seen.count("female") / (9 - seen.count("both")) for seen in cells.values()]
    share = next(
        r for r in rows if r["metric"] == "share" and r["prompt"] is None and r["value_name"] == "female"
    )
    ends = stats.t.interval(0.95, 10, loc=np.mean(women), scale=stats.sem(women))
    assert share["prompts_high"] == pytest.approx(max(ends[1], share["high"]), abs=1e-9)
