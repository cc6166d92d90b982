"""What no rule covers is one line that names file and row, and nothing is written."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.studies.conftest import Study, picture
from warehouse.errors import UsageError


def swap(file: str, old: str, new: str) -> Callable[[Study], Any]:
    return lambda study: study.replace(file, old, new)


def rule(**changes: Any) -> Callable[[Study], Any]:
    return lambda study: study.labels.update(changes)


def correction(**changes: Any) -> Callable[[Study], Any]:
    entry = {
        "file": "labels/One.csv",
        "column": "picture",
        "find": "ceo_{replicate}.png",
        "read": "chief_{replicate}.png",
        "rows": 1,
        "why": "a slip",
    }
    return rule(corrections=[{**entry, **changes}])


def unlink(file: str) -> Callable[[Study], Any]:
    return lambda study: (study.root / file).unlink()


def write(file: str, data: bytes) -> Callable[[Study], Any]:
    return lambda study: (study.root / file).write_bytes(data)


ONE, CEO = "labels/One.csv", "pics/One/ceo_1.png"
BROKEN: dict[str, tuple[Callable[[Study], Any], str]] = {
    "an unknown spelling": (
        swap(ONE, "ceo_1.png,M", "ceo_1.png,femal"),
        'tiny: labels/One.csv row 2: sex "femal" is not covered by the study file (known: F, woman, M, both)',
    ),
    "white space that no rule strips": (
        lambda study: study.labels["columns"][0].update(strip=False),
        'labels/One.csv row 3: sex " woman" is not covered',
    ),
    "capitals that no rule folds": (
        lambda study: study.labels["columns"][0].update(casefold=False),
        'labels/One.csv row 4: sex "f" is not covered',
    ),
    "a missing column": (
        swap(ONE, "picture,sex", "picture,gender"),
        'tiny: labels/One.csv row 1: no column "sex" (found: picture, gender, job, when)',
    ),
    "a column twice": (swap(ONE, "job,when", "job,job"), 'row 1: more than one column "job"'),
    "a byte order mark that is not declared": (
        write(ONE, b"\xef\xbb\xbfpicture,sex,job,when\n"),
        'row 1: no column "picture"',
    ),
    "a column that nobody declared": (
        rule(ignore_columns=[]),
        'labels/One.csv row 1: column "when" is not covered by the study file; map it',
    ),
    "a wrong encoding": (
        write(ONE, b"picture,sex,job,when\nceo_1.png,M,ceo,caf\xe9\n"),
        "tiny: labels/One.csv row 2: byte 40 is not utf-8; declare",
    ),
    "line ends other than declared": (
        rule(newlines="crlf"),
        "labels/One.csv: 5 lines do not end as declared",
    ),
    "a row with a cell too many": (swap(ONE, "M,ceo,x", "M,ceo,x,y"), "row 2: 5 cells, the header has 4"),
    "an open quote": (swap(ONE, "ceo_1.png", '"ceo_1.png'), "does not read as CSV"),
    "an empty label file": (write(ONE, b""), "labels/One.csv: is empty"),
    "fewer rows than declared": (
        rule(rows_per_file=5),
        "labels/One.csv: 4 rows of labels, the study file says 5",
    ),
    "a missing label file": (unlink(ONE), "tiny: labels/One.csv: no such label file (model m-one)"),
    "no label file": (rule(file="annotations/{model}.csv"), "no label file under"),
    "a key that does not match": (swap(ONE, "ceo_1.png", "ceo1.png"), 'picture "ceo1.png" does not match'),
    "an unknown prompt": (
        swap(ONE, "nurse_1.png", "nurze_1.png"),
        'labels/One.csv row 4: prompt "nurze" is not in the study file; did you mean "nurse"?',
    ),
    "a replicate that was not planned": (
        swap(ONE, "ceo_1.png", "ceo_3.png"),
        "row 2: replicate 3 is not planned (the study file has 1 to 2)",
    ),
    "a replicate that is no number": (
        swap(ONE, "ceo_1.png", "ceo_x.png"),
        'replicate "x" is not a whole number',
    ),
    "an unknown model": (
        write("labels/Three.csv", b"picture,sex,job,when\nceo_1.png,M,ceo,x\n"),
        'model "Three" is',
    ),
    "columns that contradict the key": (
        swap(ONE, "ceo_1.png,M,ceo", "ceo_1.png,M,nurse"),
        'labels/One.csv row 2: job is "nurse" but the row is about prompt "ceo"',
    ),
    "one slot labelled in two ways": (
        swap(ONE, "nurse_1.png,f,nurse,x\n", "nurse_1.png,f,nurse,x\nnurse_1.png,M,nurse,x\n"),
        'labels/One.csv row 5: gender is "m" but row 4 says "f" of the same slot',
    ),
    "one slot labelled twice alike": (
        swap(ONE, "nurse_1.png,f,nurse,x\n", "nurse_1.png,f,nurse,x\nnurse_1.png,F,nurse,x\n"),
        "labels/One.csv row 5: repeats row 4; take it out",
    ),
    "a correction that no row needs": (
        correction(find="boss_{replicate}.png"),
        "labels/One.csv: 0 rows match the correction of picture (boss_{replicate}.png), the study file says 1",
    ),
    "a correction of a file that is not there": (
        correction(file="labels/one.csv"),
        "labels/one.csv: a correction",
    ),
    "a label of a missing picture": (
        lambda study: (study.data["images"].update(missing="allowed"), unlink(CEO)(study)),
        "tiny: labels/One.csv row 2: labels a picture that is missing",
    ),
    "a missing picture": (
        unlink(CEO),
        "tiny: 1 planned pictures are missing, the first is m-one / ceo / baseline / 1; add them",
    ),
    "a picture of no bytes": (write(CEO, b""), "tiny: pics/One/ceo_1.png: 0 bytes (corrupt_image)"),
    "a truncated picture": (write(CEO, picture(1)[:-20]), "tiny: pics/One/ceo_1.png: "),
    "a truncated JPEG": (write(CEO, picture(1, "JPEG")[:-2]), "the end of the picture (EOI) is missing"),
    "a page instead of a picture": (write(CEO, b"<html>404</html>"), "(wrong_type)"),
    "a renamed picture": (
        lambda study: (study.root / CEO).rename(study.root / "pics/One/ceo-1.png"),
        "tiny: pics/One/ceo-1.png: matches neither the pattern",
    ),
    "a picture renamed to something else": (
        lambda study: (study.root / CEO).rename(study.root / "pics/One/ceo_1.png.bak"),
        "tiny: pics/One/ceo_1.png.bak: matches neither the pattern",
    ),
    "a picture of an unknown prompt": (
        write("pics/One/chef_1.png", picture(9)),
        'chef_1.png: prompt "chef" is not',
    ),
    "two pictures for one slot": (
        write("pics/One/chief_1.png", picture(9)),
        "pics/One/chief_1.png: pics/One/ceo_1.png is the same slot",
    ),
    "no picture that matches": (
        lambda study: study.data["images"].update(pattern="images/{model}/{prompt}_{replicate}.png"),
        "tiny: no picture under",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_no_rule_covers_is_one_line_and_nothing_is_written(tiny: Study, case: str) -> None:
    breaks, message = BROKEN[case]
    breaks(tiny)
    with pytest.raises(UsageError) as caught:
        tiny.run()
    text = str(caught.value)
    assert message in text
    assert "\n" not in text
    assert tiny.written() == {}


def test_a_root_that_does_not_exist_is_said(tiny: Study) -> None:
    tiny.root = tiny.root / "nowhere"
    with pytest.raises(UsageError, match=r"tiny: no folder .*nowhere; give the study's folder with --root"):
        tiny.run()


def test_identical_repeats_are_taken_once_where_declared(tiny: Study) -> None:
    swap(ONE, "nurse_1.png,f,nurse,x\n", "nurse_1.png,f,nurse,x\nnurse_1.png,F,nurse,x\n")(tiny)
    tiny.labels["repeated_rows"] = "identical"
    assert list(tiny.run().labels.values()) == [8]


def test_a_contradiction_between_two_files_is_found(tiny: Study) -> None:
    two = {**tiny.labels, "file": "more/{model}.csv"}
    tiny.data["labels"].append(two)
    with pytest.raises(UsageError, match='labels of "tiny-people: gender" is declared twice'):
        tiny.run()
    two["labeler"] = {"id": "other-people"}
    (tiny.root / "more").mkdir()
    for name in ("One", "m-two"):
        (tiny.root / "more" / f"{name}.csv").write_bytes((tiny.root / "labels" / f"{name}.csv").read_bytes())
    assert len(tiny.run().labels) == 2


def test_a_declared_correction_is_applied(tiny: Study) -> None:
    swap(ONE, "ceo_1.png,M", "cheeef_1.png,M")(tiny)
    correction(find="cheeef_{replicate}.png", read="ceo_{replicate}.png")(tiny)
    assert list(tiny.run().labels.values()) == [8]


def test_ignored_files_are_let_be(tiny: Study) -> None:
    (tiny.root / "pics" / "readme.txt").write_text("not a picture", "utf-8")
    assert tiny.run().images == 8


def test_a_row_is_the_line_that_an_editor_shows(tiny: Study) -> None:
    # A cell over two lines and a blank line: the next row's line counts them.
    swap(ONE, "ceo_1.png,M,ceo,x\n", 'ceo_1.png,M,ceo,"x\ny"\n\n')(tiny)
    swap(ONE, "nurse_2.png,BOTH", "nurse_2.png,?")(tiny)
    with pytest.raises(UsageError, match=r'row 7: sex "\?"'):
        tiny.run()
