"""The published copy: what is in it, for whom it opens, and that it is inert."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from warehouse.database import marts
from warehouse.database.connection import SETTINGS, connect
from warehouse.database.export import export_tables
from warehouse.database.migrations import migrate
from warehouse.database.sqlfiles import names, sql
from warehouse.database.table_hash import identity_tables, table_hashes
from warehouse.errors import StoreError, UsageError
from warehouse.loading import load
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
BOTH = (builder.OCCUPATIONS, builder.CONFRONTATION)


@pytest.fixture
def filled(con: Con, store: Store) -> Con:
    for week in (WEEK, WEEK_53):
        for model in ("sim-one", "sim-two"):
            build_partition(store, week, model, suites=BOTH, outcomes=builder.mixed)
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)
    return con


def digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".duckdb"
    }


def test_each_table_and_view_is_there_as_parquet_and_csv_and_in_one_duckdb_file(
    filled: Con, tmp_path: Path
) -> None:
    files = export_tables(filled, tmp_path / "copy", week=WEEK_53)
    things = {*identity_tables(filled), *marts.order()}
    assert {path.name for path in files} == {"cliche.duckdb"} | {
        f"{name}.{kind}" for name in things for kind in ("parquet", "csv")
    }
    assert sorted(files) == sorted((tmp_path / "copy").iterdir())
    with connect(tmp_path / "copy" / "cliche.duckdb", read_only=True) as copy:
        found = copy.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        assert {name for (name,) in found} == set(identity_tables(filled))
        assert table_hashes(copy) == table_hashes(filled)
        for name in things:
            here = copy.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]
            assert pq.read_metadata(tmp_path / "copy" / f"{name}.parquet").num_rows == here
            with (tmp_path / "copy" / f"{name}.csv").open(newline="") as file:
                assert sum(1 for _ in csv.reader(file)) == here + 1
        comments = (
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'cell_counts' ORDER BY 1"
        )
        assert copy.execute(comments).fetchall() == filled.execute(comments).fetchall()
        for name in ("who_is_the_ceo", "outcomes_add_up", "label_provenance"):
            assert name in names("audit")
            assert (
                copy.execute(sql(f"audit/{name}")).fetchall()
                == filled.execute(sql(f"audit/{name}")).fetchall()
            )


def test_the_file_has_the_storage_of_duckdb_1_0_and_opens_under_any_name(filled: Con, tmp_path: Path) -> None:
    export_tables(filled, tmp_path / "copy", week=WEEK)
    path = tmp_path / "copy" / "cliche.duckdb"
    assert path.read_bytes()[8:20] == b"DUCK" + (64).to_bytes(8, "little")
    with connect(None) as con:
        con.execute(f"ATTACH '{path}' AS evidence (READ_ONLY)")
        con.execute("USE evidence")
        for view in marts.order():
            con.execute(f"SELECT * FROM {view}")


def test_the_copy_is_cumulative_through_its_week(filled: Con, tmp_path: Path) -> None:
    export_tables(filled, tmp_path / "early", week=WEEK)
    export_tables(filled, tmp_path / "late", week=WEEK_53)
    for folder, weeks in (("early", [WEEK]), ("late", [WEEK, WEEK_53])):
        with connect(tmp_path / folder / "cliche.duckdb", read_only=True) as copy:
            for name in ("plans", "labels", "cell_counts", "outcomes_weekly"):
                found = copy.execute(f"SELECT DISTINCT week::VARCHAR FROM {name} ORDER BY 1").fetchall()
                assert [week for (week,) in found] == weeks, name
            assert copy.execute("SELECT max(last_week)::VARCHAR FROM model_timeline").fetchall() == [
                (weeks[-1],)
            ]
            assert copy.execute("SELECT count(*) FROM outcomes").fetchall() == [(21,)]


def test_same_rows_give_the_same_bytes_whatever_their_order(
    filled: Con, store: Store, tmp_path: Path
) -> None:
    export_tables(filled, tmp_path / "one", week=WEEK_53)
    with connect(tmp_path / "other.duckdb") as other:
        migrate(other)
        for week, model in reversed(load.partitions(store)):
            load.load_partition(other, store, week, model)
        export_tables(other, tmp_path / "other", week=WEEK_53)
    with connect(tmp_path / "other.duckdb", read_only=True) as read_only:
        export_tables(read_only, tmp_path / "again", week=WEEK_53)
    assert digests(tmp_path / "one") == digests(tmp_path / "other") == digests(tmp_path / "again")


def test_many_row_groups_are_written_in_order(con: Con, tmp_path: Path) -> None:
    con.execute(
        "INSERT INTO withheld SELECT DATE '2026-11-23', 'm' || (i * 7919 % 300000), 'why' FROM range(300000) r(i)"
    )
    export_tables(con, tmp_path / "copy", week=WEEK)
    models = pq.read_table(tmp_path / "copy" / "withheld.parquet")["model"].to_pylist()
    assert pq.read_metadata(tmp_path / "copy" / "withheld.parquet").num_row_groups > 1
    assert models == sorted(models)
    with (tmp_path / "copy" / "withheld.csv").open(newline="") as file:
        assert [row["model"] for row in csv.DictReader(file)] == models


def test_all_files_but_the_database_are_the_same_bytes_at_each_export_however_many_threads(
    filled: Con, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.execute(
        "INSERT INTO withheld SELECT DATE '2026-11-23', 'm' || (i * 7919 % 300000), '-why' FROM range(300000) r(i)"
    )
    found = []
    for number, threads in enumerate((1, 2, 2, 8)):
        monkeypatch.setitem(SETTINGS, "threads", threads)  # of the connection that the export makes
        filled.execute(f"SET threads = {threads}")
        export_tables(filled, tmp_path / f"copy {number}", week=WEEK_53)
        found.append(digests(tmp_path / f"copy {number}"))
    assert len(found[0]) > 80
    for other in found[1:]:
        assert {name for name, digest in other.items() if digest != found[0][name]} == set()


def test_what_only_the_operator_needs_is_not_published(filled: Con, tmp_path: Path) -> None:
    export_tables(filled, tmp_path / "copy", week=WEEK_53)
    columns = set(pq.read_schema(tmp_path / "copy" / "attempts.parquet").names)
    assert {"prompt_sent", "latency_ms", "cost_usd"} <= columns
    assert not columns & {"request_id", "provider_conversation_id"}
    with connect(tmp_path / "copy" / "cliche.duckdb", read_only=True) as copy:
        assert {row[0] for row in copy.execute("DESCRIBE attempts").fetchall()} == columns
    for path in (tmp_path / "copy").iterdir():
        assert b"req-" not in path.read_bytes(), path.name


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")']


def test_invariant_10_no_csv_cell_is_a_formula_and_numbers_stay_numbers(con: Con, tmp_path: Path) -> None:
    for text in FORMULAS:
        con.execute("INSERT INTO withheld VALUES (DATE '2026-11-23', $text, $text)", {"text": text})
    con.execute("INSERT INTO withheld VALUES (DATE '2026-11-23', 'a-b=c', '')")
    con.execute(
        "INSERT INTO scores BY NAME SELECT DATE '2026-11-23' AS week, 'm' AS model, 's' AS series, 'p' AS params_hash, "
        "'model' AS track, 's' AS suite, 1 AS suite_major, 'baseline' AS condition, 1 AS turn, 'distance2' AS metric, "
        "-0.25 AS estimate, 1 AS n, 1 AS cells, 1 AS planned_cells"
    )
    export_tables(con, tmp_path, week=WEEK)
    with (tmp_path / "withheld.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["reason"] for row in rows) == sorted(["", *(f"'{text}" for text in FORMULAS)])
    assert {row["model"] for row in rows} == {"a-b=c", *(f"'{text}" for text in FORMULAS)}
    with (tmp_path / "scores.csv").open(newline="") as file:
        (score,) = csv.DictReader(file)
    assert (score["estimate"], score["low"]) == ("-0.25", "")
    assert sorted(pq.read_table(tmp_path / "withheld.parquet")["model"].to_pylist()) == sorted(
        ["a-b=c", *FORMULAS]
    )


def test_a_copy_is_made_again_over_an_old_one(filled: Con, tmp_path: Path) -> None:
    export_tables(filled, tmp_path / "copy", week=WEEK_53)
    before = digests(tmp_path / "copy")
    export_tables(filled, tmp_path / "copy", week=WEEK_53)
    assert digests(tmp_path / "copy") == before


def test_a_wrong_week_or_folder_is_said_in_one_line(filled: Con, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no Monday"):
        export_tables(filled, tmp_path / "copy", week="2026-11-24")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot write the published copy"):
        export_tables(filled, tmp_path / "file", week=WEEK)
