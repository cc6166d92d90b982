"""Keeping sheets of quarters in the store: those that no edition has are made, of many quarters several at once."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from assets.gateway.workers import may_have_processes, pool_for, result_of
from assets.leaderboard.page.raster import KILLED
from assets.leaderboard.page.static import STATIC
from assets.leaderboard.past.index import PastEntry, PastIndex, entries_of, entry_of
from assets.leaderboard.past.making import Grounds, made, styles
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.published import open_published
from warehouse.store import Store, open_store

#: Slots, below which starting processes takes longer than they save.
_FEW = 50_000
#: Of each process, in which the database reads one week at a time: all together stay below 2 GB.
_MEMORY = "300MB"
#: New objects, after which Python looks for garbage: at 700 that takes a sixth of the time.
_SELDOM = 50_000


@dataclass(frozen=True)
class _Place:
    """Where pages are made: `folder` is for those that wait until the list of their quarter is known."""

    grounds: Grounds
    store: Store
    texts: str
    folder: Path


@dataclass(frozen=True)
class _Wanted:
    """A quarter whose sheets are to be made."""

    period: str
    rests_on: str
    known: PastEntry | None


def past_pages(
    grounds: Grounds, store: Store, before: Mapping[str, Any] | None, texts: str, folder: Path
) -> list[PastEntry]:
    """Return the entries of all quarters of an edition; pages that no edition has are put into the store.

    The store gets styles, pages, then their indexes; what a publish leaves there that is stopped is used by the next.
    In the folder pages wait until the list of their quarter is known.
    """
    there = {*store.list(keys.PAST_INDEXES)}
    known = {one.period: one for one in (entries_of(before) if before else ()) if one.key in there}
    for name, key in styles().items():
        store.put_if_absent(key, _style(name))
    place = _Place(grounds, store, texts, folder / "past")
    entries, wanted = dict[str, PastEntry](), list[_Wanted]()
    for period in grounds.periods():
        rests_on, old = grounds.rests_on(period), known.get(period)
        if old is not None and old.rests_on == rests_on:
            entries[period] = old
        else:
            wanted.append(_Wanted(period, rests_on, old))
    entries |= {entry.period: entry for entry in _all_kept(place, wanted)}
    return [entries[period] for period in grounds.periods()]


def _all_kept(place: _Place, wanted: Sequence[_Wanted]) -> Iterator[PastEntry]:
    """Yield the entries of quarters whose pages are kept by then."""
    slots = {part["week"]: part["rows"] for part in place.grounds.tables["slots"]["parts"]}
    rows = sum(slots[str(day)] for one in wanted for day in place.grounds.days(one.period))
    file = place.grounds.con.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database()"
    ).fetchone()
    if len(wanted) < 2 or rows < _FEW or not file or not file[0] or not may_have_processes():
        for one in wanted:
            yield _kept(place, one)
        return
    tables, public_store = {"slots": place.grounds.tables["slots"]}, place.grounds.public_store
    given = (file[0], tables, public_store, place.store.url, place.texts, place.folder)
    workers = min(os.cpu_count() or 1, len(wanted))
    # A process makes one quarter, then another process takes its place: each quarter leaves some memory behind.
    for start in range(0, len(wanted), workers):
        with pool_for(KILLED, _begin, *given, workers=workers) as pool:
            some = wanted[start : start + workers]
            yield from map(result_of, [pool.submit(_kept_here, one) for one in some])


_here: list[_Place] = []  # of a worker process


def _begin(
    file: str, tables: Mapping[str, Any], public_store: str | None, address: str, texts: str, folder: Path
) -> None:
    gc.freeze()
    gc.set_threshold(_SELDOM)
    con = open_published(Path(file))
    con.execute(f"SET memory_limit = '{_MEMORY}'")
    con.execute("SET threads = 1")
    _here.append(_Place(Grounds(con, tables, {}, public_store), open_store(address), texts, folder))


def _kept_here(wanted: _Wanted) -> PastEntry:
    (place,) = _here
    return _kept(place, wanted)


def _kept(place: _Place, wanted: _Wanted) -> PastEntry:
    """Make the sheets of a quarter, put those of models that differ from the edition before, and their index."""
    period, pages = wanted.period, dict[str, dict[str, tuple[str, int]]]()
    order: list[tuple[str, str, int]] = []
    place.folder.mkdir(parents=True, exist_ok=True)
    # One file for all: ten thousand files of a quarter, made, read and removed, take a second.
    with TemporaryFile(dir=place.folder) as waiting:
        for model, path, data in made(place.grounds, period, place.folder):
            waiting.write(data)
            order.append((model, path, len(data)))
            pages.setdefault(model, {})[path] = (sha256_hex(data), len(data))
        waiting.seek(0)
        again = ((model, path, waiting.read(size)) for model, path, size in order)
        return _put(place, wanted, pages, again)


def _put(
    place: _Place,
    wanted: _Wanted,
    pages: dict[str, dict[str, tuple[str, int]]],
    waiting: Iterator[tuple[str, str, bytes]],
) -> PastEntry:
    """Put the pages that are waiting, (model, path, bytes), and the index that says what they are."""
    drawn_with = {key: len(_style(name)) for name, key in styles().items()}
    index = PastIndex(wanted.period, place.texts, place.grounds.public_store, drawn_with, pages)
    entry = entry_of(index, wanted.rests_on)
    old = wanted.known.folders if wanted.known else {}
    new = {model for model, sha256 in entry.folders.items() if old.get(model) != sha256}
    named = (
        (keys.past_folder(wanted.period, model, entry.folders[model]) + path, data)
        for model, path, data in waiting
        if model in new
    )
    for _ in place.store.put_all(named):
        pass
    place.store.put_if_absent(entry.key, index.written())
    return entry


def _style(name: str) -> bytes:
    return (STATIC / name.removeprefix("static/")).read_bytes()
