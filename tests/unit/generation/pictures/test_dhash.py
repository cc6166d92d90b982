"""The difference hash: pictures have the hashes that imagehash gave them, bit for bit; receipts hold those for good.

`dhashes.csv` was written with imagehash 4.3.2 (`imagehash.dhash`), of pictures of a published study and of the drawings
kept as golden pictures; those of random pixels are made here.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.generation.pictures.image_check import dhash

HERE = Path(__file__).parent
GOLDEN = HERE.parents[1] / "simulation" / "golden_drawing"
MODES = ("RGB", "L", "RGBA", "CMYK", "LA", "1", "I;16", "YCbCr")
RECORDED = [*csv.DictReader((HERE / "dhashes.csv").open(encoding="utf-8"))]


def random_picture(seed: int) -> Image.Image:
    """Return noise in large patches, of a size and mode that go by the seed."""
    draw = np.random.default_rng(seed)
    width, height = (int(n) for n in draw.integers(1, 200, 2))
    patches = draw.integers(0, 256, (1 + height // 16, 1 + width // 16, 3), dtype=np.uint8)
    mode = MODES[seed % len(MODES)]
    if mode == "I;16":
        return Image.fromarray(patches[:, :, 0].astype(np.uint16) * 257)
    return Image.fromarray(patches, "RGB").resize((width, height), Image.Resampling.BICUBIC).convert(mode)


def _of(source: str) -> list[dict[str, str]]:
    return [row for row in RECORDED if row["source"] == source]


def test_there_are_hundreds_of_recorded_hashes() -> None:
    assert {source: len(_of(source)) for source in ("drawn", "random", "real")} == {
        "drawn": len([*GOLDEN.glob("*.png")]),
        "random": 160,
        "real": 250,
    }
    assert len({row["dhash"] for row in RECORDED}) > 350


def test_drawn_pictures_have_the_hashes_of_imagehash() -> None:
    for row in _of("drawn"):
        with Image.open(GOLDEN / row["name"]) as picture:
            assert dhash(picture) == row["dhash"], row["name"]


def test_random_pictures_of_every_mode_have_the_hashes_of_imagehash() -> None:
    for row in _of("random"):
        assert dhash(random_picture(int(row["name"]))) == row["dhash"], row["name"]


@pytest.mark.corpora
def test_real_pictures_have_the_hashes_of_imagehash(corpora: Path) -> None:
    for row in _of("real"):
        with Image.open(corpora / row["name"]) as picture:
            upright = picture.convert("RGBA") if picture.mode in {"P", "PA"} else picture
            assert dhash(upright) == row["dhash"], row["name"]
