"""`cliche run` of a paid model, killed twice at random moments: it ends, no slot is lost, all is booked."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from assets.gateway.threads import workers_of
from tests.e2e.command import TIME_LIMIT_S, called, start, write_settings
from tests.services.openai_contract import PRICES, ContractProcess, contract_process
from warehouse.store import open_store
from warehouse.weeks import current_week

MODEL, CONCURRENCY, SLOTS = "paid", 4, 108
KEY = {"OPENAI_API_KEY": "sk-of-this-test"}
PRICE = {
    "per_image_usd": 0.04,
    "per_million_usd": PRICES,
    "most_usd": 0.5,
    "source": "test",
    "date": "2026-11-23",
}


@pytest.fixture
def server() -> Iterator[ContractProcess]:
    with contract_process("--latency-s", "0.15") as running:
        yield running


def _home(folder: Path, base_url: str) -> Path:
    write_settings(folder, models="models.yaml", runs_at_once=1, workers=0)
    entry = {
        "name": MODEL,
        "title": "Paid",
        "provider": "openai_images",
        "model_id": "gpt-image-2",
        "suites": [{"suite": "occupations@1", "replicates": 4}],
        "labeler": "drawing",
        "concurrency": CONCURRENCY,
        "requests_per_minute": 60_000,
        "completeness_floor": 0,
        "price": [PRICE],
        "connection": {"base_url": base_url, "allow_private": True},
    }
    (folder / "models.yaml").write_text(yaml.safe_dump({"models": [entry]}), encoding="utf-8")
    return folder


def _kill_at(home: Path, receipts: int) -> None:
    process: subprocess.Popen[str] = start(home, "run", "--yes", more=KEY)
    until = time.monotonic() + TIME_LIMIT_S
    while len([*(home / "store" / "attempts").glob("*/*/*/*.json")]) < receipts:
        if process.poll() is not None or time.monotonic() > until:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"the run ended before it could be killed: {process.communicate()}")
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.communicate(timeout=TIME_LIMIT_S)


def test_two_kills_of_the_command_lose_no_slot(server: ContractProcess, tmp_path: Path) -> None:
    home, week = _home(tmp_path / "home", server.base_url), current_week()
    chance = random.Random("paid command")
    first = chance.randint(5, 30)
    _kill_at(home, first)
    _kill_at(home, chance.randint(first + 10, 70))
    last = called(home, "run", "--yes", more=KEY)
    assert last.returncode == 0, last.stderr
    assert f"Edition {week}.1 is current" in last.stdout

    receipts = read_partition(open_store(home / "store"), week, MODEL).receipts
    assert len({receipt.slot_key for receipt in receipts}) == SLOTS
    unknown = [receipt for receipt in receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    answered = {str(r.request_id): r for r in receipts if r.outcome is not Outcome.UNKNOWN_CHARGE}
    assert len(unknown) <= 2 * workers_of(CONCURRENCY)
    assert {*Counter(receipt.slot_key for receipt in answered.values()).values()} == {1}
    assert {receipt.outcome for receipt in answered.values()} == {Outcome.OK}

    log = {f"req_{call['number']}": call for call in server.log()}
    billed = sum(call["billed_usd"] for name, call in log.items() if name in answered)
    assert sum(receipt.cost_usd or 0.0 for receipt in answered.values()) == pytest.approx(billed, abs=1e-9)
    assert len(log) - len(answered) <= len(unknown)  # what was billed and lost is listed
    status = called(home, "status", more=KEY).stdout
    if unknown:
        assert f"{len(unknown)} call" in status
        assert "may have been billed" in status
        assert "; its slot ended ok" in status
        assert f"for {len(unknown)} call" in status
