"""Which picture of a study a row is about: its model, prompt and condition, and its number within that cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from assets.studies.definition import StudyDefinition
from assets.studies.mistakes import Mistakes
from assets.studies.reading.queries import QueryRows
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.validation import close_match

_NO_NAME = re.compile(r"[^a-z0-9._-]+")
#: What a slot without a number of its own has: the only picture of its cell.
_ONLY = "0"

#: Model, prompt and condition.
Cell = tuple[str, str, str]


@dataclass(frozen=True, order=True)
class StudySlot:
    """One picture of a study, there or not."""

    model: str
    prompt: str
    condition: str
    replicate: int


class PlacedRow(NamedTuple):
    """A row of pictures or labels whose cell is known; `key` numbers it within the cell."""

    cell: Cell
    key: str
    row: Mapping[str, Any]
    at: tuple[str, str]


def name_of(text: str) -> str:
    """Return the name of this project for a study's own: `Dental Hygienist` is `dental-hygienist`.

    Text without a Latin letter or digit is named by a hash of it.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NO_NAME.sub("-", plain).strip("-._") or (sha256_hex(text.encode())[:12] if text.strip() else "")


def slot_key(study: str, slot: StudySlot) -> str:
    """Return the SHA-256, 64 hexadecimal digits, of the slot's identity in canonical JSON."""
    return sha256_hex(canonical_json({"study": study, **asdict(slot)}))


class Cells:
    """Reads model, prompt and condition of rows, by what the study declares."""

    def __init__(self, study: StudyDefinition, prompts: Collection[tuple[str, str]]) -> None:
        self._known = prompts  # id, condition
        self._prompts = {prompt for prompt, _ in prompts}
        self._models = {how: model.id for model in study.models for how in (model.id, *model.spelled)}
        self._ids = {model.id for model in study.models}
        self._only = study.models[0].id if len(study.models) == 1 else None

    def rows(self, rows: QueryRows, mistakes: Mistakes) -> list[PlacedRow]:
        """Return the rows whose cell is declared; all others are mistakes."""
        for column in ("prompt",) if self._only else ("model", "prompt"):
            if rows.columns and column not in rows.columns:
                listed = ", ".join(rows.columns)
                mistakes.add(rows.name, f'returns no column "{column}" (it returns {listed})')
                return []
        kept = []
        for number, row in enumerate(rows.rows):
            at = rows.place(number)
            cell = self._cell(row, at, mistakes)
            key = row.get("replicate", _ONLY)
            if cell and not key:
                mistakes.add(at[0], "replicate is empty", at[1], fix="number the pictures of a cell")
            elif cell:
                kept.append(PlacedRow(cell, key, row, at))
        return kept

    def _cell(self, row: Mapping[str, Any], at: tuple[str, str], mistakes: Mistakes) -> Cell | None:
        file, place = at
        raw = row.get("model", self._only) or ""
        model = self._models.get(raw)
        if model is None and name_of(raw) in self._ids:
            model = name_of(raw)
        prompt = name_of(row["prompt"] or "")
        condition = name_of(row.get("condition", "baseline") or "")
        if model is None:
            mistakes.add(file, "models are not declared", place, text=raw, fix=hint(raw, self._models))
        elif prompt not in self._prompts:
            fix = hint(row["prompt"] or "", self._prompts, "select it in prompts")
            mistakes.add(file, "prompts are not declared", place, text=row["prompt"] or "", fix=fix)
        elif (prompt, condition) not in self._known:
            known = sorted(under for of, under in self._known if of == prompt)
            fix = f"it is asked under {', '.join(known)}"
            mistakes.add(file, f'prompt "{prompt}" has not the conditions', place, text=condition, fix=fix)
        else:
            return model, prompt, condition
        return None


def hint(name: str, known: Collection[str], otherwise: str = "declare it, or spell it as declared") -> str:
    """Return what was meant, or which names are known; `otherwise` where these are too many."""
    hint = close_match(name, known).removeprefix("; ")
    return hint if len(hint) < 200 else otherwise


def number_slots(rows: Iterable[PlacedRow]) -> Mapping[tuple[Cell, str], int]:
    """Return (cell, key) → number: the key itself if all are whole numbers, else its place in the cell, from 0."""
    keys: dict[Cell, set[str]] = {}
    for row in rows:
        keys.setdefault(row.cell, set()).add(row.key)
    given = all(key.isascii() and key.isdigit() and len(key) < 10 for of in keys.values() for key in of)
    return {
        (cell, key): int(key) if given else number
        for cell, of in keys.items()
        for number, key in enumerate(sorted(of))
    }


def slot_of(row: PlacedRow, numbers: Mapping[tuple[Cell, str], int]) -> StudySlot:
    """Return the slot of a row."""
    return StudySlot(*row.cell, numbers[row.cell, row.key])


def called(row: PlacedRow) -> str:
    """Return how messages call a row's picture."""
    return " / ".join((*row.cell, row.key))
