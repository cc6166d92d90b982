"""Share cards: a finding as one picture, for those who link to it.

Its own fonts are used and none of the machine's, so that equal findings have equal cards. All texts enter as escaped
text of the drawing; nothing in it is fetched. Thumbnails are put on it afterwards: drawing them too takes three times
as long, and with few colors a card is a quarter of its size.
"""

from __future__ import annotations

import io
import math
import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from assets.leaderboard.page.languages import Tongue, tongue
from assets.leaderboard.page.raster import BOLD, REGULAR, as_png, drawn
from assets.leaderboard.views.kind import Thumbnails
from assets.leaderboard.views.message import model_title, say
from assets.leaderboard.views.query import View

WIDTH, HEIGHT = 1200, 630
_COLORS = 64
_SIDE, _GAP, _COLUMNS = 148, 6, 3
_LEFT, _TEXT_WIDTH = 48, 620
_GRID_X = WIDTH - 16 - _COLUMNS * _SIDE - (_COLUMNS - 1) * _GAP
_SIZES = (46, 40, 35, 30)  # of the sentence: the first that fits
_SENTENCE_HEIGHT = 290
_LINE = 1.18
#: What is no character of XML.
_NO_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def card(finding: View, language: str, thumbnails: Thumbnails, titles: Mapping[str, str]) -> bytes:
    """Return the card of a finding as PNG: its sentence, its figure with n and interval, and its pictures."""
    whole = drawn(_svg(finding, tongue(language).with_titles(titles)))
    _put_pictures(whole, finding, thumbnails)
    return as_png(whole, _COLORS)


def shown_on(finding: View) -> tuple[str, ...]:
    """Return the pictures on a card, by hash.

    A card is seen by those who asked for nothing: pictures of suites that are marked as sensitive are on none.
    """
    return () if finding.sensitive else tuple(picture.sha256 for picture in finding.grid)


def _svg(finding: View, own: Tongue) -> str:
    size, lines = _fitted(own.say(finding.sentence))
    sentence = [
        _text(_LEFT, 130 + number * size * _LINE, size, line, bold=True) for number, line in enumerate(lines)
    ]
    figure = own.say(say("%(k)s of %(n)s", k=finding.k, n=finding.n))
    interval = own.say(say("95% interval"))
    basis = f"{own.percent(finding.share)} · {interval} {own.percent_range(finding.low, finding.high)}"
    foot = own.say(say("week of %(day)s", day=finding.week))
    kind = own.say(say("Simulated model")) if finding.simulated else own.say(model_title(finding.model))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fbfaf7"/>',
            _text(_LEFT, 66, 34, "Cliché", bold=True, fill="#0b5394"),
            *sentence,
            _text(_LEFT, 500, 84, figure, bold=True, fill="#0b5394"),
            _text(_LEFT, 542, 28, basis),
            _text(_LEFT, 592, 22, _cut(f"{kind} · {foot}", 22), fill="#595b64"),
            "</svg>",
        ]
    )


def _put_pictures(whole: Image.Image, finding: View, thumbnails: Thumbnails) -> None:
    """Put the pictures on a card, those that show the value in a frame; one without a thumbnail stays empty."""
    draw, shown = ImageDraw.Draw(whole), {*shown_on(finding)}
    for place, picture in enumerate(one for one in finding.grid if one.sha256 in shown):
        x = _GRID_X + place % _COLUMNS * (_SIDE + _GAP)
        y = 10 + place // _COLUMNS * (_SIDE + _GAP)
        box = (x, y, x + _SIDE - 1, y + _SIDE - 1)
        data = thumbnails(picture.sha256)
        if data is None:
            draw.rectangle(box, fill="#f0ede5")
        else:
            with Image.open(io.BytesIO(data)) as thumbnail:
                whole.paste(_square(thumbnail.convert("RGB")), (x, y))
        if picture.framed:
            draw.rectangle(box, outline="#1b1c20", width=4)


def _square(thumbnail: Image.Image) -> Image.Image:
    """Return a thumbnail with room around it where it is no square."""
    fitted = thumbnail.copy()
    fitted.thumbnail((_SIDE, _SIDE))
    square = Image.new("RGB", (_SIDE, _SIDE), "#f0ede5")
    square.paste(fitted, ((_SIDE - fitted.width) // 2, (_SIDE - fitted.height) // 2))
    return square


def _text(x: float, y: float, size: int, text: str, *, bold: bool = False, fill: str = "#1b1c20") -> str:
    weight = 700 if bold else 400
    return (
        f'<text x="{x}" y="{y:.1f}" font-family="Source Sans 3" font-weight="{weight}" font-size="{size}" '
        f'fill="{fill}" xml:space="preserve">{escape(_NO_XML.sub("", text))}</text>'
    )


def _fitted(sentence: str) -> tuple[int, list[str]]:
    """Return the size of a sentence and its lines; what does not fit even in the smallest size is cut."""
    shortened = sentence[:700]  # no more of it can fit
    for size in _SIZES:
        lines, most = _lines(shortened, size), int(_SENTENCE_HEIGHT / (size * _LINE))
        if len(lines) <= most:
            return size, lines
    return size, [*lines[: most - 1], _cut(f"{lines[most - 1]} …", size, bold=True)]


def _lines(text: str, size: int) -> list[str]:
    """Return lines that are no wider than there is room; a word that is too wide is cut into pieces."""
    lines = [""]
    for word in re.split(r"[ \t\n]+", text):
        longer = f"{lines[-1]} {word}".strip(" ")
        if _width(longer, size) <= _TEXT_WIDTH:
            lines[-1] = longer
            continue
        rest = word
        while _width(rest, size) > _TEXT_WIDTH:
            fits = max(
                1,
                bisect_right(range(len(rest)), _TEXT_WIDTH, key=lambda n: math.ceil(_width(rest[:n], size)))
                - 1,
            )
            lines.append(rest[:fits])
            rest = rest[fits:]
        lines.append(rest)
    return [line for line in lines if line] or [""]


def _cut(text: str, size: int, *, bold: bool = False) -> str:
    """Return as much of a line as there is room for."""
    text = text[:200]
    if _width(text, size, bold=bold) <= _TEXT_WIDTH:
        return text
    while text and _width(f"{text}…", size, bold=bold) > _TEXT_WIDTH:
        text = text[:-1]
    return f"{text}…"


def _width(text: str, size: int, *, bold: bool = True) -> float:
    return float(_font(BOLD if bold else REGULAR, size).getlength(text))


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
