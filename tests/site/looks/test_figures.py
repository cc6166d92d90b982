"""From any figure to its pictures in two clicks, and all of them equal to the published tables."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from tests.site.looks.figures import astray, pictures_of, shown_figures
from tests.site.pages.shown import WEEK


def test_every_figure_leads_to_the_pictures_that_it_counts_in_two_clicks(
    readers_con: duckdb.DuckDBPyConnection, readers_pages: dict[str, str]
) -> None:
    """All figures of a small world; of an edition `python -m tests.site.looks.walk` tries 300."""
    figures = [*shown_figures(readers_pages)]
    kinds = {figure.page.partition("/")[0] for figure in figures}
    assert kinds == {"index.html", "prompts", "boards", "findings", "models", "words"}
    assert len(figures) > 60
    assert [(one, why) for one in figures if (why := astray(readers_con, WEEK, one, readers_pages))] == []


def test_a_figure_without_its_pictures_is_found_out(
    readers_con: duckdb.DuckDBPyConnection, readers_pages: dict[str, str]
) -> None:
    """The walk can fail: where the page of the pictures is gone, and where it shows fewer than are counted."""
    figure = next(
        one for one in shown_figures(readers_pages) if one.page.startswith("prompts/") and one.n > 1
    )
    (there,) = pictures_of(figure, readers_pages)
    fewer = readers_pages | {
        there.page: readers_pages[there.page]
        .replace('<li id="p0"', "<li", 1)
        .replace('<li id="p1"', "<li", 1)
    }
    (seen,) = pictures_of(figure, fewer)
    assert seen.counted < there.counted
    assert astray(readers_con, WEEK, figure, fewer) == "its page shows other pictures"
    assert astray(readers_con, WEEK, replace(figure, n=figure.n + 1), readers_pages) is not None
    gone = {path: page for path, page in readers_pages.items() if path != there.page}
    with pytest.raises(KeyError):
        pictures_of(figure, gone)
