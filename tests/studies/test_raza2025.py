"""The study of Raza (2025): its published figures come out, and each rule of its study file is about real dirt."""

import csv
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.studies.importer import import_study
from tests.studies.conftest import RAZA_YAML, Study
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.load import load_study
from warehouse.loading.study_objects import read_study
from warehouse.sqlfiles import sql
from warehouse.store.local import LocalStore

pytestmark = pytest.mark.corpora


@pytest.fixture(scope="module")
def store(raza_store: LocalStore) -> LocalStore:
    return raza_store


@pytest.fixture(scope="module")
def con(store: LocalStore) -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        make_tables(made)
        load_study(made, store, "raza2025")
        yield made


def test_all_25_published_rows_come_out_of_the_labels(
    con: duckdb.DuckDBPyConnection, raza_files: Path
) -> None:
    with (raza_files / "published_gender_results.csv").open(encoding="utf-8", newline="") as file:
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


def test_the_labels_have_the_version_that_they_had_before_study_files_knew_more(store: LocalStore) -> None:
    assert {row["labeler_version"] for row in read_study(store, "raza2025")["study_labels"].to_pylist()} == {
        "1-946ae58585fc"
    }


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


def column(study: Study, attribute: str) -> Any:
    return next(entry for entry in study.labels["columns"] if entry["attribute"] == attribute)


WITHOUT: dict[str, tuple[Callable[[Study], Any], str]] = {
    "white space is stripped from gender": (
        lambda study: column(study, "gender").update(strip=False),
        'raza2025: annotations/flux_dev.csv row 18: gender "male " is not covered by the study file',
    ),
    "Both is both": (
        lambda study: column(study, "gender").update(casefold=False),
        'raza2025: annotations/dall_e_3.csv row 15: gender "Both" is not covered by the study file',
    ),
    "F is female": (
        lambda study: column(study, "gender")["values"].pop("F"),
        'annotations/dall_e_3.csv row 2: gender "F" is not covered',
    ),
    "M is male": (
        lambda study: column(study, "gender")["values"].pop("M"),
        'gender "M" is not covered',
    ),
    "females is female": (
        lambda study: column(study, "gender")["values"].pop("females"),
        'annotations/flux_dev.csv row 32: gender "females" is not covered',
    ),
    "both is outside the support, not unknown": (
        lambda study: column(study, "gender")["values"].pop("both"),
        'gender "Both" is not covered',
    ),
    "white space is stripped from race": (
        lambda study: column(study, "race").update(strip=False),
        'annotations/flux_dev.csv row 55: race "mixed " is not covered',
    ),
    "the byte order mark is part of the encoding": (
        lambda study: study.labels.update(encoding="utf-8"),
        'annotations/dall_e_3.csv row 1: no column "image_file" (found: \\ufeffimage_file, gender',
    ),
    "lines may end in CRLF": (
        lambda study: study.labels.update(newlines="lf"),
        "annotations/dall_e_3.csv: 101 lines do not end as declared (newlines: lf)",
    ),
    "ten rows name the wrong folder": (
        lambda study: study.labels.pop("corrections"),
        'annotations/gemini_imagen_4_0.csv row 82: condition is "controlled" and "baseline" in one path',
    ),
    "a file has 100 rows": (
        lambda study: study.labels.update(rows_per_file=99),
        "annotations/dall_e_3.csv: 100 rows of labels, the study file says 99",
    ),
}


@pytest.mark.parametrize("rule", WITHOUT)
def test_each_rule_is_about_real_dirt(raza_labels: Study, rule: str) -> None:
    take_out, message = WITHOUT[rule]
    take_out(raza_labels)
    with pytest.raises(UsageError) as caught:
        raza_labels.run()
    assert message in str(caught.value)


def test_labels_without_images_are_covered_by_a_rule(raza_files: Path, raza_labels: Study) -> None:
    (raza_labels.root / "images").symlink_to(raza_files / "images")
    raza_labels.data["images"] = {
        "pattern": "images/{model}/{prompt}/{condition}/{prompt}_{condition}_s{replicate}.png",
        "missing": "allowed",
    }
    raza_labels.labels["without_image"] = "error"
    with pytest.raises(UsageError, match=r"gemini_imagen_4_0.csv row \d+: labels a picture that is missing"):
        raza_labels.run()
    del raza_labels.data["images"]["missing"]
    with pytest.raises(UsageError, match=r"28 planned pictures are missing, the first is imagen-4"):
        raza_labels.run()


def test_the_order_of_columns_and_line_ends_do_not_matter(raza_labels: Study, raza_files: Path) -> None:
    labels = raza_labels.run().labels
    before = {(row["slot_key"], row["attribute"], row["value"]) for row in _labels(raza_labels)}
    path = raza_labels.root / "annotations" / "dall_e_3.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file, ["setting", "race", "gender", "category", "image_file"], lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)
    assert list(raza_labels.run().labels.values()) == list(labels.values()) == [1000]
    assert {(row["slot_key"], row["attribute"], row["value"]) for row in _labels(raza_labels)} == before


def test_a_new_spelling_names_file_and_row(raza_labels: Study) -> None:
    path = raza_labels.root / "annotations" / "dall_e_3.csv"
    lines = path.read_bytes().split(b"\n")
    lines[56] = (
        lines[56].replace(b",F,", b",femal,").replace(b",M,", b",femal,").replace(b",Both,", b",femal,")
    )
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(UsageError) as caught:
        raza_labels.run()
    assert str(caught.value) == (
        'raza2025: annotations/dall_e_3.csv row 57: gender "femal" is not covered by the study file '
        '(known: F, M, female, females, male, both); did you mean "female"?'
    )


def _labels(study: Study) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read_study(study.store, "raza2025")["study_labels"].to_pylist()
    return found


def test_the_documented_report_is_what_an_import_says(store: LocalStore, raza_files: Path) -> None:
    docs = (RAZA_YAML.parents[2] / "docs" / "operations.md").read_text("utf-8")
    said = next(line for line in docs.splitlines() if line.startswith("raza2025: "))
    missing = next(line for line in docs.splitlines() if line.startswith("28 planned pictures"))
    again = import_study(store, RAZA_YAML, raza_files)
    assert not again.changed
    assert again.lines()[0].endswith(f"({said.removeprefix('raza2025: ')})")
    assert dataclasses.replace(again, changed=True, images_already=0).lines() == [said, missing]
