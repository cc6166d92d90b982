"""Which way is up: the one thing of Exif that changes how a picture looks."""

from __future__ import annotations

import struct

_ORIENTATION = 0x0112
_SHORT = 3
_UPRIGHT = 1


def orientation_only(exif: bytes) -> bytes | None:
    """Return Exif (a TIFF header and one entry, little-endian) that holds the orientation of `exif` and nothing else.

    Without orientation, or if it says that the picture is upright as it is, or does not read: None.
    """
    found = _orientation(exif)
    if found is None:
        return None
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, _SHORT, 1, found, 0, 0)


def _orientation(exif: bytes) -> int | None:
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return None
    try:
        magic, at = struct.unpack_from(f"{order}HI", exif, 2)
        (entries,) = struct.unpack_from(f"{order}H", exif, at)
        for number in range(entries if magic == 42 else 0):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * number)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1):
                return value if _UPRIGHT < value <= 8 else None
    except struct.error:  # cut off, or an offset past the end
        pass
    return None
