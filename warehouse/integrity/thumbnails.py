"""Pictures and thumbnails: bytes by name and by seal, pixels by the picture; a missing thumbnail is made again."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby

from PIL import Image, ImageChops

from warehouse import keys
from warehouse.integrity.findings import NOT_GONE, Inspection, Read
from warehouse.integrity.kinds import Key
from warehouse.store.many import ahead
from warehouse.taken_back import removed

#: Of the pictures that thumbnails are made of.
_EXTENSIONS = ("png", "jpg", "webp")
#: Most that two thumbnails of one picture may be apart, of 255, in the square of 8 pixels where they are most. Measured
#: on 300 drawings and 150 photographs: at most 17 for WebP of quality 60 to 95, any method, and another way to scale;
#: at least 78 for another picture (the nearest of 44,850 pairs of drawings; 85 for photographs, at 96 pixels).
TOLERANCE = 24
_SQUARE = 8


def check(look: Inspection, of: str, found: Sequence[Key]) -> None:
    """Check the pictures whose hash begins with `of`, each with its thumbnails; those are compared in threads."""
    gone = removed(look.store, of)
    ordered = sorted(found, key=lambda one: (keys.picture_of(one.key) or "", one.key))
    together = groupby(look.read(ordered), key=lambda one: keys.picture_of(one.key) or "")  # picture first
    work = ((sha256, [*objects]) for sha256, objects in together)
    for _ in ahead(partial(_check_one, look, gone), work, os.cpu_count() or 1):
        pass


def _check_one(look: Inspection, gone: Collection[str], one: tuple[str, Sequence[Read]]) -> None:
    sha256, objects = one
    made = b""
    for read in objects:
        if sha256 in gone:
            look.unexpected(read.key, NOT_GONE)
        elif read.named.kind == "image" and not read.fault and len(objects) > 1:
            with suppress(ValueError):  # then it was given none, or by another version, which could
                made = look.shrink(sha256, read.data)
        elif read.named.kind == "image":
            continue
        elif not any(keys.image(sha256, ext) in look.there for ext in _EXTENSIONS):
            look.unexpected(read.key, "is of no picture that the store holds")
        elif not read.fault and made and read.key == keys.thumbnail(sha256) and made != read.data:
            _compare(look, read, made)


def _compare(look: Inspection, one: Read, made: bytes) -> None:
    """Note a thumbnail that is not of its picture."""
    try:
        stored, again = (
            Image.open(io.BytesIO(webp), formats=("WEBP",)).convert("RGB") for webp in (one.data, made)
        )
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        look.damaged(one.key, f"does not decode ({type(error).__name__})")
        return
    if stored.size != again.size:
        sizes = [f"{width} × {height}" for width, height in (stored.size, again.size)]
        look.damaged(one.key, f"has {sizes[0]} pixels, and its picture gives {sizes[1]}")
    elif (apart := most_apart(stored, again)) > TOLERANCE:
        look.damaged(one.key, f"shows something else than its picture: {apart} of 255 apart in one place")


def most_apart(one: Image.Image, other: Image.Image) -> int:
    """Return how far two pictures of one size are apart, of 255, in the square where they are most."""
    bands = ImageChops.difference(one, other).reduce(_SQUARE).getextrema()
    return max(int(high) for _, high in bands)  # type: ignore[misc]
