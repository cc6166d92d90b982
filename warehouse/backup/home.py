"""Files of a home in a copy of its store: each state of them once, in a folder named by the time of the copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import sealed, unsealed
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there

_NAMES = re.compile(r"cliche\.yaml|models\.yaml|replies/[A-Za-z0-9][A-Za-z0-9._-]*\.md")
_NOTE = "files.json"  # written last: names the files and their hashes


def newest(copy: Store) -> tuple[str, dict[str, bytes]]:
    """Return the folder of the files that were copied last, and the files by name; nothing if there are none.

    Raises:
        CorruptObjectError: if a file is not what was recorded of it.
    """
    for folder in reversed(copy.folders(keys.HOME_COPIES)):
        if (note := read_if_there(copy, f"{folder}{_NOTE}")) is None:
            continue  # a copy that was stopped
        files: dict[str, bytes] = {}
        for name, sha256 in unsealed(f"{folder}{_NOTE}", note)["files"].items():
            data = read_if_there(copy, f"{folder}{name}")
            if data is None or sha256_hex(data) != sha256 or not _NAMES.fullmatch(name):
                raise CorruptObjectError(f"{folder}{name} is missing from {copy.url}, or damaged there")
            files[name] = data
        return folder, files
    return "", {}


def keep(copy: Store, files: Mapping[str, bytes], now: datetime) -> bool:
    """Write files, by name, unless those that were copied last are the same; return whether they were written."""
    if newest(copy)[1] == files:
        return False
    folder = f"{keys.HOME_COPIES}{now:%Y-%m-%dT%H%M%S.%fZ}/"
    for name, data in files.items():
        copy.put_if_absent(f"{folder}{name}", data)
    note = {"files": {name: sha256_hex(data) for name, data in files.items()}}
    return copy.put_if_absent(f"{folder}{_NOTE}", sealed(f"{folder}{_NOTE}", note))
