"""Slots of a study: what identifies one, and how raw path fields become its coordinates.

Belongs here: the key, the coordinates and their spellings. Does not belong here: which slots have a picture
(`pictures`) or a label (`label_files`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assets.studies.declared.base import COORDINATES
from assets.studies.definition import StudyDefinition
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.validation import close_match


@dataclass(frozen=True, order=True)
class StudySlot:
    """One planned picture of a study."""

    model: str
    prompt: str
    condition: str
    replicate: int


class UnknownSlotError(ValueError):
    """The fields name a slot that the study file does not declare; the message says which field."""


def study_slot_key(study: str, slot: StudySlot) -> str:
    """Return the SHA-256, 64 hexadecimal digits, of the slot's identity in canonical JSON."""
    identity = {
        "study": study,
        "model": slot.model,
        "prompt": slot.prompt,
        "condition": slot.condition,
        "replicate": slot.replicate,
    }
    return sha256_hex(canonical_json(identity))


class Coordinates:
    """Reads raw fields as slots of one study, by its declared ids, folders and spellings."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        self._spelled: dict[str, Mapping[str, str]] = {
            "model": {model.folder or model.id: model.id for model in definition.models},
            "prompt": _with_ids({p.id for p in definition.prompts}, definition.spellings.get("prompt", {})),
            "condition": _with_ids(
                {p.condition for p in definition.prompts}, definition.spellings.get("condition", {})
            ),
        }
        self._known = {(prompt.id, prompt.condition) for prompt in definition.prompts}

    def planned(self) -> list[StudySlot]:
        """Return every planned slot, in the order of the study file; empty if replicates are not declared."""
        first, count = self._definition.first_replicate, self._definition.replicates or 0
        return [
            StudySlot(model.id, prompt.id, prompt.condition, replicate)
            for model in self._definition.models
            for prompt in self._definition.prompts
            for replicate in range(first, first + count)
        ]

    def value(self, coordinate: str, raw: str) -> str:
        """Return the id (or number, as digits) that `raw` stands for.

        Raises:
            UnknownSlotError: if nothing declared is spelled so.
        """
        if coordinate == "replicate":
            if not (raw.isascii() and raw.isdigit()):
                raise UnknownSlotError(f'replicate "{raw}" is not a whole number')
            return str(int(raw))
        spelled = self._spelled[coordinate]
        if raw not in spelled:
            raise UnknownSlotError(
                f'{coordinate} "{raw}" is not in the study file{close_match(raw, spelled)}'
            )
        return spelled[raw]

    def slot(self, fields: Mapping[str, str]) -> StudySlot:
        """Return the slot that the four raw fields name.

        Raises:
            UnknownSlotError: if one of them is not declared, or all are and their combination is not.
        """
        model, prompt, condition, number = (self.value(name, fields[name]) for name in COORDINATES)
        if (prompt, condition) not in self._known:
            raise UnknownSlotError(f'prompt "{prompt}" has no condition "{condition}" in the study file')
        replicate, first = int(number), self._definition.first_replicate
        count = self._definition.replicates
        if replicate < first or (count is not None and replicate >= first + count):
            last = "" if count is None else f" to {first + count - 1}"
            raise UnknownSlotError(f"replicate {replicate} is not planned (the study file has {first}{last})")
        return StudySlot(model, prompt, condition, replicate)


def _with_ids(ids: set[str], spellings: Mapping[str, str]) -> Mapping[str, str]:
    return {**{name: name for name in sorted(ids)}, **spellings}
