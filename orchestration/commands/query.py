"""The command `cliche sql`: which query, in which form, and what is said beside its rows."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from orchestration.commands.editions import current, database_of
from orchestration.console import OUT, note, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse.database.marts import as_read_by
from warehouse.errors import ClicheError, UsageError
from warehouse.inputfile import read_file
from warehouse.sandbox.reading import QueryEnd, TooLongError, read
from warehouse.sqlfiles import header, names
from warehouse.sqlfiles import sql as read_sql
from warehouse.validation import close_match

FORMATS = ("table", "csv", "json")


def sql(
    query: str | None,
    file: str | None,
    form: str,
    *,
    limit: int,
    timeout: int,
    show: bool,
    labeler: str | None = None,
) -> int:
    """Run one query on the latest edition's file, with nothing else in its reach, and print its rows.

    With `show` nothing runs: the whole text of `file` is printed, to be read or pasted elsewhere. With a `labeler` the
    text of `file` reads the plans as if they named it.

    A table ends after `limit` rows (0: never) and says so; CSV and JSON are whole. The query ends when its reader does.
    """
    if form not in FORMATS:
        raise UsageError(f'no format "{form}"; known: {", ".join(FORMATS)}')
    if query is not None and file is not None:
        raise UsageError("give a query or -f NAME, not both")
    for option in ("--print",) * show + ("--labeler",) * (labeler is not None):
        if file is None:
            raise UsageError(f"{option} needs -f NAME")
    if query is None and file is None:
        return _list_queries()
    if show:
        return _print_text(_from_file(file or "", labeler))
    text = query if query is not None else _from_file(file or "", labeler)
    place = bare_workplace(load_settings())
    rows = read(
        database_of(place, current(place)),
        text,
        form=form,
        limit=limit or None if form == "table" else None,
        timeout=timeout,
        screen=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
    )
    try:
        shown = _print(rows)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # what is buffered goes nowhere, quietly
        return 0
    except TooLongError as error:
        raise ClicheError(f"{error}; --timeout SECONDS allows more") from None
    if shown.more:
        note(f"Only the first {shown.rows:,} rows are shown. All of them: --limit 0, or --format csv")
    return 0


def _print(rows: Generator[bytes, None, QueryEnd]) -> QueryEnd:
    sys.stdout.flush()
    with closing(rows):
        while True:
            try:
                chunk = next(rows)
            except StopIteration as ended:
                shown: QueryEnd = ended.value
                return shown
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


def _print_text(text: str) -> int:
    """Print a query as it is, unwrapped, so that it can be pasted."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    return 0


def _from_file(name: str, labeler: str | None) -> str:
    text = _text_of(name)
    return text if labeler is None else as_read_by(text, labeler)


def _text_of(name: str) -> str:
    path = Path(name)
    if path.suffix == ".sql" and path.exists():
        try:
            return read_file(path).decode("utf-8")
        except OSError as error:
            raise UsageError(f"{name} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{name} is not UTF-8 text") from None
    name = name.removesuffix(".sql")
    if name not in names("audit"):
        raise UsageError(f'no audit query "{name}"' + close_match(name, names("audit")))
    return read_sql(f"audit/{name}")


def _list_queries() -> int:
    listed = table("cliche sql -f", "answers", right=())
    for name in names("audit"):
        listed.add_row(name, header(f"audit/{name}")["Answers"])
    OUT.print(listed)
    return 0
