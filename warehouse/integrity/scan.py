"""Reading a whole store: every object, in groups, and what belongs to what."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import ClicheError
from warehouse.integrity import editions, record
from warehouse.integrity.findings import Inspection, Named, Problem, Shrink
from warehouse.integrity.group import check_group
from warehouse.integrity.kinds import Key, keys_in, parse, parts
from warehouse.loading import objects
from warehouse.loading import plan_slots as slots
from warehouse.loading.load import partitions
from warehouse.store.base import Store

NO_KIND = "no kind of object has such a key"
Tell = Callable[[str, int, int], None]


@dataclass
class StoreReading:
    """What a reading of a store found."""

    objects: int = 0
    leftover: int = 0  # parts of tables of no edition
    resumed: int = 0  # objects that a reading before this one had read
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)


def read_store(
    store: Store,
    home: Path,
    tell: Tell = lambda what, done, total: None,
    shrink: Shrink = lambda sha256, picture: b"",
) -> StoreReading:
    """Read every object of a store and return what is damaged, missing or unexpected; an empty store is not recorded.

    A reading that was stopped goes on, by what it kept at `home`; `shrink` makes the thumbnail of a picture again.
    """
    begun = time.monotonic()
    of = parts(store)
    total = sum(1 for prefixes in of.values() for _ in keys_in(store, prefixes))
    if not total:
        return StoreReading()  # nothing was read, so nothing is recorded as read
    found = StoreReading()
    kept = ("objects", "leftover", "problems")
    named = editions.named_by_all(store)
    unseen = {*named}
    with record.progress(home, store.url) as (done, keep):
        for prefixes in of.values():
            there = frozenset(keys_in(store, prefixes))
            unseen -= there
            groups, strange = grouped(there)
            found.problems += [Problem("unexpected", key, NO_KIND) for key in strange]
            for group, members in groups.items():
                # A reading that was stopped read a group if nothing was added or removed since.
                names = sha256_hex(canonical_json([*group, *(key.key for key in members)]))
                if said := done.get(names):
                    found.resumed += said["objects"]
                else:
                    told = partial(_told, tell, " ".join(group[1:]), found.objects, total)
                    look = Inspection(store, there, named, told, shrink)
                    check_group(look, group, members)
                    said = {name: getattr(look, name) for name in kept}
                    keep(names, said)
                for name in kept:
                    setattr(found, name, getattr(found, name) + said[name])
        found.problems = [Problem(*one) for one in found.problems]
        found.problems = told_once(store, [*found.problems, *_gone(store, unseen, named)])
    found.seconds = time.monotonic() - begun
    record.keep(home, record.READ, store.url, found.objects, problems=len(found.problems))
    tell("", total, total)
    return found


def _told(tell: Tell, what: str, before: int, total: int, looked: int) -> None:
    if looked % 25 == 1:
        tell(what, before + looked, total)


def grouped(listed: Iterable[str]) -> tuple[dict[tuple[str, ...], list[Key]], list[str]]:
    """Return keys by the group that is checked together, each in order, and those that no kind of object has."""
    groups: dict[tuple[str, ...], list[Key]] = {}
    strange = []
    for key in sorted(listed, key=str.encode):
        if (known := parse(key)) is None:
            strange.append(key)
        else:
            groups.setdefault(known.group, []).append(known)
    return groups, strange


def _gone(store: Store, unseen: set[str], named: Mapping[str, Named]) -> list[Problem]:
    """Return what editions name and the store does not hold; `unseen` was not listed."""
    look = Inspection(store, (), named)
    for key in unseen:
        partition = keys.parse_partition(key)
        of = f"{partition[1]}, {partition[0]}" if partition else ""
        look.need(key, f"edition {named[key].edition} names it", of)
    if complete := [key for key in editions.manifests(store) if store.head(key)]:
        look.need(keys.LATEST_EDITION, f"there is {max(complete)}; cliche publish writes it")
    return look.problems


def told_once(store: Store, problems: Sequence[Problem]) -> list[Problem]:
    """Return one problem for each object, in the order of keys; pictures with what they belong to."""
    by_key: dict[str, list[Problem]] = {}
    for one in problems:
        by_key.setdefault(one.key, []).append(one)
    pictures = {picture for key in by_key if (picture := keys.picture_of(key))}
    owners = _owners(store, pictures) if pictures else {}
    told = []
    for key, same in sorted(by_key.items()):
        of = owners.get(keys.picture_of(key) or "") or sorted({one.of for one in same} - {""})
        more = f" and {len(of) - 1} more" if len(of) > 1 else ""
        told.append(same[0]._replace(of=of[0] + more if of else ""))
    return told


def _owners(store: Store, pictures: set[str]) -> dict[str, list[str]]:
    """Return what pictures belong to, by their hash: slots of all models and weeks, studies, anchor sets."""
    found: dict[str, list[str]] = {}
    for week, model in partitions(store):
        try:
            names = objects.names_of(store, week, model)
            rows = objects.read_attempts(store, names).select(["slot_key", "image_sha256"]).to_pylist()
            planned = {one["slot_key"]: one for one in objects.read_plan(store, week, model)["slots"]}
        except (ClicheError, KeyError):
            continue
        for row in rows:
            if row["image_sha256"] in pictures:
                words = slots.words(planned.get(row["slot_key"]), week, model)
                found.setdefault(row["image_sha256"], []).append(words)
    return found
