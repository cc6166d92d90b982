"""Filling the spending ledger from the store: what the store says of calls, in place of what the ledger says of them.

It goes in portions, each a transaction of its own, so that others set money aside between them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from assets.gateway.money.ledger_rows import LedgerEntry, Rows
from assets.gateway.money.prices import set_aside

#: Amounts are kept as whole billionths of a dollar: sums are exact, and a price of a token is above one.
NANO = 1e9


def nanos_of(usd: float) -> int:
    """Return an amount of dollars as the ledger keeps it."""
    return math.ceil(round(usd * NANO, 3))


def aside(bound: int, dearest: int | None) -> int:
    """Return what is set aside for a call; see `prices.set_aside`."""
    return math.ceil(set_aside(bound, dearest))


@dataclass(frozen=True)
class Charge:
    """What one call cost as the store knows it.

    `scopes` are what it counts for (`week:2026-11-23`); `who` is whose calls cost alike, empty if this one says nothing
    of the others. `lost`: no answer came, and the amount is what was set aside. `known` is false where there is no
    receipt either: a process that still waits for the answer knows better.
    """

    key: str
    usd: float
    scopes: tuple[str, ...]
    who: str
    known: bool = True
    lost: bool = False


class Filling:
    """One filling of the entries that begin with `prefix`; see `SpendingLedger.take_over`."""

    def __init__(self, prefix: str, charges: Iterable[Charge], known_before: set[str]) -> None:
        """Take what the store says, and the keys that nobody held before it was read."""
        self._prefix, self._known_before = prefix, known_before
        self._told = {charge.key: charge for charge in charges}
        self._mark = f"{prefix} {uuid4()}"  # gone at the end if the rows were made anew meanwhile
        self._here: dict[str, tuple[int, str | None]] = {}
        self._dead: set[str] = set()
        self._dearest: dict[str, int | None] = {}

    def look(self, rows: Rows) -> None:
        """See what is there, and learn what calls cost."""
        rows.fill(self._mark)
        self._here, self._dead = rows.amounts(self._prefix), rows.dead()
        seen: dict[str, int] = {}
        for key, charge in self._told.items():
            if charge.known or not self._held(key, self._here.get(key), self._dead):
                usd = 0 if charge.lost else nanos_of(charge.usd)
                seen[charge.who] = max(seen.get(charge.who, 0), usd)
        rows.see(seen)
        self._dearest = {who: rows.dearest(who) for who in {charge.who for charge in self._told.values()}}

    def differing(self) -> list[str]:
        """Return the keys of the entries to change: those that are to count for more come first."""
        keys = self._told.keys() | self._known_before
        apart = ((key, self._more(key, self._here.get(key), self._dead)) for key in keys)
        return [key for _, key in sorted((by < 0, key) for key, by in apart if by is not None)]

    def write(self, rows: Rows, keys: Sequence[str]) -> None:
        """Change entries that still differ."""
        here = {entry.key: entry for entry in rows.among(keys)}
        dead = rows.dead() if any(entry.holder for entry in here.values()) else set()
        changed, gone = [], []
        for key in keys:
            entry = here.get(key)
            if self._more(key, (entry.nanos, entry.holder) if entry else None, dead) is None:
                continue
            if charge := self._told.get(key):
                run = (scope for scope in (entry.scopes if entry else ()) if scope.startswith("run:"))
                scopes = (*charge.scopes, *run)
                changed.append(LedgerEntry(key, self._counts(charge), None, scopes, charge.who))
            else:
                gone.append(key)
        rows.write(changed, gone)

    def end(self, rows: Rows) -> bool:
        """Return whether the rows are still those of the first look; then they are filled."""
        if whole := rows.filled(self._mark):
            rows.fill(self._prefix)
            rows.forget(self._mark)
        return whole

    def _held(self, key: str, here: tuple[int, str | None] | None, dead: set[str]) -> bool:
        """Return whether an answer says more of a call than the store: somebody waits for it, or settled it."""
        if here is None:
            return False
        charge = self._told.get(key)
        waits = here[1] is not None and key not in dead
        return waits or (charge is not None and not charge.known and key not in self._known_before)

    def _counts(self, charge: Charge) -> int:
        """Return what a call counts for: without a receipt, what would be set aside for it now."""
        nanos = nanos_of(charge.usd)
        return nanos if charge.known else aside(nanos, self._dearest[charge.who])

    def _more(self, key: str, here: tuple[int, str | None] | None, dead: set[str]) -> int | None:
        """Return by how much an entry is to count for more; None if it stays as it is."""
        charge = self._told.get(key)
        if here is None:
            return self._counts(charge) if charge else None
        if self._held(key, here, dead):
            return None
        nanos, holder = here
        if charge is None:
            return -nanos if key in self._known_before else None
        return None if (nanos, holder) == (self._counts(charge), None) else self._counts(charge) - nanos
