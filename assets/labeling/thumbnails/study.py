"""Thumbnails of the pictures of published studies, made where they are missing; a note says that a study has them."""

from __future__ import annotations

from collections.abc import Sequence

from assets.generation.workplace import Workplace
from assets.labeling.pictures import UnreadableError
from assets.labeling.thumbnails.encoder import SIZES, thumbnails
from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.loading.objects import read_image
from warehouse.loading.seals import sealed


def complete_study(
    place: Workplace, study: str, definition: str, pictures: Sequence[tuple[str, str]]
) -> None:
    """Make the thumbnails that pictures of a study lack, then the note.

    A picture of which none can be made is reported in one line, and stops nothing.

    Args:
        place: the surroundings.
        study: its name.
        definition: hash of its definition; of another one its pictures are looked at again.
        pictures: (SHA-256, extension).

    Raises:
        StoreError: if the store fails.
    """
    store, note = place.store, keys.study_thumbnail_note(study, definition)
    if not pictures or store.head(note) is not None:
        return
    made, failed = 0, {}
    for sha256, ext in pictures:
        if store.head(keys.thumbnail(sha256, SIZES[-1])) is not None:
            continue
        try:
            for key, data in thumbnails(sha256, read_image(store, sha256, ext)).items():
                store.put_if_absent(key, data)
            made += 1
        except (UnreadableError, CorruptObjectError) as error:
            failed[sha256] = str(error)
            place.listener.told(f"study {study}: no thumbnails of picture {sha256[:12]}: {error}")
    if made:
        place.listener.told(f"Thumbnails of {made:,} pictures of the study {study} made.")
    store.put_if_absent(
        note, sealed(note, {"pictures": len(pictures), "sizes": [*SIZES], "not_made": failed})
    )
