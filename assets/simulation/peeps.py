"""The parts of dicebear's open-peeps style (Pablo Stanley, CC0), as SVG fragments ready to be colored.

The style's own picture puts everything under a clip path, which costs half of the rendering time; a picture put
together from its parts needs none.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any

from dicebear import Avatar, Style

_SKIN, _CLOTHING, _CONTRAST, _INK = "#000001", "#000002", "#000003", "#000004"
_PART = re.compile(r'<g id="[a-zA-Z]+-[^"]*">(.*?)</g>(?=<g id="|<clipPath|</defs>)', re.DOTALL)
_BODY = re.compile(r"<g clip-path=[^>]*>(.*?)<use", re.DOTALL)
_PLACE = {
    "head": "matrix(.99789 0 0 1 6.3 -58)",
    "expression": "translate(351 275)",
    "facialHair": "translate(58 333)",
    "accessories": "translate(190 243)",
}


@cache
def _style() -> Style:
    text = resources.files("dicebear_styles").joinpath("open-peeps.json").read_text(encoding="utf-8")
    return Style(json.loads(text))


@cache
def _raw(kind: str, variant: str) -> str:
    options: dict[str, Any] = {
        "seed": "parts",
        "maskProbability": 0,
        "facialHairProbability": 0,
        "accessoriesProbability": 0,
        "skinColor": _SKIN,
        "clothingColor": _CLOTHING,
        "headContrastColor": _CONTRAST,
        "inkColor": _INK,
        "headVariant": "noHair1",
        "expressionVariant": "smile",
    }
    if kind != "body":
        options[f"{kind}Variant"] = variant
    if kind in {"facialHair", "accessories"}:
        options[f"{kind}Probability"] = 100
    svg = str(Avatar(_style(), options))
    if kind == "body":
        match = _BODY.search(svg)
        body = match[1] if match else ""
        return re.sub(r"#?\bblack\b|#000000", _INK, body)
    named = re.search(rf'<g id="{kind}-', svg)
    if named is None:
        raise LookupError(f"open-peeps has no {kind} {variant!r}")
    match = _PART.match(svg, named.start())
    return f'<g transform="{_PLACE[kind]}">{match[1] if match else ""}</g>'


def part(kind: str, variant: str, *, skin: str, clothing: str, contrast: str, ink: str) -> str:
    """Return one part (`body`, `head`, `expression`, `facialHair`, `accessories`) painted with four colors.

    The fragment is in the style's own coordinates, a square of 704 units.
    """
    return (
        _raw(kind, variant)
        .replace(_SKIN, skin)
        .replace(_CLOTHING, clothing)
        .replace(_CONTRAST, contrast)
        .replace(_INK, ink)
    )
