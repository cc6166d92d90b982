"""The ledger: the one place through which a slot is asked, and where every call leaves a receipt.

Order, for each call: intent (on disk, if the call costs money) → call → image → receipt. A kill between any two loses
nothing recorded. Retry is decided here, from the outcome alone; providers and their SDKs never retry by themselves.

Belongs here: attempts, retries, the order of writes. Does not belong here: which slots there are (`plan`), who works
when (`run`), what a picture must be (`image_check`). Pacing and money enter through `Admission`: the steps around the
ledger do not change when a provider costs something.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import tenacity

from assets.generation import image_check
from assets.generation.money import Costs
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.receipts import Attempts, Receipt, receipt_bytes
from assets.generation.records import GROUPS, Answer, Outcome, Request
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.store import Store
from warehouse.weeks import utc_now


@dataclass(frozen=True)
class Retry:
    """How often and how patiently transient trouble is met, within one run."""

    attempts: int = 4
    base_s: float = 1.0
    most_s: float = 60.0


#: Told of the receipt of an admitted call and of the answer as it came (headers about limits stand there only).
Settle = Callable[[Receipt, Answer], None]


class Admission(Protocol):
    """Lets a call through when pace and money allow, and is told what became of it.

    Used as `with admission(request) as settle: … settle(receipt, answer)`. It may wait, or raise `NotAdmittedError`.
    """

    def __call__(self, request: Request) -> AbstractContextManager[Settle]:
        """Return the context of one call."""
        ...


class NotAdmittedError(Exception):
    """The call is not made and leaves a receipt with `outcome` (a cap is reached)."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome


@contextmanager
def free_admission(request: Request) -> Iterator[Settle]:
    """Admit every call at once: for providers that cost nothing and have no rate limit."""
    yield lambda receipt, answer: None


@dataclass(frozen=True)
class _Step:
    """One attempt's outcome: all attempts so far, the accepted picture, and how long the provider asks to wait."""

    state: Attempts
    picture: bytes | None
    hint_s: float | None


@dataclass(frozen=True)
class Ledger:
    """Asks the slots of one plan through one provider and records every attempt."""

    store: Store
    plan: Plan
    provider: Provider
    retry: Retry = Retry()
    admission: Admission = free_admission
    costs: Costs = Costs()
    sleep: Callable[[float], None] = time.sleep
    stopped: Callable[[], bool] = lambda: False

    def settle(
        self, request: Request, known: Attempts, on_receipt: Callable[[Receipt], None]
    ) -> tuple[Attempts, bytes | None]:
        """Ask until the slot is settled, retries are used up, or the run is stopped.

        Returns:
            All attempts of the slot, and the accepted picture's bytes if this call brought one.
        """
        state = self._account_for_lost(request, known, on_receipt)
        if state.settled or self.stopped():
            return state, None

        def step() -> _Step:
            nonlocal state
            receipt, picture, hint_s = self._attempt(request, state.next_number)
            state = Attempts((*state.receipts, receipt), state.lost)
            on_receipt(receipt)
            return _Step(state, picture, hint_s)

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_result(self._again),
            stop=tenacity.stop_after_attempt(self.retry.attempts),
            wait=self._wait_s,
            sleep=self.sleep,
            retry_error_callback=lambda tried: tried.outcome.result() if tried.outcome else None,
        )
        last: _Step = retrying(step)
        return last.state, last.picture

    def close(
        self, request: Request, known: Attempts, answer: Answer, on_receipt: Callable[[Receipt], None]
    ) -> Attempts:
        """Settle a slot without asking anybody, with the outcome and the reason that `answer` holds."""
        receipt = self._receipt(request, known.next_number, answer)
        self._record(receipt)
        on_receipt(receipt)
        return Attempts((*known.receipts, receipt), known.lost)

    def _again(self, step: _Step) -> bool:
        group = GROUPS[step.state.receipts[-1].outcome]
        return group in {"transient", "bad_data"} and not step.state.settled and not self.stopped()

    def _wait_s(self, tried: tenacity.RetryCallState) -> float:
        """Return seconds to wait: what the provider asked for, else exponential with full jitter."""
        if self.provider.replayable:
            return 0.0  # the answer does not depend on when it is asked for
        hint_s = tried.outcome.result().hint_s if tried.outcome else None
        if hint_s is not None:
            return float(min(hint_s, self.retry.most_s))
        return float(
            tenacity.wait_random_exponential(multiplier=self.retry.base_s, max=self.retry.most_s)(tried)
        )

    def _account_for_lost(
        self, request: Request, known: Attempts, on_receipt: Callable[[Receipt], None]
    ) -> Attempts:
        """Give every intent without a receipt its receipt: the call may have been billed and its answer was lost."""
        if self.provider.idempotent or not known.lost:
            return known
        receipts = list(known.receipts)
        for number in known.lost:
            receipt = self._receipt(
                request,
                number,
                Answer(
                    outcome=Outcome.UNKNOWN_CHARGE,
                    error_message="the run ended before the answer was recorded",
                ),
            )
            self._record(receipt)
            on_receipt(receipt)
            receipts.append(receipt)
        return Attempts(tuple(receipts), ())

    def _attempt(self, request: Request, number: int) -> tuple[Receipt, bytes | None, float | None]:
        request = request.model_copy(update={"attempt": number})
        try:
            with self.admission(request) as settle:
                if self.provider.paid:
                    self._intend(request, number)
                requested_at, begun = utc_now(), time.perf_counter()
                answer = self.provider.ask(request)
                elapsed_ms = (time.perf_counter() - begun) * 1000
                receipt, picture = self._keep(request, number, answer, requested_at, elapsed_ms)
                settle(receipt, answer)
        except NotAdmittedError as refused:
            answer = Answer(outcome=refused.outcome, error_message=str(refused))
            receipt, picture = self._receipt(request, number, answer), None
            self._record(receipt)
        return receipt, picture, answer.retry_after_s

    def _intend(self, request: Request, number: int) -> None:
        slot = request.slot
        intent = {
            "slot": slot.model_dump(mode="json"),
            "attempt": number,
            "intended_at": utc_now().isoformat(),
        }
        self.store.put_if_absent(
            keys.intent(slot.week, slot.model, slot.slot_key, number), canonical_json(intent)
        )

    def _keep(
        self, request: Request, number: int, answer: Answer, requested_at: datetime, elapsed_ms: float
    ) -> tuple[Receipt, bytes | None]:
        """Write the image, then the receipt; bad bytes are kept too, under an outcome that says so."""
        kept: dict[str, object] = {
            "requested_at": requested_at,
            "answered_at": utc_now(),
            "latency_ms": round(elapsed_ms, 3),
        }
        picture: bytes | None = None
        if answer.outcome is Outcome.OK:
            data = answer.image or b""
            found = image_check.inspect(data)
            kept |= image_fields(found, data)
            if isinstance(found, image_check.Picture):
                picture = data
            else:
                answer = answer.model_copy(update={"outcome": found.outcome, "error_message": found.why})
            self.store.put_if_absent(keys.image(str(kept["image_sha256"]), str(kept["image_ext"])), data)
        receipt = self._receipt(request, number, answer).model_copy(update=kept)
        self._record(receipt)
        return receipt, picture

    def _record(self, receipt: Receipt) -> None:
        key = keys.receipt(receipt.week, receipt.model, receipt.slot_key, receipt.attempt)
        self.store.put_if_absent(key, receipt_bytes(receipt))

    def _receipt(self, request: Request, number: int, answer: Answer) -> Receipt:
        slot, plan, provider = request.slot, self.plan, self.provider
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
            **self.costs.of(answer, utc_now().date()),
            **answer.model_dump(
                exclude={
                    "cost_usd",
                    "cost_basis",
                    "image",
                    "text",
                    "retry_after_s",
                    "units",
                    "maybe_billed",
                    "rate",
                }
            ),
        )


def image_fields(found: image_check.Picture | image_check.Rejected, data: bytes) -> dict[str, object]:
    """Return the receipt's fields about the bytes; bytes that are no picture are kept as `.bin`."""
    if isinstance(found, image_check.Picture):
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
