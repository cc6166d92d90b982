"""The planted world as objects of a store: plans, pictures, receipts and labels."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.registry import make_provider
from assets.generation.slots import Slot
from assets.suites.loader import load_suites
from tests.warehouse import builder
from tests.world import planted
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.store import Store


def fill(store: Store, world: Any = planted) -> None:
    """Write the partitions of every model and week of a world: `planted`, or one that has the same names."""
    suites = load_suites()
    for model in world.MODELS:
        entry = world.entry(model)
        provider = make_provider(entry.provider)
        for week in world.WEEKS:
            if world.asked(model, week):
                _fill_partition(store, make_plan(entry, suites, week, provider), world)


def _fill_partition(store: Store, planned: Plan, world: Any) -> None:
    """Write one partition: a plan as the pipeline makes it, and what followed."""
    plan = freeze_plan(store, planned)
    stated = plan.model_dump(mode="json")
    prompts = plan.prompts()
    receipts: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    pictures: list[tuple[str, bytes]] = []
    turns: dict[str, list[str]] = {}
    for slot in plan.slots:
        before = turns.setdefault(slot.conversation or slot.slot_key, [])
        ended = world.outcomes(slot, before)
        before.append(ended[-1] if ended else "")
        for number, outcome in enumerate(ended, start=1):
            receipt = builder.receipt_row(slot, number, outcome, stated)
            receipt |= {"cluster": world.cluster(slot)}
            receipts.append(receipt)
            if outcome != "ok":
                continue
            data = picture(slot)
            sha256 = sha256_hex(data)
            pictures.append((keys.image(sha256, "png"), data))
            receipt |= {"image_sha256": sha256, "image_bytes": len(data)}
            receipt |= {"image_width": SIZE, "image_height": SIZE, "image_phash": sha256[:16]}
            if plan.track == "system":
                receipt["revised_prompt"] = f"{receipt['prompt_sent']}, in natural light"
            prompt = prompts[slot.prompt]
            for attribute in prompt.attributes:
                if (value := world.read(slot, prompt.subject, attribute)) is not None:
                    version = world.version(plan.model, plan.week)
                    labels.append(
                        builder.label_row(slot, attribute, (value, 0.9, None), plan.labeler, version, sha256)
                    )
    for _ in store.put_all(pictures):
        pass
    builder.write_manifest(store, plan.week, plan.model, receipts)
    if labels:
        builder.write_labels(store, plan.week, plan.model, labels)


SIZE = 8


def picture(slot: Slot) -> bytes:
    seed = bytes.fromhex(slot.slot_key)
    rows = b"".join(b"\0" + (seed * 2)[row : row + 3 * SIZE] for row in range(SIZE))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )
