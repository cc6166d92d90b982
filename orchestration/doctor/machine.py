"""What `cliche doctor` looks at on this machine: the store, the disk, Dagster's records, the clock."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import make_client
from orchestration.doctor.finding import Finding, Level
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
    if last is None or not last.problems:
        return Finding("ok", "last read", line)
    return Finding("warn", "last read", f"{line}; cliche verify --store lists them")


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
            level: Level = "fail" if free < _DISK_FAIL else "warn"
            yield Finding(level, "disk", f"{line}; a thousand pictures may take 2 GB, make room")
        else:
            yield Finding("ok", "disk", line)


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
    sources: list[tuple[str, Callable[[], datetime | None]]] = []
    if server_time is not None:
        sources.append((store.url, server_time))
    for address, connection in services:
        if address.startswith(("http://", "https://")):
            sources.append((address, lambda at=address, by=connection: _date_of(at, by)))  # type: ignore[misc]
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
        level: Level = "fail" if off > _CLOCK_FAIL_S else "warn"
        return Finding(
            level,
            "clock",
            f"{off:,.0f} s off from {name}; set it (timedatectl set-ntp true), weeks begin by it",
        )
    return Finding(
        "ok", "clock", "not compared: the store is a folder of this machine and no API could be asked"
    )


def _date_of(address: str, connection: Connection) -> datetime | None:
    """Return the time that a server's answer carries; any answer will do, so no key is sent."""
    limited = connection.model_copy(update={"timeout_s": _TIME_S})
    with make_client(limited) as client:
        said = client.head(address).headers.get("date")
    return _read(said)


def _read(said: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(said).astimezone(UTC) if said else None
    except ValueError:
        return None
