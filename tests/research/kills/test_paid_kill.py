"""SIGKILL while a paid model is asked: every slot is answered, and what is paid twice is booked and listed."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.receipts import Receipt, parse_manifest, read_partition
from assets.gateway.records import FINAL, Outcome
from assets.gateway.threads import workers_of
from assets.generation.partition import plan_partition
from tests.research.kills.forks import Forks
from tests.research.kills.paid_week import Order, entry_of, place_of
from tests.services.openai_contract import PRICES, ContractProcess, contract_process
from warehouse import keys
from warehouse.weeks import current_week

WEEK = current_week()
KILLS = 6
CONCURRENCY = 3
PRICE = {"per_image_usd": 0.02, "per_million_usd": PRICES}
RULES = [
    {"every": 9, "reply": {"error": {"status": 500, "code": "server_error", "message": "scripted"}}},
    {
        "every": 11,
        "reply": {
            "error": {
                "status": 400,
                "code": "moderation_blocked",
                "type": "image_generation_user_error",
                "message": "Your request was rejected by the safety system.",
            }
        },
    },
]


@pytest.fixture(scope="module")
def asker() -> Iterator[Forks]:
    """The process that asks in processes of their own; it ends with the tests, however they end."""
    made = Forks("tests.research.kills.paid_week", OPENAI_API_KEY="sk-of-this-test")
    try:
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ContractProcess]:
    """The API, which outlives every kill and keeps its own log of what it bills."""
    rules = tmp_path_factory.mktemp("server") / "rules.json"
    rules.write_text(json.dumps(RULES))
    with contract_process("--latency-s", "0.3", "--rules", str(rules)) as running:
        yield running


def test_invariant_02_kills_lose_no_slot_and_what_is_paid_twice_is_booked(
    asker: Forks, server: ContractProcess, tmp_path: Path
) -> None:
    model = "paid"
    home, store_path = str(tmp_path / "home"), str(tmp_path / "store")
    order = Order(home, store_path, model, server.base_url, PRICE, CONCURRENCY, replicates=1)
    place = place_of(order)
    store, (plan, _) = place.store, plan_partition(place, model, WEEK)
    prompts = {plan.prompts()[slot.prompt].text: slot.slot_key for slot in plan.slots}
    assert len(prompts) == len(plan.slots)

    chance = random.Random("paid kill")
    killed = 0
    seen: dict[tuple[str, int], Receipt] = {}
    for _ in range(KILLS):
        pid = asker.begin(**asdict(order))
        time.sleep(chance.uniform(0.0, 0.45))
        os.kill(pid, signal.SIGKILL)  # of a process that is over too, nobody has asked for its status yet
        killed += asker.ended() == -signal.SIGKILL
        for receipt in read_partition(store, WEEK, model).receipts:
            known = seen.setdefault((receipt.slot_key, receipt.attempt), receipt)
            assert known == receipt, "a recorded answer changed"
    assert killed == KILLS, "the partition was over before the last kill"
    asker.begin(**asdict(order))
    assert asker.ended() == 0
    time.sleep(0.3)  # calls of killed processes end on the server too

    state = read_partition(store, WEEK, model)
    assert set(state.attempts) == set(prompts.values())
    for attempts in state.attempts.values():
        assert attempts.lost == ()
        assert sum(receipt.outcome in FINAL for receipt in attempts.receipts) == 1  # answered, and only once

    # By the server's own log a slot is billed once, and once more for each call of it that was lost.
    log: list[dict[str, Any]] = server.log()
    billed = Counter(prompts[call["prompt"]] for call in log if call["billed_usd"] > 0)
    for slot_key, times in billed.items():
        assert times <= 1 + state.of(slot_key).lost_calls

    # What was answered is booked to the cent; what was lost is listed, with the most that it can have cost.
    by_request = {f"req_{call['number']}": call for call in log}
    answered = [receipt for receipt in state.receipts if receipt.outcome is not Outcome.UNKNOWN_CHARGE]
    for receipt in answered:
        assert receipt.cost_basis != "estimated"
        assert (receipt.cost_usd or 0.0) == pytest.approx(by_request[str(receipt.request_id)]["billed_usd"])
    booked = sum(receipt.cost_usd or 0.0 for receipt in answered)
    known = {str(receipt.request_id) for receipt in answered}
    lost = {number: call for number, call in by_request.items() if number not in known}
    assert booked == pytest.approx(
        sum(call["billed_usd"] for call in log if f"req_{call['number']}" in known), abs=1e-9
    )

    unknown = [receipt for receipt in state.receipts if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    lost_of = Counter(prompts[call["prompt"]] for call in lost.values() if call["billed_usd"] > 0)
    assert lost_of <= Counter(receipt.slot_key for receipt in unknown)
    assert len(log) <= len(answered) + len(unknown)
    assert len(unknown) <= workers_of(CONCURRENCY) * KILLS
    reserve = entry_of(order).price[0].bound_usd
    for receipt in unknown:
        assert (receipt.cost_usd, receipt.cost_basis, receipt.expected_usd) == (reserve, "estimated", 0.02)
        assert receipt.requested_at is not None
    spent = sum(receipt.cost_usd or 0.0 for receipt in state.receipts)
    assert spent >= sum(call["billed_usd"] for call in log) - 1e-9, (
        "what may have been billed counts as spent"
    )

    manifest = keys.manifest(WEEK, model, state.manifest_number)
    assert parse_manifest(store.get(manifest), manifest) == state.receipts
    # A kill between a picture and its receipt leaves the picture; its call is one of those that are listed as unknown.
    pictures, drawn = len(list(store.list("images/"))), sum(r.outcome is Outcome.OK for r in state.receipts)
    assert drawn <= pictures <= drawn + len(unknown)
