"""`cliche sql` as a process: Ctrl-C at any moment, readers who go away, limits that are reported."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration import commands
from tests.orchestration.installation import Cliche, Installation, start
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.sqlfiles import names

#: Where each moment of a query may be: computing, computing what ignores an interrupt, printing to a full pipe.
ENDLESS = {
    "computing": ("SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c",),
    "recursion": ("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t",),
    "no-interrupt": ("SELECT sum(len(repeat('a', 1000000000))) FROM range(1000)",),
    "fetching-csv": ("FROM range(100000000000)", "--format", "csv"),
    "fetching-json": ("FROM range(100000000000)", "--format", "json"),
    "printing-table": ("FROM range(100000000000)", "--limit", "0"),
}
#: What a pipe holds before whoever writes to it waits.
PIPE_BYTES = 65_536


@contextmanager
def started(home: Installation, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = start(home.home, "sql", *arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def queries(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that run a query; the command has other children for a moment, such as git."""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "warehouse.sandbox.child" in line]


def running(process: subprocess.Popen[str]) -> int:
    """Wait until the query runs; return the process that runs it."""
    until = time.monotonic() + 60
    while not (found := queries(process)):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    return found[0]


def in_the_middle(process: subprocess.Popen[str], query: int) -> None:
    """Wait until the query has computed for a while, or until the pipe is full of what nobody reads."""
    assert process.stdout
    until = time.monotonic() + 60
    while _seconds(query) < 0.8 and _waiting_bytes(process.stdout.fileno()) < PIPE_BYTES // 2:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    time.sleep(0.1)


def _seconds(pid: int) -> float:
    """Return the processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _waiting_bytes(pipe: int) -> int:
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize("moment", ENDLESS)
def test_ctrl_c_ends_a_query_within_three_seconds(published: Installation, moment: str, presses: int) -> None:
    with started(published, *ENDLESS[moment]) as process:
        query = running(process)
        in_the_middle(process, query)
        began = time.monotonic()
        for _ in range(presses):
            os.killpg(process.pid, signal.SIGINT)
            time.sleep(0.05)
        _, err = process.communicate(timeout=20)
        took = time.monotonic() - began
        assert process.returncode == 130, err
        assert took < 3
        assert "Traceback" not in err
        assert err.count("\n") <= 1
        assert not is_alive(query)


def test_a_reader_that_goes_away_ends_the_query_quietly(published: Installation) -> None:
    for arguments in ENDLESS["fetching-csv"], ENDLESS["fetching-json"], ENDLESS["printing-table"]:
        with started(published, *arguments) as process:
            query = running(process)
            assert process.stdout
            assert process.stdout.readline()
            process.stdout.close()
            assert process.wait(timeout=20) == 0
            assert process.stderr
            assert process.stderr.read() == ""
            assert not is_alive(query)


def test_a_query_ends_with_a_command_that_is_killed(published: Installation) -> None:
    with started(published, *ENDLESS["computing"]) as process:
        query = running(process)
        in_the_middle(process, query)
        process.kill()
        process.wait()
        until = time.monotonic() + 5
        while is_alive(query):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_time_limit_says_so(published: Installation, cliche: Cliche) -> None:
    ended = cliche("sql", *ENDLESS["computing"], "--timeout", "1")
    assert ended.code == 1
    assert ended.only_line == "the query took longer than 1 s and was ended; --timeout SECONDS allows more"


def test_a_table_is_cut_and_says_how_to_see_all(published: Installation, cliche: Cliche) -> None:
    ended = cliche("sql", "FROM range(5000)")
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 1001
    assert ended.err == "Only the first 1,000 rows are shown. All of them: --limit 0, or --format csv\n"
    for all_of_them in (("--limit", "0"), ("--limit", "5000"), ("--format", "csv")):
        ended = cliche("sql", "FROM range(5000)", *all_of_them)
        assert (ended.code, ended.err, len(ended.out.splitlines())) == (0, "", 5001)
    assert len(json.loads(cliche("sql", "FROM range(5000)", "--format", "json").out)) == 5000


def test_five_thousand_rows_of_a_wide_table_print_at_once(published: Installation, cliche: Cliche) -> None:
    query = "SELECT labels.*, range FROM range(5000), (FROM labels LIMIT 1) AS labels"
    before = time.process_time()
    ended = cliche("sql", query, "--limit", "0")
    own = time.process_time() - before
    assert len(ended.out.splitlines()) == 5001
    assert own < 2  # it was 11 s; the process of the query takes 0.3 s more


def test_a_refusal_is_one_plain_line(published: Installation, cliche: Cliche) -> None:
    ended = cliche("sql", "SELECT * FROM read_text('/etc/passwd')")
    assert ended.code == 3
    assert ended.only_line == "this connection reads the edition only: file access is switched off"
    for nothing in ("", ";", "   "):
        ended = cliche("sql", nothing)
        assert ended.code == 2
        assert ended.only_line.startswith("the query is empty")


@pytest.mark.parametrize("name", names("audit"))
def test_the_text_of_an_audit_query_is_printed_whole(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.query.sql(None, name, "table", limit=10, timeout=10, show=True) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("-- Answers: ")
    with connect(None) as con:
        make_tables(con)
        con.execute(printed)  # as it would be pasted, without anything of ours
        assert commands.query.sql(None, name, "table", limit=10, timeout=10, show=True, labeler="it's") == 0
        con.execute(capsys.readouterr().out)
    for part in ("answers_given AS (", "readings AS (") if "-- Uses: readings" in printed else ():
        assert printed.count(f"\n{part}") == 1


def test_print_wants_a_name() -> None:
    for query in (None, "SELECT 1"):
        with pytest.raises(UsageError, match="--print needs -f NAME"):
            commands.query.sql(query, None, "table", limit=10, timeout=10, show=True)
        with pytest.raises(UsageError, match="--labeler needs -f NAME"):
            commands.query.sql(query, None, "table", limit=10, timeout=10, show=False, labeler="another")
