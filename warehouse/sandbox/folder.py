"""A folder of somebody's files as what one query may read: tables that it names in quotes, and nothing outside.

`FROM 'labels/*.csv'` is read by commas, every column as text (a guess would turn 007 into 7); so is an Excel sheet
(`FROM 'book.xlsx#Sheet1!3'`: row 3 has the names of its columns); both have `_file` and `_row`, the row as
a spreadsheet numbers it. JSON and Parquet are DuckDB's own.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.sandbox.rules import LOCK, SETTINGS, QueryError
from warehouse.sqlfiles import quoted
from warehouse.validation import close_match

_DELIMITED = re.compile(r"\.(csv|tsv)(\.gz|\.zst)?$", re.IGNORECASE)
_BOOK = re.compile(r"(?P<file>.+\.xlsx)(#(?P<sheet>[^!]*))?(!(?P<row>[1-9][0-9]{0,5}))?", re.IGNORECASE)
#: Nothing of a CSV is guessed: a row with other cells than the header is an error, and no row is skipped.
_PLAINLY = "all_varchar = true, header = true, filename = '_file', quote = '\"', escape = '\"', comment = '', skip = 0"
_QUOTES = {"'": "''", '"': '""'}


def connect(folder: Path, text: str) -> duckdb.DuckDBPyConnection:
    """Return a connection for the query `text` that reads the files of `folder` and can do nothing else."""
    os.chdir(folder)
    con = duckdb.connect(":memory:", config={**SETTINGS, "enable_external_access": True})
    con.execute(f"SET allowed_directories = [{quoted(f'{folder}/')}]; SET enable_external_access = false")
    reads_itself = _reads_csv(text)
    for name in dict.fromkeys(_named(text)):
        if _DELIMITED.search(name) and con.execute("FROM glob(?) LIMIT 1", [name]).fetchall():
            with suppress(duckdb.Error) if reads_itself else nullcontext():  # else it is that call's file
                con.execute(
                    f"""CREATE VIEW "{name.replace('"', '""')}" AS
                    SELECT * EXCLUDE (_of_all), _of_all - min(_of_all) OVER (PARTITION BY _file) + 2 AS _row
                    FROM (SELECT *, row_number() OVER () AS _of_all
                          FROM read_csv({quoted(name)}, delim = {quoted(_delimiter(name))}, {_PLAINLY}))"""  # noqa: S608
                )
        elif book := _BOOK.fullmatch(name):
            con.register(name, _sheet(folder, book["file"], book["sheet"], int(book["row"] or 1)))
    con.execute(LOCK)
    return con


def _delimiter(name: str) -> str:
    return "\t" if ".tsv" in name.lower()[-8:] else ","


def _tokens(text: str) -> Iterator[tuple[str, duckdb.token_type]]:
    tokens = duckdb.tokenize(text)
    ends = [start for start, _ in tokens[1:]] + [len(text.encode())]
    data = text.encode()  # offsets are of bytes
    for (start, kind), end in zip(tokens, ends, strict=True):
        yield data[start:end].decode(errors="replace").strip(), kind


def _named(text: str) -> Iterator[str]:
    """Yield what is in quotes: texts, and names that are quoted."""
    for token, _ in _tokens(text):
        mark = token[:1]
        if mark in _QUOTES and len(token) > 1 and token.endswith(mark):
            yield token[1:-1].replace(_QUOTES[mark], mark)


def _reads_csv(text: str) -> bool:
    """Return whether the query calls read_csv; raise if that would guess types."""
    names = {token.lower() for token, kind in _tokens(text) if kind != duckdb.token_type.string_const}
    calls = bool(names & {"read_csv", "read_csv_auto"})
    if calls and "all_varchar" not in names:
        raise QueryError(
            "usage",
            "read_csv guesses types and turns 007 into 7: add all_varchar = true, "
            "or write FROM 'file.csv', which reads every column as text",
        )
    return calls


def _sheet(folder: Path, file: str, sheet: str | None, top: int) -> pa.Table:
    path = Path(os.path.realpath(folder / file))
    if not path.is_relative_to(folder):
        raise QueryError("refused", f'"{file}" is outside the study\'s folder')
    grid = _grid(path, file, sheet)
    names = [_as_text(cell) for cell in grid[top - 1]] if len(grid) >= top else []
    if not any(names):
        raise QueryError(
            "usage", f"{file} has no column names in row {top}; say which row has them: '{file}#Sheet!3'"
        )
    if twice := next((name for at, name in enumerate(names) if name and name in names[:at]), None):
        raise QueryError("usage", f'{file} has two columns "{twice}"; rename one')
    columns = {name: number for number, name in enumerate(names) if name}
    kept = [(at, row) for at, row in enumerate(grid[top:], start=top + 1) if any(map(_as_text, row))]
    values: dict[str, Any] = {
        name: pa.array([_as_text(row[number]) or None for _, row in kept], pa.string())
        for name, number in columns.items()
    }
    return pa.table({**values, "_file": [file] * len(kept), "_row": [at for at, _ in kept]})


def _grid(path: Path, file: str, sheet: str | None) -> list[list[Any]]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        names = book.sheet_names
        if sheet is None and len(names) > 1:
            raise QueryError(
                "usage", f"{file} has {len(names)} sheets; name one: '{file}#{names[0]}' ({', '.join(names)})"
            )
        if sheet is not None and sheet not in names:
            raise QueryError("usage", f'{file} has no sheet "{sheet}"{close_match(sheet, names)}')
        grid: list[list[Any]] = book.get_sheet_by_name(sheet or names[0]).to_python(skip_empty_area=False)
    except (calamine.CalamineError, ValueError, OSError) as error:
        raise QueryError("usage", f"{file} does not read as an Excel workbook: {error}") from None
    return grid


def _as_text(cell: Any) -> str:
    """Return what a spreadsheet shows in a cell: 3.0 is 3, a time of midnight is a date."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
