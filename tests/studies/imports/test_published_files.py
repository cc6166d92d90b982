"""Studies come in from files as their programs write them, by the very examples of docs/study-files.md."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assets.studies.reading import check
from tests.studies.conftest import Study, picture
from tests.studies.imports.published import CELLS, FILES, examples
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.marts import create_views
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study
from warehouse.loading.study_objects import read_study


def example(tmp_path: Path, name: str) -> Study:
    found = examples()
    data = {**found["head"], **found[name]}
    if "prompts_from" in data:
        del data["prompts"]
    root = tmp_path / "published"
    root.mkdir()
    FILES[name](root)
    return Study(tmp_path, root, data)


def rows(study: Study, table: str) -> list[dict[str, Any]]:
    found = read_study(study.store, study.name).get(table)
    return found.to_pylist() if found else []


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
    assert examples().keys() - {"head"} == FILES.keys()


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


def test_pictures_matched_by_wildcards_are_numbered_in_natural_order(tmp_path: Path) -> None:
    study = example(tmp_path, "wildcards")
    assert study.run().images == 8
    assert sorted({row["replicate"] for row in rows(study, "study_slots")}) == [0, 1]
    nine = next((study.root / "images" / "ModelA").glob("*/ceo-9_*"))
    (first,) = [
        row
        for row in rows(study, "study_slots")
        if (row["model"], row["prompt"], row["replicate"]) == ("model-a", "ceo", 0)
    ]
    assert first["original_sha256"] == sha256_hex(nine.read_bytes())


def test_a_running_number_is_prompt_and_replicate(tmp_path: Path) -> None:
    study = example(tmp_path, "running number")
    study.run()
    wanted = sha256_hex((study.root / "out" / "ModelB" / "0003.png").read_bytes())
    (found,) = [row for row in rows(study, "study_slots") if row["original_sha256"] == wanted]
    assert (found["model"], found["prompt"], found["replicate"]) == ("model-b", "nurse", 0)


def test_pictures_and_prompts_come_from_tables_with_facts(tmp_path: Path) -> None:
    study = example(tmp_path, "tables")
    assert study.run().images == 8
    prompts = {row["prompt"]: row for row in rows(study, "study_prompts")}
    assert prompts["dental-hygienist"]["text"] == "A photo of the face of a Dental Hygienist"
    assert prompts["dental-hygienist"]["subject"] == "occupation:dental_hygienist"
    assert prompts["dental-hygienist"]["facts"] == '{"women_percent":94.7}'
    assert prompts["ceo"]["facts"] == '{"country":"US","women_percent":29.2}'
    assert {row["replicate"] for row in rows(study, "study_slots")} == {0, 1}  # idx 8 before 10


def test_raters_in_rows_are_numbered_per_picture_and_not_named(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in rows")
    report = study.run()
    # Of three assignments per picture one was rejected; the age of the first picture is empty.
    assert [name.split("@")[0] for name in report.labels] == ["turkers-1", "turkers-2"]
    assert sum(report.labels.values()) == 8 * 2 * 2 - 2
    gender = said(study, "gender")
    assert gender["turkers-1", "model-a", "ceo", 0] == "female"
    assert gender["turkers-2", "model-a", "ceo", 0] == "male"
    assert gender["turkers-2", "model-a", "ceo", 1] == "unclear"
    everything = b"".join(study.written().values())
    assert b"A0000000000" not in everything


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


def test_the_long_form_keeps_confidence_and_numbers(tmp_path: Path) -> None:
    study = example(tmp_path, "long")
    study.run()
    labels = rows(study, "study_labels")
    gender = sorted(row["confidence"] for row in labels if row["attribute"] == "gender")
    assert gender == pytest.approx([(99.5 - i) / 100 for i in reversed(range(8))])
    ages = [row for row in labels if row["attribute"] == "age"]
    assert sorted(row["number"] for row in ages) == [20.5 + i for i in range(8)]
    assert {row["confidence"] for row in ages} == {None}


def test_numbers_have_mean_and_quantiles_and_no_share(tmp_path: Path) -> None:
    study = example(tmp_path, "long")
    study.run()
    with connect(None) as con:
        make_tables(con)
        load_study(con, study.store, study.name)
        create_views(con)
        found = con.execute(
            "SELECT n, mean, median FROM study_numbers WHERE model = 'model-a' AND prompt = 'ceo'"
        ).fetchall()
        assert found == [(2, 21.0, 21.0)]
        assert con.execute("SELECT DISTINCT attribute FROM counts").fetchall() == [("gender",)]


def test_a_sheet_of_a_workbook_is_read_below_its_title(tmp_path: Path) -> None:
    study = example(tmp_path, "xlsx")
    study.run()
    gender = said(study, "gender")
    assert len(gender) == 7  # one cell says n/a
    assert gender["authors", "model-b", "nurse", 1] == "male"
    assert said(study, "age")["authors", "model-b", "nurse", 1] == "38.5"


def test_an_export_of_label_studio_has_a_labeler_per_person(tmp_path: Path) -> None:
    study = example(tmp_path, "label studio")
    report = study.run()
    assert [name.split("@")[0] for name in report.labels] == ["team-1", "team-2"]
    assert list(report.labels.values()) == [14, 16]  # one task was skipped
    gender = said(study, "gender")
    assert (gender["team-1", "model-a", "ceo", 0], gender["team-2", "model-a", "ceo", 0]) == (
        "female",
        "male",
    )
    assert not any(b"person7@" in data for data in study.written().values())


def test_parquet_with_class_numbers_and_a_composite_key(tmp_path: Path) -> None:
    study = example(tmp_path, "parquet")
    study.run()
    gender = said(study, "gender")
    assert gender["fairface", "model-a", "ceo", 0] == "male"  # class 0; idx 9 comes before 10
    assert gender["fairface", "model-a", "ceo", 1] == "female"
    sure = {row["confidence"] for row in rows(study, "study_labels")}
    assert min(sure) == pytest.approx(9 / 16)


def test_check_says_what_would_come_in_and_stores_nothing(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in rows")
    mistakes, found = check(study.save(), study.root)
    assert mistakes == []
    assert found[0] == "my-study: 2 models, 2 prompts, 8 slots, 8 pictures"
    assert found[1] == "Batch_{*}_batch_results.csv: 1 file, 16 rows, 2 empty cells, 8 rows left out"
    assert found[2].startswith("turkers-1: 8 labels of gender (")
    assert study.written() == {}


@pytest.mark.parametrize("name", FILES)
def test_a_study_of_the_docs_has_no_mistake_for_check(tmp_path: Path, name: str) -> None:
    study = example(tmp_path, name)
    mistakes, found = check(study.save(), study.root)
    assert (mistakes, bool(found)) == ([], True)


MIDJOURNEY = Path(__file__).parents[3].parent / "shared" / "corpora" / "midjourney-cc0"


@pytest.mark.corpora
def test_midjourney_downloads_come_in_as_a_study_without_the_account_name(tmp_path: Path) -> None:
    """The other real corpus: nothing in its file names numbers the pictures, and they begin with an account name."""
    if not MIDJOURNEY.is_dir():
        pytest.skip("needs ../shared/corpora/midjourney-cc0")
    spelled = {
        "A_group_of_students_collaborating_on_a_project_arou": "group-project",
        "A_multicultural_gender-diverse_group_of_students_co": "diverse-group",
        "Students_of_diverse_backgrounds_studying_together_a": "diverse-backgrounds",
        "Students_studying_together_at_a_university_library_": "library",
    }
    data = {
        **examples()["head"],
        "study": "midjourney-cc0",
        "attributes": [],
        "models": [{"id": "midjourney", "title": "Midjourney"}],
        "prompts": [
            {"id": name, "subject": "students:any", "condition": "baseline", "title": name}
            for name in spelled.values()
        ],
        "spellings": {"prompt": spelled},
        "images": {
            "pattern": "{*}_{prompt}_{*}_{*}.png",
            "constants": {"model": "midjourney", "condition": "baseline"},
            "ignore": ["PROVENANCE.md"],
        },
        "numbering": "order",
    }
    study = Study(tmp_path, MIDJOURNEY, data)
    assert study.run().images == 4
    account = next(MIDJOURNEY.glob("*.png")).name.partition("_")[0].encode()
    assert not any(account in data for data in study.written().values())


def test_prompts_of_a_table_are_checked_like_declared_ones(tmp_path: Path) -> None:
    study = example(tmp_path, "tables")
    table = study.root / "prompts.csv"
    table.write_text(table.read_text("utf-8") + 'ceo,99,US,BLS\nПроверка,1,RU,BLS\n"a,b"\n', "utf-8")
    study.data["spellings"] = {"prompt": {"Boss": "cio"}}
    study.data["prompts_from"]["facts"]["year"] = "Yeer"
    mistakes, _ = check(study.save(), study.root)
    assert mistakes == [
        'my-study: prompts.csv row 1: no column "Yeer" (found: Job title, Women (%), Country, Source)'
    ]
    del study.data["prompts_from"]["facts"]["year"]
    mistakes, _ = check(study.save(), study.root)
    assert mistakes == [
        "my-study: prompts.csv row 6: 1 cells, the header has 4",
        'my-study: prompts.csv row 4: prompt "ceo", condition "baseline", is said a second time, and differently',
        'my-study: prompts.csv row 5: id: "Проверка" has no letter or digit of a name; write e.g. id: p{row}',
        'my-study: spelling "Boss": no prompt "cio" is in prompts.csv; did you mean "ceo"?',
    ]


def test_a_table_of_pictures_covers_every_picture_and_names_no_other(tmp_path: Path) -> None:
    study = example(tmp_path, "tables")
    (study.root / "train" / "00000.png").unlink()
    (study.root / "train" / "extra.png").write_bytes(b"x")
    table = study.root / "train" / "metadata.jsonl"
    lines = table.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace("00001.png", "../../secret.png")
    lines[2] = lines[2].replace("ModelA", "ModelC")
    table.write_text("\n".join([*lines, lines[3]]) + "\n", "utf-8")
    mistakes, _ = check(study.save(), study.root)
    name = "my-study: train/metadata.jsonl record"
    assert mistakes[:4] == [
        f"{name} 1: names train/00000.png, which is not there; add it, or say images: missing: allowed",
        f'{name} 2: picture "../../secret.png" is not a path within the study\'s folder',
        f'{name} 3: model "ModelC" is not in the study file; did you mean "ModelB"?',
        f"{name} 9: names train/00003.png a second time",
    ]
    assert "my-study: train/extra.png: no row of train/metadata.jsonl names it" in [
        m.split(";")[0] for m in mistakes
    ]


def test_pictures_inside_parquet_come_in_with_their_labels(tmp_path: Path) -> None:
    study = example(tmp_path, "pictures in parquet")
    report = study.run()
    assert (report.images, report.missing) == (8, 0)
    slots = {row["slot_key"]: row for row in rows(study, "study_slots")}
    originals = {
        (row["model"], row["prompt"], row["replicate"]): row["original_sha256"] for row in slots.values()
    }
    wanted = {
        (model.replace("Model", "model-").lower(), prompt, n): sha256_hex(picture(i))
        for i, (model, prompt, n) in enumerate(CELLS)
    }
    assert originals == wanted
    labels = {slots[row["slot_key"]]["original_sha256"]: row["value"] for row in rows(study, "study_labels")}
    assert labels == {sha256_hex(picture(i)): ("male", "female")[i % 2] for i in range(8)}


ORDERS: dict[str, tuple[dict[str, Any], str]] = {
    "pictures": (
        {"images": {"pattern": "{model}/{prompt}_{*}.png", "constants": {"condition": "baseline"}}},
        "pictures",
    ),
    "the long form": ({}, "the long form"),
}


@pytest.mark.parametrize("case", ORDERS)
def test_the_order_of_rows_is_no_guess(tmp_path: Path, case: str) -> None:
    study = example(tmp_path, "long")
    study.data.update(ORDERS[case][0], numbering="order")
    study.labels["key"] = {"image": "{model}_{prompt}_{*}.jpg"}
    (line,) = check(study.save(), study.root)[0]
    assert "with numbering: order a row counts as the next picture, but" in line
    assert ORDERS[case][1] in line


def test_rows_of_labels_alone_are_counted_in_each_cell(tmp_path: Path) -> None:
    study = example(tmp_path, "xlsx")
    study.labels["key"] = {"Model": "{model}", "Prompt": "{prompt}"}
    study.labels["ignore_columns"] = ["Image no."]
    study.data["numbering"] = "order"
    study.run()
    assert said(study, "age")["authors", "model-b", "nurse", 1] == "38.5"
