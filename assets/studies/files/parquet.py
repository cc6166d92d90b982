"""Parquet, as polars, pandas and Hugging Face's datasets write it."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets.studies.declared.table import TableFile
from assets.studies.files.nature import refuse
from assets.studies.files.rows import FileError, Row, Table, as_text

#: The most that is taken into memory, in bytes; pictures inside are not read.
MOST_BYTES = 1 << 30


def read(data: bytes, _shape: TableFile, _name: str) -> Table:
    """Return a row per row; a picture (bytes and path) is its path, a class number its name."""
    if not data.startswith(b"PAR1"):
        raise FileError(refuse(data, "Parquet") or "is not Parquet")
    try:
        file = pq.ParquetFile(io.BytesIO(data), pre_buffer=False)
        leaves = [leaf for leaf in _leaves(file) if not leaf.binary]
        if sum(leaf.size for leaf in leaves) > MOST_BYTES:
            raise FileError(f"is larger than {MOST_BYTES >> 20} MiB when unpacked")
        table = file.read(columns=[leaf.path for leaf in leaves], use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise FileError(f"does not read as Parquet: {error}") from None
    names = _classes(table.schema)
    columns = {name: _texts(table[name], names.get(name)) for name in table.column_names}
    rows = [
        Row(f"row {number}", dict(zip(columns, cells, strict=True)))
        for number, cells in enumerate(zip(*columns.values(), strict=True), start=1)
    ]
    return Table(tuple(columns), rows, place="")


class _Leaf:
    """A column as it is stored: its path, unpacked size in bytes, and whether it holds bytes that are no text."""

    def __init__(self, file: pq.ParquetFile, number: int) -> None:
        column = file.schema.column(number)
        groups = range(file.metadata.num_row_groups)
        self.path = str(column.path)
        self.size = sum(file.metadata.row_group(at).column(number).total_uncompressed_size for at in groups)
        self.binary = column.physical_type == "BYTE_ARRAY" and column.logical_type.type == "NONE"


def _leaves(file: pq.ParquetFile) -> list[_Leaf]:
    return [_Leaf(file, number) for number in range(len(file.schema.names))]


def _texts(column: pa.ChunkedArray, classes: list[str] | None) -> list[str]:
    values = column.to_pylist()
    if classes:
        return [
            classes[value] if isinstance(value, int) and 0 <= value < len(classes) else as_text(value)
            for value in values
        ]
    return [as_text(_path(value)) for value in values]


def _path(value: Any) -> Any:
    """Return the path of a picture of Hugging Face's datasets; anything else as it is."""
    return value["path"] if isinstance(value, dict) and set(value) == {"path"} else value


def _classes(schema: pa.Schema) -> dict[str, list[str]]:
    """Return column → names of its classes, from the metadata that Hugging Face's datasets writes."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        return {
            name: list(kind["names"]) for name, kind in features.items() if kind.get("_type") == "ClassLabel"
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
