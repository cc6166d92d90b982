"""A kind of page: what a module of `pages` says of itself in `KIND`, and the pages that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from assets.leaderboard.views.message import Message
from warehouse.sandbox.forms import as_csv


@dataclass(frozen=True)
class Crumb:
    """A page above another one."""

    address: str
    title: Message


#: SHA-256 of a picture → its thumbnail; None if there is none.
Thumbnails = Callable[[str], bytes | None]
#: Quarter (`2026-Q3`) → model → where the pages of its pictures are: a prefix of keys.
PastFolders = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class SheetFile:
    """A file beside a page: the same bytes for all languages, beside the English page, or one in each language.

    Attributes:
        content: its bytes; None if it has a template.
        template: file of `templates/pages/` that is rendered as the page is, with the same view.
        raster: whether what the template makes, an SVG, is drawn as PNG when the page is published.
        about: what of the page the template is made of, which sees it as `about`; None if it is of all of it.
        draw: language, thumbnails and titles of models → a PNG picture, `<name>.png`, made when the page is published.
        pictures: SHA-256 of the pictures that it is drawn with: it goes when one of them is removed.
    """

    name: str
    content: bytes | None = None
    template: str | None = None
    raster: bool = False
    about: object = None
    draw: Callable[[str, Thumbnails, Mapping[str, str]], bytes] | None = None
    pictures: tuple[str, ...] = ()


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> SheetFile:
    """Return a file of rows, as CSV."""
    return SheetFile(name, content=b"".join(as_csv(columns, iter([[*rows]]), screen=None)))


@dataclass(frozen=True)
class Sheet:
    """One page, in every language.

    Attributes:
        address: its folder in the edition, with "/" at the end: `prompts/occupations/ceo/`.
        title: what browsers and those who link to it call it.
        view: what the template sees as `view`.
        crumbs: the pages above it, without the home page.
        description: a sentence or two for those who link to it.
        index: whether search engines are to list it.
        files: what lies beside it.
        searched: what it is found by beside its title and description, in any language.
        template: the one of its kind's that it is made from; None: that which the kind is named for.
    """

    address: str
    title: Message
    view: Any
    crumbs: tuple[Crumb, ...] = ()
    description: Message | None = None
    index: bool = True
    files: tuple[SheetFile, ...] = ()
    searched: tuple[Message, ...] = ()
    template: str | None = None


@dataclass(frozen=True)
class PageKind:
    """One kind of page: a list and its entries are one kind, so that what both show is read once.

    Attributes:
        id: names it, and its template: `templates/pages/<id>.html.j2`, which extends `pages/_base.html.j2`.
        build: its pages of a week, from the published copy, one by one and always in the same order; none of a kind
            whose pages are made elsewhere.
        beside: further templates, which its sheets name: those of the entries of a list.
    """

    id: str
    build: Callable[[duckdb.DuckDBPyConnection, date], Iterator[Sheet]] = lambda con, week: iter(())
    beside: tuple[str, ...] = ()

    def template(self, sheet: Sheet) -> str:
        """Return the template of one of its pages."""
        if sheet.template not in (None, *self.beside):
            raise ValueError(f"{sheet.address}: the kind {self.id} has no template {sheet.template}")
        return sheet.template or self.id
