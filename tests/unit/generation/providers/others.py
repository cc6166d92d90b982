"""What the tests of several providers share: a plan of a few slots, requests, and a run of a partition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Answer
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.base import Provider
from assets.generation.run import PartitionReport, PartitionRun
from assets.generation.slots import Exchange, Request, Slot
from assets.suites.loader import load_suites
from tests.unit.generation.scripted import picture
from warehouse.store import Store, open_store
from warehouse.weeks import current_week

FAST = Retry(attempts=3, base_s=0.001, most_s=0.01)


def drawn(number: int) -> bytes:
    """The picture of a service's so many-th drawing."""
    return picture(f"{number:06x}")


def request(
    model_id: str = "gpt-image-2", *, key: str = "ab" * 32, text: str = "an Indian person", **params: Any
) -> Request:
    """One request of a slot that no plan needs."""
    named = {"suite": "canary", "suite_version": "1.0.0", "prompt": "canary/cube", "replicate": 0}
    slot = Slot(slot_key=key, week=current_week(), model="m", **named)
    return Request(slot=slot, attempt=1, model_id=model_id, params=params, prompt_text=text, language="en")


def turn(asked: Request, answer: Answer) -> Exchange:
    """One earlier turn of a conversation, as the run hands it on."""
    return Exchange(
        prompt_text=asked.prompt_text,
        outcome=answer.outcome,
        text=answer.text,
        revised_prompt=answer.revised_prompt,
        provider_conversation_id=answer.provider_conversation_id,
    )


def partition(
    tmp_path: Path, provider: Provider, model_id: str, *, concurrency: int = 2, **params: Any
) -> tuple[PartitionReport, list[Receipt], Store, Plan]:
    """Ask a whole small partition (a picture of each canary prompt) through the real slot asker."""
    named = {"name": "m", "title": "M", "provider": provider.name, "model_id": model_id, "params": params}
    entry = ModelEntry.model_validate({**named, "suites": [{"suite": "canary@1", "replicates": 1}]})
    provider.check(model_id, dict(params))
    store = open_store(tmp_path / "store")
    plan = freeze_plan(store, make_plan(entry, load_suites(), current_week(), provider))
    report = PartitionRun(store, plan, provider, concurrency=concurrency, retry=FAST).run()
    state = read_partition(store, plan.week, plan.model)
    receipts = [receipt for slot in plan.slots for receipt in state.of(slot.slot_key).receipts]
    return report, receipts, store, plan
