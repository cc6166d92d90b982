"""Runs lines of docs/reading.md in any Python and prints the rows that they read: of a table, as JSON, in a fixed form.

It imports nothing of the project, since it also runs in the environment of `make test-readers`.
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: Where packages of extensions of DuckDB put them: then INSTALL fetches nothing.
EXTENSIONS = "duckdb_ext/extensions"


def plain(value: Any) -> Any:
    """Return a value in a form that is equal wherever it was read: doubles as bits, times as text."""
    if value is None or type(value).__name__ == "NAType":
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else struct.pack(">d", value + 0.0).hex()
    if isinstance(value, int):
        return int(value)
    return value.isoformat()


def sorted_rows(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    return sorted(([plain(value) for value in row] for row in rows), key=json.dumps)


def of_frame(frame: Any, columns: list[str]) -> list[list[Any]]:
    """Return rows of a frame of polars, pandas or Spark."""
    kind = type(frame).__module__.partition(".")[0]
    if kind == "polars":
        return sorted_rows(frame.select(columns).iter_rows())
    if kind == "pandas":
        return sorted_rows(frame[columns].itertuples(index=False, name=None))
    return sorted_rows(frame.select(*columns).collect())


def of_sql(statements: str, name: str, columns: list[str]) -> list[list[Any]]:
    """Return rows of the view `name` that the statements make in DuckDB."""
    import duckdb

    with duckdb.connect() as con:
        for folder in sys.path:
            if (Path(folder) / EXTENSIONS).is_dir():
                con.execute("SET extension_directory = $folder", {"folder": str(Path(folder) / EXTENSIONS)})
        con.execute(statements)
        return sorted_rows(con.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall())


def main() -> None:
    """Run what a file asks for: {language, text with `labels` for the name, names → columns}; print rows by name."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    found = {}
    for name, columns in asked["names"].items():
        text = asked["text"].replace("labels", name)
        if asked["language"] == "sql":
            found[name] = of_sql(text, name, columns)
        else:
            names: dict[str, Any] = {}
            exec(text, names)
            found[name] = of_frame(names[name], columns)
    print(json.dumps(found), flush=True)
    os._exit(0)  # threads of pandas' readers may still run, and then the interpreter aborts as it ends


if __name__ == "__main__":
    main()
