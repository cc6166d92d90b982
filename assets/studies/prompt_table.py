"""Prompts that a study publishes as a table: rows to the prompts of the study file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from assets.studies.declared.conditions import check_baseline
from assets.studies.declared.prompts import ROW, PromptTable, filled, name_of
from assets.studies.definition import StudyDefinition, StudyPrompt
from assets.studies.files.formats import read_table
from assets.studies.files.rows import FileError
from assets.studies.files.selection import Selection
from assets.studies.files.walk import OUTSIDE, leads_out
from assets.studies.mistakes import Mistakes
from warehouse.validation import close_match, explain

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def with_prompts(definition: StudyDefinition, root: Path, mistakes: Mistakes) -> StudyDefinition:
    """Return the definition with the prompts of its table, if it has one, and how the table spells them."""
    table = definition.prompts_from
    if table is None:
        return definition
    prompts: dict[tuple[str, str], StudyPrompt] = {}
    spelled: dict[str, dict[str, str]] = {"prompt": {}, "condition": {}}
    try:
        _read(table, root, prompts, spelled, mistakes)
        if not prompts and not mistakes:
            raise FileError("holds no prompt")
    except FileError as error:
        mistakes.add(table.file, str(error), error.place)
    spellings: dict[str, dict[str, str]] = {key: dict(value) for key, value in definition.spellings.items()}
    if prompts:
        try:
            check_baseline(definition.baseline, [condition for _, condition in prompts])
        except ValueError as error:
            mistakes.add(table.file, str(error))
        for coordinate, names in spelled.items():
            own = spellings.get(coordinate, {})
            _check_spellings(table, coordinate, own, set(names.values()), mistakes)
            spellings[coordinate] = {**names, **own}
    return definition.model_copy(update={"prompts": tuple(prompts.values()), "spellings": spellings})


def _read(
    table: PromptTable,
    root: Path,
    prompts: dict[tuple[str, str], StudyPrompt],
    spelled: dict[str, dict[str, str]],
    mistakes: Mistakes,
) -> None:
    path = root / table.file
    if not os.path.lexists(path):
        raise FileError(f"no such table of prompts under {root}")
    if leads_out(path, root, ""):
        raise FileError(OUTSIDE)
    _, rows = read_table(path, table.file, table)
    selection = Selection(table)
    selection.check_columns(rows, [column for column in table.columns() if column != ROW])
    for place, what in rows.broken:
        mistakes.add(table.file, what, place)
    for number, row in enumerate(selection.kept(rows), start=1):
        try:
            _add(table, {**row.cells, ROW: str(number)}, prompts, spelled)
        except ValueError as error:
            mistakes.add(table.file, str(error), row.place)
    for what in selection.unused():
        mistakes.add(table.file, what)


def _check_spellings(
    table: PromptTable, coordinate: str, own: Mapping[str, str], known: set[str], mistakes: Mistakes
) -> None:
    for spelling, name in own.items():
        if name not in known:
            hint = close_match(name, known)
            mistakes.add("", f'spelling "{spelling}": no {coordinate} "{name}" is in {table.file}{hint}')


def _add(
    table: PromptTable,
    cells: dict[str, str],
    prompts: dict[tuple[str, str], StudyPrompt],
    spelled: dict[str, dict[str, str]],
) -> None:
    raw, condition_raw = filled(table.id, cells), filled(table.condition, cells)
    name, condition = name_of(raw), name_of(condition_raw)
    for what, text, short in (("id", raw, name), ("condition", condition_raw, condition)):
        if not short:
            raise ValueError(
                f'{what}: "{text}" has no letter or digit of a name; write e.g. {what}: p{{row}}'
            )
    made = {
        "id": name,
        "condition": condition,
        "subject": ":".join(name_of(part, "_") for part in filled(table.subject, cells).split(":", 1)),
        "title": filled(table.title, cells),
        "text": filled(table.text, cells) if table.text is not None else None,
        "facts": {
            fact: _number(cells[column]) for fact, column in table.facts.items() if cells[column].strip()
        },
    }
    try:
        prompt = StudyPrompt.model_validate(made)
    except ValidationError as error:
        raise ValueError(explain(error, "the prompt")) from None
    before = prompts.setdefault((name, condition), prompt)
    if before != prompt:
        raise ValueError(f'prompt "{name}", condition "{condition}", is said a second time, and differently')
    spellings = [raw, *(filled(spelling, cells) for spelling in table.spellings)]
    for coordinate, texts, of in (("prompt", spellings, name), ("condition", [condition_raw], condition)):
        for text in texts:
            if spelled[coordinate].setdefault(text, of) != of:
                raise ValueError(f'"{text}" stands for {coordinate} "{spelled[coordinate][text]}" and "{of}"')
        spelled[coordinate].setdefault(of, of)


def _number(text: str) -> str | int | float:
    """Return a plainly written number as one; anything else as it is, `007` and `1,000` too."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)
