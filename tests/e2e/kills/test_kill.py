"""SIGKILL at random moments: nothing recorded is lost or doubled, and the end is that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from assets.gateway.receipts import read_partition
from assets.gateway.records import FINAL
from assets.labeling import run as labeling
from tests.e2e.kills.core_week import ask, make_week
from tests.e2e.kills.forks import Forks
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hashes
from warehouse.errors import RefusedError
from warehouse.loading.load import load_partition
from warehouse.store import Store, open_store

WEEK = "2026-11-23"
MODEL = "sim-cautious"
KILLS = 6


@pytest.fixture(scope="module")
def asker() -> Iterator[Forks]:
    """The process that asks in processes of their own; it ends with the tests, however they end."""
    made = Forks("tests.e2e.kills.core_week")
    try:
        yield made
    finally:
        made.end()


def _finish(asker: Forks, store: Path, model: str) -> float:
    asker.begin(address=str(store), model=model, week=WEEK)
    asking = time.monotonic()
    assert asker.ended() == 0
    return time.monotonic() - asking


def _hashes(store: Store, model: str) -> dict[str, str]:
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, WEEK, model)
        return table_hashes(con)


def test_invariant_02_kills_lose_nothing_and_double_nothing(asker: Forks, tmp_path: Path) -> None:
    model, chance = MODEL, random.Random("kill")
    duration = _finish(asker, tmp_path / "undisturbed", model)
    killed = 0
    seen_final: dict[str, str] = {}
    store = open_store(tmp_path / "killed")
    for _ in range(KILLS):
        pid = asker.begin(address=str(tmp_path / "killed"), model=model, week=WEEK)
        time.sleep(chance.uniform(0, duration * 1.6 / KILLS))
        with suppress(ProcessLookupError):  # it was over before
            os.kill(pid, signal.SIGKILL)
        killed += asker.ended() == -signal.SIGKILL
        for slot_key, attempts in read_partition(store, WEEK, model).attempts.items():
            for receipt in attempts.receipts:
                if receipt.outcome in FINAL:
                    seen = seen_final.setdefault(slot_key, receipt.model_dump_json())
                    assert seen == receipt.model_dump_json(), (
                        "a recorded answer changed or was asked for again"
                    )
    assert killed >= KILLS - 2
    _finish(asker, tmp_path / "killed", model)

    undisturbed = open_store(tmp_path / "undisturbed")
    plan = make_week(store, model, WEEK)
    known = read_partition(store, WEEK, model)
    assert set(known.attempts) == {slot.slot_key for slot in plan.slots}
    finals = Counter(receipt.slot_key for receipt in known.receipts if receipt.outcome in FINAL)
    assert max(finals.values()) == 1
    assert not [key for key in store.list("") if ".tmp" in key]
    images = set(undisturbed.list("images/"))
    assert set(store.list("images/")) == images
    assert _hashes(store, model) == _hashes(undisturbed, model)


def test_invariant_03_two_runs_at_once_one_works_and_the_other_is_told(
    asker: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labeling, "PART_PICTURES", labeling.PART_PICTURES)  # `ask` changes it
    store = tmp_path / "store"
    first = asker.begin(address=str(store), model="sim-classic", week=WEEK)
    with pytest.raises(RefusedError, match="another run holds generate") as told:
        ask(str(store), "sim-classic", WEEK)
    assert f"pid {first}" in str(told.value)
    assert asker.ended() == 0
    attempts = read_partition(open_store(store), WEEK, "sim-classic").receipts
    assert max(Counter((r.slot_key, r.attempt) for r in attempts).values()) == 1
