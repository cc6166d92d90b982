"""Running one partition: its open slots, so many at once, and a manifest at the end."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from assets.gateway.admission import Admission, NotNowError, free_admission, pause, stack, waits_end_with
from assets.gateway.batches import BATCH_CALLS, Patience, advance, batch_api
from assets.gateway.calls import PATIENT, Retry
from assets.gateway.memory import map_large_buffers
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
from assets.gateway.threads import APART_S, run_all, workers_of
from assets.generation.asker import SlotAsker
from assets.generation.batch_slots import slots_desk
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.slots import Exchange, Request, Slot
from assets.suites.schema import Prompt
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


def generate(  # noqa: PLR0913, PLR0915  (everything but the first three has a default)
    store: Store,
    plan: Plan,
    provider: Provider,
    *,
    concurrency: int = 4,
    only: Iterable[str] | None = None,
    on_receipt: OnReceipt = lambda receipt: None,
    retry: Retry = PATIENT,
    admission: Admission = free_admission,
    money: Admission = free_admission,
    costs: Costs = Costs(),
    lost_calls: LostCalls = "ask_again",
    deadline: datetime | None = None,
    interrupt: threading.Event | None = None,
    batch_patience: Patience = Patience(),
    batch_size: int = BATCH_CALLS,
) -> PartitionReport:
    """Ask every open slot of `plan` and write the manifest; safe to run again at any time.

    Args:
        store: where everything is kept.
        plan: the frozen plan of the partition.
        provider: who is asked.
        concurrency: how many calls are in flight at once; more threads than that keep what was answered.
        only: the keys of the slots that may be asked (a folder import has answers for some only).
        on_receipt: told of every receipt as it is written, from the thread that wrote it.
        retry: how transient trouble is met.
        admission: pace and breaker of single calls, see `admission.Admission`.
        money: the budget of all calls, those in batches too; passed last.
        costs: what a call costs.
        lost_calls: what follows from a call whose answer was lost.
        deadline: when the time of this partition is up (UTC without a zone); no call begins after it, slots stay open.
        interrupt: when set, no further call is made and what is in flight is recorded.
        batch_patience: how long a run waits for batches, where the provider takes them.
        batch_size: slots in a batch.

    Returns:
        What was done. A run that was stopped by the provider (wrong key, retired model) says so in `stopped_by`, one
        that ended early for another reason in `ended`; `line` is either in one line.

    Raises:
        KeyboardInterrupt: for Ctrl-C, after what was in flight is recorded and the manifest is written.
    """
    map_large_buffers()
    state = read_partition(store, plan.week, plan.model)
    allowed = None if only is None else frozenset(only)
    report = PartitionReport(planned=len(plan.slots))
    stop = threading.Event()  # of this partition alone; `interrupt` may be everybody's
    lock = threading.Lock()

    made: list[Receipt] = []

    def record(receipt: Receipt) -> None:
        with lock:
            made.append(receipt)
            report.asked += GROUPS[receipt.outcome] != "policy"
            if receipt.outcome is Outcome.UNKNOWN_CHARGE:
                report.lost, report.lost_usd = report.lost + 1, report.lost_usd + (receipt.cost_usd or 0.0)
            if GROUPS[receipt.outcome] == "stop" or receipt.outcome is Outcome.BUDGET_STOPPED:
                report.stopped_by = receipt
                stop.set()
        on_receipt(receipt)

    # The clock may jump, so the time that is left is measured by one that does not.
    ends = None if deadline is None else time.monotonic() + (deadline - utc_now()).total_seconds()

    def stopped() -> bool:
        return (
            stop.is_set()
            or (interrupt is not None and interrupt.is_set())
            or (ends is not None and time.monotonic() >= ends)
        )

    def postponed(seconds: float) -> None:
        with lock:
            report.postponed += 1
            report.postponed_s = max(report.postponed_s, seconds)

    def one(unit: Sequence[Slot]) -> None:
        try:
            _converse(asker, plan, prompts, unit, state, record)
        except NotNowError as ended:
            with lock:
                report.ended = report.ended or ended.why or None
            stop.set()

    asker = SlotAsker(
        store,
        plan,
        provider,
        retry,
        stack(admission, money),
        costs,
        sleep=lambda seconds: pause(seconds, stop),
        stopped=stopped,
        most_at_once=concurrency,
        lost_calls=lost_calls,
        failed=stop.set,
        postponed=postponed,
    )
    prompts = plan.prompts()
    over = threading.Event()
    apart_s = 0.0 if provider.replayable else APART_S

    def get_ready() -> None:
        """Import what writes Parquet, most of a second, once the first calls are made: waiting for answers hides it."""
        over.wait(apart_s * min(len(plan.slots), workers_of(concurrency)))
        manifest_bytes([])

    ready = threading.Thread(target=get_ready)
    try:
        for slot in plan.slots:  # those of a week that is over too: what may have been billed is listed
            known = state.of(slot.slot_key)
            if known.lost:
                state.attempts[slot.slot_key] = asker.account(_request(plan, prompts, slot), known, record)
        work = [unit for unit in _units(plan) if _open(unit, state, allowed)]
        if (api := batch_api(provider)) is not None:
            late = (
                ends is not None and time.monotonic() >= ends
            )  # what was sent in time is taken in all the same
            units = [u for u in _units(plan) if len(u) == 1 and _open(u, state, None if late else allowed)]
            single = {unit[0].slot_key: _request(plan, prompts, unit[0]) for unit in units}
            desk = slots_desk(asker, single, state, money, record, over=late)
            with waits_end_with(stopped):
                batched = advance(desk, api, patience=batch_patience, size=batch_size)
            report.batched, state = len(batched), read_partition(store, plan.week, plan.model)
            work = [u for u in work if u[0].slot_key not in batched and _open(u, state, allowed)]
        ready.start()
        passes = [units for units in _apart(work, state) if units]
        for units in passes:
            last = units is passes[-1]
            if not stopped():
                all_begun = asker.nothing_to_begin if last else lambda: None
                run_all(units, workers_of(concurrency), stop, stopped, one, apart_s, all_begun)
    finally:
        over.set()
        if ready.ident is not None:
            ready.join()
        report.written = len(made)
        for receipt in made:  # under the lease nobody else writes any
            state.add(receipt)
        write_manifest(store, plan.week, plan.model, state)
    report.outcomes = count_outcomes(plan, state)
    if ends is not None and time.monotonic() >= ends and report.open and report.ended is None:
        report.ended = (
            f"the time for this partition was up at {deadline:%Y-%m-%d %H:%M} UTC; its open slots stay open"
        )
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
    calls = [max(state.of(slot.slot_key).lost_calls for slot in unit) for unit in work]
    fresh = [unit for unit, lost in zip(work, calls, strict=True) if not lost]
    again = [(lost, unit) for unit, lost in zip(work, calls, strict=True) if lost]
    return fresh, [unit for _, unit in sorted(again, key=lambda one: one[0])]


def _converse(
    asker: SlotAsker,
    plan: Plan,
    prompts: Mapping[str, Prompt],
    unit: Sequence[Slot],
    state: PartitionAttempts,
    record: OnReceipt,
) -> None:
    """Ask the turns of one unit in order; a turn is asked only when those before it are settled."""
    history: list[Exchange] = []
    for slot in unit:
        request = _request(plan, prompts, slot, history)
        known = state.of(slot.slot_key)
        if not known.settled and _not_needed(slot, history):
            known = asker.close(request, known, _why_not_needed(history), record)
        else:
            known, _ = asker.settle(request, known, record)
        last = known.last
        if last is None or not known.settled:
            return
        history.append(_exchange(request, last))


def _request(
    plan: Plan,
    prompts: Mapping[str, Prompt],
    slot: Slot,
    history: Sequence[Exchange] = (),
) -> Request:
    prompt = prompts[slot.prompt]
    return Request(
        slot=slot,
        attempt=1,
        model_id=plan.model_id,
        params=plan.params,
        prompt_text=prompt.turns[slot.turn - 1] if prompt.turns else prompt.text,
        language=prompt.language,
        force_image=slot.turn != 2,
        history=tuple(history),
    )


def _not_needed(slot: Slot, history: Sequence[Exchange]) -> bool:
    """Return whether a later turn has no reason: nothing to confront, or the confrontation brought a picture."""
    if slot.turn == 1:
        return False
    if slot.turn == 2:
        return history[0].outcome is not Outcome.OK
    return history[0].outcome is not Outcome.OK or history[1].outcome is Outcome.OK


def _why_not_needed(history: Sequence[Exchange]) -> Answer:
    first_failed = history[0].outcome is not Outcome.OK
    why = "the first turn brought no picture" if first_failed else "the second turn brought a picture"
    return Answer(outcome=Outcome.NOT_NEEDED, error_message=why)


def _exchange(request: Request, receipt: Receipt) -> Exchange:
    return Exchange(
        prompt_text=request.prompt_text,
        outcome=receipt.outcome,
        text=receipt.answer_text,
        revised_prompt=receipt.revised_prompt,
        image_sha256=receipt.image_sha256,
        provider_conversation_id=receipt.provider_conversation_id,
    )


def count_outcomes(plan: Plan, state: PartitionAttempts) -> Counter[str]:
    """Return slots by outcome (`not_attempted` if never asked), and under `open` those that may still be asked."""
    counts: Counter[str] = Counter()
    for slot in plan.slots:
        attempts: Attempts = state.of(slot.slot_key)
        counts[str(attempts.last.outcome) if attempts.last else "not_attempted"] += 1
        counts["open"] += not attempts.settled
    return counts
