"""The spending ledger: no cap is passed, whoever asks at once; the store wins over it. In a file and in PostgreSQL."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from assets.gateway.money.ledger import FirstCallError, OverCapError, SpendingLedger
from tests.unit.gateway.money.books import CAPS, WEEK, charge, ledger_at


def first(ledger: SpendingLedger, who: str, usd: float = 0.1) -> None:
    """Settle the first call of `who`: after it several may be in flight."""
    ledger.reserve(f"first/{who}", usd, {"other": None}, who=who)
    ledger.settle(f"first/{who}", usd, seen_usd=usd)


def test_money_is_set_aside_settled_and_counted_exactly(ledger: SpendingLedger) -> None:
    for n in range(50):
        ledger.reserve(f"w/m/{n}/1", 0.1, CAPS)
    assert (ledger.total(WEEK).usd, ledger.total(WEEK).open_usd) == (5.0, 5.0)
    with pytest.raises(OverCapError) as over:
        ledger.reserve("w/m/50/1", 0.000000001, CAPS)
    assert over.value.may_fit
    for n in range(50):
        assert ledger.settle(f"w/m/{n}/1", 0.03) == 0
    assert (ledger.total(WEEK).usd, ledger.total(WEEK).open_usd) == (pytest.approx(1.5, abs=1e-12), 0)


def test_the_tightest_cap_decides_and_nothing_is_set_aside_when_it_refuses(ledger: SpendingLedger) -> None:
    with pytest.raises(OverCapError) as over:
        ledger.reserve("k", 1.0, {"run:a": None, WEEK: 5.0, "model:x": 0.5, "month:y": 0.1})
    assert (over.value.scope, over.value.cap_usd, over.value.may_fit) == ("model:x", 0.5, False)
    assert ledger.total(WEEK).usd == 0


def test_a_call_dearer_than_reserved_is_told_and_raises_what_is_set_aside(ledger: SpendingLedger) -> None:
    first(ledger, "m:1")
    ledger.reserve("first", 0.1, CAPS, who="m:1")
    ledger.reserve("second", 0.1, CAPS, who="m:1")
    ledger.reserve("other", 0.1, CAPS, who="m:2")
    assert ledger.settle("first", 0.8) == pytest.approx(0.7)
    assert ledger.total(WEEK).usd == pytest.approx(0.8 + 1.0 + 0.1)  # what is in flight may be as dear
    assert ledger.reserve("third", 0.1, CAPS, who="m:1") == 1.0  # a quarter more than the dearest
    assert ledger.settle("third", 0.9, seen_usd=0.9) == 0
    assert ledger.reserve("fourth", 0.1, CAPS, who="m:1") == pytest.approx(1.125)
    assert (ledger.dearest_usd("m:1"), ledger.dearest_usd("m:2")) == (0.9, None)


def test_until_a_call_at_a_price_is_settled_one_is_waited_for(ledger: SpendingLedger, where: str) -> None:
    other = ledger_at(where)
    ledger.reserve("a", 0.1, CAPS, who="m:1")
    for one in (ledger, other):
        with pytest.raises(FirstCallError):
            one.reserve("b", 0.1, CAPS, who="m:1")
    ledger.reserve("a", 0.1, CAPS, who="m:1")  # the same call
    other.reserve("c", 0.1, CAPS, who="m:2")  # another price
    ledger.settle("a", 0.0)  # a refusal says nothing of what a picture costs
    other.reserve("b", 0.1, CAPS, who="m:1")
    with pytest.raises(FirstCallError):
        ledger.reserve("d", 0.1, CAPS, who="m:1")
    other.settle("b", 0.1, seen_usd=0.0)  # its answer was lost
    assert [ledger.reserve(key, 0.1, CAPS, who="m:1") for key in ("d", "e")] == [0.1, 0.1]


def test_a_first_call_whose_process_was_killed_keeps_nobody_waiting(
    ledger: SpendingLedger, where: str, tmp_path: Path
) -> None:
    process = holder(where, tmp_path, "m:1")
    with pytest.raises(FirstCallError):
        ledger.reserve("w/next", 0.1, CAPS, who="m:1")
    killed(process)
    wait_until(lambda: ledger.release_dead() == 1)
    ledger.reserve("w/next", 0.1, CAPS, who="m:1")
    with pytest.raises(FirstCallError):
        ledger.reserve("w/other", 0.1, CAPS, who="m:1")
    lost = charge("w/dead", 2.0, who="m:1", known=False, lost=True)  # the store has its intent
    ledger.take_over("w/", [lost], known_before=ledger.keys("w/"))
    assert ledger.reserve("w/other", 0.1, CAPS, who="m:1") == 0.1


def test_the_store_says_nothing_of_a_first_call_that_is_in_flight(ledger: SpendingLedger) -> None:
    ledger.reserve("w/flying", 0.1, CAPS, who="m:1")
    flying = charge("w/flying", 0.1, who="m:1", known=False, lost=True)
    ledger.take_over("w/", [flying], known_before=ledger.keys("w/"))
    with pytest.raises(FirstCallError):
        ledger.reserve("w/next", 0.1, CAPS, who="m:1")


def test_a_call_of_the_next_month_counts_there(ledger: SpendingLedger) -> None:
    ledger.reserve("k", 1.0, {"month:2026-11": 5.0})
    ledger.settle("k", 0.5, ["month:2026-12"])
    assert (ledger.total("month:2026-11").usd, ledger.total("month:2026-12").usd) == (0.0, 0.5)


def test_the_bucket_wins_over_the_file(ledger: SpendingLedger) -> None:
    ledger.reserve("w/gone", 1.0, CAPS)
    ledger.settle("w/gone", 1.0)
    ledger.reserve("w/other", 1.0, CAPS)
    ledger.settle("w/other", 1.0)
    ledger.reserve("w/flying", 1.0, CAPS)
    before = ledger.keys("w/")
    ledger.reserve("w/since", 1.0, CAPS)  # made and settled while the store was read
    ledger.settle("w/since", 1.0)
    ledger.take_over(
        "w/",
        [charge("w/other", 0.25), charge("w/new", 0.5), charge("w/flying", 0.1, known=False)],
        known_before=before,
    )
    assert ledger.keys("w/") == {"w/other", "w/new", "w/since"}
    assert ledger.total(WEEK).usd == 0.25 + 0.5 + 1.0 + 1.0
    assert ledger.total(WEEK).open_usd == 1.0
    assert ledger.settle("w/flying", 0.2) == 0


def test_the_cap_of_a_run_counts_its_calls_whoever_reads_the_bucket_meanwhile(ledger: SpendingLedger) -> None:
    run = {"run:a": 1.0, WEEK: None}
    for key in ("w/lost", "w/told", "w/flying"):
        ledger.reserve(key, 0.25, run)
    ledger.loosen("w/lost")
    ledger.settle("w/told", 0.125)
    bucket = [charge("w/lost", 0.5, known=False), charge("w/told", 0.125), charge("w/flying", 0.125)]
    ledger.take_over(
        "w/", bucket, known_before=ledger.keys("w/")
    )  # its receipt is there, it is not settled yet
    assert (ledger.total("run:a").usd, ledger.total(WEEK).usd) == (0.875, 0.875)
    with pytest.raises(OverCapError):
        ledger.reserve("w/next", 0.25, run)
    ledger.settle("w/flying", 0.125)
    assert (ledger.total("run:a").usd, ledger.total("run:a").open_usd) == (0.75, 0)


def test_the_bucket_teaches_how_dear_a_call_can_be(ledger: SpendingLedger) -> None:
    ledger.take_over(
        "w/",
        [
            charge("w/a", 0.8, who="m:1"),
            charge("w/b", 0.1, who="m:1", known=False, lost=True),
            charge("w/c", 2.0, who="m:1", lost=True),  # an estimate says nothing of how dear a call can be
        ],
        known_before=set(),
    )
    assert ledger.total(WEEK).usd == 0.8 + 1.0 + 2.0  # a lost call counts as what would be set aside for it
    assert ledger.reserve("w/d", 0.1, CAPS, who="m:1") == 1.0


def wait_until(done: Callable[[], bool]) -> None:
    """A server hears of a killed process a moment later."""
    until = time.monotonic() + 20
    while not done():
        assert time.monotonic() < until
        time.sleep(0.01)


def hold(where: str, ready: str, who: str = "") -> None:
    ledger = ledger_at(where)
    ledger.reserve("w/dead", 2.0, CAPS, who=who)
    Path(ready).touch()
    time.sleep(60)


def holder(where: str, folder: Path, who: str = "") -> BaseProcess:
    """Start a process that holds a reservation until it is killed."""
    ready = folder / "ready"
    process = multiprocessing.get_context("forkserver").Process(target=hold, args=(where, str(ready), who))
    process.start()
    wait_until(ready.exists)
    return process


def killed(process: BaseProcess) -> None:
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()


def test_what_a_killed_process_had_set_aside_counts_until_the_bucket_says_better(
    ledger: SpendingLedger, where: str, tmp_path: Path
) -> None:
    ledger.reserve("w/mine", 1.0, CAPS)
    process = holder(where, tmp_path)
    assert ledger.release_dead() == 0
    killed(process)
    with pytest.raises(OverCapError) as over:
        ledger.reserve("w/next", 2.5, CAPS)
    assert over.value.may_fit  # nobody looked yet whether its holder lives
    wait_until(lambda: ledger.release_dead() == 1)
    assert (ledger.total(WEEK).usd, ledger.total(WEEK).open_usd) == (3.0, 1.0)
    ledger.take_over("w/", [], known_before=ledger.keys("w/"))  # no intent: the call was never made
    assert ledger.total(WEEK).usd == 1.0


def test_what_a_killed_process_reserved_after_the_store_began_to_be_read_is_kept(
    ledger: SpendingLedger, where: str, tmp_path: Path
) -> None:
    before = ledger.keys("w/")
    process = holder(where, tmp_path)
    killed(process)
    ledger.take_over("w/", [], known_before=before)
    assert ledger.total(WEEK).usd == 2.0
    wait_until(lambda: ledger.keys("w/") == {"w/dead"})
    ledger.take_over("w/", [charge("w/dead", 0.5, known=False)], known_before=ledger.keys("w/"))
    assert (ledger.total(WEEK).usd, ledger.total(WEEK).open_usd) == (0.5, 0)


def spend(where: str, folder: Path, number: int, kill: bool, begin: Barrier) -> None:
    """Reserve and settle from 8 threads until the cap; every paid amount is a line in a file of its own."""
    ledger = ledger_at(where)
    if not kill:
        begin.wait(timeout=60)
    draw = random.Random(number)
    log = (folder / f"paid-{number}").open("a")

    def one(n: int) -> None:
        most = draw.uniform(0.01, 0.2)
        try:
            ledger.reserve(f"w/{number}/{n}", most, CAPS)
        except OverCapError:
            return
        paid = draw.uniform(0, most)
        log.write(f"{paid!r}\n")
        log.flush()
        if kill and n == 12:
            begin.wait(timeout=60)
            os.kill(os.getpid(), signal.SIGKILL)
        if draw.random() < 0.9:
            ledger.settle(f"w/{number}/{n}", paid)
        else:
            ledger.loosen(f"w/{number}/{n}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(150)))


def test_invariant_08_four_processes_of_eight_threads_never_pass_the_cap(where: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    begin = context.Barrier(4)
    processes = [context.Process(target=spend, args=(where, tmp_path, n, n == 3, begin)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0, 0, -signal.SIGKILL]
    paid = [
        float(line) for n in range(4) for line in (tmp_path / f"paid-{n}").read_text().splitlines() if line
    ]
    assert 2.0 < sum(paid) <= 5.0
    ledger = ledger_at(where)
    assert ledger.total(WEEK).usd <= 5.0
    nanos = ledger._transact(lambda rows: sum(nanos for nanos, _ in rows.amounts("w/").values()))
    assert ledger.total(WEEK).usd * 1e9 == pytest.approx(nanos, abs=0.5)
