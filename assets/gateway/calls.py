"""One call, and its retries: admission → intent → call → receipt, for slots and for everything else that is asked.

Backoff is tenacity's: exponential with full jitter, decided from outcomes alone. An API that says when to come back is
obeyed, up to `patience_s`; one that asks for longer is not asked about this again within the run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import tenacity

from assets.gateway.admission import (
    Admission,
    NotAdmittedError,
    NotNowError,
    free_admission,
    pause,
    waits_end_with,
)
from assets.gateway.money.costs import CostFields
from assets.gateway.network.redaction import without_keys
from assets.gateway.records import GROUPS, Answer, Call, Outcome, Paid
from warehouse.weeks import utc_now


@dataclass(frozen=True)
class Retry:
    """How often and how patiently transient trouble is met, within one run.

    `attempts` counts tries that were answered with anything but "too many requests"; those are counted by `limited`,
    because they cost nothing and end when the pace is right. Waits without a word of the API grow from `base_s` to
    `most_s`; what the API asks for is waited up to `patience_s`.
    """

    attempts: int = 4
    limited: int = 12
    base_s: float = 1.0
    most_s: float = 60.0
    patience_s: float = 900.0


PATIENT = Retry()


@dataclass(frozen=True)
class Timing:
    """When a call was made and answered (UTC without a zone), and how long that took."""

    requested_at: datetime
    answered_at: datetime
    latency_ms: float


@dataclass(frozen=True)
class Tried:
    """What one try came to; `settled`: there is nothing left to ask."""

    outcome: Outcome
    settled: bool = False
    hint_s: float | None = None  # what the API asks to wait


RecordT = TypeVar("RecordT")


class Caller:
    """Makes single calls, at most `most_at_once` in flight. Threads share one.

    A call is admitted when there is room for it, and settled before it makes room for the next one: what is set aside
    follows from every call that was answered. A picture is kept after that; anything else is kept before, so that no
    call begins after an answer that ends the run.
    """

    def __init__(
        self,
        admission: Admission = free_admission,
        *,
        most_at_once: int | None = None,
        stopped: Callable[[], bool] = lambda: False,
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        """Say what calls pass, and how many at once.

        None does not bound the calls in flight. `failed` hears of an exception before the next call can begin, and
        ends the run.
        """
        self._admission = admission
        self._stopped, self._failed = stopped, failed
        self._permits = None if most_at_once is None else threading.Semaphore(most_at_once)

    def call(
        self,
        call: Call,
        ask: Callable[[], Answer],
        keep: Callable[[Answer, Timing | None, CostFields], RecordT],
        *,
        cost: Callable[[Answer, date], CostFields],
        intend: Callable[[], None] | None = None,
    ) -> tuple[Answer, RecordT]:
        """Admit, intend, ask, settle, keep; a call that is not admitted is kept too, without a timing.

        For `ask` an error of the API is an outcome. `keep` keeps the answer (image, then receipt) and returns its
        record. `intend` writes the intent of a call that costs money, durably. Raises `NotNowError` if the run has
        ended, or an admission ends it.
        """
        with self._room() as make_room:
            if self._stopped():
                raise NotNowError
            try:
                with self._admission(call) as settle:
                    if self._stopped():
                        raise NotNowError
                    if intend is not None:
                        intend()
                    requested_at, begun = utc_now(), time.perf_counter()
                    answer = without_keys(ask())
                    latency_ms = round((time.perf_counter() - begun) * 1000, 3)
                    timing = Timing(requested_at, utc_now(), latency_ms)
                    costs = cost(answer, requested_at.date())
                    try:
                        paid = Paid(answer.outcome, costs["cost_usd"], costs["cost_basis"], requested_at)
                        settle(paid, answer)
                    finally:  # the ledger may be out of reach: what was answered is kept
                        if answer.image is not None:
                            make_room()
                        record = keep(answer, timing, costs)
            except NotAdmittedError as refused:
                answer = Answer(outcome=refused.outcome, error_message=str(refused))
                record = keep(answer, None, cost(answer, utc_now().date()))
        return answer, record

    @contextmanager
    def _room(self) -> Iterator[Callable[[], None]]:
        """Hold a place in flight; one that is given back early is not given back again."""
        permits = self._permits
        if permits is None:
            yield lambda: None
            return
        permits.acquire()
        given: list[bool] = []

        def give() -> None:
            if not given:
                given.append(True)
                permits.release()

        try:
            yield give
        except NotNowError as ended:
            if ended.why:
                self._failed()
            raise
        except BaseException:
            self._failed()
            raise
        finally:
            give()


def with_retry(
    step: Callable[[], Tried],
    retry: Retry = PATIENT,
    *,
    at_once: bool = False,
    sleep: Callable[[float], None] = pause,
    stopped: Callable[[], bool] | None = None,
) -> Tried:
    """Return the last try: `step` is repeated while its outcome is transient or bad data, and there is patience.

    `at_once`: there is no wait between tries. Any wait (`admission.pause`) ends when the run has ended (`stopped`):
    with `NotNowError` before the first try is over, later with the try before.
    """
    limited = 0
    last: Tried | None = None

    def asked() -> Tried:
        nonlocal last, limited
        last = step()
        limited += last.outcome is Outcome.RATE_LIMITED
        return last

    def again(tried: Tried) -> bool:
        if tried.settled or GROUPS[tried.outcome] not in {"transient", "bad_data"}:
            return False
        return not (stopped and stopped()) and (tried.hint_s is None or tried.hint_s <= retry.patience_s)

    def enough(state: tenacity.RetryCallState) -> bool:
        return limited >= retry.limited or state.attempt_number - limited >= retry.attempts

    def wait_s(state: tenacity.RetryCallState) -> float:
        if at_once:
            return 0.0
        if last is not None and last.hint_s is not None:
            return last.hint_s
        return float(tenacity.wait_random_exponential(multiplier=retry.base_s, max=retry.most_s)(state))

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_result(again),
        stop=enough,
        wait=wait_s,
        sleep=sleep,
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    with waits_end_with(stopped) if stopped else nullcontext():
        try:
            return retrying(asked)
        except NotNowError as ended:
            if last is None or ended.why:
                raise
            return last
