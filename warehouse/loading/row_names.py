"""Names that earlier versions gave to Parquet: 16 digits of a hash of the rows."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from warehouse.canonical import canonical_json, sha256_hex

_NAMED = re.compile(r"/(part|attempts|labels)-([0-9a-f]{16})\.parquet$")
_LABEL = (
    *("week", "model", "slot_key", "attribute", "labeler", "labeler_version", "value"),
    *("confidence", "raw", "image_sha256"),
)
_STUDY_LABEL = (
    *("study", "slot_key", "attribute", "labeler", "labeler_kind", "labeler_version", "value"),
    *("confidence", "raw", "image_sha256"),
)
_COLUMNS = {
    "part": _LABEL,
    "attempts": ("call", "attempt", "outcome"),
    "labels": ("task", "attribute", "rater", "value"),
}


def fits(key: str, table: pa.Table) -> bool:
    """Return whether the rows are those that the key names; True for a key that names no rows."""
    found = _NAMED.search(key)
    if not found:
        return True
    rows = table.to_pylist()
    if key.startswith("studies/"):
        first = [
            {name: row.get(name) for name in _STUDY_LABEL} for row in rows
        ]  # columns that came later are empty
        return found[2] in (hash16({"study_labels": rows}), hash16({"study_labels": first}))
    columns = _COLUMNS[found[1]]
    return hash16([[row.get(name) for name in columns] for row in rows]) == found[2]


def hash16(value: Any) -> str:
    """Return the hash of rows as a name of an earlier version holds it."""
    return sha256_hex(canonical_json(value))[:16]
