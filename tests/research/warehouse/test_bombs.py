"""More queries that take too long or too much, and results of millions of rows, in the sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.test_sandbox import MEMORY, TIME, refused
from warehouse.errors import ClicheError
from warehouse.sandbox.reading import TooLongError, read

BOMBS = [
    ("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t", TIME),
    ("SELECT sum(range) FROM range(100000000000)", TIME),
    ("SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))", TIME),
    (" UNION ALL ".join(["SELECT 1"] * 20_000), None),  # time on a slow machine, memory on a fast one
    ("SELECT repeat('a', 500000000) FROM range(100)", MEMORY),
    ("SELECT len(range(3000000000))", MEMORY),
    ("SELECT len(list(range)) FROM range(3000000000)", None),
    ("SELECT lpad('a', 2000000000, 'b')", None),
    ("SELECT printf('%2000000000d', 1)", None),
    ("SELECT list_reduce(range(100000000), lambda x, y: x + y)", None),
    ("SELECT md5(range::VARCHAR) AS x FROM range(500000000) ORDER BY x", None),
    ("SELECT string_agg(repeat('a', 1000)) FROM range(100000000)", None),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition's file."""
    folder = tmp_path_factory.mktemp("edition")
    with duckdb.connect(str(folder / "cliche.duckdb")) as con:
        con.execute("CREATE TABLE outcomes AS SELECT 'ok' AS outcome, 1 AS n")
    return folder


@pytest.mark.parametrize(("text", "words"), BOMBS, ids=lambda text: str(text)[:40])
def test_what_takes_too_long_or_too_much_is_stopped(folder: Path, text: str, words: str | None) -> None:
    error = refused(folder, text, words, timeout=90 if words == MEMORY else 1)
    assert type(error) in (TooLongError, ClicheError)


def test_millions_of_rows_take_no_more_memory_than_a_few(folder: Path) -> None:
    for form in ("csv", "json", "table"):
        size = 0
        rows = read(
            folder / "cliche.duckdb",
            "SELECT range, md5(range::VARCHAR) AS h FROM range(1_000_000)",
            form=form,
            timeout=600,
        )
        for chunk in rows:
            size += len(chunk)
        assert size > 30_000_000
    script = (
        "import sys, resource; from pathlib import Path; from warehouse.sandbox.reading import read\n"
        "rows = 'FROM range(2_000_000) t(a), range(1) u(b)'\n"
        "for chunk in read(Path(sys.argv[1]), rows, form=sys.argv[2], timeout=600): pass\n"
        "own = next(line for line in open('/proc/self/status') if 'VmHWM' in line)\n"  # not that of its parent
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, own.split()[1])"
    )
    for form in ("csv", "json"):
        told = subprocess.run(
            [sys.executable, "-c", script, str(folder / "cliche.duckdb"), form],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        )
        child, own = map(int, told.stdout.split())
        assert max(child, own) < 250_000  # kB; 2 million rows as a list of dictionaries take 500 MB and more


def test_a_query_that_takes_long_writes_nothing_but_its_rows(folder: Path) -> None:
    """DuckDB shows progress on stdout after two seconds, among the rows."""
    text = "SELECT count(*) AS n FROM range(300000) a, range(300000) b WHERE hash(a.range + b.range) = 7"
    chunks = read(folder / "cliche.duckdb", text, timeout=4)
    out = []
    with pytest.raises(TooLongError):
        out.extend(chunks)
    assert b"".join(out) == b""
