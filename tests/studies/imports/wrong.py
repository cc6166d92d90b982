"""What is wrong with a study file or its files, and what is said of it: one line each.

Belongs here: changes of the tiny study, by name. Does not belong here: tests.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from tests.studies.conftest import Study, picture

ONE, CEO = "labels/One.csv", "pics/One/ceo_1.png"
Change = Callable[[Study], Any]
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"


def swap(file: str, old: str, new: str) -> Change:
    return lambda study: study.replace(file, old, new)


def write(file: str, data: bytes) -> Change:
    return lambda study: (study.root / file).write_bytes(data)


def says(**keys: Any) -> Change:
    return lambda study: study.data.update(keys)


def query(name: str, old: str, new: str) -> Change:
    def change(study: Study) -> None:
        text = study.data[name][0] if name == "labels" else study.data[name]
        assert old in text
        study.data[name] = [text.replace(old, new)] if name == "labels" else text.replace(old, new)

    return change


def attribute(**keys: Any) -> Change:
    return lambda study: study.data["attributes"][0].update(keys)


def with_age(text: str) -> Change:
    """Add an attribute of numbers to the study, one of which is `text`."""

    def change(study: Study) -> None:
        study.data["attributes"].append(
            {"id": "age", "title": "age", "kind": "numeric", "low": 0, "high": 120}
        )
        gender = study.data["labels"][0]
        age = gender.replace("'gender'", "'age'").replace("lower(trim(sex))", f"if(_row = 2, '{text}', '30')")
        study.data["labels"] = [gender, age]

    return change


def correction(**keys: Any) -> Change:
    one = {"of": "labels", "where": {"value": "woman"}, "set": {"value": "f"}, "rows": 2, "reason": "a slip"}
    return says(corrections=[{**one, **keys}])


def published(**keys: Any) -> Change:
    of = "SELECT value AS name, count(*) AS value FROM study_labels GROUP BY value"
    return says(
        published=[{"title": "Counts", "where": "table 1", "query": of, "values": {"m": "2"}, **keys}]
    )


#: What is done → what the line says. `tiny: ` and the like stand before all of them.
WRONG: dict[str, tuple[Change, str]] = {
    # The study file by itself.
    "an unknown key": (says(licens="MIT"), 'tiny.yaml: unknown key "licens"; did you mean "license"?'),
    "the British spelling": (says(licence="MIT"), 'tiny.yaml: unknown key "licence"; did you mean "license"?'),
    "a missing key": (lambda study: study.data.pop("citation"), "tiny.yaml: citation: is missing"),
    "a kind that is none": (
        says(labelers=[{"id": "tiny-people", "kind": "persons"}]),
        'tiny.yaml: labelers "tiny-people", kind: input should be \'person\', \'vision_model\', \'local_model\' or '
        '\'consensus\', not "persons"; did you mean "person"?',
    ),
    "a bare no": (
        attribute(outside=[False]),
        'tiny.yaml: attributes "gender", outside 1, [key]: YAML reads false as something other than text; put it in ',
    ),
    "a value twice": (attribute(outside=["f"]), 'attribute "gender": value "f" is declared twice'),
    "a spelling of two values": (
        attribute(values={"f": ["x"], "m": ["x"]}),
        'attribute "gender": spelling "x" is declared twice',
    ),
    "one value": (attribute(values=["f"]), 'attribute "gender": values must hold at least 2'),
    "a value that is counted apart": (attribute(outside=["missing"]), '"missing" is counted apart'),
    "a model twice": (says(models=[{"id": "a", "title": "A"}] * 2), 'model "a" is declared twice'),
    "neither pictures nor labels": (
        lambda study: (study.data.pop("pictures"), study.data.pop("labels")),
        "a study has pictures, labels or both",
    ),
    "no labelers": (lambda study: study.data.pop("labelers"), "labelers: is missing; say who labeled"),
    "too many raters": (
        says(labelers=[{"id": "r", "kind": "person", "raters": 200}]),
        "raters: input should be less than or equal to 60",
    ),
    "a short commit": (
        says(source={"address": "https://example.org/x", "commit": "4d9dd19"}),
        "source, commit: string should match pattern",
    ),
    "a comparison with nothing": (
        attribute(compare_with={"attribute": "perceived_gender", "values": {"f": "a", "m": "b"}}),
        '"gender" is compared with "perceived_gender", which is not declared',
    ),
    # Queries.
    "a column that is not there": (
        query("labels", "trim(sex)", "trim(gendr)"),
        'labels: the query cannot be run: Binder Error: Referenced column "gendr" not found in FROM clause',
    ),
    "a column that no set has": (
        query("labels", "AS replicate", "AS replicat"),
        'labels: returns a column "replicat"; did you mean "replicate"?',
    ),
    "no prompt": (query("labels", "AS prompt", "AS labeler"), 'labels: returns no column "prompt" (it returns'),
    "no path": (query("pictures", "AS path", "AS condition"), 'pictures: returns no column "path"'),
    "a typo": (query("prompts", "FROM", "FORM"), "prompts: the query cannot be run: Parser Error: syntax error"),
    "two statements": (query("prompts", "FROM", "SELECT 1; FROM"), "prompts: the query holds 2 statements"),
    "a file that is not there": (
        query("labels", "labels/*.csv", "label/*.csv"),
        'labels: the query cannot be run: IO Error: No files found that match the pattern "label/*.csv"',
    ),
    "guessed types": (
        query("labels", "FROM 'labels/*.csv'", "FROM read_csv('labels/*.csv')"),
        "labels: read_csv guesses types and turns 007 into 7: add all_varchar = true",
    ),
    "no row": (query("labels", "FROM 'labels/*.csv'", "FROM 'labels/*.csv' WHERE false"), "labels: returns no row"),
    # What they return.
    "an undeclared value": (
        swap(ONE, "nurse_1.png,f", "nurse_1.png,femal"),
        'tiny: labels/One.csv: gender has values that are not declared: "femal" (row 4); known: f, m, both',
    ),
    "an undeclared model": (
        lambda study: (study.root / ONE).rename(study.root / "labels/Onne.csv"),
        'labels/Onne.csv: models are not declared: "Onne" (4 rows, first row 2); did you mean "One"?',
    ),
    "an undeclared prompt": (
        swap(ONE, "ceo_1.png,M,ceo", "ceo_1.png,M,cei"),
        'labels/One.csv: prompts are not declared: "cei" (row 2); did you mean "ceo"?',
    ),
    "an undeclared condition": (
        query("labels", "AS replicate", "AS replicate, 'plain' AS condition"),
        'prompt "ceo" has not the conditions: "plain" (2 rows, first row 2); it is asked under baseline',
    ),
    "an undeclared attribute": (
        query("labels", "'gender' AS attribute", "'gendre' AS attribute"),
        'attributes are not declared: "gendre" (4 rows, first row 2); did you mean "gender"?',
    ),
    "an undeclared labeler": (
        query("labels", "AS replicate", "AS replicate, 'ann' AS labeler"),
        'labelers are not declared: "ann" (4 rows, first row 2); known: tiny-people',
    ),
    "a label twice": (
        swap(ONE, "ceo_1.png,M,ceo,x", "ceo_1.png,M,ceo,x\nceo_1.png,M,ceo,x"),
        'labels/One.csv: gender is there twice by one labeler: "m-one / ceo / baseline / 1: m, the same" (row 3); '
        "select each label once",
    ),
    "a contradiction": (
        swap(ONE, "ceo_1.png,M,ceo,x", "ceo_1.png,M,ceo,x\nceo_1.png,F,ceo,x"),
        '"m-one / ceo / baseline / 1: f, "m" before" (row 3)',
    ),
    "a model without files": (
        lambda study: ((study.root / "labels/m-two.csv").unlink(), query("pictures", "*/*", "One/*")(study)),
        'tiny: models are declared and in no row: "m-two"; look whether its file is there',
    ),
    "a labeler without labels": (
        says(labelers=[{"id": "tiny-people", "kind": "person"}, {"id": "bo", "kind": "person"}]),
        'labelers are not declared: "" (4 rows, first row 2); known: bo, tiny-people',
    ),
    "a labeler in no row": (
        lambda study: (
            says(labelers=[{"id": "tiny-people", "kind": "person"}, {"id": "bo", "kind": "person"}])(study),
            query("labels", "AS replicate", "AS replicate, 'tiny-people' AS labeler")(study),
        ),
        'tiny: labelers are declared and in no row: "bo"; look whether its file is there',
    ),
    "a prompt twice": (
        query("prompts", "FROM (VALUES", "FROM (VALUES ('ceo', 'occupation:ceo', 'CEO', 'x'),"),
        'prompts are there twice: "ceo / baseline" (row 2 of its result); select each once',
    ),
    "two prompts of one name": (
        query("prompts", "'nurse', 'occ", "'CEO', 'occ"),
        'prompts "ceo" and "CEO" are one name here; spell them apart',
    ),
    "a condition without a baseline": (
        query("prompts", "text)", "text), (VALUES ('plain'), ('angry')) AS c (condition)"),
        'condition "angry" is none of baseline, controlled, confronted; say which condition the others are compared',
    ),
    "a number out of range": (
        with_age("130"),
        'labels/One.csv: age is outside 0 to 120: "130" (row 2); correct it, or declare other limits',
    ),
    "a number below": (with_age("-1"), 'age is outside 0 to 120: "-1" (row 2)'),
    "no number": (with_age("twenty"), 'age is no number: "twenty" (row 2); select numbers'),
    "a decimal comma": (with_age("20,5"), 'age is no number: "20,5" (row 2); select numbers, their decimals after'),
    "no finite number": (with_age("inf"), 'age is no number: "inf" (row 2)'),
    "a number with underscores": (with_age("2_0"), 'age is no number: "2_0" (row 2)'),
    "a confidence of 95": (
        query("labels", "AS replicate", "AS replicate, '95' AS confidence"),
        'confidence is none from 0 to 1: "95" (4 rows, first row 2); divide it in the query',
    ),
    "a replicate that is empty": (
        query("labels", "(\\d+)\\.png$', 1)", "(\\d+)\\.jpg$', 1)"),
        "labels/One.csv row 2: replicate is empty (also 3, 4, 5; 4 in all); number the pictures of a cell",
    ),
    "a correction of nothing": (correction(where={"value": "girl"}), 'correction value "girl": 0 rows, the study '),
    "a correction of another column": (
        correction(where={"valu": "x"}),
        'correction valu "x": no column "valu"; did you mean "value"?',
    ),
    # Pictures.
    "a picture that is not there": (
        query("pictures", "file AS path", "file || '.png' AS path"),
        'paths are no files of the study\'s folder: "pics/One/ceo_1.png.png", "pics/One/chief_2.png.png"',
    ),
    "bytes that are text": (
        query("pictures", "file AS path", "file AS bytes"),
        'pictures: returns "bytes" that are none; select a BLOB',
    ),
    "a path outside": (
        query("pictures", "file AS path", "'../secret.png' AS path"),
        'pictures: pictures are there twice: "../secret.png"',
    ),
    "a label of no picture": (
        query("pictures", "*/*.png", "*/ceo*.png"),
        'labels are of pictures that are not there: "m-one / ceo / baseline / 2" (row 3)',
    ),
    "two pictures of a slot": (
        query("pictures", "part.replicate", "'1' AS replicate"),
        "pictures: two rows are the same slot",
    ),
    "a picture that no row names": (
        lambda study: (write("pics/One/extra.png", picture(9))(study), query("pictures", "*/*", "*/*_*")(study)),
        'pictures: files are named by no row: "pics/One/extra.png"; select them, or list them under ignore',
    ),
    "a picture of no bytes": (write(CEO, b""), "tiny: pics/One/ceo_1.png: 0 bytes (corrupt_image); replace the file"),
    "a truncated picture": (write(CEO, picture(1)[:-20]), "tiny: pics/One/ceo_1.png: "),
    "a page instead of a picture": (write(CEO, b"<html>404</html>"), "is a web page (HTML), not a picture"),
    "a picture that is a pointer": (write(CEO, LFS), "is a Git LFS pointer, not a picture; fetch the file with git"),
    # Files that are something else.
    "a Git LFS pointer": (write(ONE, LFS), "labels/One.csv: is a Git LFS pointer; fetch the file with git lfs pull"),
    "a gzip": (write(ONE, gzip.compress(b"a,b\n")), "labels/One.csv: is a gzip archive; unpack it"),
    "a web page": (write(ONE, b"\n<!DOCTYPE html><html>"), "labels/One.csv: is a web page (HTML); download the file"),
    "UTF-16": (
        write(ONE, "picture,sex,job,when\n".encode("utf-16")),
        "labels/One.csv: is UTF-16 text; read it with read_csv('…', encoding = 'utf-16', all_varchar = true)",
    ),
    "an empty label file": (write(ONE, b""), "tiny: labels/One.csv: is empty"),
    "an open quote": (
        swap(ONE, "ceo_1.png", '"ceo_1.png'),
        "labels/One.csv: does not read as CSV in UTF-8: unexpected end of data; correct the file, or say how",
    ),
    "a cell too many": (swap(ONE, "M,ceo,x", "M,ceo,x,y"), "labels/One.csv: row 2: 5 cells, the header has 4; correct"),
    "a cell too few": (swap(ONE, "M,ceo,x", "M,ceo"), "labels/One.csv: row 2: 3 cells, the header has 4; correct"),
    "another header in one of the files": (
        swap("labels/m-two.csv", "picture,sex", "picture,sx"),
        'column "sex" was read from the original file "labels/One.csv", but could not be found in file',
    ),
    "cells between semicolons": (
        lambda study: write(ONE, (study.root / ONE).read_bytes().replace(b",", b";"))(study),
        "labels/One.csv: has one column, with ; in its name; read it with read_csv('…', all_varchar = true, delim",
    ),
    "another encoding": (
        write(ONE, "picture,sex,job,when\nceo_1.png,é,ceo,x\n".encode("latin-1")),
        "labels/One.csv: is not UTF-8; save it as UTF-8, or read_csv(",
    ),
    "two columns of one name": (
        swap(ONE, "picture,sex,job,when", "picture,sex,job,sex"),
        'labels/One.csv: has two columns "sex"; rename one',
    ),
    "a text of a book": (
        query("prompts", "'a CEO'", "repeat('x', 30000)"),
        'prompts: column "text" has a text of 30,000 bytes; 20,000 are the most',
    ),
    "a spelling that is another model's id": (
        says(models=[{"id": "m-one", "title": "A", "spelled": ["m-two"]}, {"id": "m-two", "title": "B"}]),
        'spelling of a model "m-two" is declared twice',
    ),
    "a value beside another number": (
        lambda study: (with_age("30")(study), query("labels", "AS replicate", "AS replicate")(study),
                       study.data["labels"].__setitem__(
                           0, study.data["labels"][0].replace("'gender' AS", "'age' AS").replace(
                               "lower(trim(sex)) AS value", "'32' AS value, 5 AS number"))),
        'age has another value than number: "32" (4 rows, first row 2); select one of them',
    ),
    # Published figures.
    "a name twice": (
        published(query="SELECT 'm' AS name, 9 AS value FROM study_labels"),
        'published "Counts": the query returns a name twice; one row per name',
    ),
    "a figure of nothing": (
        published(query="SELECT 'm' AS name, 2 AS value"),
        'published "Counts": the query reads no table of the study; e.g. FROM study_labels',
    ),
    "a figure of NULL": (
        published(query="SELECT 'm' AS name, NULL AS value FROM study_labels LIMIT 1"),
        'published "Counts": the value is NULL: "m"',
    ),
    "a figure that comes out otherwise": (
        published(values={"m": "3"}),
        'published "Counts": figures come out otherwise: "m: printed 3, here 2"; correct the query, or say differs',
    ),
    "a figure that the query does not give": (
        published(values={"men": "2"}),
        'published "Counts": the query returns no value: "men"; it has ',
    ),
    "a figure that is said to differ": (published(differs={"m": "why"}), "figures are said to differ, and do not"),
    "a difference of nothing": (published(differs={"w": "why"}), 'differs names "w", which is no value'),
    "a query without names": (published(query="SELECT 1 AS x FROM study_labels"), "the query returns x; it must"),
    "a query that fails": (published(query="SELECT y FROM study_labels"), '"Counts": the query cannot be run'),
}  # fmt: skip
