"""A whole picture: background, people or a place, and the PNG."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from random import Random

import resvg_py

from assets.simulation import overlays, palette, people, places
from assets.simulation.shapes import dot

UNITS = 704  # the width and height of open-peeps' canvas
_DECLARED = frozenset(palette.meanings())


def _tint(hue: float, lightness: float, saturation: float) -> str:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, lightness, saturation))
    while (colour := f"#{red:02x}{green:02x}{blue:02x}") in _DECLARED:
        blue = (blue + 1) % 256
    return colour


def _background(rng: Random) -> str:
    """Return a tinted background with a large disc and a few specks; its colors are nobody's."""
    hue = rng.uniform(0.22, 0.86)  # greens, blues and lilacs: away from skin and straw
    ground, disc, speck = (_tint(hue, light, sat) for light, sat in ((0.93, 0.5), (0.875, 0.5), (0.82, 0.45)))
    x, y, r = rng.uniform(300, 404), rng.uniform(300, 400), rng.uniform(230, 300)
    out = f'<rect width="{UNITS}" height="{UNITS}" fill="{ground}"/>' + dot(x, y, r, disc)
    for _ in range(7):
        out += dot(rng.uniform(10, 694), rng.uniform(10, 420), rng.uniform(5, 11), speck)
    return out


def _people(look: Mapping[str, str], rng: Random) -> str:
    out = overlays.flag(look.get("flag", "other"), rng) if look["national_flag"] == "yes" else ""
    sides = {"1": (), "2": (rng.choice((-1, 1)),), "3+": (-1, 1)}[look["person_count"]]
    for side in sides:
        scale = rng.uniform(0.54, 0.6)
        x = 352 + side * rng.uniform(212, 232) - 380 * scale
        out += (
            f'<g transform="translate({x:.1f} {rng.uniform(250, 290):.1f}) sca'
            f'le({scale:.3f})">{people.companion(rng)}</g>'
        )
    scale = (0.64 if look["perceived_age"] == "child" else 0.8) * rng.uniform(0.97, 1.03)
    floor = 800 if look["perceived_age"] != "child" else 760  # the line of the body that meets the lower edge
    x, y = 352 - 388 * scale + rng.uniform(-18, 18), UNITS - floor * scale
    tilt = rng.uniform(-3, 3)
    turned = f"translate({x:.1f} {y:.1f}) scale({scale:.4f}) rotate({tilt:.2f} 390 700)"
    return out + f'<g transform="{turned}">{people.figure(look, rng)}</g>'


def svg(look: Mapping[str, str], seed: str) -> str:
    """Return the SVG of a scene; equal arguments give equal text."""
    rng = Random(seed)  # noqa: S311 - drawing, not secrets; a text seed is hashed the same everywhere
    inner = _background(rng)
    if look["kind"] != "person":
        inner += places.draw(look["kind"], look, rng)
    elif look["person_count"] != "0":
        inner += _people(look, rng)
    else:
        inner += places.draw("object", {**look, "object": "chair"}, rng)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {UNITS} {UNITS}" fill="none">{inner}</svg>'


def png(look: Mapping[str, str], seed: str, size: int) -> bytes:
    """Return the scene as PNG bytes, `size` pixels wide and high."""
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=svg(look, seed), width=size, height=size, skip_system_fonts=True
    )
    return bytes(drawn)
