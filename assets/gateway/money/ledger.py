"""The spending ledger: what is set aside before a call and what it cost, so that no cap is passed.

Its rows lie in a file in `CLICHE_HOME`, shared by all threads and processes of this machine, or in the PostgreSQL that
machines share. It is a copy: what was spent is in the store (`charges`), and a partition fills the ledger from there
before it begins, so it may be deleted.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from assets.gateway.money.costs import set_aside
from assets.gateway.money.ledger_file import FileBook
from assets.gateway.money.ledger_rows import Book, Done, LedgerEntry, Rows, portions
from assets.gateway.money.ledger_server import ServerBook

#: Amounts are kept as whole billionths of a dollar: sums are exact, and a price of a token is above one.
NANO = 1e9


def nanos_of(usd: float) -> int:
    """Return an amount of dollars as the ledger keeps it."""
    return math.ceil(round(usd * NANO, 3))


def aside(bound: int, dearest: int | None) -> int:
    """Return what is set aside for a call; see `costs.set_aside`."""
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


#: Entries that one transaction takes over from the store; others may reserve and settle between two of them.
_PORTION = 2_000
#: So long nobody holds the ledger after each portion: SQLite's waiters look every 25 ms at first.
_GAP_S = 0.03


@dataclass(frozen=True)
class Total:
    """Dollars that count for one scope; `open_usd` of them are set aside for calls that are not answered yet."""

    usd: float = 0.0
    open_usd: float = 0.0


class OverCapError(Exception):
    """A reservation would pass a cap; `may_fit`: calls in flight may turn out cheap enough that it fits later."""

    def __init__(self, scope: str, cap_usd: float, total: Total, usd: float) -> None:
        super().__init__(f"{scope}: ${total.usd:,.2f} of ${cap_usd:,.2f}")
        self.scope, self.cap_usd, self.total, self.usd = scope, cap_usd, total, usd
        self.may_fit = total.open_usd > 0 and total.usd - total.open_usd + usd <= cap_usd


class FirstCallError(Exception):
    """No call at a price has been settled, and another one is waited for: what it costs is to be known first."""


class SpendingLedger:
    """Entries by key, each an amount that counts for some scopes. Threads and processes may share its rows.

    An entry is open from `reserve` until `settle`, and names the process that holds it.
    """

    def __init__(self, book: Book[Any] | None = None) -> None:
        self._book: Book[Any] = book or FileBook(None)
        self._lock = threading.RLock()
        self._held: dict[str, LedgerEntry] = {}
        self._told: set[str] = set()
        #: Set when money was given back by this process; replaced then, not cleared: nobody misses it.
        self.freed = threading.Event()

    def reserve(self, key: str, usd: float, scopes: Mapping[str, float | None], *, who: str = "") -> float:
        """Set money aside for one call, in one transaction, unless a cap would be passed; return how many dollars.

        A call that has an entry counts once. `usd` is the most that it costs if its price is right; more is set aside
        if one of `who` (calls that cost alike) cost more. `scopes` are what it counts for, with their caps in dollars.
        After `OverCapError` or `FirstCallError` nothing was set aside.
        """
        caps = {scope: cap for scope, cap in scopes.items() if cap is not None}

        def put_aside(rows: Rows) -> LedgerEntry:
            before = rows.entry(key)
            dearest = rows.dearest(who) if who else None
            if who and dearest is None and before is None and rows.waits(who):
                raise FirstCallError
            nanos = aside(nanos_of(usd), dearest)
            totals = rows.totals(caps)
            for scope, cap in caps.items():
                total, is_open = totals[scope]
                if before and scope in before.scopes:
                    total -= before.nanos
                if total + nanos > math.floor(round(cap * NANO, 3)):
                    raise OverCapError(scope, cap, Total(total / NANO, is_open / NANO), nanos / NANO)
            entry = LedgerEntry(key, nanos, rows.me, tuple(scopes), who)
            rows.write([entry])
            return entry

        with self._lock:
            self._held[key] = entry = self._transact(put_aside)
        return entry.nanos / NANO

    def settle(
        self, key: str, usd: float, scopes: Iterable[str] | None = None, *, seen_usd: float | None = None
    ) -> float:
        """Write what a call cost in place of what was set aside for it; return by how many dollars it was more.

        Scopes are given if it counts for others than was thought: it was made in the next month. `seen_usd` is what
        the call says of those that cost alike, None if nothing; a call that cost more than was set aside always does.
        """
        nanos, of = nanos_of(usd), None if scopes is None else tuple(scopes)

        def write(rows: Rows) -> int:
            there = rows.entry(key)
            entry = held or there or LedgerEntry(key, 0, None, ())
            # More was set aside for it meanwhile if another call was as dear.
            reserved = max(entry.nanos, there.nanos) if there else entry.nanos
            rows.write([LedgerEntry(key, nanos, None, entry.scopes if of is None else of, entry.who)])
            if nanos > reserved and entry.who:  # what is in flight may turn out as dear
                rows.see({entry.who: nanos})
                more = aside(0, nanos)
                rows.write([replace(other, nanos=more) for other in rows.cheaper(entry.who, more)])
            elif seen_usd is not None:
                rows.see({entry.who: nanos_of(seen_usd)})
            return max(0, nanos - reserved)

        with self._lock:
            held = self._held.pop(key, None)
            over = self._transact(write)
        freed, self.freed = self.freed, threading.Event()
        freed.set()
        return over / NANO

    def loosen(self, key: str) -> None:
        """Tell that nobody waits for a call any more; what was set aside counts until the store says better."""

        def let_go(rows: Rows) -> None:
            if entry := rows.entry(key):
                rows.write([replace(entry, holder=None)])

        with self._lock:
            self._held.pop(key, None)
            self._transact(let_go)

    def total(self, scope: str) -> Total:
        """Return what counts for a scope."""
        nanos, is_open = self._transact(lambda rows: rows.totals([scope])[scope])
        return Total(nanos / NANO, is_open / NANO)

    def first_time(self, what: str) -> bool:
        """Return whether this was not asked before in this process: a warning is given once."""
        with self._lock:
            known = what in self._told
            self._told.add(what)
        return not known

    def dearest_usd(self, who: str) -> float | None:
        """Return what the dearest settled call of `who` cost, None if none was settled."""
        nanos = self._transact(lambda rows: rows.dearest(who))
        return None if nanos is None else nanos / NANO

    def release_dead(self) -> int:
        """Close the entries of processes that have ended; they count until the store says better. Returns how many."""

        def close(rows: Rows) -> int:
            dead = [*rows.among(rows.dead())]
            rows.write(replace(entry, holder=None) for entry in dead)
            return len(dead)

        return self._transact(close)

    def keys(self, prefix: str) -> set[str]:
        """Return the keys that begin with `prefix` of the entries that nobody living holds."""

        def find(rows: Rows) -> set[str]:
            dead = rows.dead()
            return {key for key, (_, holder) in rows.amounts(prefix).items() if holder is None or key in dead}

        return self._transact(find)

    def take_over(self, prefix: str, charges: Iterable[Charge], *, known_before: set[str]) -> None:
        """Make the entries that begin with `prefix` say what the store says; of runs the store knows nothing.

        What differs is written in portions, each in a transaction of its own, so that others wait for a portion at
        most. What counts for more comes first: of a ledger that is `filled`, nobody sees less than was spent.
        `known_before` is what `keys(prefix)` returned before the store was read: only those entries are dropped if the
        bucket does not know them, because others may have been made since.
        """
        filling = Filling(prefix, charges, known_before)
        while True:
            self._transact(filling.look)
            for keys in portions(filling.differing(), _PORTION):
                self._transact(partial(filling.write, keys=keys))
                time.sleep(_GAP_S)
            if self._transact(filling.end):
                return

    def filled(self, prefix: str) -> bool:
        """Return whether the ledger holds what the store knew under `prefix`; not so after it was deleted."""
        return self._transact(lambda rows: rows.filled(prefix))

    def _transact(self, work: Callable[[Rows], Done]) -> Done:
        """Do `work` in one transaction; what this process holds is put back into rows that were made anew."""
        with self._lock:
            return self._book.transact(
                work, lambda rows: rows.write(replace(one, holder=rows.me) for one in self._held.values())
            )


@cache
def open_ledger(path: Path, postgres: str | None = None, store: str = "") -> SpendingLedger:
    """Return the ledger in a file, or in a PostgreSQL as that of a store; one object a process."""
    return SpendingLedger(FileBook(path) if postgres is None else ServerBook(postgres, store))
