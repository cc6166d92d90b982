"""The same picture without what can name a person: the one rule for every kind of import.

The rule is a list of what is kept, so a kind of metadata that nobody thought of is left out: pixels, color, resolution,
and which way is up. Kept parts stay byte for byte, with four exceptions that change no pixel: Exif is cut down to its
orientation, JFIF loses its thumbnail, the Adobe segment what follows its 12 bytes, and the header of a WebP file says
what is in the file. Nothing is encoded again, and stripping twice is stripping once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from assets.gateway.records import Outcome
from assets.generation.pictures.image_check import JPEG_MARKER, CheckedPicture, Rejected, inspect
from assets.generation.pictures.png_chunks import SIGNATURE, PngError, chunk, chunks
from warehouse.canonical import sha256_hex

#: Chunks of a PNG that are kept: pixels, color, resolution. All others can hold a name (text, C2PA, private ones).
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT".split()
)
#: Chunks of a still WebP that are kept.
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04  # flags of VP8X
_WEBP_HEADER = 10  # bytes of VP8X
_SOS, _EOI, _COM, _APP0, _APP1, _APP2, _APP14 = 0xDA, 0xD9, 0xFE, 0xE0, 0xE1, 0xE2, 0xEE
_JFIF, _EXIF, _ICC, _ADOBE = b"JFIF\0", b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe"


class StructureError(ValueError):
    """The parts of a file cannot be told apart; the message says where."""


@dataclass(frozen=True)
class Stripped:
    """A whole picture without names: `picture` describes `data`, the bytes to store."""

    picture: CheckedPicture
    data: bytes
    original_sha256: str  # of the bytes as they came


def checked_and_stripped(data: bytes) -> Stripped | Rejected:
    """Return a whole picture without what can name a person, or the outcome of bytes that are none."""
    checked = inspect(data)
    if isinstance(checked, Rejected):
        return checked
    try:
        kept = strip(data)
    except StructureError as error:
        return Rejected(Outcome.CORRUPT_IMAGE, str(error))
    # The pixels are the same bytes as before, so size and perceptual hash are too.
    return Stripped(replace(checked, sha256=sha256_hex(kept), bytes=len(kept)), kept, checked.sha256)


def strip(data: bytes) -> bytes:
    """Return a PNG, JPEG or WebP file without what can name a person; raise `StructureError` if it is no whole one."""
    for signature, parts in _FORMATS.items():
        if data.startswith(signature):
            return parts(data)
    raise StructureError("neither PNG, JPEG nor WebP")


def _png(data: bytes) -> bytes:
    kept = [SIGNATURE]
    try:
        for part in chunks(data):
            if part.kind in _PNG_KEPT:
                kept.append(part.raw)
            elif part.kind == b"eXIf" and (exif := orientation_only(part.data)):
                kept.append(chunk(b"eXIf", exif))
    except PngError as error:
        raise StructureError(f"PNG: {error}") from None
    return b"".join(kept)


def _jpeg(data: bytes) -> bytes:
    kept, at, in_scan = [data[:2]], 2, False
    while match := JPEG_MARKER.search(data, at):
        marker, start = data[match.end() - 1], match.start()
        if in_scan:
            kept.append(data[at:start])
        if marker == _EOI:
            return b"".join([*kept, data[start : match.end()]])
        at = match.end() + int.from_bytes(data[match.end() : match.end() + 2], "big")
        if at < match.end() + 2 or at > len(data):
            raise StructureError(f"JPEG: cut off inside the segment at byte {start}")
        kept.append(_segment(marker, data[start:at]))
        in_scan = marker == _SOS
    raise StructureError("JPEG: the end of the picture (EOI) is missing")


def _segment(marker: int, raw: bytes) -> bytes:
    """Return what is kept of one segment of a JPEG: `raw` is its marker, its length and its body."""
    body = raw[4:]
    if marker == _APP0 and body.startswith(_JFIF) and len(body) >= 14:
        return _sized(marker, body[:12] + b"\0\0")  # without a thumbnail
    if marker == _APP1 and body.startswith(_EXIF):
        exif = orientation_only(body[len(_EXIF) :])
        return _sized(marker, _EXIF + exif) if exif else b""
    if marker == _APP2 and body.startswith(_ICC):
        return raw
    if marker == _APP14 and body.startswith(_ADOBE):
        return _sized(marker, body[:12])  # it says how the colors are to be read
    return b"" if _APP0 <= marker <= _APP0 + 15 or marker == _COM else raw


def _sized(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def _webp(data: bytes) -> bytes:
    kept: list[tuple[bytes, bytes]] = []
    for kind, body in _webp_chunks(data):
        if kind in _WEBP_KEPT:
            kept.append((kind, body))
        elif kind == b"EXIF" and (exif := orientation_only(body.removeprefix(_EXIF))):
            kept.append((kind, exif))
    parts = [_riff(kind, _header(body, kept) if kind == b"VP8X" else body) for kind, body in kept]
    inside = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if data[8:12] != b"WEBP":
        raise StructureError("WebP: no WEBP signature")
    at, end = 12, int.from_bytes(data[4:8], "little") + 8
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + size > min(end, len(data)):
            raise StructureError(f"WebP: cut off inside the chunk at byte {at}")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _header(body: bytes, kept: list[tuple[bytes, bytes]]) -> bytes:
    """Return VP8X with flags for the metadata that are still there."""
    flags = body[0] & ~(_WEBP_EXIF | _WEBP_XMP) if body else 0
    if any(kind == b"EXIF" for kind, _ in kept):
        flags |= _WEBP_EXIF
    return bytes([flags]) + body[1:_WEBP_HEADER]


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)


_FORMATS: Mapping[bytes, Callable[[bytes], bytes]] = {SIGNATURE: _png, b"\xff\xd8": _jpeg, b"RIFF": _webp}


_ORIENTATION = 0x0112
_SHORT = 3
_UPRIGHT = 1


def orientation_only(exif: bytes) -> bytes | None:
    """Return Exif (a TIFF header and one entry, little-endian) that holds the orientation of `exif` and nothing else.

    Without orientation, or if it says that the picture is upright as it is, or does not read: None.
    """
    orientation = _orientation(exif)
    if orientation is None:
        return None
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


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
