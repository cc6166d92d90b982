r"""Seals in WebP files: a chunk that says which encoder made the file, and the SHA-256 of its key and its other bytes.

    RIFF … VP8X VP8 SEAL        SEAL = "<encoder>\n<hash>"; <hash> = SHA-256 of: key, a line feed, all before the hash

A thumbnail is written once and kept, so only the file itself can say which version of the encoder made it. The format
allows further chunks after the pixels, and readers skip those that they do not know. As with JSON (`seals`), the hash
covers the key: thumbnails that were exchanged do not fit. A seal finds damage; it is no signature.
"""

from __future__ import annotations

import struct

from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError

_CHUNK = b"SEAL"
_HASH = 64


def sealed(key: str, webp: bytes, width: int, height: int, encoder: str) -> bytes:
    """Return a WebP file with its seal, as it is to be written at `key`.

    The picture is still and in the simple form, one `VP8 ` chunk, as encoders write it without metadata; `encoder` is
    names and versions, ASCII, one line.
    """
    if webp[8:16] != b"WEBPVP8 ":
        raise ValueError("not a WebP file of one lossy chunk")
    extended = _chunk(b"VP8X", struct.pack("<I", 0) + _24(width - 1) + _24(height - 1))
    said = encoder.encode("ascii") + b"\n"
    size = len(said) + _HASH
    body = b"WEBP" + extended + webp[12:] + _CHUNK + struct.pack("<I", size) + said
    head = b"RIFF" + struct.pack("<I", len(body) + _HASH + size % 2) + body
    return head + _digest(key, head) + b"\0" * (size % 2)


def encoder_of(key: str, data: bytes) -> str:
    """Return which encoder made the file that was read at `key`, after checking its seal."""
    at = _seal_at(data)
    if at is not None:
        size = struct.unpack_from("<I", data, at - 4)[0]
        end = at + size - _HASH
        whole = data[end : at + size] == _digest(key, data[:end]) and data[at + size :] == b"\0" * (size % 2)
        if whole:
            return data[at : end - 1].decode("ascii")
    raise CorruptObjectError(
        f"{key} is damaged, or the object of another key: its bytes do not match the hash in it"
    )


def _seal_at(data: bytes) -> int | None:
    """Return where the content of the seal begins, or None if the chunks do not lead to one that ends the file."""
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        if data[at : at + 4] == _CHUNK:
            return at + 8 if size > _HASH and at + 8 + size + size % 2 == len(data) else None
        at += 8 + size + size % 2
    return None


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _24(value: int) -> bytes:
    return value.to_bytes(3, "little")


def _digest(key: str, body: bytes) -> bytes:
    return sha256_hex(key.encode() + b"\n" + body).encode()
