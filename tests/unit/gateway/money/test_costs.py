"""What a call costs and is expected to take: prices applied to answers, minutes, dollars, trouble read off receipts."""

from __future__ import annotations

import datetime as dt
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.money.budget import Caps
from assets.gateway.money.charges import week_scope
from assets.gateway.money.costs import Costs, Price, price_problems
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.receipts import Attempts, PartitionAttempts, Receipt
from assets.gateway.records import Answer, Outcome
from assets.generation.forecast import Forecast, forecast, minutes_of, most_usd
from assets.generation.plan import make_plan
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.generation.trouble import CostRatio, find_trouble
from assets.suites.loader import load_suites
from tests.unit.generation.scripted import Scripted, ok
from tests.unit.generation.test_run import entry as model_entry
from warehouse.store import open_store
from warehouse.weeks import shift

DAY = dt.date(2026, 11, 23)
WEEK = "2026-11-23"
PICTURE = {"per_image_usd": 0.05, "source": "test", "date": "2026-11-01"}
TOKENS = {**PICTURE, "per_million_usd": {"text_in": 5, "image_out": 30}}


def costs(*prices: dict[str, Any]) -> Costs:
    return Costs(tuple(Price.model_validate(price) for price in prices))


def answer(outcome: Outcome = Outcome.OK, **more: Any) -> Answer:
    return Answer(outcome=outcome, image=b"x" if outcome is Outcome.OK else None, **more)


@pytest.mark.parametrize(
    ("table", "given", "cost", "basis", "expected"),
    [
        ([PICTURE], answer(cost_usd=0.02), 0.02, "reported", 0.05),
        ([], answer(cost_usd=0.02), 0.02, "reported", None),
        ([], answer(), None, None, None),
        ([PICTURE], answer(), 0.05, "computed", 0.05),
        ([TOKENS], answer(units={"text_in": 100, "image_out": 2000, "images": 1}), 0.0605, "computed", 0.05),
        ([TOKENS], answer(), 0.05, "computed", 0.05),  # the answer reports nothing
        ([PICTURE], answer(Outcome.BLOCKED_INPUT), None, None, 0.05),
        ([TOKENS], answer(Outcome.REFUSED_TEXT, units={"text_in": 1000}), 0.005, "computed", 0.05),
        ([TOKENS], answer(Outcome.TIMEOUT, maybe_billed=True), 0.1, "estimated", 0.05),
        ([{**TOKENS, "most_usd": 0.4}], answer(Outcome.UNKNOWN_CHARGE), 0.4, "estimated", 0.05),
        ([PICTURE], answer(price_factor=0.5), 0.025, "computed", 0.025),
        ([{**PICTURE, "from": "2026-12-01"}], answer(), None, None, None),
    ],
)
def test_what_a_call_cost_and_how_that_is_known(
    table: list[dict[str, Any]], given: Answer, cost: float | None, basis: str | None, expected: float | None
) -> None:
    assert costs(*table).of(given, DAY) == {
        "cost_usd": cost if cost is None else pytest.approx(cost),
        "cost_basis": basis,
        "expected_usd": expected,
        "price_id": None if expected is None else costs(*table).prices[0].id,
    }


def test_a_price_is_named_by_its_amounts_and_its_first_day() -> None:
    (price,) = costs(PICTURE).prices
    looked_up_again = price.model_copy(update={"date": dt.date(2026, 11, 20), "source": "elsewhere"})
    assert looked_up_again.id == price.id
    others = [TOKENS, {**PICTURE, "per_image_usd": 0.06}, {**PICTURE, "most_usd": 0.1}]
    others.append({**PICTURE, "from": "2026-11-01"})
    assert len({price.id, *(one.id for one in costs(*others).prices)}) == 5


@pytest.mark.parametrize(
    ("dearest", "reserve", "expected"),
    [(None, 0.1, 0.05), (0.0, 0.1, 0.05), (0.1, 0.1, 0.05), (0.2, 0.25, 0.2)],
)
def test_what_is_set_aside_follows_from_the_dearest_call_where_the_price_is_too_low(
    dearest: float | None, reserve: float, expected: float
) -> None:
    learned = Costs(costs(TOKENS).prices, lambda price_id: dearest)
    assert learned.reserve_usd(DAY) == pytest.approx(reserve)
    assert learned.expected_usd(DAY) == pytest.approx(expected)
    assert learned.known(DAY) == (dearest is not None)
    lost = learned.of(answer(Outcome.UNKNOWN_CHARGE), DAY)
    assert lost["cost_usd"] == pytest.approx(reserve)


def test_a_price_of_tomorrow_is_no_problem_where_tomorrow_has_begun() -> None:
    price = Price.model_validate({**PICTURE, "date": "2026-11-24"})
    assert [*price_problems([price], DAY)] == []
    assert [*price_problems([price], DAY - timedelta(days=1))] != []


# forecasts


@pytest.mark.parametrize(
    ("calls", "per_minute", "concurrency", "latency_s", "minutes"),
    [
        (3120, 50, 4, None, 62.4),  # the limit of requests decides
        (3120, 50, 4, 12.0, 156.0),  # 780 rounds of twelve seconds
        (100, None, 4, 6.0, 2.5),
        (100, None, 4, None, None),
        (0, None, 4, None, 0.0),
        (0, 50, 4, None, 0.0),
    ],
)
def test_minutes(
    calls: int, per_minute: float | None, concurrency: int, latency_s: float | None, minutes: float | None
) -> None:
    assert minutes_of(calls, per_minute, concurrency, latency_s) == (
        minutes if minutes is None else pytest.approx(minutes)
    )


def test_the_latency_of_an_earlier_week_is_counted_with(tmp_path: Path) -> None:
    store, suites = open_store(tmp_path / "store"), load_suites()
    entry = model_entry(
        suites=[{"suite": "canary@1", "replicates": 1}],
        price={**TOKENS, "most_usd": 0.2},
        requests_per_minute=100000,
        concurrency=1,
        cap_usd=0.2,
    )

    def slowly(request: Request, number: int) -> Answer:
        time.sleep(0.005)  # longer than the pace alone would take
        return ok(request)

    provider = Scripted(slowly, paid=True)
    asked = {"today": DAY, "paid": True, "slots": 6, "calls": 6}
    before = forecast(store, SpendingLedger(None), entry, WEEK, **asked)
    assert before.minutes == pytest.approx(6 / 100000)
    assert (before.usd, before.most_usd, before.short) == (pytest.approx(0.3), pytest.approx(1.2), True)
    PartitionRun(store, make_plan(entry, suites, shift(WEEK, -1), provider), provider).run()
    after = forecast(store, SpendingLedger(None), entry, WEEK, **asked)
    assert after.minutes is not None
    assert after.minutes > 6 / 100000


def test_the_most_that_a_run_may_spend_lies_within_every_cap() -> None:
    ledger = SpendingLedger(None)
    ledger.reserve("k", 40.0, {week_scope(WEEK): None})
    forecasts = [
        Forecast("a", 10, 10, usd=10, most_usd=20, cap_usd=15, spent_usd=1, paid=True),
        Forecast("b", 10, 10, usd=10, most_usd=20, paid=True),
    ]
    assert most_usd(forecasts, Caps(), ledger, WEEK, DAY) == 34
    assert most_usd(forecasts, Caps(week_usd=60), ledger, WEEK, DAY) == 20
    assert most_usd(forecasts, Caps(week_usd=60, run_usd=5), ledger, WEEK, DAY) == 5
    assert most_usd(forecasts, Caps(month_usd=3), ledger, WEEK, DAY) == 3
    assert most_usd(forecasts, Caps(week_usd=30), ledger, WEEK, DAY) == 0


# trouble


def receipt(number: int, outcome: Outcome, **more: Any) -> Receipt:
    moment = datetime.fromisoformat(f"{WEEK}T14:{number:02}")
    values: dict[str, Any] = {
        "week": WEEK,
        "model": "m",
        "slot_key": f"{number:064x}",
        "attempt": 1,
        "provider": "p",
        "params": {},
        "track": "model",
        "outcome": outcome,
        "requested_at": moment,
        "answered_at": moment,
    }
    return Receipt.model_validate(values | more)


def known(*receipts: Receipt, **lost: tuple[int, ...]) -> PartitionAttempts:
    attempts = {one.slot_key: Attempts((one,)) for one in receipts}
    return PartitionAttempts(attempts | {key: Attempts((), numbers) for key, numbers in lost.items()})


def test_nothing_is_wrong_where_all_is_well() -> None:
    trouble = find_trouble(known(receipt(1, Outcome.OK, cost_usd=0.05, expected_usd=0.05)))
    fields = trouble.stopped_by, trouble.unmapped, trouble.maybe_billed, trouble.waiting
    assert fields == (None, 0, (), None)


def test_what_the_newest_calls_met_is_told() -> None:
    limited = known(*(receipt(n, Outcome.RATE_LIMITED if n > 2 else Outcome.OK) for n in range(1, 6)))
    assert find_trouble(limited).waiting == "rate limited (3 calls since 2026-11-23 14:03 UTC)"
    down = known(
        receipt(1, Outcome.RATE_LIMITED),
        receipt(2, Outcome.SERVER_ERROR, error_message="overloaded\nsee status page"),
    )
    assert find_trouble(down).waiting == (
        "the service does not answer (1 call since 2026-11-23 14:02 UTC; server_error: overloaded)"
    )
    assert find_trouble(known(receipt(1, Outcome.TIMEOUT), receipt(2, Outcome.OK))).waiting is None


def test_a_provider_that_stopped_is_told_before_a_cap() -> None:
    cap = receipt(1, Outcome.BUDGET_STOPPED, error_message="cap", answered_at=None)
    assert find_trouble(known(cap)).stopped_by == "budget_stopped: cap"
    stopped = find_trouble(known(cap, receipt(2, Outcome.AUTH, error_message="no"))).stopped_by
    assert stopped == "auth: no"


def test_calls_that_may_have_been_billed_are_listed_with_and_without_a_receipt() -> None:
    found = find_trouble(
        known(
            receipt(1, Outcome.UNKNOWN_CHARGE, cost_usd=0.1, cost_basis="estimated"),
            receipt(2, Outcome.TIMEOUT, cost_usd=0.1, cost_basis="estimated"),
            receipt(3, Outcome.TIMEOUT),
            lost=(1, 2),
        )
    ).maybe_billed
    assert [(call.why, call.usd) for call in found] == [
        ("unknown_charge", 0.1),
        ("timeout", 0.1),
        ("no receipt", None),
        ("no receipt", None),
    ]


@pytest.mark.parametrize(
    ("ratio", "n", "wrong"),
    [(1.0, 100, False), (1.25, 100, False), (1.3, 100, True), (0.79, 5, True), (4.0, 4, False)],
)
def test_a_price_table_is_judged_by_five_calls_and_by_more_than_a_little(
    ratio: float, n: int, wrong: bool
) -> None:
    assert CostRatio(ratio, n).wrong is wrong


def test_only_pictures_with_a_known_cost_tell_of_the_price_table() -> None:
    found = find_trouble(
        known(
            receipt(1, Outcome.OK, cost_usd=0.1, expected_usd=0.05, cost_basis="reported"),
            receipt(2, Outcome.OK, cost_usd=0.2, expected_usd=0.05, cost_basis="computed"),
            receipt(3, Outcome.TIMEOUT, cost_usd=9.0, expected_usd=0.05, cost_basis="estimated"),
            receipt(4, Outcome.OK, cost_usd=9.0, expected_usd=0.0, cost_basis="reported"),
        )
    ).cost_ratio
    assert found == CostRatio(3.0, 2)


def test_what_is_said_of_a_price_follows_from_calls_at_the_newest_one() -> None:
    wrong = {"cost_usd": 0.1, "expected_usd": 0.05, "cost_basis": "reported", "price_id": "a"}
    right = {**wrong, "expected_usd": 0.1, "price_id": "b"}
    before = [receipt(n, Outcome.OK, **wrong) for n in range(1, 7)]
    ratio = find_trouble(known(*before)).cost_ratio
    assert ratio == CostRatio(2.0, 6, "a")
    after = [receipt(n, Outcome.OK, **right) for n in range(7, 9)]
    assert find_trouble(known(*after, *before)).cost_ratio == CostRatio(1.0, 2, "b")
