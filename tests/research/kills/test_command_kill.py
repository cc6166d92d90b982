"""`cliche run` stopped by Ctrl-C and killed twice at random moments: nothing is lost, and it ends as if undisturbed.

One installation is interrupted, killed and killed again; another is left alone, without Dagster and without other
processes. Both must hold the same in the end.
"""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from assets.gateway.receipts import read_partition
from assets.gateway.records import FINAL, Outcome
from orchestration.instance import open_instance
from orchestration.loading import WAREHOUSE_POOL
from tests.e2e import benchmark
from tests.e2e.command import TIME_LIMIT_S, cliche, hashes, pictures, start, write_settings
from warehouse.store import Store, open_store

WEEK = benchmark.LAST
MODELS = ("sim-cautious", "sim-rewriter")
STORIES = {"startup-ceo@1": (["ceo-*"], 8), "rest-of-world@1": (["person-*", "house-*"], 5)}
SLOTS = 2 * (3 * 8 + 12 * 5) + 3 * 3  # both models; three conversations of three turns


def _home(folder: Path) -> Path:
    write_settings(folder, models="models.yaml", runs_at_once=2)
    benchmark.write_models(
        folder / "models.yaml", [benchmark.entry(name, STORIES, size=128) for name in MODELS]
    )
    return folder


def _store(home: Path) -> Store:
    return open_store(home / "store")


def _receipts(home: Path) -> int:
    return len([*(home / "store" / "attempts").glob("*/*/*/*.json")])


def _finals(home: Path) -> dict[str, str]:
    """Return every final receipt as it was recorded, by slot; a slot with two of them fails."""
    found: dict[str, str] = {}
    for model in MODELS:
        for receipt in read_partition(_store(home), WEEK, model).receipts:
            if receipt.outcome in FINAL:
                assert receipt.slot_key not in found
                found[receipt.slot_key] = receipt.model_dump_json()
    return found


def _started(home: Path, receipts: int) -> subprocess.Popen[str]:
    """Return a `cliche run` that is at work and has brought the store to at least so many receipts."""
    process = start(home, "run", "--week", WEEK)
    until = time.monotonic() + TIME_LIMIT_S
    while _receipts(home) < receipts:
        if process.poll() is not None or time.monotonic() > until:
            _end(process.pid)
            pytest.fail(f"the run came to {_receipts(home)} receipts only: {process.communicate()}")
        time.sleep(0.05)
    return process


def _alive(group: int) -> list[int]:
    """Return the processes of a process group that are still running."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it ended in between
            continue
        if int(its_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _assert_all_end(group: int) -> None:
    until = time.monotonic() + 15
    while left := _alive(group):
        if time.monotonic() > until:
            _end(group)
            pytest.fail(f"processes outlive their parent: {left}")
        time.sleep(0.05)


@dataclass(frozen=True)
class Interrupted:
    """What Ctrl-C left: how the command ended, and what was in the store then."""

    home: Path
    code: int
    out: str
    err: str
    finals: dict[str, str]
    kept: int


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with benchmark.folder_in_memory("kill") as made:
        yield made


@pytest.fixture(scope="module")
def interrupted(folder: Path) -> Interrupted:
    home = _home(folder / "interrupted")
    process = _started(home, random.Random("Ctrl-C").randint(5, 25))
    os.killpg(process.pid, signal.SIGINT)
    try:
        out, err = process.communicate(timeout=TIME_LIMIT_S)
    finally:
        _assert_all_end(process.pid)
    kept = sum(
        receipt.outcome is Outcome.OK
        for model in MODELS
        for receipt in read_partition(_store(home), WEEK, model).receipts
    )
    return Interrupted(home, process.returncode, out, err, _finals(home), kept)


def test_ctrl_c_says_what_is_kept_and_ends_with_130(interrupted: Interrupted) -> None:
    assert interrupted.code == 130
    assert re.fullmatch(
        r"stopped: (\d+) pictures kept, 0 lost, no call was billed\. Run again to go on\.",
        interrupted.out.strip(),
    )
    assert f"stopped: {interrupted.kept} pictures kept" in interrupted.out
    assert "Traceback" not in interrupted.err
    assert 5 <= len(interrupted.finals) < SLOTS  # it was in the midst of asking


def _kill(home: Path, receipts: int) -> None:
    """Kill the command, and nobody else, once so many receipts are there; its processes must end by themselves."""
    process = _started(home, receipts)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    _assert_all_end(process.pid)
    process.communicate(timeout=TIME_LIMIT_S)


def _hold_pool(home: Path) -> str:
    """Let a killed run hold the one place in the warehouse's pool, as a kill while loading does; return its id."""
    with open_instance(home / "dagster") as instance:
        records = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        dead = records[0].dagster_run.run_id
        instance.event_log_storage.initialize_concurrency_limit_to_default(WAREHOUSE_POOL)
        claim = instance.event_log_storage.claim_concurrency_slot(WAREHOUSE_POOL, dead, "loaded")
        assert claim.is_claimed
    return dead


def test_invariant_02_two_kills_of_the_command_lose_nothing_and_double_nothing(
    interrupted: Interrupted, folder: Path
) -> None:
    home, seen = interrupted.home, dict(interrupted.finals)
    chance = random.Random("command")
    done = len(seen)
    for part in (0.4, 0.9):  # of what is left to ask
        done = _receipts(home)
        _kill(home, done + 1 + int(chance.uniform(0, part) * (SLOTS - done - 20)))
        now = _finals(home)
        assert {slot: now[slot] for slot in seen} == seen, "a recorded answer changed, or was asked for again"
        assert len(now) > len(seen)
        seen = now
    assert done < SLOTS
    dead = _hold_pool(home)
    last = cliche(home, "run", "--week", WEEK)
    assert last.returncode == 0, last.stderr
    assert f"A run that was killed ({dead[:8]}) left its place in the queue; it was freed." in last.stderr
    assert f"Edition {WEEK}.1 is current" in last.stdout
    now = _finals(home)
    assert len(now) == SLOTS
    assert {slot: now[slot] for slot in seen} == seen

    for model in MODELS:
        attempts = [
            (receipt.slot_key, receipt.attempt)
            for receipt in read_partition(_store(home), WEEK, model).receipts
        ]
        assert max(Counter(attempts).values()) == 1
    assert not [key for key in _store(home).list("") if ".tmp" in key]
    undisturbed = benchmark.place_of(benchmark.settings_of(_home(folder / "undisturbed")))
    assert benchmark.run_benchmark(undisturbed, [WEEK], anchors=True).id == f"{WEEK}.1"
    kept = pictures(_store(home))
    assert len(kept) > 100
    assert kept == pictures(undisturbed.store)
    assert hashes(home / "warehouse.duckdb") == hashes(undisturbed.warehouse)
