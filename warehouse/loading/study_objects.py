"""Reading an imported study from the store as rows; no code of `assets` is needed.

studies/<study>/current-<nnnn>.json     names what follows; the highest number is current
studies/<study>/tables-<hash>/<table>.parquet
studies/<study>/labels/labeler=<name@version>/part-<hash>.parquet
retractions/study-<study>-<n>.json      takes one pointer's import back: if that is current, the study is absent
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from warehouse import keys
from warehouse.canonical import digest
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading.objects import first_of, highest_numbered, known, read_json, read_parquet
from warehouse.loading.seals import sealed
from warehouse.store.base import Store

POINTER_FORMAT, RETRACTION_FORMAT = 1, 1
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
#: One more, of a study that declares what its page shows.
SHOWS = "study_shows"
_LABEL_KEY = ("slot_key", "attribute", "labeler", "labeler_version")


class Retraction(NamedTuple):
    """What the record at `key` says: the import that it takes back, by the number of its pointer, and why."""

    key: str
    study: str
    number: int
    version: str
    definition_sha256: str
    reason: str
    retracted_at: str

    def to_bytes(self) -> bytes:
        """Return the record as it is to be written at its key."""
        fields = {name: value for name, value in self._asdict().items() if name != "key"}
        return sealed(self.key, {"format": RETRACTION_FORMAT, **fields})

    def __str__(self) -> str:
        """Return in a few words where it is written, and why."""
        return f"{self.key}: {textwrap.shorten(self.reason, 200, placeholder=' …')}"


def retractions(store: Store, study: str) -> list[Retraction]:
    """Return all records that an import of a study was taken back, in the order of their numbers."""
    before, after = keys.retraction(study, 0).rsplit("0", 1)
    listed = [*store.list(before)]  # those of `<study>-2` too
    numbered = [key for key in listed if key.removeprefix(before).removesuffix(after).isdecimal()]
    return [_retraction(store, key) for key in sorted(numbered, key=keys.retraction_number)]


def all_retractions(store: Store) -> list[Retraction]:
    """Return all records that imports of studies were taken back, in the order of their keys."""
    return [_retraction(store, key) for key in sorted(store.list(f"{keys.RETRACTIONS}study-"))]


def retraction_of(store: Store, study: str) -> Retraction | None:
    """Return the record that takes a study's newest import back, or None."""
    newest = _newest_pointer(store, study)
    taken = retractions(store, study) if newest else ()
    return next((one for one in taken if keys.study_pointer(study, one.number) == newest), None)


def absent(store: Store, study: str) -> UsageError:
    """Return the error that a study is not there: it was removed, or never imported whole."""
    if removed := retraction_of(store, study):
        return UsageError(
            f"{study} {removed.version} was removed ({removed}); only a higher version brings the study back: "
            "raise it in the study file and import that"
        )
    return UsageError(f"no study {study!r} in {store.url}; import it first: cliche import study FILE.yaml")


def current_pointer(store: Store, study: str) -> str | None:
    """Return the key of the pointer with the highest number; None if the study was removed, or never imported whole."""
    return None if retraction_of(store, study) else _newest_pointer(store, study)


def _newest_pointer(store: Store, study: str) -> str | None:
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
        raise absent(store, study)
    fields = {"tables", "labels", "labelers"}
    pointer = known(key, read_json(store, key), POINTER_FORMAT, fields, "import the study again")
    declares = any(store.list(f"{pointer['tables']}{SHOWS}."))  # the file, or the record of its hash
    every = (*TABLES, SHOWS) if declares else TABLES
    tables = {table: _rows(store, study, f"{pointer['tables']}{table}.parquet") for table in every}
    parts = [_rows(store, study, part) for part in [*pointer["labels"], *_later(store, study, pointer)]]
    if parts:
        labels = first_of(pa.concat_tables(parts, promote_options="permissive"), _LABEL_KEY)
        slots = tables["study_slots"]["slot_key"].combine_chunks()
        tables["study_labels"] = labels.filter(pc.is_in(labels["slot_key"], value_set=slots))
    return tables


def _retraction(store: Store, key: str) -> Retraction:
    names = Retraction._fields[1:]
    content = known(key, read_json(store, key), RETRACTION_FORMAT, names)
    return Retraction(key, *(content[name] for name in names))


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
