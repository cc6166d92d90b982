"""The process that runs one query: it takes a request on stdin, writes rows to stdout and how it ended to stderr.

It imports little: it is started anew for every query.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from warehouse.sandbox.forms import BLOCK, FORMS, Row
from warehouse.sandbox.rules import (
    ONLY,
    ONLY_FOLDER,
    PROCESS_MEMORY,
    QueryError,
    connect,
    in_plain_words,
    one_statement,
)


def main() -> None:
    """Run the query that stdin holds; the process ends with it, or when whoever asked is gone."""
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    counted = _Counted(request["limit"])
    try:
        ended: dict[str, Any] = {"kind": "done", "message": ""}
        if "folder" in request:
            _limit()
            _run_in_folder(Path(request["folder"]), request["text"])
        else:
            con = connect(Path(request["database"]))
            _limit()
            _run(con, request, counted)
    except QueryError as error:
        ended = {"kind": error.kind, "message": error.message}
    except BrokenPipeError:
        os._exit(0)  # nobody reads on
    except Exception as error:  # noqa: BLE001 - of DuckDB or of a value that Python cannot hold
        plain = in_plain_words(error)
        ended = {"kind": plain.kind, "message": plain.message}
    if "folder" in request:
        ended["message"] = ended["message"].replace(ONLY, ONLY_FOLDER)
    sys.stderr.write(json.dumps({**ended, "rows": counted.rows, "more": counted.more}) + "\n")
    sys.stderr.flush()
    os._exit(0)  # at once: a large result is not taken apart first


def _run(con: duckdb.DuckDBPyConnection, request: dict[str, Any], counted: _Counted) -> None:
    cursor = con.execute(one_statement(con, request["text"]))
    columns = [column[0] for column in cursor.description or ()]
    rows = counted.blocks(cursor) if columns else iter(())
    for chunk in FORMS[request["form"]](columns, rows, screen=request["screen"]):
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _run_in_folder(folder: Path, text: str) -> None:
    """Write what one SELECT returns as an Arrow stream: every column as text, but for bytes."""
    import pyarrow as pa  # `cliche sql` needs it not

    from warehouse.sandbox.folder import connect as connect_folder

    with duckdb.connect(":memory:") as parser:
        allowed = {duckdb.StatementType.SELECT}
        query = one_statement(parser, text, allowed, "one SELECT works").query.strip().rstrip(";")
    con = connect_folder(folder, query)
    columns = con.execute(f"DESCRIBE FROM ({query}\n)").fetchall()
    listed = ", ".join(
        f"{name} AS {name}" if (name, kind) == ('"bytes"', "BLOB") else f"CAST({name} AS VARCHAR) AS {name}"
        for name, kind in (('"' + column[0].replace('"', '""') + '"', column[1]) for column in columns)
    )
    reader: Any = con.execute(f"SELECT {listed} FROM ({query}\n)").to_arrow_reader(10_000)  # noqa: S608 - as above
    with pa.ipc.new_stream(sys.stdout.buffer, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    sys.stdout.buffer.flush()


class _Counted:
    """Rows of a cursor up to a limit, and whether there were more."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.rows = 0
        self.more = False

    def blocks(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Row]]:
        while block := cursor.fetchmany(BLOCK):
            if self._limit is not None and self.rows + len(block) > self._limit:
                self.more = True
                block = list(islice(block, self._limit - self.rows))
            self.rows += len(block)
            if block:
                yield block
            if self.more:
                return


def _limit() -> None:
    """Let the process write no file, leave no core, and hold no more memory than it may."""
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, PROCESS_MEMORY),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
