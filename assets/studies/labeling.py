"""Labeling the pictures of an imported study with a labeler of the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count

from assets.labeling.asked.asking import FREELY, Asking, AskingResult, ask_all
from assets.labeling.asked.attempts import closed
from assets.labeling.asked.journal import Journal, Keep, of_study
from assets.labeling.forecast import ToLabel, all_left
from assets.labeling.pictures import PictureToRead
from assets.labeling.records import Labeler, Reading, RemoteLabeler
from assets.labeling.registry import is_remote
from assets.studies.layout import Pointer, Rows, labels_prefix, read_rows, require_current
from assets.studies.reading.pictures import Progress, silent
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.loading.beside import parquet, put_named
from warehouse.loading.columns import table_of
from warehouse.store.base import Store
from warehouse.taken_back import removed

#: Pictures a part: what a stopped run loses at most.
PART_PICTURES = 50

#: Image hash → (extension, slot → attributes that are not read yet).
Todo = dict[str, tuple[str, dict[str, list[str]]]]


@dataclass(frozen=True)
class LabelCounts:
    """What a run did: labels written, and those that were there before.

    `asked` says more of a labeler that is asked over a network: what it declined, what got no answer, what it cost.
    """

    labels: int
    already: int
    asked: AskingResult | None = None


def label_study(
    store: Store,
    study: str,
    labeler: Labeler | RemoteLabeler,
    *,
    progress: Progress = silent,
    asking: Callable[[ToLabel], Asking] = lambda left: FREELY,
) -> LabelCounts:
    """Label the study's pictures with the attributes that study file and labeler know; equal bytes are read once.

    A value outside the study's declared list is stored as `invalid` with the raw answer. Labels of this labeler version
    that are there already are not made again, so a stopped run goes on. `asking` gets what will be asked.
    """
    pointer = require_current(store, study)
    declared: dict[str, set[str]] = {}
    for row in read_rows(store, f"{pointer.tables}study_attribute_values.parquet"):
        declared.setdefault(row["attribute"], set()).add(row["value"])
    attributes = [attribute for attribute in labeler.attributes() if attribute in declared]
    if not attributes:
        raise UsageError(
            f"{study}: the study file declares none of what {labeler.name} reads "
            f"({', '.join(labeler.attributes())}); add it under attributes"
        )
    name = f"{labeler.name}@{labeler.version}"
    prefix = labels_prefix(study, name)
    parts = [key for key in store.list(prefix) if key.endswith(".parquet")]
    done = {(row["slot_key"], row["attribute"]) for key in parts for row in read_rows(store, key)}
    todo = _todo(store, pointer, attributes, done)
    of_labeler = {"labeler": labeler.name, "labeler_kind": labeler.kind, "labeler_version": labeler.version}
    written = 0

    def keep(readings: Mapping[str, Mapping[str, Reading]]) -> None:
        nonlocal written
        rows: Rows = [
            {
                **{"study": study, "slot_key": slot_key, "attribute": attribute, "image_sha256": sha256},
                **of_labeler,
                **read[attribute].columns(declared[attribute]),
            }
            for sha256, read in readings.items()
            for slot_key, missing in todo[sha256][1].items()
            for attribute in missing
            if attribute in read  # else it was declined
        ]
        if rows:
            rows.sort(key=lambda row: (row["slot_key"], row["attribute"]))
            data = parquet(table_of("study_labels", rows))
            put_named(store, lambda sha256: f"{prefix}part-{sha256}.parquet", data)
            written += len(rows)

    asked: AskingResult | None = None
    if is_remote(labeler):
        journal = Journal(store, of_study(study), name, keep)
        todo = _without(todo, closed(journal.known))
        left = all_left(Counter(_wanted(slots) for _, slots in todo.values()), labeler.entry)
        asked = _ask(store, labeler, todo, journal, progress, asking(left))
    else:
        _read(store, labeler, todo, attributes, keep, progress)
    return LabelCounts(written, len(done), asked)


def _read(
    store: Store, labeler: Labeler, todo: Todo, attributes: Sequence[str], keep: Keep, tell: Progress
) -> None:
    pictures = sorted(todo)
    for start in range(0, len(pictures), PART_PICTURES):
        found: dict[str, Mapping[str, Reading]] = {}
        for number, sha256 in enumerate(pictures[start : start + PART_PICTURES], start=start + 1):
            found[sha256] = labeler.read(store.get(keys.image(sha256, todo[sha256][0])), attributes)
            tell("labeling pictures", number, len(pictures))
        keep(found)


def _ask(
    store: Store, labeler: RemoteLabeler, todo: Todo, journal: Journal, tell: Progress, asking: Asking
) -> AskingResult:
    done = count(1)
    looks = [PictureToRead(sha256, ext, _wanted(slots)) for sha256, (ext, slots) in sorted(todo.items())]
    return ask_all(
        labeler,
        looks,
        journal,
        load=lambda look: store.get(keys.image(look.sha256, look.ext)),
        asking=asking,
        on_picture=lambda: tell("labeling pictures", next(done), len(looks)),
    )


def _wanted(slots: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({*chain.from_iterable(slots.values())}))


def _without(todo: Todo, never: Collection[tuple[str, str]]) -> Todo:
    """Return what is still to be read, without what the labeler declined for good."""
    kept: Todo = {}
    for sha256, (ext, slots) in todo.items():
        left = {
            slot_key: wanted
            for slot_key, missing in slots.items()
            if (wanted := [attribute for attribute in missing if (sha256, attribute) not in never])
        }
        if left:
            kept[sha256] = (ext, left)
    return kept


def _todo(store: Store, pointer: Pointer, attributes: Sequence[str], done: set[tuple[str, str]]) -> Todo:
    todo: Todo = {}
    gone = removed(store)
    for slot in read_rows(store, f"{pointer.tables}study_slots.parquet"):
        key = slot["slot_key"]
        missing = [attribute for attribute in attributes if (key, attribute) not in done]
        if slot["image_sha256"] and slot["image_sha256"] not in gone and missing:
            todo.setdefault(slot["image_sha256"], (slot["image_ext"], {}))[1][key] = missing
    return todo
