"""What asking costs: beside the same bytes written plainly, and beside the drawing of the pictures alone.

Belongs here: timing of asking. Does not belong here: pictures and plans (`data`), models that cost money (`paid`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assets.gateway.records import Answer, Outcome
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.simulation import scenes
from assets.simulation.pool import Pool
from assets.simulation.provider import Simulated
from tests.bench import data, paid
from tests.bench.measure import Row, Size, best, seconds
from warehouse.store.local import LocalStore

CONCURRENCY = 4  # what a model entry has unless it says otherwise


class Instant:
    """A provider whose pictures are ready before they are asked for."""

    name = "simulated"
    adapter_version = "bench"
    endpoint = "in memory"
    sdk_version = "none"
    replayable = True
    paid = False
    idempotent = True
    simulated = True

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Take everything."""

    def ask(self, request: Request) -> Answer:
        """Answer at once."""
        return Answer(outcome=Outcome.OK, image=self._pictures[request.slot.slot_key])


def run(folder: Path, size: Size) -> list[Row]:
    """Return what asking costs with an instant provider, and with the simulated one."""
    plan = data.drawn_plan(LocalStore(folder / "plan"), size.slots, size.pixels)
    provider = Instant(data.ready_pictures(plan, size.pixels))
    return [
        _instant(folder / "alone", size, plan, provider, at_once=1),
        _instant(folder / "together", size, plan, provider, at_once=CONCURRENCY),
        _drawing(folder / "drawing", size),
        paid.slow_answers(folder / "paid", size),
    ]


def _instant(folder: Path, size: Size, plan: Plan, provider: Provider, *, at_once: int) -> Row:
    folder.mkdir()
    times, plain = [], []
    for number in range(size.repeats):
        store = folder / f"store-{number}"
        times.append(seconds(lambda at=store: _ask_all(at, plan, provider, at_once)))
        written = [path.read_bytes() for path in store.rglob("*") if path.is_file()]
        plain.append(
            seconds(lambda at=folder / f"plain-{number}", files=written: _write_all(at, files, at_once))
        )
    return Row(
        f"ask an instant provider, {at_once} at once",
        len(plan.slots),
        "slots",
        best(times),
        "same bytes, open/write/fsync/rename",
        best(plain),
    )


def _drawing(folder: Path, size: Size) -> Row:
    plan = data.drawn_plan(LocalStore(folder / "plan"), size.drawn, size.pixels)
    pool = Pool(os.cpu_count() or 1 if size.processes is None else size.processes)
    try:
        _draw_all(plan, pool, size)  # starts the processes
        drawing, times = [], []
        for number in range(size.repeats):
            store = folder / f"store-{number}"
            drawing.append(seconds(lambda: _draw_all(plan, pool, size)))
            times.append(seconds(lambda at=store: _ask_all(at, plan, Simulated(pool))))
    finally:
        pool.close()
    return Row(
        f"ask the simulated provider, {CONCURRENCY} at once",
        len(plan.slots),
        "slots",
        best(times),
        "same pictures drawn, nothing kept",
        best(drawing),
    )


def _ask_all(folder: Path, plan: Plan, provider: Provider, at_once: int = CONCURRENCY) -> None:
    report = PartitionRun(LocalStore(folder), plan, provider, concurrency=at_once).run()
    if report.open:
        raise RuntimeError(f"{report.open} slots are open: {dict(report.outcomes)}")


def _write_all(folder: Path, files: list[bytes], at_once: int) -> None:
    folder.mkdir()
    with ThreadPoolExecutor(at_once) as threads:
        for written in [threads.submit(_write, folder / f"{n}", content) for n, content in enumerate(files)]:
            written.result()


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _draw_all(plan: Plan, pool: Pool, size: Size) -> None:
    languages = {name: prompt.language for name, prompt in plan.prompts().items()}
    wanted = [
        (scene.look, f"{slot.slot_key}/picture")
        for slot in plan.slots
        if (scene := scenes.scene(data.PERSONA, slot, languages[slot.prompt])).outcome == "ok"
    ]
    with ThreadPoolExecutor(CONCURRENCY) as threads:
        for drawn in [threads.submit(pool.render, look, seed, size.pixels) for look, seed in wanted]:
            drawn.result()
