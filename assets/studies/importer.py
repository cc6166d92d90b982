"""Import of a published study: everything is read and checked first, then written, the pointer last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.generation.pictures.stripping import strip
from assets.studies.definition import StudyDefinition
from assets.studies.label_files import LabelSet
from assets.studies.layout import (
    TABLES,
    Pointer,
    Rows,
    definition_key,
    label_part_key,
    move_pointer,
    put_all,
    rows_hash,
    tables_prefix,
    to_table,
)
from assets.studies.pictures import FoundPicture
from assets.studies.progress import Progress, silent
from assets.studies.reading import read_study_files
from assets.studies.removal import require_not_removed
from assets.studies.slots import StudySlot
from assets.studies.tables import label_rows, study_tables
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import UsageError
from warehouse.store.base import Store


@dataclass(frozen=True)
class ImportReport:
    """What an import did. All counts are of this study."""

    study: str
    slots: int
    images: int  # slots with a picture
    images_written: int
    images_already: int  # distinct pictures that were in the store before
    missing: int  # planned pictures that the study does not have; 0 for a study of labels only
    missing_by_model: Mapping[str, int]
    labels: Mapping[str, int]  # labeler@version → labels
    changed: bool  # False: the same study was imported before, and nothing was written

    def lines(self) -> list[str]:
        """Return the report as sentences for a person."""
        if not self.changed:
            return [f"{self.study}: imported before, nothing new was written ({self._counts()})"]
        sentences = [f"{self.study}: {self._counts()}"]
        if self.images_already:
            sentences.append(f"{self.images_already} pictures were in the store already")
        if self.missing:
            models = ", ".join(f"{model} {count}" for model, count in self.missing_by_model.items())
            sentences.append(f"{self.missing} planned pictures are missing: {models}")
        return sentences

    def _counts(self) -> str:
        labels = ", ".join(f"{count} labels by {labeler}" for labeler, count in self.labels.items())
        counts = f"{self.slots} slots, {self.images} images stored, {self.missing} missing"
        if not self.images:
            counts = f"{self.slots} slots, labels alone"
        return f"{counts}, {labels}" if labels else counts


def import_study(
    store: Store, definition: Path, root: Path, *, progress: Progress | None = None
) -> ImportReport:
    """Import the study that the file `definition` declares from the folder `root`.

    Everything is validated before the first byte is written, and the pointer that makes an import current is written
    last: a stopped import leaves the former one current. Importing the same again writes nothing.

    Patterns are relative to `root`. The error for what the study file does not cover says the first with file and row,
    and all in `lines`.
    """
    tell = progress or silent
    read = read_study_files(definition, root, progress=tell)
    study, pictures, label_sets, slots = read.definition, read.pictures, read.labels, read.slots

    require_not_removed(store, study.study, study.version)
    body = canonical_json(study.model_dump(mode="json"))
    definition_sha256 = sha256_hex(body)
    tables = study_tables(study, definition_sha256, slots, pictures)
    folder = tables_prefix(study.study, rows_hash(tables))
    parts = _label_parts(study, label_sets, pictures)
    pointer = Pointer(
        study=study.study,
        definition=definition_key(study.study, definition_sha256),
        tables=folder,
        labels=tuple(key for key, _ in parts),
        labelers={found.labeler.id: found.version for found in label_sets},
    )

    written = _store_pictures(store, study, pictures, tell)
    objects = [
        *((f"{folder}{table}.parquet", to_table(table, tables[table])) for table in TABLES),
        *((key, to_table("study_labels", rows)) for key, rows in parts),
    ]
    put = store.put_if_absent(pointer.definition, body) + put_all(store, objects)
    moved = move_pointer(store, pointer)
    absent = Counter(slot.model for slot in slots if slot not in pictures) if study.images else Counter()
    return ImportReport(
        study=study.study,
        slots=len(slots),
        images=len(pictures),
        images_written=written,
        images_already=len({found.picture.sha256 for found in pictures.values()}) - written,
        missing=absent.total(),
        missing_by_model=dict(absent),
        labels={found.name: len(found.labels) for found in label_sets},
        changed=bool(written or put or moved),
    )


def _label_parts(
    study: StudyDefinition, label_sets: Sequence[LabelSet], pictures: Mapping[StudySlot, FoundPicture]
) -> list[tuple[str, Rows]]:
    parts = []
    for found in label_sets:
        rows = label_rows(study, found, pictures)
        parts.append((label_part_key(study.study, found.name, rows), rows))
    return parts


def _store_pictures(
    store: Store, study: StudyDefinition, pictures: Mapping[StudySlot, FoundPicture], tell: Progress
) -> int:
    written = 0
    for number, found in enumerate(pictures.values(), start=1):
        data = found.read()
        if sha256_hex(data) != found.original_sha256:
            raise UsageError(f"{study.study}: {found.name} changed while it was imported; run it again")
        written += store.put_if_absent(keys.image(found.picture.sha256, found.picture.ext), strip(data))
        tell("storing pictures", number, len(pictures))
    return written
