"""What is behind the store is found by fingerprint, and weeks that did not change are left alone."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.workplace import Workplace
from assets.metrics.week import score_weeks
from tests.once import made_once
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import open_warehouse
from warehouse.loading import load, objects
from warehouse.loading.freshness import names_of_loaded, stale_partitions, week_inputs
from warehouse.loading.load import load_partition
from warehouse.store import Store, open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
BEFORE = shift(WEEK, -1)


def _load(home: Path) -> None:
    """Make a home with two models of two weeks, built and loaded."""
    store = open_store(home / "bucket")
    with open_warehouse(home / "warehouse.duckdb") as con:
        for week, model in [(week, model) for week in (BEFORE, WEEK) for model in ("sim-one", "sim-two")]:
            build_partition(store, week, model, replicates=2)
            load_partition(con, store, week, model)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_once(tmp_path_factory, "loaded", _load), tmp_path / "home"))


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(home / "bucket")


@pytest.fixture
def con(home: Path) -> Iterator[Con]:
    with connect(home / "warehouse.duckdb") as made:
        yield made


def relabel(store: Store, week: str, model: str, version: str = "2-0123456789ab") -> None:
    """Add a label part of a newer version."""
    slots = load_slots(store, week, model)
    rows = [builder.label_row(slots[0], "perceived_gender", ("feminine", 0.9, None), labeler_version=version)]
    builder.write_labels(store, week, model, rows)


def load_slots(store: Store, week: str, model: str) -> list[Any]:
    return builder.make_slots(builder.OCCUPATIONS, week, model, {}, 2, 0)


def test_what_was_never_loaded_is_stale_and_what_was_loaded_is_not(store: Store, con: Con) -> None:
    assert stale_partitions(con, store, WEEK) == []
    build_partition(store, WEEK, "another", replicates=2)
    assert stale_partitions(con, store, WEEK) == [(WEEK, "another")]
    load_partition(con, store, WEEK, "another")
    assert stale_partitions(con, store, WEEK) == []


def test_a_new_manifest_makes_its_partition_stale_and_no_other(store: Store, con: Con) -> None:
    rows = objects.read_attempts(store, objects.names_of(store, WEEK, "sim-two")).to_pylist()
    builder.write_manifest(store, WEEK, "sim-two", rows, number=2)
    assert stale_partitions(con, store, WEEK) == [(WEEK, "sim-two")]
    load_partition(con, store, WEEK, "sim-two")
    assert stale_partitions(con, store, WEEK) == []


@pytest.fixture
def listed(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    plain = type(store).list
    monkeypatch.setattr(type(store), "list", lambda self, prefix: found.append(prefix) or plain(self, prefix))
    return found


def test_what_did_not_change_is_seen_without_listing_receipts(
    store: Store, con: Con, listed: list[str]
) -> None:
    assert stale_partitions(con, store, WEEK) == []
    assert sorted(listed) == ["labels/", "plans/", "retractions/week="]
    builder.write_manifest(store, BEFORE, "sim-one", [], number=2)
    builder.write_manifest(store, BEFORE, "sim-one", [], number=3)
    names = names_of_loaded(con, store)
    assert names[BEFORE, "sim-one"] == objects.names_of(store, BEFORE, "sim-one")
    assert names[BEFORE, "sim-one"].manifest == keys.manifest(BEFORE, "sim-one", 3)
    assert stale_partitions(con, store, WEEK) == [(BEFORE, "sim-one")]


def test_receipts_intents_pictures_and_editions_make_nothing_stale(store: Store, con: Con) -> None:
    for key in (
        keys.receipt(WEEK, "sim-one", "a" * 64, 1),
        keys.intent(WEEK, "sim-one", "a" * 64, 1),
        keys.image("a" * 64, "png"),
        f"editions/{WEEK}.1/index.html",
    ):
        assert store.put_if_absent(key, b"new")
    assert stale_partitions(con, store, WEEK) == []


def test_only_weeks_up_to_the_one_that_is_published_are_looked_at(store: Store, con: Con) -> None:
    build_partition(store, shift(WEEK, 1), "sim-one", replicates=2)
    relabel(store, WEEK, "sim-one")
    assert stale_partitions(con, store, BEFORE) == []
    assert stale_partitions(con, store, WEEK) == [(WEEK, "sim-one")]
    assert stale_partitions(con, store, shift(WEEK, 1)) == [(WEEK, "sim-one"), (shift(WEEK, 1), "sim-one")]


def test_a_lost_load_is_stale(store: Store, con: Con) -> None:
    con.execute("DELETE FROM loads WHERE model = 'sim-one' AND week = $week", {"week": WEEK})
    assert stale_partitions(con, store, WEEK) == [(WEEK, "sim-one")]


def test_inputs_of_a_week_change_with_its_own_loads_and_with_what_is_added(store: Store, con: Con) -> None:
    def inputs() -> tuple[str, str]:
        found = week_inputs(con, [BEFORE, WEEK], ["v1"])
        return found[BEFORE], found[WEEK]

    before = inputs()
    assert inputs() == before
    load_partition(con, store, WEEK, "sim-one")  # the same again
    assert inputs() == before
    relabel(store, WEEK, "sim-one")
    assert inputs() == before  # not loaded yet
    load_partition(con, store, WEEK, "sim-one")
    after = inputs()
    assert after[0] == before[0]
    assert after[1] != before[1]
    assert week_inputs(con, [WEEK], ["v2"])[WEEK] != after[1]
    build_partition(store, WEEK, "sim-three", replicates=2)
    load_partition(con, store, WEEK, "sim-three")
    assert inputs()[1] != after[1]


def asked(store: Store, week: str, model: str) -> None:
    """Build a partition whose pictures are there: the bytes that the builder names the hash of."""
    for slot in build_partition(store, week, model, replicates=6):
        data = slot.slot_key.encode()
        store.put_if_absent(keys.image(sha256_hex(data), "png"), data)


def _score(home: Path) -> None:
    """Make a home with two weeks of one model scored."""
    for week in (BEFORE, WEEK):
        asked(open_store(home / "store"), week, "sim-one")
    assert score_weeks(place_in(home), WEEK) == [BEFORE, WEEK]


def place_in(home: Path) -> Workplace:
    return Workplace(
        store=open_store(home / "store"),
        warehouse=home / "warehouse.duckdb",
        suites={},
        models=(),
        code_version="v1",
    )


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Workplace:
    shutil.copytree(made_once(tmp_path_factory, "scored", _score), tmp_path / "scored")
    return place_in(tmp_path / "scored")


def scores(place: Workplace) -> dict[str, int]:
    with connect(place.warehouse, read_only=True) as con:
        rows = con.execute("SELECT week, count(*) FROM figures GROUP BY week").fetchall()
    return {week.isoformat(): count for week, count in rows}


def spoil(place: Workplace) -> None:
    """Take a row away from every week's scores: only a scoring brings it back."""
    with connect(place.warehouse) as con:
        con.execute("DELETE FROM figures WHERE rowid IN (SELECT min(rowid) FROM figures GROUP BY week)")


def test_weeks_that_did_not_change_keep_the_scores_they_have(place: Workplace) -> None:
    whole = scores(place)
    spoil(place)
    relabel(place.store, WEEK, "sim-one")
    assert WEEK in score_weeks(place, WEEK)
    assert scores(place)[BEFORE] == whole[BEFORE] - 1
    assert scores(place)[WEEK] >= whole[WEEK] - 1
    relabel(place.store, BEFORE, "sim-one")  # labels that came late
    assert BEFORE in score_weeks(place, WEEK)
    assert scores(place)[BEFORE] != whole[BEFORE] - 1


def test_another_version_of_the_code_scores_every_week_again(place: Workplace) -> None:
    whole = scores(place)
    spoil(place)
    assert score_weeks(dataclasses.replace(place, code_version="v2"), WEEK) == [BEFORE, WEEK]
    assert scores(place) == whole


def test_a_week_is_scored_once_it_was_loaded_by_somebody_else(place: Workplace) -> None:
    asked(place.store, WEEK, "sim-two")
    with connect(place.warehouse) as con:
        load_partition(con, place.store, WEEK, "sim-two")
    assert WEEK in score_weeks(place, WEEK)
    with connect(place.warehouse, read_only=True) as con:
        models = con.execute(
            "SELECT DISTINCT model FROM figures WHERE week = $week", {"week": WEEK}
        ).fetchall()
    assert {model for (model,) in models} == {"sim-one", "sim-two"}
    assert load.partitions(place.store) == [(BEFORE, "sim-one"), (WEEK, "sim-one"), (WEEK, "sim-two")]
