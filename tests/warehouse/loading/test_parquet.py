"""Reading Parquet from memory: no thread of a library is left that could abort the process at its end."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.loading.parquet import table_of

CHECKOUT = Path(__file__).resolve().parents[3]
TABLE = pa.table({"a": list(range(2000)), "b": ["x" * 50, None] * 1000, "c": [[1, 2]] * 2000})


def as_bytes(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=500)
    return buffer.getvalue()


def test_a_table_or_some_of_its_columns_come_back() -> None:
    data = as_bytes(TABLE)
    assert table_of(data).equals(TABLE)
    assert table_of(data, ["b"]).equals(TABLE.select(["b"]))
    assert table_of(as_bytes(TABLE.slice(0, 0))).schema == TABLE.schema


@pytest.mark.parametrize("cut", [0, 3, 1000, -1])
def test_what_is_no_parquet_is_an_error_of_arrow(cut: int) -> None:
    with pytest.raises(pa.ArrowException):
        table_of(as_bytes(TABLE)[:cut])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted where Linux shows them")
def test_reading_begins_no_thread(tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(as_bytes(TABLE))
    script = f"""
import os, warehouse.loading.parquet
data = open({str(tmp_path / "table")!r}, "rb").read()
before = len(os.listdir("/proc/self/task"))
warehouse.loading.parquet.table_of(data)
print(len(os.listdir("/proc/self/task")) - before)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    )
    assert ended.stdout == "0\n"


def test_all_parquet_in_memory_is_read_this_way() -> None:
    here = CHECKOUT / "warehouse" / "loading" / "parquet.py"
    files = [
        path for part in ("assets", "orchestration", "warehouse") for path in (CHECKOUT / part).rglob("*.py")
    ]
    assert [
        str(path)
        for path in files
        if path != here
        and re.search(r"\bpq\.(read_table|ParquetFile\((?!.*pre_buffer=False))", path.read_text())
    ] == []
