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
from tests.orchestration.installation import WEEK, Cliche, Installation, start
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.sqlfiles import names
from warehouse.weeks import shift

#: Where each moment of a query may be: computing, computing what ignores an interrupt, printing to a full pipe.
ENDLESS = {
    "computing": ("SELECT count(*) FROM range(1000000) a, range(1000000) b, range(1000000) c",),
    "no-interrupt": ("SELECT sum(len(repeat('a', 1000000000))) FROM range(1000)",),
    "fetching-csv": ("FROM range(100000000000)", "--format", "csv"),
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


@pytest.mark.parametrize(
    ("moment", "presses"),
    [("computing", 2), ("no-interrupt", 1), ("fetching-csv", 1), ("printing-table", 1)],
)
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
    for arguments in ENDLESS["fetching-csv"], ("FROM range(100000000000)", "--format", "json"):
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


def test_a_refusal_is_one_plain_line(published: Installation, cliche: Cliche) -> None:
    ended = cliche("sql", "SELECT * FROM read_text('/etc/passwd')")
    assert ended.code == 3
    assert ended.only_line == "this connection reads the edition only: file access is switched off"
    for nothing in ("", ";", "   "):
        ended = cliche("sql", nothing)
        assert ended.code == 2
        assert ended.only_line.startswith("the query is empty")


def test_the_text_of_an_audit_query_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with connect(None) as con:
        make_tables(con)
        for name in names("audit"):
            assert commands.query.sql(None, name, "table", limit=10, timeout=10, show=True) == 0
            printed = capsys.readouterr().out
            assert printed.startswith("-- Answers: ")
            con.execute(printed)  # as it would be pasted, without anything of ours
            for part in ("answers_given AS (", "readings AS (") if "-- Uses: readings" in printed else ():
                assert printed.count(f"\n{part}") == 1
        name = "counts_from_labels"
        assert commands.query.sql(None, name, "table", limit=10, timeout=10, show=True, labeler="it's") == 0
        con.execute(capsys.readouterr().out)


def test_print_wants_a_name() -> None:
    for query in (None, "SELECT 1"):
        with pytest.raises(UsageError, match="--print needs -f NAME"):
            commands.query.sql(query, None, "table", limit=10, timeout=10, show=True)
        with pytest.raises(UsageError, match="--labeler needs -f NAME"):
            commands.query.sql(query, None, "table", limit=10, timeout=10, show=False, labeler="another")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["sql", "SELEKT 1"], 2, "the query cannot be run: Parser Error: "),
        (["sql", "SELECT * FROM cell_share"], 2, "cell_shares"),
        (["sql", "SELECT nothing FROM figures"], 2, "the query cannot be run: Binder Error: "),
        (["sql", "-f", "who_is_the_coe"], 2, 'did you mean "who_is_the_ceo"?'),
        (["sql", "-f", "../schema/01_asked"], 2, 'no audit query "../schema/01_asked"; known: '),
        (["sql", "-f", "/nowhere/query.sql"], 2, "query"),
        (["sql", "SELECT 1", "--format", "xml"], 2, 'no format "xml"; known: table, csv, json'),
        (["sql", "SELECT 1", "-f", "who_is_the_ceo"], 2, "give a query or -f NAME, not both"),
        (["verify", "2026-11-09.7"], 2, "no edition 2026-11-09.7"),
        (["verify", "../nowhere"], 2, "../nowhere is no edition, no folder"),
        (["verify", "."], 2, ". is no edition, no folder"),
        (["verify", "s3://bucket/editions"], 2, "and no address"),
        (["verify", "https://"], 2, "is no address"),
        (["verify", "https://a:b@example.org/x"], 2, "without user name"),
        (
            ["publish", "--week", shift(WEEK, -1)],
            3,
            f"edition {WEEK}.1 is newer than week {shift(WEEK, -1)}; ",
        ),
    ],
)
def test_a_bad_query_or_name_is_told(
    reads: Installation, cliche: Cliche, arguments: list[str], code: int, said: str
) -> None:
    ended = cliche(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.only_line
