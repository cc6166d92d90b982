"""Weeks: Mondays (UTC) keyed by ISO date; the ISO label is derived and never a key."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from warehouse.errors import UsageError


def parse_week(text: str) -> date:
    """Return the Monday that `text` (YYYY-MM-DD) names.

    Raises:
        UsageError: if it is no date or no Monday; the message names the Monday that was probably meant.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f'week "{text}" is no date; write its Monday, e.g. {current_week()}') from None
    if day.weekday() != 0:
        raise UsageError(f"week {text} is no Monday; did you mean {week_of(day)}?")
    return day


def week_of(day: date) -> str:
    """Return the Monday of the week that holds `day`, as YYYY-MM-DD."""
    return (day - timedelta(days=day.weekday())).isoformat()


def current_week(now: datetime | None = None) -> str:
    """Return the Monday of the present week in UTC, as YYYY-MM-DD."""
    return week_of((now or datetime.now(UTC)).astimezone(UTC).date())


def shift(week: str, weeks: int) -> str:
    """Return the week that lies `weeks` later (earlier if negative)."""
    return (date.fromisoformat(week) + timedelta(weeks=weeks)).isoformat()


def iso_label(week: str) -> str:
    """Return the ISO label, e.g. `2026-W48`; week 53 exists (2026-12-28)."""
    year, number, _ = date.fromisoformat(week).isocalendar()
    return f"{year}-W{number:02d}"


def span(first: str, last: str) -> list[str]:
    """Return all weeks from `first` to `last`, both included."""
    weeks = []
    week = first
    while week <= last:
        weeks.append(week)
        week = shift(week, 1)
    return weeks


def utc_now() -> datetime:
    """Return the present moment in UTC without a zone, as `_at` columns keep it."""
    return datetime.now(UTC).replace(tzinfo=None)
