"""Data for the benchmarks, made anew for every run from the slots' own keys: the same bytes every time.

Belongs here: plans, partitions and a warehouse of the sizes that are timed. Does not belong here: timing.
"""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from pathlib import Path

import duckdb

from assets.gateway.models_file import ModelEntry
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.simulation import picture, scenes
from assets.simulation.pool import Pool
from assets.simulation.provider import Simulated
from assets.suites.loader import load_suites
from assets.suites.schema import Suite
from tests.bench.measure import Size
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition
from warehouse.store.base import Store

WEEK = builder.WEEK
PERSONA = "classic"
ATTRIBUTES = 6
_DRAWN = 12  # different drawings that the instant provider's pictures are made of
#: Tables of which every earlier week of a full warehouse has its rows; `slot_key` is hashed anew for each.
_KEYED = ("slots", "attempts", "images", "labels")
_UNKEYED = (
    "plans",
    "prompts",
    "prompt_attributes",
    "attribute_values",
    "reference_values",
    "counts",
    "answers",
    "draws",
    "loads",
)


def earlier(week: str, weeks: int) -> str:
    """Return the Monday so many weeks before."""
    return (date.fromisoformat(week) - timedelta(weeks=weeks)).isoformat()


def drawn_plan(store: Store, slots: int, pixels: int) -> Plan:
    """Return a frozen plan of the simulated model `classic` with so many slots of shipped prompts."""
    suites = load_suites()
    entry = ModelEntry.model_validate(
        {
            "name": "sim-classic",
            "title": "Sim Classic (simulated)",
            "provider": "simulated",
            "model_id": PERSONA,
            "labeler": "drawing",
            "params": {"size": pixels},
            "suites": [{"suite": "rest-of-world@1", "replicates": -(-slots // 30)}],
        }
    )
    whole = make_plan(entry, suites, WEEK, Simulated(Pool(0)))
    every = len(whole.slots) / slots  # spread over all prompts: people, houses, streets and food
    chosen = tuple(whole.slots[int(number * every)] for number in range(slots))
    return freeze_plan(store, whole.model_copy(update={"slots": chosen}))


def ready_pictures(plan: Plan, pixels: int) -> dict[str, bytes]:
    """Return a whole PNG for every slot, no two of equal bytes: drawings with the slot's key in a text chunk."""
    languages = {name: prompt.language for name, prompt in plan.prompts().items()}
    drawings = [
        picture.png(scenes.scene(PERSONA, slot, languages[slot.prompt]).look, slot.slot_key, pixels)
        for slot in plan.slots[:: max(1, len(plan.slots) // _DRAWN)]
    ]
    return {
        slot.slot_key: named(drawings[n % len(drawings)], slot.slot_key) for n, slot in enumerate(plan.slots)
    }


def named(drawing: bytes, name: str) -> bytes:
    """Return a PNG with a name in a text chunk after its header, so that no two have equal bytes."""
    body = b"tEXt" + b"slot\x00" + name.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return drawing[:33] + chunk + drawing[33:]


def wide_suite() -> Suite:
    """Return a shipped suite of ten prompts, each cut to six attributes."""
    suite = load_suites()["diversity-request@1"]
    prompts = tuple(
        prompt.model_copy(update={"attributes": prompt.attributes[:ATTRIBUTES]}) for prompt in suite.prompts
    )
    return suite.model_copy(update={"prompts": prompts})


def model_names(size: Size) -> list[str]:
    """Return the names of the models that are asked."""
    return [f"sim-{number}" for number in range(1, size.models + 1)]


def build_week(store: Store, size: Size, week: str) -> int:
    """Write one week of every model, without pictures, and return its number of labels."""
    slots = [
        slot
        for model in model_names(size)
        for slot in builder.build_partition(
            store, week, model, suites=(wide_suite(),), replicates=size.replicates
        )
    ]
    return len(slots) * ATTRIBUTES


def full_warehouse(path: Path, store: Store, size: Size) -> int:
    """Make a warehouse file with at least `label_rows` label rows in weeks before `WEEK`; return how many it holds.

    One week is loaded from the store; the weeks before it are that week again under other keys.
    """
    last = earlier(WEEK, size.repeats)
    labels = build_week(store, size, last)
    with connect(path) as con:
        make_tables(con)
        for model in model_names(size):
            load_partition(con, store, last, model)
        copy_back(con, last, -(-size.label_rows // labels) - 1)
        con.execute("CHECKPOINT")
        found = con.execute("SELECT count(*) FROM labels").fetchone()
    return int(found[0]) if found else 0


def copy_back(con: duckdb.DuckDBPyConnection, week: str, weeks: int) -> None:
    """Copy the rows of `week` to so many weeks before it, each with slot keys of its own."""
    for table in (*_KEYED, *_UNKEYED):
        key = ", sha256(slot_key || n) AS slot_key" if table in _KEYED else ""
        con.execute(
            f"""
            INSERT INTO {table} BY NAME
            SELECT t.* REPLACE (t.week - to_days(cast(7 * n AS INTEGER)) AS week{key})
            FROM {table} AS t CROSS JOIN range(1, $weeks + 1) AS earlier (n)
            WHERE t.week = $week
            """,
            {"week": week, "weeks": weeks},
        )
