"""Two files that take turns: the one that readers have under another name never changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from warehouse.canonical import sha256_hex
from warehouse.database.building import build_database, is_built_from
from warehouse.database.connection import connect
from warehouse.database.published import published_tables
from warehouse.database.shared_file import file_to_change, take_turns

#: What a manifest lists beside parts.
FILES: dict[str, Any] = {}


def listed(folder: Path, weeks: int) -> dict[str, Any]:
    """Return a manifest's field `tables`: plans of some weeks, whose Parquet files are made, and no other rows."""
    tables: dict[str, Any] = {
        name: {"columns": [[column, kind] for column, kind, *_ in columns], "rows": 0, "parts": []}
        for name, (columns, _) in published_tables().items()
    }
    needed = [(name, kind) for name, kind, null, _ in published_tables()["plans"][0] if not null]
    row = ", ".join(f"CAST(0 AS {kind}) AS {name}" for name, kind in needed if name != "week")
    parts = []
    for number in range(weeks):
        file = folder / f"{number}.parquet"
        week = f"2026-11-{2 + 7 * number:02}"
        with connect(None) as con:
            con.execute(
                f"CREATE TABLE plans ({', '.join(' '.join(column) for column in tables['plans']['columns'])})"
            )
            con.execute(f"INSERT INTO plans BY NAME SELECT DATE '{week}' AS week, {row}")
            con.execute(f"COPY plans TO '{file}' (FORMAT parquet)")
        parts.append(
            {"week": week, "key": file.name, "sha256": sha256_hex(file.read_bytes()), "bytes": 1, "rows": 1}
            | {"content_sha256": "", "table_hash": ""}
        )
    tables["plans"] |= {"rows": weeks, "parts": parts}
    return tables


def publish(path: Path, folder: Path, weeks: int) -> Path:
    """Make an edition of some weeks as `publish` does, and show it to readers; return the file that was changed."""
    tables = listed(folder, weeks)
    made = file_to_change(path, tables, FILES)
    build_database(made, tables, FILES, lambda key: folder / key)
    shown = folder / "shown.duckdb"
    if not shown.exists() or not shown.samefile(made):
        shown.unlink(missing_ok=True)
        shown.hardlink_to(made)
    take_turns(path, made)
    assert shown.samefile(path)
    assert is_built_from(path, tables, FILES)
    return made


def plans(path: Path) -> int:
    with connect(path, read_only=True) as con:
        return int(con.execute("SELECT count(*) FROM plans").fetchall()[0][0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cliche.duckdb"


def test_what_readers_have_is_never_changed(path: Path, tmp_path: Path) -> None:
    read: list[tuple[Path, bytes]] = []
    for weeks in range(1, 4):
        publish(path, tmp_path, weeks)
        assert plans(tmp_path / "shown.duckdb") == weeks
        reader = tmp_path / f"reader-{weeks}"
        if weeks == 2:  # with a third name the file of this edition may not be taken up again either
            os.link(path, reader)
            read.append((reader, reader.read_bytes()))
    publish(path, tmp_path, 4)
    publish(path, tmp_path, 4)
    assert plans(path) == 4
    assert [(file, file.read_bytes()) for file, _ in read] == read


def test_the_two_take_turns_and_nothing_is_copied_twice(path: Path, tmp_path: Path) -> None:
    inodes = []
    for weeks in (1, 2, 3, 4):
        publish(path, tmp_path, weeks)
        inodes.append(path.stat().st_ino)
    assert inodes[0] == inodes[2]
    assert inodes[1] == inodes[3]
    assert len({*inodes}) == 2
    assert publish(path, tmp_path, 4) == path


def test_a_file_with_one_name_is_changed_where_it_is(path: Path, tmp_path: Path) -> None:
    publish(path, tmp_path, 1)
    (tmp_path / "shown.duckdb").unlink()
    assert file_to_change(path, listed(tmp_path, 2), FILES) == path


def test_a_file_that_is_far_behind_or_was_changed_is_copied_anew(path: Path, tmp_path: Path) -> None:
    publish(path, tmp_path, 1)
    spare = publish(path, tmp_path, 2)
    publish(path, tmp_path, 2)
    with connect(spare) as con:
        con.execute("DELETE FROM plans")
    assert file_to_change(path, listed(tmp_path, 3), FILES) == spare
    assert plans(spare) == 2
    publish(path, tmp_path, 3)
    assert plans(path) == 3
