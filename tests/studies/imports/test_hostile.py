"""A study comes from somebody else: its queries and files reach nothing outside its folder, and end in one line."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from assets.studies.importer import check
from assets.studies.reading import queries
from tests.orchestration.test_hostile_files import link, listener
from tests.studies.conftest import Study

SECRET = "of somebody else"
OUTSIDE = "a query of a study only reads the study's folder: "

#: A query of a study file → what the line says; tests/warehouse/test_sandbox.py tries what else queries may not.
QUERIES: dict[str, tuple[str, str]] = {
    "another folder": ("FROM '../secret.csv'", OUTSIDE),
    "an absolute path": ("FROM read_text('/etc/passwd')", OUTSIDE),
    "a sheet elsewhere": ("FROM '../secret.xlsx'", '"../secret.xlsx" is outside the study\'s folder'),
    "writing": ("COPY (SELECT 1) TO 'labels/One.csv'", OUTSIDE + "COPY is switched off (one SELECT works)"),
    "writing inside a query": (
        "FROM query('COPY (SELECT 1) TO ''labels/One.csv''')",
        "Expected a single SELECT",
    ),
    "a database": ("ATTACH 'labels/x.duckdb'", OUTSIDE + "ATTACH is switched off"),
    "an extension": ("INSTALL httpfs", OUTSIDE),
    "two statements": ("SELECT 'a' AS prompt; COPY (SELECT 1) TO 'x'", "holds 2 statements"),
    "a closed bracket": ("SELECT 1) TO 'x'; COPY (SELECT 1", "Parser Error"),
    "a parameter": ("SELECT ? AS prompt", "holds a parameter"),
    "too much memory": ("SELECT repeat('a', 4000000000) AS prompt", "2 GB"),
    "too many rows": (
        "SELECT repeat('a', 1000) || i AS prompt FROM range(200000) AS r (i)",
        "more than 2 GiB",
    ),
    "millions of rows": (
        "SELECT i AS prompt FROM range(3000000) AS r (i)",
        "returns 3,000,000 rows; 2,000,000 are",
    ),
    "nothing": (" ", "prompts: "),
    "not UTF-8 at all": ("SELECT '\ud800' AS prompt", "tiny"),
}


def prints(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def study(tiny: Study) -> Study:
    (tiny.root.parent / "secret.csv").write_text(f"prompt\n{SECRET}\n")
    book = xlsxwriter.Workbook(tiny.root.parent / "secret.xlsx")
    book.add_worksheet().write_column(0, 0, ["prompt", SECRET])
    book.close()
    return tiny


@pytest.mark.parametrize("case", QUERIES)
def test_a_hostile_query_is_one_line_and_the_folder_is_as_it_was(
    study: Study, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    query, message = QUERIES[case]
    if case == "too many rows":
        monkeypatch.setattr("warehouse.sandbox.reading.MOST_RESULT", 50 << 20)
        message = "the query returns more than"
    before = prints(study.root.parent)
    study.data["prompts"] = query
    if case == "not UTF-8 at all":
        study.data["prompts"] = "SELECT chr(55296) AS prompt"
        message = "prompts"
    file = study.save()
    mistakes, would_come_in = check(file, study.root)
    assert would_come_in == []
    assert message in "\n".join(mistakes)
    assert all("\n" not in line and SECRET not in line and len(line) < 800 for line in mistakes)
    after = prints(study.root.parent)
    after.pop(file.name, None)
    assert after == before


def test_the_folder_is_unchanged_after_an_import(tiny: Study) -> None:
    before = prints(tiny.root)
    tiny.run()
    assert prints(tiny.root) == before


def test_a_query_without_end_is_ended(tiny: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_SECONDS", 1.5)
    tiny.data["prompts"] = "SELECT count(*)::VARCHAR AS prompt FROM range(10000000000) a, range(1000) b"
    began = time.monotonic()
    mistakes, _ = check(tiny.save(), tiny.root)
    assert time.monotonic() - began < 20
    assert "took longer than 1.5 s and was ended" in mistakes[0]


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(5 << 30)


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link to a file outside": (
        link("/etc/passwd"),
        "is a link to a file outside the study's folder; copy the file",
    ),
    "a link to a folder outside": (link("/etc"), "is a link to a file outside the study's folder"),
    "a link to a device": (link("/dev/zero"), "is a link to a file outside the study's folder"),
    "a link to itself": (link("x.csv"), "cannot be read: Too many levels of symbolic links"),
    "a link to nothing": (link("nothing"), "cannot be read: No such file"),
    "a named pipe": (os.mkfifo, "is neither a file nor a folder; remove it"),
    "a socket": (listener, "is neither a file nor a folder; remove it"),
    "five gigabytes": (_sparse, "is larger than 512 MiB; split it, or remove what no query reads"),
}


@pytest.mark.parametrize("case", FILES)
def test_what_is_no_plain_file_is_refused_before_anything_is_read(tiny: Study, case: str) -> None:
    make, message = FILES[case]
    make(tiny.root / "labels" / "x.csv")
    (line,), would_come_in = check(tiny.save(), tiny.root)
    assert would_come_in == []
    assert line.startswith("tiny: labels/x.csv: ")
    assert message in line


def test_links_within_the_folder_and_git_are_let_be(tiny: Study) -> None:
    (tiny.root / ".git").mkdir()
    os.mkfifo(tiny.root / ".git" / "pipe")
    (tiny.root / "labels" / "again.txt").symlink_to("One.csv")
    assert tiny.run().images == 8


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'picture,sex,job,when\n"' + b"x" * (30 << 20), "tiny: "),
        (b"picture,sex,job,when\n" + b"," * (8 << 20), "tiny: "),
        (b"\0" * (1 << 20), "tiny: "),
    ],
    ids=["an open quote of 30 MB", "eight million cells", "NULs"],
)
def test_a_hostile_csv_ends_in_one_line(tiny: Study, text: bytes, message: str) -> None:
    (tiny.root / "labels" / "One.csv").write_bytes(text)
    began = time.monotonic()
    mistakes, would_come_in = check(tiny.save(), tiny.root)
    assert time.monotonic() - began < 60
    assert would_come_in == []
    assert mistakes[0].startswith(message)
    assert all("\n" not in line and len(line) < 800 for line in mistakes)


def test_a_pattern_of_forty_wildcards_ends(tiny: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_SECONDS", 5.0)
    (tiny.root / "labels" / ("a" * 200)).write_text("x")
    tiny.data["labels"] = [tiny.data["labels"][0].replace("labels/*.csv", "labels/" + "*a" * 40 + "*b.csv")]
    began = time.monotonic()
    (line,) = check(tiny.save(), tiny.root)[0]
    assert time.monotonic() - began < 20
    assert line.startswith("tiny: labels: the query ")
