"""The file of the spending ledger: deleted, damaged, not writable."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.gateway.money.ledger import OverCapError, SpendingLedger, open_ledger
from assets.gateway.money.ledger_file import FileBook
from tests.unit.gateway.money.books import CAPS, WEEK, charge
from warehouse.errors import ClicheError


@pytest.mark.parametrize("damage", ["deleted", "emptied"])
def test_a_file_that_is_gone_is_made_anew_with_what_is_in_flight(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "spending.sqlite"
    ledger = SpendingLedger(FileBook(path))
    ledger.take_over("w/", [charge("w/a", 1.0)], known_before=set())
    ledger.reserve("w/b", 0.5, CAPS)
    assert ledger.filled("w/")
    if damage == "deleted":
        path.unlink()
    else:
        path.with_name("new").write_bytes(b"")
        path.with_name("new").replace(path)
    assert not ledger.filled("w/")
    assert ledger.total(WEEK).usd == 0.5
    ledger.settle("w/b", 0.25)
    assert SpendingLedger(FileBook(path)).total(WEEK).usd == 0.25


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "spending.sqlite"
    path.write_bytes(b"rubbish" * 1000)
    assert not SpendingLedger(FileBook(path)).filled("w/")
    assert SpendingLedger(FileBook(path)).reserve("k", 1.0, CAPS) == 1.0


def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "spending.sqlite").mkdir()
    with pytest.raises(
        ClicheError, match=r"spending\.sqlite cannot be opened \(.*\); see who may write there"
    ):
        SpendingLedger(FileBook(tmp_path / "spending.sqlite")).total(WEEK)


def test_one_object_a_process_for_one_file(tmp_path: Path) -> None:
    assert open_ledger(tmp_path / "a") is open_ledger(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_what_is_in_flight_is_in_a_new_file_even_if_the_first_reservation_there_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "spending.sqlite"
    ledger = SpendingLedger(FileBook(path))
    ledger.reserve("w/flying", 4.0, CAPS)
    path.unlink()
    with pytest.raises(OverCapError):
        ledger.reserve("w/next", 2.0, CAPS)
    assert SpendingLedger(FileBook(path)).total(WEEK).usd == 4.0
