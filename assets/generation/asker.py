"""The one place through which a slot is asked, and where every call leaves a receipt.

Order, for each call: intent (on disk, if the call costs money) → call → image → receipt. A kill between any two loses
nothing recorded. Retry is decided from the outcome alone (`calls`); providers and their SDKs never retry by themselves.

Pacing and money enter through `Admission`: the steps here do not change when a provider costs something.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from assets.gateway.admission import (
    Admission,
    NotNowError,
    free_admission,
    pause,
)
from assets.gateway.calls import PATIENT, Caller, Retry, Timing, Tried, with_retry
from assets.gateway.models_file import LostCalls
from assets.gateway.money.charges import call_key
from assets.gateway.money.costs import CostFields, Costs
from assets.gateway.network.redaction import without_keys
from assets.gateway.receipts import SLOT_CLOSED, Attempts, Receipt, read_receipt, receipt_bytes
from assets.gateway.records import Answer, Call, Outcome
from assets.generation.pictures import image_check
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.slots import Request
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import sealed, unsealed
from warehouse.store import Store
from warehouse.weeks import utc_now

#: Pictures are decoded on all cores but one, which begins the next calls; more at once would only hold more memory.
_DECODERS = max(1, (os.cpu_count() or 1) - 1)


@dataclass(frozen=True)
class _Step(Tried):
    picture: bytes | None = None  # the accepted one


@dataclass(eq=False)
class SlotAsker:
    """Asks the slots of one plan through one provider and records every attempt.

    `most_at_once` bounds the calls in flight. `lost_calls` says whether a lost call closes its slot. `failed` is
    told of an exception before the next call can begin, and `postponed` how long the provider asks to leave a slot
    alone, if that is longer than a run waits.
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
    failed: Callable[[], None] = lambda: None
    postponed: Callable[[float], None] = lambda seconds: None

    def __post_init__(self) -> None:
        self._caller = Caller(
            self.admission,
            most_at_once=self.most_at_once,
            stopped=self.stopped,
            failed=self.failed,
        )
        self._decoding = threading.Semaphore(_DECODERS)

    def nothing_to_begin(self) -> None:
        """Say, once, that the last calls are made: the core that was kept for the next ones decodes too."""
        self._decoding.release()

    def settle(
        self, request: Request, known: Attempts, on_receipt: Callable[[Receipt], None]
    ) -> tuple[Attempts, bytes | None]:
        """Ask until the slot is settled, retries are used up, or the run is stopped.

        Returns:
            All attempts of the slot, and the accepted picture's bytes if this call brought one.

        Raises:
            NotNowError: with the reason for which an admission ends the run.
        """
        state = self.account(request, known, on_receipt)
        if state.settled or self.stopped():
            return state, None

        def step() -> _Step:
            nonlocal state
            number = self._number(state)
            answer, receipt, picture = self._attempt(request, number, on_receipt)
            state = Attempts((*state.receipts, receipt), tuple(n for n in state.lost if n != number))
            return _Step(receipt.outcome, state.settled, answer.retry_after_s, picture)

        try:
            last = with_retry(
                step, self.retry, at_once=self.provider.replayable, sleep=self.sleep, stopped=self.stopped
            )
        except NotNowError as ended:
            if ended.why:
                raise
            return state, None
        if not last.settled and last.hint_s is not None and last.hint_s > self.retry.patience_s:
            self.postponed(last.hint_s)
        return state, last.picture

    def account(self, request: Request, known: Attempts, on_receipt: Callable[[Receipt], None]) -> Attempts:
        """Give every intent without a receipt its receipt: the call may have been billed and its answer was lost.

        It counts as spent, and its slot stays open until too many of its calls were lost (`Attempts.settled`).
        Nothing is done where the provider recognizes the call when it is made again under the same number.
        """
        if self.provider.idempotent or not known.lost:
            return known
        receipts = list(known.receipts)
        for number in known.lost:
            intended_at = self._intended_at(request, number)
            answer = Answer(
                outcome=Outcome.UNKNOWN_CHARGE, error_message="the run ended before the answer was recorded"
            )
            costs = self.costs.of(answer, (intended_at or utc_now()).date())
            receipt = self._receipt(request, number, answer, costs)
            receipt = receipt.model_copy(update={"requested_at": intended_at})
            receipt = self._record(receipt)
            on_receipt(receipt)
            receipts.append(receipt)
        return Attempts(tuple(sorted(receipts, key=lambda one: one.attempt)), ())

    def close(
        self, request: Request, known: Attempts, answer: Answer, on_receipt: Callable[[Receipt], None]
    ) -> Attempts:
        """Settle a slot without asking anybody, with the outcome and the reason that `answer` holds."""
        costs = self.costs.of(answer, utc_now().date())
        receipt = self._record(self._receipt(request, known.next_number, answer, costs))
        on_receipt(receipt)
        return Attempts((*known.receipts, receipt), known.lost)

    def take_in(self, request: Request, answer: Answer, requested_at: datetime) -> Receipt:
        """Keep an answer that came in another way than by a call made here (a line of a batch)."""
        answered_at = utc_now()
        timing = Timing(requested_at, answered_at, (answered_at - requested_at).total_seconds() * 1000)
        answer = without_keys(answer)
        costs = self.costs.of(answer, requested_at.date())
        return self._keep(request, request.attempt, answer, timing, costs)[0]

    def call_of(self, request: Request, number: int) -> Call:
        """Return an attempt as the gateway knows it."""
        slot = request.slot
        return Call(call_key(slot.model, slot.slot_key, number), slot.model, request.params)

    def _number(self, state: Attempts) -> int:
        """Return the number of the next attempt: that of a lost call, if the provider knows it again by its number."""
        return min(state.lost) if self.provider.idempotent and state.lost else state.next_number

    def _attempt(
        self, request: Request, number: int, on_receipt: Callable[[Receipt], None]
    ) -> tuple[Answer, Receipt, bytes | None]:
        request = request.model_copy(update={"attempt": number})

        def keep(answer: Answer, timing: Timing | None, costs: CostFields) -> tuple[Receipt, bytes | None]:
            receipt, picture = self._keep(request, number, answer, timing, costs)
            on_receipt(receipt)
            return receipt, picture

        intend = (lambda: self._intend(request, number)) if self.provider.paid else None
        call = self.call_of(request, number)
        return self._caller.call(
            call, lambda: self.provider.ask(request), keep, cost=self.costs.of, intend=intend
        )

    def _intend(self, request: Request, number: int) -> None:
        """Write that a call is about to be made; raise `NotNowError` if another run is about to make it."""
        slot = request.slot
        intent = {
            "slot": slot.model_dump(mode="json"),
            "attempt": number,
            "intended_at": utc_now().isoformat(),
        }
        key = keys.intent(slot.week, slot.model, slot.slot_key, number)
        data = sealed(key, intent)
        # An intent that this run knows nothing of is that of another run, to which it lost its lease.
        if not (
            self.store.put_if_absent(key, data) or self.provider.idempotent or self.store.get(key) == data
        ):
            raise NotNowError("another run asks for these slots; run again when it has ended")

    def _intended_at(self, request: Request, number: int) -> datetime | None:
        """Return when a call was about to be made, as its intent says."""
        slot = request.slot
        key = keys.intent(slot.week, slot.model, slot.slot_key, number)
        try:
            intent = unsealed(key, self.store.get(key))
            return datetime.fromisoformat(intent["intended_at"])
        except (CorruptObjectError, ValueError, TypeError, KeyError):
            return None

    def _keep(
        self, request: Request, number: int, answer: Answer, timing: Timing | None, costs: CostFields
    ) -> tuple[Receipt, bytes | None]:
        """Write the image, then the receipt; bad bytes are kept too, under an outcome that says so."""
        kept: dict[str, object] = asdict(timing) if timing else {}
        picture: bytes | None = None
        if answer.outcome is Outcome.OK:
            data = answer.image or b""
            with self._decoding:
                found = image_check.inspect(data)
            kept |= image_fields(found, data)
            if isinstance(found, image_check.CheckedPicture):
                picture = data
            else:
                answer = answer.model_copy(update={"outcome": found.outcome, "error_message": found.why})
            self.store.put_if_absent(keys.image(str(kept["image_sha256"]), str(kept["image_ext"])), data)
        return self._record(self._receipt(request, number, answer, costs).model_copy(update=kept)), picture

    def _record(self, receipt: Receipt) -> Receipt:
        """Write a receipt; return the one that is stored, which another run may have written first."""
        key = keys.receipt(receipt.week, receipt.model, receipt.slot_key, receipt.attempt)
        written = self.store.put_if_absent(key, receipt_bytes(receipt))
        return receipt if written else read_receipt(self.store, key)

    def _receipt(self, request: Request, number: int, answer: Answer, costs: CostFields) -> Receipt:
        slot, plan, provider = request.slot, self.plan, self.provider
        if answer.outcome is Outcome.UNKNOWN_CHARGE and self.lost_calls == "close":
            answer = answer.model_copy(update={"error_code": SLOT_CLOSED})
        return Receipt(
            week=slot.week,
            model=slot.model,
            slot_key=slot.slot_key,
            attempt=number,
            provider=provider.name,
            endpoint=provider.endpoint,
            model_requested=request.model_id,
            model_pinned=plan.pinned,
            params=request.params,
            track=plan.track,
            prompt_sent=request.prompt_text,
            answer_text=answer.text,
            turn=slot.turn,
            conversation=slot.conversation,
            adapter_version=provider.adapter_version,
            sdk_version=provider.sdk_version,
            **costs,
            **answer.model_dump(
                exclude={
                    "cost_usd",
                    "cost_basis",
                    "image",
                    "text",
                    "retry_after_s",
                    "units",
                    "maybe_billed",
                    "price_factor",
                    "rate",
                }
            ),
        )


def image_fields(found: image_check.CheckedPicture | image_check.Rejected, data: bytes) -> dict[str, object]:
    """Return the receipt's fields about the bytes; bytes that are no picture are kept as `.bin`."""
    if isinstance(found, image_check.CheckedPicture):
        return {
            "image_sha256": found.sha256,
            "image_ext": found.ext,
            "image_bytes": len(data),
            "image_mime": found.mime,
            "image_width": found.width,
            "image_height": found.height,
            "image_phash": found.phash,
        }
    return {"image_sha256": sha256_hex(data), "image_ext": "bin", "image_bytes": len(data)}
