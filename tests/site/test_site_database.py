"""The DuckDB file at `site/`: of the edition that readers see, replaced with its note when that is not so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.leaderboard.site import put_database
from warehouse.canonical import sha256_hex
from warehouse.keys import SITE_DATABASE, SITE_DATABASE_NOTE
from warehouse.store import Store, open_store

WRITTEN: list[str] = []


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    made = open_store(tmp_path / "bucket")
    replace = type(made).replace

    def noted(self: Store, key: str, data: bytes | Path) -> None:
        WRITTEN.append(key)
        replace(self, key, data)

    monkeypatch.setattr(type(made), "replace", noted)
    WRITTEN.clear()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "one.duckdb").write_bytes(b"the first")
    return tmp_path / "one.duckdb"


def stated(store: Store) -> dict[str, object]:
    note: dict[str, object] = json.loads(store.get(SITE_DATABASE_NOTE))
    return {name: note[name] for name in ("edition", "sha256", "bytes")}


def test_the_file_is_put_before_its_note_and_once(store: Store, file: Path) -> None:
    put_database(store, file, "2026-11-09.1")
    assert WRITTEN == [SITE_DATABASE, SITE_DATABASE_NOTE]
    assert store.get(SITE_DATABASE) == b"the first"
    assert stated(store) == {"edition": "2026-11-09.1", "sha256": sha256_hex(b"the first"), "bytes": 9}
    put_database(store, file, "2026-11-09.1")
    assert len(WRITTEN) == 2


@pytest.mark.parametrize(
    ("key", "data"),
    [
        (SITE_DATABASE_NOTE, b"not JSON"),
        (SITE_DATABASE_NOTE, b"[]"),
        (SITE_DATABASE_NOTE, b'{"edition": "2026-11-02.1", "bytes": 9, "sha256": ""}'),
        (SITE_DATABASE, b"of a publish that was killed before its note"),
    ],
)
def test_what_contradicts_is_written_again(store: Store, file: Path, key: str, data: bytes) -> None:
    put_database(store, file, "2026-11-09.1")
    store.replace(key, data)
    WRITTEN.clear()
    put_database(store, file, "2026-11-09.1")
    assert WRITTEN == [SITE_DATABASE, SITE_DATABASE_NOTE]
    assert store.get(SITE_DATABASE) == b"the first"
    assert stated(store)["edition"] == "2026-11-09.1"


def test_the_next_edition_takes_the_place(store: Store, file: Path, tmp_path: Path) -> None:
    put_database(store, file, "2026-11-09.1")
    (tmp_path / "two.duckdb").write_bytes(b"the second")
    put_database(store, tmp_path / "two.duckdb", "2026-11-09.2")
    assert store.get(SITE_DATABASE) == b"the second"
    assert stated(store) == {"edition": "2026-11-09.2", "sha256": sha256_hex(b"the second"), "bytes": 10}
