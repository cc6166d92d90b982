"""Ticks that come late, twice or not at all: Dagster's own scheduler at moments that the tests choose.

The loop of Dagster's scheduler is called with a moment instead of the time, on records of its own; runs are put into
the queue and go no further. Moments are past ones, since Dagster knows no partition of a week to come.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from dagster._core.instance_for_test import instance_for_test
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import create_test_daemon_workspace_context, freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._scheduler.scheduler import launch_scheduled_runs
from dagster._utils.schedules import schedule_execution_time_iterator

from orchestration.definitions import build_defs
from orchestration.gate import deadline
from tests.orchestration.installation import CHECKOUT, Installation, install
from warehouse.weeks import current_week, iso_label, shift

QUEUE = {"run_coordinator": {"module": "dagster._core.run_coordinator", "class": "QueuedRunCoordinator"}}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Scheduler:
    """Dagster's scheduler with `every_monday` switched on at some moment."""

    context: WorkspaceProcessContext
    seen: set[str] = field(default_factory=set)

    def asks(self, moment: str) -> list[str]:
        """The partitions whose runs are queued when the scheduler, started anew, looks at this moment."""
        with freeze_time(at(moment)):
            for problem in launch_scheduled_runs(self.context, logging.getLogger("test"), at(moment), {}):
                assert problem is None or not hasattr(problem, "message"), problem
        new = [run for run in self.context.instance.get_runs() if run.run_id not in self.seen]
        self.seen |= {run.run_id for run in new}
        return sorted(run.tags["dagster/partition"] for run in new)


@pytest.fixture
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduler]:
    """Switched on in the week of 2026-10-05, when all was well."""
    folder = tmp_path_factory.mktemp("ticks")
    install(folder / "home", "sim-classic")
    code = LoadableTargetOrigin(
        executable_path=sys.executable,
        module_name="orchestration.definitions",
        working_directory=str(CHECKOUT),
    )
    target = InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(code, location_name="here"))
    with pytest.MonkeyPatch.context() as patch, instance_for_test(QUEUE) as instance:
        patch.setenv("CLICHE_HOME", str(folder / "home"))
        with create_test_daemon_workspace_context(target, instance) as context:
            (location,) = context.create_request_context().get_code_location_entries().values()
            assert location.code_location, location.load_error
            (repository,) = location.code_location.get_repositories().values()
            with freeze_time(at("2026-10-07 09:00")):
                instance.start_schedule(repository.get_schedule("every_monday"))
            yield Scheduler(context)


def test_a_week_is_asked_once_whatever_becomes_of_machine_and_clock(scheduler: Scheduler) -> None:
    assert scheduler.asks("2026-10-11 23:59") == []
    assert scheduler.asks("2026-10-12 00:05") == ["sim-classic|2026-10-12"]
    # The schedule fires twice, and once more when the daemon is started anew.
    assert scheduler.asks("2026-10-12 00:05") == []
    assert scheduler.asks("2026-10-12 00:06") == []
    # The clock is set back over midnight, and comes to it again.
    assert scheduler.asks("2026-10-11 22:00") == []
    assert scheduler.asks("2026-10-12 00:05") == []
    # The machine is off on Monday.
    assert scheduler.asks("2026-10-20 09:30") == ["sim-classic|2026-10-19"]
    # Clocks in Europe go back on Sunday, October 25, those in America on November 1.
    assert scheduler.asks("2026-10-26 00:04") == []
    assert scheduler.asks("2026-10-26 00:05") == ["sim-classic|2026-10-26"]
    assert scheduler.asks("2026-11-02 00:05") == ["sim-classic|2026-11-02"]
    # Ten days of outage: the week that was missed whole stays a gap, the present one is asked.
    assert scheduler.asks("2026-11-06 12:00") == []
    assert scheduler.asks("2026-11-16 12:00") == ["sim-classic|2026-11-16"]
    assert scheduler.asks("2026-11-16 13:00") == []


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Paris", "Pacific/Auckland"])
def test_every_week_of_years_has_one_tick_and_one_deadline_wherever_the_machine_is(
    zone: str, fresh: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        schedule = build_defs(fresh.settings, fresh.place()).resolve_schedule_def("every_monday")
        start = at("2026-11-16 00:05")
        zone_of_ticks, cron = schedule.execution_timezone, str(schedule.cron_schedule)
        ticks = [*islice(schedule_execution_time_iterator(start.timestamp(), cron, zone_of_ticks), 400)]
        assert ticks == [start + timedelta(weeks=n) for n in range(400)]
        weeks = [current_week(moment) for moment in ticks]
        assert weeks == [shift("2026-11-16", n) for n in range(400)]
        assert {"2026-W53", "2032-W53"} <= {iso_label(week) for week in weeks}
        assert [deadline(week, 132) for week in weeks] == [
            one + timedelta(hours=131, minutes=55) for one in ticks
        ]
    finally:
        monkeypatch.delenv("TZ")
        time.tzset()
