"""What shows the newest edition at the root of the store and is made again from it: today, the one DuckDB file."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from assets.leaderboard.published import fetcher, latest
from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.building import build_database, start_here
from warehouse.loading.seals import sealed
from warehouse.store.base import Store


class FileHash:
    """The hash of a file that takes seconds to read: begun in the background, waited for where it is needed."""

    def __init__(self, path: Path) -> None:
        """Begin to read the file."""
        self._path, self._state = path, _state(path)
        self._found = ""
        self._thread = threading.Thread(target=self._begin, daemon=True)
        self._thread.start()

    def of(self, path: Path) -> str:
        """Return the hash of a file: the one that was found, if it is this file and did not change, else a new one."""
        self._thread.join()
        same = self._found and path == self._path and _state(path) == self._state
        return self._found if same else file_hash(path)[0]

    def _begin(self) -> None:
        with suppress(OSError):  # whoever waits for it reads again, and hears of it
            self._found, _ = file_hash(self._path)


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def show_database(
    store: Store, manifest: Mapping[str, Any], path: Path, folder: Path, hashed: FileHash | None = None
) -> None:
    """Put the DuckDB file of an edition on the site, if readers see that edition and the site does not have it.

    A publish that found nothing new may have taken newer run-time columns into the file at `path`: they are taken
    back. What must be read again goes to `folder`, which the caller removes; `hashed` is the file's hash, if somebody
    began to compute it.
    """
    newest = latest(store)
    if newest is None or newest.id != manifest["edition"]:
        return
    tables, files = manifest["tables"], manifest["files"]
    build_database(path, tables, files, fetcher(store, manifest, folder))
    start_here(path, tables, files)
    put_database(store, path, newest.id, hashed)


def put_database(store: Store, path: Path, edition: str, hashed: FileHash | None = None) -> None:
    """Put the DuckDB file of the newest edition at `site/cliche.duckdb`, and after it the note of what it is.

    Nothing is written if the file that is there is of this edition. A publish that is killed between file and note
    leaves the note of another edition; the next publish writes both.
    """
    if _is_there(store, edition):
        return
    sha256 = hashed.of(path) if hashed else file_hash(path)[0]
    note = {"edition": edition, "sha256": sha256, "bytes": path.stat().st_size}
    store.replace(keys.SITE_DATABASE, path)
    store.replace(keys.SITE_DATABASE_NOTE, sealed(keys.SITE_DATABASE_NOTE, note))


def _is_there(store: Store, edition: str) -> bool:
    there = store.head(keys.SITE_DATABASE)
    try:
        note: Any = json.loads(store.get(keys.SITE_DATABASE_NOTE))
        return there is not None and (note["edition"], note["bytes"]) == (edition, there.size)
    except (KeyError, ValueError, TypeError):
        return False
