"""A study's label files: which there are, and whose labels their rows make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.studies.declared.base import near
from assets.studies.declared.labels import LabelFiles, StudyLabeler
from assets.studies.declared.patterns import FieldsDisagreeError, Pattern
from assets.studies.definition import StudyDefinition
from assets.studies.files.formats import read_table
from assets.studies.files.rows import FileError
from assets.studies.files.walk import OUTSIDE, leads_out, matching
from assets.studies.label_rows import LabeledPicture, LabelValue, RowReader
from assets.studies.mistakes import Mistakes
from assets.studies.slots import Coordinates, Numbers, Place, StudySlot, UnknownSlotError
from warehouse.canonical import canonical_json, sha256_hex


@dataclass(frozen=True)
class StudyLabel:
    """One person's (or machine's) published answer for one attribute of one slot; `raw` is as it was spelled."""

    slot: StudySlot
    attribute: str
    value: str
    raw: str
    number: float | None = None  # of a numeric attribute
    confidence: float | None = None


@dataclass(frozen=True)
class LabelSet:
    """The labels of one labeler; its version is the declared number and a hash of label files and rules."""

    labeler: StudyLabeler
    version: str
    labels: tuple[StudyLabel, ...]

    @property
    def name(self) -> str:
        """Return `<labeler>@<version>`."""
        return f"{self.labeler.id}@{self.version}"


@dataclass
class ReadFiles:
    """The label files of one entry of the study file, read: what their rows say, and what was left out."""

    files: LabelFiles
    hashes: dict[str, str] = field(default_factory=dict)  # path → SHA-256
    said: list[LabeledPicture] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # rows, rows left out, empty cells, other answers


#: The rules that decide what a row says, as studies imported before have them in their labels' version.
_RULES: dict[str, Any] = {
    **dict.fromkeys(("file", "encoding", "key", "constants", "corrections"), True),
    "columns": {"__all__": {"attribute", "column", "strip", "casefold", "values"}},
}
#: Rules that came later: in the version only where they are not the default.
_LATER = (
    "format",
    "delimiter",
    "sheet",
    "records",
    "header_row",
    "skip_after_header",
    "only",
    "exclude",
    "long",
    "raters",
)
_LATER_COLUMN = ("attribute", "empty", "confidence", "confidence_of")


#: Labelers that the raters of one entry may be: each has figures of its own, and is compared with each other one.
MOST_RATERS = 60


def label_file_names(definition: StudyDefinition, root: Path) -> set[str]:
    """Return the paths, relative to `root`, of all label files and tables of prompts that are there."""
    coordinates = Coordinates(definition)
    tables = {definition.prompts_from.file} if definition.prompts_from else set()
    return tables | {
        name for files in definition.labels for _, name, _ in matching(coordinates.pattern(files.file), root)
    }


def read_files(
    definition: StudyDefinition, root: Path, pictures: Mapping[str, Place], mistakes: Mistakes
) -> list[ReadFiles]:
    """Return what the label files say, in the order of the study file; what no rule covers goes to `mistakes`."""
    return [_read(definition, files, root, pictures, mistakes) for files in definition.labels]


def _read(
    definition: StudyDefinition,
    files: LabelFiles,
    root: Path,
    pictures: Mapping[str, Place],
    mistakes: Mistakes,
) -> ReadFiles:
    done = ReadFiles(files)
    reader = RowReader(definition, files, pictures, mistakes)
    for path, name, fields in _expected(definition, files, root, reader.coordinates, mistakes):
        if leads_out(path, root, Pattern(files.file).fixed_folder):
            mistakes.add(name, OUTSIDE)
            continue
        try:
            data, table = read_table(path, name, files)
            done.hashes[name] = sha256_hex(data)
            for coordinate in fields.keys() & {"model", "prompt", "condition", "replicate"}:
                reader.coordinates.value(coordinate, fields[coordinate])
            done.said.extend(reader.read(table, path, name, fields))
        except FileError as error:
            done.hashes.setdefault(name, "")
            mistakes.add(name, str(error), error.place)
        except (FieldsDisagreeError, UnknownSlotError) as error:
            mistakes.add(name, str(error))
    if done.hashes:
        for what in reader.selection.unused():
            mistakes.add(files.file, what)
    for correction in files.corrections:
        if correction.file not in done.hashes:
            mistakes.add(
                correction.file,
                f"a correction names it, no label file is so{near(correction.file, done.hashes)}",
            )
    done.counts = reader.counts + Counter({"rows left out": reader.selection.left_out})
    return done


def _expected(
    definition: StudyDefinition, files: LabelFiles, root: Path, coordinates: Coordinates, mistakes: Mistakes
) -> list[tuple[Path, str, dict[str, str]]]:
    """Return the files that match; with `{model}` in the pattern every model of the study must have one."""
    found = matching(coordinates.pattern(files.file), root)
    if not found:
        others = [
            path.relative_to(root).as_posix() for path in root.glob(f"{Pattern(files.file).fixed_folder}*")
        ]
        mistakes.add("", f"no label file under {root} matches {files.file}{near(files.file, others)}")
    elif "model" in Pattern(files.file).fields:
        have = {coordinates.spelled["model"].get(fields["model"]) for _, _, fields in found}
        for model in definition.models:
            if model.id not in have:
                name = Pattern(files.file).fill({"model": model.folder or model.id})
                mistakes.add(name, f"no such label file (model {model.id})")
    return found


def label_sets(
    read: Sequence[ReadFiles], numbers: Numbers, pictures: Iterable[StudySlot] | None, mistakes: Mistakes
) -> list[LabelSet]:
    """Return the labels of every labeler, in the order of the study file; a rater is a labeler.

    Without pictures (None) the study is one of labels only. Mistakes: labels of missing pictures, contradictions and
    repetitions.
    """
    have = None if pictures is None else set(pictures)
    whose = _Raters()
    labels: dict[str, list[StudyLabel]] = {}
    seen: dict[tuple[str, StudySlot, str], tuple[LabelValue, str, str]] = {}
    for files in (one.files for one in read if not one.files.has_raters):
        labels.setdefault(files.labeler.id, [])
    for one in read:
        for said in one.said:
            try:
                slot = numbers.slot(said.place)
            except UnknownSlotError as error:
                mistakes.add(said.file, str(error), said.row)
                continue
            if have is not None and slot not in have and one.files.without_image == "error":
                mistakes.add(
                    said.file,
                    "labels a picture that is missing; add it, or say labels: without_image: allowed",
                    said.row,
                )
            for answer in said.answers:
                who = whose.labeler(one.files, answer.rater, slot)
                before = seen.setdefault((who, slot, answer.attribute), (answer, said.file, said.row))
                if before[0] is not answer:
                    _repeated(one.files, said, answer, before, mistakes)
                    continue
                labels.setdefault(who, []).append(
                    StudyLabel(
                        slot, answer.attribute, answer.value, answer.raw, answer.number, answer.confidence
                    )
                )
    for one in read:
        if (count := whose.count(one.files)) > MOST_RATERS:
            mistakes.add(
                one.files.file,
                f"{count} raters would be {count} labelers ({MOST_RATERS} at most); say raters: by_picture",
            )
    versions = _versions(read)
    return [
        LabelSet(entry.model_copy(update={"id": who}), versions[entry.id], tuple(found))
        for who, found in labels.items()
        if (
            entry := whose.entries.get(who)
            or next(r.files.labeler for r in read if r.files.labeler.id == who)
        )
    ]


class _Raters:
    """Numbers raters in order of appearance, so that no account name is stored."""

    def __init__(self) -> None:
        self.entries: dict[str, StudyLabeler] = {}
        self._known: dict[tuple[str, StudySlot | None], dict[str, int]] = {}

    def count(self, files: LabelFiles) -> int:
        """Return how many labelers the raters of an entry of the study file are."""
        return max(
            (len(known) for (name, _), known in self._known.items() if name == files.labeler.id), default=0
        )

    def labeler(self, files: LabelFiles, rater: str | None, slot: StudySlot) -> str:
        """Return the id of the labeler whose label it is."""
        name = files.labeler.id
        if rater is not None:
            known = self._known.setdefault((name, slot if files.raters == "by_picture" else None), {})
            name = f"{name}-{known.setdefault(rater, len(known) + 1)}"
        self.entries.setdefault(name, files.labeler)
        return name


def _repeated(
    files: LabelFiles,
    said: LabeledPicture,
    answer: LabelValue,
    before: tuple[LabelValue, str, str],
    mistakes: Mistakes,
) -> None:
    first, file, row = before
    where = row if file == said.file else f"{file} {row}"
    if answer.value != first.value:
        mistakes.add(
            said.file,
            f'{answer.attribute} is "{answer.value}" but {where} says "{first.value}" of the same slot'
            + (" by the same rater" if answer.rater is not None else ""),
            said.row,
        )
    elif files.repeated_rows == "error":
        mistakes.add(said.file, f"repeats {where}; take it out, or say repeated_rows: identical", said.row)


def _versions(read: Sequence[ReadFiles]) -> dict[str, str]:
    """Return labeler → version: the declared number, and a hash of its label files and their rules."""
    parts: dict[str, list[object]] = {}
    for one in read:
        rules = one.files.model_dump(mode="json", include=_RULES)
        changed = one.files.model_dump(mode="json", include=set(_LATER), exclude_defaults=True)
        columns = [
            column.model_dump(mode="json", include=set(_LATER_COLUMN), exclude_defaults=True)
            for column in one.files.columns
        ]
        changed |= {"columns": later} if (later := [column for column in columns if len(column) > 1]) else {}
        entry = {"files": one.hashes, "rules": rules, **({"more": changed} if changed else {})}
        parts.setdefault(one.files.labeler.id, []).append(entry)
    numbers = {one.files.labeler.id: one.files.labeler.number for one in read}
    return {who: f"{numbers[who]}-{sha256_hex(canonical_json(found))[:12]}" for who, found in parts.items()}
