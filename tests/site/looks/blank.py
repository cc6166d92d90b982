"""What is empty on a page, and what a page says of weeks that there are not: found in its HTML, in both languages.

Belongs here: looks at the text of one page. Does not belong here: which pages are looked at, links (`links`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser

_VOID = {"img", "br", "hr", "input", "meta", "link", "col", "wbr"}
_HEADING = re.compile(r"h[1-6]")
_ITEMS = {"ul": {"li"}, "ol": {"li"}, "dl": {"dt", "dd"}, "tbody": {"tr"}}
#: What a template or Python says where a value is missing; "None of 3" and "None is" are English.
_ODD = re.compile(
    r"\b(\d+)–\1(?= ?%)|\b0 (?:of|sur) 0\b|\b(\d{1,2}) (\w{3})\w*\.? (?:to|au) \2 \3"  # a range or a share of nothing
    r"|\b(?:None\b(?! of\b| is\b)|nan\b|NaN\b|Traceback)|\{\{|\}\}|%\(\w"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *(
                "Jan January janv. janvier",
                "Feb February févr. février",
                "Mar March mars",
                "Apr April avr. avril",
            ),
            *("May mai", "Jun June juin", "Jul July juil. juillet", "Aug August août"),
            *("Sep Sept September sept. septembre", "Oct October oct. octobre", "Nov November nov. novembre"),
            "Dec December déc. décembre",
        ),
        start=1,
    )
    for name in names.split()
}
_DAY = re.compile(r"\b([1-3]?\d)(?:er)? ([A-Za-zéûè]+\.?)(?: (\d{4}))?")
#: Four weeks, where there are fewer; a figure may be of "up to four weeks", and a doubt says how many have pictures.
_FOUR = re.compile(
    r"(?<!up to )(?<!of the last )\bfour weeks|\b52 weeks|\bof a year\b"
    r"|(?<!des )(?<!au plus )(?<!jusqu’à )\bquatre(?: dernières)? semaines(?! au plus)"
)
_WEEKS = re.compile(r"\b(\d+) (?:of the last four )?(?:weeks|semaines)\b")
#: That nothing changed, where nothing could be seen to.
_UNCHANGED = re.compile(
    r"No change (?:was|of)[^.]*\.|No model changed[^.]*\.|Aucun changement[^.]*\.|Aucun modèle n’a changé[^.]*\."
)


class _Outline(HTMLParser):
    """The headings of a page, what stands between them, and lists and tables without an item."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, list[str]]] = []  # element, items in it
        self._drawn = 0
        self._heading: str | None = None  # the level of the one that is open
        self._said = ""
        self._last: tuple[str, str] | None = None  # level and text of a heading below which nothing is yet

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._drawn or tag == "svg":
            self._drawn += tag == "svg"
            self._last = None
            return
        if tag == "img":
            self._last = None
        if tag in _VOID:
            return
        around = next((one for one in reversed(self._open) if one[0] in _ITEMS), None)
        if around and tag in _ITEMS[around[0]]:
            around[1].append(tag)
        if _HEADING.fullmatch(tag):
            if self._last and tag <= self._last[0]:
                self.found.append(f"nothing stands below the heading {self._last[1]!r}")
            self._heading, self._said = tag, ""
        self._open.append(
            (tag, [""] if ("id", "found") in attrs else [])
        )  # of the search, filled by its script

    def handle_endtag(self, tag: str) -> None:
        if self._drawn:
            self._drawn -= tag == "svg"
            return
        while tag not in _VOID and self._open:
            name, items = self._open.pop()
            if name in _ITEMS and not items:
                self.found.append(f"a {name} is empty")
            if name == tag:
                break
        if _HEADING.fullmatch(tag):
            if not self._said:
                self.found.append(f"a heading ({tag}) is empty")
            self._heading, self._last = None, (tag, self._said)

    def handle_data(self, data: str) -> None:
        if self._drawn or not data.strip():
            return
        if self._heading:
            self._said += data.strip()
        else:
            self._last = None

    def ended(self) -> list[str]:
        if self._last:
            self.found.append(f"nothing stands below the heading {self._last[1]!r}")
        return self.found


def main_of(page: str) -> str:
    """Return what stands between the head and the foot of a page."""
    return page[page.index("<main") : page.index("</main>")]


def said(page: str) -> str:
    """Return the words of a page: no drawings, no statements."""
    text = re.sub(r"<(svg|pre)\b.*?</\1>", " ", main_of(page), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def blanks(page: str) -> list[str]:
    """Return what is empty on a page, or was not filled in."""
    outline = _Outline()
    outline.feed(main_of(page))
    outline.close()
    statements = re.findall(r"<pre\b.*?</pre>", page, flags=re.DOTALL)
    return [
        *outline.ended(),
        *_around(_ODD, said(page)),
        *(one for one in statements if "None" in one),
    ]


def _around(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    for found in pattern.finditer(text):
        yield text[max(found.start() - 40, 0) : found.end() + 40]


def overstated(page: str, first: date, weeks: int) -> Iterator[str]:
    """Yield what a page says that so few weeks cannot show: more weeks, days before the first, that nothing changed."""
    text = said(page)
    if weeks < 4:
        yield from _around(_FOUR, text)
    yield from (found[0] for found in _WEEKS.finditer(text) if int(found[1]) > weeks)
    yield from _UNCHANGED.findall(text)
    for number, month, year in _DAY.findall(text):
        if month in _MONTHS and 1 <= int(number) <= 31:
            day = date(int(year or first.year), _MONTHS[month], int(number))
            if day < first:
                yield f"{day} lies before the first week"
