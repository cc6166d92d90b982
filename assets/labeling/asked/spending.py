"""What labeling costs: prices of a labeler applied to its calls, and its caps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from assets.gateway.batch_states import read_batches
from assets.gateway.models_file import LabelerEntry
from assets.gateway.money.charges import (
    ChargeSource,
    entry_scope,
    learning,
    ledger_key,
    month_scope,
    week_scope,
    whose,
)
from assets.gateway.money.costs import CostFields, Costs, price_on
from assets.gateway.money.ledger import Charge, SpendingLedger
from assets.gateway.records import Answer, Call, Outcome
from assets.labeling.asked.attempts import LabelAttempt, parse
from assets.labeling.asked.journal import parse_intent_key, read_intent
from warehouse import keys
from warehouse.store import Store
from warehouse.weeks import week_of


def is_paid(entry: LabelerEntry) -> bool:
    """Return whether calls may be billed: a server of one's own without a price is free."""
    return bool(entry.price) or entry.connection.base_url is None


def costs_of(entry: LabelerEntry, pictures: int, ledger: SpendingLedger | None = None) -> Costs:
    """Return the price table of a call about so many pictures, with what a ledger learned of it."""
    return Costs(
        tuple(
            price.model_copy(
                update={
                    "per_image_usd": price.per_image_usd * pictures,
                    "most_usd": price.most_usd and price.most_usd * pictures,
                }
            )
            for price in entry.price
        ),
        learning(ledger or SpendingLedger(None), _caller(entry.name), None),
    )


def cost_fields(
    entry: LabelerEntry, answer: Answer, *, pictures: int, day: dt.date, ledger: SpendingLedger | None = None
) -> CostFields:
    """Return what a call cost; an answer without usage is estimated at the price of its pictures."""
    costs = costs_of(entry, pictures, ledger)
    fields = costs.of(answer, day)
    price = price_on(costs.prices, day)
    if answer.outcome is Outcome.OK and fields["cost_usd"] is None and price is not None:
        return {**fields, "cost_usd": price.per_image_usd, "cost_basis": "estimated"}
    return fields


def call_of(labeler: str, path: str, call: str, attempt: int) -> Call:
    """Return an attempt as the gateway knows it; `path` is of the call's scope."""
    return Call(f"labels/{path}/{labeler}/{call}/{attempt}", _caller(labeler))


def _caller(labeler: str) -> str:
    return f"labeler:{labeler}"


def label_charges(entries: Mapping[str, LabelerEntry]) -> ChargeSource:
    """Return the source of what calls for labels cost in a week, as the store knows it: receipts and lost intents.

    Calls for a study belong to the week in which they were made. `entries` price what was lost.
    """

    def charges(store: Store, week: str) -> Iterator[Charge]:
        answered: set[tuple[str, str, str, int]] = set()
        for path, attempt in _attempts(store, week):
            name, number = attempt.labeler, attempt.attempt
            answered.add((path, f"{name}@{attempt.labeler_version}", attempt.call, number))
            day = attempt.requested_at.date() if attempt.requested_at else dt.date.fromisoformat(week)
            if attempt.cost_usd and (attempt.week or (attempt.requested_at and week_of(day))) == week:
                came = attempt.outcome is Outcome.OK
                lost = attempt.cost_basis == "estimated" and not came
                yield Charge(
                    ledger_key(week, call_of(name, path, attempt.call, number).key),
                    attempt.cost_usd,
                    _scopes(week, name, day),
                    whose(_caller(name), None, attempt.price_id) if came or lost else "",
                    lost=lost,
                )
        for prefix in (f"label-intents/week={week}/", "label-intents/study="):
            for key in store.list(prefix):
                path, labeler = _scope(key)
                call, number = parse_intent_key(key)
                if (path, labeler, call, number) in answered:
                    continue
                intent = read_intent(store, key)
                day = intent.intended_at.date()
                if prefix.endswith("=") and week_of(day) != week:
                    continue
                name = labeler.partition("@")[0]
                yield _unknown(week, path, name, call, number, day, entries.get(name), len(intent.images))

        yield from _batched(store, week, entries, answered)

    return charges


def _batched(
    store: Store, week: str, entries: Mapping[str, LabelerEntry], answered: set[tuple[str, str, str, int]]
) -> Iterator[Charge]:
    """Yield what is set aside for calls in batches that were sent and have not ended."""
    for prefix in sorted({key.rpartition("/")[0] + "/" for key in store.list(f"label-batches/week={week}/")}):
        path, labeler = _scope(prefix)
        name = labeler.partition("@")[0]
        entry = entries.get(name)
        for batch in read_batches(store, prefix):
            day = batch.intended_at.date()
            for call, number in batch.attempts.items() if batch.sent and not batch.ended else ():
                if (path, labeler, call, number) not in answered:
                    pictures = entry.images_per_request if entry else 0
                    yield _unknown(week, path, name, call, number, day, entry, pictures)


def _unknown(
    week: str,
    path: str,
    labeler: str,
    call: str,
    attempt: int,
    day: dt.date,
    entry: LabelerEntry | None,
    pictures: int,
) -> Charge:
    """Return the charge of a call that has no receipt: what its price allows at most."""
    usd, who = 0.0, ""
    if entry is not None:
        costs = costs_of(entry, pictures)
        usd, who = costs.bound_usd(day), whose(_caller(labeler), None, costs.price_id(day))
    key = ledger_key(week, call_of(labeler, path, call, attempt).key)
    return Charge(key, usd, _scopes(week, labeler, day), who, known=False, lost=True)


def _scopes(week: str, labeler: str, day: dt.date) -> tuple[str, ...]:
    return (week_scope(week), entry_scope(week, labeler, "labeler"), month_scope(day))


def _attempts(store: Store, week: str) -> Iterator[tuple[str, LabelAttempt]]:
    """Yield every call for labels that may belong to a week, with the path of its scope."""
    listed: Sequence[str] = [
        *store.list(f"labels/week={week}/"),
        *store.list(keys.label_calls_prefix(f"week={week}")),
        *store.list("label-calls/study="),
    ]
    for key in listed:
        if "/attempts-" not in key:
            continue
        for attempt in parse(store.get(key), key):
            yield _scope(key)[0], attempt


def _scope(key: str) -> tuple[str, str]:
    """Return the path of the scope and the labeler version that a key or a prefix names."""
    path, _, rest = key.partition("/")[2].partition("/labeler=")
    return path, rest.partition("/")[0]
