"""What must hold after each week of the soak, read from the store and from the servers' own logs.

Belongs here: reading and comparing. Does not belong here: faults (`faults`), answers (`adverse`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from assets.gateway.calls import PATIENT
from assets.gateway.receipts import MOST_LOST_CALLS, Receipt, read_partition
from assets.gateway.records import FINAL, GROUPS, Outcome
from assets.generation.plan import read_plan
from assets.labeling.asked.attempts import LabelAttempt, read_attempts
from assets.leaderboard.published import latest
from warehouse.store import Store


def receipts(store: Store, week: str, models: Sequence[str]) -> list[Receipt]:
    """Return all receipts of a week."""
    return [one for model in models for one in read_partition(store, week, model).receipts]


def label_calls(store: Store, week: str, models: Sequence[str]) -> list[LabelAttempt]:
    """Return all calls for labels of a week's pictures."""
    return [one for model in models for one in read_attempts(store, week, model)]


def problems(
    store: Store, week: str, models: Sequence[str], *, runs: int, log: Sequence[dict[str, Any]], paid: str
) -> Iterator[str]:
    """Yield what does not hold of a week that was run `runs` times; `log` is of the server that `paid` was asked of."""
    for model in models:
        plan, state = read_plan(store, week, model), read_partition(store, week, model)
        for slot in plan.slots if plan else ():
            attempts = state.of(slot.slot_key)
            yield from (f"{model}/{slot.slot_key[:8]} {why}" for why in _slot(attempts.receipts, runs))
            if not attempts.settled:
                yield f"{model}/{slot.slot_key[:8]} was not asked to its end"
        if plan is None:
            yield f"{model} has no plan"
    newest = latest(store)
    if newest is None or newest.week != week:
        yield f"edition {newest.id if newest else 'none'} is current"
    yield from _money(receipts(store, week, [paid]), log)


def _slot(found: Sequence[Receipt], runs: int) -> Iterator[str]:
    """Yield what is wrong with the calls for one slot: more of them than retries allow, or after its answer."""
    final = [one.attempt for one in found if one.outcome in FINAL]
    if len(final) > 1:
        yield "was answered twice"
    if final and max(one.attempt for one in found) > final[0]:
        yield "was asked again after its answer"
    calls = [
        one for one in found if GROUPS[one.outcome] != "policy" and one.outcome is not Outcome.RATE_LIMITED
    ]
    if len(calls) > runs * PATIENT.attempts:
        yield f"was asked {len(calls)} times in {runs} runs"
    if sum(one.outcome is Outcome.UNKNOWN_CHARGE for one in found) > MOST_LOST_CALLS:
        yield "was asked again after too many lost calls"


def _money(found: Sequence[Receipt], log: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield where receipts and the server's bill part."""
    lost = sum(one.outcome is Outcome.UNKNOWN_CHARGE for one in found)
    made = [one for one in found if one.outcome is not Outcome.BUDGET_STOPPED]
    if not len(made) - lost <= len(log) <= len(made):
        yield f"{len(log)} calls came to the server, {len(made)} have receipts, {lost} of them lost"
    billed = {f"req_{call['number']}": float(call["billed_usd"]) for call in log}
    wrong = sum(
        abs(billed[str(one.request_id)] - (one.cost_usd or 0.0)) > 1e-9
        for one in found
        if one.outcome is Outcome.OK
    )
    if wrong:
        yield f"{wrong} receipts do not say what was billed"
    spent = math.fsum(one.cost_usd or 0.0 for one in found)
    if spent < math.fsum(billed.values()) - 1e-9:
        yield f"${spent:.4f} in receipts, ${math.fsum(billed.values()):.4f} billed"
