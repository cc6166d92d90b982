"""The one DuckDB file: built from Parquet files alone, changed only where they differ, whole or made anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.once import made_once
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from tests.warehouse.studies import tiny
from warehouse import occasions
from warehouse.database import building, marts, published
from warehouse.database.archive import PRIVATE
from warehouse.database.before import EditionBefore
from warehouse.database.building import build_database, built_from, is_built_from, start_here
from warehouse.database.connection import connect
from warehouse.database.export import export_tables
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hashes
from warehouse.loading import load
from warehouse.store import open_store

Con = duckdb.DuckDBPyConnection
SUITES = (builder.OCCUPATIONS, builder.CONFRONTATION)


_START_HERE = "SELECT view_name FROM duckdb_views() WHERE view_name = 'start_here'"


class Given:
    """A manifest's two fields, their files, and what was asked for."""

    def __init__(self, con: Con, folder: Path) -> None:
        self.folder = folder
        before = EditionBefore(open_store(folder), None, folder)
        made = export_tables(con, folder, week=WEEK_53, before=before)
        self.tables, self.files = made.tables, made.files
        for view in ("slot_outcomes", "cell_shares", "leaderboard", "word_against_word"):
            ((rows,),) = con.execute(f"SELECT count(*) FROM {view}").fetchall()
            self.tables[view] = {"columns": [], "rows": rows, "parts": []}
        self.asked: list[str] = []

    def fetch(self, key: str) -> Path:
        self.asked.append(key)
        return self.folder / key

    def build(self, path: Path, **more: Any) -> list[str]:
        """Build the file at `path`; return what was asked for."""
        self.asked.clear()
        build_database(path, self.tables, self.files, self.fetch, **more)
        return sorted({*self.asked})

    def keys(self, *names: str) -> list[str]:
        found = [part["key"] for name in names for part in self.tables.get(name, {"parts": []})["parts"]]
        return sorted([*found, *(f"data/{name}.parquet" for name in names if name not in self.tables)])


def _make(folder: Path) -> None:
    """Make a warehouse with two weeks of two models and a study, its files, and the DuckDB file built from them."""
    store = open_store(folder / "bucket")
    for week in (WEEK, WEEK_53):
        for model in ("sim-one", "sim-two"):
            build_partition(store, week, model, suites=SUITES, outcomes=builder.mixed)
    with connect(folder / "warehouse.duckdb") as con:
        make_tables(con)
        for week, model in load.partitions(store):
            load.load_partition(con, store, week, model)
        load.replace_results(con, occasions.study("tiny"), tiny())
        made = Given(con, folder / "given")
    made.build(folder / "made.duckdb")
    (folder / "given.json").write_text(json.dumps({"tables": made.tables, "files": made.files}))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "building", _make)


@pytest.fixture
def con(once: Path, tmp_path: Path) -> Con:
    return connect(shutil.copyfile(once / "warehouse.duckdb", tmp_path / "warehouse.duckdb"))


@pytest.fixture
def given(once: Path, tmp_path: Path) -> Given:
    made = Given.__new__(Given)
    fields = json.loads((once / "given.json").read_text())
    vars(made).update(fields, asked=[], folder=shutil.copytree(once / "given", tmp_path / "given"))
    return made


@pytest.fixture
def path(once: Path, tmp_path: Path) -> Path:
    for name in ("made.duckdb", "made.duckdb.parts.json"):
        shutil.copy2(once / name, tmp_path / name)
    return tmp_path / "made.duckdb"


def rows(con: Con, table: str) -> list[Any]:
    columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
    shown = ", ".join(name for name in columns if name not in PRIVATE.get(table, ()))
    return con.execute(f"SELECT {shown} FROM {table} ORDER BY ALL").fetchall()


def same(path: Path, con: Con, *, views: bool = False) -> None:
    """Compare every table of the file, and every view if asked for, with the warehouse."""
    with published.open_published(path) as made:
        for name in (*published.published_tables(), *(marts.order() if views else ())):
            assert rows(made, name) == rows(con, name), name


def test_the_file_holds_what_the_warehouse_holds(given: Given, con: Con, tmp_path: Path) -> None:
    path = tmp_path / "home" / "cliche.duckdb"
    heard: list[tuple[str, int, int]] = []
    asked = given.build(path, progress=lambda *step: heard.append(step))
    assert asked == given.keys(*published.published_tables())
    assert [done for _, done, _ in heard] == [*range(len(published.published_tables()))]
    same(path, con, views=True)
    with published.open_published(path) as made:
        assert table_hashes(made) == table_hashes(con)
        found = dict(made.execute("SELECT table_name, schema_name FROM duckdb_tables()").fetchall())
        assert found == {name: published.schema_of(name) for name in published.published_tables()}
        assert {name for name, schema in found.items() if schema == "study"} >= {"studies", "study_labels"}
        views = dict(
            made.execute("SELECT view_name, schema_name FROM duckdb_views() WHERE NOT internal").fetchall()
        )
        assert views == {name: published.schema_of(name) for name in marts.order()}
        assert rows(made, "study.study_labels") == rows(con, "study_labels") != []
    assert sorted(file.name for file in path.parent.iterdir()) == [
        "cliche.duckdb",
        "cliche.duckdb.parts.json",
    ]


def test_every_table_view_and_column_has_the_comment_of_the_warehouse(path: Path, con: Con) -> None:
    kinds = ("table", "view")
    with connect(path, read_only=True) as made:
        for kind in kinds:
            ask = f"SELECT {kind}_name, comment FROM duckdb_{kind}s() WHERE NOT internal ORDER BY ALL"
            here = {*made.execute(ask).fetchall()}
            assert here <= {*con.execute(ask).fetchall()}
            assert all(comment for _, comment in here)
        ask = (
            "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
            "WHERE NOT internal AND database_name = current_database() ORDER BY ALL"
        )
        here = {*made.execute(ask).fetchall()}
        gone = {*con.execute(ask).fetchall()} - here
        kept = {name for name, *_ in here}
        assert here <= {*con.execute(ask).fetchall()}
        assert {(table, column) for table, column, *_ in gone if table in kept} == {
            (table, column) for table, columns in PRIVATE.items() for column in columns
        }


def keys_of(path: Path) -> dict[str, str]:
    with connect(path, read_only=True) as made:
        found = made.execute(
            "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
            "WHERE constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        return {table: ", ".join(columns) for table, columns in found}


def test_a_table_has_its_grain_as_a_key_where_no_column_of_it_may_be_null(path: Path, con: Con) -> None:
    found = keys_of(path)
    assert found["labels"] == "slot_key, attribute, labeler, labeler_version"
    assert found["study_slots"] == "study, slot_key"
    assert {"agreement", "figures", "changes"}.isdisjoint(found)
    comments = dict(con.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
    for table in published.published_tables():
        stated = " ".join(comments[table].partition("Grain: ")[2].partition(".")[0].split())
        nullable = con.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = $table AND is_nullable",
            {"table": table},
        ).fetchall()
        has_null = {name for (name,) in nullable} & {*stated.split(", ")}
        assert (found.get(table) is None) if has_null else (found.get(table) == stated), table


def test_a_large_table_has_no_key_and_loses_it_when_it_grows(
    given: Given, con: Con, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MOST_KEYED", given.tables["labels"]["rows"] - 1)
    large = {
        name for name, stated in given.tables.items() if stated["rows"] >= given.tables["labels"]["rows"]
    }
    large &= published.published_tables().keys()
    assert given.build(path) == given.keys(*large)
    assert not keys_of(path).keys() & large
    assert "study_slots" in keys_of(path)
    same(path, con)
    given.build(tmp_path / "other.duckdb")
    assert keys_of(tmp_path / "other.duckdb") == keys_of(path)
    monkeypatch.undo()
    assert {*given.build(path)} == {*given.keys(*large)}
    assert "labels" in keys_of(path)
    same(path, con)


def test_only_what_differs_is_fetched_and_nothing_else_is_touched(given: Given, con: Con, path: Path) -> None:
    state = path.stat()
    assert given.build(path) == []
    assert path.stat() == state
    con.execute("UPDATE labels SET value = 'cannot_tell' WHERE week = $week", {"week": WEEK})
    con.execute("DELETE FROM images WHERE week = $week", {"week": WEEK_53})
    con.execute("DELETE FROM agreement")
    con.execute("UPDATE study_labels SET value = 'b'")
    changed = Given(con, given.folder)
    labels = [part["key"] for part in changed.tables["labels"]["parts"] if part["week"] == WEEK]
    assert not is_built_from(path, changed.tables, changed.files)
    assert changed.build(path) == sorted([*labels, "data/study_labels.parquet"])
    assert is_built_from(path, changed.tables, changed.files)
    same(path, con)


def _remove_note(path: Path) -> None:
    path.with_name(f"{path.name}.parts.json").unlink()


def _break_note(path: Path) -> None:
    path.with_name(f"{path.name}.parts.json").write_text("[1, 2")


def _change_file(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("DELETE FROM labels")


@pytest.mark.parametrize("harm", [_remove_note, _break_note, _change_file])
def test_a_file_without_a_true_note_is_made_anew(
    given: Given, con: Con, path: Path, harm: Callable[[Path], None]
) -> None:
    harm(path)
    assert built_from(path) is None
    assert given.build(path) == given.keys(*published.published_tables())
    same(path, con)


def test_a_build_that_stops_leaves_the_file_that_was_there_or_none_that_is_believed(
    given: Given, con: Con, path: Path
) -> None:
    before = path.read_bytes()
    con.execute("DELETE FROM labels WHERE week = $week", {"week": WEEK_53})
    con.execute("UPDATE labels SET value = 'cannot_tell'")
    changed = Given(con, given.folder)

    def stops(key: str) -> Path:
        raise KeyboardInterrupt

    for _ in range(2):  # the first stops while it changes the file, the second while it makes another
        with pytest.raises(KeyboardInterrupt):
            build_database(path, changed.tables, changed.files, stops)
        assert built_from(path) is None
    assert [file.name for file in path.parent.glob("*made.duckdb*")] == ["made.duckdb"]
    assert changed.build(path) == changed.keys(*published.published_tables())
    same(path, con)
    assert path.read_bytes() != before


def test_who_reads_the_file_keeps_it_while_the_next_takes_its_place(
    given: Given, con: Con, path: Path
) -> None:
    con.execute("DELETE FROM labels WHERE week = $week", {"week": WEEK_53})
    changed = Given(con, given.folder)
    with published.open_published(path) as reader:
        before = len(rows(reader, "labels"))
        assert changed.build(path) == []
        start_here(path, changed.tables, changed.files)
        assert len(rows(reader, "labels")) == before
        assert reader.execute(_START_HERE).fetchall() == []
    same(path, con)
    assert is_built_from(path, changed.tables, changed.files)
    with published.open_published(path) as made:
        assert len(made.execute(_START_HERE).fetchall()) == 1
    assert [file.name for file in path.parent.glob(".*")] == []


def test_start_here_says_what_to_begin_with_and_every_example_runs(given: Given, path: Path) -> None:
    start_here(path, given.tables, given.files)
    assert is_built_from(path, given.tables, given.files)
    with published.open_published(path) as made:
        found = made.execute("SELECT name, answers, rows, example FROM start_here").fetchall()
        assert len(found) == 8
        for name, answers, number, example in found:
            assert made.execute(f"SELECT count(*) FROM {name}").fetchall() == [(number,)], name
            assert answers.endswith("?")
            made.execute(example)
        about = made.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'start_here'").fetchall()
        assert about[0][0].startswith("which tables")
        missing = made.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'start_here' AND comment IS NULL"
        ).fetchall()
        assert missing == []
    state = path.stat()
    start_here(path, given.tables, given.files)
    assert path.stat() == state
    del given.tables["leaderboard"]
    start_here(path, given.tables, given.files)
    with published.open_published(path) as made:
        assert "leaderboard" not in [
            name for (name,) in made.execute("SELECT name FROM start_here").fetchall()
        ]


def test_the_storage_stays_that_of_duckdb_1_0(given: Given, con: Con, path: Path) -> None:
    con.execute("DELETE FROM labels WHERE week = $week", {"week": WEEK})
    Given(con, given.folder).build(path)
    assert path.read_bytes()[8:20] == b"DUCK" + (64).to_bytes(8, "little")


def test_calls_about_one_picture_of_two_models_and_weeks_are_rows_of_their_own() -> None:
    """A call's id says who was asked what of which pictures, and equal pictures of two models have one hash."""
    key = published.grain("label_attempts")
    with connect(None) as con:
        make_tables(con)
        con.execute("USE memory")
        published.make_table(
            con, "label_attempts", columns=published.columns_of("label_attempts"), keyed=True
        )
        for model, week in (("a", WEEK), ("b", WEEK), ("a", WEEK_53)):
            con.execute(
                "INSERT INTO label_attempts (week, model, labeler, labeler_version, call, attempt, images, attributes, "
                "outcome) VALUES (?, ?, 'eye', '1-0', 'c', 1, '[]', '[]', 'ok')",
                [week, model],
            )
    assert key == ("week", "model", "call", "attempt")
