"""Is this a whole picture? What every byte string passes before it is called an image.

Allowed are PNG, JPEG and WebP with one frame, which is what image models return. GIF, AVIF and anything that
moves are `wrong_type`: a label is of one still picture, and nothing here checks the end of an AVIF stream.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from assets.gateway.records import Outcome
from assets.generation.pictures.png_chunks import PngError, chunks
from warehouse.canonical import sha256_hex


@dataclass(frozen=True)
class Limits:
    """The largest picture taken. `max_pixels` stays below Pillow's own bomb limit, which is process-wide."""

    max_bytes: int = 64 * 1024 * 1024
    max_pixels: int = 64 * 1024 * 1024


DEFAULT = Limits()
#: Grays, of 255, by which two neighboring pixels of a difference hash clearly differ.
CLEAR = 2


@dataclass(frozen=True)
class CheckedPicture:
    """A whole picture; `phash` is its difference hash: finds a picture as well as a pHash in a tenth of the time."""

    sha256: str
    ext: str
    mime: str
    width: int
    height: int
    bytes: int
    phash: str


@dataclass(frozen=True)
class Rejected:
    """Bytes that are no picture of ours; `why` is one line, the same for the same bytes."""

    outcome: Outcome
    why: str


def inspect(data: bytes, *, limits: Limits = DEFAULT) -> CheckedPicture | Rejected:
    """Return what `data` is: a `CheckedPicture`, or `Rejected` with `corrupt_image`, `wrong_type` or `too_large`.

    No file name is looked at. Safe to call from many threads: it changes no setting of Pillow or `warnings`.
    """
    if not data:
        return Rejected(Outcome.CORRUPT_IMAGE, "0 bytes")
    if len(data) > limits.max_bytes:
        return Rejected(Outcome.TOO_LARGE, f"{len(data)} bytes, more than {limits.max_bytes}")
    mime = _mime(data)
    if mime not in _TYPES:
        return Rejected(Outcome.WRONG_TYPE, f"{mime or _looks_like(data)} is not PNG, JPEG or WebP")
    ext, pillow_format, stream_problem = _TYPES[mime]
    problem = stream_problem(data)
    if problem:
        return Rejected(Outcome.CORRUPT_IMAGE, f"{pillow_format}: {problem}")
    decoded = _decode(data, pillow_format, limits)
    if isinstance(decoded, Rejected):
        return decoded
    width, height, phash = decoded
    return CheckedPicture(sha256_hex(data), ext, mime, width, height, len(data), phash)


def _decode(data: bytes, pillow_format: str, limits: Limits) -> tuple[int, int, str] | Rejected:
    """Return (width, height, phash); the size is checked before a pixel is decoded."""
    try:
        with Image.open(io.BytesIO(data), formats=(pillow_format,)) as picture:
            width, height = picture.size
            if width * height > limits.max_pixels:
                return _too_many_pixels(f"{width} × {height} pixels", limits)
            if getattr(picture, "n_frames", 1) > 1:
                return Rejected(Outcome.WRONG_TYPE, f"{pillow_format}: it moves (more than one frame)")
            picture.verify()  # checksums; leaves the object unusable, and passes a truncated JPEG
        with Image.open(io.BytesIO(data), formats=(pillow_format,)) as picture:
            picture.load()  # the pixels; passes a PNG without its end, which the stream check has seen
            return width, height, dhash(as_shown(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return _too_many_pixels("a decompression bomb", limits)
    except Exception as error:  # noqa: BLE001 - decoders raise anything, and all of it means the same
        # The class only: Pillow's messages hold memory addresses, and the same bytes have the same reason.
        return Rejected(Outcome.CORRUPT_IMAGE, f"{pillow_format}: does not decode ({type(error).__name__})")


def dhash(picture: Image.Image) -> str:
    """Return the difference hash, 16 hexadecimal digits: in 8 rows of 9 gray pixels, which are brighter than the last.

    The bits are those of `imagehash.dhash`, which earlier receipts hold.
    """
    return np.packbits(_slopes(picture) > 0).tobytes().hex()


def bits_against(picture: Image.Image, phash: str) -> int:
    """Return how many bits of a hash a picture clearly contradicts: its pixels there differ by more than `CLEAR`.

    Where they differ by less, a copy of the picture has either bit. Raises ValueError if `phash` is no hash.
    """
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(phash), np.uint8)).reshape(8, 8)
    slopes = _slopes(picture)
    return int((np.where(bits == 1, -slopes, slopes) > CLEAR).sum())


def _slopes(picture: Image.Image) -> NDArray[np.int16]:
    """Return in 8 rows of 9 gray pixels how much brighter each is than the last, of 255."""
    gray = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS), dtype=np.int16)
    return gray[:, 1:] - gray[:, :-1]


def _mime(data: bytes) -> str:
    """Return the picture type that the first bytes name, or nothing if they name none of these."""
    mime = next((mime for signature, mime in _SIGNATURES if signature.match(data)), "")
    return "image/apng" if mime == "image/png" and _animated(data) else mime


#: The brands of HEIC and AVIF are the major one, or one of those that a general major one (mif1, msf1) lists.
_SIGNATURES = tuple(
    (re.compile(signature, re.DOTALL), mime)
    for signature, mime in (
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"\x89PNG", "image/png"),
        (rb"RIFF.{4}WEBPVP", "image/webp"),
        (rb"GIF", "image/gif"),
        (rb"BM", "image/bmp"),
        (rb"II\x2a\x00|MM\x00\x2a", "image/tiff"),
        (rb"\x00\x00\x01\x00", "image/x-icon"),
        (rb"\x00\x00\x00\x0c.{12}ftypjp2 ", "image/jpx"),
        (rb".{4}ftyp(heic|m[is]f1.{4}(.{4}){0,8}heic)", "image/heic"),
        (rb".{4}ftyp(avif|m[is]f1.{4}(.{4}){0,8}avif)", "image/avif"),
    )
)


def _animated(png: bytes) -> bool:
    """Return whether a PNG has the chunk of an animation before its pixels; broken chunks end the search."""
    try:
        return b"acTL" in {part.kind for part in takewhile(lambda part: part.kind != b"IDAT", chunks(png))}
    except PngError:
        return False


def _too_many_pixels(what: str, limits: Limits) -> Rejected:
    return Rejected(Outcome.TOO_LARGE, f"{what}, more than {limits.max_pixels} pixels")


def _looks_like(data: bytes) -> str:
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head", b"<svg")):
        return "a page of markup"
    return "JSON" if start.startswith((b"{", b"[")) else "an unknown type"


def _png_problem(data: bytes) -> str | None:
    try:
        for _ in chunks(data):
            pass
    except PngError as error:
        return str(error)
    return None


#: A marker inside or after a scan: not a stuffed byte, a restart or a fill byte (ITU T.81, B.1.1.2).
JPEG_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_EOI = 0xD9


def _jpeg_problem(data: bytes) -> str | None:
    """Walk the segments to the end marker, so that the end of a thumbnail inside is not taken for it."""
    at = 2
    while match := JPEG_MARKER.search(data, at):
        marker, after = data[match.end() - 1], match.end()
        if marker == _EOI:
            left = len(data) - after
            return f"{left} bytes after the end of the picture" if left else None
        at = after + int.from_bytes(data[after : after + 2], "big")
        if at == after or at > len(data):
            return "cut off inside a segment"
    return "the end of the picture (EOI) is missing"


def _webp_problem(data: bytes) -> str | None:
    declared = int.from_bytes(data[4:8], "little") + 8
    if declared > len(data):
        return f"cut off: {declared} bytes declared, {len(data)} here"
    return f"{len(data) - declared} bytes after the end of the picture" if declared < len(data) else None


_TYPES: Mapping[str, tuple[str, str, Callable[[bytes], str | None]]] = {
    "image/png": ("png", "PNG", _png_problem),
    "image/jpeg": ("jpg", "JPEG", _jpeg_problem),
    "image/webp": ("webp", "WEBP", _webp_problem),
}


# --- a picture as it is shown: upright, in 8 bits, on white, in sRGB; thumbnails and perceptual hashes are of this


def as_shown(picture: Image.Image) -> Image.Image:
    """Return an opened picture in RGB, turned as its EXIF data say; `picture` may be changed."""
    profile = picture.info.get("icc_profile")
    with suppress(Exception):  # data that do not read are left out, as most viewers do
        ImageOps.exif_transpose(picture, in_place=True)
    return _in_srgb(_on_white(_eight_bit(picture)), profile)


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Return a picture with 16 bits per pixel in 8: Pillow itself would show all but the darkest as white."""
    if not picture.mode.startswith("I"):
        return picture
    gray = picture.point(lambda value: value * (1 / 256)).convert("L")
    gray.info.pop("transparency", None)  # a gray value of 16 bits
    return gray


def _on_white(picture: Image.Image) -> Image.Image:
    """Return a picture in RGB, what is transparent laid on white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture.convert("RGB")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture in sRGB; a profile that cannot be applied is left out, as most viewers do."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
    return changed or picture
