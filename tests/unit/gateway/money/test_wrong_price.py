"""A price that is wrong: by how much a cap can be passed, with one process and with two, and what is learned."""

from __future__ import annotations

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.batch_states import read_batches
from assets.gateway.batches import Patience
from assets.gateway.models_file import LabelerEntry
from assets.gateway.money.budget import Caps
from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.partition import guarded
from assets.generation.plan import freeze_plan, make_plan
from assets.generation.providers.openai.images import OpenAIBatch
from assets.generation.run import PartitionReport, PartitionRun
from assets.generation.slots import Request
from assets.labeling.asked.spending import costs_of
from tests.services.openai_batches import Server, batches
from tests.unit.gateway.money.test_budget import FAST, SUITES, WEEK, entry, paid, run, spent, workplace
from tests.unit.generation.scripted import Scripted, ok
from warehouse import keys
from warehouse.store import open_store
from warehouse.weeks import utc_now

BOUND = 0.1  # what the price says that a call costs at most
CAP = 1.0


class Biller(Scripted):
    """A service that bills what `cost` draws; it knows what it billed, and how many calls it had in flight."""

    def __init__(self, cost: Callable[[], float], *, refuses_first: int = 0) -> None:
        super().__init__(self.answered, paid=True, replayable=False)
        self.cost, self.refuses = cost, refuses_first
        self.billed: list[float] = []
        self.guarding = threading.Lock()

    def answered(self, request: Request, number: int) -> Answer:
        time.sleep(0.05)  # longer than calls begin apart, so that only the ledger keeps them apart
        with self.guarding:
            if self.refuses:
                self.refuses -= 1
                return Answer(outcome=Outcome.BLOCKED_INPUT)
            self.billed.append(self.cost())
            return ok(request).model_copy(update={"cost_usd": self.billed[-1]})


def overrun(home: Path, service: Biller, *, concurrency: int = 16, runs: int = 1) -> float:
    """Return by how many dollars the bill passes the cap after some runs."""
    for _ in range(runs):
        place = workplace(home, entry(replicates=8), caps=Caps(week_usd=CAP))
        run(place, service, concurrency=concurrency)
    assert spent(place) == pytest.approx(sum(service.billed))
    return sum(service.billed) - CAP


@pytest.mark.parametrize("factor", [1.05, 20.0])
def test_at_a_constant_price_a_cap_is_passed_by_one_call_at_most(tmp_path: Path, factor: float) -> None:
    usd = factor * BOUND
    service = Biller(lambda: usd)
    assert overrun(tmp_path, service, runs=3) <= max(0.0, usd - CAP) + 1e-9
    if usd < CAP:  # what is left would not have paid for another one
        assert overrun(tmp_path, service) > -1.25 * usd


@pytest.mark.parametrize("seed", range(2))
def test_where_the_cost_of_calls_varies_a_cap_is_passed_by_the_calls_in_flight(
    tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    service = Biller(lambda: BOUND * draw.choice([0.2, 0.5, 5.0]))
    most = max(5.0 * BOUND, 1.25 * BOUND)
    assert overrun(tmp_path, service, concurrency=4) <= 4 * (most - BOUND)
    assert service.most_at_once <= 4


def test_refusals_that_cost_nothing_do_not_open_the_way(tmp_path: Path) -> None:
    service = Biller(lambda: 20 * BOUND, refuses_first=5)
    assert overrun(tmp_path, service) <= 20 * BOUND - CAP
    assert (service.most_at_once, len(service.billed)) == (1, 1)


def test_a_price_that_holds_lets_all_calls_begin_after_the_first(tmp_path: Path) -> None:
    began: list[float] = []

    def script(request: Request, number: int) -> Answer:
        began.append(time.monotonic())
        time.sleep(0.1)
        return ok(request).model_copy(update={"cost_usd": 0.01})

    provider = Scripted(script, paid=True, replayable=False)
    assert run(workplace(tmp_path, entry()), provider, concurrency=4).outcomes == {"ok": 12, "open": 0}
    assert provider.most_at_once == 4
    assert min(began[1:]) - began[0] >= 0.1  # the first was alone


def test_a_corrected_price_begins_anew(tmp_path: Path) -> None:
    place = workplace(tmp_path, entry(), caps=Caps(week_usd=CAP))
    run(place, paid(0.7))
    today = utc_now().date()
    assert place.costs(place.model("m")).reserve_usd(today) == pytest.approx(0.875)
    price = {"per_image_usd": 0.02, "source": "test", "date": "2026-11-02"}
    corrected = workplace(tmp_path, entry(price=price), caps=Caps(week_usd=CAP))
    assert corrected.costs(corrected.model("m")).reserve_usd(today) == 0.02
    run(corrected, paid(0.02))
    assert spent(corrected) == pytest.approx(0.7 + 11 * 0.02)


def test_a_first_call_whose_answer_was_lost_counts_as_settled(tmp_path: Path) -> None:
    lost = iter([True])

    def script(request: Request, number: int) -> Answer:
        if next(lost, False):
            return Answer(outcome=Outcome.TIMEOUT, maybe_billed=True)
        time.sleep(0.1)
        return ok(request).model_copy(update={"cost_usd": 0.01})

    provider = Scripted(script, paid=True, replayable=False)
    place = workplace(tmp_path, entry())
    run(place, provider, concurrency=4)
    assert provider.most_at_once == 4
    assert spent(place) == pytest.approx(BOUND + 12 * 0.01)


def test_a_lost_call_counts_as_what_is_set_aside_where_the_price_is_too_low(tmp_path: Path) -> None:
    calls = iter([0.3, None])

    def script(request: Request, number: int) -> Answer:
        usd = next(calls, 0.3)
        if usd is None:
            return Answer(outcome=Outcome.TIMEOUT, maybe_billed=True)
        return ok(request).model_copy(update={"cost_usd": usd})

    place = workplace(tmp_path, entry(), caps=Caps(week_usd=2.0))
    run(place, Scripted(script, paid=True, replayable=False), concurrency=1)
    assert spent(place) == pytest.approx(0.3 + 0.375 + 4 * 0.3)
    (tmp_path / "spending.sqlite").unlink()
    place.fill_ledger(WEEK)
    assert place.ledger.total(f"week:{WEEK}").usd == pytest.approx(spent(place))


def bill(home: Path, number: int, factor: float) -> None:
    """Ask one model's week as one of two machines that share a ledger, and log what was billed."""
    model = f"m{number}"
    entries = [entry(f"m{n}", replicates=4, title="m") for n in range(2)]
    place = workplace(home, *entries, caps=Caps(week_usd=CAP))
    service = Biller(lambda: factor * BOUND)
    run(place, service, model, concurrency=8)
    (home / f"billed-{number}").write_text(repr(sum(service.billed)))


@pytest.mark.parametrize("factor", [0.5, 6.0])
def test_two_processes_pass_a_cap_by_one_call_of_each_model_at_most(tmp_path: Path, factor: float) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    processes = [context.Process(target=bill, args=(tmp_path, n, factor)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    billed = sum(float((tmp_path / f"billed-{n}").read_text()) for n in range(2))
    least = CAP - max(1.0, 1.25 * factor) * BOUND
    assert least - 1e-9 <= billed <= CAP + 2 * max(0.0, factor - 1) * BOUND


# batches


@contextmanager
def batched(server: Server, home: Path, **changes: Any) -> Iterator[Callable[[], PartitionReport]]:
    """Give what runs a partition of twelve slots in batches of five, with its caps."""

    with batches(server) as address:
        connection = Connection(base_url=address, allow_private=True, timeout_s=5)
        one = entry(provider="openai_batch", model_id="gpt-image-2", connection=connection, **changes)

        def again() -> PartitionReport:
            place = workplace(home, one, caps=Caps(week_usd=5 * CAP))
            provider = OpenAIBatch(connection)
            plan = freeze_plan(place.store, make_plan(one, SUITES, WEEK, provider))
            return PartitionRun(
                place.store,
                plan,
                provider,
                retry=FAST,
                money=guarded(place, one, WEEK, provider).money,
                costs=place.costs(one),
                batch_patience=Patience(poll_s=0.01, most_s=1, grace_s=0.3),
                batch_size=5,
            ).run()

        yield again


def test_the_first_batch_at_a_price_holds_one_request_and_what_waits_for_it_is_not_asked_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-batch-0123456789abcdef")
    server = Server(looks=10_000)
    with batched(server, tmp_path) as again:
        report = again()
        assert (report.batched, len(server.batches), server.single) == (12, 1, [])
        server.looks = 2
        assert again().outcomes["ok"] == 12
        made = read_batches(open_store(tmp_path / "store"), keys.batches_prefix(WEEK, "m"))
        assert [len(batch.attempts) for batch in made] == [1, 5, 5, 1]
        assert server.single == []


def test_calls_of_a_labeler_about_several_pictures_are_priced_by_their_number() -> None:

    price = {"per_image_usd": 0.01, "source": "test", "date": "2026-11-01"}
    one = LabelerEntry.model_validate(
        {"name": "eye", "labeler": "openai_vision", "model_id": "gpt", "price": price}
    )
    ledger, today = SpendingLedger(None), utc_now().date()
    single, many = (costs_of(one, pictures, ledger) for pictures in (1, 8))
    assert single.price_id(today) != many.price_id(today)
    who = f"labeler:eye:{single.price_id(today)}"
    ledger.reserve("k", 0.01, {}, who=who)
    ledger.settle("k", 0.04, seen_usd=0.04)
    assert (single.reserve_usd(today), many.reserve_usd(today)) == (pytest.approx(0.05), 0.08)
