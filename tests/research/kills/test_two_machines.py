"""Workers of two machines on one store and one PostgreSQL: together they pass no cap, whoever is killed meanwhile."""

from __future__ import annotations

import math
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.money.charges import week_scope
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Outcome
from tests.research.kills.forks import Forks
from tests.research.kills.paid_week import GRACE_S, Order, place_of
from tests.services.openai_contract import PRICES, Call, ContractServer, Reply
from tests.services.postgres import Postgres
from warehouse.store import open_store
from warehouse.weeks import current_week

KILLS = 3  # of each machine
CAP_USD = 5.0
SEED = 0


@pytest.fixture(scope="module")
def machines() -> Iterator[list[Forks]]:
    """Two processes that make workers, one at a time each; they end with the tests."""
    made = [Forks("tests.research.kills.paid_week", OPENAI_API_KEY="sk-of-this-test") for _ in range(2)]
    try:
        yield made
    finally:
        for one in made:
            one.end()


@dataclass
class Market:
    """Prices, latencies and failures drawn from a seed; the server bills by tokens, so every prompt costs its own."""

    seed: int
    draw: random.Random = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.draw = random.Random(f"market {self.seed}")
        self.dearness = self.draw.choice([2.0, 6.0, 25.0])
        self.slowest_s = self.draw.choice([0.02, 0.1, 0.3])
        self.failing = self.draw.choice([0.0, 0.05])
        self.concurrency = self.draw.choice([2, 8])

    @property
    def prices(self) -> dict[str, float]:
        """Return dollars a million tokens; what a text costs differs from prompt to prompt."""
        return {**PRICES, "image_out": 30.0 * self.dearness, "text_in": 300.0 * self.dearness}

    @property
    def price(self) -> dict[str, Any]:
        """Return the price in the model's entry; the most of a call bounds it."""
        return {
            "per_image_usd": 0.035 * self.dearness,
            "per_million_usd": self.prices,
            "most_usd": 0.045 * self.dearness,
        }

    def answer(self, call: Call) -> Reply:
        """Return what a call is answered with."""
        with self.lock:
            latency_s, dice = self.draw.uniform(0, self.slowest_s), self.draw.random()
        if dice < self.failing:
            error = {"status": 500, "code": "server_error", "message": "scripted"}
            return Reply(error=error, latency_s=latency_s)
        return Reply(latency_s=latency_s)


def orders(market: Market, server: ContractServer, folder: Path, postgres: str | None) -> list[Order]:
    """Return what each machine asks: a model of its own, on the common store."""
    return [
        Order(
            home=str(folder / f"home-{name}"),
            store=str(folder / "store"),
            postgres=postgres,
            model=f"model-{name}",
            base_url=server.base_url,
            price=market.price,
            concurrency=market.concurrency,
            replicates=3,
            week_usd=CAP_USD,
        )
        for name in ("a", "b")
    ]


def work(machine: Forks, order: Order, server: ContractServer, kills: int, chance: random.Random) -> int:
    """Ask with workers that are killed after some calls, then with one that is not; return how many were killed."""
    killed = 0
    for _ in range(kills):
        enough, until = len(server.log()) + chance.randint(1, 12), time.monotonic() + 5
        pid = machine.begin(**asdict(order))
        while len(server.log()) < enough and time.monotonic() < until:
            time.sleep(0.005)
        with suppress(ProcessLookupError):  # at the cap a worker ends by itself
            os.kill(pid, signal.SIGKILL)
        killed += machine.ended() == -signal.SIGKILL
    machine.begin(**asdict(order))
    assert machine.ended() == 0
    return killed


def receipts_of(folder: Path, todo: list[Order]) -> list[Receipt]:
    """Return all receipts of the week."""
    store = open_store(folder / "store")
    return [r for order in todo for r in read_partition(store, current_week(), order.model).receipts]


def spend(machines: list[Forks], todo: list[Order], server: ContractServer, kills: int) -> tuple[float, int]:
    """Let both machines work at once; return what the server billed, and how many workers were killed."""
    with ThreadPoolExecutor(2) as pool:
        chances = [random.Random(f"kills {SEED} {n}") for n in range(2)]
        killed = sum(pool.map(work, machines, todo, [server] * 2, [kills] * 2, chances))
    time.sleep(0.5)  # calls of killed workers end on the server too
    return math.fsum(call["billed_usd"] for call in server.log()), killed


def test_invariant_08_two_machines_with_one_ledger_never_pass_the_cap(
    machines: list[Forks], postgres: Postgres, tmp_path: Path
) -> None:
    market = Market(SEED)
    with ContractServer(script=market.answer, prices=market.prices) as server:
        todo = orders(market, server, tmp_path, postgres.fresh_address())
        billed, killed = spend(machines, todo, server, KILLS)
        receipts = receipts_of(tmp_path, todo)
        booked = math.fsum(receipt.cost_usd or 0.0 for receipt in receipts)
        assert booked <= CAP_USD, booked
        assert billed <= booked + 1e-9, (
            "what was billed is booked, what was lost at the most it can have cost"
        )
        assert killed > 0
        assert any(receipt.outcome is Outcome.BUDGET_STOPPED for receipt in receipts)
        assert booked > CAP_USD / 2  # the rest the dead had set aside for calls that were never made

        # What the dead had set aside is settled as the store says, by whoever fills the ledger next.
        time.sleep(GRACE_S)
        place = place_of(todo[0])
        place.ledger.release_dead()
        place.fill_ledger(current_week())
        total = place.ledger.total(week_scope(current_week()))
        assert (total.usd, total.open_usd) == (pytest.approx(booked, abs=1e-6), 0.0)
