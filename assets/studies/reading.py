"""Everything that a study file declares, read and checked; nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.studies.definition import StudyDefinition, load_definition
from assets.studies.label_files import LabelSet, ReadFiles, label_file_names, label_sets, read_files
from assets.studies.mistakes import Mistakes, MistakesError
from assets.studies.pictures import FoundPicture, check_pictures, name_pictures, number_pictures
from assets.studies.progress import Progress, silent
from assets.studies.prompt_table import with_prompts
from assets.studies.slots import Coordinates, Numbers, StudySlot


@dataclass(frozen=True)
class ReadStudy:
    """A study as its files say it: whole, since what is not covered by a rule was a mistake."""

    definition: StudyDefinition
    pictures: Mapping[StudySlot, FoundPicture]
    labels: Sequence[LabelSet]
    slots: Sequence[StudySlot]  # the planned ones in the order of the study file, or those seen if none are
    files: Sequence[ReadFiles]


def read_study_files(definition: Path, root: Path, *, progress: Progress | None = None) -> ReadStudy:
    """Return the study that the file `definition` declares, with what is in the folder `root`."""
    study = load_definition(definition)
    mistakes = Mistakes(study.study)
    if not root.is_dir():
        mistakes.add("", f"no folder {root}; give the study's folder with --root")
    mistakes.stop()
    study = with_prompts(study, root, mistakes)
    mistakes.stop()  # without prompts nothing else can be reported
    named = name_pictures(study, root, mistakes, other_files=label_file_names(study, root))
    read = read_files(study, root, named, mistakes)
    places = [*named.values(), *(said.place for one in read for said in one.said)]
    numbers = Numbers(study, places)
    by_slot = number_pictures(study, named, numbers, mistakes)
    labels = label_sets(read, numbers, by_slot if study.images else None, mistakes)
    pictures = check_pictures(root, by_slot, mistakes, progress=progress or silent)
    mistakes.stop()
    return ReadStudy(study, pictures, labels, _slots(study, pictures, labels), read)


def _slots(
    study: StudyDefinition, pictures: Mapping[StudySlot, FoundPicture], labels: Sequence[LabelSet]
) -> list[StudySlot]:
    planned = Coordinates(study).planned()
    return planned or sorted({*pictures, *(label.slot for found in labels for label in found.labels)})


def check(definition: Path, root: Path, *, progress: Progress | None = None) -> tuple[list[str], list[str]]:
    """Return the mistakes of a study, one line each, and, if there are none, what would come in."""
    try:
        study = read_study_files(definition, root, progress=progress)
    except MistakesError as error:
        return list(error.lines), []
    return [], list(_would_come_in(study))


def _would_come_in(study: ReadStudy) -> Iterator[str]:
    definition = study.definition
    yield (
        f"{definition.study}: {len(definition.models)} models, {len(definition.prompts)} prompts, "
        f"{len(study.slots)} slots, {len(study.pictures)} pictures"
    )
    for one in study.files:
        counts = [
            f"{number} {what}" for what, number in sorted(one.counts.items()) if number and what != "rows"
        ]
        files = "file" if len(one.hashes) == 1 else "files"
        yield ", ".join([f"{one.files.file}: {len(one.hashes)} {files}, {one.counts['rows']} rows", *counts])
    for found in study.labels:
        attributes = Counter(label.attribute for label in found.labels)
        numeric = {attribute.id for attribute in definition.attributes if attribute.kind == "numeric"}
        for attribute, count in attributes.items():
            values = Counter(label.value for label in found.labels if label.attribute == attribute)
            said = (
                "numbers" if attribute in numeric else ", ".join(f"{v} {n}" for v, n in values.most_common(8))
            )
            yield f"{found.labeler.id}: {count} labels of {attribute} ({said})"
