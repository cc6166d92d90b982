"""One query in the sandbox, for whoever asks: the `cliche sql` command or a server.

A process of its own, because DuckDB's `interrupt` is no limit: `repeat('a', 4000000000)` or `range(3000000000)` run on
after it and take four times the memory limit. Ending the process is always possible and harms nothing: it only reads.
"""

from __future__ import annotations

import io
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from warehouse.errors import ClicheError, RefusedError, UsageError
from warehouse.sandbox.rules import LONGEST_TEXT

ROOT = Path(__file__).resolve().parents[2]
_START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from warehouse.sandbox.child import main; main()"
_CHUNK = 65536
#: Bytes, and rows, that a query over a folder may return.
MOST_RESULT, MOST_ROWS = 2 << 30, 2_000_000
_KINDS = {"usage": UsageError, "refused": RefusedError, "failed": ClicheError}
_CRASHED = (
    "the query ended the engine, likely by using too much memory (2 GB are allowed); nothing was changed, "
    "ask for less at once"
)


class TooLongError(ClicheError):
    """A query took longer than it may."""


@dataclass(frozen=True)
class QueryEnd:
    """How a query ended: rows written, and whether a limit left out more."""

    rows: int
    more: bool


def read(
    database: Path,
    text: str,
    *,
    form: str = "json",
    limit: int | None = None,
    timeout: float = 60.0,
    screen: int | None = None,
) -> Generator[bytes, None, QueryEnd]:
    """Yield the result of one query as bytes and return how many rows it has; nothing but the file can be reached.

    Closing the generator ends the query at once.

    `timeout` is in seconds; time in which nobody takes what it yields does not count. The form is table, csv or json;
    `screen` is the width of the terminal that shows it.

    Raises:
        UsageError: if the text is no statement that can be run.
        RefusedError: if it wants anything but to read the file.
        TooLongError: if it takes too long.
        ClicheError: if it takes too much memory, or a value cannot be shown.
    """
    end = yield from _ask(
        {
            "database": str(database.resolve()),
            "text": text[: LONGEST_TEXT + 1],
            "form": form,
            "limit": limit,
            "screen": screen,
        },
        timeout,
    )
    return QueryEnd(end["rows"], end["more"])


def read_folder(folder: Path, text: str, *, timeout: float) -> pa.Table:
    """Return what one SELECT over the files of a folder gives, texts in every column (but bytes, where it gives these).

    Nothing outside the folder can be reached, and nothing in it is changed: see `warehouse.sandbox.folder`.

    Raises:
        UsageError: if the text is no such query.
        RefusedError: if it wants anything but to read the folder.
        TooLongError: if it takes too long.
        ClicheError: if it or its result takes too much memory.
    """
    request = {"folder": str(folder.resolve()), "text": text[: LONGEST_TEXT + 1], "limit": None}
    data = io.BytesIO()
    asked = _ask(request, timeout)
    for chunk in asked:
        data.write(chunk)
        if data.tell() > MOST_RESULT:
            asked.close()
            raise ClicheError(f"the query returns more than {MOST_RESULT >> 30} GiB; ask for less at once")
    data.seek(0)
    with pa.ipc.open_stream(data) as stream:
        table = stream.read_all()
    if table.num_rows > MOST_ROWS:
        raise ClicheError(
            f"the query returns {table.num_rows:,} rows; {MOST_ROWS:,} are the most that are read"
        )
    return table


def _ask(request: dict[str, Any], timeout: float) -> Generator[bytes, None, dict[str, Any]]:
    """Yield what the process of one query writes, and return how it ended."""
    with _process() as process:
        assert process.stdin and process.stdout and process.stderr  # noqa: PT018, S101 - all three are pipes
        yield from _chunks(process, json.dumps(request).encode() + b"\n", timeout)
        ended = process.stderr.read()
    try:
        end: dict[str, Any] = json.loads(ended.splitlines()[-1])
    except (IndexError, ValueError):
        raise ClicheError(_CRASHED) from None
    if end["kind"] != "done":
        raise _KINDS[end["kind"]](end["message"])
    return end


@contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    """Yield the process, in a session of its own: Ctrl-C reaches who asked, who ends it; no secret is in its reach."""
    process = subprocess.Popen(  # noqa: S603 - this Python, with code of ours
        [sys.executable, "-I", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                with suppress(BrokenPipeError):  # what the process never read
                    pipe.close()


def _chunks(process: subprocess.Popen[bytes], request: bytes, timeout: float) -> Iterator[bytes]:
    assert process.stdin and process.stdout  # noqa: PT018, S101 - both are pipes
    left = timeout
    try:
        process.stdin.write(request)
        process.stdin.flush()  # it stays open: the process ends when it closes
    except BrokenPipeError:
        return
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while True:
            began = time.monotonic()
            ready = waiting.select(max(left, 0))
            left -= time.monotonic() - began
            if not ready:
                raise TooLongError(f"the query took longer than {timeout:g} s and was ended")
            if not (chunk := os.read(process.stdout.fileno(), _CHUNK)):
                return
            yield chunk
