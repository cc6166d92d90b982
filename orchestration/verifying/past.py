"""Sheets of quarters, which editions share: against their indexes, and made again from the edition's own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from assets.leaderboard.past.index import PastIndex, entries_of, read_index
from assets.leaderboard.past.making import Grounds, made
from assets.leaderboard.texts import texts_sha256
from orchestration.verifying.report import VerifiedEdition
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError


def stated(manifest: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, tuple[str, int]]:
    """Return key → (SHA-256, bytes) of all sheets and of their indexes."""
    found: dict[str, tuple[str, int]] = {}
    for entry in entries_of(manifest):
        found[entry.key] = (entry.sha256, entry.bytes)
        try:
            data = read(entry.key)
        except KeyError:
            raise CorruptObjectError(f"{entry.key} is not in the store, but its manifest names it") from None
        found |= read_index(entry, data).stated()
    return found


def compare_made(con: duckdb.DuckDBPyConnection, of: VerifiedEdition) -> None:
    """Make the sheets that this code made again from the tables, and compare them byte by byte."""
    entries, tables, hashes = entries_of(of.manifest), of.manifest["tables"], of.manifest["table_hashes"]
    periods, others = Grounds(con, tables, hashes, None).periods(), 0
    with TemporaryDirectory(prefix="cliche-verify-") as waiting:
        for number, entry in enumerate(entries):
            of.step("sheets of quarters", number, len(entries))
            index = read_index(entry, (of.root / entry.key).read_bytes())
            grounds = Grounds(con, tables, hashes, index.public_store)
            if index.texts_sha256 != texts_sha256():
                others += 1
            elif entry.period in periods:
                if grounds.rests_on(entry.period) != entry.rests_on:
                    of.report.differ(f"{entry.key}: its pages rest on other rows than those of the edition")
                for name in _unlike(index, grounds, Path(waiting)):
                    of.report.differ(f"{name} is not what its version makes of the tables")
    if [entry.period for entry in entries] != periods:
        of.report.differ("sheets are not of the quarters of the edition")
    if others:
        of.report.note(
            f"sheets of {others:,} of {len(entries):,} quarters were made by another version of the code: "
            "their bytes are those of their index"
        )


def _unlike(index: PastIndex, grounds: Grounds, waiting: Path) -> list[str]:
    """Return the names of pages that are not as the tables have them, are missing, or are none."""
    period = index.period
    again = {(model, path): sha256_hex(data) for model, path, data in made(grounds, period, waiting)}
    there = {
        (model, path): sha256 for model, pages in index.pages.items() for path, (sha256, _) in pages.items()
    }
    unlike = {name for name, _ in again.items() ^ there.items()}
    return [f"{keys.PAST}{period}/{model}/…/{path}" for model, path in sorted(unlike)]
