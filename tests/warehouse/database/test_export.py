"""The published tables as files: what is in them, that they are the same bytes each time, and that they are inert."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.warehouse import builder, changed, golden
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from tests.warehouse.exported import export
from tests.warehouse.studies import tiny
from warehouse import occasions
from warehouse.database import marts
from warehouse.database.archive import CSV, views_by_week
from warehouse.database.connection import connect
from warehouse.database.export import hashes_of
from warehouse.database.published import DATABASE, open_published
from warehouse.database.schema import make_tables
from warehouse.database.table_files import TableFiles
from warehouse.database.table_hash import identity_tables, table_hashes
from warehouse.errors import StoreError, UsageError
from warehouse.loading import load
from warehouse.sqlfiles import names, sql
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection
BOTH = (builder.OCCUPATIONS, builder.CONFRONTATION)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("bucket"))
    for week in (WEEK, WEEK_53):
        for model in ("sim-one", "sim-two"):
            build_partition(store, week, model, suites=BOTH, outcomes=builder.mixed)
    return store


def loaded(con: Con, store: Store, *, backwards: bool = False) -> Con:
    make_tables(con)
    partitions = load.partitions(store)
    for week, model in reversed(partitions) if backwards else partitions:
        load.load_partition(con, store, week, model)
    load.replace_results(con, occasions.study("tiny"), tiny())
    golden.draw(con)
    for week in map(date.fromisoformat, (WEEK, WEEK_53)):
        changed.report(con, week=week)
        con.execute(
            "INSERT INTO claim_shares BY NAME SELECT $week AS week, 'sim-one' AS model, 'model' AS track, "
            "TRUE AS simulated, 'house' AS claim, 'all' AS part, [1, 2] AS suite_majors, 3 AS k, 4 AS n, 1 AS worth, "
            "0 AS unseen, 'yes' AS verdict",
            {"week": week},
        )
    return con


@pytest.fixture(scope="module")
def filled(bucket: Store) -> Iterator[Con]:
    """The warehouse of that store; tests do not change it."""
    with connect(None) as con:
        yield loaded(con, bucket)


@pytest.fixture(scope="module")
def made(filled: Con, tmp_path_factory: pytest.TempPathFactory) -> TableFiles:
    """Everything exported, with nothing published before."""
    return export(filled, tmp_path_factory.mktemp("made"), WEEK_53)


@pytest.fixture(scope="module")
def copy(made: TableFiles) -> Iterator[Con]:
    with open_published(made.folder / DATABASE) as con:
        yield con


def digests(made: TableFiles) -> dict[str, str]:
    paths = [*made.new, *made.files]
    return {path: hashlib.sha256((made.folder / path).read_bytes()).hexdigest() for path in paths}


def files_of(made: TableFiles, name: str) -> list[str]:
    """Return the Parquet files that hold the rows of a table or view."""
    if name in made.tables:
        return [str(made.folder / part["key"]) for part in made.tables[name]["parts"]]
    return [str(made.folder / f"data/{name}.parquet")]


def test_rows_are_the_same_in_the_warehouse_the_files_and_the_duckdb_file(
    filled: Con, made: TableFiles, copy: Con
) -> None:
    named = {*made.tables, *(Path(path).stem for path in made.files)}
    assert named == {*identity_tables(filled), *(view for view in marts.order() if not marts.is_filter(view))}
    assert {"agreement", "gold_samples", "labels", *views_by_week()} <= made.tables.keys()
    assert {"data/outcomes.parquet", "data/study_labels.parquet"} <= made.files.keys()
    assert table_hashes(copy) == table_hashes(filled) == hashes_of(copy, made)
    for name in sorted(named):
        here = copy.execute(f"FROM {name} ORDER BY ALL").fetchall()
        if files := files_of(made, name):
            rows = copy.execute("FROM read_parquet($f, hive_partitioning = false) ORDER BY ALL", {"f": files})
            assert rows.fetchall() == here, name
        else:
            assert here == []
        assert (made.tables.get(name) or made.files[f"data/{name}.parquet"])["rows"] == len(here)
    for name in ("who_is_the_ceo", "answers_from_labels", "label_provenance"):
        assert (
            copy.execute(sql(f"audit/{name}")).fetchall() == filled.execute(sql(f"audit/{name}")).fetchall()
        )
        assert name in names("audit")


def test_the_manifest_states_each_file_of_a_week_in_order(made: TableFiles, copy: Con) -> None:
    for name, stated in made.tables.items():
        columns = copy.execute(f"DESCRIBE {name}").fetchall()
        assert stated["columns"] == [[*row[:2]] for row in columns], name
        weeks = [part["week"] or "" for part in stated["parts"]]
        assert weeks == sorted({*weeks})
        for part in stated["parts"]:
            file = made.folder / part["key"]
            assert part["key"] == f"tables/{name}/week={part['week'] or 'none'}/{part['sha256']}.parquet"
            data = file.read_bytes()
            assert (part["sha256"], part["bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
            assert pq.read_metadata(file).num_rows == part["rows"] > 0
            found = pq.ParquetFile(file).read(["week"])["week"].unique().to_pylist()
            assert [day and day.isoformat() for day in found] == [part["week"]], part["key"]
            assert (part["table_hash"] is None) == (name in views_by_week())
    assert [part["week"] for part in made.tables["agreement"]["parts"]] == [None]
    assert [part["week"] for part in made.tables["labels"]["parts"]] == [WEEK, WEEK_53]


def test_what_a_person_opens_in_a_spreadsheet_is_there_as_csv(made: TableFiles, copy: Con) -> None:
    assert {path for path in made.files if path.endswith(".csv")} == {f"data/{name}.csv" for name in CSV}
    for name, every_week in CSV.items():
        only = f" WHERE week = DATE '{WEEK_53}'" if not every_week else ""
        with (made.folder / f"data/{name}.csv").open(newline="") as file:
            rows = [*csv.reader(file)]
        assert rows[0] == [row[0] for row in copy.execute(f"DESCRIBE {name}").fetchall()]
        assert len(rows) - 1 == copy.execute(f"SELECT count(*) FROM {name}{only}").fetchall()[0][0]
    assert copy.execute("SELECT count(*) FROM changes").fetchall() == [(2,)]
    assert copy.execute("SELECT count(*) FROM claim_shares").fetchall() == [(2,)]


def test_an_edition_is_cumulative_through_its_week(filled: Con, tmp_path: Path) -> None:
    early = export(filled, tmp_path, WEEK)
    assert {part["week"] for entry in early.tables.values() for part in entry["parts"]} == {None, WEEK}
    with open_published(tmp_path / DATABASE) as con:
        for name in ("plans", "labels", "cell_counts", "outcomes_weekly"):
            assert con.execute(f"SELECT DISTINCT week::VARCHAR FROM {name}").fetchall() == [(WEEK,)], name
        assert con.execute("SELECT max(last_week)::VARCHAR FROM model_timeline").fetchall() == [(WEEK,)]
        assert con.execute("SELECT count(*) FROM outcomes").fetchall() == [(22,)]


def test_same_rows_give_the_same_bytes_whatever_their_order(
    bucket: Store, made: TableFiles, tmp_path: Path
) -> None:
    with connect(tmp_path / "other.duckdb") as other:
        loaded(other, bucket, backwards=True)
    with connect(tmp_path / "other.duckdb", read_only=True) as read_only:
        again = export(read_only, tmp_path / "again", WEEK_53)
    assert digests(again) == digests(made)
    assert again.tables == made.tables


def test_files_are_in_order_and_the_same_bytes_however_many_threads_and_row_groups(
    con: Con, tmp_path: Path
) -> None:
    con.execute(
        "INSERT INTO withheld SELECT DATE '2026-11-23', 'm' || (i * 7919 % 130000), '-why' FROM range(130000) r(i)"
    )
    found = []
    for threads in (1, 8):
        con.execute(f"SET threads = {threads}")
        made = TableFiles(tmp_path / str(threads))
        with made.writing():
            made.add_whole(con, "withheld", "FROM withheld")
            made.add_csv(con, "withheld", "FROM withheld")
        found.append(digests(made))
    assert found[1] == found[0]
    file = made.folder / "data/withheld.parquet"
    models = pq.ParquetFile(file).read()["model"].to_pylist()
    assert pq.read_metadata(file).num_row_groups > 1
    assert models == sorted(models)
    with (made.folder / "data/withheld.csv").open(newline="") as text:
        assert [row["model"] for row in csv.DictReader(text)] == models


def test_what_only_the_operator_needs_is_not_published(made: TableFiles, copy: Con) -> None:
    columns = {name for name, _ in made.tables["attempts"]["columns"]}
    assert {"prompt_sent", "latency_ms", "cost_usd"} <= columns
    assert not columns & {"request_id", "provider_conversation_id"}
    assert {row[0] for row in copy.execute("DESCRIBE attempts").fetchall()} == columns
    assert {*pq.read_schema(files_of(made, "attempts")[0]).names} == columns
    for path in made.folder.rglob("*"):
        assert not path.is_file() or b"req-" not in path.read_bytes(), path.name


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x","y")']


def test_invariant_10_no_csv_cell_is_a_formula_and_numbers_stay_numbers(con: Con, tmp_path: Path) -> None:
    for text in FORMULAS:
        con.execute("INSERT INTO withheld VALUES (DATE '2026-11-23', $text, $text)", {"text": text})
    con.execute("INSERT INTO withheld VALUES (DATE '2026-11-23', 'a-b=c', '')")
    con.execute(
        "INSERT INTO figures BY NAME SELECT DATE '2026-11-23' AS week, 'm' AS model, 'model' AS track, "
        "FALSE AS simulated, 's' AS suite, 1 AS suite_major, 'baseline' AS condition, 1 AS turn, "
        "'gap' AS figure, -0.25 AS estimate, "
        "1 AS n, 1 AS worth, 0 AS unseen, 1 AS prompts, 1 AS planned_prompts, 1 AS weeks"
    )
    made = TableFiles(tmp_path)
    with made.writing():
        for table in ("withheld", "figures"):
            made.add_csv(con, table, f"FROM {table}")
            made.add_whole(con, table, f"FROM {table}")
    with (tmp_path / "data/withheld.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["reason"] for row in rows) == sorted(["", *(f"'{text}" for text in FORMULAS)])
    assert {row["model"] for row in rows} == {"a-b=c", *(f"'{text}" for text in FORMULAS)}
    with (tmp_path / "data/figures.csv").open(newline="") as file:
        (score,) = csv.DictReader(file)
    assert (score["estimate"], score["low"]) == ("-0.25", "")
    assert sorted(pq.read_table(tmp_path / "data/withheld.parquet")["model"].to_pylist()) == sorted(
        ["a-b=c", *FORMULAS]
    )


def test_a_wrong_week_or_folder_is_said_in_one_line(filled: Con, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no Monday"):
        export(filled, tmp_path / "copy", "2026-11-24")
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(StoreError, match="cannot write the published tables"),
        TableFiles(tmp_path / "file").writing(),
    ):
        pass
