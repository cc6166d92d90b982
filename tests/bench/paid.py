"""What asking a paid model costs beside waiting for its answers.

Belongs here: timing of slow answers. Does not belong here: the service that answers (`tests.services.openai_contract`).
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from unittest.mock import patch

from assets.gateway.admission import stack
from assets.gateway.breaker import Breaker
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.budget import Budget, Caps
from assets.gateway.money.costs import Costs
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.network.connection import Connection
from assets.gateway.pace import Pace
from assets.generation.plan import freeze_plan, make_plan
from assets.generation.providers.openai.images import OpenAIImages
from assets.generation.run import PartitionRun
from assets.suites.loader import load_suites
from tests.bench.data import WEEK
from tests.bench.measure import Row, Size
from tests.services.openai_contract import contract_process
from warehouse.store.local import LocalStore


def slow_answers(folder: Path, size: Size) -> Row:
    """Time calls that wait for their answers beside the time that waiting alone takes, in whole rounds."""
    waiting = math.ceil(size.calls / size.at_once) * size.latency_s
    arguments = ("--latency-s", str(size.latency_s), "--image-bytes", str(size.image_bytes))
    with (
        contract_process(*arguments) as server,
        patch.dict(os.environ, {"OPENAI_API_KEY": "sk-of-the-bench"}),
    ):
        run = _partition(folder, size, server.base_url)
        begun = time.perf_counter()
        report = run.run()
        took = time.perf_counter() - begun
    if report.open:
        raise RuntimeError(f"{report.open} slots are open: {dict(report.outcomes)}")
    what = f"{size.at_once} calls in flight, {size.latency_s:g} s and {size.image_bytes / 1e6:.1f} MB each"
    return Row(what, size.calls, "calls", took, "waiting alone", waiting)


def _partition(folder: Path, size: Size, base_url: str) -> PartitionRun:
    """Return a week of a model behind everything that a call which costs money has to pass."""
    entry = ModelEntry.model_validate(
        {
            "name": "paid",
            "title": "Paid",
            "provider": "openai_images",
            "model_id": "gpt-image-2",
            "suites": [{"suite": "canary@1", "replicates": -(-size.calls // 6)}],
            "price": {"per_image_usd": 0.04, "source": "benchmark", "date": "2026-11-01"},
        }
    )
    provider, store = OpenAIImages(Connection(base_url=base_url, allow_private=True)), LocalStore(folder)
    whole = make_plan(entry, load_suites(), WEEK, provider)
    plan = freeze_plan(store, whole.model_copy(update={"slots": whole.slots[: size.calls]}))
    costs, ledger = Costs(entry.price), SpendingLedger(FileBook(folder / "book.sqlite"))
    ledger.take_over(f"{WEEK}/", [], known_before=set())
    budget = Budget(ledger, Caps(run_usd=1e6), "benchmark")
    money = budget.admission(WEEK, entry.name, None, costs, fill=lambda: None)
    admission = stack(Pace(entry.name, 1e6), Breaker(entry.name), money)
    return PartitionRun(store, plan, provider, concurrency=size.at_once, admission=admission, costs=costs)
