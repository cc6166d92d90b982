"""Reading a whole store: clean stores of many shapes, S3, interruptions, the command."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from tests.orchestration.installation import Cliche, Installation
from tests.warehouse.integrity import shapes
from tests.warehouse.integrity.test_damage import by_kind, flip, problems, write
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import StoreError
from warehouse.integrity import record
from warehouse.integrity.scan import read_store
from warehouse.store import Store, open_store


@pytest.mark.parametrize("shape", [*shapes.SHAPES, "empty"])
def test_a_clean_store_of_one_shape_has_no_problem_and_all_hashes(
    store: Store, tmp_path: Path, shape: str
) -> None:
    shapes.SHAPES.get(shape, lambda store: None)(store)
    found = read_store(store, tmp_path)
    assert found.problems == []
    assert found.objects == len(shapes.everything(store))


def test_a_store_on_s3_is_read_as_a_folder_is(
    s3_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(s3_address)
    shapes.paid(store)
    shapes.free(store)
    found = read_store(store, tmp_path)
    assert (found.problems, found.objects) == ([], len(shapes.everything(store)))
    key = by_kind(store)["image"][0]
    get = store.get
    monkeypatch.setattr(store, "get", lambda of: flip(get(of), random.Random(1)) if of == key else get(of))
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("damaged", key)]


class _Counting:
    """A store that counts reads, and fails after so many."""

    def __init__(self, store: Store, reads: int) -> None:
        self.store, self.left, self.read = store, reads, 0

    def get(self, key: str) -> bytes:
        self.read += 1
        if self.read > self.left:
            raise KeyboardInterrupt
        return self.store.get(key)

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


def test_a_reading_that_was_stopped_goes_on_and_forgets_no_problem(store: Store, tmp_path: Path) -> None:
    shapes.free(store, "a")
    shapes.paid(store, "b")
    part = keys.table_part("labels", shapes.WEEK, sha256_hex(b"of no edition"))
    store.put_if_absent(part, b"of no edition")
    key = by_kind(store)["receipt"][0]
    write(store, key, flip(store.get(key), random.Random(6)))
    with pytest.raises(KeyboardInterrupt):
        read_store(_Counting(store, 40), tmp_path)  # type: ignore[arg-type]
    assert record.last(record.READ, tmp_path, store.url) is None
    counting = _Counting(store, 10_000)
    found = read_store(counting, tmp_path)  # type: ignore[arg-type]
    assert 0 < found.resumed < found.objects == len(shapes.everything(store))
    assert counting.read < found.objects
    assert (key in {one.key for one in found.problems}, found.leftover) == (True, 1)
    last = record.last(record.READ, tmp_path, store.url)
    assert last is not None
    assert (last.objects, last.problems) == (found.objects, len(found.problems))
    assert read_store(store, tmp_path).resumed == 0  # a whole reading begins anew
    assert record.last(record.READ, tmp_path, "s3://another") is None


def test_a_half_written_line_and_another_store_are_not_gone_on_with(store: Store, tmp_path: Path) -> None:
    shapes.free(store)
    (tmp_path / "store-reading.jsonl").write_text(
        '{"store":"elsewhere","begun_at":"2026-11-26T00:00:00"}\n{"gr'
    )
    assert read_store(store, tmp_path).resumed == 0


def test_a_store_that_fails_ends_the_reading(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes.free(store)

    def fails(key: str) -> bytes:
        raise StoreError("the server does not answer")

    monkeypatch.setattr(store, "get", fails)
    with pytest.raises(StoreError, match="does not answer"):
        read_store(store, tmp_path)
    assert record.last(record.READ, tmp_path, store.url) is None


def test_the_command_prints_every_problem_and_the_exit_code_says_so(
    whole: Installation, cliche: Cliche
) -> None:
    told = cliche("verify", "--store")
    assert told.code == 0
    assert "objects read in" in told.out
    assert "all as recorded" in told.out
    assert "all as recorded" in cliche("doctor").out
    assert "Store last read whole: 2" in cliche("status").out
    store = whole.store
    images = by_kind(store)["image"]
    damaged = images[:40]
    for key in damaged:
        write(store, key, flip(store.get(key), random.Random(key)))
    gone = by_kind(store)["receipt"][0]
    (Path(store.url) / gone).unlink()
    told = cliche("verify", "--store")
    assert told.code == 1
    assert "40 are damaged, 1 is missing" in told.out
    for key in [*damaged, gone]:
        assert key in told.out
    assert "41 problems" in cliche("doctor").out
    assert cliche("verify", "2026-11-09.1", "--store").code == 2


def test_a_store_without_an_object_is_not_as_recorded(
    tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is not mounted, or a misspelled prefix, looks like this."""
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    record = tmp_path / "home" / "store-read.json"
    told = cliche("verify", "--store")
    assert told.code == 4
    assert "as recorded" not in told.out
    assert "holds no object" in told.out
    assert not record.exists()
    assert "Store last read whole: never" in cliche("status").out


def test_an_edition_says_when_its_store_was_read(whole: Installation) -> None:
    first, second = (
        json.loads(whole.store.get(f"editions/2026-11-09.{revision}/manifest.json")) for revision in (1, 2)
    )
    assert first["store_read"] is None
    assert second["store_read"].endswith("all as recorded")
