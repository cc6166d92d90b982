"""Pages, all files beside the data, and sheets of quarters: made again from an edition's own rows, and compared."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
from jinja2 import TemplateError
from PIL import Image

from assets.leaderboard.croissant import NAME, croissant, meaning
from assets.leaderboard.documents import ANALYSIS, documents
from assets.leaderboard.page.raster import DRAWN
from assets.leaderboard.page.sheets import named, site_of
from assets.leaderboard.page.static import static_files
from assets.leaderboard.past.index import entries_of, folders_of, read_index
from assets.leaderboard.past.making import Grounds, made
from assets.leaderboard.replies import replies_in, reply_file
from assets.leaderboard.sheets import sheets
from assets.leaderboard.texts import texts_sha256
from orchestration.verifying import manifest as manifests
from orchestration.verifying.files import Read, removed
from orchestration.verifying.report import MOST, VerifiedEdition
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.printable import one_line

#: A drawing that another processor made differs in the color of edges: by less than this, of 255, ...
_SAME_COLOR = 96
#: ... but for so many pixels. A digit has a hundred.
_FEW_PIXELS = 8


def compare(con: duckdb.DuckDBPyConnection, of: VerifiedEdition, read: Read) -> None:
    """Compare pages, documents and drawings with those of its own rows (`con`); `read` reads records of removals."""
    of.step("pages", 0, 1)
    again, unlike, missing = set[str](), set[str](), set[str]()
    try:
        for name, data in _made_again(con, of, missing):
            again.add(name)
            path, entry = of.folder / name, of.manifest["files"].get(name, {})
            if not _is(path, data) and (path.is_file() or not removed(name, entry, read)):
                unlike.add(name)
    except (duckdb.Error, TemplateError, LookupError, AttributeError, TypeError, ValueError) as error:
        of.report.differ(f"the pages cannot be made again from the tables: {one_line(error, MOST)}")
        return
    cards = {name for name in unlike if missing and name.endswith("card.png")}
    if cards:
        of.report.note(
            f"{len(cards):,} cards were not compared: {len(missing):,} pictures on them are not here "
            "(cliche edition fetch brings them)"
        )
    for name in sorted(unlike - cards):
        of.report.differ(f"{name} is not what its version makes of the tables")
    stated = of.manifest["files"].keys() - manifests.data_files(of.manifest)
    for name in sorted(again - stated):
        of.report.differ(f"{name} is not in the manifest, and the pages need it")
    for name in sorted(stated - again):
        of.report.differ(f"{name} is in the manifest, and no page shows it")


def _made_again(
    con: duckdb.DuckDBPyConnection, of: VerifiedEdition, missing: set[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of all files that are no data; `missing` gets pictures that are to be on them."""

    def thumbnail(sha256: str) -> bytes | None:
        path = of.root / keys.thumbnail(sha256)
        if path.is_file():
            return path.read_bytes()
        missing.add(sha256)
        return None

    manifest = of.manifest
    replies = replies_in(of.folder, manifest["files"])
    site = replace(site_of(manifest), replies=replies)
    yield from static_files().items()
    yield from documents(con, (of.folder / ANALYSIS).read_bytes()).items()
    yield NAME, croissant(manifest, meaning(con, date.fromisoformat(manifest["week"])))
    for model, data in replies.items():
        yield reply_file(model), data
    past = folders_of(entries_of(manifest))
    for name, data in sheets(con, date.fromisoformat(manifest["week"]), site, thumbnail, past):
        yield name, named(data, manifest["edition"], site)


def _is(path: Path, data: bytes) -> bool:
    """Return whether a file has these bytes; of a drawing, whether it looks the same."""
    if not path.is_file():
        return False
    found = path.read_bytes()
    if found == data or path.suffix != DRAWN:
        return found == data
    try:
        a, b = (
            np.asarray(Image.open(io.BytesIO(one), formats=("PNG",)).convert("RGB"), np.int16)
            for one in (found, data)
        )
    except Exception:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        return False
    return a.shape == b.shape and int((abs(a - b).max(axis=2) > _SAME_COLOR).sum()) <= _FEW_PIXELS


def compare_sheets(con: duckdb.DuckDBPyConnection, of: VerifiedEdition) -> None:
    """Make the sheets that this code made again from the tables, and compare them byte by byte."""
    entries, tables, hashes = entries_of(of.manifest), of.manifest["tables"], of.manifest["table_hashes"]
    periods, others = Grounds(con, tables, hashes, None).periods(), 0
    with tempfile.TemporaryDirectory(prefix="cliche-verify-") as folder:
        for number, entry in enumerate(entries):
            of.step("sheets of quarters", number, len(entries))
            index = read_index(entry, (of.root / entry.key).read_bytes())
            grounds = Grounds(con, tables, hashes, index.public_store)
            if index.texts_sha256 != texts_sha256():
                others += 1
            elif entry.period in periods:
                if grounds.rests_on(entry.period) != entry.rests_on:
                    of.report.differ(f"{entry.key}: its pages rest on other rows than those of the edition")
                pages = made(grounds, entry.period, Path(folder))
                again = {(model, path, sha256_hex(data)) for model, path, data in pages}
                there = {
                    (model, path, sha256)
                    for model, listed in index.pages.items()
                    for path, (sha256, _) in listed.items()
                }
                for model, path in sorted({page[:2] for page in again ^ there}):
                    name = f"{keys.PAST}{entry.period}/{model}/…/{path}"
                    of.report.differ(f"{name} is not what its version makes of the tables")
    if [entry.period for entry in entries] != periods:
        of.report.differ("sheets are not of the quarters of the edition")
    if others:
        of.report.note(
            f"sheets of {others:,} of {len(entries):,} quarters were made by another version of the code: "
            "their bytes are those of their index"
        )
