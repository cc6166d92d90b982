"""Where the rows of a ledger lie in tests: a file, or a PostgreSQL; named so that another process can open them too."""

from __future__ import annotations

from pathlib import Path

from assets.gateway.money.ledger import Charge, SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.money.ledger_server import ServerBook

STORE = "s3://bucket/of-this-test"
WEEK = "week:2026-11-23"
CAPS = {WEEK: 5.0}


def ledger_at(where: str, *, grace_s: float = 0.0) -> SpendingLedger:
    """Return a ledger as a process of its own would have it."""
    if where.startswith("postgresql:"):
        return SpendingLedger(ServerBook(where, STORE, grace_s=grace_s))
    return SpendingLedger(FileBook(Path(where)))


def charge(key: str, usd: float, *, who: str = "", known: bool = True, lost: bool = False) -> Charge:
    """Return what the store says of a call of the week."""
    return Charge(key, usd, (WEEK,), who, known, lost)
