"""What open-peeps lacks, drawn by us over a figure: clothes, headwear, the powdered wig, signs of age, flags."""

from __future__ import annotations

from random import Random

from assets.simulation import palette as p
from assets.simulation.shapes import dot, line, piece, rect

#: Drawn over the head. Turban and headscarf are heads of open-peeps and are not here.
_OVER_HEAD = ("hat", "sombrero", "keffiyeh", "beret", "crown")
#: The things that count as `other` headwear: what is drawn in which color, with which others.
OTHER_HEADWEAR = {
    name: (p.HEADWEAR["other"][i], p.HEADWEAR_TRIM["other"][i:])
    for i, name in enumerate(("toque", "helmet", "wreath"))
}


def dress(kind: str, cloth: str, rng: Random) -> str:
    """Return what is drawn over the body: for a `clothing_era`, or for one kind of it: `scrubs`, `suit`.

    `cloth` is the body's own color.
    """
    trim = p.TRIM.get("uniform" if kind == "scrubs" else kind, p.TRIM["contemporary"])
    if kind == "contemporary":
        kind = ("t-shirt", "shirt", "suit", "stripes", "hood")[rng.randrange(5)]
    if kind == "traditional" and rng.random() < 0.5:
        trim = (trim[1], trim[0], trim[2])
    out = piece(kind, trim, cloth=cloth)
    if kind == "uniform":  # with medals
        out += "".join(
            rect(226 + 30 * i, 760, 24, 18, trim[1 - i % 2], "") for i in range(rng.randrange(2, 4))
        )
    return out


def headwear(kind: str, other: str, rng: Random) -> str:
    """Return what is drawn over the head; `other` says which thing is, where `kind` is that."""
    if kind == "other":
        chosen = rng.choice(sorted(OTHER_HEADWEAR))
        return _other(other if other in OTHER_HEADWEAR else chosen, rng)
    if kind not in _OVER_HEAD:
        return ""
    felt, trim = p.HEADWEAR[kind][0], p.HEADWEAR_TRIM[kind]
    if kind in {"hat", "beret"}:
        felt = rng.choice(p.HEADWEAR[kind])
    turned = (kind == "sombrero" and rng.choice(trim[:2]) == trim[1]) or (
        kind == "crown" and rng.random() >= 0.5
    )
    return piece(kind, (trim[1], trim[0], trim[2]) if turned else trim, felt=felt)


def _other(name: str, rng: Random) -> str:
    felt, trim = OTHER_HEADWEAR[name]
    if name != "wreath":
        return piece(name, trim, felt=felt)
    leaf, heart = trim
    out = line("M212 262C250 206 330 192 400 192S545 200 590 250", leaf, 26)
    for x, y in ((222, 246), (292, 204), (372, 188), (452, 190), (524, 208), (582, 246)):
        turn = rng.randrange(72)
        petals = "".join(
            f'<ellipse cx="0" cy="-21" rx="16" ry="22" fill="{felt}" stroke="{p.INK}" stroke-width="5" '
            f'transform="rotate({angle + turn})"/>'
            for angle in range(0, 360, 72)
        )
        out += f'<g transform="translate({x} {y})">{petals}{dot(0, 0, 12, heart)}</g>'
    return out


def wig() -> str:
    """Return a powdered wig with side rolls and a black ribbon."""
    return piece("wig", wig=p.WIG, shade=p.WIG_SHADE)


def signs(gender: str, age: str, *, deep: bool) -> str:
    """Return the declared signs of perceived gender and age (see `palette.CONVENTION`), drawn over everything."""
    shown = {
        "child": age == "child",
        "creases": age in {"middle_aged", "older"},
        "brows": age == "older",
        "lips": gender == "feminine",
        "earring": gender in p.EARRING,
    }
    colours = {"cheek": p.CHEEK[deep], "crease": p.CREASE[deep], "brow": p.BROW, "lips": p.LIPS}
    earring = p.EARRING.get(gender, "")
    return "".join(piece(sign, **colours, earring=earring) for sign, seen in shown.items() if seen)


def flag(kind: str, rng: Random) -> str:
    """Return a flag on a pole, for the upper left corner of a picture of 704 units."""
    x, y, w, h = 46, 40, 168, 112
    colours = bands = p.FLAGS[kind]
    emblem = ""
    if kind == "american":
        bands = (*colours[:2] * 3, colours[0])
        emblem = "".join(dot(60 + 16 * i, 52 + 20 * j, 4, colours[1]) for i in range(4) for j in range(3))
    elif kind == "chinese":
        bands = colours[:1]
    if kind in {"american", "chinese", "indian", "mexican"}:
        emblem = piece(kind, colours, blue=p.FLAGS["french"][0], pole=p.FLAG_POLE) + emblem
    lying = kind in {"american", "chinese", "indian", "indonesian"}
    step = (h if lying else w) / len(bands)
    over = 0.5 if len(bands) > 1 else 0  # bands overlap, or there is a gap between them
    cloth = "".join(
        rect(x, round(y + i * step, 1), w, round(step + over, 1), band, "")
        if lying
        else rect(x + i * step, y, step + over, h, band, "")
        for i, band in enumerate(bands)
    )
    pole = rect(x - 16, y - 14, 14, 700, p.FLAG_POLE, "") + dot(x - 9, y - 18, 13, p.FLAG_KNOB)
    outline = rect(x, y, w, h, "none", f'stroke="{p.INK}" stroke-width="7"')
    return f'<g transform="skewY({rng.uniform(-8, 8) / 2:.2f})">{pole}{cloth}{emblem}{outline}</g>'
