"""The closed world of a study: what its queries return, as prompts, pictures and slots; all else is a mistake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from assets.studies.definition import StudyDefinition, check_baseline
from assets.studies.mistakes import Mistakes
from assets.studies.reading.labels import StudyLabel, read_labels
from assets.studies.reading.queries import COLUMNS, QueryRows
from assets.studies.reading.slots import (
    Cell,
    Cells,
    PlacedRow,
    StudySlot,
    called,
    name_of,
    number_slots,
    slot_of,
)


@dataclass(frozen=True)
class StudyPrompt:
    """One text under one condition; `facts` is what else the study says of it."""

    id: str
    condition: str
    subject: str
    title: str
    text: str | None
    facts: Mapping[str, str]


class NamedPicture(NamedTuple):
    """A picture before it is looked at: its path in the study's folder, or its bytes."""

    path: str
    data: bytes | None = None


@dataclass(frozen=True)
class World:
    """What a study's files say. `pictures` has every slot, None where its picture was not published."""

    prompts: Sequence[StudyPrompt] = ()
    pictures: Mapping[StudySlot, NamedPicture | None] = field(default_factory=dict)
    labels: Sequence[StudyLabel] = ()


def make_world(study: StudyDefinition, sets: Mapping[str, Sequence[QueryRows]], mistakes: Mistakes) -> World:
    """Return what the rows say, or what is left of it beside `mistakes`."""
    prompts = [prompt for rows in sets["prompts"] for prompt in _prompts(rows, mistakes)]
    if mistakes:
        return World(prompts)  # without prompts nothing else can be said
    try:
        check_baseline(study.baseline, [prompt.condition for prompt in prompts])
    except ValueError as error:
        mistakes.add("prompts", str(error))
    cells = Cells(study, {(prompt.id, prompt.condition) for prompt in prompts})
    shown = [row for rows in sets["pictures"] for row in cells.rows(rows, mistakes)]
    said = [row for rows in sets["labels"] for row in cells.rows(rows, mistakes)]
    numbers = number_slots(shown + said)
    pictures = _pictures(shown, numbers, mistakes)
    slots = {slot_of(row, numbers) for row in said}
    if study.pictures is None:
        pictures = dict.fromkeys(sorted(slots))
    labels = read_labels(study, said, numbers, pictures, mistakes)
    if not mistakes:
        _all_used(study, shown + said, labels, mistakes)
    return World(prompts, pictures, labels)


def _all_used(
    study: StudyDefinition, rows: Iterable[PlacedRow], labels: Iterable[StudyLabel], mistakes: Mistakes
) -> None:
    """Report models and labelers that are declared and in no row: a file may be missing."""
    fix = "look whether its file is there and the query reads it, or take it out"
    declared = [name for labeler in study.labelers for name in labeler.ids]
    for kind, names, used in (
        ("models", [model.id for model in study.models], {row.cell[0] for row in rows}),
        ("labelers", declared, {label.labeler for label in labels}),
    ):
        for name in names:
            if name not in used:
                mistakes.add("", f"{kind} are declared and in no row", text=name, fix=fix)


def _prompts(rows: QueryRows, mistakes: Mistakes) -> list[StudyPrompt]:
    found: dict[tuple[str, str], StudyPrompt] = {}
    spelled: dict[str, str] = {}
    if rows.columns and "prompt" not in rows.columns:
        mistakes.add(rows.name, f'returns no column "prompt" (it returns {", ".join(rows.columns)})')
        return []
    for number, row in enumerate(rows.rows):
        file, at = rows.place(number)
        raw = row["prompt"] or ""
        prompt = StudyPrompt(
            id=name_of(raw),
            condition=name_of(row.get("condition") or "baseline"),
            subject=row.get("subject") or f"prompt:{name_of(raw)}",
            title=row.get("title") or raw,
            text=row.get("text"),
            facts={c: v for c, v in row.items() if c not in COLUMNS["prompts"] and v is not None},
        )
        if not prompt.id or not prompt.condition:
            mistakes.add(file, "a prompt or its condition is empty", at)
        elif (before := spelled.setdefault(prompt.id, raw)) != raw:
            mistakes.add(
                file, f'prompts "{before}" and "{raw}" are one name here', at, fix="spell them apart"
            )
        elif found.setdefault((prompt.id, prompt.condition), prompt) is not prompt:
            fix = "select each once (DISTINCT, or one row per prompt and condition)"
            mistakes.add(file, "prompts are there twice", at, text=f"{raw} / {prompt.condition}", fix=fix)
    return [*found.values()]


def _pictures(
    rows: Iterable[PlacedRow],
    numbers: Mapping[tuple[Cell, str], int],
    mistakes: Mistakes,
) -> dict[StudySlot, NamedPicture | None]:
    found: dict[StudySlot, NamedPicture | None] = {}
    used: dict[str, str] = {}
    for row in rows:
        file, at = row.at
        slot, path, data = slot_of(row, numbers), row.row.get("path"), row.row.get("bytes")
        if slot in found:
            fix = "give each picture of a cell its own replicate"
            mistakes.add(file, "two rows are the same slot", at, text=called(row), fix=fix)
        elif path and used.setdefault(path, at) != at:
            mistakes.add(file, "pictures are there twice", at, text=path, fix="select each file once")
        else:
            found[slot] = NamedPicture(path or called(row), data) if path or data else None
    return {slot: found[slot] for slot in sorted(found)}
