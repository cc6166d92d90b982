"""Excel workbooks (.xlsx): one sheet, its cells as text.

The reader is python-calamine (extra `studies`).
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from assets.studies.declared.table import TableFile
from assets.studies.files.nature import refuse
from assets.studies.files.rows import FileError, Row, Table, as_text
from warehouse.validation import close_match

#: The most that a workbook may unpack to, in bytes, and the most cells that a sheet may span.
MOST_BYTES, MOST_CELLS = 256 << 20, 20_000_000
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_CHUNK = 1 << 20


def read(data: bytes, shape: TableFile, _name: str) -> Table:
    """Return the rows of the declared sheet, or of the only one. A row's number is the one that Excel shows."""
    if not data.startswith(b"PK\x03\x04"):
        raise FileError(refuse(data, "an Excel workbook (.xlsx)") or "is not an Excel workbook (.xlsx)")
    _check_size(data)
    grid = _grid(data, shape)
    top = shape.header_row
    if len(grid) < top or not any(grid[top - 1]):
        raise FileError("no column names are here; say header_row", f"row {top}")
    width = max(number for number, cell in enumerate(grid[top - 1], start=1) if cell)
    columns = tuple(grid[top - 1][:width])
    rows, broken = [], []
    for number, cells in enumerate(
        grid[top + shape.skip_after_header :], start=top + shape.skip_after_header + 1
    ):
        if any(cells[width:]):
            broken.append((f"row {number}", "has a cell beyond the last column that has a name"))
        elif any(cells):
            rows.append(Row(f"row {number}", dict(zip(columns, cells, strict=False))))
    return Table(columns, rows, f"row {top}", broken)


def _grid(data: bytes, shape: TableFile) -> list[list[str]]:
    try:
        import python_calamine as calamine
    except ImportError:
        raise FileError(
            "spreadsheets need the extra `studies`: pip install python-calamine, or save the sheet as CSV"
        ) from None
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = shape.sheet or _only(book.sheet_names)
        if sheet not in book.sheet_names:
            raise FileError(f'has no sheet "{sheet}"{close_match(sheet, book.sheet_names)}')
        grid: list[list[Any]] = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (calamine.CalamineError, ValueError, OSError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"does not read as an Excel workbook: {error}") from None
    return [[as_text(cell) for cell in row] for row in grid]


def _only(sheets: list[str]) -> str:
    if len(sheets) != 1:
        raise FileError(f"has {len(sheets)} sheets; say sheet: one of {', '.join(sheets)}")
    return sheets[0]


def _check_size(data: bytes) -> None:
    """Raise for a workbook that would fill the memory: what it says of its own size is not believed."""
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as part:
                    left -= _scan(part, left, member.filename.startswith("xl/worksheets/"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileError(f"does not read as an Excel workbook: {error}") from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise FileError(f"does not read as an Excel workbook: {error}") from None


def _scan(part: Any, left: int, sheet: bool) -> int:
    size, tail, last_row, last_column = 0, b"", 1, 1
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > left:
            raise FileError(f"is larger than {MOST_BYTES >> 20} MiB when unpacked")
        if sheet:
            for letters, digits in _CELL.findall(tail + chunk):
                last_row, last_column = max(last_row, int(digits)), max(last_column, _column(letters))
            if last_row * last_column > MOST_CELLS:
                raise FileError(
                    f"a sheet spans {last_row} rows × {last_column} columns; clear the cells far out"
                )
            tail = chunk[-16:]
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
