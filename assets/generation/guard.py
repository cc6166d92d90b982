"""What stands between a partition and its provider: pace, breaker and budget, in this order, and a deadline.

Money is set aside last, right before the call, so that nothing is held while a call waits for its turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from assets.gateway.admission import Admission, free_admission, stack
from assets.gateway.breaker import Breaker
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.prices import Price, price_on
from assets.gateway.pace import Pace
from assets.generation.providers.base import Provider
from assets.generation.workplace import Workplace
from warehouse.errors import UsageError
from warehouse.weeks import shift, utc_now


@dataclass(frozen=True)
class Guard:
    """What calls pass: `flow` (pace and breaker) the single ones, `money` (the budget) those in batches too."""

    flow: Admission = free_admission
    money: Admission = free_admission


def guarded(place: Workplace, entry: ModelEntry, week: str, provider: Provider) -> Guard:
    """Return what the calls of a partition pass; a provider that costs nothing is asked freely.

    The ledger is filled from the store first: what was spent for this week and month is known before the first call.
    """
    if not provider.paid:
        return Guard()
    fill = partial(place.fill_ledger, week)
    fill()
    budget = place.budget.admission(week, entry.name, entry.cap_usd, place.costs(entry), fill=fill)
    address = entry.connection.base_url
    pace = _pace(provider.name, address, entry.model_id, entry.requests_per_minute)
    return Guard(stack(pace, _breaker(provider.name, address)), budget)


def affordable(place: Workplace, entry: ModelEntry, week: str) -> bool:
    """Return whether every cap has room for one more call of a model; the ledger is filled from the store first."""
    place.fill_ledger(week)
    usd = place.costs(entry).reserve_usd(utc_now().date())
    scopes = place.budget.scopes(week, entry.name, entry.cap_usd)
    return all(cap is None or place.ledger.total(scope).usd + usd <= cap for scope, cap in scopes.items())


def deadline(provider: Provider, week: str) -> dt.datetime | None:
    """Return when the time for a week is up (UTC without a zone): Sunday 24:00; None if it can be asked any time."""
    if provider.replayable:
        return None
    return dt.datetime.combine(dt.date.fromisoformat(shift(week, 1)), dt.time())


def require_price(name: str, prices: Sequence[Price], what: str = "model") -> None:
    """Raise `UsageError` unless there is a price for today: without one no cap can be kept."""
    if price_on(prices, utc_now().date()) is not None:
        return
    begins = min((price.from_day for price in prices if price.from_day), default=None)
    if begins is not None:
        raise UsageError(
            f'{what} "{name}" costs money and its prices begin on {begins}; write what holds today'
        )
    raise UsageError(
        f'{what} "{name}" costs money and has no price; write price: {{per_image_usd: …, source: …, date: …}} '
        "(0 for a server of your own)"
    )


@cache
def _pace(provider: str, address: str | None, model_id: str, requests_per_minute: float) -> Pace:
    """Return the pace of one model of one service; what was learned holds for the next partition too."""
    return Pace(f"{provider} {model_id}" + (f" ({address})" if address else ""), requests_per_minute)


@cache
def _breaker(provider: str, address: str | None) -> Breaker:
    """Return the breaker of one service, shared by all that this process asks of it."""
    return Breaker(service(provider, address))


def service(provider: str, address: str | None) -> str:
    """Return what a service is called: a provider at an address of its own is another service."""
    return f"{provider} ({address})" if address else provider
