"""What editions share: parts of tables, sheets of quarters, and what is at `site/` by the notes beside it.

A part that no edition lists is no damage: a publish that was stopped left it, and the next one may use it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.integrity.findings import Inspection, Read
from warehouse.integrity.kinds import Key


def check_parts(look: Inspection, table: str, found: Sequence[Key]) -> None:
    """Check the parts of one table: bytes by name, and whether an edition lists them."""
    for one in look.read([key.key for key in found]):
        edition = look.recorded.named.get(one.key)
        if one.sha256 != PurePosixPath(one.key).stem:
            look.damaged(
                one.key, "has other bytes than its name says", f"edition {edition}" if edition else table
            )
        elif edition is None:
            look.leftover += 1


def check_site(look: Inspection, name: str, found: Sequence[Key]) -> None:
    """Check the DuckDB file of the newest edition against the note beside it, which is written after it."""
    del name
    read: dict[str, Read] = {one.key: one for one in look.read([key.key for key in found])}
    database, noted = read.get(keys.SITE_DATABASE), read.get(keys.SITE_DATABASE_NOTE)
    note = look.json(noted) if noted else None
    if noted and note is None:
        return
    if note is None:
        look.need(
            keys.SITE_DATABASE_NOTE, "it says of which edition the file is; cliche publish writes both again"
        )
    elif database is None:
        look.need(keys.SITE_DATABASE, f"{keys.SITE_DATABASE_NOTE} names it; cliche publish writes it again")
    elif (note.get("sha256"), note.get("bytes")) != (database.sha256, database.size):
        look.damaged(
            keys.SITE_DATABASE, f"is not what {keys.SITE_DATABASE_NOTE} says; cliche publish writes it again"
        )


def check_pages(look: Inspection, name: str, found: Sequence[Key]) -> None:
    """Check the pages at `site/` against the note beside them, which is written after them."""
    del name
    read: dict[str, Read] = {one.key: one for one in look.read([key.key for key in found])}
    noted = read.pop(keys.SITE_PAGES_NOTE, None)
    note = look.json(noted) if noted else None
    if note is None:
        if noted is None:
            look.need(
                keys.SITE_PAGES_NOTE, "it has the hashes of pages; cliche publish writes all of them again"
            )
        return
    stated = note.get("pages", {})
    for key, sha256 in stated.items():
        if key not in read:
            look.need(key, f"{keys.SITE_PAGES_NOTE} names it; cliche publish writes it again")
        elif read[key].sha256 != sha256:
            look.damaged(key, f"is not what {keys.SITE_PAGES_NOTE} says; cliche publish writes it again")
    for key in sorted(read.keys() - stated.keys()):
        look.unexpected(key, f"{keys.SITE_PAGES_NOTE} does not name it")


def check_past(look: Inspection, period: str, found: Sequence[Key]) -> None:
    """Check the sheets of a quarter against the indexes that list them, which are written after them."""
    read: dict[str, str] = {}
    stated: dict[str, str] = {}
    for one in look.read([key.key for key in found]):
        if not one.key.startswith(keys.PAST_INDEXES):
            read[one.key] = one.sha256
        elif one.sha256 != PurePosixPath(one.key).stem:
            look.damaged(one.key, "has other bytes than its name says", period)
        else:
            index = json.loads(one.data)
            stated |= _listed(index)
            for style in index["styles"]:  # the same of all quarters
                look.need(style, "sheets of quarters are drawn with it", period)
    for key, sha256 in stated.items():
        if key not in read:
            look.need(key, "the index of its quarter lists it", period)
        elif read[key] != sha256:
            look.damaged(key, "has another hash than the index of its quarter says", period)
    look.leftover += len(read.keys() - stated.keys())


def _listed(index: Mapping[str, Any]) -> dict[str, str]:
    """Return key → SHA-256 of the pages in an index."""
    found: dict[str, str] = {}
    for model, pages in index["pages"].items():
        folder = sha256_hex(canonical_json({path: sha256 for path, (sha256, _) in pages.items()}))
        prefix = keys.past_folder(index["period"], model, folder)
        found |= {f"{prefix}{path}": sha256 for path, (sha256, _) in pages.items()}
    return found


def check_named(look: Inspection, name: str, found: Sequence[Key]) -> None:
    """Check styles and the files of DuckDB for browsers: bytes by name."""
    for one in look.read([key.key for key in found]):
        if one.sha256 != PurePosixPath(one.key).stem:
            look.damaged(one.key, "has other bytes than its name says", name)
