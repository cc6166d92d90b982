"""Drawings as PNG, with fonts of this software and none of the machine's: equal drawings have equal pictures."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

_FONTS = Path(__file__).parents[1] / "evidence" / "fonts"
#: Of so many pixels one has a say in the choice of colors: choosing among all takes thirty times as long.
_EVERY = 17
_LEVEL = 8  # of compression; 9 takes twice as long for one byte in a hundred
BOLD, REGULAR = _FONTS / "HKGrotesk-Bold.otf", _FONTS / "HKGrotesk-Regular.otf"


def drawn(svg: str) -> Image.Image:
    """Return a drawing as a picture; nothing in it is fetched."""
    with Image.open(io.BytesIO(_png(svg))) as picture:
        return picture.convert("RGB")


@lru_cache(maxsize=256)  # a week that is published again has most of its drawings again
def _png(svg: str) -> bytes:
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(BOLD), str(REGULAR)],
            font_family="HK Grotesk",
        )
    )


def as_png(picture: Image.Image, colors: int) -> bytes:
    """Return a picture with few colors as PNG; they are chosen among a part of its pixels, on all lines."""
    some = np.asarray(picture).reshape(-1, 3)[::_EVERY]
    palette = Image.fromarray(some[np.newaxis]).quantize(colors, method=Image.Quantize.MEDIANCUT, kmeans=1)
    written = io.BytesIO()
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(written, "PNG", compress_level=_LEVEL)
    return written.getvalue()
