"""Thumbnails in a store that is read whole: damage, sizes, pictures that are not there; and weeks without any."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from assets.labeling.thumbnails.encoder import ENCODER, SIZES, thumbnails
from tests.unit.generation.scripted import picture
from tests.warehouse.integrity.test_damage import path_of, problems, write
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.webp_seals import sealed
from warehouse.store import Store


def drawn(size: tuple[int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "PNG")
    return buffer.getvalue()


def kept(store: Store, image: bytes) -> str:
    """Write a picture and its thumbnails; return its hash."""
    sha256 = sha256_hex(image)
    store.put_if_absent(keys.image(sha256, "png"), image)
    for key, data in thumbnails(sha256, image).items():
        store.put_if_absent(key, data)
    return sha256


@pytest.mark.parametrize("size", [(8, 8), (150, 40), (640, 300)])
def test_thumbnails_of_any_picture_are_as_recorded_and_may_be_missing(
    store: Store, tmp_path: Path, size: tuple[int, int]
) -> None:
    sha256 = kept(store, drawn(size))
    for px in SIZES:
        assert problems(store, tmp_path) == []
        path_of(store, keys.thumbnail(sha256, px)).unlink()
    assert problems(store, tmp_path) == []


def test_one_of_another_size_than_its_name_says_is_named(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, drawn((640, 300)))
    key = keys.thumbnail(sha256, 160)
    buffer = io.BytesIO()
    Image.new("RGB", (159, 75), "teal").save(buffer, "WEBP")
    write(store, key, sealed(key, buffer.getvalue(), 159, 75, ENCODER))
    (one,) = problems(store, tmp_path)
    assert (one.kind, one.key, one.what) == ("damaged", key, "its longer side has 159 pixels, not 160")


def test_bytes_that_somebody_else_wrote_are_named(store: Store, tmp_path: Path) -> None:
    sha256 = kept(store, drawn((64, 64)))
    key = keys.thumbnail(sha256, 96)
    for data in (b"", b"RIFF", drawn((64, 64)), store.get(key)[:-1]):
        write(store, key, data)
        (one,) = problems(store, tmp_path)
        assert (one.kind, one.key, one.what) == ("damaged", key, "bytes do not match the hash in them")


def test_one_without_its_picture_is_unexpected(store: Store, tmp_path: Path) -> None:
    kept(store, picture("123456"))
    sha256 = kept(store, picture("654321"))
    path_of(store, keys.image(sha256, "png")).unlink()
    assert [(one.kind, one.key, one.what) for one in problems(store, tmp_path)] == [
        ("unexpected", key, "is of no picture that the store holds")
        for key in sorted(keys.thumbnail(sha256, px) for px in SIZES)
    ]
