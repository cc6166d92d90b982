"""What labeling costs beside the reading of the pictures alone.

Belongs here: timing of labels. Does not belong here: the labeler.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assets.gateway.receipts import read_partition
from assets.generation.plan import Plan
from assets.generation.run import PartitionRun
from assets.labeling.registry import make_labeler
from assets.labeling.run import label_partition
from assets.simulation.pool import Pool
from assets.simulation.provider import Simulated
from tests.bench import data
from tests.bench.measure import Row, Size, best, seconds
from warehouse import keys
from warehouse.store import Store
from warehouse.store.local import LocalStore


def run(folder: Path, size: Size) -> list[Row]:
    """Return what labeling costs; processes are started only where they pay."""
    store = LocalStore(folder)
    plan = data.drawn_plan(store, size.drawn, size.pixels)
    pool = Pool(os.cpu_count() or 1 if size.processes is None else size.processes)
    try:
        PartitionRun(store, plan, Simulated(pool)).run()
    finally:
        pool.close()
    pictures = _pictures(store, plan)
    _read_all(plan, pictures)  # what is read and built once, is
    return [_label(folder, plan, size, "label pictures", size.processes, pictures)]


def _label(
    folder: Path,
    plan: Plan,
    size: Size,
    what: str,
    workers: int | None,
    pictures: list[tuple[bytes, list[str]]],
) -> Row:
    written = _label_all(folder, plan, workers)  # starts the processes
    times, plain = [], []
    for _ in range(size.repeats):
        times.append(seconds(lambda: _label_all(folder, plan, workers)))
        plain.append(seconds(lambda: _read_all(plan, pictures)))
    return Row(what, written, "labels", best(times), "plain loop over the labeler's read", best(plain))


def _label_all(folder: Path, plan: Plan, workers: int | None) -> int:
    shutil.rmtree(folder / "labels", ignore_errors=True)
    return label_partition(LocalStore(folder), plan, workers=workers).written


def _read_all(plan: Plan, pictures: list[tuple[bytes, list[str]]]) -> None:
    labeler = make_labeler(plan.labeler)
    for image, attributes in pictures:
        labeler.read(image, attributes)


def _pictures(store: Store, plan: Plan) -> list[tuple[bytes, list[str]]]:
    """Return the bytes of every picture and what is to be read off it."""
    readable = frozenset(make_labeler(plan.labeler).attributes())
    prompts = plan.prompts()
    state = read_partition(store, plan.week, plan.model)
    return [
        (
            store.get(keys.image(receipt.image_sha256, receipt.image_ext)),
            [name for name in prompts[slot.prompt].attributes if name in readable],
        )
        for slot in plan.slots
        if (receipt := state.of(slot.slot_key).last) and receipt.image_sha256 and receipt.image_ext
    ]
