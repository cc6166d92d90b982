"""The clock by which Cliché tells weeks, set back: a year of weeks is asked in less than an hour, each in its time.

Imported first by the process that forks the soak's commands; `CLICHE_SOAK_OFFSET_S` of a command says by how much.
Seconds that servers and leases go by stay those of the machine.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, tzinfo

from warehouse import weeks

OFFSET = "CLICHE_SOAK_OFFSET_S"
_week_at = weeks.current_week


class Shifted(datetime):
    """A datetime whose present is another."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Return the present, set back."""
        return datetime.now(tz) + timedelta(seconds=float(os.environ.get(OFFSET, "0")))


def current_week(now: datetime | None = None) -> str:
    """Return the week of `now`, or of the present as it is set back."""
    return _week_at(now or Shifted.now(UTC))


def utc_now() -> datetime:
    """Return the present as it is set back."""
    return Shifted.now(UTC).replace(tzinfo=None)


weeks.current_week, weeks.utc_now = current_week, utc_now

from orchestration import gate  # noqa: E402  (takes the clock as it is by now)

gate.datetime = Shifted  # type: ignore[attr-defined]
