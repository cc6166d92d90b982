"""Where an imported study lies in the store, and which of its imports is current.

    studies/<study>/definition-<hash16>.json            the study file, canonical JSON
    studies/<study>/tables-<hash16>/<table>.parquet    one per table: TABLES of warehouse/loading/study_objects.py
    studies/<study>/labels/labeler=<name@version>/part-<hash>.parquet     rows of study_labels: <hash> is of
                                                        the rows (16 digits), or of the bytes (64)
    <one of these>.parquet.<sha256>.json                the hash of its bytes
    studies/<study>/current-<nnnn>.json                 names the above; written last, the highest number is current
    retractions/study-<study>-<n>.json                  takes the import of one of these pointers back (`removal`)

Pictures lie with all others under `images/`. Everything is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError, StoreError
from warehouse.loading.beside import put_recorded
from warehouse.loading.objects import read_parquet
from warehouse.loading.seals import sealed, unsealed
from warehouse.loading.study_objects import absent, retraction_of
from warehouse.store.base import Store
from warehouse.validation import explain

Rows = list[dict[str, Any]]


class Pointer(BaseModel):
    """What is current of a study. `labelers` are those whose labels came with it: name → current version."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    study: str
    definition: str  # key
    tables: str  # prefix, ends with /
    labels: tuple[str, ...]  # keys of the parts that came with the study
    labelers: dict[str, str]

    def to_bytes(self, key: str) -> bytes:
        """Return the pointer as it is to be written at `key`."""
        return sealed(key, self.model_dump(mode="json"))


def definition_key(study: str, content_hash: str) -> str:
    """Return the key of a study file."""
    return f"{keys.study_prefix(study)}definition-{content_hash[:16]}.json"


def tables_prefix(study: str, content_hash: str) -> str:
    """Return the folder of one import's tables."""
    return f"{keys.study_prefix(study)}tables-{content_hash[:16]}/"


def labels_prefix(study: str, labeler: str = "") -> str:
    """Return the folder of a study's label parts, or of one `<name>@<version>`."""
    folder = f"{keys.study_prefix(study)}labels/"
    return f"{folder}labeler={labeler}/" if labeler else folder


def label_part_key(study: str, labeler: str, rows: Rows) -> str:
    """Return the key of a part: a function of its rows, not of the Parquet writer."""
    return f"{labels_prefix(study, labeler)}part-{rows_hash({'study_labels': rows})[:16]}.parquet"


def rows_hash(tables: Mapping[str, Rows]) -> str:
    """Return the SHA-256 of the rows' canonical JSON."""
    return sha256_hex(canonical_json(tables))


def read_rows(store: Store, key: str) -> Rows:
    """Return the rows of a Parquet object."""
    try:
        rows: Rows = read_parquet(store, key).to_pylist()
    except KeyError:
        raise CorruptObjectError(f"{key} is missing; import the study again") from None
    return rows


def current(store: Store, study: str) -> tuple[int, Pointer] | None:
    """Return the number and content of the current pointer, or None if the study was never imported."""
    found = [key for key in store.list(f"{keys.study_prefix(study)}current-") if key.endswith(".json")]
    if not found:
        return None
    key = max(found, key=_number)
    try:
        pointer = Pointer.model_validate(unsealed(key, store.get(key)))
    except ValidationError as error:
        raise CorruptObjectError(explain(error, key)) from None
    return _number(key), pointer


def version_order(version: str) -> tuple[int, ...]:
    """Return what sorts versions: 1.10.0 after 1.9.0."""
    return tuple(map(int, version.split(".")))


def require_current(store: Store, study: str) -> Pointer:
    """Return the current pointer of a study that was not removed."""
    found = current(store, study)
    if found is None or retraction_of(store, study):
        raise absent(store, study)
    return found[1]


def move_pointer(store: Store, pointer: Pointer) -> bool:
    """Make `pointer` current; return False if it is already.

    Raises:
        StoreError: if another import of the same study wrote a pointer meanwhile.
    """
    found = current(store, pointer.study)
    if found is not None and found[1] == pointer:
        return False
    key = keys.study_pointer(pointer.study, found[0] + 1 if found else 1)
    if not store.put_if_absent(key, pointer.to_bytes(key)):
        raise StoreError(f"{pointer.study}: another import of it ended meanwhile; run this one again")
    return True


def _number(key: str) -> int:
    return int(key.rpartition("current-")[2].removesuffix(".json"))


def put_all(store: Store, objects: Sequence[tuple[str, pa.Table]]) -> int:
    """Write tables that are absent, in order, each with its hash beside it; return how many were written."""
    return sum(put_recorded(store, key, table) for key, table in objects)
