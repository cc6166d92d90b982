"""Bytes flipped, objects removed, added and exchanged in a store that holds every kind: all are named."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from assets.labeling.thumbnails.encoder import thumbnail
from tests.orchestration.installation import Installation
from tests.warehouse.integrity import shapes
from warehouse.canonical import sha256_hex
from warehouse.integrity.findings import Problem
from warehouse.integrity.kinds import KINDS, parse
from warehouse.integrity.scan import read_store
from warehouse.store import Store, open_store

FLIPS = 80
_thumbnail = cache(thumbnail)  # the same pictures in each round


def problems(store: Store, folder: Path) -> list[Problem]:
    """Read a store whole, anew."""
    for file in folder.glob("store-read*"):
        file.unlink()
    return read_store(store, folder, shrink=_thumbnail).problems


def path_of(store: Store, key: str) -> Path:
    return Path(store.url) / key


def write(store: Store, key: str, data: bytes) -> None:
    """Put bytes where the store would never write: behind its back, leaving other links of the file alone."""
    path = path_of(store, key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def flip(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with one byte changed."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]


def by_kind(store: Store) -> dict[str, list[str]]:
    found = defaultdict(list)
    for key in shapes.everything(store):
        if known := parse(key):
            found[known.kind].append(key)
    return found


def rounds(keys: Iterable[str]) -> list[list[str]]:
    """Return keys in as few rounds as may be, each of different groups: one damage cannot hide another."""
    return [[key for (key,) in some] for some in rounds_of((key,) for key in keys)]


def rounds_of(damages: Iterable[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Return damages, each by the keys that it touches, in such rounds."""
    made: list[tuple[set[tuple[str, ...]], list[tuple[str, ...]]]] = []
    for damage in damages:
        touched = {known.group if (known := parse(key)) else (key,) for key in damage}
        for groups, some in made:
            if not groups & touched:
                groups.update(touched)
                some.append(damage)
                break
        else:
            made.append((touched, [damage]))
    return [some for _, some in made]


def test_the_store_of_these_tests_holds_every_kind(whole: Installation) -> None:
    assert set(by_kind(whole.store)) == {kind for kind, _ in KINDS}


def test_a_whole_store_is_as_recorded_and_every_object_has_a_recorded_hash(
    whole: Installation, tmp_path: Path
) -> None:
    found = read_store(whole.store, tmp_path)
    assert found.problems == []
    assert found.objects == len(shapes.everything(whole.store))


def test_one_flipped_byte_in_any_object_is_named(whole: Installation, tmp_path: Path) -> None:
    store, chance = whole.store, random.Random(1)
    kinds = by_kind(store)
    drawn = [chance.choice(kinds[kind]) for kind in sorted(kinds) for _ in range(FLIPS // len(kinds) + 1)]
    assert len(drawn) >= FLIPS
    for some in rounds(drawn):
        before = {key: store.get(key) for key in some}
        after = {key: flip(data, chance) for key, data in before.items() if data}
        for key, data in after.items():
            write(store, key, data)
        found = {one.key for one in problems(store, tmp_path) if one.kind == "damaged"}
        unseen = {
            key: next(n for n in range(len(data)) if data[n] != before[key][n])
            for key, data in after.items()
            if key not in found
        }
        assert not unseen
        for key, data in before.items():
            write(store, key, data)
    assert problems(store, tmp_path) == []


#: Kinds of objects of which nothing else tells before an edition names them, or ever.
UNTOLD = {
    "manifest": "of a week without labels and editions: the next run writes it again from the receipts",
    "study pointer": "the last one: the import before it is then current",
    "label batch": "its last state",
    "edition": "the manifest of an edition that no later one names",
    "note": "what it tells of is there",
    "gold note": "what it tells of is there",
    "study note": "what it tells of is there",
    "study retraction": "the last one: what it took back counts again, unless another import came after it",
    "retraction": "the last one of a week that no edition holds: what it took back counts again",
    "engine": "put again by the next publish",
    "style": "put again by the next publish of the same code",
    "trial intent": "of a trial whose answer was lost",
    "trial receipt": "the trial then counts as one whose answer was lost",
    "image thumbnail": "made again of its picture",
    "thumbnail note": "written again when its pictures were looked at",
}


def test_a_removed_object_is_named(whole: Installation, tmp_path: Path) -> None:
    store, chance = whole.store, random.Random(2)
    kinds = by_kind(store)
    silent = defaultdict(list)
    drawn = [key for kind in sorted(kinds) for key in chance.sample(kinds[kind], min(4, len(kinds[kind])))]
    # Manifests of editions tell of other objects, so each is removed alone.
    alone = [key for key in drawn if key.endswith("/manifest.json")]
    for some in [*rounds(key for key in drawn if key not in alone), *([key] for key in alone)]:
        before = {key: store.get(key) for key in some}
        for key in some:
            path_of(store, key).unlink()
        found = problems(store, tmp_path)
        named = {one.key for one in found if one.kind == "missing"}
        for key in some:
            # A manifest's record is missed by its manifest, in the words of that.
            if key not in named and not any(key in one.what for one in found):
                silent[parse(key).kind].append(key)  # type: ignore[union-attr]
        for key, data in before.items():
            write(store, key, data)
    assert {kind: keys for kind, keys in silent.items() if kind not in UNTOLD} == {}


def test_objects_of_one_kind_that_were_exchanged_are_both_named(whole: Installation, tmp_path: Path) -> None:
    store, chance = whole.store, random.Random(3)
    kinds = by_kind(store)
    pairs = [
        (one, other)
        for kind in sorted(kinds)
        for one, other in (chance.sample(kinds[kind], 2) for _ in range(2) if len(kinds[kind]) > 1)
        if store.get(one) != store.get(other)
    ]
    # Manifests of editions tell of other objects, so they are exchanged alone; without one no page of it can be named.
    alone = [pair for pair in pairs if all(key.endswith("/manifest.json") for key in pair)]
    pairs = [pair for pair in pairs if not any(key.endswith("/manifest.json") for key in pair)]
    for some in [*rounds_of(pairs), *([pair] for pair in alone)]:
        before = {key: store.get(key) for pair in some for key in pair}
        for one, other in some:
            write(store, one, before[other])
            write(store, other, before[one])
        named = {found.key for found in problems(store, tmp_path)}
        assert before.keys() <= named
        for key, data in before.items():
            write(store, key, data)


@pytest.mark.parametrize(
    "key",
    [
        "notes.txt",
        "images/ab/readme.md",
        f"images/ab/{'c' * 64}.png",
        f"plans/week={shapes.WEEK}/model=paid.json.bak",
        f"attempts/week={shapes.WEEK}/model=paid/manifest-1.parquet",
        f"labels/week={shapes.WEEK}/model=paid/labeler=x/part-{'0' * 64}.parquet",
        "editions/latest.json.old",
        "thumbs.db",
        "gold/people/notes.json",
        "studies/tiny/tables-0123456789abcdef/studies.csv",
        "retractions/study-tiny-0.json",
        "retractions/tiny-1.json",
    ],
)
def test_an_object_that_no_kind_has_is_unexpected(store: Store, tmp_path: Path, key: str) -> None:
    shapes.paid(store)
    write(store, key, b"x")
    assert [(one.kind, one.key) for one in problems(store, tmp_path)] == [("unexpected", key)]


def test_files_beside_an_editions_manifest_and_foreign_slots_are_unexpected(
    whole: Installation, tmp_path: Path
) -> None:
    store = whole.store
    edition = next(key for key in shapes.everything(store) if key.endswith("/manifest.json"))
    extra = edition.replace("manifest.json", "data/extra.parquet")
    receipt = by_kind(store)["receipt"][0]
    strange = receipt.replace(parse(receipt).slot, "0" * 64)  # type: ignore[union-attr]
    write(store, extra, b"x")
    write(store, strange, store.get(receipt))
    named = {(one.kind, one.key) for one in problems(store, tmp_path)}
    assert {("unexpected", extra), ("unexpected", strange)} <= named or {
        ("unexpected", extra),
        ("damaged", strange),
    } <= named


def test_a_damaged_picture_says_whose_it_is(store: Store, tmp_path: Path) -> None:
    plan = shapes.free(store)
    slot = plan.slots[2]
    sha256 = sha256_hex(shapes.picture(slot.slot_key))
    key = f"images/{sha256[:2]}/{sha256}.png"
    write(store, key, flip(store.get(key), random.Random(4)))
    (one,) = problems(store, tmp_path)
    assert (one.kind, one.key, one.what) == ("damaged", key, "has other bytes than its name says")
    assert one.of == f"free, {shapes.WEEK}, {slot.prompt}, replicate 0, slot {slot.slot_key[:12]}"
    path_of(store, key).unlink()
    (one,) = problems(store, tmp_path)
    assert (one.kind, one.what) == ("missing", "a receipt names it")
    assert one.of == f"free, {shapes.WEEK}, {slot.prompt}, replicate 0, slot {slot.slot_key[:12]}"


@pytest.mark.parametrize("write_it", [shapes.free, shapes.paid, shapes.conversations, shapes.anchored])
def test_a_run_that_is_killed_between_any_two_writes_leaves_a_clean_store(
    tmp_path: Path, write_it: Callable[[Store], object]
) -> None:
    whole = open_store(tmp_path / "whole")
    write_it(whole)
    writes = len(shapes.everything(whole))
    for left in range(0, writes, 5):
        store = open_store(tmp_path / f"killed-{left}")
        with pytest.raises(shapes.KilledError):
            write_it(shapes.Dying(store, left))  # type: ignore[arg-type]
        assert problems(store, tmp_path) == [], left
        write_it(store)
        assert problems(store, tmp_path) == [], left
