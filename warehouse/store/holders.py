"""Who holds a lease, as bytes in the store and as words for a person."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TypeVar

import tenacity

from warehouse.canonical import canonical_json
from warehouse.errors import LeaseHeldError
from warehouse.store.base import Holder

UNKNOWN = Holder(pid=0, host="", since="", purpose="this")
_ASK_AGAIN_S = 2.0

Taken = TypeVar("Taken")


def patiently(acquire: Callable[[], Taken], wait_s: float) -> Taken:
    """Return the lease that `acquire` takes; one that is held is tried again until `wait_s` seconds have passed."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(LeaseHeldError),
        stop=tenacity.stop_after_delay(wait_s),
        wait=tenacity.wait_fixed(min(_ASK_AGAIN_S, wait_s / 4)),
        reraise=True,
    )(acquire)


def this_run(purpose: str) -> Holder:
    """Return this process as a holder from now on."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(pid=os.getpid(), host=socket.gethostname(), since=now, purpose=purpose)


def to_bytes(holder: Holder, **more: str | float) -> bytes:
    """Return the content of a lease: the holder's fields and what else the kind of lease needs."""
    return canonical_json({**asdict(holder), **more})


def read_fields(data: bytes) -> dict[str, Any]:
    """Return the fields of a lease's content; empty if it does not read as a lease."""
    try:
        fields = json.loads(data)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def from_bytes(data: bytes) -> Holder | None:
    """Return the holder that a lease's content names, or None if it does not read as a lease."""
    fields = read_fields(data)
    try:
        return Holder(
            pid=int(fields["pid"]),
            host=str(fields["host"]),
            since=str(fields["since"]),
            purpose=str(fields["purpose"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def refusal(holder: Holder) -> LeaseHeldError:
    """Return the refusal that names the holder; the time is UTC, with its date unless it is today's."""
    if holder == UNKNOWN:
        return LeaseHeldError("another run holds this and has not said who it is; nothing was changed")
    where = "this machine" if holder.host == socket.gethostname() else holder.host
    return LeaseHeldError(
        f"another run holds {holder.purpose} since {clock(holder.since)} (pid {holder.pid}, {where}); "
        "nothing was changed"
    )


def clock(since: str) -> str:
    """Return `HH:MM`, after the date if that is not today; what does not read as a time stays as it is."""
    try:
        moment = datetime.fromisoformat(since).astimezone(UTC)
    except ValueError:
        return since
    today = moment.date() == datetime.now(UTC).date()
    return moment.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
