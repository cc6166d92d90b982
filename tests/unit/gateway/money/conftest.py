"""Both places of the ledger, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.gateway.money.ledger import SpendingLedger
from tests.unit.gateway.money.books import ledger_at


@pytest.fixture(params=["file", "server"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a ledger lies of which nothing is there yet."""
    if request.param == "file":
        return str(tmp_path / "home" / "spending.sqlite")
    address: str = request.getfixturevalue("postgres").fresh_address()
    return address


@pytest.fixture
def ledger(where: str) -> SpendingLedger:
    return ledger_at(where)
