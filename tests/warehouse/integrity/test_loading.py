"""Loading compares what is recorded: a damaged object stops it and is named, and never becomes rows."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.orchestration.installation import Cliche, Installation
from tests.warehouse.integrity.test_damage import by_kind, flip, write
from warehouse.database.rebuild import rebuild
from warehouse.errors import CorruptObjectError

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


@pytest.mark.parametrize("kind", LOADED)
def test_a_damaged_object_stops_loading_and_is_named(whole: Installation, tmp_path: Path, kind: str) -> None:
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
    for key in chance.sample(found, min(3, len(found))):
        before = store.get(key)
        write(store, key, flip(before, chance))
        with pytest.raises(CorruptObjectError) as stopped:
            rebuild(store, tmp_path / "warehouse.duckdb")
        assert key in str(stopped.value)
        assert not (tmp_path / "warehouse.duckdb").exists()
        write(store, key, before)


def test_rebuild_names_the_object_with_exit_code_1(whole: Installation, cliche: Cliche) -> None:
    key = next(key for key in by_kind(whole.store)["plan"] if b"ceo-his" in whole.store.get(key))
    write(whole.store, key, whole.store.get(key).replace(b"ceo-his", b"cuo-his"))
    told = cliche("rebuild")
    assert told.code == 1
    assert key in told.err
    assert "restore it from a backup" in told.err
