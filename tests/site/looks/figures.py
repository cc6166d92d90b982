"""From figures to their pictures: which figures pages show, what a reader comes to from there, what the tables hold."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

#: Clicks from a figure to pages with the pictures that it counts, at most.
CLICKS = 2
_COUNT = r'<span class="figure"><b>([\d,]+)</b> of ([\d,]+)</span>'
_CELL = re.compile(r"prompts/([^/]+/[^/]+)/([^/]+)/index\.html")
_PICTURE = re.compile(r'<li id="p\d+"( class="(?:framed|out)")?>')


@dataclass(frozen=True)
class ShownFigure:
    """A figure on a page: what it is of, its n, how many show the value if that is said, and links in its place."""

    page: str
    model: str
    prompt: str | None  # "<suite>/<prompt>"; of a board it is of several
    value: str | None
    k: int | None
    n: int
    links: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """The pictures of a model and prompt on their page: those that count, and those of them with the value."""

    page: str
    counted: int
    framed: int


def shown_figures(pages: Mapping[str, str]) -> Iterator[ShownFigure]:
    """Yield the figures of English pages: of prompts, boards, findings, words and the worst prompts of models."""
    for path, page in pages.items():
        if path.startswith("prompts/") and path.count("/") == 3:
            prompt = path.removeprefix("prompts/").removesuffix("/index.html")
            for model, row in re.findall(
                r'<article class="model" id="([^"]+)">(.*?)</article>', page, re.DOTALL
            ):
                for link, value, k, n in re.findall(rf'href="([^"#]+)" data-value="([^"]+)">{_COUNT}', row):
                    yield ShownFigure(path, model, prompt, value, _number(k), _number(n), _at(path, link))
        elif path.startswith("boards/") and path.count("/") == 2:
            for model, row in re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL):
                (n,) = re.findall(r'data-label="n">([\d,]+)', row)
                if links := re.findall(r'href="([^"#]+)#pictures"><strong>', row):
                    yield ShownFigure(path, model, None, None, None, _number(n), _at(path, *links))
        elif (path.startswith("findings/") and path.count("/") == 2) or path == "index.html":
            for link, n in re.findall(r'href="([^"]+)">All ([\d,]+) pictures', page)[:1]:
                prompt, model = _cell(path, link)
                counted = re.search(r"([\d,]+) of [\d,]+; 95% interval", page)
                k = _number(counted[1]) if counted else None
                yield ShownFigure(path, model, prompt, None, k, _number(n), _at(path, link))
        elif path.startswith("models/") and path.count("/") == 2:
            for link, k, n in re.findall(
                r'<section class="weak">.*?href="([^"]+)"><strong>([\d,]+) of ([\d,]+)</strong>',
                page,
                re.DOTALL,
            ):
                prompt, model = _cell(path, link)
                yield ShownFigure(path, model, prompt, None, _number(k), _number(n), _at(path, link))
        elif path.startswith("words/"):
            for link, n in re.findall(r'href="([^"]+)">(?:Before|After) [^<]*, n = ([\d,]+)', page):
                prompt, model = _cell(path, link)
                yield ShownFigure(path, model, prompt, None, None, _number(n), _at(path, link))


def pictures_of(figure: ShownFigure, pages: Mapping[str, str]) -> list[Found]:
    """Return the pages with a figure's pictures that are reached in `CLICKS` from its place; of a board, several.

    The first click is on a link of the figure itself, the second on one of the page that it leads to.
    """
    found: dict[str, Found] = {}
    ahead = [*figure.links]
    for _ in range(CLICKS):
        following: list[str] = []
        for path in ahead:
            cell = _CELL.fullmatch(path)
            if cell and cell[2] == figure.model and figure.prompt in (None, cell[1]):
                found[path] = _pictures(path, pages[path])
            elif path in pages:
                following += links_of(path, pages[path])
        ahead = [*dict.fromkeys(following)]
    return [*found.values()]


def astray(
    con: duckdb.DuckDBPyConnection, week: date, figure: ShownFigure, pages: Mapping[str, str]
) -> str | None:
    """Return what is wrong with a figure: not that of the tables, or without the pictures that it counts."""
    found = pictures_of(figure, pages)
    if not found or not all(one.counted for one in found):
        return "its pictures are not reached"
    if figure.prompt is None:
        of_board = "SELECT 1 FROM leaderboard WHERE week = ? AND model = ? AND n = ?"
        known = con.execute(of_board, [week, figure.model, figure.n]).fetchall()
        return None if known and len(found) > 1 else "no row of the board, or its pictures are of one prompt"
    shares = con.execute(
        "SELECT k, n FROM figures WHERE week = $week AND figure = 'share' AND model = $model AND prompt = $prompt "
        "AND estimate IS NOT NULL AND (value = $value OR $value IS NULL)",
        {"week": week, "model": figure.model, "prompt": figure.prompt, "value": figure.value},
    ).fetchall()
    if figure.k is not None and (figure.k, figure.n) not in shares and not _in_labels(con, week, figure):
        return f"{figure.k} of {figure.n} is in no table"
    exactly = not figure.page.startswith(
        ("models/", "words/")
    )  # whose page may frame another attribute, other weeks
    return "its page shows other pictures" if exactly and found[0].counted != figure.n else None


def _in_labels(con: duckdb.DuckDBPyConnection, week: date, figure: ShownFigure) -> bool:
    """Return whether single labels have what a page counts where tables have no share: too few, or not declared."""
    found = con.execute(
        "SELECT count(*) FILTER (value = $value), count(*) FROM labels INNER JOIN slots USING (week, model, slot_key) "
        "WHERE model = $model AND prompt = $prompt AND week BETWEEN $week::DATE - 21 AND $week GROUP BY attribute",
        {"week": week, "model": figure.model, "prompt": figure.prompt, "value": figure.value},
    ).fetchall()
    return any(k == figure.k and n >= figure.n for k, n in found)


def _pictures(path: str, page: str) -> Found:
    marks = _PICTURE.findall(page)
    return Found(path, sum("out" not in mark for mark in marks), sum("framed" in mark for mark in marks))


def links_of(path: str, page: str) -> tuple[str, ...]:
    """Return where all links of a page to pages of the edition lead, as paths of the edition."""
    return _at(path, *re.findall(r'href="([^":]+\.html)[^"]*"', page))


def _at(path: str, *links: str) -> tuple[str, ...]:
    """Return where links of a page lead, as paths of the edition."""
    folder = posixpath.dirname(path)
    return tuple(
        posixpath.normpath(posixpath.join(folder, html.unescape(link).partition("#")[0])) for link in links
    )


def _cell(path: str, link: str) -> tuple[str, str]:
    cell = _CELL.fullmatch(_at(path, link)[0])
    assert cell, (path, link)
    return cell[1], cell[2]


def _number(text: str) -> int:
    return int(text.replace(",", ""))
