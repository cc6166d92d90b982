"""What thumbnails cost beside Pillow alone.

Belongs here: timing of thumbnails. Does not belong here: their pixels. Seconds are of CPU time, which other work on the
machine does not stretch.
"""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from assets.gateway.records import Answer, Outcome
from assets.generation.run import PartitionRun
from assets.generation.workplace import Workplace
from assets.labeling.thumbnails.partition import complete
from tests.bench import data
from tests.bench.measure import Row, Size, best
from tests.unit.generation.scripted import Scripted
from warehouse import keys
from warehouse.store.local import LocalStore


def run(folder: Path, size: Size) -> list[Row]:
    """Return what the thumbnails of PNG and JPEG pictures cost."""
    return [_make(folder / form, size, form) for form in ("PNG", "JPEG")]


def _make(folder: Path, size: Size, form: str) -> Row:
    """Make them of pictures in a folder; Pillow alone has the bytes in memory and keeps nothing."""
    store, side = LocalStore(folder), 4 * size.pixels
    place = Workplace(store, Path("none"), suites={}, models=(), code_version="bench", workers=1)
    plan = data.drawn_plan(store, max(1, size.drawn // 8), size.pixels)
    images = _noise(len(plan.slots), side, form)
    of = dict(zip((slot.slot_key for slot in plan.slots), images, strict=True))
    answers = Scripted(lambda asked, number: Answer(outcome=Outcome.OK, image=of[asked.slot.slot_key]))
    PartitionRun(store, plan, answers).run()
    ours, plain = [], []
    for _ in range(size.repeats):
        shutil.rmtree(folder / "thumbnails", ignore_errors=True)
        ours.append(_cpu(lambda: complete(place, plan.week, plan.model)))
        plain.append(_cpu(lambda: [_pillow(image) for image in images]))
    what = f"thumbnails of {form} pictures, {side} px (CPU)"
    return Row(what, len(images), "pictures", best(ours), "Pillow alone (CPU)", best(plain))


def _noise(count: int, side: int, form: str) -> Sequence[bytes]:
    """Return different pictures as large in bytes as photographs are: noise at several scales."""
    chance, whole = np.random.default_rng(1), np.full((side, side, 3), 128.0)
    for cells in (4, 16, 64, side):
        for color in range(3):
            some = Image.fromarray((chance.normal(size=(cells, cells)) * 120 / np.sqrt(cells)).astype("f4"))
            whole[..., color] += np.asarray(some.resize((side, side), Image.Resampling.BICUBIC))
    found = []
    for number in range(count):
        buffer = io.BytesIO()
        pixels = np.clip(np.roll(whole, number, axis=0), 0, 255).astype("u1")
        Image.fromarray(pixels).save(buffer, form)
        found.append(buffer.getvalue())
    return found


def _pillow(image: bytes) -> None:
    picture = Image.open(io.BytesIO(image))
    picture.thumbnail((keys.THUMBNAIL_PX, keys.THUMBNAIL_PX))
    picture.save(io.BytesIO(), "WEBP")


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
