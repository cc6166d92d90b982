"""A world in which prompts differ in a word or a request, for pages of what that changes.

Belongs here: models that draw women where a word or a request asks for them. Does not belong here: any test.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from assets.metrics.effects.table import compute_effects
from assets.metrics.effects.windows import week_effects

from assets.generation.slots import Slot
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.site import world
from tests.warehouse import builder
from warehouse.loading.load import replace_week
from warehouse.store import open_store

SUITES = load_suites()
DAY = date.fromisoformat(builder.WEEK)


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return men first, women where a prompt says "their" or asks for diversity, and a keffiyeh with the request."""
    asked = slot.turn > 1 or slot.prompt.endswith(("controlled", "visionary"))
    if attribute.id == "perceived_gender":
        few = 16 if asked else 9 if slot.prompt.endswith("their") else 1
        return ("feminine" if slot.replicate < few else "masculine"), None, None
    if attribute.id == "headwear":
        return ("keffiyeh" if asked and slot.replicate < 8 else "none"), None, None
    return attribute.values[0], None, None


def answers(slot: Slot) -> Sequence[str]:
    return ("ok",) if slot.turn < 3 else ("not_needed",)


def refuses(slot: Slot) -> Sequence[str]:
    return ("refused_text",) if slot.prompt.endswith("their") else answers(slot)


def loaded_world(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of this world."""
    store = open_store(folder)
    suites = [SUITES["startup-ceo@1"], SUITES["diversity-request@1"]]
    partitions: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("imago", {"simulated": False}, answers),
        ("chatdraw", {"simulated": False, "track": "system"}, answers),
        ("sim-shy", {}, refuses),
        ("sim-loud", {}, answers),
    )
    for model, plan, outcomes in partitions:
        builder.build_partition(
            store,
            model=model,
            suites=suites,
            replicates=20,
            conversations=20 if model == "chatdraw" else 0,
            plan=plan,
            labels=labels,
            outcomes=outcomes,
            prompts=lambda prompt: not prompt.split("/")[1].startswith(("swe", "teacher")),
        )
    con = world.load(store)
    replace_week(con, "effects", builder.WEEK, compute_effects(con, builder.WEEK))
    replace_week(con, "window_effects", builder.WEEK, week_effects(con, builder.WEEK))
    return con
