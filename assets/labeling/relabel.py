"""Labels of random pictures read again, beside what the store says: the step in which a picture becomes a value.

Only labelers of this machine are asked: equal bytes give them equal values, for nothing. What another version of one
said is not compared.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from assets.gateway.receipts import read_partition
from assets.generation.plan import read_plan
from assets.labeling.pictures import PictureToRead
from assets.labeling.records import Labeler
from assets.labeling.registry import LABELERS, make_labeler
from assets.labeling.run import read_all
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.loading.load import partitions
from warehouse.loading.objects import read_parquet
from warehouse.loading.plan_slots import words
from warehouse.store import Store


class LabelReadAgain(NamedTuple):
    """What the store says of one attribute of a slot's picture, and what its labeler says now."""

    picture: str  # key
    slot: str  # in words
    attribute: str
    stated: str
    read: str


@dataclass
class Relabeled:
    """What reading labels again gave: `pictures` were read, of `known` whose labels can be.

    `left` has why pictures of the sample were not read, `unchecked` which labels could not be: → how many.
    """

    known: int
    pictures: int = 0
    labels: list[LabelReadAgain] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)

    @property
    def differing(self) -> int:
        """Return how many labels differ."""
        return sum(one.stated != one.read for one in self.labels)


class _Part(NamedTuple):
    """Labels of one part that can be read again."""

    week: str
    model: str
    labeler: str
    rows: list[dict[str, Any]]


def relabel(
    store: Store, count: int, seed: int, damaged: Collection[str] = (), workers: int | None = None
) -> Relabeled:
    """Read the labels of random pictures again; which pictures follows from the seed and the store.

    Args:
        store: holds plans, receipts, pictures and labels of all weeks.
        count: of pictures, among all with labels of a labeler of this machine in its present version.
        seed: of the random choice.
        damaged: keys of pictures that are known to be damaged or missing; they are left out.
        workers: processes; None takes one a core, 0 none.

    Returns:
        Each label of these pictures as it is stated and as it is read now, and what was not compared.

    Raises:
        CorruptObjectError: if an object that is needed is damaged or missing.
    """
    labelers: dict[str, Labeler] = {}
    unchecked, hashes = Counter[str](), set[str]()
    for part in _parts(store, labelers, unchecked):
        hashes.update(row["image_sha256"] for row in part.rows)
    result = Relabeled(len(hashes), unchecked=unchecked)
    chosen = {*random.Random(seed).sample(sorted(hashes), min(count, len(hashes)))}  # noqa: S311 - no secret
    removed = {one for one in chosen if store.head(keys.removal(one)) is not None}
    result.left["removed, and a record in the store says why"] = len(removed)
    stated = _stated(store, chosen - removed, labelers)
    gone = {key for _, key in stated if key in damaged}
    result.left["damaged or missing, as is said above"] = len(gone)
    for name, labeler in labelers.items():
        asked = {key: rows for (of, key), rows in stated.items() if of == name and key not in gone}
        looks = [_look(key, rows) for key, rows in asked.items()]
        for (key, rows), readings in zip(
            asked.items(), read_all(store, labeler, looks, workers), strict=True
        ):
            for attribute, slot, value, declared in rows:
                reading = readings.get(attribute)
                again = str(reading.columns(declared)["value"]) if reading else "not read"
                result.labels.append(LabelReadAgain(key, slot, attribute, value, again))
    result.pictures = len({one.picture for one in result.labels})
    result.labels.sort()
    return result


def _parts(store: Store, labelers: dict[str, Labeler], unchecked: Counter[str]) -> Iterator[_Part]:
    """Yield the parts that labelers of this machine wrote in their present version; those are kept in `labelers`."""
    for week, model in partitions(store):
        prefix = f"{keys.labels_prefix(week, model)}labeler="
        for key in store.list(prefix):
            written, _, name = key.removeprefix(prefix).partition("/")
            labeler, _, version = written.partition("@")
            if labeler not in LABELERS or not name.startswith("part-"):
                continue
            rows = read_parquet(store, key).to_pylist()
            try:
                there = labelers.setdefault(labeler, make_labeler(labeler))
            except UsageError as error:
                unchecked[str(error)] += len(rows)
                continue
            if there.version == version:
                yield _Part(week, model, labeler, rows)
            else:
                unchecked[f"{written} read them, and this is {labeler}@{there.version}"] += len(rows)


def _stated(
    store: Store, pictures: Collection[str], labelers: dict[str, Labeler]
) -> dict[tuple[str, str], list[tuple[str, str, str, frozenset[str]]]]:
    """Return (labeler, key of a picture) → (attribute, slot in words, value, declared values) of its labels."""
    stated = defaultdict(list)
    for part in _parts(store, labelers, Counter()):
        rows = [row for row in part.rows if row["image_sha256"] in pictures]
        plan = read_plan(store, part.week, part.model) if rows else None
        if plan is None:
            continue
        declared, slots = plan.declared_values(), {slot.slot_key: slot for slot in plan.slots}
        ext = {
            one.image_sha256: one.image_ext for one in read_partition(store, part.week, part.model).receipts
        }
        for row in rows:
            slot = slots.get(row["slot_key"])
            wording = words(slot.model_dump() if slot else None, part.week, part.model)
            known = declared.get((slot.suite, row["attribute"]), frozenset()) if slot else frozenset()
            key = keys.image(row["image_sha256"], ext.get(row["image_sha256"]) or "none")
            stated[part.labeler, key].append((row["attribute"], wording, row["value"], known))
    return stated


def _look(key: str, rows: Collection[tuple[str, str, str, frozenset[str]]]) -> PictureToRead:
    sha256, _, ext = key.rpartition("/")[2].partition(".")
    return PictureToRead(sha256, ext, tuple({attribute for attribute, *_ in rows}))
