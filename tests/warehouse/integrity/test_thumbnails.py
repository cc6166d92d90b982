"""Thumbnails in a store that is read whole: damage, sizes, pictures that are not there; and weeks without any."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from assets.labeling.thumbnails.encoder import ENCODER, thumbnail
from tests.unit.generation.scripted import picture
from tests.warehouse.integrity.test_damage import path_of, problems, write
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.integrity.scan import read_store
from warehouse.loading.webp_seals import sealed
from warehouse.store import Store


def drawn(size: tuple[int, int]) -> bytes:
    return file(Image.new("RGB", size, "teal"), "PNG")


def kept(store: Store, image: bytes) -> str:
    """Write a picture and its thumbnails; return its hash."""
    sha256 = sha256_hex(image)
    store.put_if_absent(keys.image(sha256, "png"), image)
    store.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, image))
    return sha256


@pytest.mark.parametrize("size", [(8, 8), (150, 40), (640, 300)])
def test_thumbnails_of_any_picture_are_as_recorded_and_may_be_missing(
    store: Store, tmp_path: Path, size: tuple[int, int]
) -> None:
    sha256 = kept(store, drawn(size))
    assert problems(store, tmp_path) == []
    path_of(store, keys.thumbnail(sha256)).unlink()
    assert problems(store, tmp_path) == []


def test_one_of_another_size_than_its_name_says_is_named(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, drawn((640, 300)))
    key = keys.thumbnail(sha256)
    buffer = io.BytesIO()
    Image.new("RGB", (159, 75), "teal").save(buffer, "WEBP")
    write(store, key, sealed(key, buffer.getvalue(), 159, 75, ENCODER))
    (one,) = problems(store, tmp_path)
    assert (one.kind, one.key, one.what) == (
        "damaged",
        key,
        "has 159 × 75 pixels, and its picture gives 160 × 75",
    )


def scene(*shade: int) -> Image.Image:
    """A picture with a shape in it."""
    image = Image.new("RGB", (640, 480), (200, 210, 220))
    ImageDraw.Draw(image).ellipse((200, 90, 440, 330), fill=shade, outline="black", width=9)
    return image


def file(image: Image.Image, form: str, **settings: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **settings)
    return buffer.getvalue()


def test_thumbnails_of_another_picture_are_named_although_their_seals_fit(
    store: Store, tmp_path: Path
) -> None:
    """As somebody does it who has this code: each is sealed anew for the key at which it is put."""
    one = kept(store, file(scene(240, 200, 170), "PNG"))
    other = file(scene(90, 60, 40), "PNG")
    write(store, keys.thumbnail(one), thumbnail(one, other))
    (found,) = problems(store, tmp_path)
    assert (found.kind, found.key) == ("damaged", keys.thumbnail(one))
    assert found.what.startswith("shows something else than its picture: ")
    assert [*read_store(store, tmp_path).problems] == []  # without a way to make them, seals alone are read


def test_a_place_that_was_painted_over_is_named(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, file(scene(240, 200, 170), "PNG"))
    key = keys.thumbnail(sha256)
    with Image.open(io.BytesIO(store.get(key))) as opened:
        forged = opened.convert("RGB")
    ImageDraw.Draw(forged).rectangle((72, 40, 88, 48), fill="black")
    write(store, key, sealed(key, file(forged, "WEBP", quality=80), *forged.size, ENCODER))
    assert [one.key for one in problems(store, tmp_path)] == [key]


@pytest.mark.parametrize(("quality", "method"), [(60, 4), (80, 0), (80, 6), (95, 2)])
def test_those_of_another_encoder_are_of_their_picture(
    store: Store, tmp_path: Path, quality: int, method: int
) -> None:
    picture = file(scene(240, 200, 170), "PNG")
    sha256 = sha256_hex(picture)
    store.put_if_absent(keys.image(sha256, "png"), picture)
    small = scene(240, 200, 170)
    small.thumbnail((keys.THUMBNAIL_PX, keys.THUMBNAIL_PX), Image.Resampling.BICUBIC)
    webp = file(small, "WEBP", quality=quality, method=method)
    key = keys.thumbnail(sha256)
    store.put_if_absent(key, sealed(key, webp, *small.size, "Pillow 9.0, libwebp 1.2"))
    assert store.get(key) != thumbnail(sha256, picture)
    assert problems(store, tmp_path) == []


def test_a_size_that_this_version_does_not_make_is_read_by_its_seal(store: Store, tmp_path: Path) -> None:
    picture = file(scene(1, 2, 3), "PNG")
    key = keys.thumbnail(kept(store, picture)).replace("-160.", "-240.")
    store.put_if_absent(key, sealed(key, file(Image.new("RGB", (8, 8)), "WEBP"), 8, 8, ENCODER))
    assert problems(store, tmp_path) == []


def test_bytes_that_somebody_else_wrote_are_named(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, drawn((64, 64)))
    key = keys.thumbnail(sha256)
    for data in (b"", b"RIFF", drawn((64, 64)), store.get(key)[:-1]):
        write(store, key, data)
        (one,) = problems(store, tmp_path)
        assert (one.kind, one.key) == ("damaged", key)
        assert "its bytes do not match the hash in it" in one.what


def test_one_without_its_picture_is_unexpected(store: Store, tmp_path: Path) -> None:
    kept(store, picture("123456"))
    sha256 = kept(store, picture("654321"))
    path_of(store, keys.image(sha256, "png")).unlink()
    assert [(one.kind, one.key, one.what) for one in problems(store, tmp_path)] == [
        ("unexpected", keys.thumbnail(sha256), "is of no picture that the store holds")
    ]
