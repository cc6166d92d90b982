"""The rows of the spending ledger, in SQL that SQLite and PostgreSQL share; where they lie says a `Book`."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

#: Tables, in the order in which they are made.
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, nanos BIGINT NOT NULL, holder TEXT, scopes TEXT NOT NULL, who TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS totals (scope TEXT PRIMARY KEY, nanos BIGINT NOT NULL, open BIGINT NOT NULL);
CREATE INDEX IF NOT EXISTS held ON entries (who, nanos) WHERE holder IS NOT NULL;
CREATE TABLE IF NOT EXISTS dearest (who TEXT PRIMARY KEY, nanos BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS filled (prefix TEXT PRIMARY KEY);
"""
_COLUMNS = "key, nanos, holder, scopes, who"
_AT_ONCE = 500  # rows a statement

#: Runs one statement with `?` for values; returns what it found.
Execute = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]
Done = TypeVar("Done")
Item = TypeVar("Item")
ConT = TypeVar("ConT")


@dataclass(frozen=True)
class LedgerEntry:
    """An amount that counts for some scopes; open while a process, its `holder`, waits for what the call costs."""

    key: str
    nanos: int
    holder: str | None
    scopes: tuple[str, ...]
    who: str = ""


class Rows:
    """The ledger within one transaction, which nobody else writes to meanwhile."""

    def __init__(self, execute: Execute, me: str, dead: Callable[[], set[str]]) -> None:
        self.me, self.dead = me, dead
        self._execute = execute

    def entry(self, key: str) -> LedgerEntry | None:
        """Return one entry."""
        return next(self._entries("key = ?", [key]), None)

    def amounts(self, prefix: str) -> dict[str, tuple[int, str | None]]:
        """Return the amount and the holder of the entries whose keys begin with `prefix`, by key."""
        rows = self._execute(
            "SELECT key, nanos, holder FROM entries WHERE key >= ? AND key < ?",
            [prefix, prefix + "\U0010ffff"],
        )
        return {key: (nanos, holder) for key, nanos, holder in rows}

    def cheaper(self, who: str, nanos: int) -> list[LedgerEntry]:
        """Return the open entries of `who` for which less is set aside."""
        return [*self._entries("who = ? AND holder IS NOT NULL AND nanos < ?", [who, nanos])]

    def among(self, keys: Collection[str]) -> Iterator[LedgerEntry]:
        """Yield the entries that there are of these keys."""
        for some in portions([*keys]):
            yield from self._entries(f"key IN ({_marks(some)})", some)

    def _entries(self, condition: str, values: Sequence[Any]) -> Iterator[LedgerEntry]:
        query = f"SELECT {_COLUMNS} FROM entries WHERE {condition}"  # noqa: S608 - conditions of this class
        for key, nanos, holder, scopes, who in self._execute(query, values):
            yield LedgerEntry(key, nanos, holder, tuple(json.loads(scopes)), who)

    def write(self, entries: Iterable[LedgerEntry], gone: Collection[str] = ()) -> None:
        """Put entries in place of those that were there, and take out those that are gone; the totals follow."""
        new = {entry.key: entry for entry in entries}
        change: dict[str, tuple[int, int]] = {}
        for sign, some in ((-1, self.among({*new, *gone})), (1, iter(new.values()))):
            for entry in some:
                for scope in entry.scopes:
                    nanos, is_open = change.get(scope, (0, 0))
                    more = sign * entry.nanos
                    change[scope] = (nanos + more, is_open + (more if entry.holder else 0))
        for keys in portions([*new, *gone]):
            self._execute(f"DELETE FROM entries WHERE key IN ({_marks(keys)})", keys)  # noqa: S608
        self._insert(
            f"entries ({_COLUMNS})",
            [(one.key, one.nanos, one.holder, json.dumps(one.scopes), one.who) for one in new.values()],
        )
        self._insert(
            "totals",
            [(scope, *amounts) for scope, amounts in change.items() if any(amounts)],
            "ON CONFLICT (scope) DO UPDATE "
            "SET nanos = totals.nanos + excluded.nanos, open = totals.open + excluded.open",
        )

    def totals(self, scopes: Collection[str]) -> dict[str, tuple[int, int]]:
        """Return what counts for each scope, and how much of it is set aside for open entries."""
        sums = dict.fromkeys(scopes, (0, 0))
        if sums:
            query = f"SELECT scope, nanos, open FROM totals WHERE scope IN ({_marks(sums)})"  # noqa: S608
            sums |= {scope: (nanos, is_open) for scope, nanos, is_open in self._execute(query, [*sums])}
        return sums

    def waits(self, who: str) -> bool:
        """Return whether a call of `who` is waited for."""
        query = "SELECT 1 FROM entries WHERE who = ? AND holder IS NOT NULL LIMIT 1"
        return bool(self._execute(query, [who]))

    def dearest(self, who: str) -> int | None:
        """Return what the dearest settled call of `who` cost, None if none was settled."""
        rows = self._execute("SELECT nanos FROM dearest WHERE who = ?", [who])
        return int(rows[0][0]) if rows else None

    def see(self, costs: Mapping[str, int]) -> None:
        """Remember the dearest settled call of each."""
        self._insert(
            "dearest",
            [(who, nanos) for who, nanos in costs.items() if who],
            "ON CONFLICT (who) DO UPDATE SET nanos = excluded.nanos WHERE dearest.nanos < excluded.nanos",
        )

    def filled(self, prefix: str) -> bool:
        """Return whether what the store knows under `prefix` was written here."""
        return bool(self._execute("SELECT 1 FROM filled WHERE prefix = ?", [prefix]))

    def fill(self, prefix: str) -> None:
        """Remember that what the store knows under `prefix` is here."""
        self._insert("filled", [(prefix,)], "ON CONFLICT DO NOTHING")

    def forget(self, prefix: str) -> None:
        """Forget that what the store knows under `prefix` is here."""
        self._execute("DELETE FROM filled WHERE prefix = ?", [prefix])

    def _insert(self, into: str, rows: Sequence[tuple[Any, ...]], otherwise: str = "") -> None:
        for some in portions(rows):
            marks = ", ".join(f"({_marks(row)})" for row in some)
            self._execute(
                f"INSERT INTO {into} VALUES {marks} {otherwise}",  # noqa: S608 - names of this class
                [value for row in some for value in row],
            )


class Book(ABC, Generic[ConT]):
    """Where the rows of a ledger lie: a file of this machine, or a PostgreSQL that machines share."""

    _is_new = False  # this process has written nothing over this connection yet

    def transact(self, work: Callable[[Rows], Done], at_first: Callable[[Rows], None]) -> Done:
        """Return what `work` returns, within one transaction that excludes all others; an error undoes it.

        Both may be done again if the connection was lost; `at_first` has a transaction of its own on each new
        connection, for the rows may be others than they were.
        """
        con = self._connected()
        if self._is_new:
            self._within(con, at_first)
            self._is_new = False
        return self._within(con, work)

    @abstractmethod
    def _connected(self) -> ConT:
        """Return the connection, a new one where there is none."""

    @abstractmethod
    def _within(self, con: ConT, work: Callable[[Rows], Done]) -> Done:
        """Do `work` within one transaction, alone."""


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


def portions(items: Sequence[Item], size: int = _AT_ONCE) -> Iterator[Sequence[Item]]:
    """Return the items in their order, at most so many at once."""
    return (items[first : first + size] for first in range(0, len(items), size))
