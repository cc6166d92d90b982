"""The spending ledger: what is set aside before a call and what it cost, so that no cap is passed.

One SQLite file in `CLICHE_HOME`, shared by all threads and processes of this machine. It is a copy: what was spent is
in the store (`charges`), and a partition fills the ledger from there before it begins, so the file may be deleted.
"""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assets.gateway.money.ledger_file import connect, drop, entries_under, inode, put, see, total_of
from warehouse.errors import ClicheError
from warehouse.processes import is_dead, process_name

#: Amounts are kept as whole billionths of a dollar: sums are exact, and a price of a token is above one.
_NANO = 1e9


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
        scope: the scope whose cap it is.
        cap_usd: that cap.
        total: what counts for the scope now.
        usd: what was to be set aside.
        may_fit: calls that are in flight may turn out cheap enough that it fits later.
    """

    def __init__(self, scope: str, cap_usd: float, total: Total, usd: float) -> None:
        super().__init__(f"{scope}: ${total.usd:,.2f} of ${cap_usd:,.2f}")
        self.scope, self.cap_usd, self.total, self.usd = scope, cap_usd, total, usd
        self.may_fit = total.open_usd > 0 and total.usd - total.open_usd + usd <= cap_usd


class SpendingLedger:
    """Entries by key, each an amount that counts for some scopes. Threads and processes may share one file.

    An entry is open from `reserve` until `settle`, and names the process that holds it.
    """

    def __init__(self, path: Path | None) -> None:
        """Name the file, which is made when it is needed; None keeps everything in memory."""
        self._path = path
        self._lock = threading.RLock()
        self._con: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._me = process_name()
        self._held: dict[str, tuple[int, tuple[str, ...], str]] = {}
        self._told: set[str] = set()
        #: Set when money was given back by this process; replaced then, not cleared: nobody misses it.
        self.freed = threading.Event()

    def reserve(self, key: str, usd: float, scopes: Mapping[str, float | None], *, who: str = "") -> float:
        """Set money aside for one call, in one transaction, unless a cap would be passed.

        Args:
            key: of the call; one that has an entry is reserved anew and counts once.
            usd: the most that the call is expected to cost; at least the dearest call of `who` is set aside.
            scopes: what the call counts for, with the cap of each in dollars (None: no cap).
            who: whose calls cost alike: an entry and its parameters.

        Returns:
            The dollars set aside.

        Raises:
            OverCapError: if a cap would be passed; nothing was set aside.
        """
        with self._transaction() as con:
            row = con.execute("SELECT nanos FROM dearest WHERE who = ?", (who,)).fetchone()
            nanos = max(_nanos(usd), row[0] if row and who else 0)
            before = con.execute("SELECT nanos, scopes FROM entries WHERE key = ?", (key,)).fetchone()
            for scope, cap in scopes.items():
                if cap is None:
                    continue
                total, is_open = total_of(con, scope)
                if before and scope in json.loads(before[1]):
                    total -= before[0]
                if total + nanos > math.floor(round(cap * _NANO, 3)):
                    raise OverCapError(scope, cap, Total(total / _NANO, is_open / _NANO), nanos / _NANO)
            put(con, key, nanos, self._me, tuple(scopes), who)
            self._held[key] = (nanos, tuple(scopes), who)
        return nanos / _NANO

    def settle(self, key: str, usd: float, scopes: Iterable[str] | None = None) -> float:
        """Write what a call cost in place of what was set aside for it.

        Args:
            key: as given to `reserve`.
            usd: what the call cost.
            scopes: what it counts for, if that turned out otherwise (it was made in the next month).

        Returns:
            The dollars by which it was more expensive than what was set aside; 0 if it was not.
        """
        with self._transaction() as con:
            held = self._held.pop(key, None)
            row = con.execute("SELECT nanos, scopes, who FROM entries WHERE key = ?", (key,)).fetchone()
            reserved, of, who = held or (row and (row[0], tuple(json.loads(row[1])), row[2])) or (0, (), "")
            if row:  # more was set aside for it meanwhile, because another call was as dear
                reserved = max(reserved, row[0])
            nanos = _nanos(usd)
            put(con, key, nanos, None, tuple(scopes) if scopes is not None else of, who)
            see(con, who, nanos)
            if (
                nanos > reserved and who
            ):  # what is in flight may turn out as dear: it is counted so from now on
                for other, holder, its in con.execute(
                    "SELECT key, holder, scopes FROM entries WHERE who = ? AND holder IS NOT NULL AND nanos < ?",
                    (who, nanos),
                ).fetchall():
                    put(con, other, nanos, holder, tuple(json.loads(its)), who)
        freed, self.freed = self.freed, threading.Event()
        freed.set()
        return max(0, nanos - reserved) / _NANO

    def loosen(self, key: str) -> None:
        """Tell that nobody waits for a call any more; what was set aside counts until the store says better."""
        with self._transaction() as con:
            self._held.pop(key, None)
            row = con.execute("SELECT nanos, scopes, who FROM entries WHERE key = ?", (key,)).fetchone()
            if row:
                put(con, key, row[0], None, tuple(json.loads(row[1])), row[2])

    def total(self, scope: str) -> Total:
        """Return what counts for a scope."""
        with self._transaction() as con:
            nanos, is_open = total_of(con, scope)
        return Total(nanos / _NANO, is_open / _NANO)

    def first_time(self, what: str) -> bool:
        """Return whether this was not asked before in this process: a warning is given once."""
        with self._lock:
            known = what in self._told
            self._told.add(what)
        return not known

    def dearest_usd(self, who: str) -> float:
        """Return what the dearest call of `who` cost: at least that much is set aside for the next one."""
        with self._transaction() as con:
            row = con.execute("SELECT nanos FROM dearest WHERE who = ?", (who,)).fetchone()
        return row[0] / _NANO if row else 0.0

    def release_dead(self) -> int:
        """Close the entries of processes that have ended; they count until the store says better. Returns how many."""
        with self._transaction() as con:
            dead = [
                row
                for row in con.execute(
                    "SELECT key, nanos, holder, scopes, who FROM entries WHERE holder IS NOT NULL"
                ).fetchall()
                if is_dead(row[2])
            ]
            for key, nanos, _, scopes, who in dead:
                put(con, key, nanos, None, tuple(json.loads(scopes)), who)
        return len(dead)

    def keys(self, prefix: str) -> set[str]:
        """Return the keys of the closed entries that begin with `prefix`."""
        with self._transaction() as con:
            return {key for key, _, holder, _ in entries_under(con, prefix) if holder is None}

    def take_over(self, prefix: str, charges: Iterable[Charge], *, known_before: set[str]) -> None:
        """Make the entries that begin with `prefix` say what the store says; of runs the store knows nothing.

        Args:
            prefix: of the keys that the store was asked for.
            charges: all that it knows under that prefix.
            known_before: what `keys(prefix)` returned before the store was read; only those entries are dropped if the
                bucket does not know them, because others may have been made since.
        """
        with self._transaction() as con:
            here = {entry[0]: entry for entry in entries_under(con, prefix)}
            found: set[str] = set()
            for charge in charges:
                found.add(charge.key)
                _, nanos, holder, scopes = here.get(charge.key, (charge.key, None, None, "[]"))
                if charge.known:
                    see(con, charge.who, _nanos(charge.usd))
                if holder is not None and not is_dead(holder):
                    continue  # somebody waits for the answer, or is about to settle it
                if nanos != _nanos(charge.usd) or holder is not None:
                    run = tuple(scope for scope in json.loads(scopes) if scope.startswith("run:"))
                    put(con, charge.key, _nanos(charge.usd), None, (*charge.scopes, *run), charge.who)
            for key, _, holder, _ in here.values():
                gone = key in known_before if holder is None else is_dead(holder)
                if key not in found and gone:
                    drop(con, key)
            con.execute("INSERT OR IGNORE INTO filled VALUES (?)", (prefix,))

    def filled(self, prefix: str) -> bool:
        """Return whether the file holds what the store knew under `prefix`; not so after it was deleted."""
        with self._transaction() as con:
            return con.execute("SELECT 1 FROM filled WHERE prefix = ?", (prefix,)).fetchone() is not None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection within one write transaction; a file that was deleted or damaged is made anew."""
        with self._lock:
            con = self._connected()
            try:
                con.execute("BEGIN IMMEDIATE")
                yield con
                con.execute("COMMIT")
            except sqlite3.Error as error:
                self._rollback(con)
                raise ClicheError(
                    f"the spending ledger {self._path} cannot be used ({error}); if the disk is not full, delete "
                    "the file: it is filled again from the store"
                ) from None
            except BaseException:
                self._rollback(con)
                raise

    @staticmethod
    def _rollback(con: sqlite3.Connection) -> None:
        with suppress(sqlite3.Error):
            con.execute("ROLLBACK")

    def _connected(self) -> sqlite3.Connection:
        if self._con is not None and self._inode == inode(self._path):
            return self._con
        if self._con is not None:
            self._con.close()
        self._con = connect(self._path)
        self._inode = inode(self._path)
        for key, (nanos, scopes, who) in self._held.items():  # of a file that is gone
            put(self._con, key, nanos, self._me, scopes, who)
        return self._con


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
def open_ledger(path: Path) -> SpendingLedger:
    """Return the ledger in `path`, one object a process."""
    return SpendingLedger(path)


def _nanos(usd: float) -> int:
    return math.ceil(round(usd * _NANO, 3))
