"""Reading a whole store: every object, in groups, and what belongs to what."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import ClicheError
from warehouse.integrity import archive, calls, editions, partitions, sets, studies, thumbnails
from warehouse.integrity.findings import Inspection, Problem, Recorded, Shrink
from warehouse.integrity.kinds import Key, parse
from warehouse.integrity.parts import keys_in, parts
from warehouse.integrity.parts import partitions as partitions_of
from warehouse.integrity.record import Progress
from warehouse.loading import objects
from warehouse.loading import plan_slots as slots
from warehouse.store.base import Store

NO_KIND = "no kind of object has such a key"
Tell = Callable[[str, int, int], None]


@dataclass
class StoreReading:
    """What a reading of a store found.

    `resumed` counts objects that a reading before this one had read, `leftover` parts of tables of no edition.
    """

    objects: int = 0
    bytes: int = 0
    leftover: int = 0
    resumed: int = 0
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)


def read_store(
    store: Store,
    home: Path,
    tell: Tell = lambda what, done, total: None,
    shrink: Shrink = lambda sha256, picture: b"",
) -> StoreReading:
    """Read every object of a store and return what is damaged, missing or unexpected; an empty store is not recorded.

    At `home` it is kept how far the reading is, and when the store was last read whole; the next one goes on. `shrink`
    makes the thumbnails of a picture again, for their pixels to be compared.
    """
    begun = time.monotonic()
    of = parts(store)
    total = sum(1 for prefixes in of.values() for _ in keys_in(store, prefixes))
    if not total:
        return StoreReading()  # nothing was read, so nothing is recorded as read
    found = StoreReading()
    recorded = editions.recorded(store)
    unseen = {*recorded.named}
    progress = Progress(home, store.url)
    looking = partial(Inspection, store, recorded=recorded, shrink=shrink)
    try:
        for prefixes in of.values():
            there = frozenset(keys_in(store, prefixes))
            unseen -= there
            groups, strange = grouped(there)
            found.problems += [Problem("unexpected", key, NO_KIND) for key in strange]
            for group, members in groups.items():
                _one_group(found, partial(looking, there), progress, group, members, tell, total)
    finally:
        progress.close()
    found.problems += _gone(store, unseen, recorded)
    found.problems = told_once(store, partitions_of(of), found.problems)
    found.seconds = time.monotonic() - begun
    progress.finish(found.objects, len(found.problems))
    tell("", total, total)
    return found


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


def _one_group(
    found: StoreReading,
    looking: Callable[..., Inspection],
    progress: Progress,
    group: tuple[str, ...],
    members: Sequence[Key],
    tell: Tell,
    total: int,
) -> None:
    """Check a group, unless a reading that was stopped did, and nothing was added or removed since."""
    name = " ".join(group[1:])
    names = sha256_hex(canonical_json([key.key for key in members]))
    before = progress.done.get("/".join(group))
    if before and before.get("names") == names:
        found.objects += before["objects"]
        found.resumed += before["objects"]
        found.bytes += before["bytes"]
        found.leftover += before.get("leftover", 0)
        found.problems += [Problem(*one) for one in before["problems"]]
        tell(name, found.objects, total)
        return
    looked = 0

    def told() -> None:
        nonlocal looked
        looked += 1
        if looked % 25 == 1:
            tell(name, found.objects + looked, total)

    look = looking(tell=told)
    check_group(look, group, members)
    found.objects += look.objects
    found.bytes += look.bytes
    found.leftover += look.leftover
    found.problems += look.problems
    progress.add(
        "/".join(group),
        {
            "names": names,
            "objects": look.objects,
            "bytes": look.bytes,
            "leftover": look.leftover,
            "problems": [[*one] for one in look.problems],
        },
    )


def check_group(look: Inspection, group: tuple[str, ...], members: Sequence[Key]) -> None:
    """Read the objects of a group and note what is wrong with them; `members` are all of it, but of `APART`."""
    if group[0] == "partition":
        partitions.check(look, group[1], group[2], members)
    elif group[0] == "calls":
        calls.check_calls(look, [*look.read([key.key for key in members])], group[1], " ".join(group[1:]))
    else:
        _CHECKS[group[0]](look, group[1], members)


#: Groups whose objects are each checked by themselves.
APART = frozenset({"image", "table", "engine", "style"})
_CHECKS: dict[str, Callable[[Inspection, str, Sequence[Key]], None]] = {
    "image": thumbnails.check,
    "trial": sets.check_trials,
    "gold": sets.check_gold,
    "removal": sets.check_removals,
    "anchor": sets.check_anchors,
    "study": studies.check,
    "table": archive.check_parts,
    "site": archive.check_site,
    "pages": archive.check_pages,
    "engine": archive.check_named,
    "style": archive.check_named,
    "past": archive.check_past,
    "latest": editions.check,
    "edition": editions.check,
}


def _gone(store: Store, unseen: set[str], recorded: Recorded) -> list[Problem]:
    """Return what editions name and the store does not hold; `unseen` was not listed."""
    look = Inspection(store, (), recorded)
    for key in unseen:
        partition = keys.parse_partition(key)
        of = f"{partition[1]}, {partition[0]}" if partition else ""
        look.need(key, f"edition {recorded.named[key]} names it", of)
    if complete := [key for key in editions.manifests(store) if store.head(key)]:
        look.need(keys.LATEST_EDITION, f"there is {max(complete)}; cliche publish writes it")
    return look.problems


def told_once(
    store: Store, partitions: Iterable[tuple[str, str]], problems: Sequence[Problem]
) -> list[Problem]:
    """Return one problem for each object, in the order of keys; pictures with what they belong to."""
    first: dict[str, Problem] = {}
    others: dict[str, set[str]] = {}
    for one in problems:
        first.setdefault(one.key, one)
        others.setdefault(one.key, set()).add(one.of)
    pictures = {picture for key in first if (picture := keys.picture_of(key))}
    owners = _owners(store, partitions, pictures) if pictures else {}
    told = []
    for key, one in sorted(first.items()):
        of = owners.get(keys.picture_of(key) or "") or sorted(others[key] - {""})
        more = f" and {len(of) - 1} more" if len(of) > 1 else ""
        told.append(one._replace(of=of[0] + more if of else ""))
    return told


def _owners(store: Store, partitions: Iterable[tuple[str, str]], pictures: set[str]) -> dict[str, list[str]]:
    """Return what pictures belong to, by their hash: slots of all models and weeks, studies, anchor sets."""
    found: dict[str, list[str]] = {}
    for week, model in partitions:
        try:
            key = objects.current_manifest(store, week, model)
            if key is None:
                continue
            rows = objects.parquet_table(key, store.get(key)).select(["slot_key", "image_sha256"]).to_pylist()
            mine = [row for row in rows if row["image_sha256"] in pictures]
            if not mine:
                continue
            plan = objects.read_plan(store, week, model)
        except (ClicheError, KeyError):
            continue
        slot_of = {slot["slot_key"]: slot for slot in plan["slots"]}
        for row in mine:
            words = slots.words(slot_of.get(row["slot_key"]), week, model)
            found.setdefault(row["image_sha256"], []).append(words)
    return found
