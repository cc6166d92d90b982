"""The study of Raza (2025): its published figures come out, and each rule of its study file is about real dirt."""

import csv
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from assets.studies.importer import check, import_study
from tests.studies.conftest import PUBLISHED, RAZA_YAML
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study
from warehouse.sqlfiles import sql
from warehouse.store.local import LocalStore

pytestmark = pytest.mark.corpora
RESULTS = PUBLISHED.parent / "corpora" / "raza2025" / "published_gender_results.csv"


@pytest.fixture(scope="module")
def store(raza_store: LocalStore) -> LocalStore:
    return raza_store


@pytest.fixture(scope="module")
def con(store: LocalStore) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        make_tables(made)
        load_study(made, store, "raza2025")
        yield made


def test_all_25_published_rows_come_out_of_the_labels(con: duckdb.DuckDBPyConnection) -> None:
    with RESULTS.open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    cursor = con.execute(sql("audit/raza2025_gender"))
    names = [column[0] for column in cursor.description or ()]
    computed = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    assert names == list(published[0])
    assert len(computed) == len(published) == 25
    for mine, theirs in zip(computed, published, strict=True):
        for name in ("model", "occupation", "baseline_f_over_m", "controlled_f_over_m"):
            assert mine[name] == theirs[name]
        assert mine["delta_pct_female"] == pytest.approx(float(theirs["delta_pct_female"]), abs=1e-9)
        assert mine["chi2_p_value"] == pytest.approx(float(theirs["chi2_p_value"]), abs=1e-9)


def test_472_images_are_stored_and_28_slots_are_said_to_be_missing(
    con: duckdb.DuckDBPyConnection, store: LocalStore
) -> None:
    assert len(list(store.list("images/"))) == 472
    found = con.execute(
        "SELECT status, model, count(*) FROM study_slots GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert ("missing", "imagen-4.0", 28) in found
    assert sum(count for status, _, count in found if status == "present") == 472
    assert [row[1] for row in found if row[0] == "missing"] == ["imagen-4.0"]


def test_labels_of_missing_images_are_kept_without_a_hash(con: duckdb.DuckDBPyConnection) -> None:
    counts = con.execute(
        "SELECT count(*), count(image_sha256) FROM study_labels WHERE attribute = 'gender'"
    ).fetchone()
    assert counts == (500, 472)


def test_files_named_png_are_stored_as_the_jpeg_that_they_are(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute("SELECT DISTINCT image_ext, image_mime FROM study_slots WHERE status = 'present'")
    assert found.fetchall() == [("jpg", "image/jpeg")]


def test_importing_the_real_study_twice_writes_nothing(store: LocalStore, raza_files: Path) -> None:
    before = {key: store.head(key) for key in store.list("")}
    again = import_study(store, RAZA_YAML, raza_files)
    assert (again.changed, again.images_written, again.images_already) == (False, 0, 472)
    assert {key: store.head(key) for key in store.list("")} == before


#: What the study's query or spellings do about dirt in the files → what is said without it.
DIRT: dict[str, tuple[str, str, str]] = {
    "capitals": (
        "lower(trim(value))",
        "trim(value)",
        'gemini_imagen_4_0/gemini.csv: gender has values that are not declared: "F" (71 rows, first row 2)',
    ),
    "white space": (
        "lower(trim(value))",
        "lower(value)",
        'flux_dev/flux.csv: gender has values that are not declared: "male " (',
    ),
    "a plural": (
        "female: [f, females]",
        "female: [f]",
        'flux_dev/flux.csv: gender has values that are not declared: "females" (2 rows, first row 32)',
    ),
    "a folder that contradicts the setting": (
        "setting AS condition,\n           regexp_extract(image_file, '_s(\\d+)\\.png$', 1) AS replicate, attribute",
        "split_part(image_file, '/', 3) AS condition,\n"
        "           regexp_extract(image_file, '_s(\\d+)\\.png$', 1) AS replicate, attribute",
        "gemini.csv: gender is there twice by one labeler: ",
    ),
}


@pytest.mark.parametrize("case", DIRT)
def test_each_rule_is_about_real_dirt(tmp_path: Path, raza_files: Path, case: str) -> None:
    rule, without, message = DIRT[case]
    text = RAZA_YAML.read_text("utf-8")
    assert rule in text
    file = tmp_path / "raza2025.yaml"
    file.write_text(text.replace(rule, without), "utf-8")
    mistakes, _ = check(file, raza_files)
    assert message in "\n".join(mistakes)


def test_the_documented_report_is_what_an_import_says(store: LocalStore, raza_files: Path) -> None:
    docs = (RAZA_YAML.parents[3] / "docs/operations/importing.md").read_text("utf-8")
    said = next(line for line in docs.splitlines() if line.startswith("raza2025: 500"))
    missing = next(line for line in docs.splitlines() if line.startswith("28 planned pictures"))
    again = import_study(store, RAZA_YAML, raza_files)
    assert not again.changed
    assert again.lines()[0].endswith(f"({said.removeprefix('raza2025: ')})")
    assert dataclasses.replace(again, changed=True, images_already=0).lines() == [said, missing]
