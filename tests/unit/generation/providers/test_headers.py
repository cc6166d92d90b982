"""Headers that APIs share, and seeds of slots."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping

import pytest

from assets.gateway.records import RateLimit
from assets.generation.providers.base import slot_seed
from assets.generation.providers.headers import duration_s, rate_limit, retry_after_s


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1), ("6m0s", 360), ("200ms", 0.2), ("1h2m3.5s", 3723.5), ("12", 12), ("0", 0), ("-3", 0),
        ("soon", None), ("1s later", None), ("", None), (None, None), ("nan", None), ("inf", None),
    ],
)  # fmt: skip
def test_a_duration_is_read_in_every_way_that_headers_write_it(
    text: str | None, seconds: float | None
) -> None:
    assert duration_s(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_a_reset_that_is_a_time_becomes_a_wait() -> None:
    assert duration_s(str(time.time() + 30)) == pytest.approx(30, abs=2)
    assert duration_s(str(time.time() - 30)) == 0


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-limit-tokens": "150000",
            },
            RateLimit(limit=60, remaining=59, reset_s=1),
        ),
        (
            {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0"},
            RateLimit(limit=5, remaining=0),
        ),
        (  # Together
            {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "2"},
            RateLimit(limit=10, remaining=3, reset_s=2),
        ),
        ({"x-ratelimit-remaining-requests": "7"}, RateLimit(remaining=7)),  # xAI at times
        ({"x-ratelimit-limit-requests": "many"}, None),
        ({"x-ratelimit-limit-tokens": "150000"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_requests_is_read_from_headers(
    headers: Mapping[str, str], limit: RateLimit | None
) -> None:
    assert rate_limit(headers) == limit


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after": "-1"}, "", 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({}, "Limit 5, Used 5. Please try again in 12s.", 12),
        ({}, "Please try again in 850ms. Visit …", 0.85),
        ({}, "Please try again in 6m0s.", 360),
        ({"retry-after": "whenever"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({}, "", None),
    ],
)
def test_the_wait_that_is_asked_for(headers: Mapping[str, str], text: str, seconds: float | None) -> None:
    assert retry_after_s(headers, text) == (seconds if seconds is None else pytest.approx(seconds))


def test_a_wait_may_be_a_date() -> None:
    later = email.utils.formatdate(time.time() + 90, usegmt=True)
    assert retry_after_s({"retry-after": later}) == pytest.approx(90, abs=2)
    assert retry_after_s({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


def test_seeds_are_of_the_slot_and_within_the_bounds() -> None:
    keys = [f"{n:064x}" for n in range(0, 2**250, 2**246)]
    for below in (2**31, 2**32, 858_993_460):
        seeds = [slot_seed(key, below) for key in keys]
        assert all(1 <= seed < below for seed in seeds)
        assert len(set(seeds)) == len(keys)
        assert seeds == [slot_seed(key, below) for key in keys]
    assert slot_seed("f" * 64, 2) == 1
