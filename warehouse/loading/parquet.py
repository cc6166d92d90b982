"""Reading Parquet that lies in memory, in the thread that asks for it.

`pyarrow.parquet.read_table` reads with threads of its own, which may still hold the Python object that they read from
when the process ends: it is then aborted now and then ("terminate called without an active exception", exit code 134),
although all was done.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq


def table_of(data: bytes, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the table that `data` holds, or some of its columns.

    Raises:
        pyarrow.ArrowException: if the bytes do not read as Parquet.
    """
    with pq.ParquetFile(io.BytesIO(data), pre_buffer=False) as file:
        return file.read(columns=None if columns is None else [*columns], use_threads=False)
