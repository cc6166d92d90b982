"""What asking will take: calls, minutes and dollars of one entry for one week, before anything is asked."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from dataclasses import dataclass

from assets.gateway.models_file import ModelEntry
from assets.gateway.money.budget import Caps
from assets.gateway.money.charges import entry_scope, learning, month_scope, week_scope
from assets.gateway.money.costs import Costs, price_on
from assets.gateway.money.ledger import SpendingLedger
from warehouse import keys
from warehouse.loading.objects import highest_numbered
from warehouse.loading.parquet import table_of
from warehouse.store import Store
from warehouse.weeks import shift

_LOOK_BACK = 8  # weeks whose latencies still say something


@dataclass(frozen=True)
class Forecast:
    """What one entry will take in a week; `minutes` is None where neither a limit nor a latency is known.

    Attributes:
        asks: slots (for a labeler: pictures, `anchors` among them) of the week; `calls` are those that are open.
        minutes: at least, from the limit of requests, the calls in flight and the latency seen before.
        usd: what the calls are expected to cost; `most_usd` is set aside for them, if each is made once.
        first_alone: the first batch will hold one call, because none at its price has been settled.
        estimate: tokens decide what a call costs, so `usd` is not exact.
    """

    name: str
    asks: int
    calls: int
    minutes: float | None = None
    usd: float = 0.0
    most_usd: float = 0.0
    cap_usd: float | None = None
    spent_usd: float = 0.0
    paid: bool = False
    kind: str = "model"
    anchors: int = 0
    estimate: bool = False
    first_alone: bool = False

    @property
    def left_usd(self) -> float | None:
        """Return what is left of the cap, None without one."""
        return None if self.cap_usd is None else max(0.0, self.cap_usd - self.spent_usd)

    @property
    def short(self) -> bool:
        """Return whether the cap will end the run before every call is made."""
        return self.left_usd is not None and self.usd > self.left_usd


def forecast(
    store: Store,
    ledger: SpendingLedger,
    entry: ModelEntry,
    week: str,
    *,
    paid: bool,
    slots: int,
    calls: int,
    today: dt.date,
    batches: bool = False,
) -> Forecast:
    """Return what asking `calls` open slots of the `slots` of a week will take; `ledger` is filled for the week."""
    latency_s = _latency_s(store, week, entry.name)
    if not paid:
        return Forecast(entry.name, slots, calls, minutes_of(calls, None, entry.concurrency, latency_s))
    price = price_on(entry.price, today)
    costs = Costs(entry.price, learning(ledger, entry.name, entry.params))
    return Forecast(
        entry.name,
        slots,
        calls,
        minutes_of(calls, entry.requests_per_minute, entry.concurrency, latency_s),
        usd=calls * costs.expected_usd(today),
        most_usd=calls * costs.reserve_usd(today),
        cap_usd=entry.cap_usd,
        spent_usd=ledger.total(entry_scope(week, entry.name)).usd,
        paid=True,
        estimate=bool(price and price.per_million_usd),
        first_alone=batches and calls > 1 and not costs.known(today),
    )


def minutes_of(
    calls: int, per_minute: float | None, concurrency: int, latency_s: float | None
) -> float | None:
    """Return the least minutes that calls take: by the limit of requests, and by how many are in flight at once."""
    bounds = []
    if per_minute is not None:
        bounds.append(calls / per_minute)
    if latency_s is not None:
        bounds.append(math.ceil(calls / concurrency) * latency_s / 60)
    return max(bounds, default=0.0 if calls == 0 else None)


def most_usd(
    forecasts: list[Forecast], caps: Caps, ledger: SpendingLedger, week: str, today: dt.date
) -> float:
    """Return the most that a run may spend: what its calls can cost, within what every cap has left."""
    total = sum(min(one.most_usd, math.inf if one.left_usd is None else one.left_usd) for one in forecasts)
    for cap, scope in ((caps.week_usd, week_scope(week)), (caps.month_usd, month_scope(today))):
        if cap is not None:
            total = min(total, max(0.0, cap - ledger.total(scope).usd))
    return total if caps.run_usd is None else min(total, caps.run_usd)


def _latency_s(store: Store, week: str, model: str) -> float | None:
    """Return the median latency of the pictures of this week or of the newest one before that has any."""
    for back in range(_LOOK_BACK):
        prefix = keys.attempts_prefix(shift(week, -back), model)
        names = (key.removeprefix(prefix) for key in store.list(f"{prefix}manifest-"))
        current = highest_numbered([*names], "manifest-", ".parquet")
        if current is None:
            continue
        table = table_of(store.get(prefix + current), ["outcome", "latency_ms"])
        latencies = [row["latency_ms"] for row in table.to_pylist() if row["outcome"] == "ok"]
        known = [latency for latency in latencies if latency is not None]
        if known:
            return float(statistics.median(known)) / 1000
    return None
