"""Labels of a study: what its rows say of which picture, by whom; what is not declared is a mistake."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assets.studies.definition import StudyAttribute, StudyDefinition
from assets.studies.mistakes import Mistakes
from assets.studies.reading.slots import Cell, PlacedRow, StudySlot, called, hint, name_of, slot_of
from warehouse.validation import close_match


@dataclass(frozen=True)
class StudyLabel:
    """One published answer for one attribute of one slot; `raw` is as it was spelled."""

    slot: StudySlot
    labeler: str
    attribute: str
    value: str
    raw: str
    number: float | None = None  # of a numeric attribute
    confidence: float | None = None


def read_labels(
    study: StudyDefinition,
    rows: Iterable[PlacedRow],
    numbers: Mapping[tuple[Cell, str], int],
    slots: Collection[StudySlot],
    mistakes: Mistakes,
) -> list[StudyLabel]:
    """Return the labels of the rows whose slots are among `slots`."""
    attributes = {attribute.id: attribute for attribute in study.attributes}
    labelers = {name for labeler in study.labelers for name in labeler.ids}
    only = {
        "attribute": study.attributes[0].id if len(study.attributes) == 1 else "",
        "labeler": min(labelers) if len(labelers) == 1 else "",
    }
    seen: dict[tuple[str, StudySlot, str], StudyLabel] = {}
    for row in rows:
        (file, at), of = row.at, row.row
        raw, number = of.get("value"), of.get("number")
        if not (raw or number):
            continue  # an empty cell is no label
        slot = slot_of(row, numbers)
        labeler = of.get("labeler", only["labeler"]) or ""
        attribute = attributes.get(name_of(of.get("attribute", only["attribute"]) or ""))
        if labeler not in labelers:
            fix = hint(labeler, labelers)
            mistakes.add(file, "labelers are not declared", at, text=labeler, fix=fix)
        elif attribute is None:
            text = of.get("attribute") or only["attribute"]
            mistakes.add(file, "attributes are not declared", at, text=text, fix=hint(text, attributes))
        elif slot not in slots:
            fix = "select its slot in pictures, with an empty path where it was not published"
            mistakes.add(file, "labels are of pictures that are not there", at, text=called(row), fix=fix)
        elif (label := _label(slot, labeler, attribute, of, row.at, mistakes)) is not None:
            before = seen.setdefault((labeler, slot, attribute.id), label)
            if before is not label:
                said = "the same" if before.value == label.value else f'"{before.value}" before'
                fix = "select each label once, or number the pictures (replicate) and raters (labeler) apart"
                mistakes.add(
                    file, f"{attribute.id} is there twice by one labeler", at,
                    text=f"{called(row)}: {label.value}, {said}", fix=fix,
                )  # fmt: skip
    return [*seen.values()]


def _label(
    slot: StudySlot,
    labeler: str,
    attribute: StudyAttribute,
    row: Mapping[str, Any],
    at: tuple[str, str],
    mistakes: Mistakes,
) -> StudyLabel | None:
    (file, place), raw = at, str(row.get("value") or row.get("number"))
    confidence = _number(row.get("confidence"))
    if row.get("confidence") and (confidence is None or not 0 <= confidence <= 1):
        fix = "divide it in the query"
        mistakes.add(file, "confidence is none from 0 to 1", place, text=str(row["confidence"]), fix=fix)
        return None
    if attribute.kind == "named":
        spellings = attribute.spellings
        value = spellings.get(raw) or spellings.get(unicodedata.normalize("NFC", raw))
        if value is None:
            near = close_match(raw, spellings).removeprefix("; ")
            known = ", ".join(attribute.declared) + (f"; {near}" if near.startswith("did") else "")
            what = f"{attribute.id} has values that are not declared"
            mistakes.add(file, what, place, text=raw, fix=f"known: {known}")
            return None
        return StudyLabel(slot, labeler, attribute.id, value, raw, confidence=confidence)
    number = _number(row.get("number") or raw)
    two = row.get("value") and row.get("number") and _number(row["value"]) != number
    if number is None or two:
        what = "has another value than number" if two else "is no number"
        fix = "select one of them" if two else "select numbers, their decimals after a point"
        mistakes.add(file, f"{attribute.id} {what}", place, text=raw, fix=fix)
        return None
    low, high = attribute.low, attribute.high
    if (low is not None and number < low) or (high is not None and number > high):
        fix = "correct it, or declare other limits"
        ends = " to ".join("…" if end is None else f"{end:g}" for end in (low, high))
        what = f"{attribute.id} is outside {ends}"
        mistakes.add(file, what, place, text=raw, fix=fix)
        return None
    return StudyLabel(slot, labeler, attribute.id, f"{number:.12g}", raw, number, confidence)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "") if "_" not in (text or "") else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None
