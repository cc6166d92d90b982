"""SIGKILL at random moments: nothing recorded is lost or doubled, and the end is that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from assets.generation.receipts import read_partition
from assets.generation.records import FINAL
from tests.e2e.core_week import make_week
from warehouse.connection import connect
from warehouse.load import load_partition
from warehouse.migrations import migrate
from warehouse.store import Store, open_store
from warehouse.table_hash import table_hashes

CHECKOUT = Path(__file__).resolve().parents[2]
WEEK = "2026-11-23"
MODELS = ("sim-classic", "sim-cautious", "sim-rewriter")
KILLS = 6  # a model


def _start(store: Path, model: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.core_week", str(store), model, WEEK],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "asking\n"
    return process


def _finish(store: Path, model: str) -> float:
    process = _start(store, model)
    asking = time.monotonic()
    out, _ = process.communicate(timeout=120)
    assert (out, process.returncode) == ("done\n", 0)
    return time.monotonic() - asking


def _hashes(store: Store, model: str) -> dict[str, str]:
    with connect(None) as con:
        migrate(con)
        load_partition(con, store, WEEK, model)
        return table_hashes(con)


@pytest.mark.parametrize("model", MODELS)
def test_invariant_02_kills_lose_nothing_and_double_nothing(model: str, tmp_path: Path) -> None:
    duration = _finish(tmp_path / "undisturbed", model)
    chance = random.Random(f"kill {model}")
    killed = 0
    seen_final: dict[str, str] = {}
    store = open_store(tmp_path / "killed")
    for _ in range(KILLS):
        process = _start(tmp_path / "killed", model)
        time.sleep(chance.uniform(0, duration * 1.6 / KILLS))
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        for slot_key, attempts in read_partition(store, WEEK, model).attempts.items():
            for receipt in attempts.receipts:
                if receipt.outcome in FINAL:
                    seen = seen_final.setdefault(slot_key, receipt.model_dump_json())
                    assert seen == receipt.model_dump_json(), (
                        "a recorded answer changed or was asked for again"
                    )
    assert killed >= KILLS - 2
    _finish(tmp_path / "killed", model)

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


def test_invariant_03_two_runs_at_once_one_works_and_the_other_is_told(tmp_path: Path) -> None:
    first = _start(tmp_path / "store", "sim-classic")
    second = subprocess.run(
        [sys.executable, "-m", "tests.e2e.core_week", str(tmp_path / "store"), "sim-classic", WEEK],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    out, _ = first.communicate(timeout=120)
    assert out == "done\n"
    assert second.returncode != 0
    assert "another run holds generate" in second.stderr
    assert f"pid {first.pid}" in second.stderr
    attempts = read_partition(open_store(tmp_path / "store"), WEEK, "sim-classic").receipts
    assert max(Counter((r.slot_key, r.attempt) for r in attempts).values()) == 1
