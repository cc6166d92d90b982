"""Addresses on a page: which numbers in it are said to be what, and which have no address.

Text, and the attributes that are read out or shown (`aria-label`, `alt`, `data-label`), belongs to the innermost
element with `data-column` (of a row of a table, `data-row`) or `data-part` (of the page's view, `data-view`, which
goes on from the `data-view` around it). An empty `data-part` leaves a text without an address.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from assets.leaderboard.page import page as rendering

NUMBER = re.compile(r"(?<![\w.@/-])[+−±<>]?\s?\d+(?:,\d{3})*(?:\.\d+)?(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?![\w@/])")
_VOID = {"meta", "link", "img", "br", "hr", "input", "line", "circle", "polyline", "polygon"}
_SPOKEN = ("data-label", "aria-label", "alt")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_AROUND = 8  # characters beside a number that a template must have too
_WHOLE = 4  # characters from which on a text that is all of a template's is known


@dataclass(frozen=True)
class AddressedText:
    """A text with an address: columns of a row, or parts of a view."""

    table: bool
    address: str
    columns: str
    text: str


@dataclass
class _Element:
    tag: str
    row: str
    view: str
    columns: str | None  # None: what is in it belongs to the element around it
    table: bool
    text: list[str] = field(default_factory=list)


class Addressed(HTMLParser):
    """Collects what is said with an address, and the numbers in `main` that have none and are no template's words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[AddressedText] = []
        self.without: list[str] = []
        self._open: list[_Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, and read its attributes."""
        given = {name: value or "" for name, value in attrs}
        around = self._open[-1] if self._open else _Element("", "", "", None, table=False)
        columns = given.get("data-column", given.get("data-part"))
        view = "/".join(part for part in (around.view, given.get("data-view", "")) if part)
        opened = _Element(tag, given.get("data-row", around.row), view, columns, "data-column" in given)
        self._open.append(opened)
        for name in _SPOKEN:
            if name in given:
                self.handle_data(given[name])
        if tag in _VOID:
            self._close()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close an element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._close()

    def handle_endtag(self, tag: str) -> None:
        """Close the element of that name that was opened last, and what was left open within it."""
        while any(one.tag == tag for one in self._open):
            if self._close() == tag:
                return

    def handle_data(self, data: str) -> None:
        """Give text to the innermost element with an address, or keep its numbers."""
        owner = next((one for one in reversed(self._open) if one.columns is not None), None)
        if owner is not None and owner.columns:
            owner.text.append(data)
        elif any(one.tag == "main" for one in self._open):
            text = _even(data)
            self.without += [
                text[max(0, found.start() - 20) : found.end() + 20]
                for found in NUMBER.finditer(text)
                if not _in_words(text, found)
            ]

    def _close(self) -> str:
        closed = self._open.pop()
        if closed.columns:
            address = closed.row if closed.table else closed.view
            self.found.append(AddressedText(closed.table, address, closed.columns, "\n".join(closed.text)))
        return closed.tag


def read(page: bytes) -> Addressed:
    """Return what a page says, by address."""
    parser = Addressed()
    parser.feed(page.decode("utf-8", "replace"))
    return parser


def numbers(text: str) -> list[str]:
    """Return the numbers in a text as they are written, without spaces."""
    return [re.sub(r"\s", "", found) for found in NUMBER.findall(_even(text))]


def _in_words(text: str, found: re.Match[str]) -> bool:
    """Return whether a number is part of a sentence that a template has, with the same words before or after it."""
    if len(text.strip()) >= _WHOLE and text.strip() in _words():
        return True
    start, end = found.span()
    before, after = text[start - _AROUND : start] if start >= _AROUND else "", text[end : end + _AROUND]
    number = f"(?<![\\d.]){re.escape(found.group().strip())}(?!\\.?\\d)"
    lead = " " if found.group()[:1] == " " else ""
    ways = [f"{re.escape(before + lead)}{number}"] if before.strip() else []
    ways += [f"{number}{re.escape(after)}"] if len(after) == _AROUND and after.strip() else []
    return any(re.search(way, chunk) for way in ways for chunk in _words())


@cache
def _words() -> tuple[str, ...]:
    """Return the templates' own texts that have a number in them."""
    found: dict[str, None] = {}
    for path in sorted((Path(rendering.__file__).parents[1] / "templates").glob("*.html.j2")):
        bare = re.sub(r"<[^>]*>", "\0", _JINJA.sub("\0", path.read_text(encoding="utf-8")))
        found |= dict.fromkeys(_even(html.unescape(part)) for part in bare.split("\0"))
    return tuple(form for part in found if NUMBER.search(part) for form in (part, part.strip()))


def _even(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))
