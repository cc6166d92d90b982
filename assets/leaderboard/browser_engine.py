"""DuckDB for browsers: which files the page "Ask the tables" loads, and how they get to the store.

They are made from a pinned npm package (`make engine`), lie under `site/engine/` by their hashes, and all editions
share them. A site without them is whole: the page says what is missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from pathlib import Path, PurePosixPath

from warehouse import keys
from warehouse.errors import UsageError
from warehouse.store.base import Store

_FILES = Path(__file__).parent / "engine" / "engine.json"


def folder() -> Path:
    """Return where the files lie: at `CLICHE_ENGINE`, else where `make engine` puts them, in this environment."""
    return Path(os.environ.get("CLICHE_ENGINE") or Path(sys.prefix) / ".engine")


@cache
def engine_keys() -> dict[str, str]:
    """Return the key in the store of each file, by what it is for: `script`, `worker`, `module`."""
    return {
        part: keys.engine_file(of["sha256"], PurePosixPath(of["name"]).suffix)
        for part, of in _listed().items()
    }


def show_engine(store: Store, files: Path) -> bool:
    """Put the files into the store, unless they are there or were never made; return whether they are there now."""
    for part, key in engine_keys().items():
        if store.head(key) is not None:
            continue
        of = _listed()[part]
        path = files / of["name"]
        if not path.is_file():
            return False
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != of["sha256"]:
            raise UsageError(f"{path} is not the file that pages name; run make engine again")
        store.replace(key, data)
    return True


@cache
def _listed() -> dict[str, dict[str, str]]:
    listed: dict[str, dict[str, str]] = json.loads(_FILES.read_text(encoding="utf-8"))
    return listed
