"""The warehouse from the store alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from warehouse import keys
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hashes
from warehouse.errors import CorruptObjectError, RefusedError, UsageError
from warehouse.loading import load
from warehouse.store import Store

BOTH = (builder.OCCUPATIONS, builder.CONFRONTATION)


@pytest.fixture
def bucket(store: Store) -> Store:
    for week in (WEEK, WEEK_53):
        build_partition(store, week, "sim-one", suites=BOTH, outcomes=builder.mixed, label_parts=3)
    build_partition(store, WEEK_53, "silent", outcomes=lambda slot: ("refused_text",))
    return store


def test_invariant_06_a_rebuilt_warehouse_has_the_hashes_of_the_loaded_one(
    bucket: Store, tmp_path: Path
) -> None:
    path = tmp_path / "warehouse.duckdb"
    with connect(path) as con:
        make_tables(con)
        for week, model in reversed(load.partitions(bucket)):
            load.load_partition(con, bucket, week, model)
        loaded = table_hashes(con)
        rows = con.execute("SELECT count(*) FROM labels").fetchall()[0][0]
    path.unlink()
    told: list[tuple[str, int, int]] = []
    counts = rebuild(bucket, path, progress=lambda what, done, total: told.append((what, done, total)))
    with connect(path, read_only=True) as con:
        assert table_hashes(con) == loaded
        assert con.execute("SELECT count(*) FROM cell_counts").fetchall()[0][0] > 0
    assert counts["labels"] == rows > 0
    assert [done for _, done, _ in told] == [0, 1, 2, 3]
    assert told[0] == (f"{WEEK} sim-one", 0, 3)


def test_what_is_not_in_the_bucket_is_computed_at_the_end(bucket: Store, tmp_path: Path) -> None:
    def finish(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("INSERT INTO withheld SELECT week, model, 'why' FROM plans WHERE model = 'silent'")

    assert rebuild(bucket, tmp_path / "w.duckdb", finish=finish)["withheld"] == 1


def test_a_failure_leaves_the_old_file_as_it_was_and_nothing_beside_it(bucket: Store, tmp_path: Path) -> None:
    path = tmp_path / "home" / "warehouse.duckdb"
    rebuild(bucket, path)
    before = path.read_bytes()
    bucket.put_if_absent(keys.plan("2027-01-04", "broken"), b"{")
    with pytest.raises(CorruptObjectError, match=r"plans/week=2027-01-04/model=broken.json"):
        rebuild(bucket, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_corrupt_file_and_leftovers_are_replaced(bucket: Store, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"not a database")
    path.with_name(".warehouse.duckdb.rebuild").write_bytes(b"left by a killed run")
    path.with_name(".warehouse.duckdb.rebuild.wal").write_bytes(b"left by a killed run")
    path.with_name("warehouse.duckdb.wal").write_bytes(b"of the old file")
    rebuild(bucket, path)
    with duckdb.connect(str(path)) as con:
        con.execute("UPDATE schema_hash SET tables_sha256 = 'of another version'")
    rebuild(bucket, path)
    with connect(path) as con:
        assert con.execute("SELECT count(*) FROM plans").fetchall() == [(3,)]


def test_a_file_that_somebody_has_open_is_not_replaced(bucket: Store, tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)), pytest.raises(RefusedError, match="open in another connection"):
        rebuild(bucket, path)
    with pytest.raises(UsageError, match="is a folder"):
        rebuild(bucket, tmp_path)


def test_an_empty_bucket_gives_an_empty_warehouse(store: Store, tmp_path: Path) -> None:
    counts = rebuild(store, tmp_path / "warehouse.duckdb")
    assert set(counts.values()) == {0, counts["outcomes"]}
