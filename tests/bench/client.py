"""What asks a service for pictures: Cliché as a week does, and the plain SDK; each in a process of its own.

Usage: python -m tests.bench.client ours --base-url URL --store ADDRESS --slots 600 --at-once 32
       python -m tests.bench.client sdk  --base-url URL --store FOLDER --slots 600 --at-once 32 [--retries 2]
Prints JSON: seconds of asking alone, the process's peak memory in megabytes, and what was lost.

Belongs here: the two ways to ask. Does not belong here: the service (`service`), what is compared (`generation`).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
_WEEK = "2026-11-23"


@dataclass(frozen=True)
class Asked:
    """What one process said when it was done."""

    seconds: float
    peak_mb: float
    lost: int


def start(
    kind: str, environment: Mapping[str, str] | None = None, **options: object
) -> subprocess.Popen[str]:
    """Start a process that asks; `finished` waits for it."""
    arguments = [
        part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.client", kind, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        env={**os.environ, **(environment or {}), "OPENAI_API_KEY": "sk-of-the-benchmark"},
    )


def finished(process: subprocess.Popen[str]) -> Asked:
    """Return what a process said; raise `RuntimeError` if it failed."""
    out, _ = process.communicate(timeout=900)
    if process.returncode:
        raise RuntimeError(f"a process that asks failed ({process.returncode})")
    return Asked(**json.loads(out))


def _ours(base_url: str, address: str, slots: int, at_once: int, per_minute: float) -> tuple[float, int]:
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
    from warehouse.store import open_store

    entry = ModelEntry.model_validate(
        {
            "name": "paid",
            "title": "Paid",
            "provider": "openai_images",
            "model_id": "gpt-image-2",
            "suites": [{"suite": "canary@1", "replicates": -(-slots // 6)}],
            "price": {"per_image_usd": 0.04, "source": "benchmark", "date": "2026-11-01"},
        }
    )
    provider = OpenAIImages(Connection(base_url=base_url, allow_private=True))
    store = open_store(address)
    whole = make_plan(entry, load_suites(), _WEEK, provider)
    plan = freeze_plan(store, whole.model_copy(update={"slots": whole.slots[:slots]}))
    costs = Costs(entry.price)
    ledger = SpendingLedger(FileBook(None if address.startswith("s3:") else Path(address) / "book.sqlite"))
    ledger.take_over(f"{_WEEK}/", [], known_before=set())
    budget = Budget(ledger, Caps(run_usd=1e6), "benchmark")
    money = budget.admission(_WEEK, entry.name, None, costs, fill=lambda: None)
    begun = time.perf_counter()
    report = PartitionRun(
        store,
        plan,
        provider,
        concurrency=at_once,
        admission=stack(Pace("paid", per_minute), Breaker("paid"), money),
        costs=costs,
    ).run()
    return time.perf_counter() - begun, report.open


def _sdk(base_url: str, folder: str, slots: int, at_once: int, retries: int) -> tuple[float, int]:
    from openai import AsyncOpenAI, OpenAIError

    kept = Path(folder)
    kept.mkdir(parents=True, exist_ok=True)
    lost = 0

    async def everything() -> None:
        client, free = AsyncOpenAI(base_url=base_url, max_retries=retries), asyncio.Semaphore(at_once)

        async def one(number: int) -> None:
            nonlocal lost
            async with free:
                try:
                    answer = await client.images.generate(model="gpt-image-2", prompt="a red bicycle")
                except OpenAIError:
                    lost += 1
                    return
                image = (answer.data or [])[0].b64_json or ""
                (kept / f"{number}.png").write_bytes(base64.b64decode(image))

        await asyncio.gather(*(one(number) for number in range(slots)))

    begun = time.perf_counter()
    asyncio.run(everything())
    return time.perf_counter() - begun, lost


def main() -> None:
    """Ask, and say how long it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=["ours", "sdk"])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--slots", type=int, required=True)
    parser.add_argument("--at-once", type=int, required=True)
    parser.add_argument("--per-minute", type=float, default=1e6)
    parser.add_argument("--retries", type=int, default=0)
    chosen = parser.parse_args()
    if chosen.kind == "ours":
        seconds, lost = _ours(chosen.base_url, chosen.store, chosen.slots, chosen.at_once, chosen.per_minute)
    else:
        seconds, lost = _sdk(chosen.base_url, chosen.store, chosen.slots, chosen.at_once, chosen.retries)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e3 if sys.platform == "linux" else 1e6)
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb, "lost": lost}))


if __name__ == "__main__":
    main()
