"""What can name a person is taken out of every format that is stored, and not a pixel changes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from assets.gateway.records import Outcome
from assets.generation.pictures.image_check import CheckedPicture, Rejected, inspect
from assets.generation.pictures.png_chunks import chunk
from assets.generation.pictures.stripping import Stripped, StructureError, checked_and_stripped, strip
from tests.unit.generation.pictures.named_files import (
    HIDDEN,
    HOSTILE,
    ICC,
    ORIENTATION,
    encode,
    exif,
    image,
    names_left,
    pixels,
    with_png,
)


@pytest.mark.parametrize("case", HIDDEN)
def test_a_name_is_taken_out_and_no_pixel_changes(case: str) -> None:
    original = HIDDEN[case]()
    assert names_left(original), "else this would say nothing"
    assert isinstance(inspect(original), CheckedPicture), "else it would never be stored"
    kept = strip(original)
    assert not names_left(kept)
    assert pixels(kept) == pixels(original)
    assert strip(kept) == kept
    found = checked_and_stripped(original)
    assert isinstance(found, Stripped)
    assert found.data == kept
    assert found.picture == inspect(kept)
    before = inspect(original)
    assert isinstance(before, CheckedPicture)
    assert found.original_sha256 == before.sha256 != found.picture.sha256


def _with_alpha() -> bytes:
    out = io.BytesIO()
    clear = image()
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    clear.save(out, "WEBP")
    return out.getvalue()


def _inks() -> bytes:
    out = io.BytesIO()
    image().convert("CMYK").save(out, "JPEG")
    return out.getvalue()


PLAIN = {
    "PNG": lambda: encode("PNG"),
    "JPEG": lambda: encode("JPEG"),
    "JPEG progressive": lambda: encode("JPEG", progressive=True),
    "JPEG with restarts": lambda: encode("JPEG", restart_marker_rows=1),
    "WebP": lambda: encode("WEBP"),
    "WebP lossless": lambda: encode("WEBP", lossless=True),
    "WebP with transparency": _with_alpha,
    "JPEG with resolution": lambda: encode("JPEG", dpi=(300, 300)),
    "PNG with resolution and color": lambda: encode("PNG", dpi=(300, 300), icc_profile=ICC),
    "JPEG with color": lambda: encode("JPEG", icc_profile=ICC),
    "JPEG with long color": lambda: encode("JPEG", icc_profile=ICC * 200),
    "WebP with color": lambda: encode("WEBP", icc_profile=ICC),
    "JPEG of inks": _inks,
}


@pytest.mark.parametrize("case", PLAIN)
def test_a_file_without_names_stays_as_it_is(case: str) -> None:
    data = PLAIN[case]()
    assert strip(data) == data


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_picture_is_still_the_right_way_up(kind: str, orientation: int) -> None:
    original = encode(kind, exif=exif(orientation))
    kept = strip(original)
    assert not names_left(kept)
    with Image.open(io.BytesIO(kept)) as after, Image.open(io.BytesIO(original)) as before:
        assert dict(after.getexif()) == {ORIENTATION: orientation}
        assert ImageOps.exif_transpose(after).tobytes() == ImageOps.exif_transpose(before).tobytes()
    assert strip(kept) == kept


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II",
        b"II*\0",
        b"MM\0*\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\xff\xff",
        b"II\0\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0",
        b"II*\0\x08\0\0\0\1\0\x12\1\3\0\xff\xff\xff\xff\6\0\0\0",
        b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x63\0\0\0",
    ],
)
def test_exif_that_does_not_read_is_left_out(data: bytes) -> None:
    original = with_png(chunk(b"eXIf", data))
    assert strip(original) == encode("PNG")


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_has_the_outcome_of_a_bad_picture(case: str) -> None:
    found = checked_and_stripped(HOSTILE[case]())
    assert isinstance(found, Rejected)
    assert found.outcome in {Outcome.CORRUPT_IMAGE, Outcome.WRONG_TYPE}
    assert "\n" not in found.why


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP"]),
    at=st.integers(0, 10_000),
    change=st.binary(min_size=1, max_size=6),
)
def test_no_change_of_bytes_ends_in_a_traceback(kind: str, at: int, change: bytes) -> None:
    data = bytearray(encode(kind, exif=exif(6)))
    at %= len(data)
    data[at : at + len(change)] = change
    found = checked_and_stripped(bytes(data))
    if isinstance(found, Stripped):
        assert found.data == strip(found.data)
        assert pixels(found.data)[0] == pixels(bytes(data))[0]


def test_other_bytes_are_refused() -> None:
    with pytest.raises(StructureError, match="neither PNG, JPEG nor WebP"):
        strip(b"GIF89a")
