"""Thumbnails: each is what was written for its key, decodes, has the size of its name and belongs to a picture.

One that is missing is no damage: it is made again.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.integrity.findings import Inspection, Read
from warehouse.integrity.kinds import Key
from warehouse.loading.webp_seals import encoder_of

#: Of the pictures that thumbnails are made of.
_EXTENSIONS = ("png", "jpg", "webp")


def check(look: Inspection, of: str, found: Sequence[Key]) -> None:
    """Check the thumbnails of the pictures whose hash begins with `of`."""
    longest: dict[
        str, dict[str, tuple[int, int]]
    ] = {}  # picture → key → (pixels of the name, of the longer side)
    stated = {key.key: key.number for key in found}
    for one in look.read([key.key for key in found]):
        sha256 = one.key.rpartition("/")[2].partition("-")[0]
        if not any(keys.image(sha256, ext) in look.there for ext in _EXTENSIONS):
            look.unexpected(one.key, "is of no picture that the store holds")
        elif (side := _longer_side(look, one)) is not None:
            longest.setdefault(sha256, {})[one.key] = (stated[one.key], side)
    for sizes in longest.values():
        picture = max(side for _, side in sizes.values())  # or what is known of it: nothing is enlarged
        for key, (px, side) in sizes.items():
            if side != min(px, picture):
                look.damaged(key, f"its longer side has {side} pixels, not {min(px, picture)}")


def _longer_side(look: Inspection, one: Read) -> int | None:
    """Return the pixels of the longer side; None, and a problem, if the bytes are not those that were written."""
    try:
        encoder_of(one.key, one.data)
        with Image.open(io.BytesIO(one.data), formats=("WEBP",)) as opened:
            opened.load()
            return max(opened.size)
    except CorruptObjectError:
        look.damaged(one.key, "bytes do not match the hash in them")
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        look.damaged(one.key, f"does not decode ({type(error).__name__})")
    return None
