"""What was spent, as the store knows it: receipts with their costs, and calls whose answer was lost."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assets.gateway.batch_states import read_batches
from assets.gateway.money.ledger import Charge, SpendingLedger
from assets.gateway.receipts import calls_in, intended_at, intended_calls, manifest_rows, read_receipt
from assets.gateway.records import Outcome
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.loading.objects import highest_numbered
from warehouse.store import Store
from warehouse.weeks import week_of

#: Returns the charges of one week; what else costs money (labelers) has a source of its own.
ChargeSource = Callable[[Store, str], Iterable[Charge]]
#: Returns what is set aside for a call of a model on a day, in US dollars, and whose it is (`whose`).
Lost = Callable[[str, str, dt.date], tuple[float, str]]

_COLUMNS = ["slot_key", "attempt", "params", "outcome", "cost_usd", "cost_basis", "price_id", "requested_at"]
_READERS = 8  # partitions read at once


def call_key(model: str, slot_key: str, attempt: int) -> str:
    """Return the key of one call for a picture, among the calls of its week."""
    return f"{model}/{slot_key}/{attempt}"


def ledger_key(week: str, key: str) -> str:
    """Return the key that a call of a week has in the ledger."""
    return f"{week}/{key}"


def week_scope(week: str) -> str:
    """Return the scope of a week: everything that is spent for it."""
    return f"week:{week}"


def month_scope(day: dt.date) -> str:
    """Return the scope of the calendar month (UTC) in which a call was made."""
    return f"month:{day:%Y-%m}"


def entry_scope(week: str, name: str, kind: str = "model") -> str:
    """Return the scope of one entry of models.yaml (`model` or `labeler`) in a week."""
    return f"{kind}:{week}/{name}"


def charge(
    week: str, model: str, call: tuple[str, int], day: dt.date, usd: float, who: str, **more: bool
) -> Charge:
    """Return what one call for a picture costs; `more` are further fields of `Charge`."""
    scopes = (week_scope(week), entry_scope(week, model), month_scope(day))
    return Charge(ledger_key(week, call_key(model, *call)), usd, scopes, who, **more)


def whose(who: str, params: Mapping[str, Any] | None, price_id: str | None) -> str:
    """Return whose calls cost alike: a model with its parameters, or a labeler (no parameters), at one price."""
    asked = "" if params is None else f":{sha256_hex(canonical_json(dict(params)))[:8]}"
    return f"{who}{asked}:{price_id or ''}"


def learning(
    ledger: SpendingLedger, who: str, params: Mapping[str, Any] | None
) -> Callable[[str], float | None]:
    """Return what tells `Costs` the dearest settled call of an entry at a price."""
    return lambda price_id: ledger.dearest_usd(whose(who, params, price_id))


def weeks_of_month(day: dt.date) -> list[str]:
    """Return the weeks that share a day with the month of `day`, up to the week of `day`."""
    monday = dt.date.fromisoformat(week_of(day.replace(day=1)))
    return [str(monday + dt.timedelta(weeks=n)) for n in range((day - monday).days // 7 + 1)]


def generation_charges(store: Store, week: str, lost: Lost) -> Iterator[Charge]:
    """Yield what the calls for pictures of one week cost; those that cost nothing are left out, nothing else is."""
    models = [parsed[1] for key in store.list(f"plans/week={week}/") if (parsed := keys.parse_partition(key))]
    with ThreadPoolExecutor(max_workers=_READERS, thread_name_prefix="charges") as pool:
        for charges in pool.map(lambda model: _partition(store, week, model, lost), models):
            yield from charges


def _partition(store: Store, week: str, model: str, lost: Lost) -> list[Charge]:
    """Return the charges of one partition; one that never had to intend a call has none."""
    intents = intended_calls(store, week, model)
    batches = read_batches(store, keys.batches_prefix(week, model))
    if not intents and not batches:
        return []
    charges: list[Charge] = []
    answered: set[tuple[str, int]] = set()
    for row in _receipts(store, week, model):
        call = (row["slot_key"], row["attempt"])
        answered.add(call)
        if row["cost_usd"]:
            day = row["requested_at"].date() if row["requested_at"] else _intended(store, week, model, call)
            estimated = row["cost_basis"] == "estimated"
            tells = estimated or row["outcome"] == Outcome.OK
            who = whose(model, json.loads(row["params"]), row["price_id"]) if tells else ""
            charges.append(charge(week, model, call, day, row["cost_usd"], who, lost=estimated))
    waiting = {(key, n): _intended(store, week, model, (key, n)) for key, n in intents - answered}
    for batch in batches:
        if batch.sent and not batch.ended:
            day = batch.intended_at.date()
            waiting |= {call: day for call in batch.attempts.items() if call not in answered}
    counted = {day: lost(week, model, day) for day in {*waiting.values()}}
    for call, day in waiting.items():
        charges.append(charge(week, model, call, day, *counted[day], known=False, lost=True))
    return charges


def _receipts(store: Store, week: str, model: str) -> Iterator[dict[str, Any]]:
    """Yield a few columns of every receipt: those of the current manifest, and the receipts that came after it."""
    prefix = keys.attempts_prefix(week, model)
    listed = [key.removeprefix(prefix) for key in store.list(prefix)]
    current = highest_numbered(listed, "manifest-", ".parquet")
    known: set[tuple[str, int]] = set()
    if current is not None:
        for row in manifest_rows(store.get(prefix + current), prefix + current, _COLUMNS):
            known.add((row["slot_key"], row["attempt"]))
            yield row
    for slot_key, number in calls_in(listed):
        if (slot_key, number) not in known:
            receipt = read_receipt(store, f"{prefix}{slot_key}/{number}.json")
            fields = receipt.model_dump(include={*_COLUMNS} - {"params"})
            yield {**fields, "params": json.dumps(receipt.params)}


def _intended(store: Store, week: str, model: str, call: tuple[str, int]) -> dt.date:
    """Return the day on which a call was intended; the Monday of its week where nothing says it."""
    at = intended_at(store, week, model, *call)
    return at.date() if at else dt.date.fromisoformat(week)
