"""What the headers of an answer say about waiting: `Retry-After` and the usual rate-limit headers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from assets.gateway.records import RateLimit

_EPOCH_BEGINS = 1e9  # a larger "reset" is a time of day in Unix seconds, a smaller one is a number of seconds


def retry_after_s(headers: Mapping[str, str], now: dt.datetime | None = None) -> float | None:
    """Return the seconds that `Retry-After` asks to wait (RFC 9110: seconds or a date), or None without one."""
    said = headers.get("retry-after", "").strip()
    seconds = _number(said)
    if seconds is None and said:
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        seconds = (until - (now or dt.datetime.now(dt.UTC))).total_seconds() if until.tzinfo else None
    return None if seconds is None else max(0.0, seconds)


def rate_limit(headers: Mapping[str, str], now: dt.datetime | None = None) -> RateLimit | None:
    """Return what `X-RateLimit-Limit`, `-Remaining` and `-Reset` say, or None without any of them."""
    limit, remaining, reset = (
        _number(headers.get(f"x-ratelimit-{name}", "")) for name in ("limit", "remaining", "reset")
    )
    if limit is remaining is reset is None:
        return None
    if reset is not None and reset > _EPOCH_BEGINS:
        reset = max(0.0, reset - (now or dt.datetime.now(dt.UTC)).timestamp())
    return RateLimit(limit=limit, remaining=remaining, reset_s=reset)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
