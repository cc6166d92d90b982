"""Labelling the pictures of an imported study with a labeler of the project.

Belongs here: what is still unread, and the parts that are written. Does not belong here: any one labeler
(`assets.labeling`), people's labels, which come with the study (`importer`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.labeling.records import INVALID, Labeler, Reading
from assets.studies.layout import (
    Pointer,
    Rows,
    label_part_key,
    labels_prefix,
    read_rows,
    require_current,
    to_parquet,
)
from assets.studies.progress import Progress, silent
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.store.base import Store

#: Pictures a part: what a stopped run loses at most.
PART_PICTURES = 50


@dataclass(frozen=True)
class LabelCounts:
    """What a run did: pictures read, labels written, labels there before, and the values written."""

    pictures: int
    labels: int
    already: int
    values: Mapping[tuple[str, str], int]  # (attribute, value) → labels


def label_study(
    store: Store, study: str, labeler: Labeler, *, progress: Progress | None = None
) -> LabelCounts:
    """Label the study's pictures with those attributes that both study file and labeler know.

    Equal bytes are read once. A value outside the study's declared list is stored as `invalid` with the raw answer.
    Labels of this labeler version that are there already are not made again, so a stopped run goes on.

    Args:
        store: where the study lies.
        study: its id.
        labeler: who reads.
        progress: called with (what, pictures done, of how many).

    Raises:
        UsageError: if the study was never imported or declares none of the labeler's attributes.
    """
    pointer = require_current(store, study)
    declared = _declared(store, pointer)
    attributes = [attribute for attribute in labeler.attributes() if attribute in declared]
    if not attributes:
        raise UsageError(
            f"{study}: the study file declares none of what {labeler.name} reads "
            f"({', '.join(labeler.attributes())}); add it under attributes"
        )
    done = _done(store, study, f"{labeler.name}@{labeler.version}")
    todo = _todo(store, pointer, attributes, done)
    values: Counter[tuple[str, str]] = Counter()
    pictures = sorted(todo)
    for start in range(0, len(pictures), PART_PICTURES):
        rows: Rows = []
        for number, sha256 in enumerate(pictures[start : start + PART_PICTURES], start=start + 1):
            ext, slots = todo[sha256]
            readings = labeler.read(store.get(keys.image(sha256, ext)), attributes)
            for slot_key, missing in sorted(slots.items()):
                rows += [
                    _row(
                        study, slot_key, sha256, labeler, attribute, readings[attribute], declared[attribute]
                    )
                    for attribute in missing
                ]
            (progress or silent)("labelling pictures", number, len(pictures))
        rows.sort(key=lambda row: (row["slot_key"], row["attribute"]))
        key = label_part_key(study, f"{labeler.name}@{labeler.version}", rows)
        store.put_if_absent(key, to_parquet("study_labels", rows))
        values.update((row["attribute"], row["value"]) for row in rows)
    return LabelCounts(len(pictures), values.total(), len(done), dict(values))


def _declared(store: Store, pointer: Pointer) -> dict[str, set[str]]:
    declared: dict[str, set[str]] = {}
    for row in read_rows(store, f"{pointer.tables}study_attribute_values.parquet"):
        declared.setdefault(row["attribute"], set()).add(row["value"])
    return declared


def _done(store: Store, study: str, labeler: str) -> set[tuple[str, str]]:
    parts = store.list(labels_prefix(study, labeler))
    return {(row["slot_key"], row["attribute"]) for key in parts for row in read_rows(store, key)}


def _todo(
    store: Store, pointer: Pointer, attributes: Sequence[str], done: set[tuple[str, str]]
) -> dict[str, tuple[str, dict[str, list[str]]]]:
    """Return image hash → (extension, slot → attributes that are not read yet)."""
    todo: dict[str, tuple[str, dict[str, list[str]]]] = {}
    for slot in read_rows(store, f"{pointer.tables}study_slots.parquet"):
        key = slot["slot_key"]
        missing = [attribute for attribute in attributes if (key, attribute) not in done]
        if slot["image_sha256"] and missing:
            todo.setdefault(slot["image_sha256"], (slot["image_ext"], {}))[1][key] = missing
    return todo


def _row(
    study: str,
    slot_key: str,
    image_sha256: str,
    labeler: Labeler,
    attribute: str,
    reading: Reading,
    declared: set[str],
) -> dict[str, object]:
    known = reading.value in declared
    return {
        "study": study,
        "slot_key": slot_key,
        "attribute": attribute,
        "labeler": labeler.name,
        "labeler_kind": labeler.kind,
        "labeler_version": labeler.version,
        "value": reading.value if known else INVALID,
        "confidence": reading.confidence,
        "raw": reading.raw if known else (reading.raw or reading.value),
        "image_sha256": image_sha256,
    }
