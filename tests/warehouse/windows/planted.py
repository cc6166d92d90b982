"""Three models over seven weeks: `two` changes, and `three` is lost in one week and withheld in another."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from assets.generation.slots import Slot
from assets.metrics.declared import load_declared
from assets.metrics.drift.table import SCHEMA as EVENTS
from assets.metrics.scores.table import compute_scores
from assets.metrics.windows.table import week_windows
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.warehouse.builder import WEEK, build_partition
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
WEEKS = [shift(WEEK, number) for number in range(-6, 1)]
REPLICATES = 6
OCCUPATIONS, WORLD = load_suites()["occupations@1"], load_suites()["rest-of-world@1"]
SUITES = (OCCUPATIONS, WORLD)
MODELS = ("one", "two", "three")
#: `two` changed in this week, which was found a week later.
CHANGED, OPENED = WEEKS[4], WEEKS[5]
#: `three` was not asked in one week, and withheld in another.
LOST, WITHHELD = WEEKS[2], WEEKS[5]
KEYS = [
    *("model", "suite", "suite_major", "condition", "prompt", "turn", "attribute"),
    *("reference", "scale", "metric", "value_name"),
]


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return a label by chance: each model and week leans by an amount of its own; sometimes nothing can be told."""
    lean = random.Random(f"{slot.model}/{slot.week}/{attribute.id}").gauss(0, 0.12)
    chance = random.Random(f"{slot.model}/{slot.week}/{slot.prompt}/{slot.replicate}/{attribute.id}")
    if chance.random() < 0.06:
        return "cannot_tell", 0.2, None
    first = random.Random(slot.prompt).uniform(0.1, 0.9) + lean
    value = attribute.values[0] if chance.random() < first else chance.choice(attribute.values)
    return value, 0.9, None


def readings(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    """Return the same, but in some pictures no label, an undeclared one, or one outside the support."""
    chance = random.Random(f"{slot.slot_key}/{attribute.id}/lost").random()
    if chance < 0.01:
        return None
    other = "no_such_value" if chance < 0.02 else attribute.outside[0]
    return (other, 0.2, None) if chance < 0.04 else labels(slot, attribute)


def outcomes(slot: Slot) -> Sequence[str]:
    """Return answers by chance; how often a model refuses differs from week to week."""
    chance = random.Random(f"{slot.slot_key}/refused").random()
    often = random.Random(f"{slot.model}/{slot.week}").uniform(0.01, 0.1)
    if chance < often:
        return ("refused_text",)
    return ("timeout", "timeout") if chance > 0.98 else ("ok",)


def asked(prompt: str) -> bool:
    return prompt.startswith("occupations/") or prompt.startswith("rest-of-world/person-")


def event(**changed: Any) -> Row:
    """Return a row of `drift_events`, of occupations by `two`."""
    plain: Row = {
        **dict.fromkeys(EVENTS.names),
        **{"week": OPENED, "model": "two", "series": "two", "params_hash": PARAMS, "track": "model"},
        **{"simulated": True, "suite": "occupations", "suite_major": 1, "condition": "baseline", "turn": 1},
        **{"attribute": "perceived_gender", "scale": "values", "labeler_version": VERSION, "metric": "share"},
        **{"value_name": "feminine", "kind": "model", "started_week": WEEKS[0], "changed_week": CHANGED},
        **{"earliest_week": CHANGED, "latest_week": CHANGED, "before_share": 0.2, "after_share": 0.8},
        **{"change": 0.6, "change_low": 0.5, "change_high": 0.7, "before_n": 100, "after_n": 50},
        **{"log10_e": 5.0, "cells": 27, "changed_cells": 27, "changed_prompts": "occupations/ceo"},
        **{"suite_changed": False, "labeler_changed": False, "completeness_changed": False},
        **{"models_at_once": 1, "models_compared": 3, "words": "it changed"},
    }
    return plain | changed


PARAMS, VERSION = "44136fa3", "1-0123456789ab"
#: The same change of `two`, in how often it refuses.
REFUSALS = {
    "metric": "refused_rate",
    **dict.fromkeys(("attribute", "scale", "labeler_version", "value_name")),
}
#: `one` reports what it made of the prompt: often something else, at times with a group that was not asked for.
REWRITTEN = (
    "UPDATE attempts SET revised_prompt = prompt_sent || "
    "(CASE hash(slot_key) % 5 WHEN 0 THEN ' of a woman' WHEN 1 THEN ', in color' ELSE '  ' END) "
    "WHERE model = 'one' AND outcome = 'ok'"
)


def insert(con: Con, row: Row) -> None:
    columns = ", ".join(row)
    con.execute(f"INSERT INTO drift_events ({columns}) VALUES ({', '.join('?' * len(row))})", [*row.values()])


@contextmanager
def loaded(folder: Path) -> Iterator[Con]:
    """Yield a warehouse with the windows of every week."""
    store = open_store(folder)
    for model in MODELS:
        for week in WEEKS:
            if (model, week) != ("three", LOST):
                build_partition(
                    store,
                    week,
                    model,
                    suites=SUITES,
                    replicates=REPLICATES,
                    outcomes=outcomes,
                    labels=readings,
                    prompts=asked,
                )
    with connect(None) as made:
        make_tables(made)
        load_declared(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        made.execute(REWRITTEN)
        for week in WEEKS:
            replace_week(made, "scores", week, compute_scores(made, week))
        made.execute("INSERT INTO withheld VALUES ($week, 'three', 'a reason')", {"week": WITHHELD})
        insert(made, event())
        insert(made, event(**REFUSALS))
        for week in WEEKS:
            replace_week(made, "window_scores", week, week_windows(made, week))
        yield made
