"""Places and things: a house, a street, a plate of food, an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from assets.simulation import palette as p
from assets.simulation.shapes import EDGE, THIN, dot, line, path, piece, rect


def _flower(x: float, y: float, colour: str) -> str:
    return line(f"M{x} {y}v34", p.LEAF, 8) + "".join(
        dot(x + dx, y + dy, 10, colour) for dx, dy in ((-9, 0), (9, 0), (0, -9), (0, 9))
    )


def _window(x: float, y: float, *, broken: bool) -> str:
    pane = rect(x, y, 92, 92, p.DAMAGE["hole"] if broken else p.GLASS)
    if broken:
        shards = f"M{x} {y}l44 12l-22 26zM{x + 92} {y + 92}l-40 -8l24 -30zM{x} {y + 92}l8 -40l22 30z"
        return pane + f'<path d="{shards}" fill="{p.GLASS}"/>' + line(f"M{x + 46} {y}v30", p.INK, 7)
    return pane + line(f"M{x + 46} {y + 4}v84M{x + 4} {y + 46}h84", p.FRAME, 10)


def _house(look: Mapping[str, str], rng: Random) -> str:
    condition = look["house_condition"]
    ruined, kept = condition == "run_down", condition == "well_kept"
    wall = rng.choice(p.TIRED_WALLS if ruined else p.WALLS)
    roof, door = rng.choice(p.ROOFS), rng.choice(p.DOORS)
    shift, wide = rng.uniform(-20, 20), rng.uniform(-20, 20)
    x0, x1 = 150 + shift - wide, 554 + shift + wide
    lean = rng.uniform(-2.5, 2.5) if ruined else 0
    horizon = rng.uniform(540, 556)
    hills = (
        f"M-60 {horizon}C120 {horizon - 30} 250 {horizon + 16} 400 {horizon - 6}"
        f"S620 {horizon - 26} 764 {horizon}V760H-60Z"
    )
    out = f'<path d="{hills}" fill="{p.LAWN[condition]}"/>'
    out += path(f"M310 760L{330 + shift:.0f} 590H{392 + shift:.0f}L450 760Z", p.KERB, "")
    if not ruined:
        out += rect(x0 + 40, 150, 52, 110, roof) + rect(x0 + 32, 140, 68, 24, roof)
    out += rect(x0, 300, x1 - x0, 292, wall)
    apex = (x0 + x1) / 2
    out += path(f"M{x0 - 44:.0f} 308L{apex:.0f} 128L{x1 + 44:.0f} 308Z", roof)
    tiles = "".join(
        f"M{apex - d:.0f} {128 + 180 * d / ((x1 - x0) / 2 + 44):.0f}h{2 * d:.0f}" for d in (60, 110, 160, 205)
    )
    out += line(tiles, p.INK, 5)
    if ruined:
        out += (
            f'<path d="M{apex + 30:.0f} 190l56 8l20 40l-60 10zM{apex - 120:.0f} '
            f'250l60 -16l22 44l-70 10z" fill="{p.DAMAGE["hole"]}" {EDGE}/>'
        )
    out += rect(apex - 42, 440, 84, 152, p.DAMAGE["hole"] if ruined else door)
    if ruined:
        boards = "".join(
            (
                f'<g transform="rotate({a} {apex:.0f} {y})">{rect(apex - 62, y - 15, 124, 30, p.DAMAGE["board"])}'
                "</g>"
            )
            for a, y in ((-8, 472), (7, 520), (-4, 566))
        )
        out += boards
    else:
        out += dot(apex + 24, 520, 8, p.FRAME)
    left, right = x0 + 34, x1 - 126
    out += _window(left, 372, broken=ruined) + _window(right, 372, broken=ruined and rng.random() < 0.6)
    if ruined:
        out += (
            f'<g transform="rotate(-14 {right + 46:.0f} 418)">{rect(right - 12, 404, 116, 28, p.DAMAGE["board"])}'
            "</g>"
        )
        cracks = (
            f"M{x0 + 8:.0f} 320l26 24l-14 22M{x1 - 10:.0f} 330l-24 18l12 20M{left + 20:.0f} "
            f"500l18 24l-12 20l16 22M{right + 80:.0f} 500l-22 20l14 26l-12 20"
        )
        out += line(cracks, p.DAMAGE["crack"], 8)
        out += path(f"M{x0 + 6:.0f} 556c40 -26 70 6 96 -4l-6 34h-90z", p.DAMAGE["crack"], "")
        weeds = "".join(
            f"M{x:.0f} {y:.0f}l-14 -38M{x:.0f} {y:.0f}l2 -50M{x:.0f} {y:.0f}l18 -34"
            for x, y in zip(
                (x0 - 40, x0 + 60, x1 - 30, x1 + 40, 250, 520), (620, 640, 636, 616, 676, 680), strict=True
            )
        )
        out += line(weeds, p.DAMAGE["weed"], 9)
    if kept:
        for x in (left, right):
            out += rect(x - 8, 466, 108, 26, p.FRAME) + "".join(
                dot(x + 6 + 20 * i, 458, 13, rng.choice(p.FLOWERS)) for i in range(5)
            )
        for side in (range(30, 300, 44), range(450, 700, 44)):
            out += "".join(
                _flower(x + rng.uniform(-6, 6), 626 + rng.uniform(-8, 10), rng.choice(p.FLOWERS))
                for x in side
            )
        out += path(f"M{x0 - 92:.0f} 592c-30 -50 0 -90 40 -84c46 -4 64 44 40 84z", p.LEAF)
    if condition == "ordinary":
        out += path(f"M{x1 + 20:.0f} 592c-14 -40 4 -60 30 -56c30 -2 44 24 30 56z", p.LEAF)
    if look["litter"] == "yes":
        out += _litter(rng)
    if lean:
        out = f'<g transform="rotate({lean:.2f} 352 704)">{out}</g>'
    return out


def _litter(rng: Random) -> str:
    out = ""
    columns, rows = (
        (60, 150, 250, 330, 430, 520, 610, 656, 96, 384),
        (590, 650, 600, 672, 612, 660, 604, 668, 676, 560),
    )
    for x, y in zip(columns, rows, strict=True):
        kind, turn = rng.randrange(4), rng.uniform(-60, 60)
        colour = rng.choice(p.LITTER)
        shape = {
            0: rect(-26, -14, 52, 28, colour) + line("M-12 -14v28", p.INK, 5),  # a can
            1: path("M-34 6L-14 -20L6 -10L30 -18L24 16L-8 22Z", colour, EDGE),  # crumpled paper
            2: path("M-40 -9H6L18 -5H36V5H18L6 9H-40Z", colour, EDGE),  # a bottle
            3: path("M-28 24C-40 -6 -16 -22 -10 -22L-4 -34L6 -22C20 -20 40 0 26 24Z", colour, EDGE),  # a bag
        }[kind]
        out += (
            f'<g transform="translate({x + rng.uniform(-14, 14):.1f} {y + rng.uniform(-10, 10):.1f}) '
            f'rotate({turn:.1f})">{shape}</g>'
        )
    return out


def _street(look: Mapping[str, str], rng: Random) -> str:
    out, x = "", rng.uniform(-60, -10)
    facades = list(p.FACADES)
    rng.shuffle(facades)
    for facade in facades:
        wide, top = rng.uniform(118, 168), rng.uniform(90, 250)
        out += rect(x, top, wide, 520 - top, facade)
        for row in range(int((450 - top) // 92)):
            for column in (0.18, 0.58):
                lit = p.GLASS if rng.random() < 0.8 else p.LINE
                out += rect(x + wide * column, top + 34 + 88 * row, wide * 0.25, 48, lit, THIN)
        out += rect(x + wide * 0.38, 448, wide * 0.26, 72, rng.choice(p.DOORS))
        x += wide - 3
        if x > 710:
            break
    out += rect(-10, 516, 730, 36, p.KERB) + rect(-10, 548, 730, 170, p.ROAD)
    start = rng.uniform(-60, 0)
    out += line("".join(f"M{start + 120 * i:.0f} 632h60" for i in range(8)), p.LINE, 12)
    lamp = rng.uniform(120, 600)
    out += line(f"M{lamp:.0f} 540V300q0 -30 34 -30h20", p.INK, 11) + dot(lamp + 58, 274, 15, p.LINE, EDGE)
    if look["litter"] == "yes":
        out += _litter(rng)
    return out


def _plate(_: Mapping[str, str], rng: Random) -> str:
    out = f'<rect y="430" width="704" height="274" fill="{rng.choice(p.TABLE)}"/>'
    x, y = 352 + rng.uniform(-14, 14), 430 + rng.uniform(-14, 14)
    for rx, ry, fill in ((290, 176, p.PLATE[0]), (214, 122, p.PLATE[1])):
        out += f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx}" ry="{ry}" fill="{fill}" {EDGE}/>'
    base, *rest = rng.sample(p.FOOD, 4)
    out += path(
        f"M{x - 150:.0f} {y + 10:.0f}c10 -80 80 -130 150 -130s150 50 150 130c-60 40 -240 40 -300 0z", base
    )
    for _unused in range(11):
        dx, dy = rng.uniform(-110, 110), rng.uniform(-80, 16)
        piece = rng.choice(rest)
        if rng.random() < 0.5:
            out += dot(x + dx, y + dy, rng.uniform(14, 24), piece, THIN)
        else:
            leaf = path("M-26 0C-10 -22 10 -22 26 0C10 16 -10 16 -26 0Z", piece)
            place = f"translate({x + dx:.1f} {y + dy:.1f}) rotate({rng.uniform(0, 180):.0f})"
            out += f'<g transform="{place}">{leaf}</g>'
    steam = "".join(f"M{x + d:.0f} {y - 150:.0f}c-20 -30 20 -50 0 -84" for d in (-70, 0, 70))
    return (
        out
        + line(steam, p.PLATE[1], 10)
        + line("M26 300V640M14 300v70q12 26 24 0v-70", p.INK, 10)
        + line("M672 300V640M672 300q-26 60 0 130", p.INK, 12)
    )


#: Objects, for the prompts that ask for nobody.
OBJECTS = ("bicycle", "books", "chair", "lemons", "lighthouse", "teapot")
_COLOURS = {"red": p.OBJECT[0], "blue": p.OBJECT[1], "brown": p.TABLE[0]}


def _object(look: Mapping[str, str], rng: Random) -> str:
    """Return an object on its shadow: the one that `look` names, or any."""
    name = look.get("object") or rng.choice(OBJECTS)
    colour = _COLOURS.get(look.get("colour", "")) or p.OBJECT[rng.randrange(5)]
    scale, tilt = rng.uniform(0.86, 1.0), rng.uniform(-4, 4)
    ground = f'<ellipse cx="352" cy="612" rx="260" ry="34" fill="{p.OBJECT[7]}"/>'
    turned = (
        f"translate({352 - 352 * scale + rng.uniform(-14, 14):.1f} {620 - 620 * scale:.1f}) "
        f"scale({scale:.3f}) rotate({tilt:.2f} 352 600)"
    )
    others = {f"object{number}": other for number, other in enumerate(p.OBJECT)}
    shape = piece(name, colour=colour, table=p.TABLE[0], **others)
    return ground + f'<g transform="{turned}">{shape}</g>'


_DRAW: Mapping[str, Callable[[Mapping[str, str], Random], str]] = {
    "house": _house,
    "street": _street,
    "plate": _plate,
    "object": _object,
}


def draw(kind: str, look: Mapping[str, str], rng: Random) -> str:
    """Return a place or thing (`house`, `street`, `plate`, `object`) as SVG in 704 units."""
    return _DRAW[kind](look, rng)
