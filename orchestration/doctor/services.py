"""What `cliche doctor` looks at of models and labelers: key, name, end, price, caps; with free calls alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.charges import entry_scope, month_scope, week_scope
from assets.gateway.money.costs import OLD_AFTER_DAYS, price_on
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.network.connection import Connection
from assets.gateway.receipts import read_partition
from assets.generation.partition import checked_provider
from assets.generation.providers.base import Probe, Provider, offers, probe
from assets.generation.trouble import CostRatio, cost_ratio
from assets.generation.workplace import Workplace
from assets.labeling.asked.spending import costs_of, is_paid
from assets.labeling.registry import LABELERS, make_labeler
from assets.labeling.status import partition_state
from orchestration.doctor.finding import Finding
from warehouse.errors import ClicheError
from warehouse.printable import counted
from warehouse.store import Store
from warehouse.validation import close_match
from warehouse.weeks import current_week, shift, utc_now

_PROBE_S = 20.0  # seconds for one free call
_LOOK_BACK = 4  # weeks whose costs still say something about a price
#: The end of a model is reported this many days ahead.
END_DAYS = 60

EntryT = TypeVar("EntryT", ModelEntry, LabelerEntry)


def provider_of(entry: ModelEntry) -> Provider | ClicheError:
    """Return the provider of an entry, which does not wait long for an answer; or why there is none."""
    try:
        return checked_provider(_hasty(entry))
    except ClicheError as error:
        return error


def _hasty(entry: EntryT) -> EntryT:
    return entry.model_copy(update={"connection": hasty(entry.connection)})


def hasty(connection: Connection) -> Connection:
    """Return a connection over which no free call waits long for an answer."""
    return connection.model_copy(update={"timeout_s": min(connection.timeout_s, _PROBE_S)})


def is_free(provider: Provider | ClicheError) -> bool:
    """Return whether there is nobody to ask and nothing to pay."""
    return not isinstance(provider, ClicheError) and not provider.paid and not hasattr(provider, "probe")


def look_at_model(place: Workplace, entry: ModelEntry, provider: Provider | ClicheError) -> Iterator[Finding]:
    """Yield what is found of a model that is asked of somebody."""
    if isinstance(provider, ClicheError):
        yield Finding("fail", entry.name, str(provider))
        return
    found, near = probe(provider, entry.model_id), ""
    if found and found.model_ok is False and isinstance(known := offers(provider), list):
        near = close_match(entry.model_id, known).partition("; known")[0]
    yield from _probed(entry.name, found, entry.shutdown_date, near)
    yield from last_week(entry, {one.succeeds for one in place.models}, utc_now().date())
    if not provider.paid:
        return
    yield from _price(place, entry.name, entry)
    yield from _room(place, entry)
    ratio = _cost_ratio(place.store, entry.name)
    if ratio is not None and ratio.wrong and ratio.price_id == place.costs(entry).price_id(utc_now().date()):
        yield Finding("warn", entry.name, ratio.line())


def _cost_ratio(store: Store, model: str) -> CostRatio | None:
    """Return what a model's pictures cost against expectation in the newest week that tells."""
    for back in range(_LOOK_BACK):
        try:
            ratio = cost_ratio(read_partition(store, shift(current_week(), -back), model).receipts)
        except ClicheError:  # what is wrong with the store has its own line
            return None
        if ratio is not None:
            return ratio
    return None


def _probed(what: str, result: Probe | None, ends: dt.date | None, near: str = "") -> Iterator[Finding]:
    """Yield what a free call said, with the part of models.yaml or the environment that fixes it."""
    if result is None:
        yield Finding("ok", what, "there is no free call; its key is tried by the first paid one")
    elif result.key_ok is False:
        how = "" if result.line.startswith("no key:") else "; fix the key, or key_env of its connection"
        yield Finding("fail", what, f"{result.line}{how}")
    elif result.model_ok is False:
        yield Finding("fail", what, f"{result.line}; fix model_id in models.yaml{near}")
    elif result.certain:
        yield Finding("fail", what, f"{result.line}; fix connection in models.yaml: a run would fail")
    elif result.key_ok is None or result.model_ok is None:
        yield Finding("warn", what, f"not known without a paid call: {result.line}")
    else:
        yield Finding("ok", what, result.line)
    if known := [day for day in (result and result.shutdown_date, ends) if day]:
        yield shutdown(what, min(known), utc_now().date())


def shutdown(what: str, day: dt.date, today: dt.date) -> Finding:
    """Return what follows from the day on which a maker shuts a model down."""
    left = (day - today).days
    if left <= 0:
        line = f"was shut down on {day}; end it (until) and add its successor (succeeds)"
        return Finding("fail", what, line)
    line = f"is shut down on {day}, in {counted(left, 'day')}"
    if left <= END_DAYS:
        return Finding("warn", what, f"{line}; set until to its last week and add its successor (succeeds)")
    return Finding("ok", what, line)


def last_week(entry: ModelEntry, succeeded: Collection[str | None], today: dt.date) -> Iterator[Finding]:
    """Yield that the last week of an entry is near, where no other entry follows it."""
    week = entry.until_week
    if week is not None and entry.name not in succeeded and (week - today).days <= END_DAYS:
        line = f"{week} is its last week (until), and no model succeeds it; add one, or raise until"
        yield Finding("warn", entry.name, line)


def _room(place: Workplace, entry: ModelEntry) -> Iterator[Finding]:
    """Yield the caps that leave no room for one call, where there is a call to make."""
    week = current_week()
    try:
        state = partition_state(place.store, week, entry.name, place.labelers)
        place = replace(place, ledger=SpendingLedger(None))
        place.fill_ledger(week)
        usd = place.costs(entry).reserve_usd(utc_now().date())
    except ClicheError:  # what is wrong with the store has its own line
        return
    if state.planned and not state.open:
        return
    yield from _no_room(place, entry.name, usd, entry_scope(week, entry.name), entry.cap_usd)


def _no_room(place: Workplace, what: str, usd: float, scope: str, cap_usd: float | None) -> Iterator[Finding]:
    caps, today = place.caps, utc_now().date()
    for which, name, cap in (
        (scope, "cap_usd of its entry", cap_usd),
        ("", "run_usd of caps in cliche.yaml", caps.run_usd),
        (week_scope(current_week()), "week_usd of caps in cliche.yaml", caps.week_usd),
        (month_scope(today), "month_usd of caps in cliche.yaml", caps.month_usd),
    ):
        spent = place.ledger.total(which).usd if which else 0.0
        if cap is not None and spent + usd > cap:
            line = f"no call fits: ${spent:,.2f} of ${cap:,.2f} are spent, and a call may cost ${usd:,.4f}"
            yield Finding("fail", what, f"{line}; raise {name}")


def _price(place: Workplace, what: str, entry: ModelEntry | LabelerEntry) -> Iterator[Finding]:
    """Yield what is to be said of the price of an entry, and that no cap holds it."""
    today = utc_now().date()
    if (price := price_on(entry.price, today)) is None:
        yield Finding("fail", what, "no price holds today: write price with source and date in models.yaml")
    else:
        age = (today - price.date).days
        line = f"${price.per_image_usd:,.4f} per picture, looked up on {price.date} ({price.source})"
        if age > OLD_AFTER_DAYS:
            yield Finding("warn", what, f"{line} is {age} days old; check it again and update `date`")
        elif "check before use" in price.source.lower():
            yield Finding("warn", what, f"{line}; look it up at its maker's before you ask")
        else:
            yield Finding("ok", what, line)
    if entry.cap_usd is None and place.caps.week_usd is None:
        yield Finding("warn", what, "no cap: set cap_usd here, or week_usd of caps in cliche.yaml")


def look_at_labeler(place: Workplace, name: str) -> Iterator[Finding]:
    """Yield what is found of a labeler."""
    what, week, entry = f"labeler {name}", current_week(), place.labelers.get(name)
    patience = {} if entry is None else {name: _hasty(entry)}
    try:
        labeler = make_labeler(name, patience)
    except ClicheError as error:
        yield Finding("fail", what, str(error))
        return
    if entry is None or name in LABELERS:
        yield Finding("ok", what, "reads on this machine")
        return
    asks: Callable[[str], Probe] | None = getattr(labeler, "probe", None)
    yield from _probed(what, asks(entry.model_id) if asks else None, entry.shutdown_date)
    if is_paid(entry):
        yield from _price(place, what, entry)
        learned, free = (replace(place, ledger=SpendingLedger(None)) for _ in range(2))
        with suppress(ClicheError):  # what is wrong with the store has its own line
            learned.fill_ledger(week)
        usd = costs_of(entry, entry.images_per_request, learned.ledger).reserve_usd(utc_now().date())
        # What is left of a cap ends a labeler, and no run.
        yield from _no_room(free, what, usd, entry_scope(week, name, "labeler"), entry.cap_usd)


def look_at_caps(place: Workplace) -> Iterator[Finding]:
    """Yield which caps are set."""
    caps = place.caps
    missing = [name for name, usd in caps.model_dump().items() if usd is None and name != "run_usd"]
    line = ", ".join(f"{name} ${usd:,.2f}" for name, usd in caps.model_dump().items() if usd is not None)
    if missing:
        line = f"{line and f'{line}; '}not set: {', '.join(missing)} (caps in cliche.yaml)"
    yield Finding("warn" if missing else "ok", "caps", line)
