"""Clothing drawn over a figure's body: plain clothes, traditional dress, a coat of an earlier century, a uniform."""

from __future__ import annotations

from random import Random

from assets.simulation import palette as p
from assets.simulation.shapes import BOLD, dot, line, path

_NECK = "M246 598C262 650 320 694 390 694S510 650 518 604"


def _suit(cloth: str, _: Random) -> str:
    """Return a jacket over a shirt, with a tie."""
    _white, navy, cream = p.TRIM["contemporary"]
    shirt = path("M246 598C262 650 320 694 390 694S510 650 518 604L470 840L320 840Z", cream)
    lapels = path("M246 596L210 640L262 720L236 740L330 860L344 840Z", cloth) + path(
        "M520 600L556 640L510 720L536 740L450 860L438 840Z", cloth
    )
    return shirt + path("M370 700L410 700L424 724L408 744L420 840L362 840L374 744L358 724Z", navy) + lapels


def _contemporary(cloth: str, rng: Random) -> str:
    white, navy, _cream = p.TRIM["contemporary"]
    style = rng.randrange(5)
    if style == 0:  # a T-shirt with a band round the neck
        return line(_NECK.replace("694", "700"), white, 20) + line(_NECK, p.INK, 9)
    if style == 1:  # shirt collar and buttons
        collar = path(
            "M246 596L300 742L390 694L488 742L520 600L560 640L500 778L392 716L282 778L206 640Z", white
        )
        return collar + dot(392, 764, 8, navy) + dot(392, 812, 8, navy)
    if style == 2:
        return _suit(cloth, rng)
    if style == 3:  # stripes
        body = "".join(
            f"M{x0} {y}C250 {y + 26} 540 {y + 26} {x1} {y}" for x0, x1, y in ((120, 590, 716), (80, 630, 762))
        )
        return line(body, white, 18) + line(_NECK, p.INK, 9)
    hood = path(
        "M230 590C250 700 330 740 390 740S520 700 536 596L590 640C570 760 470 790 390 790S210 760 180 640Z",
        cloth,
    )
    return hood + line("M330 780L326 860M452 780L456 860", white, 10)


def _traditional(cloth: str, rng: Random) -> str:
    gold, cream, plum = p.TRIM["traditional"]
    inner, band = (cream, gold) if rng.random() < 0.5 else (gold, cream)
    wrap = path("M246 596C264 650 320 694 390 694S508 650 520 600L390 830Z", inner)
    trim = line("M236 590L392 836L528 596", band, 36) + line("M236 590L392 836L528 596", plum, 7)
    diamonds = "".join(
        f"M{x} {y - 16}L{x + 13} {y}L{x} {y + 16}L{x - 13} {y}Z"
        for x, y in (
            (150, 690),
            (200, 740),
            (250, 790),
            (110, 760),
            (590, 690),
            (550, 740),
            (510, 790),
            (640, 760),
        )
    )
    return wrap + trim + f'<path d="{diamonds}" fill="{band}"/>'


def _historical(cloth: str, _: Random) -> str:
    lace, gilt, shade = p.TRIM["historical"]
    lapels = path("M240 590L170 640L190 840L320 840L300 700Z", cloth) + path(
        "M524 596L598 640L580 840L450 840L476 700Z", cloth
    )
    edges = line("M240 594L300 704L318 840M524 600L476 704L452 840", gilt, 16)
    buttons = "".join(dot(x, y, 11, gilt) for x, y in ((262, 770), (506, 770)))
    high = path("M262 560C300 620 470 630 508 570L524 628C470 690 300 690 246 624Z", lace)
    ruffle = path(
        (
            "M310 650C270 690 300 720 330 716C300 760 336 790 356 776C350 820 "
            "400 840 410 790C440 800 470 770 446 730C480 730 500 690 464 652"
            "C420 680 350 680 310 650Z"
        ),
        lace,
    )
    folds = line("M350 690C346 720 352 740 362 756M392 694L394 770M432 690C436 716 432 736 422 752", shade, 9)
    return lapels + edges + buttons + ruffle + folds + high


def _uniform(cloth: str, rng: Random) -> str:
    gold, silver, dark = p.TRIM["uniform"]
    collar = path(
        "M244 592L206 640L290 770L388 700L490 770L560 640L522 598C508 650 470 694 390 694S262 650 244 592Z",
        cloth,
    )
    straps = "".join(
        (
            f'<g transform="translate({x} {y}) rotate({a})"><rect x="-62" y="-22" '
            f'width="124" height="44" rx="18" fill="{gold}" stroke="{p.INK}" '
            'stroke-width="9"/></g>'
        )
        for x, y, a in ((146, 652, -33), (602, 664, 36))
    )
    tie = path("M370 704L412 704L424 726L410 744L424 860L358 860L374 744L358 726Z", dark)
    badge = path("M508 742L556 742L556 782C556 800 532 810 532 810S508 800 508 782Z", silver)
    medals = "".join(
        f'<rect x="{226 + 30 * i}" y="760" width="24" height="18" fill="{gold if i % 2 else silver}"/>'
        for i in range(rng.randrange(2, 4))
    )
    return tie + collar + straps + badge + medals


def _scrubs(cloth: str, _: Random) -> str:
    silver, dark = p.TRIM["uniform"][1:]
    neck = path("M246 596C262 650 320 694 390 694S510 650 520 600L556 634L392 790L212 636Z", cloth)
    pocket = path("M486 748H566V812H486Z", cloth) + line("M508 744V724M528 744V724", dark, 9)
    tubes = line("M282 640C296 740 340 776 372 792M500 640C488 700 470 730 446 752", dark, 15)
    return neck + pocket + tubes + dot(384, 800, 24, silver, BOLD.replace("13", "9"))


_DRESS = {
    "contemporary": _contemporary,
    "traditional": _traditional,
    "historical": _historical,
    "uniform": _uniform,
    "scrubs": _scrubs,
    "suit": _suit,
}


def dress(kind: str, cloth: str, rng: Random) -> str:
    """Return what is drawn over the body: for a `clothing_era`, or for one kind of it: `scrubs`, `suit`.

    `cloth` is the body's own color.
    """
    return _DRESS[kind](cloth, rng)
