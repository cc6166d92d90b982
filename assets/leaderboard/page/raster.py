"""Drawings as PNG, with fonts of this software and none of the machine's: equal drawings have equal pictures."""

from __future__ import annotations

import io
from pathlib import Path

import resvg_py
from PIL import Image

_FONTS = Path(__file__).parents[1] / "evidence" / "fonts"
BOLD, REGULAR = _FONTS / "HKGrotesk-Bold.otf", _FONTS / "HKGrotesk-Regular.otf"


def drawn(svg: str) -> Image.Image:
    """Return a drawing as a picture; nothing in it is fetched."""
    data = resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(BOLD), str(REGULAR)],
        font_family="HK Grotesk",
    )
    with Image.open(io.BytesIO(bytes(data))) as picture:
        return picture.convert("RGB")


def as_png(picture: Image.Image, colors: int) -> bytes:
    """Return a picture with few colors as PNG."""
    written = io.BytesIO()
    few = picture.quantize(colors, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(written, "PNG")
    return written.getvalue()
