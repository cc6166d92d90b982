"""What the page says of labels: not reliable, a labeler that drifted, not verified; each where it belongs and once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.build import build_page
from assets.leaderboard.page.page import render
from tests.site import world
from tests.warehouse import builder
from tests.warehouse.checks.quality_rows import disagrees, moved
from warehouse.store import open_store


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    store = open_store(tmp_path_factory.mktemp("reliability"))
    world.fill(store, weeks=3, replicates=6, only=("sim-classic", "sim-silent", "imago-2"))
    return world.load(store)


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def page(con: duckdb.DuckDBPyConnection, *statements: str) -> str:
    for statement in statements:
        con.execute(statement)
    view = build_page(con, week=world.WEEK, edition="e.1", code_version="1")
    text = render(view)["figures.html"].decode()
    return html.unescape(re.sub(r"\s+", " ", text))


def test_labels_that_nobody_verified_are_called_so_once(con: duckdb.DuckDBPyConnection) -> None:
    said = page(con)
    assert said.count("Not verified yet: nobody else has read enough of the same pictures") == 1
    assert "the labels by drawing can be relied on" in said
    assert "not reliable" not in said.lower()
    assert "reliability" not in said.lower()


def test_an_attribute_that_others_read_otherwise_is_shown_and_called_not_reliable_at_its_boards(
    con: duckdb.DuckDBPyConnection,
) -> None:
    before = page(con)
    said = page(con, disagrees(world.WEEK, "photo", 0.429))
    why = "Not reliable: drawing and photo agree at alpha 0.42 (n = 100), below 0.67."
    for board in re.findall(r'<section class="board.*?</section>', said):
        assert (why in board) is ("Perceived gender" in board.split("</h3>")[0])
    assert "are no part of any ranking" in said
    assert said.count("labels not reliable") >= 2  # beside each model of such a board
    figures = re.compile(r"<b>(0\.\d\d)</b>")
    assert figures.findall(said) == figures.findall(before)  # nothing is withheld for it


def test_labels_that_others_read_alike_are_neither_unreliable_nor_unverified(
    con: duckdb.DuckDBPyConnection,
) -> None:
    statements = [
        disagrees(world.WEEK, "photo", 0.9),
        disagrees(world.WEEK, "photo", 0.8).replace("perceived_gender", "skin_tone"),
    ]
    said = page(con, *statements)
    assert "Not verified" not in said
    assert "eliable" not in said


def test_people_are_believed_before_another_labeler(con: duckdb.DuckDBPyConnection) -> None:
    said = page(
        con,
        disagrees(world.WEEK, "photo", 0.95),
        disagrees(world.WEEK, "people", 0.5, scope="gold"),
    )
    assert "Not reliable: drawing and people agree at alpha 0.50 (n = 100), below 0.67." in said


def test_too_few_pictures_judge_nobody(con: duckdb.DuckDBPyConnection) -> None:
    said = page(con, disagrees(world.WEEK, "photo", 0.1).replace("100 AS n", "29 AS n"))
    assert "ot reliable" not in said
    assert "Not verified yet" in said


def test_a_labeler_that_moved_is_an_event_and_its_attribute_stands_in_no_ranking_until_accepted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = page(con, disagrees(world.WEEK, "photo", 0.9), moved(world.WEEK, 3))
    event = (
        f"Labeler drift: drawing {builder.LABELER_VERSION} now reads perceived gender otherwise on 3 of 60 frozen "
        "pictures (mine); the labeler moved, not the models."
    )
    why = "Not reliable: labels of 3 of 60 anchor pictures by drawing moved (labeler drift, week 2026-11-23)."
    assert said.count(event) == 1
    assert "Until a person accepts it, the attribute is no part of any ranking." in said
    assert why in said
    accepted = page(
        con, "UPDATE labeler_drift SET accepted_reason = 'the <b>new</b> ones are right', accepted_by = 'kim'"
    )
    assert event in accepted
    assert "Accepted by kim: the <b>new</b> ones are right" in accepted
    assert "ot reliable" not in accepted
    raw = render(build_page(con, week=world.WEEK, edition="e.1", code_version="1"))["figures.html"].decode()
    assert "&lt;b&gt;new" in raw


def test_what_moved_last_week_stays_open_until_anchors_are_as_before(con: duckdb.DuckDBPyConnection) -> None:
    said = page(con, moved("2026-11-16", 2))
    assert "labels of 2 of 60 anchor pictures by drawing moved (labeler drift, week 2026-11-16)" in said
    again = page(con, moved(world.WEEK, 0))
    assert "ot reliable" not in again
    assert "now reads perceived gender otherwise on 2 of 60" in again  # it happened all the same


def test_the_leaderboard_says_what_ranks_will_ask(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(disagrees(world.WEEK, "photo", 0.6))
    rows = con.execute(
        "SELECT DISTINCT attribute, reliable, reliability IS NOT NULL FROM leaderboard "
        "WHERE week = $week AND distance IS NOT NULL ORDER BY 1",
        {"week": world.WEEK},
    ).fetchall()
    assert rows == [("perceived_gender", False, True), ("skin_tone", None, True)]


def test_the_sentence_at_the_top_rests_on_labels_that_are_not_reliable_only_if_there_are_no_others(
    con: duckdb.DuckDBPyConnection,
) -> None:
    doubted = "Its labels are not reliable"
    before = page(con)
    assert "perceived man" in before.split("</h1>")[0]
    assert doubted not in before
    gender = disagrees(world.WEEK, "photo", 0.4)
    other = page(con, gender)
    assert ("imago-2" in other.split("</h1>")[0]) == (
        doubted in other
    )  # nothing else is held against anything
    assert doubted in page(con, gender.replace("perceived_gender", "skin_tone"))


def test_two_labelers_that_disagree_are_told_of_once(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("UPDATE plans SET labeler = 'photo' WHERE model = 'imago-2'")
    con.execute("UPDATE scores SET labeler_version = '1-b' WHERE model = 'imago-2'")
    con.execute(disagrees(world.WEEK, "photo", -0.041))
    con.execute("UPDATE agreement SET labeler_b_version = '1-b'")
    said = {
        row[0]
        for row in con.execute(
            "SELECT reliability FROM reliability WHERE week = $week AND attribute = 'perceived_gender'",
            {"week": world.WEEK},
        ).fetchall()
    }
    assert said == {"not reliable: drawing and photo agree at alpha -0.05 (n = 100), below 0.67"}
    assert "drawing and photo agree at alpha \N{MINUS SIGN}0.05 (n = 100)" in page(con)
