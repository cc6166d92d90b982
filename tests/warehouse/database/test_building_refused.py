"""Tables of another version, views and types that do not fit, rows twice: one line each, and no file is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.database.test_building import Con, Given, con, given, once, path, rows
from warehouse.database import marts, published
from warehouse.database.table_hash import table_hashes
from warehouse.errors import ClicheError, CorruptObjectError, StoreError

__all__ = ["con", "given", "once", "path"]


def test_tables_of_another_version_keep_their_columns(given: Given, con: Con, tmp_path: Path) -> None:
    con.execute("ALTER TABLE labels DROP COLUMN confidence")
    con.execute("ALTER TABLE board_ranks ADD COLUMN color VARCHAR")
    con.execute("CREATE TABLE hats (week DATE, hat VARCHAR)")
    con.execute("COMMENT ON COLUMN hats.hat IS 'identity: a hat'")
    con.execute("INSERT INTO hats VALUES (DATE '2026-11-23', 'beanie'), (NULL, 'bowler')")
    con.execute("DROP TABLE gold_labels")
    con.execute("CREATE OR REPLACE VIEW gold_answers AS SELECT 1 AS one")  # its rows are counted
    theirs, path = Given(con, tmp_path / "theirs"), tmp_path / "made.duckdb"
    theirs.build(path)
    with published.open_published(path) as made:
        for name in ("labels", "outcomes", "board_ranks", "hats", "study_slots"):
            assert rows(made, name) == rows(con, name), name
        assert rows(made, "gold_labels") == []
        views = {
            name
            for (name,) in made.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }
        assert views >= {*marts.order()}
        for view in views:
            rows(made, view)
        hashes = table_hashes(made)
        assert {name: hashes[name] for name in ("labels", "board_ranks")} == {
            name: table_hashes(con)[name] for name in ("labels", "board_ranks")
        }
    assert theirs.build(path) == []
    assert given.build(path) == given.keys(*published.published_tables())


def test_a_view_that_does_not_fit_the_tables_is_one_line(given: Given, con: Con, tmp_path: Path) -> None:
    con.execute("ALTER TABLE outcomes RENAME COLUMN final TO last")
    for view in marts.order():  # their rows are counted
        con.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT 1 AS one")
    with pytest.raises(ClicheError, match=r"^sql/marts/slot_outcomes.sql: Binder Error: .*final\"$"):
        Given(con, tmp_path / "theirs").build(tmp_path / "made.duckdb")


@pytest.mark.parametrize("kind", ["VARCHAR); DROP TABLE labels; --", "varchar", "ENUM('a')"])
def test_a_type_that_is_more_than_a_type_is_refused(given: Given, tmp_path: Path, kind: str) -> None:
    given.tables["board_ranks"]["columns"][0][1] = kind
    with pytest.raises(CorruptObjectError, match="is no type of a published column"):
        given.build(tmp_path / "made.duckdb")


def test_a_row_twice_is_refused_where_there_is_a_key(given: Given, tmp_path: Path) -> None:
    first, second = given.tables["labels"]["parts"]
    second["key"], second["sha256"] = first["key"], "0" * 64
    with pytest.raises(CorruptObjectError, match="holds a row twice"):
        given.build(tmp_path / "made.duckdb")
    assert [*tmp_path.glob("*made.duckdb*")] == []


def test_a_folder_that_cannot_be_written_is_one_line(given: Given, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot make .*made\.duckdb: .*"):
        given.build(tmp_path / "file" / "made.duckdb")
