"""Hashes beside and in names: Parquet objects cannot hold their own hash.

A label part's name ends with the SHA-256 of its bytes (64 digits). An object whose name is fixed has a small object
beside it, `<key>.<sha256 of the bytes>.json`, written before it: whoever reads the object finds its hash in a name.
Several records of one object are left by runs that wrote at the same time; the object fits one of them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import sealed
from warehouse.store.base import Store

NOTE = "written-"  # begins the names of notes of what was written
INTENTS = b"cliche.intents"  # in the metadata of labelers' calls: `<call>/<attempt>` that had an intent
_IN_NAME = re.compile(r"-([0-9a-f]{64})\.parquet")
_RECORD = re.compile(r"(.+\.parquet)\.([0-9a-f]{64})\.json")


def parquet(table: pa.Table, metadata: Mapping[bytes, bytes] | None = None) -> bytes:
    """Return a table as Parquet, with metadata of the file."""
    buffer = io.BytesIO()
    merged = {**(table.schema.metadata or {}), **(metadata or {})}
    pq.write_table(table.replace_schema_metadata(merged or None), buffer, compression="zstd")
    return buffer.getvalue()


def put_recorded(store: Store, key: str, table: pa.Table, more: Mapping[str, Any] | None = None) -> bool:
    """Write a table at a fixed key with its hash beside it, unless the key exists; return whether it was written.

    The key ends with `.parquet`; `more` is what else the record beside it holds.
    """
    if store.head(key) is not None:
        return False
    data = parquet(table)
    beside = f"{key}.{sha256_hex(data)}.json"
    store.put_if_absent(beside, sealed(beside, {"bytes": len(data), **(more or {})}))
    return store.put_if_absent(key, data)


def put_named(store: Store, key_of: Callable[[str], str], data: bytes) -> str:
    """Write Parquet at the key that its hash makes, then a note that it was written; return the key.

    The note is written last, so a run that is killed leaves no note of an object that is not there; the object needs
    none to be checked. It tells that the object was there if it is removed.
    """
    sha256 = sha256_hex(data)
    key = key_of(sha256)
    store.put_if_absent(key, data)
    folder, _, name = key.rpartition("/")
    note = f"{folder}/{NOTE}{sha256}.json"
    store.put_if_absent(note, sealed(note, {"object": name}))
    return key


def record_of(key: str) -> tuple[str, str] | None:
    """Return (key of the object, its SHA-256) if `key` is of a record beside an object, else None."""
    match = _RECORD.fullmatch(key)
    return (match[1], match[2]) if match else None


def stated_in_name(key: str) -> str | None:
    """Return the SHA-256 that a key states of the bytes, or None if it states none."""
    match = _IN_NAME.search(key)
    return match[1] if match else None


def compare(key: str, data: bytes, listed: Iterable[str]) -> None:
    """Raise CorruptObjectError unless the hash of `data` is recorded, in its name or beside it."""
    digest = sha256_hex(data)
    stated = {of[1] for other in listed if (of := record_of(other)) and of[0] == key}
    if in_name := stated_in_name(key):
        stated.add(in_name)
    if not stated:
        raise CorruptObjectError(
            f"{key}.{digest}.json is missing, which records the hash of {key}; restore it from a backup"
        )
    if digest not in stated:
        where = "its name" if in_name else "the hash that is recorded beside it"
        raise CorruptObjectError(
            f"{key} is damaged: its bytes do not match {where}; restore it from a backup"
        )
