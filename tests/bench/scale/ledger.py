"""How long another process waits for the ledger while the charges of a large week are taken over from the store.

Belongs here: the longest wait, beside that for a take-over in one transaction. Does not belong here: what the store
is asked for the charges.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

from assets.gateway.money import ledger as ledgers
from assets.gateway.money.filling import Charge
from tests.bench.measure import Row, Size, seconds
from tests.services.postgres import find_binaries, running_postgres
from tests.unit.gateway.money.books import ledger_at

_SCOPES = ("week:2026-11-23", "model:2026-11-23/paid", "month:2026-11")
_ALL = 1 << 60


def run(folder: Path, size: Size) -> list[Row]:
    """Return the longest waits, and how long a take-over takes, in a file and in PostgreSQL."""
    rows = _compared("SQLite", [str(folder / f"{n}.sqlite") for n in range(2)], size)
    if binaries := find_binaries():
        with running_postgres(binaries) as server:
            rows += _compared("PostgreSQL", [server.fresh_address() for _ in range(2)], size)
    return rows


def _compared(what: str, places: list[str], size: Size) -> list[Row]:
    whole, portions = _taken_over(places[0], size, _ALL), _taken_over(places[1], size, ledgers._PORTION)
    names = ("first take-over", "longest wait of another process", "again, half differs", "longest wait")
    return [
        Row(f"{what}: {name}", size.charges, "charges", ours, "in one transaction", theirs)
        for name, ours, theirs in zip(names, portions, whole, strict=True)
    ]


def _taken_over(where: str, size: Size, portion: int) -> list[float]:
    """Return how long a take-over and one with half as many other amounts take, each with the longest wait."""
    ledger, times = ledger_at(where), []
    with patch.object(ledgers, "_PORTION", portion):
        for more in (0.0, 0.01):
            charges = [
                Charge(f"w/model/{n:064x}/1", 0.04 + more * (n % 2), _SCOPES, "model:1")
                for n in range(size.charges)
            ]
            known = ledger.keys("w/")
            with _another(where) as pipe:
                times.append(seconds(partial(ledger.take_over, "w/", charges, known_before=known)))
                pipe.send("enough")
                times.append(pipe.recv())
    return times


@contextmanager
def _another(where: str) -> Iterator[Connection]:
    """Let another process reserve and settle until it is sent something; it answers with its longest wait."""
    context = multiprocessing.get_context("forkserver")
    ours, its = context.Pipe()
    process = context.Process(target=_reserve, args=(where, its))
    process.start()
    ours.recv()
    yield ours
    process.join()


def _reserve(where: str, pipe: Connection) -> None:
    ledger, waits = ledger_at(where), [0.0]
    ledger.reserve("other/0", 0.04, dict.fromkeys(_SCOPES))  # the connection is not timed
    pipe.send("ready")
    while len(waits) == 1 or not pipe.poll(0.01):
        key = f"other/{len(waits)}"
        waits.append(seconds(partial(ledger.reserve, key, 0.04, dict.fromkeys(_SCOPES))))
        waits.append(seconds(partial(ledger.settle, key, 0.04)))
    pipe.send(max(waits))
