"""Pace and breaker in threads, stacked; waits that end with their run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from assets.gateway import admission as admission_module
from assets.gateway.admission import Admission, NotAdmittedError, NotNowError, Settle, stack, waits_end_with
from assets.gateway.breaker import Breaker
from assets.gateway.calls import Retry
from assets.gateway.pace import Pace
from assets.gateway.records import Answer, Call, Outcome, Paid
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from tests.unit.generation.scripted import Scripted, ok
from tests.unit.generation.test_run import planned
from warehouse.store import open_store

CALL = Call("m/slot/1", "m", {})
PAID = Paid(Outcome.OK)
DOWN = Answer(outcome=Outcome.SERVER_ERROR, error_message="Bad Gateway", http_status=502)
FINE = Answer(outcome=Outcome.OK, image=b"x")


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission_module, "_LOOK_S", 0.01)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def tell(admission: Admission, answer: Answer) -> None:
    with admission(CALL) as settle:
        settle(PAID, answer)


def ended_after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def is_held(admission: Admission) -> bool:
    try:
        with waits_end_with(ended_after(0.03)), admission(CALL):
            return False
    except NotNowError as ended:
        if ended.why:
            raise
        return True


# ---- breaker --------------------------------------------------------------------------------------------------------


def opened(clock: Clock, **options: Any) -> Breaker:
    breaker = Breaker(
        "openai_images", failures=3, first_s=5, most_s=20, patience_s=100, clock=clock, **options
    )
    for _ in range(3):
        assert breaker.state == "closed"
        tell(breaker, DOWN)
    return breaker


@pytest.mark.parametrize("outcome", [Outcome.SERVER_ERROR, Outcome.CONNECTION, Outcome.TIMEOUT])
def test_failures_in_a_row_open_it(outcome: Outcome) -> None:
    breaker = Breaker("p", failures=3)
    for _ in range(3):
        assert not is_held(breaker)
        tell(breaker, Answer(outcome=outcome))
    assert breaker.state == "open"
    assert is_held(breaker)


@pytest.mark.parametrize(
    "answer",
    [
        FINE,
        Answer(outcome=Outcome.BLOCKED_INPUT),
        Answer(outcome=Outcome.RATE_LIMITED),
        Answer(outcome=Outcome.AUTH),
        Answer(outcome=Outcome.SERVER_ERROR, unmapped=True, http_status=422),
    ],
)
def test_a_service_that_answers_is_not_down(answer: Answer) -> None:
    breaker = Breaker("p", failures=3)
    for _ in range(4):
        tell(breaker, DOWN)
        tell(breaker, DOWN)
        tell(breaker, answer)
    assert breaker.state == "closed"


def test_one_call_at_a_time_tries_and_each_waits_longer_than_the_last() -> None:
    clock = Clock()
    breaker = opened(clock)
    for wait_s in (5, 10, 20, 20):
        clock.now += wait_s - 0.5
        assert is_held(breaker)
        clock.now += 0.5
        with breaker(CALL) as settle:
            assert breaker.state == "half-open"
            assert is_held(breaker), "a second call waits for the one that tries"
            settle(PAID, DOWN)
        assert breaker.state == "open"
    clock.now += 20
    tell(breaker, FINE)
    assert breaker.state == "closed"
    assert not is_held(breaker)


def test_an_answer_that_was_on_its_way_closes_it_and_a_failure_that_was_does_nothing() -> None:
    clock = Clock()
    breaker = Breaker("p", failures=3, first_s=5, clock=clock)
    early, late = breaker(CALL), breaker(CALL)
    settle_early, settle_late = early.__enter__(), late.__enter__()
    for _ in range(3):
        tell(breaker, DOWN)
    settle_early(PAID, DOWN)
    assert breaker.state == "open"
    settle_late(PAID, FINE)
    assert breaker.state == "closed"


def test_a_try_that_was_not_made_is_left_to_the_next_call() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5
    with suppress(NotAdmittedError), breaker(CALL):
        raise NotAdmittedError(Outcome.BUDGET_STOPPED, "the cap is reached")
    with breaker(CALL) as settle:
        settle(PAID, FINE)
    assert breaker.state == "closed"


def test_a_service_that_stays_away_ends_the_run_in_one_line() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5
    tell(breaker, DOWN)
    clock.now = 101
    tell(breaker, DOWN)  # due, so one more try is made before anybody gives up
    with pytest.raises(NotNowError) as ended, breaker(CALL):
        pass
    assert str(ended.value) == (
        "openai_images has not answered for 2 minutes (server_error: Bad Gateway); "
        "the slots stay open, run again when it is back"
    )


# ---- pace -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [Outcome.RATE_LIMITED, Outcome.SERVER_ERROR])
def test_a_service_that_asks_for_time_is_left_alone_by_everybody(outcome: Outcome) -> None:
    clock = Clock()
    pace = Pace("p", 6000, clock=clock)
    tell(pace, FINE)
    tell(pace, Answer(outcome=outcome, retry_after_s=30))
    clock.now = 29.9
    assert is_held(pace)
    clock.now = 30.1
    assert not is_held(pace)


def test_a_wait_beyond_patience_ends_the_run_and_says_when_to_come_back() -> None:
    clock = Clock()
    pace = Pace("openai_images gpt-image-2", 60, clock=clock)
    tell(pace, Answer(outcome=Outcome.RATE_LIMITED, retry_after_s=3600))
    with pytest.raises(NotNowError) as ended, pace(CALL):
        pass
    assert str(ended.value) == (
        "openai_images gpt-image-2 asks to come back in 60 minutes; the slots stay open, run again then"
    )


def test_a_service_that_refuses_for_ever_ends_the_run() -> None:
    clock = Clock()
    pace = Pace("p", 60, clock=clock)

    def ask_for_ever() -> None:
        while True:
            tell(pace, Answer(outcome=Outcome.RATE_LIMITED))
            assert is_held(pace)
            clock.now += 160

    with pytest.raises(NotNowError, match="has refused every call for 16 minutes"):
        ask_for_ever()
    assert 900 < clock.now < 1100


def test_a_low_pace_is_no_refusal_however_long_it_takes() -> None:
    clock = Clock()
    pace = Pace("p", 0.05, clock=clock)
    tell(pace, FINE)
    assert is_held(pace)


def test_threads_take_turns_at_the_pace() -> None:
    pace = Pace("p", 60)
    pace._meter.burst = pace._meter._level = 1.0
    pace._meter.rate = 50.0
    begun = time.monotonic()
    threads = [threading.Thread(target=tell, args=(pace, FINE)) for _ in range(21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert 0.3 < time.monotonic() - begun < 3


# ---- together -------------------------------------------------------------------------------------------------------


def test_admissions_stand_one_behind_the_other() -> None:
    seen: list[str] = []

    def named(name: str) -> Admission:
        @contextmanager
        def admit(call: Call) -> Iterator[Settle]:
            seen.append(f"{name} in")
            try:
                yield lambda record, answer: seen.append(f"{name} told")
            finally:
                seen.append(f"{name} out")

        return admit

    tell(stack(named("pace"), named("budget")), FINE)
    assert seen == ["pace in", "budget in", "budget told", "pace told", "budget out", "pace out"]


def test_an_outage_uses_up_no_tries_and_the_run_goes_on_after_it(tmp_path: Path) -> None:
    back = time.monotonic() + 0.5
    during: list[Request] = []

    def script(request: Request, number: int) -> Answer:
        if time.monotonic() < back:
            during.append(request)
            return DOWN
        return ok(request)

    provider = Scripted(script, replayable=False)
    store = open_store(tmp_path)
    plan = planned(store, provider)
    # One try in vain: more by chance all of one slot would be its four.
    breaker = Breaker("p", failures=2, first_s=0.3, most_s=0.3)
    report = PartitionRun(
        store, plan, provider, concurrency=4, retry=Retry(base_s=0.001, most_s=0.002), admission=breaker
    ).run()
    assert report.outcomes == {"ok": 12, "open": 0}
    assert 2 <= len(during) <= 4 + 2, "those in flight when it began, and one after 0.3 seconds"


def test_an_outage_without_end_ends_the_run_and_leaves_the_slots_open(tmp_path: Path) -> None:
    provider = Scripted(lambda request, number: DOWN, replayable=False)
    store = open_store(tmp_path)
    plan = planned(store, provider)
    breaker = Breaker("the service", failures=3, first_s=0.05, patience_s=0.3)
    begun = time.monotonic()
    report = PartitionRun(
        store, plan, provider, concurrency=3, retry=Retry(base_s=0.001, most_s=0.01), admission=breaker
    ).run()
    assert time.monotonic() - begun < 5
    assert report.stopped_by is None
    assert report.line.startswith("the service has not answered for 1 minutes (server_error: Bad Gateway)")
    assert report.open == 12
    assert report.outcomes["server_error"] + report.outcomes["not_attempted"] == 12
    assert max(provider.calls.values()) <= 4
