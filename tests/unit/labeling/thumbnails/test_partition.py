"""Thumbnails of a partition: made once, gone on with, noted; and of weeks that were labeled before there were any."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assets.generation.pictures.image_check import Limits
from assets.generation.workplace import Listener, Workplace
from assets.labeling.thumbnails import encoder
from assets.labeling.thumbnails.partition import complete, complete_weeks, pictures
from tests.unit.labeling.test_run import WEEK, asked
from tests.warehouse.integrity.shapes import Dying, KilledError
from warehouse import keys
from warehouse.errors import RefusedError, StoreError
from warehouse.integrity.scan import read_store
from warehouse.loading.objects import names_of, read_json
from warehouse.store import Store, open_store
from warehouse.weeks import shift

EARLIER = shift(WEEK, -1)


@pytest.fixture
def store(store: Store) -> Store:
    """A store with one partition of six pictures."""
    asked(store)
    return store


class Watched:
    """A store that counts what is read, by the first folder of the key."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read: list[str] = []

    def get(self, key: str) -> bytes:
        """Read and count."""
        self.read.append(key.partition("/")[0])
        return self._store.get(key)

    def head(self, key: str) -> object:
        """Look and count."""
        self.read.append(key.partition("/")[0])
        return self._store.head(key)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def place(store: object, told: Callable[[str], None] = pytest.fail, **changes: object) -> Workplace:
    """The surroundings of a run over this store."""
    made = Workplace(
        store=store,  # type: ignore[arg-type]
        warehouse=Path("none"),
        suites={},
        models=(),
        code_version="test",
        listener=Listener(told=told),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def there(store: Store) -> dict[str, bytes]:
    return {key: store.get(key) for key in store.list("thumbnails/")}


def notes(store: Store) -> list[str]:
    return [*store.list(keys.thumbnail_notes_prefix())]


def test_every_picture_gets_its_thumbnails_once_and_a_note_says_so(store: Store, tmp_path: Path) -> None:
    found = pictures(store, WEEK, "m")
    assert len(found) == 6
    assert complete(place(store), WEEK, "m") == 6
    before = there(store)
    note = keys.thumbnail_note(WEEK, "m", names_of(store, WEEK, "m").fingerprint)
    assert {*before} == {keys.thumbnail(one.sha256) for one in found} | {note}
    assert read_json(store, note) == {"pictures": 6, "not_made": {}}
    watched = Watched(store)
    assert complete(place(watched), WEEK, "m") == 0
    assert watched.read == ["thumbnails"]  # the note
    assert there(store) == before
    assert read_store(store, tmp_path).problems == []


@pytest.mark.parametrize("where", ["local", pytest.param("s3", marks=pytest.mark.s3)])
def test_a_run_that_was_killed_is_gone_on_with_and_reads_only_what_it_lacks(
    where: str, store: Store, request: pytest.FixtureRequest
) -> None:
    if where == "s3":
        store = open_store(request.getfixturevalue("s3_address"))
        asked(store)
    with pytest.raises(KilledError):
        complete(place(Dying(store, 2), workers=0), WEEK, "m")
    assert notes(store) == []
    assert len(there(store)) == 2
    watched = Watched(store)
    assert complete(place(watched, workers=2), WEEK, "m") == 4
    assert watched.read.count("images") == 4
    undisturbed = open_store(f"{store.url}-undisturbed")
    asked(undisturbed)
    complete(place(undisturbed), WEEK, "m")
    assert there(store) == there(undisturbed)


def test_one_that_was_removed_by_hand_is_made_again_without_the_note(store: Store) -> None:
    complete(place(store), WEEK, "m")
    before = there(store)
    for key in (keys.thumbnail(pictures(store, WEEK, "m")[3].sha256), *notes(store)):
        (Path(store.url) / key).unlink()
    assert complete(place(store), WEEK, "m") == 1
    assert there(store) == before


def test_a_damaged_picture_is_one_line_and_is_tried_again(store: Store) -> None:
    told = list[str]()
    sha256 = pictures(store, WEEK, "m")[0].sha256
    path = Path(store.url) / keys.image(sha256, "png")
    whole = path.read_bytes()
    path.write_bytes(b"\x89PNG\r\n\x1a\n, and no picture")
    assert complete(place(store, told.append), WEEK, "m") == 5
    (line,) = told
    assert "\n" not in line
    assert line.startswith(f"m, week {WEEK}: no thumbnail of picture {sha256[:12]}: ")
    assert "restore it from a backup" in line
    assert notes(store) == []  # it may be restored
    path.write_bytes(whole)
    assert complete(place(store), WEEK, "m") == 1
    assert len(notes(store)) == 1


def test_pictures_without_thumbnails_are_in_the_note(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[str]()
    monkeypatch.setattr(encoder, "DEFAULT", Limits(max_pixels=63))  # the pictures have 64
    assert complete(place(store, told.append), WEEK, "m") == 0
    found = [one.sha256 for one in pictures(store, WEEK, "m")]
    why = "the picture has 8 × 8 pixels, more than 63"
    assert sorted(told) == [f"m, week {WEEK}: no thumbnail of picture {one[:12]}: {why}" for one in found]
    assert read_json(store, notes(store)[0])["not_made"] == dict.fromkeys(found, why)
    assert complete(place(store), WEEK, "m") == 0  # and tells nothing


def test_an_interrupt_ends_it_early_and_leaves_no_note(store: Store) -> None:
    stop = threading.Event()
    shown = Listener(told=pytest.fail, shrunk=stop.set)
    assert 0 < complete(place(store, workers=1, interrupt=stop, listener=shown), WEEK, "m") < 6
    assert notes(store) == []


def test_a_store_that_fails_ends_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:

    def fails(objects: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(store, "put_all", fails)
    with pytest.raises(StoreError, match="full"):
        complete(place(store), WEEK, "m")


def test_weeks_without_a_note_get_theirs_and_the_others_are_not_looked_at(store: Store) -> None:
    told = list[str]()
    asked(store, name="other")
    loaded = [(WEEK, model, names_of(store, WEEK, model).fingerprint) for model in ("m", "other")]
    complete(place(store), WEEK, "other")
    complete_weeks(place(store, told.append), loaded)
    assert told == [f"Thumbnails of 6 pictures of m, week {WEEK}, made (1 of 1)."]
    watched = Watched(store)
    complete_weeks(place(watched), loaded)
    complete_weeks(place(watched), [])
    assert watched.read == []
    with store.lease("thumbnails", purpose="a test"):
        complete_weeks(place(store), loaded)  # nothing to do
        with pytest.raises(RefusedError):
            complete_weeks(place(store), [(WEEK, "m", "of other pictures")])


def test_a_partition_that_cannot_be_read_keeps_no_other_back(store: Store) -> None:
    told = list[str]()
    asked(store, name="other")
    (Path(store.url) / keys.manifest(WEEK, "m", 1)).write_bytes(b"PAR1")
    complete_weeks(place(store, told.append), [(WEEK, "m", "x"), (WEEK, "other", "y")])
    assert [line.partition(":")[0] for line in told] == [
        f"m, week {WEEK}",
        f"Thumbnails of 6 pictures of other, week {WEEK}, made (2 of 2).",
    ]
