"""Rows of one week as rows of a later one: under its date and slot keys, with the same pictures."""

from __future__ import annotations

from collections.abc import Iterable

_MOVED = {
    **{name: f"{name} + cast(7 * {{weeks}} AS INTEGER) AS {name}" for name in ("week", "first_week")},
    "slot_key": "sha256(slot_key || {weeks}) AS slot_key",
    **{
        name: f"{name} + to_days(cast(7 * {{weeks}} AS INTEGER)) AS {name}"
        for name in ("requested_at", "answered_at", "labeled_at")
    },
}


def moved(columns: Iterable[str], weeks: str) -> str:
    """Return what `SELECT * REPLACE (…)` takes to move rows by a number of weeks, an SQL expression."""
    return ", ".join(_MOVED[name].format(weeks=weeks) for name in columns if name in _MOVED)
