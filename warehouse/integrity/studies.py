"""Studies: tables, labels and pointers of imports, against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse import keys
from warehouse.integrity import calls
from warehouse.integrity.findings import Inspection
from warehouse.integrity.kinds import Key
from warehouse.integrity.sets import compare, pictures, rows_of
from warehouse.loading import study_objects


def check(look: Inspection, study: str, found: Sequence[Key]) -> None:
    """Check a study: its pointers, what they name, and what takes their imports back."""
    of = f"study {study}"
    names = [key.key for key in found]
    pointers: dict[int, Mapping[str, Any]] = {}
    taken: dict[str, Mapping[str, Any]] = {}
    for one in look.read(names):
        name = one.key.rpartition("/")[2]
        if one.key.startswith(keys.RETRACTIONS):
            taken[one.key] = look.json(one, of) or {}
        elif name.startswith("current-"):
            number = int(name.removeprefix("current-").removesuffix(".json"))
            pointers[number] = look.json(one, of) or {}
        elif name.startswith("definition-"):
            if name != f"definition-{one.sha256[:16]}.json":
                look.damaged(one.key, "bytes do not match the name", of)
        elif calls.is_note(one.key):
            calls.check_note(look, one, of)
        elif name.endswith(".json"):
            look.json(one, of)
        else:
            compare(look, one, names, of)
        if name == "study_slots.parquet":
            pictures(look, rows_of(look, one, of), of)
    _pointers(look, study, pointers, of)
    _retractions(look, study, taken, pointers, of)


def _pointers(look: Inspection, study: str, pointers: Mapping[int, Mapping[str, Any]], of: str) -> None:
    """Check that what the pointers name is there, and that the imports that editions rest on have a pointer."""
    prefix, last = keys.study_prefix(study), max(pointers, default=0)
    for number in range(1, last + 1):
        pointer = pointers.get(number)
        if pointer is None:
            look.need(keys.study_pointer(study, number), "there is a later one", of)
        elif pointer:
            tables = [f"{pointer['tables']}{name}.parquet" for name in study_objects.TABLES]
            for key in (pointer["definition"], *tables, *pointer["labels"]):
                look.need(key, f"import {number} of the study names it", of)
    known = {str(pointer.get("definition")) for pointer in pointers.values()}
    for definition, edition in look.recorded.studies.get(study, ()):
        if f"{prefix}definition-{definition[:16]}.json" not in known and all(pointers.values()):
            key = keys.study_pointer(study, last + 1)
            look.need(key, f"edition {edition} rests on an import that no other one names", of)


def _retractions(
    look: Inspection,
    study: str,
    taken: Mapping[str, Mapping[str, Any]],
    pointers: Mapping[int, Mapping[str, Any]],
    of: str,
) -> None:
    """Check that each retraction is of this study and of an import that is there, and that none before it is gone."""
    for number in range(1, max(map(keys.retraction_number, taken), default=0)):
        look.need(keys.retraction(study, number), "there is a later one", of)
    for key, said in taken.items():
        if not said:  # it is damaged, and was noted
            continue
        if said.get("study") != study:
            look.damaged(key, f"is a retraction of {said.get('study')}", of)
            continue
        number, definition = int(said.get("number", 0)), str(said.get("definition_sha256"))
        pointer = pointers.get(number)
        if pointer is None:
            look.need(keys.study_pointer(study, number), f"{key} takes this import back", of)
        elif pointer and not pointer["definition"].endswith(f"definition-{definition[:16]}.json"):
            look.damaged(key, f"takes back another import than number {number} of the study is", of)
