"""Installations as released versions left them (made by `make.py`): read, verified and gone on with by this version."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

import pytest

from tests.e2e.command import hashes
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation
from warehouse.database.connection import connect
from warehouse.database.migrations import migrate
from warehouse.database.rebuild import rebuild
from warehouse.database.table_hash import table_hash
from warehouse.loading import load
from warehouse.loading.freshness import complete_loads, stale_partitions

RELEASES = sorted(Path(__file__).parent.glob("*.tar.xz"))


@pytest.fixture(params=RELEASES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation of a release, two weeks and an edition each; the environment names it."""
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    return Installation(tmp_path / "home")


def test_its_warehouse_goes_forward_to_the_rows_of_its_store(home: Installation, tmp_path: Path) -> None:
    rebuild(home.store, tmp_path / "anew.duckdb")
    with connect(home.settings.warehouse) as old, connect(tmp_path / "anew.duckdb") as new:
        assert migrate(old)
        complete_loads(old, home.store)
        for week, model in stale_partitions(old, home.store, NEXT):
            load.load_partition(old, home.store, week, model)
        tables = [table for table in load.PARTITION_TABLES if table != "loads"]
        assert {name: table_hash(old, name) for name in tables} == {
            name: table_hash(new, name) for name in tables
        }
        assert old.execute("SELECT count(*) FROM labels").fetchall() > [(0,)]


def test_its_store_and_editions_are_as_recorded(home: Installation, cliche: Cliche) -> None:
    assert "all as recorded" in cliche("verify", "--store").out
    for edition in (f"{WEEK}.1", f"{NEXT}.1"):
        ended = cliche("verify", edition)
        assert ended.code == 4, ended.out + ended.err  # tables of today were unknown then
        assert "hashes, tables, pages and pictures agree" in ended.out


def test_it_publishes_what_a_rebuilt_one_publishes(home: Installation, cliche: Cliche) -> None:
    kept = {key: data for key, data in home.objects().items() if key != "editions/latest.json"}
    assert cliche("status", "--week", NEXT).code == 0
    ended = cliche("publish", "--week", NEXT)
    assert f"Edition {NEXT}.2 is current" in ended.out, ended.out + ended.err
    assert home.objects().items() >= kept.items()
    forward = hashes(home.settings.warehouse)
    home.settings.warehouse.unlink()
    assert cliche("rebuild").code == 0
    assert hashes(home.settings.warehouse) == forward
    assert "nothing changed" in cliche("publish", "--week", NEXT).out
    assert cliche("verify").code == 0


def test_it_is_copied_and_restored(home: Installation, cliche: Cliche, tmp_path: Path) -> None:
    whole = home.objects()
    assert cliche("backup", str(tmp_path / "copy")).code == 0
    shutil.rmtree(home.home / "store")
    assert cliche("restore", str(tmp_path / "copy")).code == 0
    assert home.objects() == whole
