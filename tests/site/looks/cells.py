"""One cell, one figure: every figure that pages print of a share, by the name of its cell."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import duckdb

from assets.leaderboard.page.languages import tongue

#: Name of the cell, then the figure and the ends of its interval, which are in `small`.
_CELL = re.compile(r'data-cell="([^"]+)">([^<]+)</?(?:small|a|span)>(?:\s*<small>)?([^<]*)<')
_ROW = re.compile(r'<article class="model" id="([^"]+)">.*?<h3><a[^>]*>([^<]+)</a>', re.DOTALL)
_END = re.compile(r'<text class="name"[^>]*>([^<]*?) (\d+[^<]*?%) <tspan>([^<]*?–[^<]*?)</tspan>')
_VERDICT = re.compile(
    r'<h3>([^<]+?) <strong class="verdict">([^<]+)</strong></h3>.*?data-cell="([^"]+)"', re.DOTALL
)
_LISTED = re.compile(r'data-cell="([^"]+)">[^<]+(?:<small>[^<]*</small>)?</span></span> <span>([^<;]+)')
_PROMPT = re.compile(r"prompts/([^/]+/[^/]+)/index\.html")
Forms = Mapping[str, Mapping[str, set[str]]]  # cell → figure with interval → pages that print it


def printed(pages: Mapping[str, str]) -> Forms:
    """Return what pages print of each cell, in the forms of English: "84% 70–93"; charts are read at lines' ends."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path, page in pages.items():
        for cell, figure, interval in _CELL.findall(page):
            found[cell][_plain(f"{figure} {interval}")].add(path)
        for cell, said in _chart(path.removeprefix("fr/"), page):
            found[cell][_plain(said)].add(path)
    return found


def contradictions(pages: Mapping[str, str]) -> list[str]:
    """Return the cells of which two pages print two forms, with the pages."""
    return [
        f"{cell}: " + "; ".join(f"{form} on {', '.join(sorted(where)[:3])}" for form, where in forms.items())
        for cell, forms in sorted(printed(pages).items())
        if len(forms) > 1
    ]


def wrong(con: duckdb.DuckDBPyConnection, week: date, pages: Mapping[str, str]) -> list[str]:
    """Return the printed shares of single prompts that are not what the table `figures` holds."""
    rows = con.execute(
        "SELECT DISTINCT model || '.' || replace(prompt, '/', '.') || '.' || attribute || '.' || value, "
        "estimate, low, high FROM figures WHERE week = ? AND figure = 'share' AND prompt IS NOT NULL "
        "AND turn = 1 AND estimate IS NOT NULL",
        [week],
    ).fetchall()
    own = tongue("en")
    held = {
        name: f"{own.percent(share)} {own.whole(low)}–{own.whole(high)}" for name, share, low, high in rows
    }
    return [
        f"{cell}: {form}, and the table has {held[cell]}"
        for cell, forms in printed(pages).items()
        if cell in held
        for form in forms
        if form.count("–") == 1 and form != held[cell]
    ]


def verdicts(pages: Mapping[str, str]) -> Iterator[tuple[str, str, int, int]]:
    """Yield (cell, verdict, low, high) of the English pages of claims, as they are printed."""
    for path, page in pages.items():
        if path.startswith("2023/") and path.count("/") == 2:
            forms = {cell: _plain(interval) for cell, _, interval in _CELL.findall(page)}
            for _, verdict, cell in _VERDICT.findall(page):
                low, high = forms[cell].split("–")
                yield cell, verdict, int(low), int(high)


def listed_verdicts(page: str) -> set[tuple[str, str]]:
    """Return (cell, verdict) of the list of all claims."""
    return {(cell, html.unescape(verdict).strip()) for cell, verdict in _LISTED.findall(page)}


def _chart(path: str, page: str) -> Iterator[tuple[str, str]]:
    of = _PROMPT.fullmatch(path)
    framed = re.search(r'data-attribute="([^"]+)"', page)
    value = re.search(r'data-value="([^"]+)"', page)
    if of and framed and value:
        names = {title: model for model, title in _ROW.findall(page)}
        for title, figure, interval in _END.findall(page):
            if title in names:
                prompt = of[1].replace("/", ".")
                yield f"{names[title]}.{prompt}.{framed[1]}.{value[1]}", f"{figure} {interval}"


def _plain(said: str) -> str:
    return re.sub(r"\s+%", "%", " ".join(html.unescape(said).split()))
