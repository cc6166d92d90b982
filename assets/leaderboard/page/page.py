"""Markup: the page of one edition as HTML, from its view.

Everything passes jinja2's autoescape; nothing is ever marked as safe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol
from urllib.parse import quote_plus

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.leaderboard.page import charts, words
from assets.leaderboard.views.view import Page, Point

_HERE = Path(__file__).parents[1]
STATIC = _HERE / "static"
TEMPLATES = (_HERE / "templates",)
FIGURES = "figures.html"


class _Figure(Protocol):
    @property
    def distance(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def render(page: Page) -> dict[str, bytes]:
    """Return the files of the page, by path relative to the edition: `FIGURES` and what it links to.

    Pictures and data files are not among them.
    """
    files = {f"static/{path.name}": path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()}
    files["static/boards.css"] = _template("boards.css.j2", boards=page.boards)
    files[FIGURES] = _template("figures.html.j2", page=page)
    return files


def named(files: Mapping[str, bytes], page: Page, edition: Page) -> dict[str, bytes]:
    """Return the files of a page when it is that of an edition, as `render` would again.

    Args:
        files: what `render` returned of `page`.
        page: without the name of its edition.
        edition: the same page with it.
    """
    before, after = (_template("_edition.html.j2", page=one) for one in (page, edition))
    return {**files, FIGURES: files[FIGURES].replace(before, after)}


def _template(name: str, **values: object) -> bytes:
    return _environment().get_template(name).render(**values).encode("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        words=words,
        perceived=words.PERCEIVED,
        strip=charts.strip,
        change_strip=charts.change_strip,
        line=charts.line,
        ticks=charts.ticks,
        figure_words=_figure_words,
        point_words=_point_words,
        line_words=_line_words,
        at=_address,
        view=_address,
        axis_label=lambda value: f"{value:.2f}".rstrip("0").rstrip(".") or "0",
    )
    environment.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["lower_first"] = lambda text: text[:1].lower() + text[1:]
    return environment


def _address(relation: str, **keys: object) -> str:
    """Return where a row of figures is: a published table or view, or `page/<query>`, and the values that find it."""
    return f"{relation}?{'&'.join(f'{_quoted(name)}={_quoted(str(value))}' for name, value in keys.items())}"


@lru_cache(maxsize=10_000)
def _quoted(text: str) -> str:
    """Return a text for an address; a page asks for few different ones, each of them many times."""
    return quote_plus(text)


def _figure_words(figure: _Figure) -> str:
    if figure.distance is None:
        return "no figure"
    if figure.low is None or figure.high is None:
        return f"{figure.distance:.2f}"
    return f"{figure.distance:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _point_words(point: Point) -> str:
    if point.value is None:
        return "no figure"
    between = "" if point.low is None or point.high is None else f" ({point.low:.2f} to {point.high:.2f})"
    return f"{point.value:.2f}{between}, n = {words.number(point.n)}"


def _line_words(name: str, points: Sequence[Point]) -> str:
    weeks = "; ".join(
        f"{words.short_week(p.week)} {'no figure' if p.value is None else f'{p.value:.2f}'}" for p in points
    )
    return f"{name}, distance by week: {weeks or 'no weeks yet'}"
