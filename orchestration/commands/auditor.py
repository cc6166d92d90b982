"""Commands of the reader and the auditor: serve, sql, verify.

Belongs here: what is said and which exit code follows. Does not belong here: the queries (`sql/audit`) or the
recomputing (`orchestration.verifying`).
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
from rich.table import Table

from orchestration.commands.editions import current, local_copy, open_database
from orchestration.console import OUT, printable, say
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from orchestration.verifying import verify_edition
from warehouse.errors import UsageError
from warehouse.export import FORMULA
from warehouse.sqlfiles import header, names
from warehouse.sqlfiles import sql as read_sql
from warehouse.validation import close_match

FORMATS = ("table", "csv", "json")


def serve(port: int) -> int:
    """Show the latest edition on this machine until Ctrl-C."""
    place = bare_workplace(load_settings())
    edition = current(place)
    folder = local_copy(place, edition)
    handler = partial(_Quiet, directory=str(folder))
    try:
        server = _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used ({error.strerror}); name another with --port") from None
    with server:
        say(f"Edition {edition}: http://127.0.0.1:{server.server_address[1]}   (Ctrl-C ends)")
        sys.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say()
    return 0


class _Server(ThreadingHTTPServer):
    """Says nothing of a reader who went away before the answer was whole."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of any other error."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Quiet(SimpleHTTPRequestHandler):
    """Files of one folder, without a line for every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def sql(query: str | None, file: str | None, form: str) -> int:
    """Run one query on the latest edition's file, read-only, and print its rows."""
    if form not in FORMATS:
        raise UsageError(f'no format "{form}"; known: {", ".join(FORMATS)}')
    if query and file:
        raise UsageError("give a query or -f NAME, not both")
    if not query and not file:
        return _list_queries()
    place = bare_workplace(load_settings())
    text = query or _from_file(file or "")
    with open_database(place, current(place)) as con:
        try:
            cursor = con.execute(text)
            columns = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall() if columns else []
        except duckdb.Error as error:
            raise UsageError(f"the query cannot be run: {' '.join(str(error).split())}") from None
    _FORMS[form](columns, rows)
    return 0


def _from_file(name: str) -> str:
    path = Path(name)
    if path.suffix == ".sql" and path.is_file():
        try:
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise UsageError(f"{name} is no UTF-8 text") from None
    name = name.removesuffix(".sql")
    if name not in names("audit"):
        raise UsageError(f'no audit query "{name}"' + close_match(name, names("audit")))
    return read_sql(f"audit/{name}")


def _list_queries() -> int:
    table = Table(box=None, pad_edge=False)
    table.add_column("cliche sql -f")
    table.add_column("answers")
    for name in names("audit"):
        table.add_row(name, header(f"audit/{name}")["Answers"])
    OUT.print(table)
    return 0


def _as_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        figures = all(isinstance(row[number], int | float) or row[number] is None for row in rows)
        table.add_column(column, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else printable(str(value)) for value in row))
    OUT.print(table, markup=False)


def _as_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_inert(value) for value in row] for row in rows)


def _inert(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula: such text gets an apostrophe, as in the edition's CSV."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _as_json(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    json.dump(
        [dict(zip(columns, row, strict=True)) for row in rows], sys.stdout, default=str, ensure_ascii=False
    )
    sys.stdout.write("\n")


_FORMS = {"table": _as_table, "csv": _as_csv, "json": _as_json}


def verify(edition: str | None) -> int:
    """Recompute an edition and say what differs."""
    place = bare_workplace(load_settings())
    result = verify_edition(place, edition or current(place))
    for line in result.lines():
        say(line)
    return 0 if result.holds else 1
