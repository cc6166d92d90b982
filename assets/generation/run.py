"""Running one partition: its open slots through the ledger, so many at once, and a manifest at the end.

Belongs here: who works when, stopping, what a run reports. Does not belong here: one slot's attempts (`ledger`), the
reading of pictures (`assets.labeling`), Dagster (`asset`).
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import groupby, islice

from assets.generation.ledger import Admission, Ledger, Retry, free_admission
from assets.generation.plan import Plan
from assets.generation.providers.base import Provider
from assets.generation.receipts import (
    Attempts,
    Ledgered,
    Receipt,
    read_partition,
    write_manifest,
)
from assets.generation.records import GROUPS, Answer, Exchange, Outcome, Request, Slot
from assets.suites.schema import Prompt
from warehouse.store import Store

OnReceipt = Callable[[Receipt], None]
_LOOK_S = 0.5  # how often a worker that waits before it asks again looks whether the run was stopped


@dataclass
class Report:
    """What one run of a partition did; `outcomes` counts slots by their present outcome, all slots included."""

    planned: int
    asked: int = 0  # calls made by this run
    written: int = 0  # receipts, those of closed slots included
    outcomes: Counter[str] = field(default_factory=Counter)
    stopped_by: Receipt | None = None

    @property
    def open(self) -> int:
        """Return how many slots may still be asked."""
        return self.outcomes["open"]


def generate(
    store: Store,
    plan: Plan,
    provider: Provider,
    *,
    concurrency: int = 4,
    only: Iterable[str] | None = None,
    on_receipt: OnReceipt = lambda receipt: None,
    retry: Retry = Retry(),
    admission: Admission = free_admission,
    interrupt: threading.Event | None = None,
) -> Report:
    """Ask every open slot of `plan` and write the manifest; safe to run again at any time.

    Args:
        store: where everything is kept.
        plan: the frozen plan of the partition.
        provider: who is asked.
        concurrency: how many slots are in flight at once.
        only: the keys of the slots that may be asked (a folder import has answers for some only).
        on_receipt: told of every receipt as it is written, from the thread that wrote it.
        retry: how transient trouble is met.
        admission: pace and money, see `ledger.Admission`.
        interrupt: when set, no further call is made and what is in flight is recorded.

    Returns:
        What was done. A run that was stopped by the provider (wrong key, retired model) says so in `stopped_by`.

    Raises:
        KeyboardInterrupt: for Ctrl-C, after what was in flight is recorded and the manifest is written.
    """
    state = read_partition(store, plan.week, plan.model)
    allowed = None if only is None else frozenset(only)
    work = [unit for unit in _units(plan) if _open(unit, state, allowed)]
    report = Report(planned=len(plan.slots))
    stop = threading.Event()  # of this partition alone; `interrupt` may be everybody's
    lock = threading.Lock()

    def record(receipt: Receipt) -> None:
        with lock:
            report.written += 1
            report.asked += GROUPS[receipt.outcome] != "policy"
            if GROUPS[receipt.outcome] == "stop" or receipt.outcome is Outcome.BUDGET_STOPPED:
                report.stopped_by = receipt
                stop.set()
        on_receipt(receipt)

    def stopped() -> bool:
        return stop.is_set() or (interrupt is not None and interrupt.is_set())

    def pause(seconds: float) -> None:
        until = time.monotonic() + seconds
        while not stopped() and (left := until - time.monotonic()) > 0:
            stop.wait(min(left, _LOOK_S))

    ledger = Ledger(store, plan, provider, retry, admission, sleep=pause, stopped=stopped)
    prompts = plan.prompts()
    try:
        _run_all(
            work,
            concurrency,
            stop,
            stopped,
            lambda unit: _converse(ledger, plan, prompts, unit, state, record),
        )
    finally:
        if report.written:
            state = read_partition(store, plan.week, plan.model)
        write_manifest(store, plan.week, plan.model, state)
    report.outcomes = count_outcomes(plan, state)
    return report


def _units(plan: Plan) -> list[list[Slot]]:
    """Return slots grouped into what one worker does in order: single slots, or the turns of one conversation."""
    return [[*slots] for _, slots in groupby(plan.slots, key=lambda slot: slot.conversation or slot.slot_key)]


def _open(unit: Sequence[Slot], state: Ledgered, allowed: frozenset[str] | None) -> bool:
    return any(
        (allowed is None or slot.slot_key in allowed) and not state.of(slot.slot_key).settled for slot in unit
    )


def _run_all(
    work: Sequence[list[Slot]],
    concurrency: int,
    stop: threading.Event,
    stopped: Callable[[], bool],
    one: Callable[[list[Slot]], None],
) -> None:
    """Run units with at most `concurrency` at once; the first exception ends the run after what is in flight."""
    queue = iter(work)
    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="ask") as pool:
        running: set[Future[None]] = {pool.submit(one, unit) for unit in islice(queue, concurrency)}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                    unit = None if stopped() else next(queue, None)
                    if unit is not None:
                        running.add(pool.submit(one, unit))
        except BaseException:
            stop.set()
            raise


def _converse(
    ledger: Ledger,
    plan: Plan,
    prompts: Mapping[str, Prompt],
    unit: Sequence[Slot],
    state: Ledgered,
    record: OnReceipt,
) -> None:
    """Ask the turns of one unit in order; a turn is asked only when those before it are settled."""
    history: list[Exchange] = []
    for slot in unit:
        prompt = prompts[slot.prompt]
        request = Request(
            slot=slot,
            attempt=1,
            model_id=plan.model_id,
            params=plan.params,
            prompt_text=prompt.turns[slot.turn - 1] if prompt.turns else prompt.text,
            language=prompt.language,
            force_image=slot.turn != 2,
            history=tuple(history),
        )
        known = state.of(slot.slot_key)
        if not known.settled and _not_needed(slot, history):
            known = ledger.close(request, known, _why_not_needed(history), record)
        else:
            known, _ = ledger.settle(request, known, record)
        last = known.last
        if last is None or not known.settled:
            return
        history.append(_exchange(request, last))


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


def count_outcomes(plan: Plan, state: Ledgered) -> Counter[str]:
    """Return slots by outcome (`not_attempted` if never asked), and under `open` those that may still be asked."""
    counts: Counter[str] = Counter()
    for slot in plan.slots:
        attempts: Attempts = state.of(slot.slot_key)
        counts[str(attempts.last.outcome) if attempts.last else "not_attempted"] += 1
        counts["open"] += not attempts.settled
    return counts
