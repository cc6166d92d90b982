"""Sheets of quarters, which editions share: against their indexes, and made again from the edition's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from assets.leaderboard.past.index import PastEntry, PastIndex, entries_of, read_index
from assets.leaderboard.past.making import Grounds, made
from assets.leaderboard.texts import texts_sha256
from orchestration.verifying.files import compare_one, is_plain, present
from orchestration.verifying.report import Step, VerifyReport
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


def compare_files(
    root: Path, manifest: Mapping[str, Any], report: VerifyReport, step: Step, *, extras: bool
) -> set[str]:
    """Compare the bytes of all sheets with their indexes; return the keys of what belongs to the edition.

    Where not all files can be seen, no `extras` are looked for: pages that no index lists.
    """
    known: set[str] = set()
    entries = entries_of(manifest)
    for number, entry in enumerate(entries):
        step("sheets of quarters", number, len(entries))
        known.add(entry.key)
        if not _same(root, entry.key, (entry.sha256, entry.bytes), report):
            continue
        try:
            index = read_index(entry, (root / entry.key).read_bytes())
        except CorruptObjectError as error:
            report.differ(str(error))
            continue
        of_index = index.stated()
        for key, said in of_index.items():
            if key not in known:  # styles are of several indexes
                _same(root, key, said, report)
        known |= of_index.keys()
        for model, sha256 in entry.folders.items() if extras else ():
            folder = keys.past_folder(entry.period, model, sha256)
            for path in present(root / folder) if (root / folder).is_dir() else ():
                if f"{folder}{path}" not in of_index:
                    report.differ(f"{folder}{path}"[:200] + " is not in the index of its quarter")
    return known


def compare_made(
    con: duckdb.DuckDBPyConnection,
    root: Path,
    manifest: Mapping[str, Any],
    report: VerifyReport,
    step: Step,
) -> None:
    """Make the sheets that this code made again from the tables, and compare them byte by byte."""
    entries, tables, hashes = entries_of(manifest), manifest["tables"], manifest["table_hashes"]
    periods, others = Grounds(con, tables, hashes, None).periods(), 0
    with TemporaryDirectory(prefix="cliche-verify-") as waiting:
        for number, entry in enumerate(entries):
            step("sheets of quarters", number, len(entries))
            index = read_index(entry, (root / entry.key).read_bytes())
            grounds = Grounds(con, tables, hashes, index.public_store)
            if index.texts_sha256 != texts_sha256():
                others += 1
                continue
            if entry.period not in periods:
                continue
            if grounds.rests_on(entry.period) != entry.rests_on:
                report.differ(f"{entry.key}: its pages rest on other rows than those of the edition")
            for line in _unlike(entry, index, grounds, Path(waiting)):
                report.differ(line)
    if [entry.period for entry in entries] != periods:
        report.differ("sheets are not of the quarters of the edition")
    if others:
        report.note(
            f"sheets of {others:,} of {len(entries):,} quarters were made by another version of the code: "
            "their bytes are those of their index"
        )


def _unlike(entry: PastEntry, index: PastIndex, grounds: Grounds, waiting: Path) -> Iterator[str]:
    """Yield a line for each page that is not as the tables have it."""
    left = {(model, path) for model, of_model in index.pages.items() for path in of_model}
    for model, path, data in made(grounds, entry.period, waiting):
        left.discard((model, path))
        name = f"{keys.PAST}{entry.period}/{model}/…/{path}"
        if path not in index.pages.get(model, {}):
            yield f"{name} is missing: its version makes it of the tables"
        elif index.pages[model][path][0] != sha256_hex(data):
            yield f"{name} is not what its version makes of the tables"
    for model, path in sorted(left):
        yield f"{keys.PAST}{entry.period}/{model}/…/{path} is in the index, and its version makes no such page"


def _same(root: Path, key: str, said: tuple[str, int], report: VerifyReport) -> bool:
    before = len(report.differences)
    compare_one(root / key, key, {"sha256": said[0], "bytes": said[1]}, is_plain(root, key), report)
    return len(report.differences) == before
