"""Every example of docs/study-files.md, on files as the programs write them that researchers use."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.studies.conftest import Study
from tests.studies.imports.published import CELLS, FILES, examples
from tests.studies.imports.test_import import rows
from warehouse.database.connection import connect
from warehouse.database.marts import create_views
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study


def example(tmp_path: Path, name: str) -> Study:
    """Return an example of the docs, with what the whole one says before it, and its files."""
    given, whole = examples(), examples()["whole"]
    if name != "whole":
        for key in ("pictures", "labels", "published"):
            whole.pop(key)
        whole["prompts"] = "FROM (VALUES ('ceo'), ('nurse')) AS prompts (prompt)"
    data = {**whole, **given[name]}
    if name in ("raters in rows", "raters in columns", "excel", "label studio"):
        data["attributes"][0]["values"] = {"female": ["f", "Woman"], "male": ["m", "Man"]}
        data["attributes"][0]["outside"] = {"unclear": ["?", "Cannot tell"]}
    root = tmp_path / "published"
    root.mkdir()
    FILES[name](root)
    return Study(tmp_path, root, data)


def said(study: Study, attribute: str) -> dict[tuple[str, str, str, int], str]:
    """Return (labeler, model, prompt, replicate) → value."""
    slots = {
        row["slot_key"]: (row["model"], row["prompt"], row["replicate"]) for row in rows(study, "study_slots")
    }
    return {
        (row["labeler"], *slots[row["slot_key"]]): row["value"]
        for row in rows(study, "study_labels")
        if row["attribute"] == attribute
    }


def test_every_example_of_the_docs_has_files() -> None:
    assert examples().keys() == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_an_example_of_the_docs_imports_and_loads(tmp_path: Path, name: str) -> None:
    study = example(tmp_path, name)
    report = study.run()
    assert report.changed
    assert report.slots == len(CELLS)
    assert not study.run().changed
    with connect(None) as con:
        make_tables(con)
        counts = load_study(con, study.store, study.name)
    assert counts["study_labels"] == sum(report.labels.values())


def test_a_whole_study_has_pictures_facts_numbers_and_published_figures(tmp_path: Path) -> None:
    study = example(tmp_path, "whole")
    assert study.run().images == 8
    prompts = {row["prompt"]: row for row in rows(study, "study_prompts")}
    assert prompts["ceo"]["facts"] == '{"women_percent":"29.2"}'
    assert (prompts["nurse"]["facts"], prompts["nurse"]["text"]) == (None, "a photo of a nurse")
    assert said(study, "gender")["annotators", "model-b", "nurse", 1] == "male"
    (figure,) = rows(study, "study_published")
    assert (figure["name"], figure["printed"], figure["ours"], figure["printed_in"]) == (
        "ceo",
        "0.25",
        "0.25",
        "table 2",
    )
    with connect(None) as con:
        make_tables(con)
        load_study(con, study.store, study.name)
        create_views(con)
        found = con.execute(
            "SELECT prompt, n, mean, median FROM study_numbers WHERE model = 'model-a' ORDER BY prompt NULLS LAST"
        ).fetchall()
        assert found == [("ceo", 2, 30.5, 30.5), ("nurse", 2, 32.5, 32.5), (None, 4, 31.5, 31.5)]
        assert con.execute("SELECT DISTINCT attribute FROM counts").fetchall() == [("gender",)]


def test_raters_in_rows_are_numbered_per_picture_and_not_named(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in rows")
    report = study.run()
    # Of three assignments per picture one was rejected.
    assert [name.split("@")[0] for name in report.labels] == ["turker-1", "turker-2"]
    assert sum(report.labels.values()) == 8 * 2
    gender = said(study, "gender")
    assert gender["turker-1", "model-a", "ceo", 0] == "female"
    assert gender["turker-2", "model-a", "ceo", 0] == "male"
    assert gender["turker-2", "model-a", "ceo", 1] == "unclear"
    assert b"A0000000000" not in b"".join(study.written().values())


def test_raters_in_columns_are_labelers_of_their_own(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in columns")
    study.run()
    gender = said(study, "gender")
    assert Counter(who for who, *_ in gender) == {"annotators-1": 8, "annotators-2": 8}
    assert (gender["annotators-1", "model-b", "nurse", 1], gender["annotators-2", "model-b", "nurse", 1]) == (
        "female",
        "unclear",
    )
    assert not any(b"Ada" in data for key, data in study.written().items() if "/labels/" in key)


def test_a_sheet_of_a_workbook_is_read_below_its_title(tmp_path: Path) -> None:
    study = example(tmp_path, "excel")
    study.run()
    gender = said(study, "gender")
    assert len(gender) == 7  # one cell says n/a
    assert gender["annotators", "model-b", "nurse", 1] == "male"
    assert said(study, "age")["annotators", "model-b", "nurse", 1] == "38.5"


def test_an_export_of_label_studio_has_a_labeler_per_person(tmp_path: Path) -> None:
    study = example(tmp_path, "label studio")
    report = study.run()
    assert [name.split("@")[0] for name in report.labels] == ["team-1", "team-2"]
    gender = said(study, "gender")
    assert (gender["team-1", "model-a", "ceo", 0], gender["team-2", "model-a", "ceo", 0]) == (
        "male",
        "female",
    )
    assert not any(b"person7@" in data for data in study.written().values())


def test_counts_become_as_many_labels(tmp_path: Path) -> None:
    study = example(tmp_path, "counts")
    study.run()
    found = Counter((model, prompt, value) for (_, model, prompt, _), value in said(study, "gender").items())
    assert found["model-a", "ceo", "male"] == 2
    assert found["model-a", "nurse", "female"] == 2
    assert found["model-b", "ceo", "female"] == found["model-b", "ceo", "male"] == 1


def test_pictures_in_parquet_are_stored_and_keep_confidence(tmp_path: Path) -> None:
    study = example(tmp_path, "parquet")
    assert study.run().images == 8
    assert sorted({row["replicate"] for row in rows(study, "study_slots")}) == [0, 1]
    confidence = sorted(row["confidence"] for row in rows(study, "study_labels"))
    assert confidence == pytest.approx([1 - i / 16 for i in reversed(range(8))])


def test_a_correction_is_of_the_rows_that_it_names(tmp_path: Path) -> None:
    study = example(tmp_path, "corrections")
    study.run()
    assert {*said(study, "gender").values()} == {"female"}


def test_a_csv_keeps_its_leading_zeros(tmp_path: Path) -> None:
    study = example(tmp_path, "corrections")
    study.data["prompts"] = "SELECT DISTINCT job AS prompt FROM 'labels/a.csv'"
    text = (study.root / "labels" / "a.csv").read_text().replace("ceo", "007")
    (study.root / "labels" / "a.csv").write_text(text)
    study.run()
    assert {row["prompt"] for row in rows(study, "study_prompts")} == {"007", "nurse"}
