"""The four strokes that all our own drawings are made of."""

from __future__ import annotations

from assets.simulation import palette as p

BOLD = f'stroke="{p.INK}" stroke-width="13" stroke-linejoin="round" stroke-linecap="round"'
EDGE = f'stroke="{p.INK}" stroke-width="9" stroke-linejoin="round" stroke-linecap="round"'


def path(d: str, fill: str, edge: str = BOLD) -> str:
    """Return a filled path with the drawing's own outline."""
    return f'<path d="{d}" fill="{fill}" {edge}/>'


def line(d: str, colour: str, width: float) -> str:
    """Return an open line with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def dot(x: float, y: float, r: float, fill: str, edge: str = "") -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" {edge}/>'


def rect(x: float, y: float, w: float, h: float, fill: str, edge: str = EDGE) -> str:
    """Return a filled rectangle with an outline."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" fill="{fill}" {edge}/>'
