"""Slots of a study: what identifies one, and how raw fields of a path or row become its coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assets.studies.declared.patterns import TypedPattern, composed, natural
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


@dataclass(frozen=True)
class Place:
    """What a path or a row says of its slot: the cell, and what numbers the picture within it."""

    model: str
    prompt: str
    condition: str
    key: tuple[str, ...]

    @property
    def cell(self) -> tuple[str, str, str]:
        """Return model, prompt and condition."""
        return (self.model, self.prompt, self.condition)


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
    """Reads raw fields as places in one study, by its declared ids, folders and spellings."""

    def __init__(self, definition: StudyDefinition) -> None:
        self._definition = definition
        spellings = definition.spellings
        models = {model.folder or model.id: model.id for model in definition.models}
        self.spelled: dict[str, Mapping[str, str]] = {
            "model": _composed({**models, **spellings.get("model", {})}),
            "prompt": _with_ids({p.id for p in definition.prompts}, spellings.get("prompt", {})),
            "condition": _with_ids({p.condition for p in definition.prompts}, spellings.get("condition", {})),
        }
        self._known = {(prompt.id, prompt.condition) for prompt in definition.prompts}

    def pattern(self, template: str) -> TypedPattern:
        """Return a pattern that knows the declared spellings of this study."""
        return TypedPattern(template, self.spelled)

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
        """Return the id (or number, as digits) that `raw` stands for."""
        if coordinate in ("replicate", "number"):
            if not (raw.isascii() and raw.isdigit() and len(raw) < 10):
                raise UnknownSlotError(f'{coordinate} "{raw}" is not a whole number')
            return str(int(raw))
        spelled = self.spelled[coordinate]
        if (raw := composed(raw)) not in spelled:
            raise UnknownSlotError(
                f'{coordinate} "{raw}" is not in the study file{close_match(raw, spelled)}'
            )
        return spelled[raw]

    def place(self, fields: Mapping[str, str], order: str) -> Place:
        """Return the place that the raw fields name; `order` sorts it among others where no field numbers it."""
        if "number" in fields:
            fields = {**fields, **self._of_number(int(self.value("number", fields["number"])))}
        model, prompt, condition = (
            self.value(name, fields[name]) for name in ("model", "prompt", "condition")
        )
        if (prompt, condition) not in self._known:
            raise UnknownSlotError(f'prompt "{prompt}" has no condition "{condition}" in the study file')
        numbering = self._definition.numbering
        if numbering == "given" or "number" in fields:
            key: tuple[str, ...] = (self.value("replicate", fields["replicate"]),)
        else:
            key = (order,) if numbering == "order" else tuple(fields[name] for name in numbering)
        return Place(model, prompt, condition, key)

    def _of_number(self, number: int) -> dict[str, str]:
        """Return prompt, condition and replicate of a number that runs over all prompts."""
        first, count = self._definition.first_number, self._definition.replicates or 1
        prompts = self._definition.prompts
        which, rest = divmod(number - first, count)
        if not 0 <= which < len(prompts):
            last = first + count * len(prompts) - 1
            raise UnknownSlotError(f"number {number} is none of the study's ({first} to {last})")
        prompt = prompts[which]
        replicate = str(self._definition.first_replicate + rest)
        return {"prompt": prompt.id, "condition": prompt.condition, "replicate": replicate}


class Numbers:
    """The numbers of pictures within their cells: as given, or counted in order over all places of the study."""

    def __init__(self, definition: StudyDefinition, places: Iterable[Place]) -> None:
        self._definition = definition
        self._given = definition.numbering == "given"
        self._rank: dict[tuple[str, str, str], dict[tuple[str, ...], int]] = {}
        if self._given:
            return
        for place in places:
            self._rank.setdefault(place.cell, {})[place.key] = 0
        for cell, keys in self._rank.items():
            ordered = sorted(keys, key=lambda key: tuple(natural(part) for part in key))
            self._rank[cell] = {key: number for number, key in enumerate(ordered)}

    def slot(self, place: Place) -> StudySlot:
        """Return the slot of a place."""
        first, count = self._definition.first_replicate, self._definition.replicates
        replicate = int(place.key[0]) if self._given else first + self._rank[place.cell][place.key]
        if replicate < first or (count is not None and replicate >= first + count):
            if not self._given:
                raise UnknownSlotError(
                    f"{' / '.join(place.cell)} has {len(self._rank[place.cell])} pictures, "
                    f"the study file says replicates: {count}"
                )
            last = "" if count is None else f" to {first + count - 1}"
            hint = "" if first == 1 else "; where numbers begin with 1, write first_replicate: 1"
            raise UnknownSlotError(
                f"replicate {replicate} is not planned (the study file has {first}{last}){hint}"
            )
        return StudySlot(place.model, place.prompt, place.condition, replicate)


def _composed(spelled: Mapping[str, str]) -> Mapping[str, str]:
    return {composed(spelling): name for spelling, name in spelled.items()}


def _with_ids(ids: set[str], spellings: Mapping[str, str]) -> Mapping[str, str]:
    return _composed({**{name: name for name in sorted(ids)}, **spellings})


def key_fields(
    cells: Mapping[str, str], keys: Iterable[tuple[str, TypedPattern]], given: Mapping[str, str]
) -> dict[str, str]:
    """Return the fields that the key columns of a row give, beside those `given`."""
    fields = dict(given)
    for column, pattern in keys:
        text = cells[column]
        found = pattern.match(text)
        if found is None:
            raise UnknownSlotError(f'{column} "{text}" does not match {pattern.template}')
        for name, value in found.items():
            if fields.setdefault(name, value) != value:
                raise UnknownSlotError(f'{name} is "{value}" in {column} and "{fields[name]}" elsewhere')
    return fields
