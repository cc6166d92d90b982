"""Every kind of bad picture, made from a real encoder's bytes, and the good ones that they were made of."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.gateway.records import Outcome
from assets.generation.pictures.image_check import DEFAULT, CheckedPicture, Limits, Rejected, inspect
from assets.generation.pictures.png_chunks import SIGNATURE, chunk, chunks


def _picture(mode: str = "RGB", size: tuple[int, int] = (96, 64)) -> Image.Image:
    noise = np.random.default_rng(7).integers(0, 256, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    return Image.fromarray(noise, "RGB").resize(size, Image.Resampling.BICUBIC).convert(mode)


def _encode(fmt: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    _picture(mode).save(out, fmt, **options)
    return out.getvalue()


PNG, JPEG, WEBP = _encode("PNG"), _encode("JPEG"), _encode("WEBP")
PROGRESSIVE = _encode("JPEG", progressive=True)
LOSSLESS = _encode("WEBP", lossless=True)


def _bomb(width: int, height: int) -> bytes:
    """A whole, valid PNG of one bit a pixel: a few kB that unpack to the given size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    rows = b"\0" * (1 + (width + 7) // 8) * 64
    # One block that needs nothing before it, again and again: to compress all of it takes a second.
    blocks = (packer.compress(rows) + packer.flush(zlib.Z_FULL_FLUSH)) * (height // 64) + packer.flush()
    checksum = 1
    for _ in range(height // 64):
        checksum = zlib.adler32(rows, checksum)
    body = b"\x78\xda" + blocks + struct.pack(">I", checksum)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _animated(fmt: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    frames[0].save(out, fmt, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def _moving_by_its_word(png: bytes) -> bytes:
    """An animation of one frame, whose only frame is the picture."""
    head, *rest = chunks(png)
    moves = chunk(b"acTL", struct.pack(">II", 1, 0))
    return SIGNATURE + head.raw + moves + b"".join(one.raw for one in rest)


def _without_pixels(png: bytes) -> bytes:
    """Whole chunks, right checksums, but the compressed pixels stop half way."""
    return SIGNATURE + b"".join(
        chunk(c.kind, c.data[: len(c.data) // 2]) if c.kind == b"IDAT" else c.raw for c in chunks(png)
    )


def _wrong_checksum(png: bytes) -> bytes:
    at = png.index(b"IDAT") + 20
    return png[:at] + bytes([png[at] ^ 1]) + png[at + 1 :]


def _webp_declaring_its_cut(webp: bytes) -> bytes:
    cut = webp[: len(webp) // 2 & ~1]
    return cut[:4] + struct.pack("<I", len(cut) - 8) + cut[8:]


BAD: dict[str, tuple[bytes, Outcome]] = {
    "empty": (b"", Outcome.CORRUPT_IMAGE),
    "html": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>", Outcome.WRONG_TYPE),
    "json": (b'{"error": {"code": 500}}', Outcome.WRONG_TYPE),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', Outcome.WRONG_TYPE),
    "gif": (_encode("GIF"), Outcome.WRONG_TYPE),
    "bmp": (_encode("BMP"), Outcome.WRONG_TYPE),
    "tiff": (_encode("TIFF"), Outcome.WRONG_TYPE),
    "ico": (_encode("ICO"), Outcome.WRONG_TYPE),
    "avif": (_encode("AVIF"), Outcome.WRONG_TYPE),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64), Outcome.WRONG_TYPE),
    "text": (b"I cannot draw that.", Outcome.WRONG_TYPE),
    "one byte": (b"\x89", Outcome.WRONG_TYPE),
    "sound in a RIFF file": (b"RIFF\x24\0\0\0WAVEfmt " + bytes(32), Outcome.WRONG_TYPE),
    "png that says it moves": (_moving_by_its_word(PNG), Outcome.WRONG_TYPE),
    "moving webp": (_animated("WEBP"), Outcome.WRONG_TYPE),
    "moving png": (_animated("PNG"), Outcome.WRONG_TYPE),
    "signature only": (SIGNATURE, Outcome.CORRUPT_IMAGE),
    "truncated png": (PNG[: len(PNG) // 2], Outcome.CORRUPT_IMAGE),
    "truncated jpeg": (JPEG[: len(JPEG) // 2], Outcome.CORRUPT_IMAGE),
    "truncated progressive jpeg": (PROGRESSIVE[: len(PROGRESSIVE) // 2], Outcome.CORRUPT_IMAGE),
    "truncated webp": (WEBP[: len(WEBP) // 2], Outcome.CORRUPT_IMAGE),
    "truncated webp that declares its new size": (_webp_declaring_its_cut(WEBP), Outcome.CORRUPT_IMAGE),
    "png without its last byte": (PNG[:-1], Outcome.CORRUPT_IMAGE),
    "png without IEND": (PNG[:-12], Outcome.CORRUPT_IMAGE),
    "png without half its pixels": (_without_pixels(PNG), Outcome.CORRUPT_IMAGE),
    "png with a wrong checksum": (_wrong_checksum(PNG), Outcome.CORRUPT_IMAGE),
    "jpeg without its end": (JPEG[:-2], Outcome.CORRUPT_IMAGE),
    "png with trailing bytes": (PNG + b"\0", Outcome.CORRUPT_IMAGE),
    "png with a script behind it": (PNG + b"<script>alert(1)</script>", Outcome.CORRUPT_IMAGE),
    "jpeg with trailing bytes": (JPEG + b"x", Outcome.CORRUPT_IMAGE),
    "two jpegs in one": (JPEG + JPEG, Outcome.CORRUPT_IMAGE),
    "webp with trailing bytes": (WEBP + b"xx", Outcome.CORRUPT_IMAGE),
    "bomb": (_bomb(30_016, 30_016), Outcome.TOO_LARGE),
    "bomb that Pillow would only warn of": (_bomb(10_048, 10_048), Outcome.TOO_LARGE),
}

GOOD: dict[str, tuple[bytes, str, str]] = {
    "png": (PNG, "png", "image/png"),
    "grey png": (_encode("PNG", "L"), "png", "image/png"),
    "palette png": (_encode("PNG", "P"), "png", "image/png"),
    "transparent png": (_encode("PNG", "RGBA"), "png", "image/png"),
    "jpeg": (JPEG, "jpg", "image/jpeg"),
    "progressive jpeg": (PROGRESSIVE, "jpg", "image/jpeg"),
    "jpeg with restart markers": (_encode("JPEG", restart_marker_rows=1), "jpg", "image/jpeg"),
    "jpeg with a thumbnail's end inside": (
        _encode("JPEG", comment=JPEG[:2000] + b"\xff\xd9"),
        "jpg",
        "image/jpeg",
    ),
    "cmyk jpeg": (_encode("JPEG", "CMYK"), "jpg", "image/jpeg"),
    "webp": (WEBP, "webp", "image/webp"),
    "lossless webp": (LOSSLESS, "webp", "image/webp"),
    "transparent webp": (_encode("WEBP", "RGBA"), "webp", "image/webp"),
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_invariant_07_bad_bytes_are_never_a_picture(kind: str) -> None:
    data, outcome = BAD[kind]
    result = inspect(data)
    assert isinstance(result, Rejected), result
    assert result.outcome is outcome
    assert "\n" not in result.why
    assert "0x" not in result.why
    assert inspect(data) == result, "the reason of the same bytes is the same"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("gif", "image/gif"), ("bmp", "image/bmp"), ("tiff", "image/tiff"), ("ico", "image/x-icon"),
        ("avif", "image/avif"), ("heic", "image/heic"), ("png that says it moves", "image/apng"),
        ("html", "a page of markup"), ("svg", "a page of markup"), ("json", "JSON"), ("text", "an unknown type"),
    ],
)  # fmt: skip
def test_the_reason_names_the_type(kind: str, says: str) -> None:
    assert inspect(BAD[kind][0]) == Rejected(Outcome.WRONG_TYPE, f"{says} is not PNG, JPEG or WebP")


@pytest.mark.parametrize("kind", GOOD)
def test_invariant_07_good_bytes_of_each_type_are_a_picture(kind: str) -> None:
    data, ext, mime = GOOD[kind]
    result = inspect(data)
    assert isinstance(result, CheckedPicture), result
    assert (result.ext, result.mime, result.width, result.height) == (ext, mime, 96, 64)
    assert result.bytes == len(data)
    assert len(result.sha256) == 64
    assert len(result.phash) == 16


@pytest.mark.parametrize(
    "data", [PNG, JPEG, PROGRESSIVE, WEBP, LOSSLESS], ids=["png", "jpeg", "progressive", "webp", "lossless"]
)
@settings(max_examples=20, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_invariant_07_a_picture_cut_anywhere_is_never_a_picture(data: bytes, share: float) -> None:
    assert isinstance(inspect(data[: int(len(data) * share)]), Rejected)


def test_invariant_07_a_bomb_is_small_and_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = _bomb(30_016, 30_016)
    assert len(bomb) < 200_000
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("the pixels were decoded"))
    assert isinstance(inspect(bomb), Rejected)


def test_invariant_07_a_bomb_is_rejected_where_warnings_are_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = inspect(_bomb(10_048, 10_048))
    assert isinstance(result, Rejected)
    assert result.outcome is Outcome.TOO_LARGE


def test_limits_are_of_bytes_and_of_pixels() -> None:
    assert isinstance(inspect(PNG, limits=Limits(max_bytes=len(PNG), max_pixels=96 * 64)), CheckedPicture)
    for limits in (Limits(max_bytes=len(PNG) - 1), Limits(max_pixels=96 * 64 - 1)):
        result = inspect(PNG, limits=limits)
        assert isinstance(result, Rejected)
        assert result.outcome is Outcome.TOO_LARGE


def test_the_default_limit_lies_below_that_of_pillow() -> None:
    assert Image.MAX_IMAGE_PIXELS is not None
    assert DEFAULT.max_pixels < Image.MAX_IMAGE_PIXELS


def test_the_perceptual_hash_is_near_for_the_same_picture_and_far_for_another() -> None:
    def distance(one: bytes, other: bytes) -> int:
        first, second = inspect(one), inspect(other)
        assert isinstance(first, CheckedPicture)
        assert isinstance(second, CheckedPicture)
        return (int(first.phash, 16) ^ int(second.phash, 16)).bit_count()

    mirrored = io.BytesIO()
    _picture().transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored, "PNG")
    assert distance(PNG, JPEG) <= 6
    assert distance(PNG, mirrored.getvalue()) > 16


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_many_threads_get_what_one_gets() -> None:
    everything = [data for data, *_ in [*BAD.values(), *GOOD.values()] if len(data) < 50_000] * 5
    alone = [inspect(data) for data in everything]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(inspect, everything)) == alone
