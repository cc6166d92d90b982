"""How was this counted: statements of pages find rows in the tables, and the figures of the page are in them."""

from __future__ import annotations

import gzip
import html
import re
from collections import defaultdict
from urllib.parse import unquote

import duckdb
import pytest

from assets.leaderboard.page.environment import statement
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked
from warehouse.sqlfiles import names

Con = duckdb.DuckDBPyConnection

SQL = re.compile(r'href="[^"]*data/query/index\.html#sql=([^"]*)"')
QUESTION = re.compile(r'href="[^"]*data/query/index\.html#question=([^"]*)"')
#: Templates whose pages show figures of their own.
WITH_FIGURES = {
    "board",
    "cell",
    "changes",
    "claim",
    "finding",
    "home",
    "model",
    "pair",
    "prompt",
    "word",
}


def statements(text: str) -> list[str]:
    return [unquote(html.unescape(found)) for found in SQL.findall(text)]


@pytest.mark.parametrize("template", sorted(WITH_FIGURES))
def test_every_page_with_figures_has_statements_that_find_them(con: Con, template: str) -> None:
    pages = {path: text for path, text in shown.files(con, template).items() if path.endswith(".html")}
    found: dict[str, list[int]] = defaultdict(list)
    for path, text in pages.items():
        linked = statements(text)
        assert [
            html.unescape(one) for one in re.findall(r'<pre lang="zxx">(.*?)</pre>', text, re.DOTALL)
        ] == linked
        assert {*QUESTION.findall(text)} <= {*names("audit")}
        assert QUESTION.findall(text) or not linked
        for one in linked:
            found[path].append(len(con.execute(one).fetchall()))
    assert found or not pages, template
    some = [counts for counts in found.values() if min(counts) > 0]
    # A sentence of 2023 of which nobody was asked, and changes where there are none, have no rows.
    assert template in {"claim", "changes"} or len(some) == len(found)


def test_the_rows_of_a_finding_hold_its_figure(con: Con) -> None:
    pages = shown.files(con, "finding")
    seen = 0
    for path, text in pages.items():
        if path.startswith("findings/") and path.endswith(".html"):
            (one,) = statements(text)
            k, n = map(int, re.search(r"(\d+) of (\d+); 95% interval", shown.words(text)).groups())
            rows = asked(con, one)
            assert any(row["n"] == n and round(row["estimate"] * n) == k for row in rows), path
            seen += 1
    assert seen > 5


def test_the_rows_of_a_board_are_those_of_its_table(con: Con) -> None:
    for path, text in shown.files(con, "board").items():
        if path.startswith("boards/") and path.endswith(".html"):
            (one,) = statements(text)
            assert {row["model"] for row in asked(con, one)} == {
                *re.findall(r'<tr role="row" id="([^"]+)"', text)
            }


def test_a_statement_holds_any_text_as_text(con: Con) -> None:
    hostile = "x' OR 1=1; DROP TABLE plans --\N{RIGHT-TO-LEFT OVERRIDE}"
    made = statement("plans", week=WEEK, model=hostile)
    assert con.execute(made).fetchall() == []
    assert statement("t", a=1, b=("x", "it's"), week=WEEK) == (
        f"FROM t\nWHERE a = 1\n  AND b IN ('x', 'it''s')\n  AND week = DATE '{WEEK}'"
    )


def test_pages_of_2023_stay_small_in_french(con: Con) -> None:
    pages = shown.files(con, "then")
    assert pages.keys() == {"2023/index.html", "fr/2023/index.html"}
    for page in pages.values():
        assert QUESTION.findall(page) == ["claim_shares"]
        assert len(gzip.compress(page.encode())) <= 8000
