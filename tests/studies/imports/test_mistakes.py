"""All mistakes at once, each with file and row, and what a file really is."""

from __future__ import annotations

import gzip
import io
import json
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from assets.studies.files.xlsx import MOST_CELLS
from assets.studies.reading import check
from tests.studies.conftest import Study, picture
from tests.studies.imports.test_import_errors import CEO, ONE, swap, write
from tests.studies.imports.test_published_files import example
from warehouse.errors import UsageError

LFS = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


def found(study: Study) -> list[str]:
    mistakes, would_come_in = check(study.save(), study.root)
    assert bool(mistakes) != bool(would_come_in)
    assert study.written() == {}
    assert all("\n" not in line for line in mistakes)
    return mistakes


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for _ in range(sheets):
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def test_all_mistakes_are_named_at_once(tiny: Study) -> None:
    swap(ONE, "ceo_1.png,M", "ceo_1.png,femal")(tiny)
    swap("labels/m-two.csv", "nurse_1", "nurze_1")(tiny)
    write(CEO, b"<html>404</html>")(tiny)
    (tiny.root / "pics/m-two/ceo_1.png").rename(tiny.root / "pics/m-two/ceo-1.png")
    lines = found(tiny)
    assert [line.split(": ")[1] for line in lines] == [
        "pics/m-two/ceo-1.png",
        "labels/One.csv row 2",
        "labels/m-two.csv row 4",
        "1 planned pictures are missing, the first is m-two / ceo / baseline / 1; add them, or say images",
        "labels/m-two.csv row 2",  # labels the picture that is missing
        "pics/One/ceo_1.png",
    ]
    with pytest.raises(UsageError, match=r"matches neither .*\(and 5 more; --check lists all\)"):
        tiny.run()


def test_equal_mistakes_are_one_line_with_their_rows(tiny: Study) -> None:
    rows = [f"ceo_1.png,w,ceo,{n}" for n in range(40)]
    (tiny.root / ONE).write_text("\n".join(["picture,sex,job,when", *rows]) + "\n")
    (line,) = [line for line in found(tiny) if '"w"' in line]
    assert "labels/One.csv row 2: sex" in line
    assert line.endswith("(also row 3, 4, 5, 6, 7 …; 40 in all)")


def test_of_very_many_mistakes_the_first_are_shown_and_all_counted(tiny: Study) -> None:
    rows = [f"ceo{n}.png,F,ceo,x" for n in range(30_000)]
    (tiny.root / ONE).write_text("\n".join(["picture,sex,job,when", *rows]) + "\n")
    started = time.process_time()
    lines = found(tiny)
    assert time.process_time() - started < 10
    assert len(lines) == 21
    assert lines[-1] == "tiny: labels/One.csv: 29980 more mistakes of other rows"
    (tiny.root / ONE).write_text("picture,sex,job,when\n")
    for n in range(300):
        (tiny.root / f"pics/One/ceo_{n + 3}.png").write_bytes(b"x")
    lines = found(tiny)
    assert len(lines) == 201
    assert lines[-1] == "tiny: 100 more mistakes in other files"


NATURES: dict[str, tuple[str, bytes, str]] = {
    "a Git LFS pointer": (
        ONE,
        LFS,
        "labels/One.csv: is a Git LFS pointer, not CSV; fetch the file with git lfs pull",
    ),
    "a picture that is a pointer": (CEO, LFS, "pics/One/ceo_1.png: is a Git LFS pointer, not a picture"),
    "a gzip": (ONE, gzip.compress(b"a,b\n"), "is a gzip archive, not CSV; unpack it"),
    "a workbook under a wrong suffix": (
        ONE,
        workbook(["picture", "sex"]),
        "is an Excel workbook (.xlsx), not CSV; say format: xlsx",
    ),
    "an old workbook": (
        ONE,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "is an old Excel workbook (.xls)",
    ),
    "a web page": (ONE, b"\n<!DOCTYPE html><html><body>Not found", "is a web page (HTML), not CSV"),
    "UTF-16": (
        ONE,
        "picture,sex,job,when\n".encode("utf-16"),
        "is UTF-16 text, not CSV; say encoding: utf-16, or save it as UTF-8",
    ),
    "UTF-16 without its mark": (ONE, "picture,sex,job,when\n".encode("utf-16-le"), "is UTF-16 text"),
    "Parquet": (ONE, b"PAR1" + bytes(20), "is a Parquet file, not CSV; say format: parquet"),
    "JSON": (ONE, b'[{"picture": "ceo_1.png"}]\n', "is JSON, not CSV; say format: json"),
    "another delimiter": (
        ONE,
        b"picture;sex;job;when\na;b;c;d\n",
        'has one column, "picture;sex;job;when"; say delimiter: ";"',
    ),
}


@pytest.mark.parametrize("case", NATURES)
def test_a_file_is_named_as_what_it_is(tiny: Study, case: str) -> None:
    name, data, message = NATURES[case]
    write(name, data)(tiny)
    assert any(message in line for line in found(tiny)), found(tiny)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("yes", 'yes is read as true by YAML; put it in quotes: "yes"'),
        ("NO", "NO is read as false by YAML"),
        ("off", "off is read as false by YAML"),
        ("2024-01-31", "2024-01-31 is read as a date by YAML"),
        ("010", "010 is read as the number 8 by YAML"),
        ("12:30", "12:30 is read as the number 750 by YAML"),
        ("1", "1 is read as the number 1 by YAML"),
        ("null", "null is read as nothing by YAML"),
        ("~", "~ is read as nothing by YAML"),
    ],
)
@pytest.mark.parametrize("place", ["a spelling", "a value", "an ignored column", "a column of a key"])
def test_what_yaml_reads_as_something_else_is_named(
    tiny: Study, written: str, message: str, place: str
) -> None:
    old, new = {
        "a spelling": ("woman: f", f"{written}: f"),
        "a value": ("woman: f", f"woman: {written}"),
        "an ignored column": ("- when", f"- {written}"),
        "a column of a key": ("  - column: picture\n", f"  - column: {written}\n"),
    }[place]
    file = tiny.save()
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    mistakes, _ = check(file, tiny.root)
    assert [line for line in mistakes if message in line], mistakes


def test_a_bare_no_as_a_column_of_a_key_is_named(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in columns")
    file = study.save()
    file.write_text(file.read_text("utf-8").replace("'no': ", "no: "), "utf-8")
    (line,) = check(file, study.root)[0]
    assert line.endswith('no is read as false by YAML; put it in quotes: "no"')


def test_all_mistakes_of_a_study_file_are_named(tiny: Study) -> None:
    tiny.data["licens"] = "MIT"
    tiny.data["spellings"]["prompt"] = {"x": "nurs"}
    tiny.labels["columns"][0]["values"]["W"] = "ff"
    tiny.labels["columns"][0]["attribute"] = "gendre"
    assert found(tiny) == ['tiny.yaml: unknown key "licens"; did you mean "licence"?']
    del tiny.data["licens"]
    assert found(tiny) == [
        'tiny.yaml: spelling "x": no prompt "nurs" is declared; did you mean "nurse"?',
        'tiny.yaml: column "sex": attribute "gendre" is not declared; did you mean "gender"?',
    ]


NEAR: dict[str, tuple[Callable[[Study], Any], str]] = {
    "a key of labels": (
        lambda study: study.labels.update(seperator=";", delimeter=";"),
        'tiny.yaml: labels 1: unknown key "delimeter"; did you mean "delimiter"?',
    ),
    "a key of a column": (
        lambda study: study.labels["columns"][0].update(case_fold=True),
        'labels 1, columns 1: unknown key "case_fold"; did you mean "casefold"?',
    ),
    "a key that belongs elsewhere": (
        lambda study: study.data.update(ignore_columns=["x"]),
        'unknown key "ignore_columns"; did you mean labels: [{ignore_columns: …}]?',
    ),
    "a choice": (
        lambda study: study.labels.update(raters="by-picture"),
        """labels 1, raters: input should be 'each' or 'by_picture', not "by-picture"; did you mean "by_picture"?""",
    ),
    "a format": (
        lambda study: study.labels.update(format="labelstudio"),
        'not "labelstudio"; did you mean "label_studio"?',
    ),
    "a column": (
        swap(ONE, "picture,sex", "picture,Sex "),
        'no column "sex" (found: picture, Sex , job, when); did you mean "Sex "?',
    ),
    "a value": (swap(ONE, "ceo_1.png,M", "ceo_1.png,womn"), 'did you mean "woman"?'),
    "a declared value": (
        lambda study: study.labels["columns"][0]["values"].update(x="bot"),
        '"bot" is not a declared value of attribute "gender"; did you mean "both"?',
    ),
    "a model": (
        lambda study: (study.root / "labels/One.csv").rename(study.root / "labels/Onne.csv"),
        'model "Onne" is not in the study file; did you mean "One"?',
    ),
    "a field": (
        lambda study: study.data["images"].update(pattern="pics/{modell}/{prompt}_{replicate}.png"),
        'unknown field "modell"; did you mean "model"?',
    ),
    "a filter": (
        lambda study: study.labels.update(exclude={"when": ["X "]}),
        'exclude: no row has "X " in when; did you mean "x"?',
    ),
    "a correction's file": (
        lambda study: study.labels.update(
            corrections=[
                {
                    "file": "labels/one.csv",
                    "column": "sex",
                    "find": "a",
                    "read": "b",
                    "rows": 1,
                    "why": "a slip",
                }
            ]
        ),
        'did you mean "labels/One.csv"?',
    ),
    "a byte order mark": (
        write(ONE, b"\xef\xbb\xbfpicture,sex,job,when\n"),
        "the file begins with a byte order mark: say encoding: utf-8-sig",
    ),
}


@pytest.mark.parametrize("case", NEAR)
def test_a_near_miss_is_suggested(tiny: Study, case: str) -> None:
    breaks, message = NEAR[case]
    breaks(tiny)
    assert any(message in line for line in found(tiny)), found(tiny)


# Hostile files


def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tiny: Study) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(bytes(1 << 20))
    tiny.labels.update(format="xlsx")
    write(ONE, buffer.getvalue())(tiny)
    assert any("is larger than 256 MiB when unpacked" in line for line in found(tiny))


def test_a_workbook_that_spans_millions_of_cells_is_refused(tiny: Study) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "picture")
    sheet.write(1_048_575, 16_383, "far out")
    book.close()
    assert MOST_CELLS < 1_048_576 * 16_384
    tiny.labels.update(format="xlsx")
    write(ONE, buffer.getvalue())(tiny)
    assert any("a sheet spans 1048576 rows × 16384 columns" in line for line in found(tiny))


def test_without_the_extra_a_workbook_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = example(tmp_path, "xlsx")
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    (line,) = found(study)
    assert line.endswith("need the extra `studies`: pip install python-calamine, or save the sheet as CSV")


def test_a_damaged_workbook_is_one_line(tiny: Study) -> None:
    tiny.labels.update(format="xlsx")
    write(ONE, workbook(["picture", "sex"])[:-300])(tiny)
    write("labels/m-two.csv", workbook(["picture", "sex"], sheets=2))(tiny)
    lines = found(tiny)
    assert any("labels/One.csv: does not read as an Excel workbook" in line for line in lines)
    assert any("has 2 sheets; say sheet: one of Sheet1, Sheet2" in line for line in lines)


def test_too_many_raters_to_be_labelers_of_their_own_are_named(tmp_path: Path) -> None:
    study = example(tmp_path, "raters in rows")
    path = study.root / "Batch_4711_batch_results.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    rows = [row.replace(row.split(",")[4], f'"W{number}"') for number, row in enumerate(rows * 6)]
    path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    del study.labels["raters"]
    assert found(study) == [
        "my-study: Batch_{*}_batch_results.csv: 96 raters would be 96 labelers (60 at most); say raters: by_picture"
    ]
    study.labels["raters"] = "by_picture"
    assert len(study.run().labels) == 12


def test_a_link_out_of_the_folder_is_refused(tiny: Study) -> None:
    secret = tiny.home / "secret.csv"
    secret.write_text("picture,sex,job,when\nceo_1.png,M,ceo,x\n")
    (tiny.root / ONE).unlink()
    (tiny.root / ONE).symlink_to(secret)
    outside = tiny.home / "p.png"
    outside.write_bytes(picture(3))
    (tiny.root / CEO).unlink()
    (tiny.root / CEO).symlink_to(outside)
    lines = found(tiny)
    for name in (ONE, CEO):
        assert (
            f"tiny: {name}: is a link to a file outside the study's folder; copy the file here (cp -L)"
            in lines
        )


def test_one_rater_who_contradicts_himself_is_named(tmp_path: Path) -> None:
    study = example(tmp_path, "long")
    path = study.root / "scores.csv"
    text = path.read_text("utf-8-sig")
    path.write_text(text + "ModelA_ceo_0.jpg;Gender;Male;50\r\n", "utf-8-sig")
    mistakes, _ = check(study.save(), study.root)
    assert mistakes == [
        'my-study: scores.csv row 26: gender is "male" but row 2 says "female" of the same slot'
    ]


def test_paths_of_other_systems_match(tmp_path: Path) -> None:
    study = example(tmp_path, "label studio")
    study.data["models"][0]["folder"] = "Modèle A"
    (study.root / "images" / "ModelA").rename(
        study.root / "images" / unicodedata.normalize("NFD", "Modèle A")
    )
    for path in (study.root / "images").rglob("*.png"):
        path.rename(path.with_suffix(".PNG"))
    (export,) = study.root.glob("*.json")
    text = (
        export.read_text()
        .replace("ModelA/", "Mod\\u00e8le A/")
        .replace(".png", ".PNG")
        .replace("images/", "images\\\\")
    )
    export.write_text(text)
    study.labels["key"] = {"data.image": "{**}images/{picture}", "completed_by": "{rater}"}
    assert study.run().images == 8


def test_a_hundred_thousand_rows_take_seconds(tmp_path: Path) -> None:
    study = example(tmp_path, "long")
    study.data["prompts"] = [
        {"id": f"p{n}", "subject": "x:y", "condition": "baseline", "title": "t"} for n in range(500)
    ]
    rows = ["image;attribute;value;confidence"]
    rows += [
        f"Model{model}_p{p}_{n}.jpg;Gender;{'Female' if n % 3 else 'Male'};{n}"
        for model in "AB"
        for p in range(500)
        for n in range(100)
    ]
    (study.root / "scores.csv").write_text("\n".join(rows) + "\n", "utf-8-sig")
    study.labels["ignore_columns"] = []
    started = time.process_time()
    mistakes, seen = check(study.save(), study.root)
    taken = time.process_time() - started
    assert mistakes == []
    assert seen[-1] == "face-service: 100000 labels of gender (female 66000, male 34000)"
    assert taken < 20


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/etc/{model}.csv", "leads out of the study's folder"),
        ("../{model}.csv", "leads out of the study's folder"),
        ("C:/data/{model}.csv", "leads out of the study's folder"),
        ("labels\\{model}.csv", "has a backslash; write / between folders"),
    ],
)
def test_a_pattern_stays_in_the_folder(tiny: Study, path: str, message: str) -> None:
    tiny.labels["file"] = path
    assert any(message in line for line in found(tiny))
    tiny.labels["file"] = "labels/{model}.csv"
    tiny.data["images"]["pattern"] = path
    assert any(message in line for line in found(tiny))


JSONS: dict[str, tuple[str, str]] = {
    "a name twice": ('[{"picture": "a", "picture": "b"}]', '"picture" is there twice in one object'),
    "a list further in": ('{"n": 1, "items": [{"a": 1}]}', "holds no list of objects; say records: items"),
    "an export of Label Studio": ('[{"data": {}, "annotations": []}]', "say format: label_studio"),
    "a deep one": ("[" * 100_000, "is nested too deeply"),
    "a number of many digits": ('[{"a": ' + "9" * 5000 + "}]", "does not read as JSON"),
    "cut off": ('[{"a": 1},\n{"a"', "labels/One.csv line 2: does not read as JSON"),
    "a line cut off": ('{"a": 1}\n{"a": 2\n', "labels/One.csv line 2: does not read as JSON"),
    "a number alone": ("7", "holds no list of objects"),
    "nothing": ("  ", "is empty"),
}


@pytest.mark.parametrize("case", JSONS)
def test_json_that_is_no_table_is_named(tiny: Study, case: str) -> None:
    text, message = JSONS[case]
    tiny.labels["format"] = "json"
    if case == "an export of Label Studio":
        del tiny.labels["format"]
        tiny.labels["file"] = "labels/{model}.json"
        for model in ("One", "m-two"):
            (tiny.root / f"labels/{model}.json").write_text(text)
    (tiny.root / ONE).write_text(text)
    assert any(message in line for line in found(tiny)), found(tiny)


def test_two_answers_to_one_question_are_none(tmp_path: Path) -> None:
    study = example(tmp_path, "label studio")
    (export,) = study.root.glob("*.json")
    tasks = json.loads(export.read_text())
    results = tasks[0]["annotations"][0]["result"]
    results.append({**results[0], "value": {"choices": ["Man"]}})
    tasks[1]["annotations"][0]["result"][0]["value"]["choices"] = ["Woman", "Man"]
    export.write_text(json.dumps(tasks))
    lines = found(study)
    assert [line.split(" is not covered")[0].partition(": ")[2] for line in lines] == [
        f'{export.name} task 1: gender "[["Woman"],["Man"]]"',
        f'{export.name} task 2: gender "["Woman","Man"]"',
    ]


def test_a_long_text_is_matched_in_no_time(tiny: Study) -> None:
    tiny.labels["key"] = {"picture": "{*}_{*}_{*}_{prompt}_{replicate}.png"}
    swap(ONE, "ceo_1.png", "_" * 100_000)(tiny)
    started = time.process_time()
    assert any("does not match" in line for line in found(tiny))
    assert time.process_time() - started < 5


NUMBERS: dict[str, tuple[str, str, str]] = {
    "below the range": ("20.5", "-1", 'value "-1" is not from 0.0 to 120.0, as the study file says of age'),
    "no number": ("20.5", "twenty", 'value "twenty" is not a number'),
    "a decimal comma": ("20.5", "20,5", 'value "20,5" is not a number; write decimals with a point'),
    "no finite number": ("20.5", "inf", 'value "inf" is not a number'),
    "a number with underscores": ("20.5", "2_0", 'value "2_0" is not a number'),
    "a confidence beyond certain": (
        "99.5",
        "100.5",
        'confidence "100.5" is not from 0 to 100; say confidence_of',
    ),
    "a confidence in words": ("99.5", "high", 'confidence "high" is not a number'),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_are_read_strictly(tmp_path: Path, case: str) -> None:
    old, new, message = NUMBERS[case]
    study = example(tmp_path, "long")
    study.replace("scores.csv", old, new, "utf-8-sig")
    (line,) = found(study)
    assert message in line


def test_a_numeric_attribute_declares_no_values(tmp_path: Path) -> None:
    study = example(tmp_path, "long")
    study.data["attributes"][1]["values"] = ["old", "young"]
    study.data["attributes"][0]["unit"] = "cm"
    assert [line.split(": ", 2)[2] for line in found(study)] == [
        'attribute "gender": only a numeric attribute has unit, low and high',
        'attribute "age" is numeric: it has no values',
    ]


def test_the_same_mistake_of_many_pictures_is_one_line(tiny: Study) -> None:
    tiny.data["images"]["pattern"] = "pics/{model}/{prompt}_{replicate}.jpeg"
    about = [line for line in found(tiny) if "matches neither the pattern" in line]
    pictures = sorted(path.name for path in (tiny.root / "pics").rglob("*.png"))
    assert len(pictures) > 5
    (line,) = about
    assert f"; {len(pictures)} in all)" in line


def test_numbers_that_begin_with_one_name_the_key_that_says_so(tiny: Study) -> None:
    tiny.data["first_replicate"] = 0
    (line, *_) = [line for line in found(tiny) if "is not planned" in line]
    assert "write first_replicate: 1" in line


def test_a_mistyped_column_of_raters_is_named(tiny: Study) -> None:
    labels = tiny.data["labels"][0]
    labels["columns"][0] = {**labels["columns"][0], "column": "sxe_{rater}"}
    text = (tiny.root / ONE).read_text("utf-8")
    for file in (tiny.root / "labels").iterdir():
        file.write_text(file.read_text("utf-8").replace("picture,sex,", "picture,sex_A,"), "utf-8")
    assert text.startswith("picture,sex,")
    assert any('like "sxe_{rater}"; did you mean "sex_{rater}"?' in line for line in found(tiny))
