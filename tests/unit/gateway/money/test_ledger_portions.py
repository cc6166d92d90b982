"""Taking over what the store knows: in portions, between which other processes reserve and settle."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.money import ledger as ledgers
from assets.gateway.money.ledger import OverCapError, SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from tests.unit.gateway.money.books import WEEK, charge, ledger_at


def after_each_transaction(
    ledger: SpendingLedger, monkeypatch: pytest.MonkeyPatch, does: Callable[[int], None]
) -> None:
    """Call `does` with the number of each transaction of a ledger once it is over."""
    transact, count = ledger._book.transact, iter(range(1000))

    def counted(*args: Any) -> Any:
        done = transact(*args)
        does(next(count))
        return done

    monkeypatch.setattr(ledger._book, "transact", counted)
    monkeypatch.setattr(ledgers, "_PORTION", 100)
    monkeypatch.setattr(ledgers, "_GAP_S", 0.0)


def reserve_and_settle(where: str) -> None:
    ledger = ledger_at(where)
    ledger.reserve("w/other", 0.5, {WEEK: 1000.0})
    ledger.settle("w/other", 0.25)


def test_another_process_reserves_and_settles_between_two_portions(
    ledger: SpendingLedger, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[float] = []

    def meanwhile(number: int) -> None:
        if number == 2:
            process = multiprocessing.get_context("forkserver").Process(
                target=reserve_and_settle, args=(where,)
            )
            process.start()
            process.join(timeout=60)
            assert process.exitcode == 0
            seen.append(ledger_at(where).total(WEEK).usd)

    after_each_transaction(ledger, monkeypatch, meanwhile)
    ledger.take_over("w/", [charge(f"w/{n:03}", 0.5) for n in range(500)], known_before=set())
    assert seen == [100.25]  # after two portions of five
    assert ledger.total(WEEK).usd == 250.25
    assert ledger.filled("w/")


def test_nobody_sees_less_than_was_spent_while_entries_of_the_dead_become_receipts(
    ledger: SpendingLedger, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(200):
        ledger.reserve(f"w/a{n:03}", 1.0, {WEEK: 300.0})
        ledger.loosen(f"w/a{n:03}")
    other = ledger_at(where)
    seen: list[float] = []

    def meanwhile(number: int) -> None:
        seen.append(other.total(WEEK).usd)
        with pytest.raises(OverCapError):
            other.reserve("w/next", 101.0, {WEEK: 300.0})

    before = ledger.keys("w/")
    after_each_transaction(ledger, monkeypatch, meanwhile)
    ledger.take_over("w/", [charge(f"w/b{n:03}", 1.0) for n in range(200)], known_before=before)
    assert (min(seen), max(seen), seen[-1]) == (200.0, 400.0, 200.0)


def test_what_is_settled_while_the_store_is_read_is_known_better_than_by_the_store(
    ledger: SpendingLedger, where: str
) -> None:
    other = ledger_at(where)
    other.reserve("w/0", 0.5, {WEEK: None})
    before = ledger.keys("w/")
    other.settle("w/0", 0.125)
    ledger.take_over("w/", [charge("w/0", 0.5, known=False)], known_before=before)
    assert ledger.total(WEEK).usd == 0.125


def test_a_ledger_that_is_deleted_between_two_portions_is_filled_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "spending.sqlite"
    ledger = SpendingLedger(FileBook(path))
    after_each_transaction(ledger, monkeypatch, lambda number: number == 3 and path.unlink())
    ledger.take_over("w/", [charge(f"w/{n:03}", 0.5) for n in range(500)], known_before=set())
    assert ledger.total(WEEK).usd == 250.0
    assert ledger.filled("w/")


def test_what_the_ledger_says_already_is_not_written_again(
    ledger: SpendingLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [charge(f"w/{n:04}", 0.5) for n in range(1300)]
    ledger.take_over("w/", found, known_before=set())
    numbers: list[int] = []
    before = ledger.keys("w/")
    after_each_transaction(ledger, monkeypatch, numbers.append)
    ledger.take_over("w/", found, known_before=before)
    assert numbers == [0, 1]  # the first look, and the end
