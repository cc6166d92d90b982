"""Seals: a JSON object that carries the SHA-256 of its own key and content, in its first field.

    {"_sha256":"<hash>","attempt":1,…}        <hash> = SHA-256 of: key, a line feed, the JSON without that field

The hash is written with the object, so there is no moment at which an object has none, not even in a run that is
killed. It covers the key: an object that was moved, or exchanged with another one, does not fit. A seal finds damage;
it is no signature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError

FIELD = "_sha256"  # sorts before all other names, so it is always at the same place
_HEAD = b'{"_sha256":"'
_SEAL_END = len(_HEAD) + 64
_BODY = _SEAL_END + 2  # behind `",`


def sealed(key: str, value: Mapping[str, Any]) -> bytes:
    """Return `value` as canonical JSON with its seal, as it is to be written at `key`."""
    body = canonical_json({name: said for name, said in value.items() if name != FIELD})
    return _HEAD + _digest(key, body) + b'",' + body[1:]


def check(key: str, data: bytes) -> None:
    """Raise CorruptObjectError unless an object has a seal that fits."""
    fits = data[len(_HEAD) : _SEAL_END] == _digest(key, b"{" + data[_BODY:])
    if not (fits and data.startswith(_HEAD) and data[_SEAL_END:_BODY] == b'",'):
        raise CorruptObjectError(
            f"{key} is damaged, or the object of another key: its bytes do not match the hash in it; "
            "restore it from a backup"
        )


def unsealed(key: str, data: bytes) -> Any:
    """Return the JSON value of an object without its seal, after checking the seal."""
    check(key, data)
    try:
        value = json.loads(data)
    except ValueError as error:
        raise CorruptObjectError(f"{key} is not valid JSON ({error}); restore it from a backup") from error
    if isinstance(value, dict):
        value.pop(FIELD, None)
    return value


def _digest(key: str, body: bytes) -> bytes:
    return sha256_hex(key.encode() + b"\n" + body).encode()
