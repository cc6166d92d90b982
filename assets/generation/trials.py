"""One picture of a model, asked for outside of any plan: to see before a run whether it answers, and at what price.

The call is paid like every other: within pace and caps, an intent before it, a receipt after it; so it counts as spent
for its week and month. Both lie under `trials/`; no picture is kept and no slot is answered.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.gateway.admission import NotNowError, stack
from assets.gateway.calls import Caller, Timing
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.charges import ChargeSource, call_key, charge, whose
from assets.gateway.money.costs import CostFields, Costs
from assets.gateway.money.ledger import Charge
from assets.gateway.receipts import Receipt
from assets.gateway.records import Answer, Call, Outcome
from assets.generation.asker import ANSWERED
from assets.generation.partition import checked_provider, guarded
from assets.generation.pictures import image_check
from assets.generation.slots import Request, Slot
from assets.generation.workplace import Workplace
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import utc_now

PROMPT = "A photo of a green apple on a wooden table"
_SLOT = sha256_hex(b"trial")


@dataclass(frozen=True)
class Trial:
    """What a trial came to: its outcome, a line about it, its cost in US dollars and the seconds that it took."""

    outcome: Outcome
    line: str
    cost_usd: float | None = None
    seconds: float | None = None
    error_code: str | None = None
    expected_usd: float | None = None

    @property
    def ok(self) -> bool:
        """Return whether a picture (or labels) came."""
        return self.outcome is Outcome.OK


def try_model(place: Workplace, entry: ModelEntry, week: str) -> Trial:
    """Ask a paid model for one picture, once; its call counts for `week`."""
    provider = checked_provider(entry)
    guard = guarded(place, entry, week, provider)
    number = 1 + max(_made(place.store, week, entry.name), default=0)
    named = {"suite": "trial", "suite_version": "", "prompt": "trial/apple", "replicate": number}
    slot = Slot(slot_key=_SLOT, week=week, model=entry.name, **named)
    asked = {"model_id": entry.model_id, "params": dict(entry.params), "prompt_text": PROMPT}
    request = Request(slot=slot, attempt=number, language="en", **asked)

    def intend() -> None:
        key = keys.trial_intent(week, entry.name, number)
        if not place.store.put_if_absent(key, sealed(key, {"intended_at": utc_now().isoformat()})):
            raise NotNowError("another trial is being made")

    line = ""

    def keep(answer: Answer, timing: Timing | None, costs: CostFields) -> Receipt:
        nonlocal line
        answer, line = _looked_at(answer)
        receipt = Receipt(
            week=week,
            model=entry.name,
            slot_key=_SLOT,
            attempt=number,
            provider=provider.name,
            endpoint=provider.endpoint,
            model_requested=entry.model_id,
            params=dict(entry.params),
            track=entry.track,
            prompt_sent=PROMPT,
            **answer.model_dump(include=ANSWERED),
            **costs,
            **(vars(timing) if timing else {"requested_at": utc_now()}),
        )
        if timing is not None:
            key = keys.trial_receipt(week, entry.name, number)
            place.store.put_if_absent(key, sealed(key, receipt.model_dump(mode="json")))
        return receipt

    caller = Caller(stack(guard.flow, guard.money), stopped=place.interrupt.is_set)
    call = Call(call_key(entry.name, _SLOT, number), entry.name, dict(entry.params))
    try:
        _, receipt = caller.call(
            call, lambda: provider.ask(request), keep, cost=place.costs(entry).of, intend=intend
        )
    except NotNowError as ended:
        return Trial(Outcome.CONNECTION, ended.why or "the trial was interrupted")
    seconds = receipt.latency_ms / 1000 if receipt.latency_ms is not None else None
    return Trial(receipt.outcome, line, receipt.cost_usd, seconds, receipt.error_code, receipt.expected_usd)


def _looked_at(answer: Answer) -> tuple[Answer, str]:
    """Return the answer with the outcome that its bytes have, and a line about it."""
    if answer.outcome is not Outcome.OK:
        why = answer.error_message or answer.refusal_text or answer.error_code or "no reason given"
        return answer, f"{answer.outcome}: {why}"
    checked = image_check.inspect(answer.image or b"")
    if isinstance(checked, image_check.CheckedPicture):
        return answer, f"a picture came, {checked.ext} of {checked.width} × {checked.height} px"
    wrong = answer.model_copy(update={"outcome": checked.outcome, "error_message": checked.why})
    return wrong, f"{checked.outcome}: {checked.why}"


def trial_charges(entries: Sequence[ModelEntry]) -> ChargeSource:
    """Return the source of what trials of models cost in a week; `entries` price those whose answer was lost."""
    priced: Mapping[str, ModelEntry] = {entry.name: entry for entry in entries}

    def charges(store: Store, week: str) -> Iterator[Charge]:
        listed = store.list(f"trials/week={week}/")
        for model in sorted({key.split("/model=")[1].split("/")[0] for key in listed}):
            for number, answered in _made(store, week, model).items():
                at = keys.trial_receipt if answered else keys.trial_intent
                key = at(week, model, number)
                try:
                    day, usd, who = _cost(json.loads(store.get(key)), model, priced.get(model))
                except (KeyError, TypeError, ValueError) as error:
                    raise CorruptObjectError(f"{key} is no record of a trial ({error}); restore it") from None
                yield charge(week, model, (_SLOT, number), day, usd, who, known=answered, lost=not answered)

    return charges


def _cost(record: Mapping[str, Any], model: str, entry: ModelEntry | None) -> tuple[dt.date, float, str]:
    """Return the day of a trial, what it cost in US dollars, and whose calls cost as much, by its receipt or intent."""
    if "intended_at" not in record:
        day = dt.datetime.fromisoformat(record["requested_at"]).date()
        tells = record["outcome"] == Outcome.OK
        who = whose(model, record["params"], record.get("price_id")) if tells else ""
        return day, float(record.get("cost_usd") or 0.0), who
    day = dt.datetime.fromisoformat(record["intended_at"]).date()
    if entry is None:
        return day, 0.0, ""
    costs = Costs(entry.price)
    return day, costs.bound_usd(day), whose(model, entry.params, costs.price_id(day))


def _made(store: Store, week: str, model: str) -> dict[int, bool]:
    """Return the numbers of the trials of a model in a week, and whether each has its receipt."""
    names = {key.rpartition("/")[2] for key in store.list(keys.trials_prefix(week, model))}
    numbers = sorted({int(name.partition("-")[0]) for name in names})
    return {number: f"{number:04d}-receipt.json" in names for number in numbers}
