"""Where the rows of a ledger lie in tests: a file, or a PostgreSQL; named so that another process can open them too."""

from __future__ import annotations

from pathlib import Path

from assets.gateway.money.ledger import SpendingLedger
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.money.ledger_server import ServerBook

STORE = "s3://bucket/of-this-test"


def ledger_at(where: str, *, grace_s: float = 0.0) -> SpendingLedger:
    """Return a ledger as a process of its own would have it."""
    if where.startswith("postgresql:"):
        return SpendingLedger(ServerBook(where, STORE, grace_s=grace_s))
    return SpendingLedger(FileBook(Path(where)))
