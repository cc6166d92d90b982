"""The one place through which a slot is asked, and where every call leaves a receipt.

Order, for each call: intent (on disk, if the call costs money) → call → image → receipt. A kill between any two loses
nothing recorded. Retry is decided from the outcome alone (`calls`); providers and their SDKs never retry by themselves.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from assets.gateway.admission import Admission, NotNowError, Settle, free_admission, pause
from assets.gateway.batches import Desk
from assets.gateway.calls import PATIENT, Caller, Retry, Timing, Tried, with_retry
from assets.gateway.models_file import LostCalls
from assets.gateway.money.charges import call_key
from assets.gateway.money.costs import CostFields, Costs
from assets.gateway.network.redaction import without_keys
from assets.gateway.receipts import (
    SLOT_CLOSED,
    Attempts,
    PartitionAttempts,
    Receipt,
    intended_at,
    read_receipt,
    receipt_bytes,
)
from assets.gateway.records import Answer, Call, Outcome, Paid
from assets.generation.pictures import image_check
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.slots import Request
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import utc_now

#: Pictures are decoded on all cores but one, which begins the next calls; more at once would only hold more memory.
_DECODERS = max(1, (os.cpu_count() or 1) - 1)


#: Fields of a receipt that are an answer's; what a call cost follows from the answer and its price.
ANSWERED = {*Receipt.model_fields} & {*Answer.model_fields} - {"cost_usd", "cost_basis"}


@dataclass(eq=False)
class SlotAsker:
    """Asks the slots of one plan through one provider and records every attempt.

    `most_at_once` bounds the calls in flight. `lost_calls` says whether a lost call closes its slot. `on_receipt` is
    called with each receipt, `failed` after an exception, before the next call can begin, and `postponed` with the
    seconds that the provider asks to leave a slot alone, if these are more than a run waits.
    """

    store: Store
    plan: Plan
    provider: Provider
    retry: Retry = PATIENT
    admission: Admission = free_admission
    costs: Costs = Costs()
    sleep: Callable[[float], None] = pause
    stopped: Callable[[], bool] = lambda: False
    most_at_once: int | None = None
    lost_calls: LostCalls = "ask_again"
    on_receipt: Callable[[Receipt], None] = lambda receipt: None
    failed: Callable[[], None] = lambda: None
    postponed: Callable[[float], None] = lambda seconds: None

    def __post_init__(self) -> None:
        self._caller = Caller(
            self.admission, most_at_once=self.most_at_once, stopped=self.stopped, failed=self.failed
        )
        self._decoding = threading.Semaphore(_DECODERS)

    def nothing_to_begin(self) -> None:
        """Say, once, that the last calls are made: the core that was kept for the next ones decodes too."""
        self._decoding.release()

    def settle(self, request: Request, known: Attempts) -> Attempts:
        """Ask until the slot is settled, retries are used up, or the run is stopped; return all attempts of the slot.

        Raises `NotNowError` with the reason for which an admission ends the run.
        """
        state = self.account(request, known)
        if state.settled or self.stopped():
            return state

        def step() -> Tried:
            nonlocal state
            number = self._number(state)
            answer, receipt = self._attempt(request, number)
            state = Attempts((*state.receipts, receipt), tuple(n for n in state.lost if n != number))
            return Tried(receipt.outcome, state.settled, answer.retry_after_s)

        try:
            last = with_retry(
                step, self.retry, at_once=self.provider.replayable, sleep=self.sleep, stopped=self.stopped
            )
        except NotNowError as ended:
            if ended.why:
                raise
            return state
        if not last.settled and last.hint_s is not None and last.hint_s > self.retry.patience_s:
            self.postponed(last.hint_s)
        return state

    def account(self, request: Request, known: Attempts) -> Attempts:
        """Give every intent without a receipt its receipt: the call may have been billed and its answer was lost.

        It counts as spent, and its slot stays open until too many of its calls were lost (`Attempts.settled`).
        Nothing is done where the provider recognizes the call when it is made again under the same number.
        """
        if self.provider.idempotent or not known.lost:
            return known
        receipts = list(known.receipts)
        for number in known.lost:
            slot = request.slot
            at = intended_at(self.store, slot.week, slot.model, slot.slot_key, number)
            why = "the run ended before the answer was recorded"
            answer = Answer(outcome=Outcome.UNKNOWN_CHARGE, error_message=why)
            costs = self.costs.of(answer, (at or utc_now()).date())
            receipt = self._receipt(request, number, answer, costs)
            receipts.append(self._record(receipt.model_copy(update={"requested_at": at})))
        return Attempts(tuple(sorted(receipts, key=lambda one: one.attempt)), ())

    def close(self, request: Request, known: Attempts, answer: Answer) -> Attempts:
        """Settle a slot without asking anybody, with the outcome and the reason that `answer` holds."""
        costs = self.costs.of(answer, utc_now().date())
        receipt = self._record(self._receipt(request, known.next_number, answer, costs))
        return Attempts((*known.receipts, receipt), known.lost)

    def desk(
        self, calls: Mapping[str, Request], state: PartitionAttempts, money: Admission, *, over: bool = False
    ) -> Desk[Request, Answer]:
        """Return for whom batches of slots are made: answers are kept as those of single calls are.

        `state` gives the numbers of attempts. Once the time of the partition is `over`, nothing is sent any more.
        """
        numbers = {key: state.of(key).next_number for key in calls}

        def take(
            request: Request, answer: Answer, number: int, asked_at: datetime, settle: Settle | None
        ) -> None:
            now = utc_now()
            timing = Timing(asked_at, now, (now - asked_at).total_seconds() * 1000)
            answer = without_keys(answer)
            costs = self.costs.of(answer, asked_at.date())
            receipt = self._keep(request, number, answer, timing, costs)
            if settle is not None:
                settle(Paid(receipt.outcome, receipt.cost_usd, receipt.cost_basis, asked_at), answer)

        return Desk(
            store=self.store,
            prefix=keys.batches_prefix(self.plan.week, self.plan.model),
            who=self.plan.model,
            calls=calls,
            numbers=numbers,
            admission=lambda request: money(self.call_of(request, numbers[request.slot.slot_key])),
            take=take,
            lift=lambda answer: answer,
            sleep=self.sleep,
            stopped=self.stopped,
            over=over,
        )

    def call_of(self, request: Request, number: int) -> Call:
        """Return an attempt as the gateway knows it."""
        slot = request.slot
        return Call(call_key(slot.model, slot.slot_key, number), slot.model, request.params)

    def _number(self, state: Attempts) -> int:
        """Return the number of the next attempt: that of a lost call, if the provider knows it again by its number."""
        return min(state.lost) if self.provider.idempotent and state.lost else state.next_number

    def _attempt(self, request: Request, number: int) -> tuple[Answer, Receipt]:
        request = request.model_copy(update={"attempt": number})
        keep = partial(self._keep, request, number)
        intend = (lambda: self._intend(request, number)) if self.provider.paid else None
        call = self.call_of(request, number)
        return self._caller.call(
            call, lambda: self.provider.ask(request), keep, cost=self.costs.of, intend=intend
        )

    def _intend(self, request: Request, number: int) -> None:
        """Write that a call is about to be made; raise `NotNowError` if another run is about to make it."""
        slot = request.slot
        intended = {"attempt": number, "intended_at": utc_now().isoformat()}
        key = keys.intent(slot.week, slot.model, slot.slot_key, number)
        data = sealed(key, {"slot": slot.model_dump(mode="json"), **intended})
        # An intent that this run knows nothing of is that of another run, to which it lost its lease.
        mine = self.store.put_if_absent(key, data) or self.provider.idempotent or self.store.get(key) == data
        if not mine:
            raise NotNowError("another run asks for these slots; run again when it has ended")

    def _keep(
        self, request: Request, number: int, answer: Answer, timing: Timing | None, costs: CostFields
    ) -> Receipt:
        """Write the image, then the receipt; bad bytes are kept too, under an outcome that says so."""
        kept: dict[str, object] = asdict(timing) if timing else {}
        if answer.outcome is Outcome.OK:
            data = answer.image or b""
            with self._decoding:
                checked = image_check.inspect(data)
            kept |= image_fields(checked, data)
            if isinstance(checked, image_check.Rejected):
                answer = answer.model_copy(update={"outcome": checked.outcome, "error_message": checked.why})
            self.store.put_if_absent(keys.image(str(kept["image_sha256"]), str(kept["image_ext"])), data)
        return self._record(self._receipt(request, number, answer, costs).model_copy(update=kept))

    def _record(self, receipt: Receipt) -> Receipt:
        """Write a receipt and tell of it; return the one that is stored, which another run may have written first."""
        key = keys.receipt(receipt.week, receipt.model, receipt.slot_key, receipt.attempt)
        written = self.store.put_if_absent(key, receipt_bytes(receipt))
        kept = receipt if written else read_receipt(self.store, key)
        self.on_receipt(kept)
        return kept

    def _receipt(self, request: Request, number: int, answer: Answer, costs: CostFields) -> Receipt:
        slot, plan, provider = request.slot, self.plan, self.provider
        if answer.outcome is Outcome.UNKNOWN_CHARGE and self.lost_calls == "close":
            answer = answer.model_copy(update={"error_code": SLOT_CLOSED})
        return Receipt(
            attempt=number,
            provider=provider.name,
            endpoint=provider.endpoint,
            model_requested=request.model_id,
            model_pinned=plan.pinned,
            params=request.params,
            track=plan.track,
            prompt_sent=request.prompt_text,
            answer_text=answer.text,
            adapter_version=provider.adapter_version,
            sdk_version=provider.sdk_version,
            **slot.model_dump(include={"week", "model", "slot_key", "turn", "conversation"}),
            **costs,
            **answer.model_dump(include=ANSWERED),
        )


def image_fields(image: image_check.CheckedPicture | image_check.Rejected, data: bytes) -> dict[str, object]:
    """Return the receipt's fields about the bytes; bytes that are no picture are kept as `.bin`."""
    if isinstance(image, image_check.CheckedPicture):
        return {f"image_{name}": value for name, value in asdict(image).items()}
    return {"image_sha256": sha256_hex(data), "image_ext": "bin", "image_bytes": len(data)}
