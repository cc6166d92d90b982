"""A paid model's week, asked as a run does by processes that a test can kill: of one machine, or of several.

Usage: python -m tests.research.kills.paid_week     reads lines of JSON (see `Order`) and forks a process for each (see
`forks`)

Belongs here: one way to ask. Does not belong here: kills and what must hold (`test_paid_kill`, `test_two_machines`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from assets.gateway.models_file import ModelEntry
from assets.gateway.money.budget import Caps
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.money.ledger_server import ServerBook
from assets.generation.partition import ask_partition
from assets.generation.workplace import Workplace
from assets.suites.loader import load_suites
from tests.research.kills.forks import serve
from warehouse.store import open_store
from warehouse.weeks import current_week

SUITE = "nationalities@1"  # enough slots for so many kills
#: A dead worker's money is settled after so many seconds (a minute, outside of tests).
GRACE_S = 1.0


@dataclass(frozen=True)
class Order:
    """One model to ask, from one machine, which keeps a home of its own."""

    home: str
    store: str
    model: str
    base_url: str
    price: dict[str, Any]
    concurrency: int
    replicates: int
    week_usd: float | None = None  # cap of all models
    postgres: str | None = None  # None: the machine keeps a ledger of its own


def entry_of(order: Order) -> ModelEntry:
    """Return the model's entry."""
    return ModelEntry.model_validate(
        {
            "name": order.model,
            "title": order.model,
            "provider": "openai_images",
            "model_id": "gpt-image-2",
            "labeler": "drawing",
            "suites": [{"suite": SUITE, "replicates": order.replicates}],
            "requests_per_minute": 60_000,
            "concurrency": order.concurrency,
            "price": {**order.price, "source": "tests", "date": "2026-11-01"},
            "connection": {"base_url": order.base_url, "allow_private": True, "timeout_s": 20},
        }
    )


def place_of(order: Order) -> Workplace:
    """Return the surroundings of a worker."""
    home, store = Path(order.home), open_store(order.store)
    book = (
        ServerBook(order.postgres, store.url, grace_s=GRACE_S)
        if order.postgres
        else FileBook(home / "spending.sqlite")
    )
    return Workplace(
        store=store,
        warehouse=home / "warehouse.duckdb",
        suites=load_suites(),
        models=[entry_of(order)],
        code_version="test",
        caps=Caps(week_usd=order.week_usd),
        ledger=SpendingLedger(book),
    )


def ask(order: Order) -> None:
    """Ask, until the week is complete or the cap reached."""
    place = place_of(order)
    os.write(1, b"asking\n")  # at once: its parent writes, too
    ask_partition(place, order.model, current_week())


def main() -> None:
    """Fork a process for each order."""
    load_suites()
    # Writing Parquet imports it: a process that is killed soon would do little else.
    import_module("pandas")
    serve(lambda **order: ask(Order(**order)))


if __name__ == "__main__":
    main()
