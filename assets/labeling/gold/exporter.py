"""A gold set as files for its raters: pictures under names that tell nothing, and a project or a table to fill in.

Nothing in the folder says which model drew a picture, what it was asked or what the labeler read.
"""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.labeling.gold import label_studio, sheet
from assets.labeling.gold.blind import without_metadata
from assets.labeling.gold.records import THIRD, GoldPicture, Sample
from assets.suites.schema import Attribute
from warehouse.canonical import sha256_hex
from warehouse.errors import StoreError, UsageError
from warehouse.loading.objects import read_image
from warehouse.store import Store
from warehouse.taken_back import removed


@dataclass(frozen=True)
class Exported:
    """What was written: pictures, and for each rater how many tasks."""

    folder: Path
    pictures: int
    tasks: Mapping[str, int]
    projects: int


def export(store: Store, sample: Sample, folder: Path, form: str) -> Exported:
    """Write the files of a gold set, but for pictures that were removed, into a folder that is empty or new."""
    if form not in FORMS:
        raise UsageError(f'no format "{form}"; known: {", ".join(FORMS)}')
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not an empty folder; name a new one with --to")
    sample = sample.without(removed(store))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as beside:
            part = Path(beside) / "part"  # a folder with files in it is a whole one
            (part / "images").mkdir(parents=True)
            for picture in sample.pictures:
                image = read_image(store, picture.image_sha256, picture.image_ext)
                target = part / "images" / f"{picture.task}.{picture.image_ext}"
                target.write_bytes(without_metadata(image, picture.image_ext))
            projects = FORMS[form](sample, part, folder)
            part.replace(folder)  # over an empty folder, too
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror}") from None
    return Exported(
        folder=folder,
        pictures=len(sample.pictures),
        tasks={rater: len(sample.pictures) for rater in sample.raters},
        projects=projects,
    )


def in_order(sample: Sample, rater: str) -> list[GoldPicture]:
    """Return the pictures in an order of the rater's own: whoever stops half-way leaves a random half.

    It follows from the names of set, rater and pictures and the set's seed, so it can be made again.
    """
    of = f"{sample.gold_set}/{sample.seed}/{rater}"
    return sorted(sample.pictures, key=lambda picture: sha256_hex(f"{of}/{picture.task}".encode()))


def _projects(sample: Sample) -> list[tuple[tuple[Attribute, ...], set[str]]]:
    """Return the questions of each project with its tasks, the project with most tasks first.

    Equal lists of equal questions are one project, whichever suites they come from. The third person is asked other
    questions about nearly every picture: there a project is of one question.
    """
    projects: dict[str, tuple[tuple[Attribute, ...], set[str]]] = {}
    for picture in sample.pictures:
        every = sample.asked_of(picture)
        for asked in [(one,) for one in every] if sample.raters == (THIRD,) else [every]:
            same = repr([(a.id, a.title, a.question, a.values, a.outside) for a in asked])
            projects.setdefault(same, (asked, set()))[1].add(picture.task)
    return sorted(projects.values(), key=lambda project: (-len(project[1]), [a.id for a in project[0]]))


def _label_studio(sample: Sample, part: Path, folder: Path) -> int:
    projects = _projects(sample)
    for number, (asked, tasks) in enumerate(projects, start=1):
        project = part / f"project-{number}"
        project.mkdir()
        (project / "config.xml").write_text(label_studio.config(asked), encoding="utf-8")
        for rater in sample.raters:
            mine = [picture for picture in in_order(sample, rater) if picture.task in tasks]
            document = label_studio.tasks(sample.gold_set, mine, folder.resolve().name)
            (project / f"tasks-{rater}.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    (part / "README.txt").write_text(
        _how_label_studio(folder, len(projects), sample.raters), encoding="utf-8"
    )
    return len(projects)


def _csv(sample: Sample, part: Path, folder: Path) -> int:
    del folder  # the table names pictures by their place in it
    for rater in sample.raters:
        text = sheet.write_rater(sample, in_order(sample, rater), rater)
        (part / f"{rater}.csv").write_text(text, encoding="utf-8-sig")  # or Excel reads it as Latin-1
    (part / "values.csv").write_text(sheet.write_values(sample), encoding="utf-8-sig")
    return 1


FORMS: Mapping[str, Callable[[Sample, Path, Path], int]] = {"label-studio": _label_studio, "csv": _csv}


def _how_label_studio(folder: Path, projects: int, raters: Sequence[str]) -> str:
    root = folder.resolve().parent
    names = ", ".join(f"project-{number}" for number in range(1, projects + 1))
    return (
        "Start Label Studio so that it may show files of this folder:\n"
        "  LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true \\\n"
        f"  LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={shlex.quote(str(root))} label-studio\n\n"
        f"For each of {names} and for each of the raters {', '.join(raters)}, who see nothing of each other:\n"
        "  1. New project; Settings, Labeling Interface, Code: paste config.xml.\n"
        "  2. Settings, Cloud Storage, Add Source Storage, Local files; absolute local path:\n"
        f"     {folder.resolve()}/images\n"
        "     Save it, do not sync it: it only allows the pictures to be shown.\n"
        "  3. Import: tasks-<rater>.json.\n"
        "When the rater is done: Export, JSON (or JSON-MIN).\n"
    )
