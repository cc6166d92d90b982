"""Studies: tables, labels and pointers of imports, against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.integrity import calls
from warehouse.integrity.findings import Inspection
from warehouse.integrity.kinds import Key
from warehouse.integrity.sets import compared, pictures, rows_of
from warehouse.loading import row_names, study_objects

Rows = list[dict[str, Any]]


def check(look: Inspection, study: str, found: Sequence[Key]) -> None:
    """Check a study: its pointers, and what they name."""
    of = f"study {study}"
    names = [key.key for key in found]
    pointers: dict[int, Mapping[str, Any]] = {}
    unrecorded: dict[str, dict[str, Rows]] = {}  # tables of earlier versions, by folder
    for one in look.read(names):
        folder, _, name = one.key.rpartition("/")
        if name.startswith("current-"):
            number = int(name.removeprefix("current-").removesuffix(".json"))
            pointers[number] = look.json(one, of) or {}
        elif name.startswith("definition-"):
            if name != f"definition-{one.sha256[:16]}.json":
                look.damaged(one.key, "bytes do not match the name", of)
        elif calls.is_note(one.key):
            calls.check_note(look, one, of)
        elif name.endswith(".json"):
            look.json(one, of)
        elif compared(look, one, names, of) is False and "/labels/" not in one.key:
            unrecorded.setdefault(folder, {})[name.removesuffix(".parquet")] = rows_of(look, one, of)
        if name == "study_slots.parquet":
            pictures(look, rows_of(look, one, of), of)
    for folder, tables in unrecorded.items():
        whole = {table: tables[table] for table in study_objects.TABLES if table in tables}
        if len(whole) == len(study_objects.TABLES) and not folder.endswith(row_names.hash16(whole)):
            look.damaged(f"{folder}/", "one of its tables holds other rows than the folder's name says", of)
    _pointers(look, study, pointers, of)


def _pointers(look: Inspection, study: str, pointers: Mapping[int, Mapping[str, Any]], of: str) -> None:
    """Check that what the pointers name is there, and that the imports that editions rest on have a pointer."""
    prefix, last = keys.study_prefix(study), max(pointers, default=0)
    for number in range(1, last + 1):
        pointer = pointers.get(number)
        if pointer is None:
            look.need(f"{prefix}current-{number:04d}.json", "there is a later one", of)
        elif pointer:
            tables = [f"{pointer['tables']}{name}.parquet" for name in study_objects.TABLES]
            for key in (pointer["definition"], *tables, *pointer["labels"]):
                look.need(key, f"import {number} of the study names it", of)
    known = {str(pointer.get("definition")) for pointer in pointers.values()}
    for definition, edition in look.recorded.studies.get(study, ()):
        if f"{prefix}definition-{definition[:16]}.json" not in known and all(pointers.values()):
            key = f"{prefix}current-{last + 1:04d}.json"
            look.need(key, f"edition {edition} rests on an import that no other one names", of)
