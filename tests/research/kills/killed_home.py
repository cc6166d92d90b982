"""Installations whose `cliche` is killed again and again, with servers that keep their own log of what they bill.

Belongs here: making such an installation, killing a command in one of its phases, reading what came of it. Does not
belong here: what must hold (`test_twenty_kills`).
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from assets.gateway.receipts import Receipt, read_partition
from tests.e2e.command import TIME_LIMIT_S, called, start, write_settings
from tests.services.openai_contract import PRICES
from tests.studies.conftest import TINY, picture
from warehouse.store import Store, open_store

MODEL, LABELER, STUDY = "paid", "eye", "tiny"
KEYS = {"OPENAI_API_KEY": "sk-of-this-test", "LABELER_KEY": "sk-label-of-this-test"}
PRICE: dict[str, Any] = {"source": "test", "date": "2026-11-23"}
#: The most that a call for a picture is counted at.
MOST_USD = 0.1


def make_home(
    folder: Path,
    images_url: str,
    labels_url: str,
    *,
    suites: list[dict[str, Any]],
    concurrency: int,
    **more: Any,
) -> Path:
    """Write settings, models and a study to import into a folder; `more` are keys of the model's entry."""
    write_settings(folder, models="models.yaml", runs_at_once=1, workers=0)
    models = paid_models(
        images_url, labels_url, names=[MODEL], suites=suites, concurrency=concurrency, **more
    )
    (folder / "models.yaml").write_text(yaml.safe_dump(models), encoding="utf-8")
    return folder


def paid_models(
    images_url: str,
    labels_url: str,
    *,
    names: Sequence[str],
    suites: list[dict[str, Any]],
    concurrency: int,
    **more: Any,
) -> dict[str, Any]:
    """Return the content of a models file: paid models, and the labeler of all; `more` are keys of the models."""
    models = [
        {
            "name": name,
            "title": name.title(),
            "provider": "openai_images",
            "model_id": "gpt-image-2",
            "suites": suites,
            "labeler": LABELER,
            "concurrency": concurrency,
            "requests_per_minute": 60_000,
            "price": [{"per_image_usd": 0.04, "per_million_usd": PRICES, "most_usd": MOST_USD, **PRICE}],
            "connection": {"base_url": images_url, "allow_private": True},
            **more,
        }
        for name in names
    ]
    labeler = {
        "name": LABELER,
        "labeler": "openai_vision",
        "model_id": "gpt-6-luna",
        "concurrency": 4,
        "requests_per_minute": 60_000,
        "price": [{"per_image_usd": 0.001, "per_million_usd": {"text_in": 1.0, "text_out": 4.0}, **PRICE}],
        "connection": {"base_url": labels_url, "allow_private": True, "key_env": "LABELER_KEY"},
    }
    return {"models": models, "labelers": [labeler]}


def make_study(folder: Path, pictures: int) -> tuple[Path, Path]:
    """Write a study of two models and two prompts; return its file and the folder of its pictures."""
    root = folder / "study"
    for number, name in enumerate(("One", "m-two")):
        (root / "pics" / name).mkdir(parents=True)
        (root / "labels").mkdir(exist_ok=True)
        rows = ["picture,sex,job,when"]
        for replicate in range(1, pictures + 1):
            for job in ("ceo", "nurse"):
                file = f"{job}_{replicate}.png"
                (root / "pics" / name / file).write_bytes(
                    picture(replicate * 4 + number * 2 + (job == "ceo"))
                )
                rows.append(f"{file},{'F' if replicate % 2 else 'M'},{job},x")
        (root / "labels" / f"{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    file = folder / f"{STUDY}.yaml"
    file.write_text(yaml.safe_dump(TINY, sort_keys=False), "utf-8")
    return file, root


def store_of(home: Path) -> Store:
    """Return the store of an installation."""
    return open_store(home / "store")


def objects(home: Path, under: str) -> int:
    """Return how many objects lie under a folder of the store."""
    return sum(path.is_file() for path in (home / "store" / under).rglob("*.json"))


def receipts(home: Path, week: str) -> list[Receipt]:
    """Return all receipts of the model's week."""
    return read_partition(store_of(home), week, MODEL).receipts


def finished(home: Path, *arguments: str | Path) -> str:
    """Run a command to its end in this process; return what it says on both streams. Fails unless it succeeds."""
    ended = called(home, *arguments, more=KEYS)
    assert ended.returncode == 0, (arguments, ended.stdout, ended.stderr)
    return ended.stdout + ended.stderr


def kill(
    home: Path,
    chance: random.Random,
    arguments: tuple[str | Path, ...],
    *,
    begun: Callable[[], bool],
    s: float,
) -> bool:
    """Start a command, wait until `begun`, then up to `s` seconds, and kill it; return whether it was still running."""
    process = start(home, *arguments, more=KEYS)
    until = time.monotonic() + TIME_LIMIT_S
    while process.poll() is None and time.monotonic() < until and not begun():
        time.sleep(0.01)
    time.sleep(chance.uniform(0.0, s))
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=TIME_LIMIT_S)
    return process.returncode == -signal.SIGKILL


def more_of(home: Path, under: str) -> Callable[[], bool]:
    """Return whether there are more objects under a folder of the store than now, whenever it is asked."""
    before = objects(home, under)
    return lambda: objects(home, under) > before
