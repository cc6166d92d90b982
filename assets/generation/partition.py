"""A partition, one model's week: its plan, what its calls pass, and asking it under its lease.

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
from assets.gateway.money.costs import Price, price_on
from assets.gateway.pace import Pace
from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from assets.generation.plan import (
    Plan,
    check_frozen,
    freeze_plan,
    is_over,
    make_plan,
    read_plan,
    require_askable,
)
from assets.generation.providers.base import Provider, answerable
from assets.generation.providers.registry import make_provider
from assets.generation.run import PartitionReport, PartitionRun, count_outcomes
from assets.generation.workplace import Workplace
from warehouse.errors import ClicheError, UsageError
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
    return Pace(service(f"{provider} {model_id}", address), requests_per_minute)


@cache
def _breaker(provider: str, address: str | None) -> Breaker:
    """Return the breaker of one service, shared by all that this process asks of it."""
    return Breaker(service(provider, address))


def service(provider: str, address: str | None) -> str:
    """Return what a service is called: a provider at an address of its own is another service."""
    return f"{provider} ({address})" if address else provider


def plan_partition(place: Workplace, model: str, week: str, *, freeze: bool = True) -> tuple[Plan, Provider]:
    """Return the plan of a partition and its provider; every mistake is reported before anything is asked.

    A plan that stands decides whom to ask, whatever models.yaml says by now. Without `freeze` nothing is written: what
    comes back is the plan that stands or would be made. Raises `RefusedError` for a week that is over, or not yet here.
    """
    standing = read_plan(place.store, week, model)
    entry = place.model(model)
    provider = checked_provider(entry, standing)
    if standing is not None:
        return standing, provider
    require_askable(provider, week)
    if entry not in place.active(week):
        raise UsageError(f"{model} is not active in the week {week}: see from and until in models.yaml")
    check_frozen(place.store, place.suites)
    plan = make_plan(entry, place.suites, week, provider)
    return freeze_plan(place.store, plan) if freeze else plan, provider


def checked_provider(entry: ModelEntry, standing: Plan | None = None) -> Provider:
    """Return the provider that a standing plan, else the entry names."""
    asked = standing or entry
    provider = make_provider(asked.provider, entry.connection)
    provider.check(asked.model_id, dict(asked.params))
    if provider.paid:
        require_price(entry.name, entry.price)
    holds_conversations = getattr(provider, "converses", False)
    if standing is None and not holds_conversations:  # a plan that stands cannot be fixed any more
        for selection in entry.suites:
            if selection.conversations:
                raise UsageError(
                    f'model "{entry.name}": conversations of {selection.suite}: provider {provider.name} answers one '
                    "prompt at a time and holds no conversations; remove conversations there, or name "
                    "a selection without them"
                )
    return provider


class StoppedError(ClicheError):
    """A partition's run ended before all of its slots were asked; what was answered is kept."""


def over(place: Workplace, model: str, week: str) -> bool:
    """Return whether nothing can be asked of a planned partition any more."""
    return is_over(plan_partition(place, model, week)[1], week)


def stopped_line(model: str, week: str, report: PartitionReport) -> str:
    """Return in one line why a partition's run was stopped, what is kept of it, and how to go on."""
    why = (report.line or "no reason given").rstrip(".")
    next_step = "Fix the cause and re-execute this run before the week ends: it asks open slots alone."
    if report.stopped_by is not None and report.stopped_by.outcome is Outcome.MODEL_RETIRED:
        next_step = f"Write until: {week} at {model} in models.yaml, and add its successor."
    return (
        f"{model}, week {week} was stopped: {why}. {report.planned - report.open} of {report.planned} slots are "
        f"answered and kept. {next_step}"
    )


def ask_partition(place: Workplace, model: str, week: str) -> PartitionReport:
    """Ask the open slots of a partition under its lease, and return what was done.

    Of a week that is over nothing is asked of a live model any more; what a killed run left is listed all the same.
    """
    plan, provider = plan_partition(place, model, week)
    entry = place.model(model).model_copy(update={"params": dict(plan.params)})
    with place.store.lease(f"generate-{week}-{model}", purpose=f"generate {week} / {model}") as lease:
        state = read_partition(place.store, week, model)
        place.listener.planned(model, week, len(plan.slots), count_outcomes(plan, state)["open"])
        guard = guarded(place, entry, week, provider)
        report = PartitionRun(
            place.store,
            plan,
            provider,
            concurrency=entry.concurrency,
            only=frozenset() if is_over(provider, week) else answerable(provider),
            on_receipt=place.listener.receipt,
            admission=guard.flow,
            money=guard.money,
            costs=place.costs(entry),
            lost_calls=entry.lost_calls,
            deadline=deadline(provider, week),
            interrupt=place.interrupt,
        ).run()
        if place.interrupt.is_set() and report.stopped_by is None:
            raise ClicheError(f"{model}, week {week} was interrupted; run again to go on")
        if lease.lost:
            raise ClicheError(f"the lease of generate {week} / {model} was lost to another run; run again")
    if report.lost:
        one = report.lost == 1
        calls = "the answer of 1 call was" if one else f"the answers of {report.lost} calls were"
        place.listener.told(
            f"{model}, week {week}: {calls} lost; {'it' if one else 'they'} may have cost ${report.lost_usd:,.2f} and "
            f"{'counts' if one else 'count'} as spent (cliche status lists {'it' if one else 'them'})"
        )
    if report.stopped_by is None and report.line is not None:  # who was stopped is said by the receipts
        place.listener.told(f"{model}, week {week}: {report.line}")
    return report
