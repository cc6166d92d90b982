"""What labelling costs: prices of a labeler applied to its calls, and its caps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from assets.gateway.admission import Admission, Settle
from assets.gateway.batch_states import read_batches
from assets.gateway.models_file import LabelerEntry
from assets.gateway.money.budget import Budget
from assets.gateway.money.charges import ChargeSource, entry_scope, month_scope, week_scope
from assets.gateway.money.costs import CostFields, Costs
from assets.gateway.money.ledger import Charge
from assets.gateway.money.prices import price_on
from assets.gateway.receipts import Receipt
from assets.gateway.records import Answer, Outcome, Request, Slot
from assets.labeling.asked.attempts import LabelAttempt, parse
from assets.labeling.asked.journal import Scope, call_of, read_intent
from warehouse import keys
from warehouse.store import Store
from warehouse.weeks import utc_now, week_of


def is_paid(entry: LabelerEntry) -> bool:
    """Return whether calls may be billed: a server of one's own without a price is free."""
    return bool(entry.price) or entry.connection.base_url is None


def costs_of(entry: LabelerEntry, pictures: int) -> Costs:
    """Return the price table of a call about so many pictures."""
    return Costs(
        tuple(
            price.model_copy(
                update={
                    "per_image_usd": price.per_image_usd * pictures,
                    "most_usd": price.most_usd and price.most_usd * pictures,
                }
            )
            for price in entry.price
        )
    )


def cost_fields(entry: LabelerEntry, answer: Answer, *, pictures: int, day: dt.date) -> CostFields:
    """Return what a call cost; an answer without usage is estimated at the price of its pictures."""
    costs = costs_of(entry, pictures)
    fields = costs.of(answer, day)
    price = price_on(costs.prices, day)
    if answer.outcome is Outcome.OK and fields["cost_usd"] is None and price is not None:
        return {**fields, "cost_usd": price.per_image_usd, "cost_basis": "estimated"}
    return fields


def as_request(entry: LabelerEntry, scope: Scope, call: str, number: int) -> Request:
    """Return a call as admissions know calls; the labeler is not shown it."""
    slot = Slot(
        slot_key=call,
        week=scope.week,
        model=entry.name,
        suite="labels",
        suite_version="",
        prompt=scope.path,
        replicate=0,
    )
    return Request(slot=slot, attempt=number, model_id=entry.model_id, params={}, prompt_text="", language="")


def as_receipt(attempt: LabelAttempt, entry: LabelerEntry) -> Receipt:
    """Return a call's receipt as admissions know receipts; it is not kept."""
    return Receipt.model_validate(
        {
            "week": attempt.week,
            "model": attempt.labeler,
            "slot_key": attempt.call,
            "attempt": attempt.attempt,
            "provider": entry.labeler,
            "params": {},
            "track": "model",
            "outcome": attempt.outcome,
            "cost_usd": attempt.cost_usd,
            "cost_basis": attempt.cost_basis,
            "requested_at": attempt.requested_at,
        }
    )


def admission_of(
    budget: Budget, entry: LabelerEntry, week: str, *, fill: Callable[[], None] = lambda: None
) -> Admission:
    """Return the admission by money of one labeler's calls: its own cap, and those of run, week and month.

    Args:
        budget: caps and book of the installation.
        entry: the labeler's entry.
        week: for which its calls count.
        fill: fills the book from the bucket; called again if the file was deleted meanwhile.
    """
    costs = costs_of(entry, entry.images_per_request)

    @contextmanager
    def admit(request: Request) -> Iterator[Settle]:
        if not budget.book.filled(f"{week}/"):
            fill()
        today = utc_now().date()
        key = charge_key(week, request.slot.prompt, entry.name, request.slot.slot_key, request.attempt)
        scopes = budget.scopes(week, entry.name, entry.cap_usd, kind="labeler", day=today)
        with budget.reserved(key, costs.reserve_usd(today), scopes, who=f"labeler:{entry.name}") as settle:

            def settled(receipt: Receipt, answer: Answer) -> None:
                day = (receipt.requested_at or utc_now()).date()
                over = settle(
                    receipt.cost_usd or 0.0,
                    budget.scopes(week, entry.name, entry.cap_usd, kind="labeler", day=day),
                )
                if over > 0 and budget.book.first_time(f"dearer:labeler:{entry.name}"):
                    budget.told(
                        f"labeler {entry.name}: a call cost ${receipt.cost_usd:,.4f}, ${over:,.4f} more than was set "
                        "aside for it; from now on that much is set aside (fix most_usd of its price in models.yaml)"
                    )

            yield settled

    def admission(request: Request) -> AbstractContextManager[Settle]:
        return admit(request)

    return admission


def charge_key(week: str, path: str, labeler: str, call: str, attempt: int) -> str:
    """Return the key that one call for labels has in the book."""
    return f"{week}/labels/{path}/{labeler}/{call}/{attempt}"


def label_charges(entries: Mapping[str, LabelerEntry]) -> ChargeSource:
    """Return the source of what calls for labels cost in a week, as the bucket knows it: receipts and lost intents.

    Calls for a study belong to the week in which they were made. `entries` price what was lost.
    """

    def charges(store: Store, week: str) -> Iterator[Charge]:
        answered: set[tuple[str, str, str, int]] = set()
        for path, attempt in _attempts(store, week):
            answered.add((path, _who(attempt), attempt.call, attempt.attempt))
            if attempt.cost_usd and _in_week(attempt, week):
                day = attempt.requested_at.date() if attempt.requested_at else dt.date.fromisoformat(week)
                estimated = attempt.cost_basis == "estimated"
                yield Charge(
                    charge_key(week, path, attempt.labeler, attempt.call, attempt.attempt),
                    attempt.cost_usd,
                    _scopes(week, attempt.labeler, day),
                    "" if estimated else f"labeler:{attempt.labeler}",
                    lost=estimated and attempt.outcome is not Outcome.OK,
                )
        for prefix in (f"label-intents/week={week}/", "label-intents/study="):
            for key in store.list(prefix):
                path, labeler, call, number = _parts(key)
                if (path, labeler, call, number) in answered:
                    continue
                lost = read_intent(store, key)
                day = lost.intended_at.date()
                if prefix.endswith("=") and week_of(day) != week:
                    continue
                name = labeler.partition("@")[0]
                entry = entries.get(name)
                usd = costs_of(entry, len(lost.images)).reserve_usd(day) if entry else 0.0
                yield Charge(
                    charge_key(week, path, name, call, number),
                    usd,
                    _scopes(week, name, day),
                    "",
                    known=False,
                    lost=True,
                )

        yield from _batched(store, week, entries, answered)

    return charges


def _batched(
    store: Store, week: str, entries: Mapping[str, LabelerEntry], answered: set[tuple[str, str, str, int]]
) -> Iterator[Charge]:
    """Yield what is set aside for calls in batches that were sent and have not ended."""
    for prefix in sorted({key.rpartition("/")[0] + "/" for key in store.list(f"label-batches/week={week}/")}):
        path, _, rest = prefix.partition("/")[2].partition("/labeler=")
        labeler = rest.rstrip("/")
        entry = entries.get(labeler.partition("@")[0])
        for batch in read_batches(store, prefix):
            day = batch.intended_at.date()
            for call, number in batch.attempts.items() if batch.sent and not batch.ended else ():
                if (path, labeler, call, number) not in answered:
                    name = labeler.partition("@")[0]
                    usd = costs_of(entry, entry.images_per_request).reserve_usd(day) if entry else 0.0
                    key = charge_key(week, path, name, call, number)
                    yield Charge(key, usd, _scopes(week, name, day), "", known=False, lost=True)


def _scopes(week: str, labeler: str, day: dt.date) -> tuple[str, ...]:
    return (week_scope(week), entry_scope(week, labeler, "labeler"), month_scope(day))


def _who(attempt: LabelAttempt) -> str:
    return f"{attempt.labeler}@{attempt.labeler_version}"


def _in_week(attempt: LabelAttempt, week: str) -> bool:
    return attempt.week == week or (
        not attempt.week and attempt.requested_at is not None and week_of(attempt.requested_at.date()) == week
    )


def _attempts(store: Store, week: str) -> Iterator[tuple[str, LabelAttempt]]:
    """Yield every call for labels that may belong to a week, with the path of its scope."""
    found: Sequence[str] = [
        *store.list(f"labels/week={week}/"),
        *store.list(keys.label_calls_prefix(f"week={week}")),
        *store.list("label-calls/study="),
    ]
    for key in found:
        if "/attempts-" not in key:
            continue
        path = key.partition("/")[2].partition("/labeler=")[0]
        for attempt in parse(store.get(key), key):
            yield path, attempt


def _parts(key: str) -> tuple[str, str, str, int]:
    """Return scope, labeler version, call and attempt of an intent's key."""
    path, _, rest = key.partition("/")[2].partition("/labeler=")
    return path, rest.partition("/")[0], *call_of(key)
