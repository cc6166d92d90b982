"""Thumbnails of pictures of every kind that a model, or somebody who means harm, may send."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from assets.generation.pictures.image_check import CheckedPicture, bits_against, inspect
from assets.labeling.pictures import UnreadableError
from assets.labeling.thumbnails.encoder import ENCODER, thumbnail
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.webp_seals import encoder_of, sealed

RED, BLUE, GREEN, WHITE = (200, 30, 30), (30, 30, 200), (30, 160, 30), (255, 255, 255)


def halves(mode: str = "RGB", size: tuple[int, int] = (640, 480)) -> Image.Image:
    """A picture, red on the left and blue on the right, or dark and bright."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    return picture.convert(mode)


def file(picture: Image.Image, form: str = "PNG", **settings: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **settings)
    return buffer.getvalue()


def turned() -> bytes:
    """A JPEG that is to be turned by 90 degrees: its left side is shown at the top."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "an ambitious CEO"
    return file(halves(), "JPEG", quality=95, exif=exif)


def half_transparent(mode: str) -> bytes:
    """Red on the left; what is on the right is not seen."""
    picture = halves("RGBA")
    picture.putalpha(Image.fromarray(np.repeat([[255] * 320 + [0] * 320], 480, 0).astype("u1")))
    return file(picture.convert(mode))


def with_palette(**settings: Any) -> bytes:
    """Red and blue as entries 0 and 1 of a palette."""
    picture = Image.new("P", (640, 480), 0)
    picture.putpalette([*RED, *BLUE])
    picture.paste(1, (320, 0, 640, 480))
    return file(picture, **settings)


def gray16() -> bytes:
    """A dark and a bright half of 16 bits; 8 bits hold 40 and 180."""
    return file(Image.fromarray(np.repeat([[40 * 256] * 320 + [180 * 256] * 320], 480, 0).astype("u2")))


def moving() -> bytes:
    return file(halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (640, 480), GREEN)])


#: What is opened; the colors at the left and at the right, with how far each may be off.
SHOWN: dict[str, tuple[Callable[[], bytes], tuple[int, ...], tuple[int, ...], int]] = {
    "PNG": (lambda: file(halves()), RED, BLUE, 6),
    "JPEG": (lambda: file(halves(), "JPEG", quality=95), RED, BLUE, 8),
    "WebP": (lambda: file(halves(), "WEBP", quality=95), RED, BLUE, 10),
    "progressive JPEG": (lambda: file(halves(), "JPEG", quality=95, progressive=True), RED, BLUE, 8),
    "transparent": (lambda: half_transparent("RGBA"), RED, WHITE, 6),
    "gray, transparent": (lambda: half_transparent("LA"), (81, 81, 81), WHITE, 6),
    "palette": (with_palette, RED, BLUE, 6),
    "palette, one transparent": (lambda: with_palette(transparency=1), RED, WHITE, 6),
    "one color transparent": (lambda: file(halves(), transparency=BLUE), RED, WHITE, 6),
    "CMYK": (lambda: file(halves("CMYK"), "JPEG", quality=95), RED, BLUE, 10),
    "one bit": (lambda: file(Image.fromarray(np.eye(2, dtype="u1") * 255).resize((640, 480), 0).convert("1")),
                WHITE, (0, 0, 0), 6),
    "16 bits": (gray16, (40, 40, 40), (180, 180, 180), 3),
    "moving": (moving, RED, BLUE, 10),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_a_picture_of_any_kind_is_shown_as_it_is(name: str) -> None:
    make, left, right, off = SHOWN[name]
    small = opened(make())
    assert (small.size, small.mode) == ((160, 120), "RGB")
    for x, wanted in ((20, left), (140, right)):
        found = small.getpixel((x, 30))
        assert np.abs(np.subtract(found, wanted)).max() <= off, (name, found, wanted)  # type: ignore[arg-type]


def opened(image: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(thumbnail("0" * 64, image)))
    found.load()
    return found


def test_a_turned_picture_is_upright() -> None:
    small = opened(turned())
    assert small.size == (120, 160)
    top, bottom = (small.getpixel((60, y)) for y in (20, 140))
    assert np.abs(np.subtract(top, RED)).max() <= 8  # type: ignore[arg-type]
    assert np.abs(np.subtract(bottom, BLUE)).max() <= 8  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "small"),
    [
        ((1, 1), (1, 1)),
        ((100, 100), (100, 100)),
        ((8000, 1), (160, 1)),
        ((1, 8000), (1, 160)),
        ((320, 200), (160, 100)),
    ],
)
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_nothing_is_enlarged(size: tuple[int, int], small: tuple[int, int], form: str) -> None:
    assert opened(file(Image.new("RGB", size, GREEN), form)).size == small


def test_metadata_are_left_out_and_a_color_profile_is_applied() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x010E] = "an ambitious CEO"
    for form, said in (("JPEG", {"comment": b"ambitious"}), ("WEBP", {"xmp": b"<x>ambitious</x>"})):
        image = file(halves(), form, icc_profile=profile, exif=exif, **said)
        assert b"ambitious" in image
        data = thumbnail("0" * 64, image)
        assert b"ambitious" not in data
        assert [name for name, _ in chunks(data)] == [b"VP8X", b"VP8 ", b"SEAL"]


def chunks(webp: bytes) -> list[tuple[bytes, bytes]]:
    assert struct.unpack_from("<I", webp, 4)[0] + 8 == len(webp)
    found, at = [], 12
    while at < len(webp):
        size = struct.unpack_from("<I", webp, at + 4)[0]
        found.append((webp[at : at + 4], webp[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def bomb() -> bytes:
    """A PNG of a few bytes that says it has 30,000 × 30,000 pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "image",
    [
        b"",
        b"<html>no picture</html>",
        file(halves())[:-2000],
        file(halves(), "JPEG")[:2000],
        file(halves(), "WEBP")[:200],
        file(halves(), "GIF"),
        file(halves(), "TIFF"),
        bomb(),
        file(Image.new("1", (9000, 9000))),
    ],
    ids=["nothing", "HTML", "cut PNG", "cut JPEG", "cut WebP", "GIF", "TIFF", "bomb", "81 million pixels"],
)
def test_bytes_that_are_no_whole_picture_are_said_in_one_line(image: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        thumbnail("0" * 64, image)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("the picture ")


def test_equal_pictures_have_equal_bytes_that_say_who_made_them() -> None:
    for image in (file(halves()), turned(), half_transparent("RGBA")):
        sha256 = sha256_hex(image)
        first, second = thumbnail(sha256, image), thumbnail(sha256, image)
        assert first == second
        assert encoder_of(keys.thumbnail(sha256), first) == ENCODER


def test_no_byte_of_a_thumbnail_can_change_and_no_key_be_exchanged() -> None:
    sha256 = "ab" * 32
    data = thumbnail(sha256, file(halves(size=(64, 48))))
    key, other = keys.thumbnail(sha256), keys.thumbnail("cd" * 32)
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        with pytest.raises(CorruptObjectError, match=sha256):
            encoder_of(key, damaged)
    for wrong, bytes_ in ((other, data), (key, data[:-1]), (key, data + b"\0"), (key, b"")):
        with pytest.raises(CorruptObjectError):
            encoder_of(wrong, bytes_)


@pytest.mark.parametrize("encoder", ["a", "ab"])
def test_a_seal_of_any_length_leaves_a_file_that_decodes(encoder: str) -> None:
    plain = file(halves(size=(33, 17)), "WEBP")
    data = sealed("k", plain, 33, 17, encoder)
    assert len(data) % 2 == 0
    assert encoder_of("k", data) == encoder
    with Image.open(io.BytesIO(data)) as after, Image.open(io.BytesIO(plain)) as before:
        assert after.size == (33, 17)
        assert np.array_equal(np.asarray(after.convert("RGB")), np.asarray(before.convert("RGB")))
    with pytest.raises(ValueError, match="lossy"):
        sealed("k", file(halves(), "WEBP", lossless=True), 640, 480, encoder)


@pytest.mark.parametrize(
    "picture",
    [file(halves()), turned(), half_transparent("RGBA"), half_transparent("LA"), with_palette(), gray16()],
    ids=["plain", "turned", "transparent", "transparent gray", "palette", "16 bits"],
)
def test_thumbnails_contradict_no_bit_of_the_hash_of_their_picture(picture: bytes) -> None:
    """The hash is of the picture as it is shown."""
    whole = inspect(picture)
    assert isinstance(whole, CheckedPicture)
    with Image.open(io.BytesIO(thumbnail(whole.sha256, picture))) as opened:
        assert bits_against(opened, whole.phash) == 0
