"""Single objects, for the prompts that ask for nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from assets.simulation import palette as p
from assets.simulation.shapes import EDGE, dot, line, path, rect


def _bicycle(c: str) -> str:
    wheels = "".join(
        f'<circle cx="{x}" cy="470" r="112" stroke="{p.INK}" stroke-width="18"/>'
        + dot(x, 470, 14, p.OBJECT[7])
        for x in (190, 514)
    )
    frame = "M190 470L290 300H456L350 470H190M350 470L270 262M456 300L514 470M456 300L440 240"
    return (
        wheels
        + line(frame, p.INK, 34)
        + line(frame, c, 22)
        + line("M236 258h74M440 240h58q26 6 20 34", p.INK, 20)
        + dot(350, 470, 26, p.OBJECT[7], EDGE)
    )


def _cup(c: str) -> str:
    return (
        (
            f'<path d="M492 330h44q60 0 56 62q-6 70 -92 74" stroke="{p.INK}" '
            'stroke-width="40"/><path d="M492 330h44q60 0 56 62q-6 70 -92 74" '
            f'stroke="{c}" stroke-width="22"/>'
        )
        + path("M180 280H500L470 540Q466 570 436 570H244Q214 570 210 540Z", c)
        + f'<ellipse cx="340" cy="282" rx="160" ry="34" fill="{p.FOOD[3]}" {EDGE}/>'
        + line("M290 220c-20 -30 20 -50 0 -84M390 220c-20 -30 20 -50 0 -84", p.OBJECT[7], 11)
    )


def _chair(c: str) -> str:
    return (
        line("M230 430V620M474 430V620M272 430V580M432 430V580", p.INK, 26)
        + path("M236 150Q352 110 468 150L456 380H248Z", c)
        + path("M206 380H498L520 446H184Z", c)
        + line("M300 170V360M352 160V360M404 170V360", p.INK, 8)
    )


def _umbrella(c: str) -> str:
    return (
        line("M352 150V560q0 50 44 50t44 -44", p.INK, 18)
        + path(
            (
                "M100 380C110 210 230 130 352 130S594 210 604 380C570 344 512 344 "
                "478 380C440 344 392 344 352 380C312 344 264 344 226 380C192 344 "
                "134 344 100 380Z"
            ),
            c,
        )
        + line("M352 132C300 200 240 300 226 378M352 132C404 200 464 300 478 378", p.INK, 8)
    )


def _boat(c: str) -> str:
    water = line("M40 590q40 -26 80 0t80 0t80 0t80 0t80 0t80 0t80 0t80 0", p.OBJECT[1], 16)
    return (
        path("M120 470H590L530 570H190Z", c)
        + line("M352 470V140", p.INK, 16)
        + path("M366 150C470 240 520 340 530 440H366Z", p.OBJECT[6])
        + path("M338 190C280 270 230 360 200 440H338Z", p.OBJECT[6])
        + water
    )


def _lamp(c: str) -> str:
    return (
        path("M250 180H454L520 360H184Z", c)
        + line("M352 360V570", p.INK, 22)
        + path("M250 570Q352 530 454 570V596H250Z", p.OBJECT[5])
        + line("M440 360V430", p.INK, 7)
        + dot(440, 438, 11, p.OBJECT[2])
    )


def _tree(c: str) -> str:
    crown = (
        "M352 120C450 110 520 180 510 250C590 290 570 400 480 410C440 450 "
        "270 450 230 410C130 400 120 290 196 250C180 180 250 110 352 120"
        "Z"
    )
    fruit = "".join(
        dot(x, y, 17, c, EDGE.replace('"9"', '"6"'))
        for x, y in ((270, 230), (400, 200), (440, 310), (330, 320), (240, 350))
    )
    return path("M320 410L300 620H410L386 410Z", p.FOOD[3]) + path(crown, p.LEAF) + fruit


def _book(c: str) -> str:
    return (
        path("M150 240Q250 200 352 250V560Q250 510 150 540Z", p.OBJECT[6])
        + path("M554 240Q454 200 352 250V560Q454 510 554 540Z", p.OBJECT[6])
        + line("M130 260V570Q260 540 352 590Q444 540 574 570V260", c, 24)
        + line(
            (
                "M190 300q70 -20 130 12M190 360q70 -20 130 12M190 420q70 -20 130 "
                "12M386 312q60 -32 130 -12M386 372q60 -32 130 -12"
            ),
            p.OBJECT[7],
            8,
        )
    )


def _lemons(c: str) -> str:
    lemon = "M-74 0C-66 -30 -40 -50 0 -50S60 -34 72 -8L88 0L72 10C60 36 36 50 0 50S-66 30 -74 0Z"
    places = ((240, 330, -14), (380, 320, 20), (470, 346, -6), (310, 290, 8))
    fruit = "".join(
        f'<g transform="translate({x} {y}) rotate({a})">{path(lemon, p.OBJECT[2])}</g>' for x, y, a in places
    )
    return fruit + path("M110 350H594C594 480 500 570 430 580H274C204 570 110 480 110 350Z", c)


def _lighthouse(c: str) -> str:
    rocks = path("M90 620C120 540 200 560 240 530H470C520 560 600 540 620 620Z", p.OBJECT[5])
    tower = path("M290 230H414L450 540H254Z", p.OBJECT[6])
    bands = path("M284 290H420L429 370H275Z", c) + path("M266 450H438L447 520H257Z", c)
    light = path("M300 170H404V232H300Z", p.OBJECT[2]) + path("M286 172L352 110L418 172Z", c)
    return (
        rocks
        + tower
        + bands
        + light
        + line("M440 190L600 150M440 210L610 236M264 190L104 150M264 210L94 236", p.OBJECT[2], 12)
    )


def _teapot(c: str) -> str:
    handle = "M200 330C90 300 80 500 220 500"
    return (
        line(handle, p.INK, 42)
        + line(handle, c, 24)
        + path("M490 420C560 420 560 320 620 290L640 320C590 360 590 520 480 520Z", c)
        + path("M190 430C190 330 260 270 350 270S510 330 510 430S450 580 350 580S190 530 190 430Z", c)
        + path("M250 300C270 262 430 262 450 300C420 322 280 322 250 300Z", p.OBJECT[6])
        + dot(350, 250, 22, p.OBJECT[2], EDGE)
        + "".join(dot(x, y, 15, p.OBJECT[6]) for x, y in ((290, 420), (350, 450), (410, 420), (350, 390)))
    )


def _stack(_: str) -> str:
    rows = (
        (120, 500, 470, 0),
        (150, 430, 420, 1),
        (130, 360, 450, 3),
        (180, 290, 370, 4),
        (160, 220, 400, 2),
    )
    return "".join(
        rect(x, y, w, 68, p.OBJECT[i])
        + rect(x + w - 44, y + 12, 44, 44, p.OBJECT[6])
        + line(f"M{x + 40} {y + 8}v52M{x + 60} {y + 8}v52", p.INK, 7)
        for x, y, w, i in rows
    ) + rect(40, 568, 624, 40, p.TABLE[0])


OBJECTS: Mapping[str, Callable[[str], str]] = {
    "bicycle": _bicycle,
    "cup": _cup,
    "chair": _chair,
    "umbrella": _umbrella,
    "boat": _boat,
    "lamp": _lamp,
    "tree": _tree,
    "book": _book,
    "books": _stack,
    "lemons": _lemons,
    "lighthouse": _lighthouse,
    "teapot": _teapot,
}
_COLOURS = {"red": p.OBJECT[0], "blue": p.OBJECT[1], "brown": p.TABLE[0]}


def draw(look: Mapping[str, str], rng: Random) -> str:
    """Return an object on its shadow as SVG in 704 units: the one that `look` names, or any."""
    name = look.get("object", "")
    shape = OBJECTS.get(name) or OBJECTS[rng.choice(sorted(OBJECTS))]
    colour = _COLOURS.get(look.get("colour", "")) or p.OBJECT[rng.randrange(5)]
    scale, tilt = rng.uniform(0.86, 1.0), rng.uniform(-4, 4)
    ground = f'<ellipse cx="352" cy="612" rx="260" ry="34" fill="{p.OBJECT[7]}"/>'
    turned = (
        f"translate({352 - 352 * scale + rng.uniform(-14, 14):.1f} {620 - 620 * scale:.1f}) "
        f"scale({scale:.3f}) rotate({tilt:.2f} 352 600)"
    )
    return ground + f'<g transform="{turned}">{shape(colour)}</g>'
