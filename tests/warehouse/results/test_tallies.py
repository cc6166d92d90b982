"""Scores are counted as the views for people count, whatever the rows are."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.generation.slots import Slot
from assets.metrics.counting.tallies import Tallies, tally
from assets.suites.schema import Attribute
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from warehouse.database.marts import within_weeks
from warehouse.loading.load import load_partition
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

BEFORE = "2026-11-16"
_KEYS = (
    "week",
    "model",
    "series",
    "params_hash",
    "track",
    "suite",
    "suite_major",
    "condition",
    "prompt",
    "turn",
)
_GROUPS = {1: "picture", 2: "refused", 3: "failed", 4: "not_asked"}


def some(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    """Return a label of any kind: declared, of another attribute, undeclared, or none."""
    chance = random.Random(f"{slot.slot_key}/{attribute.id}").random()
    if chance < 0.1:
        return None
    if chance < 0.2:
        return ("invalid" if chance < 0.15 else "monk_1 or so"), None, None
    return builder.draw(slot, attribute)


def outcomes(slot: Slot) -> tuple[str, ...]:
    if slot.conversation is None:
        return tuple(builder.mixed(slot))
    chance = random.Random(slot.slot_key).random()
    return (("ok",), ("refused_text",), ("timeout", "ok"), ("not_needed",) if slot.turn > 1 else ("ok",))[
        int(4 * chance)
    ]


@pytest.fixture
def loaded(con: Con, store: Store) -> Con:
    """Two weeks of three models: conversations, two labelers and versions, undeclared values, no labels at all."""
    second = builder.OCCUPATIONS.model_copy(
        update={
            "version": "2.0.0",
            "attributes": (
                builder.GENDER.model_copy(update={"values": ("androgynous", "feminine", "masculine")}),
                builder.SKIN_TONE.model_copy(update={"bands": {}}),
            ),
            "references": (),
        }
    )
    suites = (builder.OCCUPATIONS, second, builder.CONFRONTATION)
    for week in (BEFORE, WEEK):
        for model in ("sim-one", "sim-two"):
            slots = build_partition(
                store,
                week,
                model,
                suites=suites,
                outcomes=outcomes,
                labels=some,
                label_parts=3,
                conversations=8,
            )
            newer = [
                builder.label_row(
                    slot, "perceived_gender", ("feminine", None, None), labeler_version="2-newer"
                )
                for slot in slots[week == WEEK :: 3]
            ]
            other = [builder.label_row(slot, "skin_tone", ("monk_3", None, None), "photo") for slot in slots]
            builder.write_labels(store, week, model, (newer if model == "sim-two" else []) + other)
        build_partition(store, week, "unlabelled", labels=lambda slot, attribute: None)
        for model in ("sim-one", "sim-two", "unlabelled"):
            load_partition(con, store, week, model)
    return con


def table(con: Con, query: str, **where: str) -> pl.DataFrame:
    con.execute("SELECT 1").fetchall()
    found = pl.from_arrow(con.sql(query, params=where or None).to_arrow_table())
    assert isinstance(found, pl.DataFrame)
    return found


def long(counted: Tallies) -> pl.DataFrame:
    cells = counted.cells.drop("asked", "pictures", "scale_row")
    return counted.long.join(cells, on="cell").drop("cell", "asked")


def assert_same(left: pl.DataFrame, right: pl.DataFrame) -> None:
    columns = sorted(right.columns)
    assert_frame_equal(
        left.select(columns).sort(columns), right.select(columns).sort(columns), check_dtypes=False
    )


@pytest.mark.parametrize(("first", "last"), [(BEFORE, BEFORE), (WEEK, WEEK), (BEFORE, WEEK)])
def test_counts_are_those_of_the_view(loaded: Con, first: str, last: str) -> None:
    columns = ", ".join(
        (*_KEYS, "attribute", "labeler_version", "scale", "position", "value", "in_support", "pictures")
    )
    view = table(
        loaded,
        f"SELECT {columns} FROM cell_counts WHERE week BETWEEN $first AND $last",
        first=first,
        last=last,
    )
    counted = tally(loaded, first, last)
    assert_same(long(counted), view)
    assert {"invalid", "not_assessed", "monk_1", "light"} <= {*view.filter(pl.col("pictures") > 0)["value"]}
    whole = counted.long.group_by("cell", maintain_order=True).agg(pl.col("pictures").sum())["pictures"]
    assert (counted.cells["pictures"] == whole).all()


def test_answers_are_those_of_the_view(loaded: Con) -> None:
    """Outcomes of ordinary slots, and of conversations what came after their first turn as one answer."""
    ends = table(
        loaded,
        """
        SELECT * EXCLUDE (conversation, slot_key), count(*) AS answers FROM (
            SELECT week, model, suite, suite_major, prompt, least(turn, 2) AS turn, conversation,
                coalesce(conversation, slot_key) AS slot_key,
                arg_min(outcome_group, CASE outcome_group WHEN 'picture' THEN 0 ELSE 10 - turn END) AS outcome_group,
                count(*) FILTER (WHERE outcome_group = 'picture') AS pictures
            FROM slot_outcomes WHERE outcome <> 'not_needed' GROUP BY ALL
        ) GROUP BY ALL
        """,
    )
    counted = tally(loaded, BEFORE, WEEK)
    answers = counted.answers.join(counted.asked.drop("pictures"), on="asked")
    keys = [name for name in ends.columns if name != "answers"]
    assert_same(answers.group_by(keys).agg(answers=pl.len()), ends)
    assert set(_GROUPS.values()) <= {*ends["outcome_group"]}
    assert ends["pictures"].max() == 2


def test_nothing_is_read_of_weeks_that_are_not_there(con: Con) -> None:
    counted = tally(con, WEEK, WEEK)
    assert [part.height for part in (counted.asked, counted.answers, counted.cells, counted.long)] == [0] * 4


def scans(node: Any) -> Iterator[dict[str, Any]]:
    """Return what DuckDB says of each scan of a table in a plan."""
    if isinstance(node, list):
        for part in node:
            yield from scans(part)
    elif isinstance(node, dict):
        if "Table" in node:
            yield node
        for part in node.values():
            yield from scans(part)


@pytest.mark.parametrize("name", ["asked", "answers", "counts", "planned_cells", "expected"])
def test_no_table_is_read_beyond_the_weeks_asked_for(loaded: Con, name: str) -> None:
    where = {"first": WEEK, "last": WEEK}
    statement = within_weeks("metrics", name)
    found = loaded.execute(f"EXPLAIN (FORMAT json) {statement}", where).fetchall()
    read = [*scans(json.loads(found[0][1]))]
    assert read
    for scan in read:
        assert "week" in str(scan.get("Filters")) or scan["Table"].endswith("outcomes"), scan


def test_weeks_are_told_apart_by_their_rows_alone(loaded: Con) -> None:
    """What is counted of a week is the same whether another week is counted with it or not."""
    both, one = long(tally(loaded, BEFORE, WEEK)), long(tally(loaded, WEEK, WEEK))
    assert_same(both.filter(pl.col("week") == date.fromisoformat(WEEK)), one)
    assert one.height < both.height


def test_two_models_of_different_plans_keep_their_own_values(loaded: Con) -> None:
    """A value that one model's plan declares and another's does not is invalid for the other alone."""
    before = long(tally(loaded, WEEK, WEEK))
    loaded.execute(
        "UPDATE attribute_values SET value = 'renamed' WHERE model = 'sim-one' AND value = 'feminine'"
    )
    after = long(tally(loaded, WEEK, WEEK))
    own = pl.col("model") == "sim-one"
    assert_same(after.filter(~own), before.filter(~own))
    renamed = after.filter(own, pl.col("value") == "renamed")
    assert renamed.height > 0
    assert renamed["pictures"].sum() == 0
    invalid = pl.col("value") == "invalid"
    lost = before.filter(own, pl.col("value") == "feminine")["pictures"].sum()
    assert (
        after.filter(own, invalid)["pictures"].sum()
        == before.filter(own, invalid)["pictures"].sum() + lost
        > 0
    )
