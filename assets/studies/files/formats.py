"""The formats that label files, prompt tables and picture tables may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from assets.studies.declared.table import TableFile
from assets.studies.files import delimited, json_records, label_studio, parquet, xlsx
from assets.studies.files.nature import refuse
from assets.studies.files.rows import FileError, Table
from warehouse.inputfile import read_file

Reader = Callable[[bytes, TableFile, str], Table]

READERS: Mapping[str, Reader] = {
    "csv": delimited.read,
    "xlsx": xlsx.read,
    "json": json_records.read,
    "label_studio": label_studio.read,
    "parquet": parquet.read,
}
#: Suffix → format, where the study file does not say `format`.
SUFFIXES: Mapping[str, str] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
}
#: The largest file that is read, in bytes.
MOST_BYTES = 512 << 20


def read_table(path: Path, name: str, shape: TableFile) -> tuple[bytes, Table]:
    """Return a file's bytes and its rows.

    A `FileError` says why a file cannot be read, and what it really is; `name` is relative to the study's folder.
    """
    suffix = PurePosixPath(name).suffix.lower()
    chosen = shape.format or SUFFIXES.get(suffix)
    try:
        data = read_file(path, MOST_BYTES)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}") from None
    if chosen is None:
        raise FileError(
            refuse(data, "a table that is known by its suffix")
            or f'"{suffix}" is no suffix of a table; say format: {", ".join(READERS)}'
        )
    return data, READERS[chosen](data, shape, name)
