"""Midjourney's parameters that say how to draw, by long name; every other one adds to what is drawn.

A prompt of a suite was asked as it stands only if nothing adds to its words. `--no`, style, character, omni and image
references, personal profiles and moodboards do, so pictures made with them answer another question. A parameter that
is not listed is not taken: none is guessed.
"""

from __future__ import annotations

import re

#: What a value of `--v` looks like.
VERSION = re.compile(r"^\d{1,3}(\.\d{1,3})?$")

SETTINGS = frozenset(
    {
        "version", "aspect", "chaos", "stylize", "weird", "quality", "seed", "raw", "style", "tile", "stop", "repeat",
        "exp", "hd", "draft", "fast", "relax", "turbo", "public", "stealth",
    }
)  # fmt: skip
