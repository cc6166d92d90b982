"""Pacing against services that count in each of the usual ways, in simulated minutes."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.gateway.meter import Meter
from assets.gateway.records import RateLimit
from tests.unit.gateway.limited import Bucket, FixedWindow, Result, Server, SlidingWindow, simulate

LIMIT = 300
SERVERS: dict[str, Callable[[], Server]] = {
    "a bucket of a minute": lambda: Bucket(LIMIT, LIMIT),
    "a small bucket": lambda: Bucket(LIMIT, 10),
    "a fixed window": lambda: FixedWindow(LIMIT),
    "a sliding window": lambda: SlidingWindow(LIMIT),
}
WORDS: dict[str, tuple[bool, Callable[[float], float] | None]] = {
    "says nothing": (False, None),
    "says Retry-After": (False, lambda seconds: seconds),
    "says Retry-After in whole seconds": (False, lambda seconds: float(max(1, math.ceil(seconds)))),
    "has headers": (True, None),
    "has headers and Retry-After": (True, lambda seconds: seconds),
}


def few_refused(result: Result) -> bool:
    return result.late <= 0.01 * result.asked_late


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(("begin", "latency_s"), [(300, 2.0), (1000, 0.1)])
def test_a_limit_costs_its_own_time_and_no_slot(
    server: str, words: str, begin: float, latency_s: float
) -> None:
    headers, retry_after = WORDS[words]
    # What a client needs that reads the server's mind: as many workers, as slow answers, no refusal ever.
    perfect = simulate(SERVERS[server](), 900, meter=None, latency_s=latency_s)
    result = simulate(
        SERVERS[server](),
        900,
        meter=Meter(begin),
        latency_s=latency_s,
        headers=headers,
        retry_after=retry_after,
    )
    assert result.lost == 0
    # A bucket whose rate nobody names is found from above: a minute of it is a few seconds longer.
    unnamed = begin > LIMIT and not headers and "bucket" in server
    assert result.seconds <= (1.10 if unnamed else 1.05) * perfect.seconds
    assert few_refused(result), result


@pytest.mark.parametrize("server", SERVERS)
def test_headers_lift_a_pace_that_began_too_low(server: str) -> None:
    perfect = simulate(SERVERS[server](), 900, meter=None)
    result = simulate(SERVERS[server](), 900, meter=Meter(60), headers=True)
    assert result.seconds <= 1.05 * perfect.seconds
    assert result.lost == 0
    assert few_refused(result), result


@pytest.mark.parametrize("server", SERVERS)
def test_without_headers_a_low_pace_rises_gently(server: str) -> None:
    result = simulate(SERVERS[server](), 3000, meter=Meter(60))
    assert result.seconds <= 1.7 * 3000 / LIMIT * 60  # at 60 a minute it would be five times
    assert result.lost == 0
    assert result.late <= 0.02 * result.asked_late, result  # where the limit is, nobody said


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("first_s", [5.0, 30.0, 55.0])
def test_windows_that_began_before_us(words: str, first_s: float) -> None:
    headers, retry_after = WORDS[words]
    result = simulate(
        FixedWindow(LIMIT, first_s), 900, meter=Meter(300), headers=headers, retry_after=retry_after
    )
    assert result.lost == 0
    assert result.seconds <= 1.05 * 900 / LIMIT * 60
    assert few_refused(result), result


@pytest.mark.parametrize("words", ["says nothing", "says Retry-After"])
def test_a_window_that_others_used_up_says_nothing_about_the_limit(words: str) -> None:
    server = FixedWindow(LIMIT, 40.0)
    server.admit(0.0)
    server.used = LIMIT
    result = simulate(server, 600, meter=Meter(300), retry_after=WORDS[words][1])
    assert result.lost == 0
    assert (
        result.seconds <= 40 + 60 + 20 + 15
    )  # its end, a whole window, what the second needs, one late look
    assert few_refused(result), result


def test_a_service_without_a_limit_is_not_held_back_for_long() -> None:
    result = simulate(Bucket(1e6, 1e6), 3000, meter=Meter(300))
    unpaced = 3000 / 32 * 2.0
    assert result.seconds <= 1.6 * unpaced
    assert result.refused == 0


@settings(max_examples=12, deadline=None)
@given(
    limit=st.integers(60, 600),
    kind=st.sampled_from(["bucket", "small", "fixed", "sliding"]),
    words=st.sampled_from(sorted(WORDS)),
    above=st.floats(1.0, 4.0),
    workers=st.integers(4, 64),
    latency_s=st.floats(0.1, 5.0),
    seed=st.integers(0, 2**32),
)
def test_no_slot_is_lost_whatever_the_limit(
    limit: int, kind: str, words: str, above: float, workers: int, latency_s: float, seed: int
) -> None:
    made = {
        "bucket": lambda: Bucket(limit, limit),
        "small": lambda: Bucket(limit, max(2.0, limit / 30)),
        "fixed": lambda: FixedWindow(limit),
        "sliding": lambda: SlidingWindow(limit),
    }[kind]
    headers, retry_after = WORDS[words]
    slots = 4 * limit
    perfect = simulate(made(), slots, meter=None, workers=workers, latency_s=latency_s, seed=seed)
    result = simulate(
        made(),
        slots,
        meter=Meter(above * limit),
        workers=workers,
        latency_s=latency_s,
        headers=headers,
        retry_after=retry_after,
        seed=seed,
    )
    assert result.lost == 0
    assert result.seconds <= 1.25 * perfect.seconds
    assert result.late <= 0.02 * result.asked_late + 8


def test_everybody_waits_after_a_refusal_and_one_goes_first() -> None:
    meter = Meter(6000)
    tickets = [meter.take(0.0) for _ in range(32)]
    meter.accepted(tickets[0], 0.1)
    for ticket in tickets[1:]:
        meter.refused(ticket, 0.2, retry_after_s=3.0)
    assert meter.wait_s(0.3) == pytest.approx(2.9)
    meter.take(3.2)
    assert meter.wait_s(3.2) > 0.1, "the others wait until the first could have been refused"


def test_a_call_too_many_that_was_a_try_for_more_holds_nobody_up() -> None:
    meter, now = Meter(6), 61.0
    first = [meter.take(0.0) for _ in range(7)]
    for ticket in first[:6]:
        meter.accepted(ticket, 0.1)
    meter.refused(first[6], 0.1, retry_after_s=60.0)
    begun: list[float] = []
    while True:
        now += meter.wait_s(now)
        begun.append(now)
        ticket = meter.take(now)
        if sum(at > now - 60.5 for at in begun) > 6:  # one more than it knows of
            break
        meter.accepted(ticket, now)
    before = meter.hold_until
    meter.refused(ticket, now, retry_after_s=10.0)
    assert (meter.limit, meter.hold_until) == (6.0, before)


def test_a_daily_limit_is_told_as_what_it_is() -> None:
    meter = Meter(60)
    end = 7200.0
    for number in range(6):
        now = number * 1.0
        ticket = meter.take(now)
        meter.accepted(ticket, now + 0.1, RateLimit(limit=200, remaining=5 - number, reset_s=end - now))
    assert meter.wait_s(6.0) == pytest.approx(end - 6.0, abs=1.0)
    assert meter.opens_at(6.0) == pytest.approx(end, abs=1.0)
