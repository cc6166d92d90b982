"""Pictures inside Parquet files, as Hugging Face's data sets publish them: a column of bytes and path."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets.generation.pictures import image_check
from assets.studies.files import formats
from assets.studies.files.rows import FileError
from warehouse.inputfile import open_file, read_file

#: The most that the pictures of one row group may take, in bytes: one group is in memory at a time.
MOST_BYTES = 2 << 30
_PARQUET = (".parquet", ".pq")
_IN_PARQUET = re.compile(r"(.+\.(?:parquet|pq))#(.*):([0-9]+)", re.DOTALL | re.IGNORECASE)


def holds_pictures(path: Path, column: str) -> bool:
    """Return whether a file is Parquet and the column holds the bytes of pictures."""
    if not path.name.lower().endswith(_PARQUET):
        return False
    try:
        with open_file(path, formats.MOST_BYTES) as file:
            schema = pq.read_schema(file)
    except (pa.ArrowException, OSError):
        return False
    kind = schema.field(column).type if column in schema.names else None
    return pa.types.is_struct(kind) and kind.get_field_index("bytes") >= 0 if kind is not None else False


def name_in(file: str, column: str, row: int) -> str:
    """Return the name of the picture in a row (from 1) of a file."""
    return f"{file}#{column}:{row}"


def read_picture(root: Path, name: str) -> bytes:
    """Return the bytes of a picture: of a file below `root`, or of a row of a Parquet file."""
    try:
        place = _IN_PARQUET.fullmatch(name)
        if place is None:
            return read_file(root / name, image_check.DEFAULT.max_bytes)
        return _in_parquet(root / place[1], place[2], int(place[3]) - 1)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror or error}") from None
    except (pa.ArrowException, KeyError):
        raise FileError("is named like a row of a Parquet file, and there is none") from None


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
    with open_file(path, formats.MOST_BYTES) as file:
        metadata = pq.read_metadata(file)
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


@lru_cache(maxsize=1)
def _group(path: Path, column: str, group: int) -> pa.ChunkedArray:
    wanted = f"{column}.bytes"
    with open_file(path, formats.MOST_BYTES) as opened:
        file = pq.ParquetFile(opened, pre_buffer=False)
        chunks = [file.metadata.row_group(group).column(n) for n in range(file.metadata.num_columns)]
        sizes = [chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema == wanted]
        if sum(sizes) > MOST_BYTES:
            raise FileError(f"its row group {group + 1} is larger than {MOST_BYTES >> 20} MiB when unpacked")
        found = file.read_row_group(group, columns=[wanted], use_threads=False)
    return found[column].combine_chunks().field("bytes")
