"""Pictures inside Parquet files, as Hugging Face's data sets publish them: a column of bytes and path."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets.studies.files.rows import FileError

#: The most that the pictures of one row group may take, in bytes: one group is in memory at a time.
MOST_BYTES = 2 << 30
_MARK = ".parquet#"


def holds_pictures(path: Path, column: str) -> bool:
    """Return whether a file is Parquet and the column holds the bytes of pictures."""
    if not path.name.lower().endswith((".parquet", ".pq")):
        return False
    schema = pq.read_schema(path)
    kind = schema.field(column).type if column in schema.names else None
    return pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0 if kind is not None else False


def name_in(file: str, column: str, row: int) -> str:
    """Return the name of the picture in a row (from 1) of a file."""
    return f"{file}#{column}:{row}"


def read_picture(root: Path, name: str) -> bytes:
    """Return the bytes of a picture: of a file below `root`, or of a row of a Parquet file."""
    try:
        if _MARK not in name:
            return (root / name).read_bytes()
        file, _, place = name.rpartition("#")
        column, _, row = place.rpartition(":")
        return _in_parquet(root / file, column, int(row) - 1)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror or error}") from None


def _in_parquet(path: Path, column: str, row: int) -> bytes:
    first = 0
    for group, rows in enumerate(_groups(path)):
        if row < first + rows:
            data: bytes | None = _group(path, column, group)[row - first].as_py()
            if data is None:
                raise FileError("has no bytes: the data set names a picture that it does not hold")
            return data
        first += rows
    raise FileError("changed while it was read")


@lru_cache(maxsize=4)
def _groups(path: Path) -> list[int]:
    metadata = pq.read_metadata(path)
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


@lru_cache(maxsize=1)
def _group(path: Path, column: str, group: int) -> pa.ChunkedArray:
    file = pq.ParquetFile(path, pre_buffer=False)
    wanted = f"{column}.bytes"
    chunks = [file.metadata.row_group(group).column(n) for n in range(file.metadata.num_columns)]
    if sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema == wanted) > MOST_BYTES:
        raise FileError(f"its row group {group + 1} is larger than {MOST_BYTES >> 20} MiB when unpacked")
    return (
        file.read_row_group(group, columns=[wanted], use_threads=False)[column]
        .combine_chunks()
        .field("bytes")
    )
