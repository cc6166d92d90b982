"""Pages of two models: who has one, and that every figure, difference and picture is that of the tables."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from assets.leaderboard.columns import both
from assets.leaderboard.columns.table import COLUMNS
from tests.site.leaders.test_leaderboard import of_column
from tests.site.pages.shown import WEEK, asked, files, words

Con = duckdb.DuckDBPyConnection


def model(name: str, **given: Any) -> Any:
    usual = {"succeeds": None, "maker": None, "retired": None, "simulated": False}
    return SimpleNamespace(model=name, **(usual | given))


def test_pages_are_of_successors_and_of_the_models_of_one_maker() -> None:
    models = [
        model("old", maker="M", retired=WEEK),
        model("new", maker="M", succeeds=("old", None)),
        model("other", maker="M"),
        model("sim", maker="M", simulated=True),
        model("alone"),
        model("nobody"),
    ]
    pairs = [(first.model, second.model) for first, second in both.wanted(models)]
    assert pairs == [("old", "new"), ("new", "other")]
    assert both.address("b", "a") == both.address("a", "b") == "boards/models/a/b/"


@pytest.fixture(scope="module")
def page(planted_con: Con) -> str:
    return files(planted_con, "pair")["boards/models/fir/hazel/index.html"]


def test_figures_and_their_difference_in_points_add_up(planted_con: Con, page: str) -> None:
    found = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    assert found
    for title, cells in found:
        column = next(one for one in COLUMNS if title.startswith(html.escape(one.title.text)))
        first, second = (int(one) for one in re.findall(r"(\d+)%", cells))
        points = re.findall(r'<td class="num">(.*?)</td>', cells)[0]
        assert int(points.replace("\N{MINUS SIGN}", "-")) == second - first
        for name, shown in (("fir", first), ("hazel", second)):
            (row,) = (row for row in of_column(planted_con, column, WEEK) if row["model"] == name)
            assert round(100 * row["estimate"]) == shown


def test_it_says_whether_the_leaderboard_tells_them_apart(planted_con: Con, page: str) -> None:
    found = asked(
        planted_con,
        "SELECT told_apart FROM board_pairs WHERE week = $week AND attribute IS NULL AND yardstick = 'stereotypes' "
        "AND [model_a, model_b] IN (['fir', 'hazel'], ['hazel', 'fir'])",
        week=WEEK,
    )
    said = [one for one in ("they are told apart", "they cannot be told apart") if one in words(page)]
    wanted = {True: ["they are told apart"], False: ["they cannot be told apart"]}
    assert said == (wanted[found[0]["told_apart"]] if found else [])
