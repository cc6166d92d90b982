"""Caps hold through a run: whatever the concurrency, the prices, the failures and the kills."""

from __future__ import annotations

import datetime as dt
import math
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.budget import Caps
from assets.gateway.money.charges import month_scope, week_scope, weeks_of_month
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer, Outcome
from assets.gateway.threads import KEEPERS
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.run import PartitionReport, PartitionRun
from assets.generation.slots import Request
from assets.generation.workplace import Listener, Workplace
from assets.suites.loader import load_suites
from tests.unit.generation.scripted import Scripted, ok
from tests.unit.generation.test_run import entry as model_entry
from warehouse.store import open_store
from warehouse.weeks import current_week, shift

WEEK = "2026-11-23"
SUITES = load_suites()
FAST = Retry(attempts=3, base_s=0.001, most_s=0.005)
CAP = 5.0


def entry(name: str = "m", *, replicates: int = 2, **changes: Any) -> ModelEntry:
    suites = [{"suite": "canary@1", "replicates": replicates}]
    price = {"per_image_usd": 0.1, "source": "test", "date": "2026-11-01"}
    return model_entry(**{"name": name, "title": name, "suites": suites, "price": price, **changes})


def workplace(home: Path, *entries: ModelEntry, **more: Any) -> Workplace:
    return Workplace(
        store=open_store(home / "store"),
        warehouse=home / "warehouse.duckdb",
        suites=SUITES,
        models=entries,
        code_version="test",
        **{"ledger": SpendingLedger(FileBook(home / "spending.sqlite")), **more},
    )


def run(place: Workplace, provider: Scripted, model: str = "m", *, concurrency: int = 32) -> PartitionReport:
    made = place.model(model)
    plan: Plan = freeze_plan(place.store, make_plan(made, SUITES, WEEK, provider))
    fill = partial(place.fill_ledger, WEEK)
    fill()
    costs = place.costs(made)
    return PartitionRun(
        place.store,
        plan,
        provider,
        concurrency=concurrency,
        retry=FAST,
        admission=place.budget.admission(WEEK, model, made.cap_usd, costs, fill=fill),
        costs=costs,
    ).run()


def spent(place: Workplace, *models: str) -> float:
    receipts = [r for model in models or ("m",) for r in read_partition(place.store, WEEK, model).receipts]
    return math.fsum(receipt.cost_usd or 0.0 for receipt in receipts)


def paid(usd: float = 0.1) -> Scripted:
    return Scripted(
        lambda request, number: ok(request).model_copy(update={"cost_usd": usd}), paid=True, replayable=False
    )


# the property


class Market:
    """A provider with random prices, latencies and failures, and its own log of what it billed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.lock = threading.Lock()
        self.billed = 0.0
        self.by_token = self.draw.random() < 0.5
        self.most = self.draw.choice([0.05, 0.17, 0.4, 1.3])
        self.failing = self.draw.choice([0.0, 0.1, 0.5])
        price = {
            "per_image_usd": self.most / 2,
            "most_usd": self.most,
            "source": "test",
            "date": "2026-11-01",
        }
        if self.by_token:
            price["per_million_usd"] = {"image_out": 30.0, "text_in": 5.0}
        self.entry = entry(replicates=10, price=price, cap_usd=self.draw.choice([None, 4.0]))

    def answer(self, request: Request, number: int) -> Answer:
        with self.lock:
            wait, usd, dice = (
                self.draw.uniform(0, 0.004),
                self.draw.uniform(0, self.most),
                self.draw.random(),
            )
        time.sleep(wait)
        if dice < self.failing / 2:
            lost = self.draw.random() < 0.5
            with self.lock:
                self.billed += usd if lost else 0
            return Answer(outcome=Outcome.TIMEOUT, maybe_billed=lost)
        if dice < self.failing:
            return Answer(outcome=self.draw.choice([Outcome.RATE_LIMITED, Outcome.BLOCKED_INPUT]))
        with self.lock:
            self.billed += usd
        if self.by_token:
            image_out = usd / 30.0 * 1e6
            return ok(request).model_copy(update={"units": {"image_out": image_out, "unknown": 7.0}})
        return ok(request).model_copy(update={"cost_usd": usd})


def check_market(home: Path, seed: int) -> None:
    market = Market(seed)
    cap = market.entry.cap_usd or CAP
    provider = Scripted(market.answer, paid=True, replayable=False)
    for number in range(2):  # a second run spends no more than the first left over
        place = workplace(home, market.entry, caps=Caps(week_usd=CAP))
        report = run(place, provider)
        assert spent(place) <= cap, (seed, number)
        assert market.billed <= cap + 1e-9, (seed, number)
        assert place.ledger.total(week_scope(WEEK)).open_usd == 0
        assert place.ledger.total(week_scope(WEEK)).usd == pytest.approx(spent(place), abs=1e-6)
        if report.stopped_by is not None:
            assert report.stopped_by.outcome is Outcome.BUDGET_STOPPED
            assert spent(place) > cap - market.most  # nothing is left that would have paid for one more


@pytest.mark.parametrize("seed", range(int(os.environ.get("CLICHE_SEEDS", "3"))))
def test_invariant_08_with_32_workers_the_receipts_never_pass_the_cap(tmp_path: Path, seed: int) -> None:
    check_market(tmp_path, seed)


def ask_until_killed(home: Path, number: int, dies: bool) -> None:
    model = f"m{number}"
    place = workplace(home, *(entry(f"m{n}", replicates=8) for n in range(2)), caps=Caps(week_usd=CAP))
    draw = random.Random(f"{number}{dies}")
    die_at = draw.randrange(3, 12) if dies else -1
    calls = 0
    lock = threading.Lock()

    def script(request: Request, n: int) -> Answer:
        nonlocal calls
        with lock:
            calls += 1
            if calls == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            usd = draw.uniform(0.05, 0.1)
        with (home / f"log-{model}").open("a") as log:
            log.write(f"{usd!r}\n")
        time.sleep(0.002)
        return ok(request).model_copy(update={"cost_usd": usd})

    run(place, Scripted(script, paid=True, replayable=False), model, concurrency=4)


def test_invariant_08_two_processes_that_are_killed_and_go_on_keep_the_weeks_cap(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for dies in (True, False):
        processes = [context.Process(target=ask_until_killed, args=(tmp_path, n, dies)) for n in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(timeout=60)
        assert [process.exitcode for process in processes] == [-signal.SIGKILL if dies else 0] * 2
    models = ("m0", "m1")
    place = workplace(tmp_path, *(entry(model, replicates=8) for model in models))
    assert CAP - 0.1 < spent(place, *models) <= CAP
    billed = [float(line) for model in models for line in (tmp_path / f"log-{model}").read_text().split()]
    assert math.fsum(billed) <= CAP
    lost = [
        receipt
        for model in models
        for receipt in read_partition(place.store, WEEK, model).receipts
        if receipt.outcome is Outcome.UNKNOWN_CHARGE
    ]
    assert 0 < len(lost) <= 2 * (4 + KEEPERS)  # one a worker and kill
    assert {receipt.cost_usd for receipt in lost} == {0.1}
    (tmp_path / "spending.sqlite").unlink()  # it is a copy: the store says the same
    place.fill_ledger(WEEK)
    assert place.ledger.total(week_scope(WEEK)).usd == pytest.approx(spent(place, *models), abs=1e-7)


# one by one


def test_a_cap_ends_the_run_with_a_line_and_a_raised_one_goes_on(tmp_path: Path) -> None:
    place = workplace(tmp_path, entry(cap_usd=0.55))
    report = run(place, paid(), concurrency=1)
    assert report.outcomes == {"ok": 5, "budget_stopped": 1, "not_attempted": 6, "open": 7}
    assert report.line == (
        "budget_stopped: $0.50 of $0.55 are spent, and the next call may cost $0.1000; "
        "raise cap_usd of m in models.yaml to go on"
    )
    again = run(place, paid(), concurrency=1)
    assert (again.asked, again.open) == (0, 7)
    raised = workplace(tmp_path, entry(cap_usd=2))
    assert run(raised, paid()).outcomes == {"ok": 12, "open": 0}


@pytest.mark.parametrize("cap", ["run_usd", "week_usd", "month_usd"])
def test_each_cap_stops_and_names_itself(tmp_path: Path, cap: str) -> None:
    report = run(workplace(tmp_path, entry(), caps=Caps(**{cap: 0.3})), paid(), concurrency=1)
    assert report.outcomes["ok"] == 3
    assert str(report.line).endswith(f"raise {cap} of caps in cliche.yaml to go on")


def test_a_runs_cap_counts_for_one_run_a_weeks_for_all(tmp_path: Path) -> None:
    caps = Caps(run_usd=0.3, week_usd=0.5)
    assert run(workplace(tmp_path, entry(), caps=caps), paid(), concurrency=1).outcomes["ok"] == 3
    second = run(workplace(tmp_path, entry(), caps=caps), paid(), concurrency=1)
    assert second.outcomes["ok"] == 5
    assert "week_usd" in str(second.line)


def test_calls_wait_for_money_that_is_in_flight(tmp_path: Path) -> None:
    """Half a dollar is set aside for each call, which costs a cent: $1.20 suffice for all twelve, two at a time."""
    price = {"per_image_usd": 0.01, "most_usd": 0.5, "source": "test", "date": "2026-11-01"}
    place = workplace(tmp_path, entry(price=price), caps=Caps(week_usd=1.2))

    def slow(request: Request, number: int) -> Answer:
        time.sleep(0.05)  # the first calls begin 15 ms after each other
        return ok(request).model_copy(update={"cost_usd": 0.01})

    provider = Scripted(slow, paid=True, replayable=False)
    assert run(place, provider).outcomes == {"ok": 12, "open": 0}
    assert provider.most_at_once == 2


def test_a_call_dearer_than_reserved_is_told_and_cannot_repeat(tmp_path: Path) -> None:
    told: list[str] = []
    listener = Listener(told=told.append)
    place = workplace(tmp_path, entry(), caps=Caps(week_usd=0.2), listener=listener)
    run(place, paid(0.7))
    assert spent(place) == 0.7  # one call, whatever the concurrency
    assert told[0] == (
        "m: a call cost $0.7000, $0.6000 more than was set aside for it; from now on $0.8750 is set aside for a call "
        "(correct its price in models.yaml)"
    )
    (tmp_path / "spending.sqlite").unlink()  # it is learned from the store too
    told.clear()
    again = workplace(tmp_path, entry(), caps=Caps(week_usd=3.2), listener=listener)
    run(again, paid(0.7))
    assert (spent(again), told) == (pytest.approx(0.7 + 3 * 0.7), [])


def die(request: Request, number: int) -> Answer:
    raise KeyboardInterrupt


def test_a_lost_answer_counts_as_spent_before_and_after_it_has_its_receipt(tmp_path: Path) -> None:
    place = workplace(tmp_path, entry())
    with pytest.raises(KeyboardInterrupt):
        run(place, Scripted(die, paid=True, replayable=False), concurrency=1)
    lost_calls = len([*place.store.list("intents/")])
    for _ in range(2):
        place = workplace(tmp_path, entry(), ledger=SpendingLedger(None))
        place.fill_ledger(WEEK)
        lost = place.ledger.total(week_scope(WEEK)).usd
        assert lost == pytest.approx(0.1 * lost_calls)
        assert lost > 0
        run(place, Scripted(lambda request, number: Answer(outcome=Outcome.AUTH), paid=True), concurrency=1)


def test_what_may_have_been_billed_counts_as_spent(tmp_path: Path) -> None:
    place = workplace(tmp_path, entry(), caps=Caps(week_usd=1.0))
    provider = Scripted(
        lambda request, number: Answer(outcome=Outcome.TIMEOUT, maybe_billed=True),
        paid=True,
        replayable=False,
    )
    report = run(place, provider, concurrency=1)
    assert sum(provider.calls.values()) == 10
    assert spent(place) == pytest.approx(1.0)
    assert report.stopped_by is not None


def test_a_month_holds_the_weeks_that_share_a_day_with_it() -> None:
    assert weeks_of_month(dt.date(2026, 11, 25)) == [
        "2026-10-26",
        "2026-11-02",
        "2026-11-09",
        "2026-11-16",
        "2026-11-23",
    ]
    assert weeks_of_month(dt.date(2026, 6, 1)) == ["2026-06-01"]
    assert month_scope(dt.date(2026, 12, 31)) == "month:2026-12"


def test_a_months_cap_counts_the_weeks_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    week = current_week()
    monkeypatch.setattr(sys.modules[__name__], "WEEK", week)  # a month holds the weeks in which it is now
    run(workplace(tmp_path, entry()), paid())
    (tmp_path / "spending.sqlite").unlink()
    place, later = workplace(tmp_path, entry()), shift(week, 8)
    place.fill_ledger(later)
    assert place.ledger.total(month_scope(dt.datetime.now(dt.UTC).date())).usd == pytest.approx(1.2)
    assert place.ledger.total(week_scope(later)).usd == 0


def test_a_free_provider_opens_no_ledger(tmp_path: Path) -> None:
    from assets.generation.partition import guarded

    place = workplace(tmp_path, entry())
    guarded(place, place.model("m"), WEEK, Scripted())
    assert not (tmp_path / "spending.sqlite").exists()
