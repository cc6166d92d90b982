"""What `cliche doctor` looks at on this machine: the store, the disk, Dagster's records, the clock."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

import httpx2

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import make_client
from orchestration.doctor.finding import Finding
from orchestration.settings import Settings
from warehouse.errors import ClicheError
from warehouse.integrity import record
from warehouse.store import Store

#: Free bytes below which nothing can be done, and below which a week of real models may not fit.
_DISK_FAIL, _DISK_WARN = 1_000_000_000, 10_000_000_000
#: Seconds that the clock may be off: weeks begin at Monday 00:00 UTC, and S3 refuses what is 15 minutes off.
_CLOCK_WARN_S, _CLOCK_FAIL_S = 30.0, 300.0
_TIME_S = 10.0  # for one question of the time


def look_at_store(store: Store) -> Iterator[Finding]:
    """Yield whether the store can be written."""
    try:
        store.check_writable()
    except ClicheError as error:
        yield Finding("fail", "store", str(error))
        return
    yield Finding("ok", "store", f"{store.url} can be written, and what is there is never overwritten")


def last_reading(settings: Settings, store: Store) -> Finding:
    """Say when the store was last read whole; only a reading that found something is a warning."""
    last = record.last(record.READ, settings.home, store.url, settings.postgres)
    line = record.line(record.READ, last)
    if last is not None and last.problems:
        return Finding("warn", "last read", f"{line}; cliche verify --store lists them")
    return Finding("ok", "last read", line)


def look_at_disk(settings: Settings, store: Store) -> Iterator[Finding]:
    """Yield how much room there is for home and store."""
    folders = {"home": settings.home}
    if not store.url.startswith("s3://"):
        folders["store"] = Path(store.url)
    seen = set()
    for what, folder in folders.items():
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if there.stat().st_dev in seen:
            continue
        seen.add(there.stat().st_dev)
        free = shutil.disk_usage(there).free
        line = f"{free / 1e9:,.1f} GB are free for the {what}, {folder}"
        if free < _DISK_WARN:
            line = f"{line}; a thousand pictures may take 2 GB, make room"
        yield Finding("fail" if free < _DISK_FAIL else "warn" if free < _DISK_WARN else "ok", "disk", line)


def look_at_records(settings: Settings) -> Iterator[Finding]:
    """Yield whether Dagster's records are whole, where there are any."""
    if not settings.has_records:
        return
    from orchestration.instance import instance_of, require_whole

    try:
        require_whole(instance_of(settings))
    except ClicheError as error:
        yield Finding("fail", "records", str(error))
        return
    where = "PostgreSQL" if settings.postgres else settings.dagster_home
    yield Finding("ok", "records", f"Dagster's records in {where} can be read")


def look_at_clock(store: Store, services: Iterable[tuple[str, Connection]]) -> Finding:
    """Compare this machine's clock with the store's, else with that of an API (address and connection of each)."""
    server_time: Callable[[], datetime | None] | None = getattr(store, "server_time", None)
    sources = [] if server_time is None else [(store.url, server_time)]
    sources += [
        (address, partial(_date_of, address, connection))
        for address, connection in services
        if address.startswith(("http://", "https://"))
    ]
    for name, ask in sources:
        begun = time.monotonic()
        try:
            theirs = ask()
        except (ClicheError, httpx2.HTTPError, OSError):
            continue
        if theirs is None:
            continue
        # The header has whole seconds, and the answer took its time: both are given to the clock.
        off = abs((datetime.now(UTC) - theirs).total_seconds()) - 1 - (time.monotonic() - begun)
        if off <= _CLOCK_WARN_S:
            return Finding("ok", "clock", f"within {max(1, round(off)):,} s of {name}")
        line = f"{off:,.0f} s off from {name}; set it (timedatectl set-ntp true), weeks begin by it"
        return Finding("fail" if off > _CLOCK_FAIL_S else "warn", "clock", line)
    line = "not compared: the store is a folder of this machine and no API could be asked"
    return Finding("ok", "clock", line)


def _date_of(address: str, connection: Connection) -> datetime | None:
    """Return the time that a server's answer carries; any answer will do, so no key is sent."""
    with make_client(connection.model_copy(update={"timeout_s": _TIME_S})) as client:
        date = client.head(address).headers.get("date")
    with suppress(ValueError):
        return parsedate_to_datetime(date).astimezone(UTC) if date else None
    return None
