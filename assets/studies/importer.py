"""Import of a published study: everything is read and checked first, then written, the pointer last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.generation.pictures.stripping import strip
from assets.studies.definition import StudyDefinition, load_definition
from assets.studies.layout import (
    Pointer,
    Rows,
    current,
    definition_key,
    label_part_key,
    move_pointer,
    put_all,
    read_rows,
    rows_hash,
    tables_prefix,
    version_order,
)
from assets.studies.mistakes import Mistakes, MistakesError
from assets.studies.reading.folder import walk
from assets.studies.reading.pictures import FoundPicture, Progress, check_pictures, silent
from assets.studies.reading.published import ComparedFigure, compare
from assets.studies.reading.queries import run
from assets.studies.reading.shows import shown_prompts
from assets.studies.reading.slots import StudySlot
from assets.studies.reading.world import World, make_world
from assets.studies.removal import require_not_removed
from assets.studies.tables import label_sets, published_rows, study_tables
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.loading.columns import table_of
from warehouse.loading.study_objects import SHOWS, TABLES
from warehouse.store.base import Store


@dataclass(frozen=True)
class ReadStudy:
    """A study as its files say it: whole, since what is not declared was a mistake."""

    definition: StudyDefinition
    world: World
    pictures: Mapping[StudySlot, FoundPicture]
    published: Sequence[ComparedFigure]
    tables: Mapping[str, Rows]  # all of them but the labels
    labels: Mapping[str, Rows]  # `<labeler>@<version>` → rows


@dataclass(frozen=True)
class ImportReport:
    """What an import did. All counts are of this study."""

    study: str
    slots: int
    images: int  # slots with a picture
    images_already: int  # distinct pictures that were in the store before
    missing: int  # planned pictures that the study does not have; 0 for a study of labels only
    missing_by_model: Mapping[str, int]
    labels: Mapping[str, int]  # labeler@version → labels
    figures: str  # how many of the authors' figures come out as printed; empty if they print none
    replaces: str | None  # the version that was current before
    changed: bool  # False: the same study was imported before, and nothing was written

    def lines(self) -> list[str]:
        """Return the report as sentences for a person."""
        if not self.changed:
            return [f"{self.study}: imported before, nothing new was written ({self._counts()})"]
        sentences = [f"{self.study}: {self._counts()}"]
        if self.replaces:
            sentences.append(f"it replaces version {self.replaces}, whose objects stay in the store")
        if self.images_already:
            sentences.append(f"{self.images_already} pictures were in the store already")
        if self.missing:
            models = ", ".join(f"{model} {count}" for model, count in self.missing_by_model.items())
            sentences.append(f"{self.missing} planned pictures are missing: {models}")
        return [*sentences, *filter(None, [self.figures])]

    def _counts(self) -> str:
        labels = ", ".join(f"{count} labels by {labeler}" for labeler, count in self.labels.items())
        counts = f"{self.slots} slots, {self.images} images stored, {self.missing} missing"
        if not self.images:
            counts = f"{self.slots} slots, labels alone"
        return f"{counts}, {labels}" if labels else counts


def read_study_files(study: StudyDefinition, root: Path, *, progress: Progress = silent) -> ReadStudy:
    """Return a study as its file declares it, with what is in the folder `root`.

    Raises:
        MistakesError: with all that is not declared, or not there.
    """
    mistakes = Mistakes(study.study)
    if not root.is_dir():
        mistakes.add("", f"no folder {root}; give the study's folder with --root")
    mistakes.stop()
    files = walk(root, mistakes)
    mistakes.stop()
    world = make_world(study, run(study, root, files, mistakes), mistakes)
    shown = shown_prompts(study, world.prompts, mistakes)
    pictures = check_pictures(root, files, world.pictures, study.ignore, mistakes, progress=progress)
    mistakes.stop()
    sha256 = sha256_hex(study.to_bytes())
    tables = study_tables(study, sha256, world, pictures)
    labels = label_sets(study, world, pictures)
    every = {**tables, "study_labels": [row for rows in labels.values() for row in rows]}
    published = compare(study, {name: table_of(name, rows) for name, rows in every.items()}, mistakes)
    mistakes.stop()
    tables["study_published"] = published_rows(study.study, published)
    if shown:
        tables[SHOWS] = shown
    return ReadStudy(study, world, pictures, published, tables, labels)


def check(definition: Path, root: Path, *, progress: Progress = silent) -> tuple[list[str], list[str]]:
    """Return the mistakes of a study, one line each, and, if there are none, what would come in."""
    try:
        study = read_study_files(load_definition(definition), root, progress=progress)
    except MistakesError as error:
        return list(error.lines), []
    return [], list(_would_come_in(study))


def _would_come_in(study: ReadStudy) -> Iterator[str]:
    world, named = study.world, {one.id: one.kind == "named" for one in study.definition.attributes}
    yield (
        f"{study.definition.study}: {len(study.definition.models)} models, {len(world.prompts)} prompts, "
        f"{len(world.pictures)} slots, {len(study.pictures)} pictures"
    )
    values: dict[tuple[str, str], Counter[str]] = {}
    for one in world.labels:
        values.setdefault((one.labeler, one.attribute), Counter())[one.value] += 1
    for (labeler, attribute), of in values.items():
        kinds = ", ".join(f"{v} {n}" for v, n in of.most_common(8)) if named[attribute] else "numbers"
        yield f"{labeler}: {of.total()} labels of {attribute} ({kinds})"
    if study.published:
        yield _as_printed(study.published)
        for figure in study.published:
            if figure.differs is not None:
                yield f"  {figure.name}: printed {figure.printed}, here {figure.ours} ({figure.differs})"


def _as_printed(figures: Sequence[ComparedFigure]) -> str:
    equal = sum(figure.differs is None for figure in figures)
    return f"published figures: {equal} of {len(figures)} come out as printed" if figures else ""


def import_study(store: Store, definition: Path, root: Path, *, progress: Progress = silent) -> ImportReport:
    """Import the study that the file `definition` declares from the folder `root`; the same again writes nothing.

    Everything is validated before the first byte is written, and the pointer that makes an import current is written
    last.

    Raises:
        UsageError: for what the study file does not cover (the first with file and row, all in `lines`), where the
            version is that of the current import and the contents are others, and where it was removed.
    """
    study = load_definition(definition)
    require_not_removed(store, study.study, study.version)
    read = read_study_files(study, root, progress=progress)
    tables = read.tables
    body = study.to_bytes()
    folder = tables_prefix(study.study, rows_hash(tables))
    parts = [(label_part_key(study.study, name, rows), rows) for name, rows in read.labels.items()]
    pointer = Pointer(
        study=study.study,
        definition=definition_key(study.study, sha256_hex(body)),
        tables=folder,
        labels=tuple(key for key, _ in parts),
        labelers=dict(name.split("@", 1) for name in read.labels),
    )
    replaces = _replaces(store, read, pointer)

    written = _store_pictures(store, study, read.pictures, progress)
    objects = [
        *((f"{folder}{table}.parquet", table_of(table, rows)) for table, rows in tables.items()),
        *((key, table_of("study_labels", rows)) for key, rows in parts),
    ]
    put = store.put_if_absent(pointer.definition, body) + put_all(store, objects)
    moved = move_pointer(store, pointer)
    planned = read.world.pictures if study.pictures else ()
    absent = Counter(slot.model for slot in planned if slot not in read.pictures)
    return ImportReport(
        study=study.study,
        slots=len(read.world.pictures),
        images=len(read.pictures),
        images_already=len({found.picture.sha256 for found in read.pictures.values()}) - written,
        missing=absent.total(),
        missing_by_model=dict(absent),
        labels={name: len(rows) for name, rows in read.labels.items()},
        figures=_as_printed(read.published),
        replaces=replaces,
        changed=bool(written or put or moved),
    )


def _replaces(store: Store, read: ReadStudy, pointer: Pointer) -> str | None:
    """Return the version that an import replaces, None if there is none or it is the same.

    Raises:
        UsageError: if the version is not raised and the contents differ.
    """
    study = read.definition
    found = current(store, study.study)
    if found is None or found[1] == pointer:
        return None
    before = str(read_rows(store, f"{found[1].tables}studies.parquet")[0]["version"])
    if version_order(before) < version_order(study.version):
        return before
    if before != study.version:
        raise UsageError(
            f"{study.study}: version {before} is imported, and {study.version} is an earlier one; "
            "raise version above it"
        )
    differ = ", ".join(_differences(store, read, found[1], pointer))
    if not differ:
        return None  # the same, as a newer program writes it
    raise UsageError(
        f"{study.study}: version {study.version} is imported already, with other contents ({differ}); "
        "raise version if this is meant to replace it"
    )


def _differences(store: Store, read: ReadStudy, before: Pointer, after: Pointer) -> Iterator[str]:
    if before.definition != after.definition:
        yield "the study file"
    for table in TABLES:
        if table == "studies":
            continue
        rows = [frozenset(row.items()) for row in read_rows(store, f"{before.tables}{table}.parquet")]
        mine = [frozenset(row.items()) for row in table_of(table, read.tables[table]).to_pylist()]
        there = {*rows}
        changed = len([row for row in mine if row not in there])
        if changed or len(mine) != len(rows):
            yield f"{table}: {len(rows):,} rows, {len(mine):,} now, {changed:,} new or changed"
    for labeler in sorted({*before.labelers, *after.labelers}):
        if before.labelers.get(labeler) != after.labelers.get(labeler):
            yield f"labels of {labeler}"


def _store_pictures(
    store: Store, study: StudyDefinition, pictures: Mapping[StudySlot, FoundPicture], tell: Progress
) -> int:
    written = 0
    for number, found in enumerate(pictures.values(), start=1):
        data, path = found.read(), found.source.path
        if sha256_hex(data) != found.original_sha256:
            raise UsageError(f"{study.study}: {path} changed while it was imported; run it again")
        written += store.put_if_absent(keys.image(found.picture.sha256, found.picture.ext), strip(data))
        tell("storing pictures", number, len(pictures))
    return written
