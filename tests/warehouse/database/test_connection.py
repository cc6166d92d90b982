"""Opening a file: what works, and one clear line for what does not."""

from __future__ import annotations

import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import ClicheError, RefusedError, UsageError

HEADER = 4096


def make(path: Path) -> Path:
    with connect(path) as con:
        make_tables(con)
    return path


def checksum(block: bytes) -> int:
    """Return DuckDB's checksum of a header block, so that a changed header still counts as whole."""
    mask = 2**64 - 1
    result = 5381
    for (word,) in struct.iter_unpack("<Q", block):
        result ^= (word * 0xBF58476D1CE4E5B9) & mask
    return result


def test_nothing_is_fetched_at_run_time_and_json_parquet_and_icu_are_built_in() -> None:
    with connect(None) as con:
        settings = dict(
            con.execute(
                "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions'"
            ).fetchall()
        )
        loaded = {
            row[0]
            for row in con.execute("SELECT extension_name FROM duckdb_extensions() WHERE loaded").fetchall()
        }
        with pytest.raises(duckdb.Error):
            con.execute("SELECT * FROM sqlite_scan('x.db', 'y')")
    assert settings == {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    assert {"json", "parquet", "icu"} <= loaded


def test_a_missing_file_is_made_with_its_folder_but_not_for_reading(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "warehouse.duckdb"
    with pytest.raises(UsageError, match=r"no warehouse at .*cliche rebuild"):
        connect(path, read_only=True)
    assert not path.parent.exists()
    make(path)
    with connect(path, read_only=True) as con, pytest.raises(duckdb.InvalidInputException):
        con.execute("DELETE FROM plans")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        connect(tmp_path)


def test_a_file_of_a_newer_duckdb_is_named_in_one_line(tmp_path: Path) -> None:
    path = make(tmp_path / "warehouse.duckdb")
    data = bytearray(path.read_bytes())
    body = bytearray(data[8:HEADER])
    struct.pack_into("<Q", body, 4, 100_000)  # storage version
    body[44 : 44 + 32] = b"v99.1.0".ljust(32, b"\0")
    data[:HEADER] = struct.pack("<Q", checksum(bytes(body))) + body
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        connect(path)
    assert str(caught.value).startswith("warehouse.duckdb was written by a newer version (DuckDB v99.1.0)")
    assert "cliche rebuild" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["text", "cut", "flipped", "empty of meaning"])
def test_a_corrupt_file_says_how_to_mend_it(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path / "warehouse.duckdb")
    whole = path.read_bytes()
    data = {
        "text": b"not a database " * 1000,
        "cut": whole[: HEADER * 2 + 100],
        "flipped": whole[:20] + bytes([whole[20] ^ 255]) + whole[21:],
        "empty of meaning": bytes(len(whole)),
    }[kind]
    path.write_bytes(data)
    with pytest.raises(ClicheError, match=r"not a readable warehouse.*cliche rebuild") as caught:
        connect(path)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)


def test_a_file_that_another_process_has_open_is_refused_with_its_number(tmp_path: Path) -> None:
    path = make(tmp_path / "warehouse.duckdb")
    code = f"""
        import duckdb, sys
        con = duckdb.connect({str(path)!r})
        print("open", flush=True)
        sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(RefusedError, match=f"open in process {other.pid}"):
            connect(path)
        other.communicate("")
    connect(path).close()


def test_two_ways_of_opening_one_file_in_one_process_are_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "warehouse.duckdb")
    with connect(path), pytest.raises(RefusedError, match="open in another connection"):
        connect(path, read_only=True)


def test_what_waits_in_the_log_is_there_after_a_writer_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "waiting.duckdb"
    code = f"""
        import os
        from pathlib import Path
        from warehouse.database.connection import checkpoint_seldom, connect
        con = connect(Path({str(path)!r}))
        checkpoint_seldom(con)
        for start in range(4):
            con.execute("CREATE TABLE IF NOT EXISTS held (id BIGINT, text VARCHAR)")
            con.execute("INSERT INTO held SELECT i, sha256(i::VARCHAR) FROM range(100_000) AS r(i)")
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert path.with_name("waiting.duckdb.wal").stat().st_size > 16_000_000  # DuckDB's own limit
    with connect(path) as con:
        assert con.execute("SELECT count(*), count(DISTINCT text) FROM held").fetchone() == (400_000, 100_000)
