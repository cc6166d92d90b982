"""The ledger in PostgreSQL: servers that are down, processes that are gone, other stores, passwords."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from assets.gateway.money import ledger_server
from assets.gateway.money.ledger import OverCapError, SpendingLedger
from assets.gateway.money.ledger_server import ServerBook
from tests.services.postgres import PASSWORD, Postgres
from tests.unit.gateway.money.books import CAPS, WEEK, charge, ledger_at
from warehouse.errors import ClicheError, UsageError


@pytest.fixture
def address(postgres: Postgres) -> str:
    return postgres.fresh_address()


def test_a_server_that_comes_back_is_waited_for_and_nothing_is_forgotten(own_postgres: Postgres) -> None:
    address = own_postgres.fresh_address()
    ledger = ledger_at(address)
    ledger.reserve("w/flying", 3.0, CAPS)
    own_postgres.kill()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ledger.reserve, "w/next", 2.5, CAPS)
        time.sleep(0.3)
        assert not asked.done()
        own_postgres.start()
        assert isinstance(asked.exception(timeout=30), OverCapError)
    assert ledger.settle("w/flying", 1.0) == 0
    assert ledger_at(address).total(WEEK).usd == 1.0


def test_a_server_that_stays_away_is_one_clear_error_for_all_threads_together(
    own_postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_server, "PATIENCE_S", 0.3)
    ledger = ledger_at(own_postgres.fresh_address())
    ledger.reserve("w/flying", 3.0, CAPS)
    own_postgres.kill()
    begun = time.monotonic()

    def ask(n: int) -> str:
        with pytest.raises(ClicheError) as error:
            ledger.reserve(f"w/{n}", 0.1, CAPS)
        return str(error.value)

    with ThreadPoolExecutor(8) as pool:
        told = [*pool.map(ask, range(8))]
    assert time.monotonic() - begun < 8.0  # not a second for each of them
    assert {line.partition(" (")[0] for line in told} == {"the spending ledger in PostgreSQL"}
    assert f"(127.0.0.1:{own_postgres.port}/test_0) cannot be used (" in told[0]
    assert told[0].endswith("start the server or correct CLICHE_POSTGRES, and run again")
    assert not any("\n" in line or PASSWORD in line for line in told)
    own_postgres.start()
    assert ledger.total(WEEK).usd == 3.0  # nothing was set aside without the server


def test_a_wrong_password_is_told_and_not_shown(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_server, "FIRST_PATIENCE_S", 0.0)
    with pytest.raises(ClicheError, match="password authentication failed") as error:
        ledger_at(postgres.address("postgres", "not-the-password")).total(WEEK)
    assert "not-the-password" not in str(error.value)


def test_rows_that_were_dropped_are_made_anew_with_what_is_in_flight(
    postgres: Postgres, address: str
) -> None:
    ledger = ledger_at(address)
    ledger.take_over("w/", [charge("w/a", 1.0)], known_before=set())
    ledger.reserve("w/b", 0.5, CAPS)
    assert ledger.filled("w/")
    postgres.run("DROP SCHEMA cliche CASCADE", address.rpartition("/")[2])
    assert not ledger.filled("w/")
    assert ledger.total(WEEK).usd == 0.5
    ledger.settle("w/b", 0.25)
    assert ledger_at(address).total(WEEK).usd == 0.25


def test_a_ledger_is_of_one_store(address: str) -> None:
    SpendingLedger(ServerBook(address, "s3://bucket/one")).reserve("w/a", 1.0, CAPS)
    with pytest.raises(UsageError) as error:
        SpendingLedger(ServerBook(address, "s3://bucket/two")).reserve("w/a", 1.0, CAPS)
    assert "keeps the spending ledger of s3://bucket/one, and the store is s3://bucket/two: " in str(
        error.value
    )
    assert PASSWORD not in str(error.value)


def test_what_a_process_holds_is_its_own_while_it_lives_and_for_a_grace_after(address: str) -> None:
    living, dying, reader = ledger_at(address), ledger_at(address), ledger_at(address, grace_s=0.3)
    living.reserve("w/living", 1.0, CAPS)
    dying.reserve("w/dying", 1.0, CAPS)
    time.sleep(0.4)
    assert reader.release_dead() == 0  # both are connected, however long it takes
    dying.reserve("w/dying", 1.0, CAPS)
    book = dying._book
    assert isinstance(book, ServerBook)
    assert book._con is not None
    book._con.close()  # as a kernel does for a process that was killed
    assert reader.release_dead() == 0  # its intent may be on its way to the store
    assert reader.keys("w/") == set()
    time.sleep(0.4)
    assert reader.keys("w/") == {"w/dying"}
    assert reader.release_dead() == 1
    assert (reader.total(WEEK).usd, reader.total(WEEK).open_usd) == (2.0, 1.0)
    assert dying.settle("w/dying", 0.5) == 0  # it lived all the same: its connection alone was lost
    assert reader.total(WEEK).usd == 1.5


def test_a_process_that_stands_still_within_a_transaction_keeps_nobody_waiting(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ledger_server._SETTINGS, "idle_in_transaction_session_timeout", "200ms")
    still, other = ledger_at(address), ledger_at(address)
    other.reserve("w/a", 1.0, CAPS)
    entered = threading.Event()

    def stand(rows: object) -> None:
        entered.set()
        time.sleep(1.5)

    thread = threading.Thread(target=lambda: still._book.transact(stand, lambda rows: None), daemon=True)
    thread.start()
    assert entered.wait(10)
    begun = time.monotonic()
    assert other.total(WEEK).usd == 1.0
    assert 0.1 < time.monotonic() - begun < 1.4


def test_without_the_driver_a_line_says_what_to_install(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(UsageError, match=r'CLICHE_POSTGRES is set and needs the extra "scale".*pip install'):
        ledger_at(address).total(WEEK)
