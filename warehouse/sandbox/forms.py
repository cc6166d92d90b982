"""Rows as bytes, a block at a time: a table for people, CSV, JSON.

Nothing of a value acts on who reads it: on a terminal no control character is written, in CSV no cell begins a formula,
JSON is valid for every value (what is no number there is null).
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from rich.cells import cell_len, chop_cells

from warehouse.database.table_files import FORMULA
from warehouse.printable import printable

Row = Sequence[Any]
#: Rows by which the widths of a table's columns are chosen.
BLOCK = 1000
_GAP = "  "
_NARROWEST = 4
_UNSAFE = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def as_csv(columns: Sequence[str], blocks: Iterator[Sequence[Row]], *, screen: int | None) -> Iterator[bytes]:
    """Yield CSV with a header; NULL is an empty field. `screen` is set where a terminal shows it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_no_formula(column) for column in columns])
    for block in blocks:
        writer.writerows([[_field(value) for value in row] for row in block])
        yield _taken(buffer, screen)
    yield _taken(buffer, screen)


def _taken(buffer: io.StringIO, screen: int | None) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return (text if screen is None else printable(text)).encode()


def _field(value: Any) -> Any:
    if value is None or type(value) in (int, float):
        return value
    return _no_formula(_text(value)) if not isinstance(value, Decimal) else value


def _no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: such text gets an apostrophe, as in the edition's CSV."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_json(
    columns: Sequence[str], blocks: Iterator[Sequence[Row]], *, screen: int | None
) -> Iterator[bytes]:
    """Yield one JSON array with an object per row; a second column of one name gets a number."""
    del screen  # JSON is inert everywhere
    names = _apart(columns)
    before = "["
    for block in blocks:
        parts = []
        for row in block:
            parts += [before, _json(dict(zip(names, row, strict=True)))]
            before = ",\n "
        yield "".join(parts).encode()
    yield (f"{before}]\n" if before == "[" else "]\n").encode()


def _json(value: Any) -> str:
    try:
        text = json.dumps(value, default=_text, ensure_ascii=False, allow_nan=False)
    except (ValueError, TypeError):  # NaN or infinity, or a key that JSON has not
        text = json.dumps(_plain(value), default=_text, ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_text(key): _plain(its) for key, its in value.items()}
    return [_plain(its) for its in value] if isinstance(value, list | tuple) else value


def _apart(columns: Sequence[str]) -> list[str]:
    names: list[str] = []
    for column in columns:
        name, number = column, 1
        while name in names:
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return names


def as_table(
    columns: Sequence[str], blocks: Iterator[Sequence[Row]], *, screen: int | None
) -> Iterator[bytes]:
    """Yield aligned columns; on a terminal of `screen` cells, long values are folded within their column."""
    first = next(blocks, [])
    cells = [[_cell(value) for value in row] for row in first]
    titles = [printable(column).replace("\n", " ") for column in columns]
    widths = [
        max([cell_len(title), *(cell_len(line) for row in cells for line in row[number].split("\n"))])
        for number, title in enumerate(titles)
    ]
    if screen is not None:
        widths = _fitted(widths, screen)
    right = [
        all(isinstance(row[number], int | float | Decimal) or row[number] is None for row in first)
        for number in range(len(columns))
    ]
    fold = screen is not None
    yield "".join(_lines(row, widths, right, fold=fold) for row in [titles, *cells]).encode()
    for block in blocks:
        rows = ([_cell(value) for value in row] for row in block)
        yield "".join(_lines(row, widths, right, fold=fold) for row in rows).encode()


def _fitted(widths: list[int], screen: int) -> list[int]:
    """Return the widths with the widest columns cut to one width, so that a row fits the screen if it can."""
    room = screen - len(_GAP) * (len(widths) - 1)
    cap = max(widths, default=0)
    while cap > _NARROWEST and sum(min(width, cap) for width in widths) > room:
        cap -= 1
    return [min(width, cap) for width in widths]


def _lines(row: list[str], widths: list[int], right: list[bool], *, fold: bool) -> str:
    parts = [
        [part for line in cell.split("\n") for part in (_folded(line, width) if fold else [line])]
        for cell, width in zip(row, widths, strict=True)
    ]
    lines = []
    for number in range(max(map(len, parts), default=0)):
        at = [part[number] if number < len(part) else "" for part in parts]
        line = _GAP.join(
            _padded(text, width, to_the_right=its) for text, width, its in zip(at, widths, right, strict=True)
        )
        lines.append(line.rstrip() + "\n")
    return "".join(lines)


def _folded(line: str, width: int) -> list[str]:
    return [line] if cell_len(line) <= width else chop_cells(line, width)


def _padded(text: str, width: int, *, to_the_right: bool) -> str:
    blanks = " " * max(0, width - cell_len(text))
    return blanks + text if to_the_right else text + blanks


def _cell(value: Any) -> str:
    return "" if value is None else printable(_text(value))


def _text(value: Any) -> str:
    """Return a value as DuckDB writes it, where Python's own way differs."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, bytes):
        return "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else f"\\x{byte:02X}" for byte in value)
    return str(value)


FORMS = {"table": as_table, "csv": as_csv, "json": as_json}
