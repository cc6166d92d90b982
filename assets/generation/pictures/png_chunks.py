"""The chunks of a PNG file, byte for byte (PNG specification, third edition, section 5)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class PngError(ValueError):
    """The bytes are not whole chunks that end with IEND; the message says where."""


class Chunk(NamedTuple):
    """One chunk: its four-letter type, its data, and `raw`, the bytes as they are in the file."""

    kind: bytes
    data: bytes
    raw: bytes


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk as it is written in a file: length, type, data, checksum."""
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def chunks(png: bytes) -> Iterator[Chunk]:
    """Yield the chunks of `png` in order, the last of them IEND; raise `PngError` where it is no whole PNG."""
    if not png.startswith(SIGNATURE):
        raise PngError("no PNG signature")
    at = len(SIGNATURE)
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        raw = png[at:end]
        if len(raw) < 12 or end > len(png):
            raise PngError(f"cut off inside the chunk at byte {at}")
        kind, data = raw[4:8], raw[8:-4]
        if zlib.crc32(raw[4:-4]) != int.from_bytes(raw[-4:], "big"):
            raise PngError(f"wrong checksum in the chunk at byte {at}")
        yield Chunk(kind, data, raw)
        at = end
        if kind == b"IEND":
            if at != len(png):
                raise PngError(f"{len(png) - at} bytes after the end of the picture")
            return
    raise PngError("the end of the picture (IEND) is missing")
