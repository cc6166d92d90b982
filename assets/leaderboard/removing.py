"""Removing a picture for good: the record first, then its bytes, its thumbnails and what editions drew with it.

Its slot, outcome, labels and counts stay, and so do pages that only link to it. A removal that was stopped goes on when
it is run again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assets.labeling.retraction import slots_of
from warehouse.errors import UsageError
from warehouse.loading import plan_slots
from warehouse.loading.load import studies
from warehouse.loading.objects import read_plan
from warehouse.loading.study_objects import read_study
from warehouse.store import Store
from warehouse.store.pieces import read_if_there
from warehouse.taken_back import Removal, checked_reason, drawn_with, removal_of
from warehouse.weeks import utc_now


@dataclass(frozen=True)
class Going:
    """What a removal deletes of a picture: the keys that are there, and in words the slots that have it.

    `record` is that of a removal before, which was stopped or is done.
    """

    sha256: str
    keys: tuple[str, ...]
    slots: tuple[str, ...]
    record: Removal | None


def what_goes(store: Store, sha256: str) -> Going:
    """Return what removing a picture deletes; nothing is written.

    Raises:
        UsageError: if the store has no such picture, and no removal names it.
    """
    record = removal_of(lambda key: read_if_there(store, key), [sha256])
    there = tuple(_keys(store, sha256))
    if record is None and not any(key.startswith("images/") for key in there):
        raise UsageError(f"no picture {sha256} in {store.url}")
    return Going(sha256, there, tuple(_slots(store, sha256)), record)


def remove(store: Store, sha256: str, reason: str) -> Removal:
    """Write the record that a picture was removed unless there is one, delete all that it names, return the record.

    Meanwhile nothing is published: a card would be drawn with it.
    """
    removal = Removal(sha256, checked_reason(reason), utc_now().isoformat())
    with store.lease("edition", purpose=f"remove {sha256[:12]}"):
        record = what_goes(store, sha256).record
        if record is None:
            store.put_if_absent(removal.key, removal.to_bytes())
        for key in [*_keys(store, sha256)]:
            store.delete(key, sha256)
    return record or removal


def _keys(store: Store, sha256: str) -> Iterator[str]:
    """Yield the keys of a picture, its thumbnails and what editions drew with it, as far as they are there."""
    yield from store.list(f"images/{sha256[:2]}/{sha256}.")
    yield from store.list(f"thumbnails/{sha256[:2]}/{sha256}-")
    yield from (key for key in drawn_with(store, [sha256]) if store.head(key))


def _slots(store: Store, sha256: str) -> Iterator[str]:
    for (week, model), of in slots_of(store, sha256).items():
        planned = {slot["slot_key"]: slot for slot in read_plan(store, week, model)["slots"]}
        yield from (plan_slots.words(planned.get(slot), week, model) for slot in of)
    for study in studies(store):
        rows = read_study(store, study)["study_slots"].select(["slot_key", "image_sha256"]).to_pylist()
        yield from (f"study {study}, {row['slot_key']}" for row in rows if row["image_sha256"] == sha256)
