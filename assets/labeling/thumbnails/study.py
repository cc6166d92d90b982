"""Thumbnails of the pictures of published studies, made where they are missing; a note says that a study has them."""

from __future__ import annotations

from collections.abc import Sequence

from assets.generation.workplace import Workplace
from assets.labeling.thumbnails.partition import Picture, shrink
from warehouse import keys


def complete_study(place: Workplace, study: str, definition: str, pictures: Sequence[Picture]) -> None:
    """Make the thumbnails that pictures of a study lack, then the note.

    A picture of which none can be made is reported once and is in the note, for a study does not change.

    Under another hash of its definition its pictures are looked at again.
    """
    note = keys.study_thumbnail_note(study, definition)
    if not pictures or place.store.head(note) is not None:
        return
    work = shrink(place, pictures, f"study {study}")
    if work.lacking:
        place.listener.told(f"Thumbnails of {work.lacking:,} pictures of the study {study} made.")
    if place.interrupt.is_set():
        raise KeyboardInterrupt
    place.store.put_if_absent(note, work.noted(note))
