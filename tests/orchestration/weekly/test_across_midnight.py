"""A run that begins on Sunday at 23:59 and ends on Monday is of its week alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer
from assets.generation.providers.registry import PROVIDERS
from assets.generation.slots import Request
from assets.labeling.status import partition_state
from orchestration import weekly
from orchestration.definitions import build_defs
from tests.orchestration.installation import Installation, entry, install
from tests.orchestration.weekly.test_definitions import tick
from tests.unit.generation.scripted import Scripted, ok
from warehouse.weeks import current_week

WEEK, NEXT = "2026-10-12", "2026-10-19"
MIDNIGHT = datetime(2026, 10, 19, tzinfo=UTC)
LEFT_S = 1.0  # of the week, when asking begins


class Clock(datetime):
    """Stands shortly before midnight until the first call is answered, on Monday."""

    moment = MIDNIGHT

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return cls.moment.astimezone(tz) if tz else cls.moment.replace(tzinfo=None)


def slow(connection: Connection) -> Scripted:
    """A model of the present week only, whose answer comes on Monday."""

    def script(request: Request, number: int) -> Answer:
        time.sleep(LEFT_S)
        Clock.moment = MIDNIGHT + timedelta(minutes=1)
        return ok(request)

    return Scripted(script, replayable=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A home with one such model, on Sunday night."""
    monkeypatch.setitem(PROVIDERS, "slow", f"{__name__}:slow")
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(Clock, "moment", MIDNIGHT - timedelta(seconds=LEFT_S))
    monkeypatch.setattr("warehouse.weeks.datetime", Clock)
    assert current_week() == WEEK
    return install(tmp_path / "home", entry("real", provider="slow", model_id="classic", concurrency=1))


def test_what_begins_before_midnight_is_of_its_week_alone(home: Installation) -> None:
    ran = weekly.run_partitions(home.place(), home.settings, [("real", WEEK)], lambda text: None)
    assert ran.problems == {("real", WEEK): "3 of 4 slots are open; the week is over and they stay a gap"}
    assert ran.exit_code == 1
    assert current_week() == NEXT
    place = home.place()
    (receipt,) = read_partition(place.store, WEEK, "real").receipts
    begun, ended = receipt.requested_at, receipt.answered_at
    assert begun is not None
    assert ended is not None
    assert begun < MIDNIGHT.replace(tzinfo=None) < ended
    assert {key for key in home.objects() if NEXT in key} == set()
    state = partition_state(place.store, WEEK, "real", place.labelers)
    assert (state.open, state.unlabelled, state.unlisted) == (3, 0, 0)  # a gap; what was answered is labeled
    defs = build_defs(home.settings, place)
    asked = [one.partition_key for one in tick(defs, MIDNIGHT + timedelta(minutes=5))]
    assert asked == [f"real|{NEXT}"]
    assert not tick(defs, MIDNIGHT + timedelta(minutes=35), "every_hour")
