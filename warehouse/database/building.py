"""Making the one DuckDB file from Parquet files alone: the parts and small tables that a manifest lists.

A file that was made before is changed where the lists differ and left as it is elsewhere. Beside it lies a note of
which Parquet file each table and week came from. The note goes before the first change and comes back after the last,
so that a file whose making was stopped is made anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database import marts, published
from warehouse.database.connection import connect, limit_memory
from warehouse.errors import CorruptObjectError, RefusedError, StoreError
from warehouse.sqlfiles import quoted

#: A primary key costs 145 bytes of disk and up to 400 of memory per row, and more time than the row itself.
MOST_KEYED = 1_000_000
#: In the place of a week: all rows of a table that is kept whole, and the rows without a week.
_ALL, _NONE = "all", "none"

Fetch = Callable[[str], Path]
Progress = Callable[[str, int, int], None]
#: Week → (SHA-256 of the Parquet file, its key).
_Weeks = dict[str, tuple[str, str]]


@dataclass(frozen=True)
class _Plan:
    """What a file is to hold: the Parquet files of each table, which tables have a key, and of which form all is."""

    weeks: Mapping[str, _Weeks]
    keyed: frozenset[str]
    columns: Mapping[str, Any]
    rows: Mapping[str, int]

    def note(self) -> dict[str, Any]:
        """Return what is noted beside a file that is made so."""
        return {
            "layout": sha256_hex(canonical_json([published.layout(), self.columns])),
            "keyed": sorted(self.keyed),
            "tables": {
                table: {week: sha256 for week, (sha256, _) in weeks.items()}
                for table, weeks in self.weeks.items()
            },
        }


def build_database(
    path: Path,
    tables: Mapping[str, Any],
    files: Mapping[str, Any],
    fetch: Fetch,
    *,
    progress: Progress | None = None,
) -> None:
    """Make the file at `path` hold exactly the rows that a manifest's `tables` and `files` list.

    Tables have the columns of the Parquet files, which an edition of another version of the code may have made; views
    that do not fit them are left out. The view `start_here` is made by `start_here`, later.

    Of the files, `data/<table>.parquet` is read. `fetch` leads from a key as the manifest has it (`tables/…`,
    `data/…`) to a file with those bytes; it is asked only for what the file at `path` does not hold yet.
    """
    plan, before = _planned(tables, files), built_from(path)
    after = plan.note()
    if before is not None and before.items() >= after.items():
        return
    tell = progress or (lambda _what, _done, _total: None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if before is not None and before["layout"] == after["layout"]:
            with _changing(path) as con:
                _replace(con, plan, before, fetch, tell)
        else:
            _make(path, plan, fetch, tell)
        _write_note(path, after)
    except duckdb.ConstraintException as error:
        raise CorruptObjectError(f"a table holds a row twice: {str(error).splitlines()[0]}") from error
    except (duckdb.Error, OSError) as error:
        raise StoreError(f"cannot make {path}: {str(error).splitlines()[0]}") from error


def is_built_from(path: Path, tables: Mapping[str, Any], files: Mapping[str, Any]) -> bool:
    """Return whether the file at `path` was made by this code from what a manifest's fields list."""
    before = built_from(path)
    return before is not None and before.items() >= _planned(tables, files).note().items()


def start_here(path: Path, tables: Mapping[str, Any], files: Mapping[str, Any]) -> None:
    """Make the view `start_here` of the file at `path`, with the rows that a manifest's fields state.

    What the edition does not have is not in the view.
    """
    stated = published.rows_of(tables, files)
    rows = {name: stated[name] for name in published.starting_points() if name in stated}
    before = built_from(path) or {}
    if before.get("start_here") == rows:
        return
    try:
        with _changing(path) as con:
            published.make_start_here(con, rows)
            con.execute("CHECKPOINT")
        _write_note(path, before | {"start_here": rows})
    except (duckdb.Error, OSError) as error:
        raise StoreError(f"cannot write {path}: {str(error).splitlines()[0]}") from error


def built_from(path: Path) -> dict[str, Any] | None:
    """Return what the file at `path` was made from; None if it is missing, unfinished or changed by somebody else.

    `tables` is table → week (`none`: rows without one; `all`: a table that is kept whole) → SHA-256 of the Parquet
    file.
    """
    try:
        found: dict[str, Any] = json.loads(note_of(path).read_bytes())
        return found if found["file"] == _state(path) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _planned(tables: Mapping[str, Any], files: Mapping[str, Any]) -> _Plan:
    views = {*marts.order()}
    weeks: dict[str, _Weeks] = {}
    for name in sorted(tables.keys() - views):
        parts = tables[name]["parts"]
        weeks[name] = {part["week"] or _NONE: (part["sha256"], part["key"]) for part in parts}
    for path, stated in sorted(files.items()):
        name = path.removeprefix("data/").removesuffix(".parquet")
        if path == f"data/{name}.parquet" and name not in views:
            weeks[name] = {_ALL: (stated["sha256"], path)}
    rows = published.rows_of(tables, files)
    return _Plan(
        weeks=weeks,
        keyed=frozenset(name for name in weeks if rows[name] <= MOST_KEYED),
        columns={name: tables[name]["columns"] for name in weeks if name in tables},
        rows=rows,
    )


def _make(path: Path, plan: _Plan, fetch: Fetch, tell: Progress) -> None:
    """Make a new file beside the one at `path`, and put it in its place."""
    with made_beside(path) as beside:
        shutil.copyfile(published.empty(), beside)
        with connect(beside) as con:
            limit_memory(con)
            published.search_all(con)
            columns = {table: _columns(con, plan, table, fetch) for table in plan.weeks}
            other = {table for table in columns if columns[table] != published.columns_of(table)}
            for table in sorted(other | plan.weeks.keys() - plan.keyed):
                published.make_table(con, table, columns=columns[table], keyed=table in plan.keyed)
            if other:
                published.make_views(con)
            con.execute("BEGIN")
            for done, table in enumerate(plan.weeks):
                tell(table, done, len(plan.weeks))
                _insert(con, table, [key for _, key in plan.weeks[table].values()], fetch)
            con.execute("COMMIT")
            con.execute("CHECKPOINT")


@contextmanager
def made_beside(path: Path, ending: str = "new") -> Iterator[Path]:
    """Yield where to make a file that takes the place of the one at `path` in the end; after an error it is gone."""
    beside = path.with_name(f".{path.name}.{ending}")
    forget_file(beside)
    try:
        yield beside
        note_of(path).unlink(missing_ok=True)
        _wal(path).unlink(missing_ok=True)  # belongs to the file that goes; the new one is whole without
        beside.replace(path)
    except BaseException:
        forget_file(beside)
        raise


def _columns(con: duckdb.DuckDBPyConnection, plan: _Plan, table: str, fetch: Fetch) -> dict[str, str]:
    """Return column → type as the edition has them."""
    if table in plan.columns:
        return dict(plan.columns[table])
    ((_, key),) = plan.weeks[table].values()
    rows = con.execute(f"DESCRIBE FROM read_parquet({quoted(fetch(key))}, hive_partitioning = false)")
    return {row[0]: row[1] for row in rows.fetchall()}


@contextmanager
def _changing(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection that changes the file, whose note is void then; a copy of it while somebody reads the file.

    After an error a file that was changed in place has no note, and a copy is gone.
    """
    try:
        con = connect(path)
    except RefusedError:
        with made_beside(path) as beside:
            shutil.copyfile(path, beside)
            with connect(beside) as con:
                yield con
        return
    with con:
        note_of(path).unlink(missing_ok=True)
        yield con


def _replace(
    con: duckdb.DuckDBPyConnection, plan: _Plan, before: dict[str, Any], fetch: Fetch, tell: Progress
) -> None:
    """Delete what is no longer listed or listed otherwise, then insert what is new. Keys forbid both in one go."""
    limit_memory(con)
    published.search_all(con)
    new: dict[str, list[str]] = {}
    con.execute("BEGIN")
    for table in sorted({*plan.weeks, *before["tables"]}):
        wanted, held = plan.weeks.get(table, {}), before["tables"].get(table, {})
        has_key = table in before["keyed"] or table not in before["tables"]
        if wanted and has_key != (table in plan.keyed):
            columns = _columns(con, plan, table, fetch)
            published.make_table(con, table, columns=columns, keyed=not has_key)
            held = {}
        for week in held:
            if held[week] != wanted.get(week, ("", ""))[0]:
                _delete(con, table, week)
        new[table] = [key for week, (sha256, key) in wanted.items() if held.get(week) != sha256]
    con.execute("COMMIT")
    con.execute("BEGIN")
    for done, (table, keys) in enumerate(new.items()):
        tell(table, done, len(new))
        _insert(con, table, keys, fetch)
    con.execute("COMMIT")
    con.execute("CHECKPOINT")


def _delete(con: duckdb.DuckDBPyConnection, table: str, week: str) -> None:
    """Delete the rows of one week."""
    which = {_ALL: "TRUE", _NONE: "week IS NULL"}.get(week, "week = cast($week AS DATE)")
    con.execute(
        f'DELETE FROM "{table}" WHERE {which}',  # noqa: S608 - a table of the file
        {"week": week} if "$week" in which else {},
    )


def _insert(con: duckdb.DuckDBPyConnection, table: str, keys: list[str], fetch: Fetch) -> None:
    """Add the rows of Parquet files. The folders `week=…` in their paths are not to become a column."""
    if keys:
        con.execute(
            f'INSERT INTO {published.schema_of(table)}."{table}" BY NAME '
            "FROM read_parquet($files, hive_partitioning = false)",
            {"files": [str(fetch(key)) for key in keys]},
        )


def _write_note(path: Path, note: Mapping[str, Any]) -> None:
    text = canonical_json({**note, "file": _state(path)})
    beside = note_of(path).with_suffix(".new")
    beside.write_bytes(text)
    beside.replace(note_of(path))


def _state(path: Path) -> list[int]:
    """Return size and time of change of a file: who changes it otherwise makes the note void."""
    state = path.stat()
    return [state.st_size, state.st_mtime_ns]


def note_of(path: Path) -> Path:
    """Return where it is noted what a file was made from."""
    return path.with_name(f"{path.name}.parts.json")


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def forget_file(path: Path) -> None:
    """Remove a file with all that lies beside it."""
    for one in (note_of(path), path, _wal(path)):
        one.unlink(missing_ok=True)
