"""Calls whose answer was lost: they count as spent, and their slots are asked again, last, up to six calls."""

from __future__ import annotations

from typing import Any

import pytest

from assets.gateway.money.budget import Budget, Caps
from assets.gateway.money.costs import Costs, Price
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.receipts import (
    MOST_LOST_CALLS,
    SLOT_CLOSED,
    Attempts,
    Receipt,
    parse_manifest,
    read_partition,
    receipt_bytes,
)
from assets.gateway.records import GROUPS, Answer, Outcome
from assets.generation.plan import Plan
from assets.generation.run import PartitionReport, PartitionRun
from assets.generation.slots import Request, Slot
from assets.generation.trouble import NO_RECEIPT, find_trouble
from tests.unit.generation.scripted import Scripted, ok, outcomes
from tests.unit.generation.test_run import CONVERSATION, FAST, WEEK, set_up
from warehouse import keys
from warehouse.loading.seals import sealed
from warehouse.store import Store

COSTS = Costs((Price.model_validate({"per_image_usd": 0.04, "source": "test", "date": "2026-11-01"}),))


def lose(store: Store, slot: Slot, number: int) -> None:
    """Leave what a killed run leaves of a call: its intent."""
    intent = {"intended_at": f"2026-11-24T10:{number:02d}:00", "attempt": number}
    key = keys.intent(WEEK, "m", slot.slot_key, number)
    store.put_if_absent(key, sealed(key, intent))


def asked(store: Store, plan: Plan, provider: Scripted, **more: Any) -> PartitionReport:
    return PartitionRun(store, plan, provider, costs=COSTS, retry=FAST, **more).run()


def attempts(store: Store, slot: Slot) -> Attempts:
    return read_partition(store, WEEK, "m").of(slot.slot_key)


def test_invariant_02_a_lost_call_counts_as_spent_and_its_slot_is_asked_again(store: Store) -> None:
    provider, plan = set_up(store, Scripted(paid=True))
    slot = plan.slots[3]
    lose(store, slot, 1)
    report = asked(store, plan, provider)
    assert report.outcomes == {"ok": 12, "open": 0}
    lost, second = attempts(store, slot).receipts
    fields = lost.outcome, lost.attempt, lost.cost_usd, lost.cost_basis
    assert fields == (Outcome.UNKNOWN_CHARGE, 1, 0.04, "estimated")
    assert (second.outcome, second.attempt) == (Outcome.OK, 2)
    manifest = keys.manifest(WEEK, "m", 1)
    assert sum(one.cost_usd or 0 for one in parse_manifest(store.get(manifest), manifest)) == pytest.approx(
        13 * 0.04
    )
    assert asked(store, plan, provider).asked == 0


def test_slots_with_lost_calls_come_after_all_others(store: Store) -> None:
    provider, plan = set_up(store, Scripted(paid=True))
    twice, once = plan.slots[0], plan.slots[1]
    lose(store, twice, 1)
    lose(store, twice, 2)
    lose(store, once, 1)
    asked(store, plan, provider, concurrency=1)
    order = [request.slot.slot_key for request in provider.requests]
    assert {*order[:-2]} == {slot.slot_key for slot in plan.slots[2:]}
    assert {*order[-2:]} == {once.slot_key, twice.slot_key}


@pytest.mark.parametrize(("calls", "outcome"), [(5, Outcome.OK), (6, Outcome.UNKNOWN_CHARGE)])
def test_six_lost_calls_close_a_slot(store: Store, calls: int, outcome: Outcome) -> None:
    assert MOST_LOST_CALLS == 6
    provider, plan = set_up(store, Scripted(paid=True))
    slot = plan.slots[0]
    for number in range(1, calls + 1):
        lose(store, slot, number)
    report = asked(store, plan, provider)
    assert report.open == 0
    found = attempts(store, slot)
    assert found.settled
    assert found.last.outcome is outcome
    assert provider.calls[slot.slot_key] == (outcome is Outcome.OK)
    assert found.lost_calls == calls


def test_close_keeps_a_slot_closed_whose_call_was_lost(store: Store) -> None:
    provider, plan = set_up(store, Scripted(paid=True))
    slot = plan.slots[3]
    lose(store, slot, 1)
    report = asked(store, plan, provider, lost_calls="close")
    assert report.outcomes == {"ok": 11, "unknown_charge": 1, "open": 0}
    assert provider.calls[slot.slot_key] == 0
    assert attempts(store, slot).receipts[0].error_code == SLOT_CLOSED
    # What was closed stays closed, and the store alone says so.
    assert asked(store, plan, provider).asked == 0
    trouble = find_trouble(read_partition(store, WEEK, "m"))
    assert [call.slot for call in trouble.maybe_billed] == ["its slot is closed"]


def test_a_call_that_is_booked_as_lost_leaves_its_slot_open(store: Store) -> None:
    """While nothing is asked a lost call is booked once; its slot is asked again as soon as its week may be."""
    provider, plan = set_up(store, Scripted(paid=True))
    slot = plan.slots[3]
    lose(store, slot, 1)
    asked(store, plan, provider, only=frozenset())  # the week is over: it is booked, and nothing is asked
    before = attempts(store, slot).receipts
    assert [one.outcome for one in before] == [Outcome.UNKNOWN_CHARGE]
    assert (before[0].cost_usd, before[0].cost_basis, before[0].expected_usd) == (0.04, "estimated", 0.04)
    assert str(before[0].requested_at) == "2026-11-24 10:01:00"
    assert provider.requests == []
    assert asked(store, plan, provider).outcomes == {"ok": 12, "open": 0}
    assert attempts(store, slot).receipts[:1] == before


def test_lost_calls_are_asked_again_within_the_cap(store: Store) -> None:
    """12 slots of 4 cents under a cap of 52: one lost call still leaves room for 12 pictures, two do not."""
    provider, plan = set_up(store, Scripted(paid=True))
    for slot in plan.slots[:2]:
        lose(store, slot, 1)
    budget = Budget(SpendingLedger(None), Caps())

    def fill() -> None:
        budget.fill(store, WEEK, lambda week, model, day: (COSTS.reserve_usd(day), ""))

    fill()
    money = budget.admission(WEEK, "m", 0.52, COSTS, fill=fill)
    report = asked(store, plan, provider, money=money, concurrency=1)
    assert (report.outcomes["ok"], report.open) == (11, 1)
    assert report.stopped_by.outcome is Outcome.BUDGET_STOPPED
    spent = sum(one.cost_usd or 0.0 for one in read_partition(store, WEEK, "m").receipts)
    assert spent == pytest.approx(0.52)
    assert (
        report.stopped_by.slot_key == plan.slots[1].slot_key
    )  # the slots that were never lost had their turn


def test_the_turns_of_a_conversation_wait_for_a_turn_whose_call_was_lost(store: Store) -> None:
    def speaks(request: Request, number: int) -> Answer:
        return ok(request) if request.slot.turn == 1 else Answer(outcome=Outcome.NO_IMAGE, text="I am sorry.")

    provider, plan = set_up(store, Scripted(speaks, paid=True), **CONVERSATION)
    lost, other = plan.slots[:3], plan.slots[3:6]
    lose(store, lost[0], 1)
    assert asked(store, plan, provider, concurrency=1).open == 0
    turns = [request.slot.slot_key for request in provider.requests]
    assert turns == [slot.slot_key for slot in (*other, *lost)]
    ends = [attempts(store, slot).last for slot in lost]
    assert [end and str(end.outcome) for end in ends] == ["ok", "no_image", "no_image"]


@pytest.mark.parametrize("second", [Outcome.OK, Outcome.EMPTY_ANSWER])
def test_an_empty_answer_is_asked_again_once_and_is_no_answer_of_the_model(
    store: Store, second: Outcome
) -> None:
    assert GROUPS[Outcome.EMPTY_ANSWER] == "bad_data"
    provider, plan = set_up(store, Scripted(outcomes(Outcome.EMPTY_ANSWER, second), paid=True))
    assert asked(store, plan, provider).outcomes == {str(second): 12, "open": 0}
    assert {*provider.calls.values()} == {2}
    assert asked(store, plan, provider).asked == 0


def test_a_call_without_a_receipt_is_in_flight_while_somebody_asks(store: Store) -> None:
    provider, plan = set_up(store, Scripted(paid=True))
    lose(store, plan.slots[0], 1)
    asked(store, plan, provider, only=frozenset())
    lose(store, plan.slots[1], 1)
    trouble = find_trouble(read_partition(store, WEEK, "m"))
    assert [call.why for call in trouble.lost(being_asked=False)] == ["unknown_charge", "no receipt"]
    assert [call.why for call in trouble.lost(being_asked=True)] == ["unknown_charge"]
    assert {(call.why, call.slot) for call in trouble.maybe_billed} == {
        ("unknown_charge", "its slot is asked again"),
        (NO_RECEIPT, "its slot is asked again unless lost_calls is close"),
    }


def test_receipts_are_in_the_order_of_their_attempts(store: Store) -> None:
    """A run that lost its lease may have left an intent with a lower number than a receipt."""
    provider, plan = set_up(store, Scripted(outcomes(Outcome.TIMEOUT, Outcome.OK), paid=True))
    slot = plan.slots[0]
    receipt = Receipt(
        week=WEEK,
        model="m",
        slot_key=slot.slot_key,
        attempt=2,
        provider="simulated",
        params={},
        track="model",
        outcome=Outcome.TIMEOUT,
    )
    store.put_if_absent(keys.receipt(WEEK, "m", slot.slot_key, 2), receipt_bytes(receipt))
    lose(store, slot, 1)
    asked(store, plan, provider, only=frozenset())
    found = attempts(store, slot)
    assert [one.attempt for one in found.receipts] == [1, 2]
    assert found.last.outcome is Outcome.TIMEOUT
