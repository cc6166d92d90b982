"""Thumbnails of one model's week or of a study, made where they are missing; a note in the store says that all are.

The note's name holds the fingerprint of the partition: what was labeled and loaded has one, and other pictures have
another. So publishing finds weeks without thumbnails by listing the notes, and looks at no picture of the others. The
notes are in the store and not in the warehouse, because labeling needs no warehouse and runs on any machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from assets.generation.workplace import Workplace
from assets.labeling.pictures import UnreadableError
from assets.labeling.thumbnails.encoder import thumbnail
from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.loading.objects import names_of, read_image
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.store.many import ahead
from warehouse.taken_back import removed


class Picture(NamedTuple):
    """A picture of a partition."""

    sha256: str
    ext: str


@dataclass
class Shrunk:
    """What came of making thumbnails.

    Attributes:
        pictures: how many were looked at.
        lacking: how many of them lacked a thumbnail and have one now.
        not_made: hash of a picture of which none can be made → why.
        damaged: whether one of these is missing or damaged, and may be restored.
    """

    pictures: int
    lacking: int = 0
    not_made: dict[str, str] = field(default_factory=dict)
    damaged: bool = False

    def noted(self, note: str) -> bytes:
        """Return a note of it, for its key."""
        return sealed(note, {"pictures": self.pictures, "not_made": dict(sorted(self.not_made.items()))})


def complete(place: Workplace, week: str, model: str) -> int:
    """Make the thumbnails that pictures of a partition lack, then the note; return how many pictures lacked some.

    A picture of which none can be made is reported in one line and is in the note; it stops nothing. One that is
    missing or damaged is reported too, and there is no note: a later run tries again. Interrupted, it ends early and
    without a note.
    """
    store = place.store
    note = keys.thumbnail_note(week, model, names_of(store, week, model).fingerprint)
    if store.head(note) is not None:
        return 0
    work = shrink(place, pictures(store, week, model), f"{model}, week {week}")
    if not (place.interrupt.is_set() or work.damaged):
        store.put_if_absent(note, work.noted(note))
    return work.lacking


def shrink(place: Workplace, chosen: Sequence[Picture], of: str) -> Shrunk:
    """Make the thumbnails that pictures lack; return what came of it.

    The listener hears how far it is, and of each picture of which none can be made; `of` is what they are of, for
    people.
    """
    store, done = place.store, Shrunk(len(chosen))

    def missing(picture: Picture) -> tuple[str, bytes] | None:
        key = keys.thumbnail(picture.sha256)
        if store.head(key) is not None:
            return None
        try:
            return key, thumbnail(picture.sha256, read_image(store, *picture))
        except (UnreadableError, CorruptObjectError) as error:
            if isinstance(error, CorruptObjectError):  # set and never unset: several threads may do so
                done.damaged = True
            done.not_made[picture.sha256] = str(error)
            place.listener.told(f"{of}: no thumbnail of picture {picture.sha256[:12]}: {error}")
            return None

    def objects() -> Iterator[tuple[str, bytes]]:
        # Threads are enough: Pillow decodes, scales and encodes without holding the interpreter.
        workers = (os.cpu_count() or 1) if place.workers is None else max(1, place.workers)
        wanted = takewhile(lambda _: not place.interrupt.is_set(), chosen)
        for made in ahead(missing, wanted, workers):
            place.listener.shrunk()
            if made:
                yield made

    place.listener.to_shrink(len(chosen))
    done.lacking = sum(1 for _ in store.put_all(objects()))
    return done


def pictures(store: Store, week: str, model: str) -> list[Picture]:
    """Return the pictures of a partition's successful attempts, each once, by hash; none that was removed."""
    gone = removed(store)
    return sorted(
        {
            Picture(receipt.image_sha256, receipt.image_ext)
            for receipt in read_partition(store, week, model).receipts
            if receipt.outcome is Outcome.OK and receipt.image_sha256 and receipt.image_ext
            if receipt.image_sha256 not in gone
        }
    )


def complete_weeks(place: Workplace, loaded: Sequence[tuple[str, str, str]]) -> None:
    """Make the thumbnails of all partitions that have no note of them: weeks that were labeled before there were any.

    Of each partition that counts, `loaded` has (week, model, fingerprint).
    """
    store, tell = place.store, place.listener.told
    noted = {*store.list(keys.thumbnail_notes_prefix())} if loaded else set()
    left = [
        (week, model) for week, model, known in loaded if keys.thumbnail_note(week, model, known) not in noted
    ]
    if not left:
        return
    with store.lease("thumbnails", purpose="make thumbnails"):
        for number, (week, model) in enumerate(left, start=1):
            try:
                made = complete(place, week, model)
            except CorruptObjectError as error:
                tell(f"{model}, week {week}: no thumbnails: {error}")
                continue
            if made:
                tell(
                    f"Thumbnails of {made:,} pictures of {model}, week {week}, made ({number:,} of {len(left):,})."
                )
            if place.interrupt.is_set():
                raise KeyboardInterrupt


def complete_study(place: Workplace, study: str, definition: str, pictures: Sequence[Picture]) -> None:
    """Make the thumbnails that pictures of a study lack, then the note.

    A picture of which none can be made is reported once and is in the note, for a study does not change.
    """
    note = keys.study_thumbnail_note(study, definition)
    if not pictures or place.store.head(note) is not None:
        return
    gone = removed(place.store)
    work = shrink(place, [one for one in pictures if one.sha256 not in gone], f"study {study}")
    if work.lacking:
        place.listener.told(f"Thumbnails of {work.lacking:,} pictures of the study {study} made.")
    if place.interrupt.is_set():
        raise KeyboardInterrupt
    place.store.put_if_absent(note, work.noted(note))
