"""What sensors and schedules ask of a far store: nothing of a published week, and several models at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr

from assets.generation.partition import plan_partition
from orchestration.definitions import build_defs
from orchestration.instance import open_instance
from tests.orchestration.installation import Installation, entry, install
from warehouse import keys
from warehouse.store import Store
from warehouse.weeks import current_week, shift

MODELS = [f"sim-{number}" for number in range(8)]


class Watched:
    """A store that notes what it is asked, and lets nobody list intents before eight do at once."""

    def __init__(self, store: Store, at_once: int = 0) -> None:
        self._store, self._barrier = store, threading.Barrier(at_once) if at_once else None
        self.asked: list[str] = []
        self.together = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, key: str, part: tuple[int, int] | None = None) -> bytes:
        self.asked.append(key)
        return self._store.get(key, part)

    def list(self, prefix: str) -> Iterator[str]:
        self.asked.append(prefix)
        if self._barrier and prefix.startswith("intents/"):
            with suppress(threading.BrokenBarrierError):
                self._barrier.wait(5)
                self.together += 1
        return self._store.list(prefix)


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    made = install(
        tmp_path / "home", *(entry(name, model_id="classic") for name in MODELS), deadline_hours=168
    )
    place = made.place()
    for week in (current_week(), shift(current_week(), -1)):
        for model in MODELS:
            plan_partition(place, model, week)
    return made


def ticks(home: Installation, store: Watched, instance: dg.DagsterInstance) -> dict[str, Callable[[], Any]]:
    """What looks at every model of two weeks, by name."""
    shared = home.settings.model_copy(update={"postgres": SecretStr("postgresql://nobody@localhost/none")})
    place = replace(home.place(), store=store, label_range=6)  # type: ignore[arg-type]
    definitions = build_defs(home.settings, place)

    def sensor(name: str, definitions: dg.Definitions = definitions) -> Any:
        return definitions.resolve_sensor_def(name).evaluate_tick(
            dg.build_sensor_context(instance=instance, repository_def=definitions.get_repository_def())
        )

    def every_hour() -> Any:
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=datetime.now(UTC),
            repository_def=definitions.get_repository_def(),
        )
        return definitions.resolve_schedule_def("every_hour").evaluate_tick(context)

    return {
        "publish_gate": lambda: sensor("publish_gate"),
        "label_ranges": lambda: sensor("label_ranges", build_defs(shared, place)),
        "alerts": lambda: sensor("alerts"),
        "every_hour": every_hour,
    }


@pytest.mark.parametrize("name", ["publish_gate", "label_ranges", "alerts", "every_hour"])
def test_a_tick_reads_the_states_of_eight_models_at_once(name: str, home: Installation) -> None:
    store = Watched(home.store, at_once=8)
    with open_instance(home.settings.dagster_home) as instance:
        ticks(home, store, instance)[name]()
    assert store.together == 2 * len(MODELS)


def test_a_published_week_is_not_looked_at_again(home: Installation) -> None:
    week = current_week()
    said = {"edition": f"{week}.1", "week": week, "revision": 1, "replaces": None}
    home.store.put_if_absent(keys.LATEST_EDITION, json.dumps(said).encode())
    store = Watched(home.store)
    with open_instance(home.settings.dagster_home) as instance:
        tick = ticks(home, store, instance)["publish_gate"]()
    assert tick.skip_message == "every complete week is published"
    assert store.asked == [keys.LATEST_EDITION]
