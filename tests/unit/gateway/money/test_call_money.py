"""Money of a neutral call: the budget knows its key and who is asked, and nothing of what it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.gateway.money.budget import Budget, Caps
from assets.gateway.money.charges import entry_scope, week_scope
from assets.gateway.money.costs import Costs, Price
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.receipts import Attempts, PartitionAttempts
from assets.gateway.records import Answer, Call, Outcome, Paid
from assets.generation.asker import SlotAsker
from assets.generation.plan import make_plan
from assets.generation.slots import Request
from tests.unit.gateway.money.test_budget import SUITES, WEEK, entry
from tests.unit.generation.scripted import Scripted
from warehouse.store import open_store

COSTS = Costs((Price.model_validate({"per_image_usd": 0.1, "source": "test", "date": "2026-11-01"}),))


@pytest.mark.parametrize(("kind", "named"), [("model", "m"), ("labeler", "labeler m")])
def test_a_call_is_paid_for_whatever_it_asks_for(kind: str, named: str) -> None:
    said: list[str] = []
    budget = Budget(SpendingLedger(None), Caps(), told=said.append)
    call = Call("anything/at/all", f"{kind}:m")
    admission = budget.admission(WEEK, "m", 0.5, COSTS, fill=lambda: None, kind=kind)
    with admission(call) as settle:
        assert budget.ledger.total(entry_scope(WEEK, "m", kind)).open_usd == pytest.approx(0.1)
        settle(Paid(Outcome.OK, 0.3, "reported"), Answer(outcome=Outcome.OK))
    assert budget.ledger.total(entry_scope(WEEK, "m", kind)).usd == pytest.approx(0.3)
    assert budget.ledger.keys(f"{WEEK}/") == {f"{WEEK}/anything/at/all"}
    assert budget.ledger.dearest_usd(f"{kind}:m:{COSTS.prices[0].id}") == pytest.approx(0.3)
    assert [line.partition(": a call cost")[0] for line in said] == [named]


def test_money_for_a_batch_is_set_aside_for_the_attempt_that_it_makes(tmp_path: Path) -> None:
    """A slot that was asked before keeps what its first attempt cost."""
    provider, budget = Scripted(paid=True), Budget(SpendingLedger(None), Caps())
    plan = make_plan(entry(), SUITES, WEEK, provider)
    slot = plan.slots[0]
    request = Request(
        slot=slot, attempt=1, model_id="x", params=plan.params, prompt_text="a bicycle", language="en"
    )
    asker = SlotAsker(open_store(tmp_path), plan, provider)
    first = asker.close(request, Attempts(), Answer(outcome=Outcome.EMPTY_ANSWER))
    money = budget.admission(WEEK, "m", None, COSTS, fill=lambda: None)
    with money(asker.call_of(request, 1)) as settle:
        settle(Paid(Outcome.OK, 0.1, "reported"), Answer(outcome=Outcome.EMPTY_ANSWER))
    state = PartitionAttempts({slot.slot_key: first})
    desk = asker.desk({slot.slot_key: request}, state, money)
    with desk.admission(request):
        assert budget.ledger.total(week_scope(WEEK)).usd == pytest.approx(0.2)
