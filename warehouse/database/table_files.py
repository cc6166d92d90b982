"""Writing the files of an edition's tables and views.

Parquet and CSV files are a function of the rows: same rows, same bytes from one version of DuckDB. In CSV, text that a
spreadsheet would take for a formula gets an apostrophe before it (numbers stay numbers; NULL is an empty field, an
empty text is ""); Parquet holds it unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from warehouse import keys
from warehouse.canonical import file_hash
from warehouse.database.archive import WeekPart
from warehouse.database.table_hash import Week
from warehouse.errors import StoreError
from warehouse.sqlfiles import quoted

#: A text cell that begins with one of these is a formula, or ends the cell before it, in some spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_PARQUET = "FORMAT parquet, COMPRESSION zstd"


@dataclass(frozen=True)
class TableFiles:
    """What was written. Files lie in `folder` under the keys and paths that they are to have in the store."""

    folder: Path
    tables: dict[str, Any] = field(default_factory=dict)  # the manifest's field: tables and views by the week
    files: dict[str, dict[str, Any]] = field(default_factory=dict)  # path in the edition → as in the manifest
    new: list[str] = field(
        default_factory=list
    )  # keys of the parts that were written: no edition has them yet

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Return a context in which files are written."""
        try:
            (self.folder / "data").mkdir(parents=True, exist_ok=True)
            yield
        except (duckdb.IOException, OSError) as error:
            raise StoreError(
                f"cannot write the published tables to {self.folder}: {str(error).splitlines()[0]}"
            ) from error

    def add_part(
        self,
        con: duckdb.DuckDBPyConnection,
        name: str,
        week: Week,
        query: str,
        content: str,
        table_hash: str | None,
    ) -> WeekPart:
        """Write the rows of a table or view in one week, whose hashes are given; return the part."""
        rows, file = self._unnamed(con, query)
        sha256, size = file_hash(file)
        key = keys.table_part(name, week, sha256)
        (self.folder / key).parent.mkdir(parents=True, exist_ok=True)
        file.replace(self.folder / key)
        self.new.append(key)
        return WeekPart(week, key, sha256, size, rows, content, table_hash)

    def add_whole(self, con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Write all rows of a table or view as one file of the edition."""
        rows, file = self._unnamed(con, query)
        path = f"data/{name}.parquet"
        file.replace(self.folder / path)
        sha256, size = file_hash(self.folder / path)
        self.files[path] = {"sha256": sha256, "bytes": size, "rows": rows}

    def add_csv(self, con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Write the rows of a query as CSV, in the order in which Parquet files have them."""
        path = f"data/{name}.csv"
        _, file = self._unnamed(con, query)
        _copy(con, inert(con, file), self.folder / path, "FORMAT csv, HEADER")
        sha256, size = file_hash(self.folder / path)
        self.files[path] = {"sha256": sha256, "bytes": size}

    def _unnamed(self, con: duckdb.DuckDBPyConnection, query: str) -> tuple[int, Path]:
        """Write the rows of a query to a Parquet file; return how many there are, and the file."""
        file = self.folder / "unnamed.parquet"
        return _copy(con, f"FROM ({query}) ORDER BY ALL", file, _PARQUET), file


def inert(con: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Return a query for a Parquet file in its order, with an apostrophe before text that begins a formula."""
    rows = f"read_parquet({quoted(file)}, file_row_number = true, hive_partitioning = false)"
    starts = ", ".join(f"chr({ord(char)})" for char in FORMULA)
    columns = ", ".join(
        f"CASE WHEN left({column}, 1) IN ({starts}) THEN '''' || {column} ELSE {column} END AS {column}"
        if kind == "VARCHAR"
        else column
        for column, kind, *_ in con.execute(f"DESCRIBE FROM {rows}").fetchall()
        if column != "file_row_number"
    )
    # several threads take a row group each, and what is not ordered is written in the order in which they end
    return f"SELECT {columns} FROM {rows} ORDER BY file_row_number"  # noqa: S608


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path, options: str) -> int:
    """Write the rows of a query; return how many there are."""
    return int(con.execute(f"COPY ({query}) TO {quoted(path)} ({options})").fetchall()[0][0])
