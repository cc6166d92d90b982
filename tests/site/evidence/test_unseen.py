"""What pages say of answers that nobody saw is what `ranks` and `model_pairs` hold, and of no other model."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from tests.site.pages.test_boards import rows_of
from warehouse.store import Store

HERE = "week = $week AND attribute = 'perceived_gender' AND reference = 'parity'"
BOARD = "compare/occupations-perceived-gender-parity/index.html"
#: What is set of a rank, and what is said of it in both languages.
TURNED = (
    ("rank_low", "rank_high", "holds whatever unseen", "tient quoi que"),
    ("1", "ranked_of", "1 to {of} whatever", "de 1 à {of} quoi que"),
)


@pytest.fixture
def con(six_weeks: Store) -> duckdb.DuckDBPyConnection:
    return world.load(six_weeks)


@pytest.mark.parametrize(("low", "high", "english", "french"), TURNED)
def test_what_is_said_of_a_rank_is_what_its_row_holds(
    con: duckdb.DuckDBPyConnection, low: str, high: str, english: str, french: str
) -> None:
    con.execute("UPDATE ranks SET bound_rank_low = NULL, bound_rank_high = NULL")
    first = f"SELECT min(model) FROM ranks WHERE {HERE} AND (rank_low > 1 OR rank_high < ranked_of)"
    con.execute(
        f"UPDATE ranks SET bound_rank_low = {low}, bound_rank_high = {high} WHERE {HERE} AND model = ({first})",
        {"week": WEEK},
    )
    (said,) = asked(con, f"FROM ranks WHERE {HERE} AND bound_rank_low IS NOT NULL", week=WEEK)
    pages = shown.files(con, "board")
    for path, text, below in (
        (BOARD, english, "Unseen answers were refused"),
        (f"fr/{BOARD}", french, "Les réponses non vues ont été"),
    ):
        for model, row in rows_of(pages[path]).items():
            found = text.format(of=said["ranked_of"]) in words(f"<main>{row}</main>")
            assert found == (model == said["model"])
        assert below in words(pages[path])


PAIRS = (
    ("FALSE", "not told apart any more if all answers that nobody saw spoke against it"),
    ("TRUE", "whatever the answers that nobody saw would have shown"),
    ("NULL", ""),
)


@pytest.mark.parametrize(("given", "expected"), PAIRS)
def test_what_is_said_of_a_pair_is_what_its_row_holds(
    con: duckdb.DuckDBPyConnection, given: str, expected: str
) -> None:
    con.execute("UPDATE model_pairs SET holds_at_bounds = NULL")
    con.execute(
        f"UPDATE model_pairs SET holds_at_bounds = {given} WHERE {HERE} AND suite = 'occupations'",
        {"week": WEEK},
    )
    pages = {path: page for path, page in shown.files(con, "pair").items() if path.startswith("compare/")}
    assert pages
    for page in pages.values():
        rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', page, re.DOTALL)
        of_board = [
            words(f"<main>{row}</main>") for row in rows if "occupations-perceived-gender-parity" in row
        ]
        assert len(of_board) == 1
        assert expected in of_board[0]
        for row in rows:
            said = "nobody saw" in words(f"<main>{row}</main>")
            assert said == (bool(expected) and "occupations-perceived-gender-parity" in row)
