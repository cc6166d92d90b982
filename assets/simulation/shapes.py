"""What all our own drawings are made of: four strokes, and the pieces of `drawings.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Template

from assets.simulation import palette as p

_ROUND = 'stroke-linejoin="round" stroke-linecap="round"'
BOLD = f'stroke="{p.INK}" stroke-width="13" {_ROUND}'
EDGE = f'stroke="{p.INK}" stroke-width="9" {_ROUND}'
THIN = f'stroke="{p.INK}" stroke-width="6" {_ROUND}'
_COMMON = {"ink": p.INK, "bold": BOLD, "edge": EDGE, "round": _ROUND}
_PIECES = tomllib.loads(Path(__file__).with_name("drawings.toml").read_text(encoding="utf-8"))


def piece(name: str, trim: tuple[str, ...] = (), /, **colours: str) -> str:
    """Return a piece of `drawings.toml` as SVG in its colors; the first of `trim` is `trim0`."""
    trims = {f"trim{number}": colour for number, colour in enumerate(trim)}
    return Template(_PIECES[name]).substitute(_COMMON, **trims, **colours)


def path(d: str, fill: str, edge: str = BOLD) -> str:
    """Return a filled path with the drawing's own outline."""
    return f'<path d="{d}" fill="{fill}" {edge}/>'


def line(d: str, colour: str, width: float) -> str:
    """Return an open line with round ends."""
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" {_ROUND}/>'


def dot(x: float, y: float, r: float, fill: str, edge: str = "") -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" {edge}/>'


def rect(x: float, y: float, w: float, h: float, fill: str, edge: str = EDGE) -> str:
    """Return a filled rectangle with an outline."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{fill}" {edge}/>'
