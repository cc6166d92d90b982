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
from uuid import uuid4

from assets.gateway.money.ledger_file import FileBook
from assets.gateway.money.ledger_rows import Book, Done, LedgerEntry, Rows, portions
from assets.gateway.money.ledger_server import ServerBook

#: Amounts are kept as whole billionths of a dollar: sums are exact, and a price of a token is above one.
_NANO = 1e9
#: Entries that one transaction takes over from the store; others may reserve and settle between two of them.
_PORTION = 2_000
#: So long nobody holds the ledger after each portion: SQLite's waiters look every 25 ms at first.
_GAP_S = 0.03


@dataclass(frozen=True)
class Charge:
    """What one call cost as the store knows it.

    `scopes` are what it counts for (`week:2026-11-23`); `who` is whose dearest call it may be. `lost`: no answer came,
    and the amount is the most that it can have cost. `known` is false where there is no receipt either: a process that
    still waits for the answer knows better.
    """

    key: str
    usd: float
    scopes: tuple[str, ...]
    who: str
    known: bool = True
    lost: bool = False


@dataclass(frozen=True)
class Total:
    """Dollars that count for one scope; `open_usd` of them are set aside for calls that are not answered yet."""

    usd: float = 0.0
    open_usd: float = 0.0


class OverCapError(Exception):
    """A reservation would pass a cap.

    Attributes:
        may_fit: calls that are in flight may turn out cheap enough that it fits later.
    """

    def __init__(self, scope: str, cap_usd: float, total: Total, usd: float) -> None:
        super().__init__(f"{scope}: ${total.usd:,.2f} of ${cap_usd:,.2f}")
        self.scope, self.cap_usd, self.total, self.usd = scope, cap_usd, total, usd
        self.may_fit = total.open_usd > 0 and total.usd - total.open_usd + usd <= cap_usd


class SpendingLedger:
    """Entries by key, each an amount that counts for some scopes. Threads and processes may share its rows.

    An entry is open from `reserve` until `settle`, and names the process that holds it.
    """

    def __init__(self, book: Book | None = None) -> None:
        """Say where the rows lie; None keeps them in memory."""
        self._book = book or FileBook(None)
        self._lock = threading.RLock()
        self._held: dict[str, LedgerEntry] = {}
        self._told: set[str] = set()
        #: Set when money was given back by this process; replaced then, not cleared: nobody misses it.
        self.freed = threading.Event()

    def reserve(self, key: str, usd: float, scopes: Mapping[str, float | None], *, who: str = "") -> float:
        """Set money aside for one call, in one transaction, unless a cap would be passed; return how many dollars.

        Args:
            key: of the call; one that has an entry is reserved anew and counts once.
            usd: the most that the call is expected to cost; at least the dearest call of `who` is set aside.
            scopes: what the call counts for, with the cap of each in dollars (None: no cap).
            who: whose calls cost alike: an entry and its parameters.

        Raises:
            OverCapError: if a cap would be passed; nothing was set aside.
        """
        caps = {scope: cap for scope, cap in scopes.items() if cap is not None}

        def set_aside(rows: Rows) -> LedgerEntry:
            nanos = max(_nanos(usd), rows.dearest(who) if who else 0)
            before = rows.entry(key)
            totals = rows.totals(caps)
            for scope, cap in caps.items():
                total, is_open = totals[scope]
                if before and scope in before.scopes:
                    total -= before.nanos
                if total + nanos > math.floor(round(cap * _NANO, 3)):
                    raise OverCapError(scope, cap, Total(total / _NANO, is_open / _NANO), nanos / _NANO)
            entry = LedgerEntry(key, nanos, rows.me, tuple(scopes), who)
            rows.write([entry])
            return entry

        with self._lock:
            self._held[key] = entry = self._transact(set_aside)
        return entry.nanos / _NANO

    def settle(self, key: str, usd: float, scopes: Iterable[str] | None = None) -> float:
        """Write what a call cost in place of what was set aside for it; return by how many dollars it was more.

        Scopes are given if it counts for others than was thought: it was made in the next month.
        """
        nanos, of = _nanos(usd), None if scopes is None else tuple(scopes)

        def write(rows: Rows) -> int:
            there = rows.entry(key)
            entry = held or there or LedgerEntry(key, 0, None, ())
            # More was set aside for it meanwhile if another call was as dear.
            reserved = max(entry.nanos, there.nanos) if there else entry.nanos
            rows.write([LedgerEntry(key, nanos, None, entry.scopes if of is None else of, entry.who)])
            rows.see({entry.who: nanos})
            if nanos > reserved and entry.who:  # what is in flight may turn out as dear
                rows.write([replace(other, nanos=nanos) for other in rows.cheaper(entry.who, nanos)])
            return max(0, nanos - reserved)

        with self._lock:
            held = self._held.pop(key, None)
            over = self._transact(write)
        freed, self.freed = self.freed, threading.Event()
        freed.set()
        return over / _NANO

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
        return Total(nanos / _NANO, is_open / _NANO)

    def first_time(self, what: str) -> bool:
        """Return whether this was not asked before in this process: a warning is given once."""
        with self._lock:
            known = what in self._told
            self._told.add(what)
        return not known

    def dearest_usd(self, who: str) -> float:
        """Return what the dearest call of `who` cost: at least that much is set aside for the next one."""
        return self._transact(lambda rows: rows.dearest(who)) / _NANO

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

        Args:
            prefix: of the keys that the store was asked for.
            charges: all that it knows under that prefix.
            known_before: what `keys(prefix)` returned before the store was read; only those entries are dropped if the
                bucket does not know them, because others may have been made since.
        """
        told = {charge.key: charge for charge in charges}
        dearest: dict[str, int] = {}
        for charge in told.values():
            if charge.known:
                dearest[charge.who] = max(dearest.get(charge.who, 0), _nanos(charge.usd))
        mark = f"{prefix} {uuid4()}"  # gone at the end if the rows were made anew meanwhile

        def more(key: str, here: tuple[int, str | None] | None, dead: set[str]) -> int | None:
            """Return by how much an entry is to count for more; None if it stays as it is."""
            charge = told.get(key)
            if here is None:
                return _nanos(charge.usd) if charge else None
            nanos, holder = here
            if holder is not None and key not in dead:
                return None  # somebody waits for the answer, or is about to settle it
            if charge is None:
                return -nanos if key in known_before else None
            if not charge.known and key not in known_before:
                return None  # who waited for the answer has settled it since
            return None if (nanos, holder) == (_nanos(charge.usd), None) else _nanos(charge.usd) - nanos

        def look(rows: Rows) -> tuple[dict[str, tuple[int, str | None]], set[str]]:
            rows.fill(mark)
            return rows.amounts(prefix), rows.dead()

        def write(rows: Rows, keys: Sequence[str]) -> None:
            here = {entry.key: entry for entry in rows.among(keys)}
            dead = rows.dead() if any(entry.holder for entry in here.values()) else set()
            changed, gone = [], []
            for key in keys:
                entry = here.get(key)
                if more(key, (entry.nanos, entry.holder) if entry else None, dead) is None:
                    continue
                if charge := told.get(key):
                    run = (scope for scope in (entry.scopes if entry else ()) if scope.startswith("run:"))
                    scopes = (*charge.scopes, *run)
                    changed.append(LedgerEntry(key, _nanos(charge.usd), None, scopes, charge.who))
                else:
                    gone.append(key)
            rows.write(changed, gone)

        def end(rows: Rows) -> bool:
            """Return whether the rows are still those of the first look."""
            if whole := rows.filled(mark):
                rows.see(dearest)
                rows.fill(prefix)
                rows.forget(mark)
            return whole

        whole = False
        while not whole:
            here, dead = self._transact(look)
            apart = ((key, more(key, here.get(key), dead)) for key in told.keys() | known_before)
            differing = [key for _, key in sorted((by < 0, key) for key, by in apart if by is not None)]
            for keys in portions(differing, _PORTION):
                self._transact(partial(write, keys=keys))
                time.sleep(_GAP_S)
            whole = self._transact(end)

    def filled(self, prefix: str) -> bool:
        """Return whether the ledger holds what the store knew under `prefix`; not so after it was deleted."""
        return self._transact(lambda rows: rows.filled(prefix))

    def _transact(self, work: Callable[[Rows], Done]) -> Done:
        """Do `work` in one transaction; what this process holds is put back into rows that were made anew."""
        with self._lock:
            return self._book.transact(
                work, lambda rows: rows.write(replace(one, holder=rows.me) for one in self._held.values())
            )


class Settlement:
    """A reservation within `Budget.reserved`; call it with what the call cost."""

    def __init__(self, ledger: SpendingLedger, key: str, usd: float) -> None:
        """Keep what was reserved: `usd` dollars."""
        self.usd = usd
        self.done = False
        self._ledger, self._key = ledger, key

    def __call__(self, usd: float, scopes: Iterable[str] | None = None) -> float:
        """Settle; return the dollars by which the call was more expensive than what was set aside."""
        self.done = True
        return self._ledger.settle(self._key, usd, scopes)


@cache
def open_ledger(path: Path, postgres: str | None = None, store: str = "") -> SpendingLedger:
    """Return the ledger in a file, or in a PostgreSQL as that of a store; one object a process."""
    return SpendingLedger(FileBook(path) if postgres is None else ServerBook(postgres, store))


def _nanos(usd: float) -> int:
    return math.ceil(round(usd * _NANO, 3))
