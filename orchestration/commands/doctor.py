"""`cliche doctor`: what could keep a run from going well, looked at before it, with free calls alone.

Belongs here: the list of what is looked at, a line each with how to mend it. Does not belong here: free calls
(`providers`, labelers), what the store must do (`warehouse.store`).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal, TypeVar

import httpx2

from assets.generation.asset import checked_provider
from assets.generation.connection import Connection
from assets.generation.http import make_client
from assets.generation.models_file import LabelerEntry, ModelEntry
from assets.generation.prices import OLD_AFTER_DAYS, Price, price_on
from assets.generation.providers.base import Probe, Provider, probe
from assets.generation.receipts import read_partition
from assets.generation.trouble import CostRatio, cost_ratio
from assets.generation.workplace import Workplace
from assets.labeling.registry import LABELERS, make_labeler
from assets.labeling.spending import is_paid
from orchestration.console import say
from orchestration.resources import bare_workplace, make_workplace
from orchestration.settings import Settings, load_settings
from warehouse.errors import ClicheError
from warehouse.store import Store
from warehouse.weeks import current_week, shift, utc_now

#: Seconds for one free call, and for one question of the time.
_PROBE_S, _TIME_S = 20.0, 10.0
#: Free bytes below which nothing can be done, and below which a week of real models may not fit.
_DISK_FAIL, _DISK_WARN = 1_000_000_000, 10_000_000_000
#: Seconds that the clock may be off: weeks begin at Monday 00:00 UTC, and S3 refuses what is 15 minutes off.
_CLOCK_WARN_S, _CLOCK_FAIL_S = 30.0, 300.0
_AT_ONCE = 8  # free calls
_LOOK_BACK = 4  # weeks whose costs still say something about a price

ThingT = TypeVar("ThingT")


@dataclass(frozen=True)
class Finding:
    """What was found about one thing, and how to mend it."""

    level: Literal["ok", "warn", "fail"]
    what: str
    line: str


def doctor() -> int:
    """Look at settings, store, disk, clock, keys, models, prices and caps; return 1 if something would fail."""
    found = [*examine()]
    width = max(len(one.what) for one in found)
    for one in found:
        say(f"{one.level:<5} {one.what:<{width}}  {one.line}")
    fails, warns = (sum(one.level == level for one in found) for level in ("fail", "warn"))
    said = f"{_n(fails, 'problem')}, {_n(warns, 'warning')}" if fails or warns else "Everything is well"
    say(f"{said}. No paid call was made.")
    return 1 if fails else 0


def examine() -> Iterator[Finding]:
    """Yield everything that is found; what cannot be looked at because something else is wrong is left out."""
    try:
        settings = load_settings()
        place = bare_workplace(settings)
    except ClicheError as error:
        yield Finding("fail", "settings", str(error))
        return
    try:
        place = make_workplace(settings)
        counts = f"{_n(len(place.models), 'model')}, {_n(len(place.labelers), 'labeler')}"
        yield Finding("ok", "settings", f"{settings.home}; {settings.models.name}: {counts}")
    except ClicheError as error:
        yield Finding("fail", "settings", str(error))
    yield from _store(place.store)
    yield from _disk(settings, place.store)
    models = [entry for entry in place.models if str(entry.until_week or "9") >= current_week()]
    providers = {entry.name: _provider(entry) for entry in models}
    ready = [provider for provider in providers.values() if not isinstance(provider, ClicheError)]
    yield _clock(place.store, [*zip(models, providers.values(), strict=True)])
    free = [entry.name for entry in models if _is_free(providers[entry.name])]
    if free:
        yield Finding(
            "ok", "models", f"{', '.join(free)}: asked on this machine, no key and no money is needed"
        )
    yield from _each(
        lambda entry: _model(place, entry, providers[entry.name]),
        [entry for entry in models if entry.name not in free],
    )
    names = dict.fromkeys(name for entry in models for name in (entry.labeler, *entry.also_labelers))
    yield from _each(lambda name: _labeler(place, name), [*names])
    paid = any(provider.paid for provider in ready) or any(
        is_paid(place.labelers[name]) for name in names if name in place.labelers
    )
    yield from _caps(place) if paid else ()


def _each(look: Callable[[ThingT], Iterable[Finding]], things: Sequence[ThingT]) -> Iterator[Finding]:
    """Yield what is found of each thing, in their order; free calls of several are made at once."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for found in pool.map(lambda thing: [*look(thing)], things):
            yield from found


def _store(store: Store) -> Iterator[Finding]:
    try:
        store.check_writable()
    except ClicheError as error:
        yield Finding("fail", "store", str(error))
        return
    yield Finding("ok", "store", f"{store.url} can be written, and what is there is never overwritten")


def _disk(settings: Settings, store: Store) -> Iterator[Finding]:
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
            level: Literal["warn", "fail"] = "fail" if free < _DISK_FAIL else "warn"
            yield Finding(level, "disk", f"{line}; a thousand pictures may take 2 GB, make room")
        else:
            yield Finding("ok", "disk", line)


def _provider(entry: ModelEntry) -> Provider | ClicheError:
    hasty = entry.model_copy(update={"connection": _hasty(entry.connection)})
    try:
        return checked_provider(hasty)
    except ClicheError as error:
        return error


def _hasty(connection: Connection) -> Connection:
    return connection.model_copy(update={"timeout_s": min(connection.timeout_s, _PROBE_S)})


def _is_free(provider: Provider | ClicheError) -> bool:
    return not isinstance(provider, ClicheError) and not provider.paid and not hasattr(provider, "probe")


def _clock(store: Store, asked: Sequence[tuple[ModelEntry, Provider | ClicheError]]) -> Finding:
    """Compare this machine's clock with the store's, else with that of an API."""
    server_time: Callable[[], datetime | None] | None = getattr(store, "server_time", None)
    sources: list[tuple[str, Callable[[], datetime | None]]] = []
    if server_time is not None:
        sources.append((store.url, server_time))
    for entry, provider in asked:
        if not isinstance(provider, ClicheError) and provider.paid:
            address = entry.connection.base_url or provider.endpoint
            if address.startswith(("http://", "https://")):
                sources.append((address, lambda at=address, by=entry.connection: _date_of(at, by)))  # type: ignore[misc]
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
        level: Literal["warn", "fail"] = "fail" if off > _CLOCK_FAIL_S else "warn"
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


def _model(place: Workplace, entry: ModelEntry, provider: Provider | ClicheError) -> Iterator[Finding]:
    if isinstance(provider, ClicheError):
        yield Finding("fail", entry.name, str(provider))
        return
    yield _probed(entry.name, probe(provider, entry.model_id))
    if not provider.paid:
        return
    yield from _price(entry.name, entry.price)
    if entry.cap_usd is None and place.caps.week_usd is None:
        yield Finding("warn", entry.name, "no cap: set cap_usd here, or week_usd of caps in cliche.yaml")
    ratio = _cost_ratio(place.store, entry.name)
    if ratio is not None and ratio.wrong:
        yield Finding("warn", entry.name, ratio.line())


def _cost_ratio(store: Store, model: str) -> CostRatio | None:
    """Return what a model's pictures cost against expectation in the newest week that tells."""
    for back in range(_LOOK_BACK):
        try:
            ratio = cost_ratio(read_partition(store, shift(current_week(), -back), model).receipts)
        except ClicheError:  # what is wrong with the store is told in its own line
            return None
        if ratio is not None:
            return ratio
    return None


def _probed(what: str, said: Probe | None) -> Finding:
    """Return what a free call said, with the part of models.yaml or the environment that mends it."""
    if said is None:
        return Finding("ok", what, "there is no free call; its key is tried by the first paid one")
    if said.key_ok is False:
        return Finding("fail", what, f"{said.line}; mend the key, or key_env of its connection")
    if said.model_ok is False:
        return Finding("fail", what, f"{said.line}; mend model_id in models.yaml")
    if said.key_ok is None or said.model_ok is None:
        return Finding("warn", what, f"not known without a paid call: {said.line}")
    return Finding("ok", what, said.line)


def _price(what: str, prices: Sequence[Price]) -> Iterator[Finding]:
    today = utc_now().date()
    price = price_on(prices, today)
    if price is None:
        yield Finding("fail", what, "no price holds today: write price with source and date in models.yaml")
        return
    age = (today - price.date).days
    line = f"${price.per_image_usd:,.4f} a picture, looked up on {price.date} ({price.source})"
    if age > OLD_AFTER_DAYS:
        yield Finding("warn", what, f"{line} is {age} days old; look it up again and mend date")
    elif "check before use" in price.source.lower():
        yield Finding("warn", what, f"{line}; look it up at its maker's before you ask")
    else:
        yield Finding("ok", what, line)


def _labeler(place: Workplace, name: str) -> Iterator[Finding]:
    entry: LabelerEntry | None = place.labelers.get(name)
    hasty = {} if entry is None else {name: _hasty_labeler(entry)}
    try:
        labeler = make_labeler(name, hasty)
    except ClicheError as error:
        yield Finding("fail", f"labeler {name}", str(error))
        return
    if entry is None or name in LABELERS:
        yield Finding("ok", f"labeler {name}", "reads on this machine")
        return
    asks: Callable[[str], Probe] | None = getattr(labeler, "probe", None)
    yield _probed(f"labeler {name}", asks(entry.model_id) if asks else None)
    if is_paid(entry):
        yield from _price(f"labeler {name}", entry.price)
        if entry.cap_usd is None and place.caps.week_usd is None:
            yield Finding(
                "warn", f"labeler {name}", "no cap: set cap_usd here, or week_usd of caps in cliche.yaml"
            )


def _hasty_labeler(entry: LabelerEntry) -> LabelerEntry:
    return entry.model_copy(update={"connection": _hasty(entry.connection)})


def _caps(place: Workplace) -> Iterator[Finding]:
    caps = place.caps
    missing = [name for name, usd in caps.model_dump().items() if usd is None and name != "run_usd"]
    said = ", ".join(f"{name} ${usd:,.2f}" for name, usd in caps.model_dump().items() if usd is not None)
    if missing:
        have = f"{said}; " if said else ""
        yield Finding("warn", "caps", f"{have}not set: {', '.join(missing)} (caps in cliche.yaml)")
    else:
        yield Finding("ok", "caps", said)


def _n(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"
