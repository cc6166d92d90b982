"""In a home that is read-only: commands that compute much, and what schedules and sensors do at a tick."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.alerts.watching import Watch
from tests.orchestration.installation import MODELS
from tests.orchestration.test_read_only_home import COMMANDS, MUCH, assert_as_told, run, watch

__all__ = ["watch"]  # a fixture


def evaluate() -> None:
    """Print what every schedule and sensor of this home does at a tick; this runs where the home is read-only."""
    import dagster as dg

    from orchestration.definitions import build_defs
    from orchestration.settings import load_settings

    found: dict[str, Any] = {}
    repository = build_defs(load_settings()).get_repository_def()
    with dg.DagsterInstance.get() as instance:
        for schedule in repository.schedule_defs:
            context = dg.build_schedule_context(instance, datetime.now(UTC), repository_def=repository)
            found[schedule.name] = len(schedule.evaluate_tick(context).run_requests or ())
        for sensor in repository.sensor_defs:
            with dg.build_sensor_context(instance, repository_def=repository) as of:
                done = sensor.evaluate_tick(of)
            found[sensor.name] = done.skip_message or len(done.run_requests or ())
    print(json.dumps(found))


def test_every_schedule_and_sensor_ticks_and_an_alert_arrives_once(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICHE_BROKER", "redis://127.0.0.1:1/0")
    for sent in (1, 1):
        ticks = run("evaluate", watch.installation.home, of=__name__)
        assert set(ticks) == {
            "every_monday",
            "every_hour",
            "publish_gate",
            "alerts",
            "label_ranges",
        }
        assert ticks["every_monday"] == len(MODELS)
        assert ticks["alerts"].startswith("Run never started"), ticks
        assert len(watch.bodies) == sent
    assert "cannot" not in json.dumps(watch.bodies)


def test_what_computes_much_works_or_says_one_line(watch: Watch, tmp_path: Path) -> None:
    assert_as_told(watch, tmp_path / "to", [line for line in COMMANDS if MUCH.match(line)])
