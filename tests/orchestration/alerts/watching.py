"""Looking for alerts at any moment, with a real receiver on this machine.

Belongs here: the receiver, and looking. Does not belong here: any test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat

from assets.generation.workplace import Workplace
from orchestration.alerts.settings import WEBHOOK
from orchestration.alerts.watch import look_once
from tests.orchestration.installation import Installation
from tests.services.loopback import Reply, Seen, serve

#: The receiver is on this machine, and tests look more often than once in ten minutes.
ALERTS: dict[str, Any] = {"allow_private": True, "messages_per_hour": 1000}
_KIND = re.compile(r"#alert-(\w+)")


def at(text: str) -> datetime:
    """A moment in UTC, written `2026-11-16 12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Watch:
    """One installation that is looked at, and what its receiver was sent; `status` is what the receiver answers."""

    installation: Installation
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    instance: dg.DagsterInstance | None = None
    place: Workplace | None = None  # by default made anew at each look, as the command does

    def look(self, now: datetime) -> list[str]:
        """Look at one moment and return the kinds of alerts that arrived."""
        before = len(self.bodies)
        make = self.installation.place if self.place is None else lambda: self.place
        look_once(self.installation.settings, make, now, self.instance, {WEBHOOK: self.url})
        return [kind for body in self.bodies[before:] for kind in _KIND.findall(body["text"])]

    def fires(self, kind: str, now: datetime) -> None:
        """An alert of this kind, and no other, arrives at this moment, and none ten minutes later."""
        assert self.look(now) == [kind]
        assert self.look(now + timedelta(minutes=10)) == []

    def is_quiet(self, *moments: datetime) -> None:
        assert {moment: self.look(moment) for moment in moments} == {moment: [] for moment in moments}


@contextmanager
def watching(installation: Installation) -> Iterator[Watch]:
    watch = Watch(installation)

    def answer(seen: Seen) -> Reply:
        assert (seen.method, seen.headers["content-type"]) == ("POST", "application/json")
        if watch.status == 200:
            watch.bodies.append(json.loads(seen.body))
        return Reply(watch.status, b"ok" if watch.status == 200 else b"no")

    with serve(answer) as url:
        watch.url = f"{url}/services/T0/B0/secret-of-the-hook"
        yield watch


def switch_on(instance: dg.DagsterInstance, schedule: str) -> None:
    """Write that a schedule is on, as Dagster's page and command do."""
    target = LoadableTargetOrigin(module_name="orchestration.definitions")
    code = ManagedGrpcPythonEnvCodeLocationOrigin(loadable_target_origin=target, location_name="here")
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(code, "__repository__"), schedule)
    data = ScheduleInstigatorData("5 0 * * 1", start_timestamp=0.0)
    instance.add_instigator_state(
        InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.RUNNING, data)
    )


def beat(instance: dg.DagsterInstance, now: datetime) -> None:
    """Write a sign of life of the daemon, as it does every half minute."""
    for name in ("SCHEDULER", "SENSOR"):
        instance.add_daemon_heartbeat(DaemonHeartbeat(now.timestamp(), name, "test"))
