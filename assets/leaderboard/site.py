"""What shows the newest edition at the root of the store and is made again from it: today, the one DuckDB file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.store.base import Store


def put_database(store: Store, path: Path, edition: str) -> None:
    """Put the DuckDB file of the newest edition at `site/cliche.duckdb`, and after it the note of what it is.

    Nothing is written if the file that is there is of this edition. A publish that is killed between file and note
    leaves the note of another edition; the next publish writes both.

    Raises:
        StoreError: if the store fails.
    """
    if _is_there(store, edition):
        return
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    note = {"edition": edition, "sha256": sha256, "bytes": path.stat().st_size}
    store.replace(keys.SITE_DATABASE, path)
    store.replace(keys.SITE_DATABASE_NOTE, canonical_json(note))


def _is_there(store: Store, edition: str) -> bool:
    there = store.head(keys.SITE_DATABASE)
    try:
        note: Any = json.loads(store.get(keys.SITE_DATABASE_NOTE))
        return there is not None and (note["edition"], note["bytes"]) == (edition, there.size)
    except (KeyError, ValueError, TypeError):
        return False
