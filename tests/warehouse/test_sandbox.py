"""The sandbox: hostile statements are refused in one line or stopped, write nothing, and read nothing but the file."""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.forked_sandbox import fork_queries
from warehouse.errors import ClicheError, UsageError
from warehouse.sandbox.reading import _CRASHED, QueryEnd, TooLongError, read
from warehouse.sandbox.rules import PROCESS_MEMORY, connect

FILES = "file access is switched off"
WRITING = "nothing can be written"
OFF = "is switched off"
EXTENSIONS = "extensions are switched off"
MEMORY = "2 GB"
TIME = "took longer than"
NO_SQL = "the query cannot be run: "
#: What a file of this machine holds beside the edition; it must never be seen.
SECRET = "sk-nothing-must-read-this"

# `{secret}` is a file with SECRET in it, `{out}` one to be written, `{other}` another database, `{own}` the edition's.
READS = [
    ("SELECT * FROM read_text('{secret}')", FILES),
    ("SELECT * FROM read_csv('{secret}')", FILES),
    ("SELECT * FROM read_json('{secret}')", FILES),
    ("SELECT * FROM read_parquet('{secret}')", FILES),
    ("SELECT * FROM sniff_csv('{secret}')", FILES),
    ("FROM glob('{folder}/*')", FILES),
    ("FROM '{secret}'", FILES),
    ("FROM query('FROM read_text(''{secret}'')')", FILES),
    ("FROM query_table('{secret}')", FILES),
    ("SELECT (SELECT content FROM read_text('{secret}')) AS x", FILES),
    ("EXPLAIN ANALYZE FROM read_text('{secret}')", FILES),
    ("FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''{secret}'')'))", FILES),
    ("SELECT * FROM read_text('/proc/self/environ')", FILES),
    ("SELECT * FROM read_parquet('s3://bucket/x.parquet')", FILES),
    ("SELECT * FROM duckdb_secrets()", FILES),
    ("SELECT getenv('HOME')", NO_SQL),
    ("FROM SECRET_FRAME", NO_SQL),
    ("FROM read_duckdb('{other}')", FILES),
]
WRITES = [
    ("COPY outcomes TO '{out}'", "COPY " + OFF),
    ("COPY outcomes FROM '{secret}'", "COPY " + OFF),
    ("COPY outcomes TO '/dev/stdout'", "COPY " + OFF),
    ("/* SELECT */ cOpY outcomes TO '{out}'", "COPY " + OFF),
    ("EXPLAIN ANALYZE INSERT INTO outcomes FROM outcomes", WRITING),
    ("EXPORT DATABASE '{out}'", "EXPORT " + OFF),
    ("IMPORT DATABASE '{folder}'", "IMPORT " + OFF),
    ("ATTACH '{out}' AS x", "ATTACH " + OFF),
    ("ATTACH '{other}' AS x (READ_ONLY)", "ATTACH " + OFF),
    ("DETACH cliche", "DETACH " + OFF),
    ("USE memory", "USE " + OFF),
    ("INSTALL httpfs", "INSTALL " + OFF),
    ("LOAD httpfs", "LOAD " + OFF),
    ("SET memory_limit = '8GB'", "SET " + OFF),
    ("SET enable_external_access = true", "SET " + OFF),
    ("PRAGMA enable_profiling", "PRAGMA " + OFF),
    ("CALL enable_logging(storage = 'file', storage_path = '{out}')", "CALL " + OFF),
    ("FROM enable_logging(storage = 'file', storage_path = '{out}')", "settings are locked"),
    ("FROM enable_profiling(save_location = '{out}')", "settings are locked"),
    ("CREATE TABLE mine (a INTEGER)", "CREATE " + OFF),
    ("CREATE TEMP TABLE mine AS FROM range(1000000000)", "CREATE " + OFF),
    ("CREATE PERSISTENT SECRET mine (TYPE http)", "CREATE " + OFF),
    ("UPDATE outcomes SET outcome = 'ok'", "UPDATE " + OFF),
    ("DELETE FROM outcomes", "DELETE " + OFF),
    ("MERGE INTO outcomes USING outcomes o ON true WHEN MATCHED THEN DELETE", "MERGE " + OFF),
    ("DROP TABLE outcomes", "DROP " + OFF),
    ("ALTER TABLE outcomes ADD COLUMN x INTEGER", "ALTER " + OFF),
    ("COMMENT ON TABLE outcomes IS 'mine'", "COMMENT " + OFF),
    ("WITH x AS (DELETE FROM outcomes RETURNING *) FROM x", None),
    ("PREPARE p AS COPY outcomes TO '{out}'", "PREPARE " + OFF),
    ("BEGIN", "BEGIN " + OFF),
    ("CHECKPOINT", "CHECKPOINT " + OFF),
    ("UPDATE EXTENSIONS", "UPDATE " + OFF),
    ("SELECT 1; COPY outcomes TO '{out}'", "2 statements; run them one at a time"),
    ("FROM force_checkpoint()", None),
]
#: Texts that are no query.
NOTHING = [
    ("", "is empty"),
    (";", "is empty"),
    ("-- only a comment", "is empty"),
    ("SELEC 1", NO_SQL),
    ("SELECT no_such FROM outcomes", NO_SQL),
    ("SELECT $1", "holds a parameter"),
    ("SELECT '\udcff'", "no valid UTF-8"),
    ("SELECT \x00", NO_SQL),
    ("SELECT error('x' || chr(27) || '[2J')", NO_SQL),
    ("SELECT " + "(" * 100_000 + "1" + ")" * 100_000, "nested too deeply"),
    ("SELECT " + "1+" * 100_000 + "1", "nested too deeply"),
    ("SELECT '" + "x" * 2_000_000 + "'", "characters"),
    ("SELECT repeat('[', 1000000)::INTEGER[]", NO_SQL),
]
BOMBS = [  # more of them: tests/research/warehouse
    ("SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c", TIME),
    ("SELECT sleep_ms(100000)", TIME),
    ("SELECT length(repeat('a', 4000000000))", MEMORY),
    ("FROM unnest(range(1000000000))", MEMORY),
]
#: What may be asked, and gives rows.
HARMLESS = [
    "FROM outcomes",
    "SHOW TABLES",
    "DESCRIBE outcomes",
    "EXPLAIN ANALYZE FROM outcomes",
    "PIVOT outcomes ON outcome USING count(*)",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 9) FROM t",
    "SELECT 1 AS a; -- a comment after it",
    "SELECT regexp_matches(repeat('a', 100000), '(a*)*b')",
    "SELECT count(*) FROM range(10000) WHERE repeat('ab', 10000) LIKE '%a%b%a%b%a%b%a%b%c'",
]
PLACES = ("folder", "secret", "out", "other", "own")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition's file, another DuckDB file and a text that holds a secret."""
    folder = tmp_path_factory.mktemp("edition")
    for name in ("cliche.duckdb", "other.duckdb"):
        with duckdb.connect(str(folder / name)) as con:
            con.execute("CREATE TABLE outcomes AS SELECT 'ok' AS outcome, 1 AS n")
    (folder / "secret.txt").write_text(SECRET)
    (folder / "secret.txt.csv").write_text(f"a\n{SECRET}\n")
    return folder


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements whose result does not depend on the start of the process are run in forked ones."""
    fork_queries(monkeypatch)


def ask(folder: Path, text: str, **options: Any) -> tuple[bytes, QueryEnd]:
    rows = read(folder / "cliche.duckdb", text, **options)
    chunks = []
    while True:
        try:
            chunks.append(next(rows))
        except StopIteration as ended:
            return b"".join(chunks), ended.value


def values(folder: Path, text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ask(folder, text)[0])
    return found


def filled(folder: Path, text: str) -> str:
    paths = {
        "folder": folder,
        "secret": folder / "secret.txt",
        "out": folder / "out.x",
        "other": folder / "other.duckdb",
        "own": folder / "cliche.duckdb",
    }
    for name in PLACES:
        text = text.replace(f"{{{name}}}", str(paths[name]))
    return text


def contents(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def refused(folder: Path, text: str, words: str | None, timeout: float = 30.0) -> ClicheError:
    """Run a statement that must not succeed; everything around it is as before, and the next query works."""
    before, here = contents(folder), sorted(Path().iterdir())
    with pytest.raises(ClicheError) as raised:
        ask(folder, filled(folder, text), timeout=timeout)
    said = str(raised.value)
    assert SECRET not in said
    assert "\n" not in said
    assert len(said) < 600
    assert words is None or words in said, said
    assert contents(folder) == before
    assert sorted(Path().iterdir()) == here
    return raised.value


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize(("text", "words"), READS, ids=lambda text: str(text)[:40])
def test_nothing_is_read_beside_the_edition(folder: Path, text: str, words: str) -> None:
    SECRET_FRAME = [{"a": SECRET}]  # noqa: N806 - what FROM SECRET_FRAME would find
    assert SECRET_FRAME
    refused(folder, text, words)


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize(("text", "words"), WRITES, ids=lambda text: str(text)[:40])
def test_nothing_is_written_and_nothing_is_set(folder: Path, text: str, words: str | None) -> None:
    refused(folder, text, words)


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize(("text", "words"), NOTHING, ids=lambda text: ascii(text)[:40])
def test_what_is_no_query_is_told_in_one_line(folder: Path, text: str, words: str) -> None:
    assert isinstance(refused(folder, text, words), UsageError)


@pytest.mark.parametrize(("text", "words"), BOMBS, ids=lambda text: str(text)[:40])
def test_what_takes_too_long_or_too_much_is_stopped(folder: Path, text: str, words: str | None) -> None:
    timeout = 90 if words == MEMORY else 1  # a busy machine reaches the limit of memory late
    before = time.monotonic()
    error = refused(folder, text, words, timeout=timeout)
    assert type(error) in (TooLongError, ClicheError)
    assert time.monotonic() - before < timeout + 26
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert peak < PROCESS_MEMORY


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_reads_works(folder: Path, text: str) -> None:
    assert values(folder, text)


def test_the_connection_alone_keeps_files_out_too(folder: Path) -> None:
    with connect(folder / "cliche.duckdb") as con:
        for text in ("COPY outcomes TO '{out}'", "COPY outcomes TO '{own}.tmp/x'", "ATTACH '{other}' AS x"):
            with pytest.raises(duckdb.Error):
                con.execute(filled(folder, text))
        with pytest.raises(duckdb.Error, match="locked"):
            con.execute("SET memory_limit = '8GB'")
        # it would be written among the rows
        assert con.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]


def test_the_process_has_no_secret_and_its_end_is_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    said: list[str] = []

    def run() -> None:
        try:
            ask(folder, "SELECT sleep_ms(20000)")
        except ClicheError as error:
            said.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + 20
    found: list[Path] = []
    while not found and time.monotonic() < until:
        time.sleep(0.05)
        found = [
            path.parent
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if b"warehouse.sandbox.child" in _bytes(path) and _parent(path.parent) == os.getpid()
        ]
    (process,) = found
    assert b"LC_ALL" in _bytes(process / "environ")
    assert SECRET.encode() not in _bytes(process / "environ")
    os.kill(int(process.name), signal.SIGSEGV)
    thread.join(timeout=10)
    assert said == [_CRASHED]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _parent(process: Path) -> int:
    status = _bytes(process / "stat").rpartition(b")")[2].split()
    return int(status[1]) if len(status) > 1 else 0


# Rows as bytes
