"""Loading compares what is recorded: a damaged object stops it and is named, and never becomes rows."""

from __future__ import annotations

import random

import duckdb
import pytest

from tests.orchestration.installation import Cliche, Installation
from tests.warehouse.integrity.test_damage import by_kind, flip, write
from warehouse import keys
from warehouse.database.schema import open_warehouse
from warehouse.errors import CorruptObjectError
from warehouse.loading.anchor_objects import load_anchors
from warehouse.loading.gold_objects import load_gold
from warehouse.loading.load import load_partition, load_study
from warehouse.store import Store

#: Kinds that loading reads.
LOADED = (
    "plan",
    "manifest",
    "labels",
    "label calls",
    "anchor list",
    "anchor labels",
    "anchor acceptance",
    "gold sample",
    "gold labels",
    "study pointer",
    "study table",
    "study labels",
    "study retraction",
)


def _load(con: duckdb.DuckDBPyConnection, store: Store, key: str) -> None:
    """Load what an object belongs to."""
    if partition := keys.parse_partition(key):
        load_partition(con, store, *partition)
    elif key.startswith("gold/"):
        load_gold(con, store, key.split("/")[1])
    elif key.startswith("anchors/"):
        load_anchors(con, store)
    else:
        load_study(con, store, "tiny")


@pytest.mark.parametrize("kind", LOADED)
def test_a_damaged_object_stops_loading_and_is_named(whole: Installation, kind: str) -> None:
    store, chance = whole.store, random.Random(kind)
    found = [key for key in by_kind(store)[kind] if key.endswith((".parquet", ".json"))]
    found = [key for key in found if ".parquet." not in key and not key.startswith("label-calls/")]
    if kind == "manifest":  # the highest of a week is loaded
        found = [key for key in found if "-0002." in key or not store.head(key.replace("-0001.", "-0002."))]
    if kind in ("study pointer", "study table", "study labels"):  # of two imports the current one is loaded
        pointer = max(by_kind(store)["study pointer"])
        folder = store.get(pointer).decode().partition('"tables":"')[2].partition('"')[0]
        found = (
            [pointer]
            if kind == "study pointer"
            else [key for key in found if key.startswith(folder)] or found
        )
    for key in chance.sample(found, min(2, len(found))):
        before = store.get(key)
        write(store, key, flip(before, chance))
        with open_warehouse(None) as con:
            with pytest.raises(CorruptObjectError) as stopped:
                _load(con, store, key)
            for table in ("plans", "attempts", "labels", "gold_samples", "study_slots"):
                assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(0,)]
        assert key in str(stopped.value)
        write(store, key, before)


def test_rebuild_names_the_object_with_exit_code_1(whole: Installation, cliche: Cliche) -> None:
    key = next(key for key in by_kind(whole.store)["plan"] if b"ceo-his" in whole.store.get(key))
    write(whole.store, key, whole.store.get(key).replace(b"ceo-his", b"cuo-his"))
    before = whole.settings.warehouse.read_bytes()
    told = cliche("rebuild")
    assert (told.code, whole.settings.warehouse.read_bytes() == before) == (1, True)
    assert key in told.err
    assert "restore it from a backup" in told.err
