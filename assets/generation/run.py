"""Running one partition: its open slots, so many at once, and a manifest at the end."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from assets.gateway.admission import Admission, NotNowError, free_admission, pause, stack, waits_end_with
from assets.gateway.batches import BATCH_CALLS, Patience, advance, batch_api
from assets.gateway.calls import PATIENT, Retry
from assets.gateway.models_file import LostCalls
from assets.gateway.money.costs import Costs
from assets.gateway.receipts import (
    Attempts,
    PartitionAttempts,
    Receipt,
    manifest_bytes,
    read_partition,
    write_manifest,
)
from assets.gateway.records import GROUPS, Answer, Outcome
from assets.gateway.threads import APART_S, map_large_buffers, run_all, workers_of
from assets.generation.asker import SlotAsker
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.slots import Exchange, Request, Slot
from warehouse.store import Store
from warehouse.weeks import utc_now

OnReceipt = Callable[[Receipt], None]


@dataclass
class PartitionReport:
    """What one run of a partition did; `outcomes` counts slots by their present outcome, all slots included.

    `stopped_by` is the answer that stopped the provider; `ended` says why the run ended before its slots were settled
    without such an answer: the deadline, a service that does not come back, or one that asks to come back much later.
    """

    planned: int
    asked: int = 0  # calls made by this run
    written: int = 0  # receipts, those of closed slots included
    outcomes: Counter[str] = field(default_factory=Counter)
    cost_usd: float = 0.0  # of all calls so far, those of earlier runs included
    stopped_by: Receipt | None = None
    ended: str | None = None
    postponed: int = 0  # slots that the provider asked to leave alone for longer than a run waits
    postponed_s: float = 0.0  # the longest that it asked for
    lost: int = 0  # calls whose answer was lost, booked by this run
    lost_usd: float = 0.0  # what they may have cost at most
    batched: int = 0  # slots in batches that have not ended

    @property
    def open(self) -> int:
        """Return how many slots may still be asked."""
        return self.outcomes["open"]

    @property
    def line(self) -> str | None:
        """Return in one line why slots stayed open, None if nothing but their own outcomes says so."""
        if self.stopped_by is not None:
            receipt = self.stopped_by
            return f"{receipt.outcome}: {receipt.error_message or receipt.error_code or 'no reason given'}"
        if self.ended is not None:
            return self.ended
        if self.postponed:
            wait_min = math.ceil(self.postponed_s / 60)
            return f"{self.postponed} slots wait: the provider asks to come back in {wait_min} minutes; run again then"
        if self.batched:
            return f"{self.batched} slots are in batches that have not ended; run again later to take them in"
        return None


@dataclass(eq=False)
class PartitionRun:
    """One run of a partition: asks every open slot of `plan`, and writes the manifest. Call `run` once.

    Attributes:
        concurrency: how many calls are in flight at once; more threads than that keep what was answered.
        only: the keys of the slots that may be asked (a folder import has answers for some only).
        admission: pace and breaker of single calls, see `admission.Admission`.
        deadline: when the time of this partition is up (UTC without a zone); no call begins after it, slots stay open.
        interrupt: when set, no further call is made and what is in flight is recorded; it may be everybody's.
        batch_patience: how long a run waits for batches, where the provider takes them.
    """

    store: Store
    plan: Plan
    provider: Provider
    concurrency: int = 4
    only: Iterable[str] | None = None
    on_receipt: OnReceipt = lambda receipt: None
    retry: Retry = PATIENT
    admission: Admission = free_admission
    money: Admission = free_admission
    costs: Costs = Costs()
    lost_calls: LostCalls = "ask_again"
    deadline: datetime | None = None
    interrupt: threading.Event = field(default_factory=threading.Event)
    batch_patience: Patience = Patience()
    batch_size: int = BATCH_CALLS

    def __post_init__(self) -> None:
        self._report = PartitionReport(planned=len(self.plan.slots))
        self._prompts = self.plan.prompts()
        self._allowed = None if self.only is None else frozenset(self.only)
        self._state = PartitionAttempts()
        self._made: list[Receipt] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()  # of this partition alone
        # The clock may jump, so the time that is left is measured by one that does not.
        left_s = math.inf if self.deadline is None else (self.deadline - utc_now()).total_seconds()
        self._ends = time.monotonic() + left_s
        self._apart_s = 0.0 if self.provider.replayable else APART_S
        self._asker = SlotAsker(
            self.store,
            self.plan,
            self.provider,
            self.retry,
            admission=stack(self.admission, self.money),
            costs=self.costs,
            sleep=lambda seconds: pause(seconds, self._stop),
            stopped=self.stopped,
            most_at_once=self.concurrency,
            lost_calls=self.lost_calls,
            failed=self._stop.set,
            postponed=self.postponed,
            on_receipt=self.record,
        )

    def run(self) -> PartitionReport:
        """Ask, and return what was done; another run of the same partition goes on where this one ended.

        Ctrl-C is raised after what was in flight is recorded and the manifest is written.
        """
        map_large_buffers()
        self._state = read_partition(self.store, self.plan.week, self.plan.model)
        over = threading.Event()
        ready = threading.Thread(target=self._get_ready, args=(over,))
        try:
            self._account_for_lost()
            batched = self._in_batches()
            ready.start()
            self._one_by_one(batched)
        finally:
            over.set()
            if ready.ident is not None:
                ready.join()
            self._write_manifest()
        return self._reported()

    def stopped(self) -> bool:
        """Return whether no further call begins."""
        return self._stop.is_set() or self.interrupt.is_set() or self.late()

    def late(self) -> bool:
        """Return whether the time of this partition is up."""
        return time.monotonic() >= self._ends

    def record(self, receipt: Receipt) -> None:
        """Take in a receipt that was just written; some of them end the run."""
        with self._lock:
            self._made.append(receipt)
            report, group = self._report, GROUPS[receipt.outcome]
            report.asked += group != "policy"
            if receipt.outcome is Outcome.UNKNOWN_CHARGE:
                report.lost, report.lost_usd = report.lost + 1, report.lost_usd + (receipt.cost_usd or 0.0)
            if group == "stop" or receipt.outcome is Outcome.BUDGET_STOPPED:
                report.stopped_by = receipt
                self._stop.set()
        self.on_receipt(receipt)

    def postponed(self, seconds: float) -> None:
        """Count a slot that the provider asks to leave alone for longer than a run waits."""
        with self._lock:
            self._report.postponed += 1
            self._report.postponed_s = max(self._report.postponed_s, seconds)

    def one(self, unit: Sequence[Slot]) -> None:
        """Ask the turns of one unit in order; a turn is asked only when those before it are settled."""
        try:
            self._converse(unit)
        except NotNowError as ended:
            with self._lock:
                self._report.ended = self._report.ended or ended.why or None
            self._stop.set()

    def _converse(self, unit: Sequence[Slot]) -> None:
        history: list[Exchange] = []
        for slot in unit:
            request = self._request(slot, history)
            known = self._state.of(slot.slot_key)
            if not known.settled and (why := _not_needed(slot, history)):
                answer = Answer(outcome=Outcome.NOT_NEEDED, error_message=why)
                known = self._asker.close(request, known, answer)
            else:
                known = self._asker.settle(request, known)
            last = known.last
            if last is None or not known.settled:
                return
            history.append(_exchange(request, last))

    def _request(self, slot: Slot, history: Sequence[Exchange] = ()) -> Request:
        prompt = self._prompts[slot.prompt]
        return Request(
            slot=slot,
            attempt=1,
            model_id=self.plan.model_id,
            params=self.plan.params,
            prompt_text=prompt.turns[slot.turn - 1] if prompt.turns else prompt.text,
            language=prompt.language,
            force_image=slot.turn != 2,
            history=tuple(history),
        )

    def _get_ready(self, over: threading.Event) -> None:
        """Import what writes Parquet, most of a second, once the first calls are made: waiting for answers hides it."""
        over.wait(self._apart_s * min(len(self.plan.slots), workers_of(self.concurrency)))
        manifest_bytes([])

    def _account_for_lost(self) -> None:
        """List what may have been billed by a run that was killed, of a week that is over too."""
        for slot in self.plan.slots:
            known = self._state.of(slot.slot_key)
            if known.lost:
                self._state.attempts[slot.slot_key] = self._asker.account(self._request(slot), known)

    def _in_batches(self) -> frozenset[str]:
        """Ask what can be asked in batches; return the slots in batches that have not ended."""
        api = batch_api(self.provider)
        if api is None:
            return frozenset()
        late = self.late()  # what was sent in time is taken in all the same
        units = self._open_units(None if late else self._allowed)
        single = {unit[0].slot_key: self._request(unit[0]) for unit in units if len(unit) == 1}
        desk = self._asker.desk(single, self._state, self.money, over=late)
        with waits_end_with(self.stopped):
            batched = advance(desk, api, patience=self.batch_patience, size=self.batch_size)
        self._report.batched = len(batched)
        self._state = read_partition(self.store, self.plan.week, self.plan.model)
        return batched

    def _one_by_one(self, batched: frozenset[str]) -> None:
        work = [unit for unit in self._open_units(self._allowed) if unit[0].slot_key not in batched]
        passes = [units for units in _apart(work, self._state) if units]
        for units in passes:
            if self.stopped():
                return
            all_begun = self._asker.nothing_to_begin if units is passes[-1] else lambda: None
            workers = workers_of(self.concurrency)
            run_all(units, workers, self._stop, self.stopped, self.one, self._apart_s, all_begun)

    def _open_units(self, allowed: frozenset[str] | None) -> list[list[Slot]]:
        return [unit for unit in _units(self.plan) if _open(unit, self._state, allowed)]

    def _write_manifest(self) -> None:
        self._report.written = len(self._made)
        for receipt in self._made:  # under the lease nobody else writes any
            self._state.add(receipt)
        write_manifest(self.store, self.plan.week, self.plan.model, self._state)

    def _reported(self) -> PartitionReport:
        report = self._report
        report.outcomes = count_outcomes(self.plan, self._state)
        report.cost_usd = sum(receipt.cost_usd or 0.0 for receipt in self._state.receipts)
        if self.late() and report.open and report.ended is None:
            up = f"{self.deadline:%Y-%m-%d %H:%M}"
            report.ended = f"the time for this partition was up at {up} UTC; its open slots stay open"
        return report


def _units(plan: Plan) -> list[list[Slot]]:
    """Return slots grouped into what one worker does in order: single slots, or the turns of one conversation."""
    return [[*slots] for _, slots in groupby(plan.slots, key=lambda slot: slot.conversation or slot.slot_key)]


def _open(unit: Sequence[Slot], state: PartitionAttempts, allowed: frozenset[str] | None) -> bool:
    return any(
        (allowed is None or slot.slot_key in allowed) and not state.of(slot.slot_key).settled for slot in unit
    )


def _apart(work: Sequence[list[Slot]], state: PartitionAttempts) -> tuple[list[list[Slot]], list[list[Slot]]]:
    """Return the units that are asked first, and those of which a call was lost: after all others, the least first."""
    calls = [(max(state.of(slot.slot_key).lost_calls for slot in unit), unit) for unit in work]
    by_calls = sorted(calls, key=itemgetter(0))
    return [unit for lost, unit in by_calls if not lost], [unit for lost, unit in by_calls if lost]


def _not_needed(slot: Slot, history: Sequence[Exchange]) -> str | None:
    """Return why a later turn has no reason: nothing to confront, or the confrontation brought a picture."""
    if slot.turn > 1 and history[0].outcome is not Outcome.OK:
        return "the first turn brought no picture"
    if slot.turn > 2 and history[1].outcome is Outcome.OK:
        return "the second turn brought a picture"
    return None


def _exchange(request: Request, receipt: Receipt) -> Exchange:
    same = {"outcome", "revised_prompt", "image_sha256", "provider_conversation_id"}
    return Exchange(
        prompt_text=request.prompt_text, text=receipt.answer_text, **receipt.model_dump(include=same)
    )


def count_outcomes(plan: Plan, state: PartitionAttempts) -> Counter[str]:
    """Return slots by outcome (`not_attempted` if never asked), and under `open` those that may still be asked."""
    counts: Counter[str] = Counter()
    for slot in plan.slots:
        attempts: Attempts = state.of(slot.slot_key)
        counts[str(attempts.last.outcome) if attempts.last else "not_attempted"] += 1
        counts["open"] += not attempts.settled
    return counts
