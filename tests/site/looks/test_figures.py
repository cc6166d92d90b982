"""From any figure to its pictures in two clicks, and all of them equal to the published tables."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets
from tests.site import world
from tests.site.looks.figures import astray, pictures_of, shown_figures
from tests.site.pages.shown import WEEK
from warehouse.store import Store


@pytest.fixture(scope="module")
def con(six_weeks: Store) -> duckdb.DuckDBPyConnection:
    return world.load(six_weeks)


@pytest.fixture(scope="module")
def pages(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    made = sheets(con, WEEK, NOWHERE)
    return {path: data.decode() for path, data in made if path.endswith(".html") and path[:3] != "fr/"}


def test_every_figure_leads_to_the_pictures_that_it_counts_in_two_clicks(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    """All figures of a small world; of an edition `python -m tests.site.looks.walk` tries 300."""
    figures = [*shown_figures(pages)]
    kinds = {figure.page.partition("/")[0] for figure in figures}
    assert kinds == {
        "index.html",
        "prompts",
        "boards",
        "findings",
        "models",
    }  # in this world no word changes
    assert len(figures) > 60
    assert [(one, why) for one in figures if (why := astray(con, WEEK, one, pages))] == []


def test_a_figure_without_its_pictures_is_found_out(
    con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    """The walk can fail: where the page of the pictures is gone, and where it shows fewer than are counted."""
    figure = next(one for one in shown_figures(pages) if one.page.startswith("prompts/") and one.n > 1)
    (there,) = pictures_of(figure, pages)
    fewer = pages | {
        there.page: pages[there.page].replace('<li id="p0"', "<li", 1).replace('<li id="p1"', "<li", 1)
    }
    (seen,) = pictures_of(figure, fewer)
    assert seen.counted < there.counted
    assert astray(con, WEEK, figure, fewer) == "its page shows other pictures"
    assert astray(con, WEEK, replace(figure, n=figure.n + 1), pages) is not None
    gone = {path: page for path, page in pages.items() if path != there.page}
    with pytest.raises(KeyError):
        pictures_of(figure, gone)
