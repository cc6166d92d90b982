"""From a picture's bytes to how much of each declared color there is, and where."""

from __future__ import annotations

import io
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.simulation import palette

MEANINGS = palette.meanings()
#: One thing a class; class 0 is any color that is not declared.
THINGS: tuple[str, ...] = ("", *sorted(set(MEANINGS.values())))
CLASS = {thing: index for index, thing in enumerate(THINGS)}


class Pixels(NamedTuple):
    """What is known of a picture.

    `classes` is (height, width), the class of each pixel; `areas` is one share of the picture per class, in [0, 1];
    `flatness` is the share of pixels whose right neighbor has exactly their color.
    """

    classes: NDArray[np.uint8]
    areas: NDArray[np.float64]
    flatness: float

    def area(self, thing: str) -> float:
        """Return the share of the picture that is `thing`."""
        return float(self.areas[CLASS[thing]])

    def total(self, prefix: str) -> float:
        """Return the share of the picture that is any thing whose name starts so."""
        return sum(float(self.areas[index]) for thing, index in CLASS.items() if thing.startswith(prefix))

    def columns(self, *things: str) -> NDArray[np.int64]:
        """Return the column of each pixel that is one of `things`."""
        wanted = np.isin(self.classes, [CLASS[thing] for thing in things])
        return np.nonzero(wanted)[1]


@cache
def _table() -> NDArray[np.uint8]:
    """Return the class of every 24-bit color (16 MB, made once)."""
    table = np.zeros(1 << 24, dtype=np.uint8)
    for colour, thing in MEANINGS.items():
        red, green, blue = bytes.fromhex(colour[1:])
        table[red | green << 8 | blue << 16] = CLASS[thing]
    return table


def see(image: bytes, *, largest: int) -> Pixels | None:
    """Return what is seen, or None where the bytes are no picture, or one of more than `largest` pixels a side."""
    try:
        with Image.open(io.BytesIO(image)) as opened:
            if max(opened.size) > largest or min(opened.size) < 2:
                return None
            colours = np.asarray(opened if opened.mode == "RGBA" else opened.convert("RGBA"))
    except Exception:  # noqa: BLE001 - decoders raise many things for broken bytes, and all mean the same here
        return None
    codes = np.ascontiguousarray(colours).view("<u4")[..., 0] & 0xFFFFFF  # red in the lowest byte
    flatness = float(np.mean(codes[:, 1:] == codes[:, :-1]))
    classes = _table()[codes]
    areas = np.bincount(classes.ravel(), minlength=len(THINGS)) / classes.size
    return Pixels(classes, areas, flatness)
