"""What is no manifest, or has a field that no manifest has, gives one line and is not read further."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.verifying import manifest
from orchestration.verifying.report import VerifyReport
from tests.orchestration.installation import WEEK, Installation
from warehouse.errors import CorruptObjectError
from warehouse.keys import table_part

HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>",
    "cut": b'{"format":1,"edition":"2026-11-',
    "no UTF-8": b'{"format":1,"edition":"\xff"}',
    "a list": b"[]",
    "deep": b"[" * 200_000 + b"]" * 200_000,
    "deep in a field": b'{"format":1,"x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "a huge number": b'{"format":' + b"9" * 100_000 + b"}",
    "a format to come": b'{"format":3}',
    "another format": b'{"format":1}',
    "a format that is true": b'{"format":true}',
    "not a number": b'{"format":NaN}',
}


def _stated(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda manifest: manifest | changes


def _names(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    entry = {"sha256": "0" * 64, "bytes": 1}
    return lambda manifest: manifest | {"files": dict.fromkeys(names, entry)}


WRONG: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "files a list": _stated(files=[]),
    "an entry a text": _stated(files={"a": "b"}),
    "a hash too short": _stated(files={"a": {"sha256": "ab", "bytes": 1}}),
    "a size below zero": _stated(files={"a": {"sha256": "0" * 64, "bytes": -1}}),
    "a size of 10^30": _stated(files={"a": {"sha256": "0" * 64, "bytes": 10**30}}),
    "a size that is true": _stated(files={"a": {"sha256": "0" * 64, "bytes": True}}),
    "sizes that add up to too much": _stated(
        files={f"f{n}": {"sha256": "0" * 64, "bytes": 19_000_000_000} for n in range(9)}
    ),
    "a million names": _names(*(f"f{n}" for n in range(150_000))),
    "up": _names("../x"),
    "up within": _names("data/../../x"),
    "from the root": _names("/etc/passwd"),
    "a drive": _names("C:/x"),
    "a backslash": _names("data\\x"),
    "a NUL": _names("a\0b"),
    "a device": _names("data/NUL.csv"),
    "an empty part": _names("data//x"),
    "a hidden file": _names(".bashrc"),
    "itself": _names("Manifest.json"),
    "one name in two cases": _names("a.csv", "A.csv"),
    "a file that is a folder": _names("a", "a/b"),
    "a long name": _names("x" * 300),
    "a week that is a number": _stated(week=7),
    "an edition's week that is no Monday": _stated(week="2026-11-10"),
    "a time that is none": _stated(created_at="yesterday"),
    "a revision that it replaces and is none": _stated(replaces="x"),
    "no hash of its texts": _stated(texts_sha256=None),
    "no hash of the analysis file": _stated(analysis_plan_sha256=None),
    "no pages": _stated(pages=None),
    "a revision that is a text": _stated(revision="1"),
    "a revision of 10^40": _stated(revision=10**40),
    "an edition with a path": _stated(edition="../../x"),
    "partitions a text": _stated(partitions="x"),
    "suites numbers": _stated(suites=[1]),
    "an anchor set that is none": _stated(anchors=[None]),
    "a gold set a list": _stated(gold=[[]]),
    "a long text for a study": _stated(studies=["x" * 1000]),
    "tables a list": _stated(tables=[]),
    "no tables": _stated(tables=None),
    "a table without parts": _stated(tables={"labels": {}}),
    "a table of a strange name": lambda m: m | {"tables": {"a;b": m["tables"]["labels"]}},
    "no columns": lambda m: _table(m, columns=[]),
    "a column that is a text": lambda m: _table(m, columns=["week"]),
    "a column of a strange name": lambda m: _table(m, columns=[["week", "DATE"], ['x"', "INTEGER"]]),
    "a column twice": lambda m: _table(m, columns=[["week", "DATE"], ["week", "DATE"]]),
    "no column week": lambda m: _table(m, columns=[["model", "VARCHAR"]]),
    "rows that do not add up": lambda m: _table(m, rows=m["tables"]["labels"]["rows"] + 1),
    "a part listed twice": lambda m: _table(m, parts=m["tables"]["labels"]["parts"] * 2),
    "parts not in order": lambda m: _table(
        m, parts=[*m["tables"]["labels"]["parts"], _of_week(m, "2026-11-02")]
    ),
    "a week that is no Monday": lambda m: _part(m, week="2026-11-10"),
    "a week in another form": lambda m: _part(m, week="20261109"),
    "a key of another week": lambda m: _part(m, week="2026-11-02"),
    "a key that leads out": lambda m: _part(m, key="tables/labels/week=2026-11-09/../../../../etc/passwd"),
    "a key in another table": lambda m: _part(m, key=m["tables"]["slots"]["parts"][0]["key"]),
    "a key from the root": lambda m: _part(m, key="/etc/passwd"),
    "a key that is a number": lambda m: _part(m, key=1),
    "a part of another hash than its key": lambda m: _part(m, sha256="0" * 64),
    "a part without a content hash": lambda m: _part(m, content_sha256=None),
    "a part of no bytes": lambda m: _part(m, bytes=0),
    "a part of 10^30 rows": lambda m: _part(m, rows=10**30),
    "a part whose rows are true": lambda m: _part(m, rows=True),
    "a table hash too short": lambda m: _part(m, table_hash="ab"),
    "a table that is whole, too": _names("data/labels.parquet"),
    "a whole table without rows": _names("data/studies.parquet"),
}


def _table(manifest: dict[str, Any], **changes: Any) -> dict[str, Any]:
    tables = manifest["tables"]
    return manifest | {"tables": tables | {"labels": tables["labels"] | changes}}


def _part(manifest: dict[str, Any], **changes: Any) -> dict[str, Any]:
    (part,) = manifest["tables"]["labels"]["parts"]
    return _table(manifest, parts=[part | changes])


def _of_week(manifest: dict[str, Any], week: str) -> dict[str, Any]:
    (part,) = manifest["tables"]["labels"]["parts"]
    return part | {"week": week, "key": table_part("labels", week, part["sha256"])}


@pytest.fixture(scope="module")
def honest(published_once: Installation) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(published_once.store.get(f"editions/{WEEK}.1/manifest.json"))
    return read


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_manifest_that_is_none_gives_one_line(data: bytes) -> None:
    _one_line(data)


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_manifest_with_a_wrong_field_gives_one_line(
    honest: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    _one_line(json.dumps(change(honest)).encode())


def _one_line(data: bytes) -> None:
    with pytest.raises(CorruptObjectError) as raised:
        manifest.parse(data, "x")
    assert "is no manifest of an edition: " in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 500


def test_a_report_has_each_line_once_however_many_there_are() -> None:
    report = VerifyReport("x")
    for number in range(200_000):
        report.differ(f"data/x{number % 100_000:06}.csv is missing")
    assert len(report.differences) == 100_000
