"""CSV and its kin: rows of text between commas, semicolons or tabs.

A row's number is the line that an editor shows, so the header is row 1 and the first label is in row 2.
"""

from __future__ import annotations

import csv
import io

from assets.studies.declared.table import TableFile
from assets.studies.files.nature import refuse
from assets.studies.files.rows import FileError, Row, Table

_OTHERS = {";": ";", "\t": "\\t", "|": "|", ",": ","}


def read(data: bytes, shape: TableFile, name: str) -> Table:
    """Return the rows of a CSV file; the delimiter is the declared one, a tab in `.tsv`, else a comma."""
    wide = shape.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))
    if not wide and (wrong := refuse(data, "CSV", ("JSON",))) is not None:
        raise FileError(wrong)
    text = _decoded(data, shape)
    delimiter = shape.delimiter or ("\t" if name.lower().endswith((".tsv", ".tab")) else ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    rows: list[Row] = []
    broken: list[tuple[str, str]] = []
    top, skip, line = shape.header_row, shape.skip_after_header, 0
    try:
        for cells in reader:
            start, line = line + 1, reader.line_num
            if not columns:
                if start >= top and cells:
                    columns, top = cells, start
                continue
            if not cells:  # a blank line
                continue
            if skip:
                skip -= 1
            elif len(cells) != len(columns):
                broken.append((f"row {start}", f"{len(cells)} cells, the header has {len(columns)}"))
            else:
                rows.append(Row(f"row {start}", dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        hint = "; a quote may be left open" if "end of data" in str(error) else ""
        raise FileError(f"does not read as CSV: {error}{hint}", f"row {reader.line_num}") from None
    if not columns:
        raise FileError("is empty")
    if len(columns) == 1:
        _one_column(columns[0], delimiter, data)
    return Table(tuple(columns), rows, f"row {top}", broken)


def _one_column(header: str, delimiter: str, data: bytes) -> None:
    """Raise where the only column's name shows that another delimiter is meant, or another format."""
    found = max(_OTHERS, key=header.count)
    if header.count(found) and found != delimiter:
        raise FileError(f'has one column, "{header}"; say delimiter: "{_OTHERS[found]}"', "row 1")
    if (wrong := refuse(data, "CSV")) is not None:
        raise FileError(wrong)


def _decoded(data: bytes, shape: TableFile) -> str:
    try:
        text = data.decode(shape.encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise FileError(
            f"byte {error.start} is not {shape.encoding}; declare the file's encoding in the study file",
            f"row {row}",
        ) from None
    except UnicodeError as error:
        raise FileError(f"does not decode as {shape.encoding}: {error}") from None
    crlf, lf = text.count("\r\n"), text.count("\n")
    wrong = {"any": 0, "lf": crlf, "crlf": lf - crlf}[shape.newlines]
    if wrong:
        raise FileError(f"{wrong} lines do not end as declared (newlines: {shape.newlines})")
    return text
