"""Pictures, gold sets, anchor sets and studies: each group against what its names and records say.

Belongs here: those four. Does not belong here: partitions (`partitions`), editions (`editions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse import anchor_objects, keys, study_objects
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.integrity import beside, calls
from warehouse.integrity.findings import Look, Read, records_of, said_of
from warehouse.integrity.kinds import Key
from warehouse.objects import parquet_table

_GOLD_COLUMNS = ("task", "attribute", "rater", "value")


def check_images(look: Look, of: str, found: Sequence[Key]) -> None:
    """Check pictures: a picture's name is the hash of its bytes. What it belongs to is looked up by `scan`."""
    for one in look.read([key.key for key in found]):
        if one.key.rpartition("/")[2].partition(".")[0] != one.sha256:
            look.damaged(one.key, "bytes do not match the name")


def check_gold(look: Look, gold_set: str, found: Sequence[Key]) -> None:
    """Check a gold set: its sample and the answers of its raters."""
    of = f"gold set {gold_set}"
    look.need(keys.gold_sample(gold_set), "there are answers about it", of)
    for one in look.read([key.key for key in found]):
        if calls.is_note(one.key):
            calls.check_note(look, one, of)
        elif one.key.endswith(".json"):
            sample = look.json(one, of)
            if sample and sample.get("gold_set") != gold_set:
                look.damaged(one.key, f"is the sample of {sample.get('gold_set')}", of)
            _pictures(look, (sample or {}).get("pictures", ()), of)
        else:
            _by_rows(look, one, of, lambda rows: [[row[name] for name in _GOLD_COLUMNS] for row in rows])


def check_anchors(look: Look, anchor_set: str, found: Sequence[Key]) -> None:
    """Check an anchor set: its list, its labels by week, and acceptances."""
    of = f"anchor set {anchor_set}"
    look.need(anchor_objects.list_key(anchor_set), "there are labels of it", of)
    names = [key.key for key in found]
    for one in look.read(names):
        if not one.key.endswith(".parquet"):
            said = look.json(one, of)
            if said and "set" in said:
                if said["set"] != anchor_set:
                    look.damaged(one.key, f"is the list of {said['set']}", of)
                _pictures(look, said.get("pictures", ()), of)
        elif _compared(look, one, names, of) is False:
            rows = _rows(look, one, of)
            if any(f"/labeler={row['labeler']}@{row['labeler_version']}." not in one.key for row in rows):
                look.damaged(one.key, "holds rows of another labeler", of)
            if any(f"/week={row['week']}/" not in one.key or row["anchor_set"] != anchor_set for row in rows):
                look.damaged(one.key, "holds rows of another week or set", of)
    _alone(look, names, of)


def check_studies(look: Look, study: str, found: Sequence[Key]) -> None:
    """Check a study: its pointers, and what they name."""
    of = f"study {study}"
    names = [key.key for key in found]
    pointers: dict[int, Mapping[str, Any]] = {}
    tables: dict[str, dict[str, list[dict[str, Any]]]] = {}  # of earlier versions, by folder
    for one in look.read(names):
        folder, _, name = one.key.rpartition("/")
        if name.startswith("current-"):
            number = int(name.removeprefix("current-").removesuffix(".json"))
            pointers[number] = look.json(one, of) or {}
        elif name.startswith("definition-"):
            if name != f"definition-{one.sha256[:16]}.json":
                look.damaged(one.key, "bytes do not match the name", of)
        elif name.endswith(".json"):
            look.json(one, of)
        elif _compared(look, one, names, of) is False:
            rows = _rows(look, one, of)
            if "/labels/" in one.key:
                if f"part-{_rows_hash('study_labels', rows)}." not in one.key:
                    look.damaged(one.key, "holds other rows than its name says", of)
            else:
                tables.setdefault(folder, {})[name.removesuffix(".parquet")] = rows
        if name == "study_slots.parquet":
            _pictures(look, _rows(look, one, of), of)
    for folder, rows_of in tables.items():
        whole = {table: rows_of[table] for table in study_objects.TABLES if table in rows_of}
        if len(whole) == len(study_objects.TABLES) and not folder.endswith(_hash16(whole)):
            look.damaged(f"{folder}/", "one of its tables holds other rows than the folder's name says", of)
    last = max(pointers, default=0)
    known = {str(pointer.get("definition")) for pointer in pointers.values()}
    for definition, edition in look.recorded.studies.get(study, ()):
        if keys.study_prefix(study) + f"definition-{definition[:16]}.json" not in known and all(
            pointers.values()
        ):
            key = f"{keys.study_prefix(study)}current-{last + 1:04d}.json"
            look.need(key, f"edition {edition} rests on an import that no other one names", of)
    for number in range(1, last + 1):
        pointer = pointers.get(number)
        if pointer is None:
            look.need(f"{keys.study_prefix(study)}current-{number:04d}.json", "there is a later one", of)
            continue
        tables_named = (
            [f"{pointer['tables']}{name}.parquet" for name in study_objects.TABLES] if pointer else []
        )
        for key in [pointer.get("definition"), *tables_named, *pointer.get("labels", ())]:
            if key:
                look.need(key, f"import {number} of the study names it", of)
    _alone(look, names, of)


def _pictures(look: Look, rows: Iterable[Mapping[str, Any]], of: str) -> None:
    for row in rows:
        if row.get("image_sha256") and row.get("image_ext"):
            look.need(keys.image(row["image_sha256"], row["image_ext"]), f"{of} names it", of)


def _alone(look: Look, names: Sequence[str], of: str) -> None:
    """Note objects that are gone, while their hash is recorded and other objects of their folder are there."""
    there = {*names}
    for key in records_of(names):
        if key not in there:
            look.need(key, "its hash is recorded", of)


def _compared(look: Look, one: Read, names: Iterable[str], of: str) -> bool | None:
    """Return whether the recorded hash of Parquet fits; False if there is none, None if it is damaged."""
    try:
        recorded = beside.compare(one.key, one.data, names)
    except CorruptObjectError as error:
        look.damaged(one.key, said_of(error, one.key), of)
        return None
    look.unrecorded += not recorded
    return recorded


def _rows(look: Look, one: Read, of: str) -> list[dict[str, Any]]:
    try:
        return list(parquet_table(one.key, one.data).to_pylist())
    except (CorruptObjectError, pa.ArrowException) as error:
        look.damaged(one.key, said_of(error, one.key), of)
        return []


def _by_rows(look: Look, one: Read, of: str, identity: Any) -> None:
    """Compare Parquet with its name: of its bytes, or of its rows where an earlier version wrote it."""
    if _compared(look, one, (), of) is False:
        rows = _rows(look, one, of)
        if f"-{_hash16(identity(rows))}." not in one.key:
            look.damaged(one.key, "holds other rows than its name says", of)


def _rows_hash(table: str, rows: list[dict[str, Any]]) -> str:
    return _hash16({table: rows})


def _hash16(value: Any) -> str:
    return sha256_hex(canonical_json(value))[:16]
