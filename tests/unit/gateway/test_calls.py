"""One call and its retries; what is kept of lost calls; deadlines."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from assets.gateway.admission import NotNowError, Settle, pause, waits_end_with
from assets.gateway.calls import Retry, Tried, with_retry
from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer, Call, Outcome, Paid
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from tests.unit.generation.scripted import Scripted, ok, outcomes
from tests.unit.generation.test_run import WEEK, planned, set_up
from warehouse import keys
from warehouse.store import Store, open_store
from warehouse.weeks import utc_now


def waited(retry: Retry, *found: Tried) -> list[float]:
    left, slept = list(found), list[float]()
    with_retry(lambda: left.pop(0) if len(left) > 1 else left[0], retry, sleep=slept.append)
    return slept


def test_waits_grow_with_full_jitter() -> None:
    retry = Retry(attempts=8, base_s=1.0, most_s=10.0)
    rounds = [waited(retry, Tried(Outcome.SERVER_ERROR)) for _ in range(200)]
    for number in range(7):
        most = min(10.0, 2.0**number)
        seen = [waits[number] for waits in rounds]
        assert max(seen) <= most
        assert min(seen) < 0.2 * most, "full jitter: from 0 on"
        assert max(seen) > 0.8 * most


@pytest.mark.parametrize(("hint_s", "expected"), [(0.0, [0.0]), (7.5, [7.5]), (600.0, [600.0]), (901.0, [])])
def test_what_an_api_asks_for_is_waited_up_to_patience(hint_s: float, expected: list[float]) -> None:
    found = waited(Retry(), Tried(Outcome.RATE_LIMITED, hint_s=hint_s), Tried(Outcome.OK, settled=True))
    assert found == expected


def test_refusals_for_the_pace_use_up_no_tries_of_other_trouble() -> None:
    limited, down = Tried(Outcome.RATE_LIMITED), Tried(Outcome.SERVER_ERROR)
    assert len(waited(Retry(attempts=3), *[limited] * 6, down, limited, down, down, down)) == 9
    assert len(waited(Retry(attempts=3, limited=5), limited)) == 4


def test_a_pause_ends_with_its_run() -> None:
    begun = time.monotonic()
    with pytest.raises(NotNowError), waits_end_with(lambda: time.monotonic() > begun + 0.05):
        pause(30)
    assert time.monotonic() - begun < 2
    wake = threading.Event()
    wake.set()
    pause(30, wake)


def test_a_lost_call_goes_on_under_its_number_where_the_provider_knows_it_again(store: Store) -> None:
    provider, plan = set_up(store, Scripted(paid=True, idempotent=True))
    slot = plan.slots[3].slot_key
    store.put_if_absent(keys.intent(WEEK, "m", slot, 1), b"{}")
    PartitionRun(store, plan, provider).run()
    asked = [request.attempt for request in provider.requests if request.slot.slot_key == slot]
    assert asked == [1]
    known = read_partition(store, WEEK, "m").of(slot)
    assert [receipt.attempt for receipt in known.receipts] == [1]
    assert known.lost == ()


def test_no_call_begins_after_the_deadline(store: Store) -> None:
    began: list[float] = []

    def slow(request: Request, number: int) -> Answer:
        began.append(time.monotonic())
        time.sleep(0.1)
        return ok(request)

    provider, plan = set_up(store, Scripted(slow))
    begun = time.monotonic()
    report = PartitionRun(
        store, plan, provider, concurrency=2, deadline=utc_now() + timedelta(seconds=0.25)
    ).run()
    assert max(began) - begun <= 0.3
    assert 2 <= report.outcomes["ok"] <= 8, "what was in flight is kept"
    assert report.open == 12 - report.outcomes["ok"]
    assert report.line.startswith("the time for this partition was up at ")
    assert PartitionRun(store, plan, provider, deadline=utc_now() - timedelta(seconds=1)).run().asked == 0


def test_a_wait_between_tries_ends_with_the_deadline(store: Store) -> None:
    provider = Scripted(outcomes(Outcome.SERVER_ERROR), replayable=False)
    begun = time.monotonic()
    report = PartitionRun(
        store,
        planned(store, provider),
        provider,
        retry=Retry(base_s=60, most_s=60),
        deadline=utc_now() + timedelta(seconds=0.3),
    ).run()
    assert time.monotonic() - begun < 3
    assert report.open == 12


def test_a_slot_that_is_asked_to_wait_for_long_is_left_for_the_next_run(store: Store) -> None:
    answer = Answer(outcome=Outcome.RATE_LIMITED, retry_after_s=5400)
    provider = Scripted(lambda request, number: answer, replayable=False)
    report = PartitionRun(store, planned(store, provider), provider).run()
    assert set(provider.calls.values()) == {1}
    assert report.line == "12 slots wait: the provider asks to come back in 90 minutes; run again then"


def test_pictures_are_kept_while_other_calls_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While pictures are kept as many calls are in flight as without."""
    in_flight: list[int] = []
    store = open_store(tmp_path)
    put = type(store).put_if_absent

    def slow_put(self: Store, key: str, data: bytes) -> bool:
        if key.startswith("images/"):
            time.sleep(0.05)
            in_flight.append(provider._now)
        return put(self, key, data)

    def slow(request: Request, number: int) -> Answer:
        time.sleep(0.05)
        return ok(request)

    monkeypatch.setattr(type(store), "put_if_absent", slow_put)
    provider = Scripted(slow, paid=True)
    PartitionRun(store, planned(store, provider), provider, concurrency=2).run()
    assert (max(in_flight), provider.most_at_once) == (2, 2)


def test_a_call_is_settled_before_it_makes_room_for_the_next_one(tmp_path: Path) -> None:
    """What an answered call cost is known to every call that is admitted after it."""
    unsettled, most, lock = 0, 0, threading.Lock()

    @contextmanager
    def admit(call: Call) -> Iterator[Settle]:
        nonlocal unsettled, most
        with lock:
            unsettled += 1
            most = max(most, unsettled)

        def settle(record: Paid, answer: Answer) -> None:
            nonlocal unsettled
            time.sleep(0.02)
            with lock:
                unsettled -= 1

        yield settle

    store = open_store(tmp_path)
    provider = Scripted(paid=True)
    report = PartitionRun(store, planned(store, provider), provider, concurrency=2, admission=admit).run()
    assert (report.outcomes["ok"], most) == (report.planned, 2)
