"""What an answer says about waiting: `Retry-After`, words that stand for it, limits of requests in headers."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from assets.gateway.records import RateLimit

_EPOCH_S = 1_000_000_000  # a "reset" above this is a time, not a wait
_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_AGAIN = re.compile(r"try again in (\d+(?:\.\d+)?(?:ms|s|m(?![a-z]))?(?:\d+(?:\.\d+)?s)?)", re.IGNORECASE)


def retry_after_s(headers: Mapping[str, str], text: str = "") -> float | None:
    """Return the wait asked for: `retry-after-ms`, `retry-after` in seconds or as a date, else the message's."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None:
        return max(0.0, seconds)
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - time.time())
    except (TypeError, ValueError):
        again = _AGAIN.search(text)
        return duration_s(again[1]) if again else None


def rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the limit of requests: `…-requests` (OpenAI, xAI), of images where they are counted, without either."""
    for unit in ("-requests", "-images", ""):
        limit, remaining = (
            _number(headers.get(f"x-ratelimit-{name}{unit}")) for name in ("limit", "remaining")
        )
        if limit is not None or remaining is not None:
            reset_s = duration_s(headers.get(f"x-ratelimit-reset{unit}"))
            return RateLimit(limit=limit, remaining=remaining, reset_s=reset_s)
    return None


def duration_s(text: str | None) -> float | None:
    """Return seconds of `6m0s`, `200ms`, `1.5` or a time in seconds since 1970; None for anything else."""
    if not text:
        return None
    plain = _number(text)
    if plain is not None:
        return max(0.0, plain - time.time()) if plain > _EPOCH_S else max(0.0, plain)
    if not re.fullmatch(rf"(?:{_PARTS.pattern})+", text.strip()):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _PARTS.findall(text))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
