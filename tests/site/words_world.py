"""A world in which prompts differ in a word or a request, for pages of what that changes.

Belongs here: models that draw women where a word or a request asks for them. Does not belong here: any test.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from assets.generation.slots import Slot
from assets.metrics.spans import WeekRows
from assets.metrics.words import span_words
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.warehouse import builder
from warehouse import occasions
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_results
from warehouse.store import Store, open_store
from warehouse.weeks import shift

SUITES = load_suites()
WEEKS = [shift(builder.WEEK, -back) for back in range(4)]


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return men first, women where a prompt says "their" or asks for diversity, and a keffiyeh with the request."""
    asked = slot.turn > 1 or slot.prompt.endswith(("controlled", "visionary"))
    if attribute.id == "perceived_gender":
        few = 5 if asked else 3 if slot.prompt.endswith("their") else 1
        return ("feminine" if slot.replicate < few else "masculine"), None, None
    if attribute.id == "headwear":
        return ("keffiyeh" if asked and slot.replicate < 3 else "none"), None, None
    return attribute.values[0], None, None


def answers(slot: Slot) -> Sequence[str]:
    return ("ok",) if slot.turn < 3 else ("not_needed",)


def refuses(slot: Slot) -> Sequence[str]:
    return ("refused_text",) if slot.prompt.endswith("their") else answers(slot)


def loaded_world(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of this world."""
    store = open_store(folder)
    suites = [SUITES["startup-ceo@1"], SUITES["diversity-request@1"]]
    asked: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("imago", {"simulated": False}, answers),
        ("chatdraw", {"simulated": False, "track": "system"}, answers),
        ("sim-shy", {}, refuses),
        ("sim-loud", {}, answers),
    )
    for model, plan, outcomes in asked:
        for week in WEEKS:
            builder.build_partition(
                store,
                week,
                model,
                suites=suites,
                replicates=6,
                conversations=6 if model == "chatdraw" else 0,
                plan=plan,
                labels=labels,
                outcomes=outcomes,
                prompts=lambda prompt: not prompt.split("/")[1].startswith(("swe", "teacher")),
            )
    return load(store)


def load(store: Store) -> duckdb.DuckDBPyConnection:
    """Return a warehouse with what a store holds, and with what words change in the last week; no other figures."""
    con = connect(None)
    make_tables(con)
    for week, model in partitions(store):
        load_partition(con, store, week, model)
    builder.declare(con)
    compute(con)
    return con


def compute(con: duckdb.DuckDBPyConnection) -> None:
    """Compute what words change in the last week."""
    week = occasions.week(builder.WEEK)
    span = WeekRows.read(con, week).span(first_turns=True)
    replace_results(con, week, {"words": span_words(con, span)})
