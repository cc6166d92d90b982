"""Opening DuckDB: one place for settings and for what can be wrong with a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import ClicheError, RefusedError, UsageError

#: Nothing is fetched at run time: json, parquet and icu are built into the Python package.
SETTINGS: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
_MEMORY = "600MB"
_MOST_WAITING = "256MB"
_WRITER_OFFSET = 52  # in DuckDB's main header: the version of the library that wrote the file, 32 bytes
_IN_USE = ("Could not set lock", "Conflicting lock", "different configuration", "already attached")
_NEWER = (
    "{name} was written by a newer version ({what}); update cliche, or run `cliche rebuild` to make it anew "
    "from the store"
)


def connect(path: Path | None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Return a connection to the file at `path`, or to a new database in memory if `path` is None.

    A missing file is created, unless `read_only`. Tables are made by `schema.make_tables`.

    Raises:
        UsageError: if the file is missing (read only), is a folder, or was written by a newer DuckDB.
        RefusedError: if another process has the file open.
        ClicheError: if the file is corrupt.
    """
    if path is None:
        return duckdb.connect(config=SETTINGS)
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a DuckDB file")
    if read_only and not path.exists():
        raise UsageError(f"no warehouse at {path}; run `cliche run` or `cliche rebuild` first")
    try:
        if not read_only:
            path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path), read_only=read_only, config=SETTINGS)
    except (duckdb.Error, OSError) as error:
        raise _explained(path, error) from error


def limit_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Let the database keep no more than 600 MB of what it has read, instead of most of the machine's memory."""
    con.execute(f"SET memory_limit = '{_MEMORY}'")


def checkpoint_seldom(con: duckdb.DuckDBPyConnection) -> None:
    """Let 256 MB of changes wait in the log beside the file: to take them in costs more the longer the history is."""
    con.execute(f"SET checkpoint_threshold = '{_MOST_WAITING}'")


def was_interrupted(error: BaseException) -> bool:
    """Return whether an error is what DuckDB makes of Ctrl-C or SIGTERM during a query; it has no class of its own."""
    return type(error) is RuntimeError and str(error) == "Query interrupted"


def _explained(path: Path, error: Exception) -> ClicheError:
    """Return the error that a person reads instead of DuckDB's own."""
    text = " ".join(str(error).split())
    if any(sign in text for sign in _IN_USE):
        holder = re.search(r"PID (\d+)", text)
        who = f"process {holder[1]}" if holder else "another connection"
        return RefusedError(f"{path.name} is open in {who}; wait until it ends, then try again")
    if (written_by := _newer_writer(path)) is not None:
        return UsageError(_NEWER.format(name=path.name, what=f"DuckDB {written_by}"))
    if isinstance(error, OSError | duckdb.IOException) and not path.exists():
        return ClicheError(f"cannot create {path}: {text}")
    if isinstance(error, PermissionError) or "Permission denied" in text:
        return ClicheError(f"cannot open {path}: permission denied; check who owns the file")
    return ClicheError(f"{path} is not a readable warehouse ({text[:160]}); run `cliche rebuild`")


def _newer_writer(path: Path) -> str | None:
    """Return the DuckDB version in the file's header if it is newer than ours, else None."""
    try:
        with path.open("rb") as file:
            head = file.read(_WRITER_OFFSET + 32)
    except OSError:
        return None
    if head[8:12] != b"DUCK":
        return None
    writer = head[_WRITER_OFFSET:].split(b"\0")[0].decode("ascii", "replace")
    theirs, ours = (
        tuple(int(part) for part in re.findall(r"\d+", version)[:3])
        for version in (writer, duckdb.__version__)
    )
    return writer if theirs > ours else None
