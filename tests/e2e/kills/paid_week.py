"""Partitions of a paid model through the Dagster-free core, each in a process that a test can kill.

Usage: python -m tests.e2e.kills.paid_week     reads lines of JSON (see `Order`) and forks a process for each (see
`forks`)

Belongs here: one way to ask, as the command does it. Does not belong here: kills and what must hold (`test_paid_kill`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module

from assets.gateway.admission import stack
from assets.gateway.breaker import Breaker
from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.costs import Costs
from assets.gateway.network.connection import Connection
from assets.gateway.pace import Pace
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.registry import make_provider
from assets.generation.run import PartitionRun
from assets.suites.loader import load_suites
from tests.e2e.kills.forks import serve
from tests.services.openai_contract import PRICES
from warehouse.store import Store, open_store

CONCURRENCY = 3


@dataclass(frozen=True)
class Order:
    """One partition to ask."""

    store: str
    model: str
    suite: str
    week: str
    base_url: str

    @property
    def connection(self) -> Connection:
        """Return how the server on this machine is reached."""
        return Connection(base_url=self.base_url, allow_private=True, timeout_s=20)


def entry_of(order: Order) -> ModelEntry:
    """Return the entry: each prompt of one suite once, so that a prompt names its slot."""
    return ModelEntry.model_validate(
        {
            "name": order.model,
            "title": order.model,
            "provider": "openai_images",
            "model_id": "gpt-image-2",
            "labeler": "drawing",
            "params": {"quality": "low"},
            "suites": [{"suite": order.suite, "replicates": 1}],
            "requests_per_minute": 6000,
            "concurrency": CONCURRENCY,
            "price": {
                "per_image_usd": 0.02,
                "per_million_usd": PRICES,
                "source": "tests",
                "date": "2026-11-01",
            },
        }
    )


def plan_of(order: Order, store: Store) -> Plan:
    """Return the frozen plan."""
    entry = entry_of(order)
    provider = make_provider(entry.provider, order.connection)
    return freeze_plan(store, make_plan(entry, load_suites(), order.week, provider))


def ask(order: Order) -> None:
    """Ask one partition, under its lease."""
    entry, store = entry_of(order), open_store(order.store)
    plan = plan_of(order, store)
    with store.lease(f"generate-{order.week}-{order.model}", purpose="generate", ttl_s=2.0):
        os.write(1, b"asking\n")  # at once: its parent writes, too
        PartitionRun(
            store,
            plan,
            make_provider(entry.provider, order.connection),
            concurrency=entry.concurrency,
            retry=Retry(base_s=0.01, most_s=0.1),
            admission=stack(Pace(order.model, entry.requests_per_minute), Breaker(order.model)),
            costs=Costs(entry.price),
        ).run()


def main() -> None:
    """Fork a process for each order."""
    load_suites()
    import_module(
        "pandas"
    )  # which writing Parquet imports: a process that is killed soon would do little else
    serve(lambda **order: ask(Order(**order)))


if __name__ == "__main__":
    main()
