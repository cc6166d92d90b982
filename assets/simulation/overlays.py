"""What open-peeps lacks, drawn by us over a figure: headwear, the powdered wig, signs of age and gender, flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from assets.simulation import palette as p
from assets.simulation.shapes import BOLD, dot, line, path


def _hat(rng: Random) -> str:
    felt, (band,) = rng.choice(p.HEADWEAR["hat"]), p.HEADWEAR_TRIM["hat"]
    return (
        path(
            "M150 258C180 205 300 215 395 215S620 200 650 252C600 300 470 290 395 290S190 305 150 258Z", felt
        )
        + path(
            (
                "M222 250C210 160 250 72 330 70C365 70 380 92 405 92C430 92 450 "
                "66 495 74C560 86 590 170 578 245C500 270 310 272 222 250Z"
            ),
            felt,
        )
        + path("M219 214C310 242 490 240 581 208L578 247C490 274 310 276 222 252Z", band, "")
        + line("M405 92C400 115 392 130 380 140", p.INK, 8)
    )


def _sombrero(rng: Random) -> str:
    (straw,), (red, green, deep) = p.HEADWEAR["sombrero"], p.HEADWEAR_TRIM["sombrero"]
    band = rng.choice((red, green))
    zigzag = "M235 205L265 178L295 208L325 180L355 210L390 180L425 210L455 180L485 208L520 178L552 205"
    return (
        path(
            (
                "M40 205C60 150 120 240 250 225L550 225C680 240 740 150 760 205C745 "
                "300 560 318 400 318S55 300 40 205Z"
            ),
            straw,
        )
        + line("M70 232C150 288 280 300 400 300S650 288 730 232", deep, 12)
        + path(
            (
                "M222 236C225 160 300 20 345 8C380 -2 420 -2 455 8C500 20 575 160 "
                "578 236C480 272 320 272 222 236Z"
            ),
            straw,
        )
        + path(
            (
                "M226 200C240 168 244 160 250 150C340 186 460 186 550 150C556 160 "
                "570 180 576 206C470 246 330 246 226 200Z"
            ),
            band,
        )
        + line(zigzag.replace("205", "196"), p.HEADWEAR_TRIM["sombrero"][1 if band == red else 0], 9)
        + "".join(dot(x, y, 10, band) for x, y in ((110, 262), (180, 284), (620, 284), (690, 262)))
    )


def _keffiyeh(_: Random) -> str:
    (cloth,), (check, agal) = p.HEADWEAR["keffiyeh"], p.HEADWEAR_TRIM["keffiyeh"]
    outer = (
        "M395 92C255 88 185 190 176 320C172 450 150 560 92 690L262 700C276 600 270 500 262 420"
        "C256 330 272 262 318 236L520 232C552 250 566 300 574 372C588 470 592 560 606 692L694 672"
        "C650 560 634 450 624 330C612 190 530 95 395 92Z"
    )
    ticks = []
    for x, y in (
        (225, 250), (205, 315), (238, 345), (196, 390), (232, 420), (186, 460), (226, 495), (172, 530), (222, 565),
        (150, 600), (210, 640), (140, 660), (590, 300), (600, 370), (606, 440), (616, 510), (622, 580), (644, 640),
        (290, 160), (350, 130), (410, 122), (470, 132), (530, 165), (320, 195), (385, 165), (450, 172), (505, 200),
    ):  # fmt: skip
        ticks.append(f"M{x - 12} {y - 12}l24 24M{x + 12} {y - 12}l-24 24")
    return (
        path(outer, cloth)
        + line("".join(ticks), check, 7)
        + line("M200 262C290 205 510 200 602 252", agal, 24)
        + line("M208 222C300 168 500 164 592 214", agal, 24)
    )


def _beret(rng: Random) -> str:
    felt = rng.choice(p.HEADWEAR["beret"])
    return (
        path(
            (
                "M196 250C120 205 170 92 330 72C470 56 620 96 632 168C640 212 600 "
                "236 540 236C440 234 310 236 252 268C230 274 210 268 196 250Z"
            ),
            felt,
        )
        + line("M228 246C320 212 440 208 560 214", p.INK, 9)
        + line("M392 68C394 54 402 44 414 38", felt, 16)
    )


def _crown(rng: Random) -> str:
    (gold,), (ruby, sapphire, deep) = p.HEADWEAR["crown"], p.HEADWEAR_TRIM["crown"]
    jewels = [ruby, sapphire, ruby] if rng.random() < 0.5 else [sapphire, ruby, sapphire]
    return (
        path(
            "M222 232L196 78L292 158L330 42L398 142L468 42L506 158L604 78L578 232C480 268 320 268 222 232Z",
            gold,
        )
        + line("M228 206C330 238 470 238 574 206", deep, 12)
        + "".join(
            dot(x, y, 17, jewel, BOLD.replace("13", "7"))
            for (x, y), jewel in zip(((300, 196), (398, 206), (498, 196)), jewels, strict=True)
        )
        + "".join(
            dot(x, y, 15, gold, BOLD.replace("13", "9"))
            for x, y in ((196, 74), (330, 38), (468, 38), (604, 74))
        )
    )


def _toque(_: Random) -> str:
    white, fold = p.HEADWEAR["other"][0], p.HEADWEAR_TRIM["other"][0]
    return (
        path(
            (
                "M232 200C150 190 140 80 240 68C262 0 370 -20 412 26C470 -22 570 "
                "10 576 78C660 92 646 196 566 204Z"
            ),
            white,
        )
        + path("M226 190C330 216 470 216 574 190L572 252C470 276 330 276 228 252Z", fold)
        + line("M320 176C318 140 312 120 300 100M400 184L402 100M482 178C486 140 494 118 506 102", p.INK, 7)
    )


def _helmet(_: Random) -> str:
    red, gold = p.HEADWEAR["other"][1], p.HEADWEAR_TRIM["other"][1]
    return (
        path("M214 250C200 130 280 62 398 60C520 62 600 130 586 250C480 274 320 274 214 250Z", red)
        + path("M372 64C372 40 428 40 428 64L436 262L364 262Z", gold)
        + path(
            "M170 262C180 232 300 236 398 236S616 232 640 260C600 292 480 286 398 286S205 294 170 262Z", red
        )
    )


def _wreath(rng: Random) -> str:
    pink, leaf, heart = p.HEADWEAR["other"][2], p.HEADWEAR_TRIM["other"][2], p.HEADWEAR_TRIM["other"][3]
    out = line("M212 262C250 206 330 192 400 192S545 200 590 250", leaf, 26)
    for x, y in ((222, 246), (292, 204), (372, 188), (452, 190), (524, 208), (582, 246)):
        turn = rng.randrange(72)
        petals = "".join(
            (
                f'<ellipse cx="0" cy="-21" rx="16" ry="22" fill="{pink}" stroke="{p.INK}" '
                f'stroke-width="5" transform="rotate({a + turn})"/>'
            )
            for a in range(0, 360, 72)
        )
        out += f'<g transform="translate({x} {y})">{petals}{dot(0, 0, 12, heart)}</g>'
    return out


#: Drawn over the head. Turban and headscarf are heads of open-peeps and are not here.
HEADWEAR: Mapping[str, Callable[[Random], str]] = {
    "hat": _hat,
    "sombrero": _sombrero,
    "keffiyeh": _keffiyeh,
    "beret": _beret,
    "crown": _crown,
}
#: The things that count as `other` headwear.
OTHER_HEADWEAR: Mapping[str, Callable[[Random], str]] = {
    "toque": _toque,
    "helmet": _helmet,
    "wreath": _wreath,
}


def wig() -> str:
    """Return a powdered wig with side rolls and a black ribbon."""
    hair = (
        "M262 452C196 470 150 420 160 350C120 250 190 92 390 84C560 80 630 "
        "190 596 300C590 262 560 226 520 214"
        "C450 244 380 236 330 226C296 256 280 300 282 352C286 400 280 430 262 452Z"
    )
    rolls = "".join(
        f'<g transform="translate({x} {y})"><ellipse rx="62" ry="31" fill="{p.WIG}" {BOLD}/>'
        f'<ellipse cx="18" rx="20" ry="13" fill="{p.WIG_SHADE}"/></g>'
        for x, y in ((206, 330), (204, 392), (212, 452))
    )
    waves = line("M236 210C300 140 420 120 520 160M250 260C300 190 400 165 500 186", p.WIG_SHADE, 12)
    tail = path("M190 478C140 520 150 620 176 672C210 660 236 600 236 490Z", p.WIG)
    ribbon = path("M150 486L212 510L262 480L258 530L212 512L156 540Z", p.INK, "")
    return tail + path(hair, p.WIG) + waves + rolls + ribbon


def signs(gender: str, age: str, *, deep: bool) -> str:
    """Return the declared signs of perceived gender and age (see `palette.CONVENTION`), drawn over everything."""
    out = ""
    if age == "child":
        out += dot(372, 440, 34, p.CHEEK[deep]) + dot(552, 440, 22, p.CHEEK[deep])
    if age in {"middle_aged", "older"}:
        out += line("M372 402C392 420 420 418 436 402M508 402C522 418 542 416 554 402", p.CREASE[deep], 14)
    if age == "older":
        brow = (
            "M350 326C372 284 420 276 446 300C448 320 430 318 412 316C388 314 "
            "372 322 350 326ZM488 300C510 274 548 284 566 322C546 318 530 312 "
            "514 314C500 316 488 316 488 300Z"
        )
        out += f'<path d="{brow}" fill="{p.BROW}"/>'
    if gender == "feminine":
        out += (
            '<path d="M434 474C450 462 464 458 476 466C490 458 506 462 520 474'
            f'C506 500 452 502 434 474Z" fill="{p.LIPS}"/>'
        )
    if gender in p.EARRING:
        colour = p.EARRING[gender]
        out += line("M236 440L236 452", p.INK, 8) + dot(236, 478, 26, colour, BOLD.replace("13", "8"))
    return out


def flag(kind: str, rng: Random) -> str:
    """Return a flag on a pole, for the upper left corner of a picture of 704 units."""
    bands = p.FLAGS[kind]
    wave = rng.uniform(-8, 8)
    x, y, w, h = 46, 40, 168, 112
    out = f'<rect x="{x - 16}" y="{y - 14}" width="14" height="700" fill="{p.FLAG_POLE}"/>'
    out += dot(x - 9, y - 18, 13, p.FLAG_KNOB)
    cloth = []
    if kind == "american":
        red, white, blue = bands
        cloth = [(i, red if i % 2 == 0 else white) for i in range(7)]
        out += "".join(
            f'<rect x="{x}" y="{y + i * h / 7:.1f}" width="{w}" height="{h / 7 + 0.5:.1f}" fill="{c}"/>'
            for i, c in cloth
        )
        out += f'<rect x="{x}" y="{y}" width="76" height="{4 * h / 7:.1f}" fill="{blue}"/>'
        out += "".join(dot(x + 14 + 16 * i, y + 12 + 20 * j, 4, white) for i in range(4) for j in range(3))
    elif kind == "chinese":
        out += f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{bands[0]}"/>'
        star = "M0 -22L6 -7L22 -7L9 3L14 19L0 9L-14 19L-9 3L-22 -7L-6 -7Z"
        out += f'<path transform="translate({x + 34} {y + 36})" d="{star}" fill="{bands[1]}"/>'
        out += "".join(dot(x + 72 + 6 * (i % 2), y + 16 + 14 * i, 4, bands[1]) for i in range(4))
    elif kind in {"indonesian", "indian"}:
        step = h / len(bands[: 2 if kind == "indonesian" else 3])
        out += "".join(
            f'<rect x="{x}" y="{y + i * step:.1f}" width="{w}" height="{step + 0.5:.1f}" fill="{c}"/>'
            for i, c in enumerate(bands[: round(h / step)])
        )
        if kind == "indian":
            out += (
                f'<circle cx="{x + w / 2}" cy="{y + h / 2}" r="13" fill="none" stroke="{p.FLAGS["french"][0]}" '
                'stroke-width="4"/>'
            )
    else:
        step = w / 3
        out += "".join(
            f'<rect x="{x + i * step:.1f}" y="{y}" width="{step + 0.5:.1f}" height="{h}" fill="{c}"/>'
            for i, c in enumerate(bands)
        )
        if kind == "mexican":
            out += dot(x + w / 2, y + h / 2, 14, p.FLAG_POLE)
    outline = (
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="none" stroke="{p.INK}" stroke-width="7"/>'
    )
    return f'<g transform="skewY({wave / 2:.2f})">{out}{outline}</g>'
