"""Rows of a week are published once: only what changed is written, and only what changed is looked at."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.once import made_once
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from tests.warehouse.exported import export, manifest_of
from tests.warehouse.studies import tiny
from warehouse import occasions
from warehouse.database import export as exporting
from warehouse.database.archive import catalog
from warehouse.database.connection import connect
from warehouse.database.published import DATABASE, open_published
from warehouse.database.schema import make_tables
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import table_hash
from warehouse.database.week_hashes import keep_week_hashes, week_hashes
from warehouse.loading import load
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection
FAKE = "f" * 64
_SCORE = f"""
INSERT INTO figures BY NAME
SELECT week, model, 'occupations' AS suite, 1 AS suite_major, 'baseline' AS condition, 1 AS turn, track, simulated,
    labeler, '{builder.LABELER_VERSION}' AS labeler_version,
    'perceived_gender' AS attribute, 'parity' AS yardstick, 'gap' AS figure, 0.25 AS estimate, 20 AS n, 1 AS worth,
    0 AS unseen, 2 AS prompts, 2 AS planned_prompts, 1 AS weeks, week AS first_week
FROM plans
"""
_WINDOW = """
INSERT INTO board_ranks BY NAME
SELECT week, model, suite, suite_major, condition, turn, track, simulated, attribute, yardstick,
    labeler, labeler_version, 1 AS rank_low, 2 AS rank_high, TRUE AS holds
FROM figures
"""
_BOARD = """
INSERT INTO boards BY NAME
SELECT DISTINCT week, suite, suite_major, condition, turn, track, simulated, attribute, yardstick,
    labeler, labeler_version, FALSE AS lead, 2 AS models
FROM figures
"""
_DRIFT = f"""
INSERT INTO labeler_drift BY NAME
SELECT DISTINCT
    week, 'anchors' AS anchor_set, labeler, '{builder.LABELER_VERSION}' AS labeler_version,
    'perceived_gender' AS attribute, week AS baseline_week, week AS previous_week,
    30 AS pictures, 0 AS moved, 0 AS moved_since_previous
FROM plans
WHERE week = (SELECT min(week) FROM plans)
"""


def _make(folder: Path) -> None:
    """Make a store of two weeks, its warehouse with one score per model and week, and an export of both."""
    store = open_store(folder / "bucket")
    for week in (WEEK, WEEK_53):
        for model in ("sim-one", "sim-two"):
            build_partition(store, week, model, outcomes=builder.mixed)
    with connect(folder / "warehouse.duckdb") as con:
        make_tables(con)
        for week, model in load.partitions(store):
            load.load_partition(con, store, week, model)
        con.execute(_SCORE)
        con.execute(_WINDOW)
        con.execute(_BOARD)
        con.execute(_DRIFT)
        con.execute("INSERT INTO yardsticks VALUES ('occupations', 1, 'perceived_gender', 'parity')")
        manifest = manifest_of(export(con, folder / "first", WEEK_53, store=store))
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "parts", _make)


@pytest.fixture
def store(world: Path, tmp_path: Path) -> Store:
    shutil.copytree(world / "bucket", tmp_path / "bucket")
    return open_store(tmp_path / "bucket")


@pytest.fixture
def con(world: Path, tmp_path: Path) -> Iterator[Con]:
    shutil.copyfile(world / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with connect(tmp_path / "warehouse.duckdb") as made:
        yield made


@pytest.fixture
def first(world: Path, tmp_path: Path) -> dict[str, Any]:
    """What the manifest says of the first edition, whose parts are in the store; its file is changed."""
    (tmp_path / "next").mkdir()
    for file in (world / "first").glob(f"{DATABASE}*"):
        shutil.copy2(file, tmp_path / "next")
    found: dict[str, Any] = json.loads((world / "manifest.json").read_text())
    return found


def after(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path, **more: Any
) -> tuple[TableFiles, set[tuple[str, str]]]:
    """Export again; return what was made, and (table, week) of the parts that were written."""
    made = export(con, tmp_path / "next", WEEK_53, store=store, before=first, **more)
    return made, {tuple(key.split("/")[1:3]) for key in made.new}  # type: ignore[misc]


def change(con: Con, table: str, week: str, set_to: str) -> None:
    """Change rows of one week as loading does: with the kept hash."""
    with load.transaction(con):
        load.forget(con, [table], [week])
        con.execute(f"UPDATE {table} SET {set_to} WHERE week = DATE '{week}'")


def test_the_same_state_exported_again_writes_nothing(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    before = [*store.list("")]
    made, written = after(con, store, first, tmp_path)
    assert (written, made.tables) == (set(), first["tables"])
    made, written = after(con, store, first, tmp_path, same_texts=False)  # views are computed, and compared
    assert (written, made.tables) == (set(), first["tables"])
    assert [*store.list("")] == before


def test_a_change_in_one_past_week_writes_the_files_of_that_week_alone(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    change(con, "labels", WEEK, "value = CASE value WHEN 'feminine' THEN 'masculine' ELSE value END")
    made, written = after(con, store, first, tmp_path)
    assert written == {(name, f"week={WEEK}") for name in ("labels", "cell_counts", "cell_shares")}
    for name, entry in made.tables.items():
        parts, earlier = entry["parts"], first["tables"][name]["parts"]
        assert [part for part in parts if part["week"] != WEEK] == [
            part for part in earlier if part["week"] != WEEK
        ]
    with open_published(tmp_path / "next" / DATABASE) as made_of:
        assert table_hash(made_of, "labels") == table_hash(con, "labels")
        for view in ("cell_counts", "cell_shares"):
            files = [str(tmp_path / "bucket" / part["key"]) for part in made.tables[view]["parts"]]
            published = made_of.execute(
                "FROM read_parquet($files, hive_partitioning = false) ORDER BY ALL", {"files": files}
            ).fetchall()
            assert published == made_of.execute(f"FROM {view} ORDER BY ALL").fetchall()
            assert published == con.execute(f"FROM {view} ORDER BY ALL").fetchall()


def test_a_view_that_looks_back_is_published_anew_in_later_weeks_where_it_changed(
    con: Con, store: Store, tmp_path: Path
) -> None:
    following = "2026-11-30"
    for table in ("plans", "counts", "figures", "boards", "board_ranks"):
        con.execute(
            f"INSERT INTO {table} SELECT * REPLACE (DATE '{following}' AS week) FROM {table} WHERE week = DATE '{WEEK}'"
        )
    first = manifest_of(export(con, tmp_path / "first", WEEK_53, store=store))
    change(con, "labeler_drift", WEEK, "moved = 3")
    made, written = after(con, store, first, tmp_path)
    assert written == {
        ("labeler_drift", f"week={WEEK}"),
        # labels that moved are not reliable, and there is no rank, until somebody accepts it
        *(
            (view, f"week={week}")
            for view in ("reliability", "leaderboard")
            for week in (WEEK, following, WEEK_53)
        ),
    }
    with open_published(tmp_path / "next" / DATABASE) as made_of:
        for part in made.tables["leaderboard"]["parts"]:
            rows = made_of.execute(
                "FROM read_parquet($file, hive_partitioning = false) ORDER BY ALL",
                {"file": str(tmp_path / "bucket" / part["key"])},
            ).fetchall()
            assert (
                rows
                == made_of.execute(
                    "FROM leaderboard WHERE week = $week ORDER BY ALL", {"week": part["week"]}
                ).fetchall()
            )


def test_a_column_of_run_time_is_content_of_a_file_and_no_part_of_the_table_hash(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    change(con, "attempts", WEEK_53, "latency_ms = 1")
    made, written = after(con, store, first, tmp_path)
    assert written == {("attempts", f"week={WEEK_53}")}
    (new, old) = (fields["attempts"]["parts"][-1] for fields in (made.tables, first["tables"]))
    assert new["table_hash"] == old["table_hash"]
    assert new["content_sha256"] != old["content_sha256"]


def test_figures_of_another_processor_are_those_that_were_published(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    change(con, "figures", WEEK, "estimate = estimate - estimate * 3e-14")
    made, written = after(con, store, first, tmp_path)
    assert (written, made.tables["figures"]) == (set(), first["tables"]["figures"])
    change(con, "figures", WEEK, "estimate = estimate - estimate * 1e-8")
    _, written = after(con, store, first, tmp_path)
    assert written == {(name, f"week={WEEK}") for name in ("figures", "leaderboard")}


def test_weeks_that_did_not_change_are_neither_hashed_nor_computed(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    keep_week_hashes(con)
    con.execute("UPDATE week_hashes SET content_sha256 = $fake WHERE table_name = 'slots'", {"fake": FAKE})
    believed = copy.deepcopy(first)
    for name in ("slots", "reference_values", "outcomes_weekly"):
        for part in believed["tables"][name]["parts"]:
            part["content_sha256"] = FAKE
    con.execute(
        "UPDATE week_hashes SET content_sha256 = $fake WHERE table_name = 'reference_values'", {"fake": FAKE}
    )
    made, written = after(con, store, believed, tmp_path)
    assert (written, made.tables) == (set(), believed["tables"])
    made, written = after(con, store, believed, tmp_path, same_texts=False)
    assert written == {("outcomes_weekly", f"week={week}") for week in (WEEK, WEEK_53)}


def test_a_view_without_rows_is_not_computed_for_weeks_that_did_not_change(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert first["tables"]["gold_answers"]["parts"] == []
    computed: list[str] = []
    monkeypatch.setattr(exporting, "_view_parts", lambda copy, made, view, *more: computed.append(view) or [])
    after(con, store, first, tmp_path)
    assert computed == []
    change(con, "labels", WEEK, "value = 'masculine'")
    after(con, store, first, tmp_path)
    assert {"cell_counts", "cell_shares"} <= {*computed}


def test_files_that_the_store_lost_or_that_had_other_columns_are_written_again(
    con: Con, store: Store, first: dict[str, Any], tmp_path: Path
) -> None:
    for name in ("labels", "cell_shares"):
        (tmp_path / "bucket" / first["tables"][name]["parts"][0]["key"]).unlink()
    first["tables"]["plans"]["columns"].pop()
    made, written = after(con, store, first, tmp_path)
    lost = {(name, f"week={WEEK}") for name in ("labels", "cell_shares")}
    assert written == lost | {("plans", f"week={week}") for week in (WEEK, WEEK_53)}
    assert all(store.head(part["key"]) for entry in made.tables.values() for part in entry["parts"])


def labels_added(con: Con, store: Store) -> None:
    rows = con.sql(
        "SELECT * REPLACE (strftime(week, '%Y-%m-%d') AS week, '2-ba9876543210' AS labeler_version) FROM labels "
        f"WHERE week = DATE '{WEEK}' AND model = 'sim-one'"
    ).to_arrow_table()
    builder.write_labels(store, WEEK, "sim-one", rows.to_pylist())
    load.load_partition(con, store, WEEK, "sim-one")


def a_week_scored(con: Con, store: Store) -> None:
    rows = con.sql(
        "SELECT * REPLACE (strftime(week, '%Y-%m-%d') AS week, 0.5 AS estimate) FROM figures "
        f"WHERE week = DATE '{WEEK}'"
    ).to_arrow_table()
    load.replace_results(con, occasions.week(WEEK), {"figures": rows})


def a_study_imported(con: Con, store: Store) -> None:
    load.replace_results(con, occasions.study("tiny"), tiny())


@pytest.mark.parametrize("write", [labels_added, a_week_scored, a_study_imported])
def test_whatever_writes_rows_drops_their_hashes_and_no_others(
    con: Con, store: Store, write: Callable[[Con, Store], None]
) -> None:
    keep_week_hashes(con)
    kept = {*con.execute("FROM week_hashes").fetchall()}
    assert {row[0] for row in kept} > {"plans", "labels", "figures"}
    write(con, store)
    left = {*con.execute("FROM week_hashes").fetchall()}
    assert left <= kept
    assert {row[1] and row[1].isoformat() for row in kept - left} <= {WEEK, None}
    found = week_hashes(con, catalog(con))
    con.execute("DELETE FROM week_hashes")
    assert found == week_hashes(con, catalog(con))
    keep_week_hashes(con)
    assert {*con.execute("FROM week_hashes").fetchall()} != kept
