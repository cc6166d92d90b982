"""A picture's bytes without what is written beside the pixels: prompts, model names, accounts, dates.

Of PNG the chunks that decide how it looks are kept and no others, of JPEG all segments but comments and those for
applications (JFIF, color profile and Adobe's color transform stay), of WebP all but EXIF and XMP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assets.generation.pictures.png_chunks import SIGNATURE, chunks

_PNG_KEPT = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA"),
        *(b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP"),
    )
)
_JPEG_APP = range(0xE0, 0xF0)
_JPEG_COMMENT, _JPEG_SCAN = 0xFE, 0xDA
#: APPn segments that decide how a picture looks: marker → how its data begins.
_JPEG_KEPT: Mapping[int, bytes] = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_WEBP_LEFT_OUT = frozenset((b"EXIF", b"XMP "))
_WEBP_FLAGS = 0x08 | 0x04  # EXIF and XMP, in the first byte of VP8X


def without_metadata(image: bytes, ext: str) -> bytes:
    """Return a checked picture (PNG, JPEG or WebP) that decodes to the same pixels and says nothing else."""
    return _KINDS[ext](image)


def _png(image: bytes) -> bytes:
    return SIGNATURE + b"".join(chunk.raw for chunk in chunks(image) if chunk.kind in _PNG_KEPT)


def _jpeg(image: bytes) -> bytes:
    kept, at = [image[:2]], 2
    while at + 4 <= len(image) and image[at + 1] != _JPEG_SCAN:
        marker, end = image[at + 1], at + 2 + int.from_bytes(image[at + 2 : at + 4], "big")
        begins = _JPEG_KEPT.get(marker)
        said = marker == _JPEG_COMMENT or (
            marker in _JPEG_APP and (begins is None or not image[at + 4 : end].startswith(begins))
        )
        if not said:
            kept.append(image[at:end])
        at = end
    return b"".join([*kept, image[at:]])


def _webp(image: bytes) -> bytes:
    body, at = [], 12
    while at + 8 <= len(image):
        kind, size = image[at : at + 4], int.from_bytes(image[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if kind == b"VP8X":
            body.append(image[at : at + 8] + bytes([image[at + 8] & ~_WEBP_FLAGS]) + image[at + 9 : end])
        elif kind not in _WEBP_LEFT_OUT:
            body.append(image[at:end])
        at = end
    joined = b"".join(body)
    return b"RIFF" + (len(joined) + 4).to_bytes(4, "little") + b"WEBP" + joined


_KINDS: Mapping[str, Callable[[bytes], bytes]] = {"png": _png, "jpg": _jpeg, "webp": _webp}
