"""Freezing an anchor set of one's own: pictures drawn at random from those that are stored.

Drawn from every model × suite of the week as evenly as their numbers allow; within one at random. The order is a hash
of seed and picture, so that the same seed takes the same pictures wherever and whenever it is drawn.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from assets.generation.plan import read_plan
from assets.labeling.anchors import shipped as shipped_anchors
from assets.labeling.anchors.sets import write_set
from assets.suites.schema import Attribute
from warehouse.canonical import sha256_hex
from warehouse.errors import RefusedError, UsageError
from warehouse.loading.anchor_objects import list_key
from warehouse.loading.load import partitions
from warehouse.store import Store
from warehouse.taken_back import removed

#: A set is no smaller: where one label in twenty moves, sixty pictures show none of it in 5 % of weeks (0.95 ** 60).
LEAST = 60

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
Stratum = tuple[str, str]  # model, suite
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Frozen:
    """A set that was written: how many pictures of each model and suite, and the seed of the lot."""

    anchor_set: str
    seed: str
    pictures: Mapping[Stratum, int]


def freeze(store: Store, anchor_set: str, week: str, *, size: int = LEAST, seed: str | None = None) -> Frozen:
    """Write a new anchor set of pictures of one week.

    The seed of the lot is by default the set's name.

    Raises:
        UsageError: for a size below 60, a name that is none, or where there are not so many pictures.
        RefusedError: if there is a set of that name: a set never changes.
    """
    if size < LEAST:
        raise UsageError(f"an anchor set has {LEAST} pictures or more, not {size}: fewer miss what moves")
    if not _NAME.fullmatch(anchor_set):
        raise UsageError(
            f'"{anchor_set}" is no name: lower-case letters, digits, ".", "_" and "-", e.g. mine-2026'
        )
    if anchor_set == shipped_anchors.NAME or store.head(list_key(anchor_set)) is not None:
        raise RefusedError(
            f'there is an anchor set "{anchor_set}", and a set never changes; take another name'
        )
    attributes, offered = _offered(store, week)
    there = len({row["image_sha256"] for rows in offered.values() for row in rows})
    if there < size:
        raise UsageError(
            f"the week {week} has {there} different pictures with something to label, not {size}"
        )
    seed = seed or anchor_set
    taken = _draw(offered, size, seed)
    rows = [row for stratum in sorted(taken) for row in taken[stratum]]
    used = {name for row in rows for name in row["attributes"]}
    written = write_set(
        store,
        anchor_set,
        [attribute for name, attribute in sorted(attributes.items()) if name in used],
        rows,
        about=f"pictures of the week {week}, drawn at random from each model and suite",
        week=week,
        seed=seed,
    )
    if not written:
        raise RefusedError(f'"{anchor_set}" was frozen by somebody else meanwhile; take another name')
    return Frozen(anchor_set, seed, {stratum: len(rows) for stratum, rows in taken.items()})


def _offered(store: Store, week: str) -> tuple[dict[str, Attribute], dict[Stratum, list[dict[str, Any]]]]:
    """Return the attributes of a week's plans, and the pictures of each model and suite; equal bytes stand once."""
    attributes: dict[str, Attribute] = {}
    offered: defaultdict[Stratum, list[dict[str, Any]]] = defaultdict(list)
    seen = {*removed(store)}
    for planned, model in partitions(store):
        plan = read_plan(store, week, model) if planned == week else None
        if plan is None:
            continue
        for suite in plan.suites:
            for declared in suite["attributes"]:
                one = Attribute.model_validate(declared)
                attributes[one.id] = _joined(attributes.get(one.id), one)
        known, prompts = read_partition(store, week, model), plan.prompts()
        for slot in plan.slots:
            receipt = known.of(slot.slot_key).last
            wanted = prompts[slot.prompt].attributes
            if receipt is None or receipt.outcome is not Outcome.OK or not receipt.image_sha256 or not wanted:
                continue
            if receipt.image_sha256 not in seen:
                seen.add(receipt.image_sha256)
                offered[model, slot.suite].append(
                    {
                        "image_sha256": receipt.image_sha256,
                        "image_ext": receipt.image_ext,
                        "model": model,
                        "prompt": slot.prompt,
                        "attributes": [*wanted],
                    }
                )
    return attributes, dict(offered)


def _joined(before: Attribute | None, now: Attribute) -> Attribute:
    """Return an attribute that declares what two suites declare."""
    if before is None or before == now:
        return now
    values = dict.fromkeys([*before.values, *now.values])
    outside = dict.fromkeys([*before.outside, *now.outside])
    return now.model_copy(
        update={"values": (*values,), "outside": tuple(v for v in outside if v not in values), "bands": {}}
    )


def _draw(offered: Mapping[Stratum, Sequence[Row]], size: int, seed: str) -> dict[Stratum, list[Row]]:
    """Return `size` pictures: one of each model and suite in turn, until there are enough."""
    lots = {
        stratum: sorted(rows, key=lambda row: sha256_hex(f"{seed}/{row['image_sha256']}".encode()))
        for stratum, rows in offered.items()
    }
    # Who comes first in a turn is drawn too: the last turn may not reach all.
    order = sorted(lots, key=lambda stratum: sha256_hex(f"{seed}/{'/'.join(stratum)}".encode()))
    taken: dict[Stratum, list[Row]] = {stratum: [] for stratum in order}
    left = size
    while left:
        for stratum in order:
            if left and len(taken[stratum]) < len(lots[stratum]):
                taken[stratum].append(lots[stratum][len(taken[stratum])])
                left -= 1
    return {stratum: rows for stratum, rows in taken.items() if rows}
