"""Headers that several APIs share, and seeds of slots."""

from __future__ import annotations

import datetime as dt

import pytest

from assets.gateway.records import RateLimit
from assets.generation.providers.headers import rate_limit, retry_after_s
from assets.generation.providers.seeds import slot_seed

NOW = dt.datetime(2026, 11, 25, 12, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("Wed, 25 Nov 2026 12:00:30 GMT", 30.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("-3", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
    ],
)
def test_retry_after(said: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": said} if said else {}, NOW) == seconds


def test_rate_limits() -> None:
    assert rate_limit({}) is None
    headers = {"x-ratelimit-limit": "24", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "12"}
    assert rate_limit(headers, NOW) == RateLimit(limit=24, remaining=3, reset_s=12)
    epoch = {"x-ratelimit-reset": str(int(NOW.timestamp()) + 90)}
    assert rate_limit(epoch, NOW) == RateLimit(reset_s=90)


def test_seeds_are_of_the_slot_and_within_the_bounds() -> None:
    keys = [f"{n:064x}" for n in range(0, 2**250, 2**246)]
    for below in (2**31, 2**32, 858_993_460):
        seeds = [slot_seed(key, below) for key in keys]
        assert all(1 <= seed < below for seed in seeds)
        assert len(set(seeds)) == len(keys)
        assert seeds == [slot_seed(key, below) for key in keys]
    assert slot_seed("f" * 64, 2) == 1
