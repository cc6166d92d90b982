"""Small self-made studies, and the real one of ../shared where it is."""

import copy
import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from assets.studies.importer import ImportReport, import_study
from tests.forked_sandbox import fork_queries
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
        """Write the study file and return its path."""
        file = self.home / f"{self.name}.yaml"
        file.write_text(yaml.safe_dump(self.data, allow_unicode=True, sort_keys=False), "utf-8")
        return file

    def run(self, **keywords: Any) -> ImportReport:
        return import_study(self.store, self.save(), self.root, **keywords)

    def written(self) -> dict[str, bytes]:
        """Return every object of the store."""
        return {key: self.store.get(key) for key in self.store.list("")}

    def replace(self, file: str, old: str, new: str, encoding: str = "utf-8") -> None:
        """Replace text in one file; fails if it is not there."""
        path = self.root / file
        text = path.read_bytes().decode(encoding)
        assert old in text
        path.write_bytes(text.replace(old, new, 1).encode(encoding))


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries of studies start fast."""
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
    """A store with the real study in it, whole."""
    made = LocalStore(tmp_path_factory.mktemp("raza"))
    report = import_study(made, RAZA_YAML, raza_files)
    assert (report.slots, report.images, report.images_written, report.missing) == (500, 472, 472, 28)
    return made
