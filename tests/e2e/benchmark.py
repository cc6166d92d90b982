"""The shipped simulated models over the weeks of the demo, small: few slots, small pictures, no Dagster.

Belongs here: what is asked in tests of a whole benchmark, and running it through the core. Does not belong here: what
must come out.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from assets.gateway.network.connection import Connection
from assets.generation.partition import ask_partition
from assets.generation.providers.registry import PROVIDERS
from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.labeling.anchors.sets import label_anchor_sets
from assets.labeling.partition import label
from assets.leaderboard.asset import publish_week
from assets.leaderboard.published import Edition
from assets.metrics.week import score_weeks
from assets.simulation.picture import png
from assets.simulation.pool import Pool
from assets.simulation.provider import Simulated
from assets.simulation.scenes import scene
from orchestration.resources import make_workplace
from orchestration.settings import CHECKOUT, Settings
from warehouse.weeks import span

SIZE = 96  # pixels: the smallest that the drawing labeler reads without fault
_DEMO = yaml.safe_load((CHECKOUT / "orchestration" / "demo.yaml").read_text(encoding="utf-8"))
WEEKS: Sequence[str] = span(str(_DEMO["first_week"]), str(_DEMO["last_week"]))
LAST = WEEKS[-1]


def picture(text: str) -> bytes:
    """A drawn person that the labeler of drawings can read; other text, other bytes."""
    slot = Slot(
        slot_key=text, week=LAST, model="m", suite="startup-ceo", suite_version="1.0.0", prompt="startup-ceo/ceo-his",
        replicate=0,
    )  # fmt: skip
    return png(scene("classic", slot).look, text, SIZE)


def entry(
    name: str,
    stories: dict[str, tuple[list[str], int]],
    *,
    size: int = SIZE,
    conversations: int = 3,
    **more: object,
) -> dict[str, Any]:
    """Return an entry of models.yaml for the persona of that name; `sim-rewriter` has confrontations too."""
    system = name == "sim-rewriter"
    suites: list[dict[str, Any]] = [
        {"suite": suite, "prompts": prompts, "replicates": replicates}
        for suite, (prompts, replicates) in stories.items()
    ]
    if system:
        for selection in suites:
            if selection["suite"] == "startup-ceo@1":
                selection["prompts"] = [*selection["prompts"], "confrontation"]
                selection["conversations"] = conversations
    return {
        "name": name,
        "title": f"{name} (simulated)",
        "provider": "simulated",
        "model_id": name.removeprefix("sim-"),
        "track": "system" if system else "model",
        "labeler": "drawing",
        "params": {"size": size},
        "suites": suites,
        **more,
    }


def write_models(path: Path, entries: Sequence[dict[str, Any]]) -> Path:
    """Write a models.yaml; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"models": [*entries]}, sort_keys=False), encoding="utf-8")
    return path


def settings_of(home: Path, store: str | None = None) -> Settings:
    """Return settings as CLICHE_HOME would give them, with models.yaml beside the store."""
    return Settings(home=home, store=store or str(home / "store"), models=home / "models.yaml")


def draws_in_process(connection: Connection) -> Simulated:
    """Return the simulated provider without drawing processes of its own."""
    return Simulated(Pool(0))


def place_of(settings: Settings) -> Workplace:
    """Return surroundings in which pictures are read by the caller itself."""
    return replace(make_workplace(settings), workers=0)


def ask_and_label(place: Workplace, partition: tuple[str, str]) -> None:
    """Ask and label one (model, week)."""
    model, week = partition
    with patch.dict(PROVIDERS, {"simulated": f"{__name__}:{draws_in_process.__name__}"}):
        ask_partition(place, model, week)
    label(place, model, week)


def run_benchmark(place: Workplace, weeks: Sequence[str], *, anchors: bool = False) -> Edition:
    """Ask and label every partition, load and score the weeks, publish the last one; with `anchors` label those too."""
    for week in weeks:
        for asked in place.active(week):
            ask_and_label(place, (asked.name, week))
    if anchors:
        label_anchor_sets(place, weeks[-1])
    score_weeks(place, weeks[-1])  # loads what is not loaded yet, on one connection
    return publish_week(place, weeks[-1])


@contextmanager
def folder_in_memory(name: str) -> Iterator[Path]:
    """Yield a temporary folder, in memory where there is one: the store's fsyncs are half of a small run's time."""
    shm = Path("/dev/shm")
    roomy = os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 500_000_000
    with tempfile.TemporaryDirectory(prefix=f"cliche-{name}-", dir=shm if roomy else None) as folder:
        yield Path(folder)
