"""Mistakes of a study file or of its files: one line each that says what, where and how to fix it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from assets.studies.definition import SHIPPED, load_definition
from assets.studies.importer import check
from assets.studies.mistakes import MistakesError
from tests.studies.conftest import Study, picture
from tests.studies.imports.wrong import CEO, ONE, WRONG, query, swap, write
from warehouse.errors import UsageError


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_one_line_and_nothing_is_written(tiny: Study, case: str) -> None:
    change, message = WRONG[case]
    change(tiny)
    with pytest.raises(MistakesError) as caught:
        tiny.run()
    mistakes = caught.value.lines
    assert [line for line in mistakes if message in line], mistakes
    assert all("\n" not in line and line.startswith(("tiny: ", "tiny.yaml")) for line in mistakes)
    assert "\n" not in str(caught.value)
    assert tiny.written() == {}


def test_all_mistakes_are_named_at_once(tiny: Study) -> None:
    swap(ONE, "ceo_1.png,M", "ceo_1.png,femal")(tiny)
    swap("labels/m-two.csv", "nurse_1.png,f,nurse", "nurse_1.png,f,nurze")(tiny)
    write(CEO, b"<html>404</html>")(tiny)
    mistakes, would_come_in = check(tiny.save(), tiny.root)
    assert would_come_in == []
    assert [line.split(": ")[1] for line in mistakes] == ["labels/m-two.csv", "labels/One.csv", CEO]
    with pytest.raises(UsageError, match=r"\(and 2 more; --check lists all\)"):
        tiny.run()


def test_equal_mistakes_are_one_line_with_first_rows_and_counts(tiny: Study) -> None:
    rows = [f"ceo_{n}.png,{('w', 'x')[n % 2]}{n % 20},ceo,{n}" for n in range(3000)]
    (tiny.root / ONE).write_text("\n".join(["picture,sex,job,when", *rows]) + "\n")
    del tiny.data["pictures"]
    started = time.process_time()
    (line,) = check(tiny.save(), tiny.root)[0]
    assert time.process_time() - started < 5
    assert (
        'gender has values that are not declared: "w0" (150 rows, first row 2), "x1" (150 rows, first row 3)'
        in line
    )
    assert "and 15 other texts, 3,000 rows in all; known: f, m, both" in line


def test_a_root_that_does_not_exist_is_said(tiny: Study) -> None:
    tiny.root = tiny.root / "nowhere"
    with pytest.raises(UsageError, match=r"^tiny: no folder .*nowhere; give the study's folder with --root"):
        tiny.run()


def test_pictures_of_a_folder_that_no_row_names_are_named(tiny: Study) -> None:
    (tiny.root / "pics" / "Three").mkdir()
    write("pics/Three/ceo_1.png", picture(9))(tiny)
    query("pictures", "pics/*/*.png", "pics/*e/*.png")(tiny)
    query("pictures", "FROM glob", "FROM (FROM glob('pics/m*/*.png') UNION ALL FROM glob")(tiny)
    tiny.data["pictures"] = tiny.data["pictures"].replace("pics/*e/*.png'))", "pics/On*/*.png')))")
    (line,) = check(tiny.save(), tiny.root)[0]
    assert 'files are named by no row: "pics/Three/ceo_1.png"' in line


def test_a_text_that_ends_like_a_file_is_a_text(tiny: Study) -> None:
    query(
        "labels", r"regexp_extract(_file, '/(.*)\.csv$', 1)", "replace(split_part(_file, '/', 2), '.csv', '')"
    )(tiny)
    assert tiny.run().images == 8


def test_ignored_pictures_are_let_be(tiny: Study) -> None:
    query("pictures", "pics/*/*.png", "pics/*/*_*.png")(tiny)
    write("pics/One/sheet.png", picture(9))(tiny)
    tiny.data["ignore"] = ["pics/*/sheet.png"]
    assert tiny.run().images == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "w.yaml, line 2, column 1: while parsing a flow sequence, did not find expected"),
        ("study: a\nstudy: b\n", '"study" stands twice'),
        ("- 1\n", "w.yaml: "),
    ],
)
def test_what_is_no_study_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "w.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        load_definition(tmp_path / "w.yaml")


def test_no_code_of_the_importer_names_a_study() -> None:
    ids = [path.stem for path in SHIPPED.glob("*.yaml")]
    general = list(SHIPPED.parent.rglob("*.py"))
    assert len(ids) == 10
    assert len(general) > 8
    for path in general:
        text = path.read_text("utf-8").casefold()
        assert not [name for name in [*ids, "raza", "imagen", "dall_e"] if name in text], path


COMPARISONS = {
    "an attribute that is not declared": (
        {"attribute": "perceived_age", "values": {"f": "child", "m": "older"}},
        'is compared with "perceived_age", which is not declared',
    ),
    "a value that the study has not": (
        {"attribute": "perceived_gender", "values": {"f": "feminine", "x": "masculine"}},
        '"x" is not a declared value of attribute "gender"',
    ),
    "a value that the other attribute has not": (
        {"attribute": "perceived_gender", "values": {"f": "feminine", "m": "man"}},
        '"man" is not a declared value of attribute "perceived_gender"',
    ),
}


@pytest.mark.parametrize("case", COMPARISONS)
def test_a_comparison_that_cannot_be_is_told(tiny: Study, case: str) -> None:
    tiny.data["attributes"].append(
        {
            "id": "perceived_gender",
            "title": "perceived gender",
            "values": ["feminine", "masculine"],
            "outside": ["ambiguous"],
        }
    )
    tiny.data["attributes"][0]["compare_with"], message = COMPARISONS[case]
    with pytest.raises(UsageError, match=message):
        tiny.run()
