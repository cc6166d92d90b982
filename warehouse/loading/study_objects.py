"""Reading an imported study from the store as rows; no code of `assets` is needed.

studies/<study>/current-<nnnn>.json     names what follows; the highest number is current
studies/<study>/tables-<hash>/<table>.parquet
studies/<study>/labels/labeler=<name@version>/part-<hash>.parquet
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import keys
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.objects import digest, first_of, highest_numbered, read_json, read_parquet
from warehouse.store.base import Store

POINTER_FORMAT = 1
#: Tables that lie as one file each; labels lie in parts.
TABLES = (
    "studies",
    "study_models",
    "study_prompts",
    "study_slots",
    "study_attributes",
    "study_attribute_values",
    "study_published",
)
_LABEL_KEY = ("slot_key", "attribute", "labeler", "labeler_version")


def current_pointer(store: Store, study: str) -> str | None:
    """Return the key of the pointer with the highest number, or None if the study was never imported whole."""
    return highest_numbered(store.list(f"{keys.study_prefix(study)}current-"), "current-", ".json")


def fingerprint(store: Store, study: str) -> str:
    """Return a digest of the names of the objects that loading a study reads; all of them are write-once."""
    labels = [key for key in store.list(f"{keys.study_prefix(study)}labels/") if key.endswith(".parquet")]
    return digest([current_pointer(store, study), *labels])


def read_study(store: Store, study: str) -> dict[str, pa.Table]:
    """Return the rows of each table of the current import of a study.

    Of a labeler that came with the study, the parts that the pointer names count; parts of other labelers were
    added later, and all of them do. Of two labels for one (slot, attribute, labeler, version) the first wins; labels
    of slots that the current import does not have are left out.
    """
    key = current_pointer(store, study)
    if key is None:
        raise UsageError(f"no study {study!r} in {store.url}; import it first: cliche import study FILE.yaml")
    pointer = _pointer(store, key)
    tables = {table: _rows(store, study, f"{pointer['tables']}{table}.parquet") for table in TABLES}
    parts = [_rows(store, study, part) for part in [*pointer["labels"], *_later(store, study, pointer)]]
    if parts:
        labels = first_of(pa.concat_tables(parts, promote_options="permissive"), _LABEL_KEY)
        known = pc.is_in(labels["slot_key"], value_set=tables["study_slots"]["slot_key"].combine_chunks())
        tables["study_labels"] = labels.filter(known)
    return tables


def _pointer(store: Store, key: str) -> Mapping[str, Any]:
    pointer = read_json(store, key)
    if isinstance(pointer.get("format"), int) and pointer["format"] > POINTER_FORMAT:
        raise UsageError(f"{key} has format {pointer['format']}, written by a newer version; update cliche")
    if missing := {"tables", "labels", "labelers"} - pointer.keys():
        raise CorruptObjectError(f"{key} misses {', '.join(sorted(missing))}; import the study again")
    return pointer


def _later(store: Store, study: str, pointer: Mapping[str, Any]) -> Sequence[str]:
    """Return the label parts of labelers that did not come with the study, in the order of their keys."""
    prefix = f"{keys.study_prefix(study)}labels/labeler="
    return sorted(
        key
        for key in store.list(prefix)
        if key.endswith(".parquet") and key.removeprefix(prefix).partition("@")[0] not in pointer["labelers"]
    )


def _rows(store: Store, study: str, key: str) -> pa.Table:
    try:
        rows = read_parquet(store, key)
    except KeyError:
        raise CorruptObjectError(f"{key} is missing; import the study again") from None
    if "study" not in rows.column_names or set(rows["study"].unique().to_pylist()) - {study}:
        raise CorruptObjectError(f"{key} holds rows of another study; import the study again")
    return rows
