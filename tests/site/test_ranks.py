"""What the boards say of ranks: ranges in their order, and in words why a model has none."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.build import build_page
from assets.leaderboard.page import words
from assets.leaderboard.page.page import render
from tests.site import world
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import open_store

BOARD = "board--occupations-1--perceived-gender--parity--baseline"
#: A reference with a row for one prompt alone.
ONE_PROMPT = "board--occupations-1--perceived-gender--bls-cps-2025--baseline"
MODELS = ("imago-2", "sim-classic", "sim-next", "sim-cautious", "sim-silent", "sim-retired")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    store = open_store(tmp_path_factory.mktemp("ranks"))
    world.fill(store, weeks=3, replicates=16, only=MODELS)
    return world.load(store)


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


@pytest.fixture(scope="module")
def page(loaded: duckdb.DuckDBPyConnection) -> str:
    return shown(loaded)


def shown(con: duckdb.DuckDBPyConnection) -> str:
    view = build_page(con, week=world.WEEK, edition="e.1", code_version="1")
    return html.unescape(re.sub(r"\s+", " ", render(view)["figures.html"].decode()))


def board(page: str, name: str = BOARD) -> str:
    return page.split(f'id="{name}"')[1].split("</section>", maxsplit=1)[0]


def table(said: str, kind: str) -> dict[str, str]:
    """Return the rows of one table of a board by model, in their order."""
    body = said.split(f"--{kind}-model")[1].split("</table>", maxsplit=1)[0]
    rows = re.findall(r'<tr role="row".+?</tr>', body.split("<tbody")[1])
    return {re.sub(r"<.*", "", row.split('data-column="model">')[1]).strip(): row for row in rows}


def ranked(row: str) -> str:
    return re.sub(r"<[^>]+>", "", row.split('data-label="Rank">')[1].split("</td>", maxsplit=1)[0]).strip()


def test_ranks_stand_in_their_order_and_those_without_a_rank_below_them(page: str) -> None:
    said = board(page)
    rows = table(said, "simulated")
    assert list(rows) == ["sim-next", "sim-classic", "sim-cautious", "sim-retired", "sim-silent"]
    assert [ranked(row) for row in rows.values()] == ["1 of 2", "2 of 2", "not ranked", "–", "–"]
    assert "A rank is a range" in said
    assert "their ranks are among themselves alone" in said
    assert "no ranking" not in said


def test_a_line_says_whether_the_order_holds_in_other_ways(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM rank_robustness WHERE reference = 'parity' AND variant = 'other_reference'")
    kept = "Models that are told apart here keep their order"
    ways = ["by the mean absolute distance", "without any one prompt", "with all prompts together"]
    said = board(shown(con))
    assert f"{kept} {ways[0]}, {ways[1]} and {ways[2]}." in said
    assert "the opposite order" not in said
    con.execute(
        "UPDATE rank_robustness SET turned = 1, told_apart_turned = 1, verdict = 'turned', other = CASE "
        "WHEN variant = 'one_prompt_left_out' THEN 'occupations/ceo' END "
        "WHERE variant IN ('pooled', 'one_prompt_left_out')"
    )
    said = board(shown(con))
    assert f"{kept} {ways[0]}." in said
    assert (
        "Of pairs told apart, the opposite order have 1 of 1 without the prompt occupations/ceo "
        "and 1 of 1 with all prompts together." in said
    )
    con.execute(disagrees(world.WEEK, "people", 0.4, scope="gold"))
    said = board(shown(con))
    assert kept not in said  # nobody has a rank there
    assert "the opposite order" not in said


def test_a_model_that_refuses_much_has_its_reason_and_what_is_possible(page: str) -> None:
    row = table(board(page), "simulated")["sim-cautious"]
    assert re.search(
        r"Not ranked: too few prompts: \d of 3 with 5 pictures or more and 80 % of the answers", row
    )
    low, high = map(float, re.search(r"figure would lie within (0\.\d\d) to (0\.\d\d)\.", row).groups())  # type: ignore[union-attr]
    assert low < high
    silent = table(board(page), "simulated")["sim-silent"]
    assert "No usable pictures" in silent
    assert "Not ranked" not in silent
    assert "figure would lie within 0.00 to 0.50." in silent


def test_a_real_model_alone_is_not_ranked_beside_simulated_ones(page: str) -> None:
    rows = table(board(page), "real")
    assert list(rows) == ["imago-2"]
    assert ranked(rows["imago-2"]) == "not ranked"
    assert "Not ranked: no other model of this board can be ranked." in rows["imago-2"]


def test_a_board_without_a_rank_says_that_its_order_is_none(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(disagrees(world.WEEK, "people", 0.4, scope="gold"))
    said = board(shown(con))
    assert "The order is by distance and <em>is no ranking</em>" in said
    assert "A rank is a range" not in said
    assert "among themselves" not in said
    rows = table(said, "simulated")
    assert {ranked(row) for row in rows.values()} == {"not ranked", "–"}
    assert "Not ranked" not in rows["sim-classic"]  # the table says it once, for all
    assert "are no part of any ranking" in said


def test_a_withheld_model_has_neither_rank_nor_bounds(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"INSERT INTO withheld VALUES ('{world.WEEK}', 'sim-classic', 'completeness 0.4 is below 0.5')"
    )
    row = table(board(shown(con)), "simulated")["sim-classic"]
    assert ranked(row) == "–"
    assert "Withheld this week" in row
    assert "lie within" not in row


def test_one_prompt_with_few_pictures_is_shown_and_called_too_few(
    con: duckdb.DuckDBPyConnection, page: str
) -> None:
    assert "too few to rely on" not in board(page, ONE_PROMPT), "of four weeks there are enough"
    con.execute("UPDATE window_scores SET n = 12 WHERE metric = 'distance' AND cells = 1")
    page = shown(con)
    rows = table(board(page, ONE_PROMPT), "simulated")
    assert "too few to rely on" in rows["sim-classic"]
    assert re.search(r"<b[^>]*>0\.\d\d</b>", rows["sim-classic"])
    assert "too few to rely on" not in board(page)


def test_a_rank_is_said_as_a_range() -> None:
    assert words.rank(1, 3, 6) == "1–3 of 6"
    assert words.rank(2, 2, 6) == "2 of 6"
