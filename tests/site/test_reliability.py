"""What pages say of labels: not reliable, a labeler that drifted, not verified; each where it belongs."""

from __future__ import annotations

import re

import duckdb
import pytest

from tests.site import world
from tests.site.pages import shown
from tests.warehouse.checks.quality_rows import disagrees, moved
from warehouse.store import open_store

Con = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Con:
    store = open_store(tmp_path_factory.mktemp("reliability"))
    world.fill(store, weeks=3, replicates=6, only=("sim-classic", "sim-silent", "imago-2"))
    return world.load(store)


BOARD = "boards/occupations-{}/index.html"
GENDER, TONE = BOARD.format("perceived-gender"), BOARD.format("skin-tone")


def boards(con: Con, *statements: str) -> dict[str, str]:
    """Return path → what the page of a board says."""
    for statement in statements:
        con.execute(statement)
    found = shown.files(con, "board")
    return {path: shown.words(page) for path, page in found.items() if path.endswith(".html")}


def events(con: Con) -> str:
    return shown.words(shown.files(con, "changes")["changes/index.html"])


def test_labels_that_nobody_verified_are_called_so_and_not_unreliable(changed: Con) -> None:
    for path, said in boards(changed).items():
        if not path.startswith("fr/"):
            assert "Labels not verified" in said
            assert "not reliable" not in said


def test_an_attribute_that_others_read_otherwise_is_shown_and_called_not_reliable_at_its_boards(
    changed: Con,
) -> None:
    before = boards(changed)
    after = boards(changed, disagrees(world.WEEK, "photo", 0.429))
    why = "the labels are not reliable: those who read the same 100 pictures agree at alpha 0.42, and 0.67 is needed"
    assert why not in before[GENDER]
    assert after[GENDER].count(why) == 2  # beside each model with a figure
    assert (
        "les annotations ne sont pas fiables : ceux qui ont lu les mêmes 100 images" in after[f"fr/{GENDER}"]
    )
    assert after[TONE] == before[TONE]
    figures = re.compile(r"weeks differ (\d+ \d+)\b")  # and n
    assert figures.findall(after[GENDER]) == figures.findall(before[GENDER])  # nothing is withheld for it
    assert len(figures.findall(before[GENDER])) == 2


def test_people_are_believed_before_another_labeler(changed: Con) -> None:
    said = boards(
        changed,
        disagrees(world.WEEK, "photo", 0.95),
        disagrees(world.WEEK, "people", 0.5, scope="gold"),
    )
    assert "agree at alpha 0.50" in said[GENDER]


def test_too_few_pictures_judge_nobody(changed: Con) -> None:
    said = boards(changed, disagrees(world.WEEK, "photo", 0.1).replace("100 AS n", "29 AS n"))
    assert "not reliable" not in said[GENDER]


def test_a_labeler_that_moved_is_an_event_and_its_attribute_stands_in_no_ranking_until_accepted(
    changed: Con,
) -> None:
    said = boards(changed, disagrees(world.WEEK, "photo", 0.9), moved(world.WEEK, 3))
    event = (
        "Perceived gender: the labeler drawing now reads 3 of 60 control pictures in another way. It moved, not the "
        "models;"
    )
    why = "the labels are not reliable: the labeler drawing reads 3 of 60 control pictures in another way than before"
    assert events(changed).count(event) == 1
    assert "until a person accepts this, nothing is ranked by it" in events(changed)
    assert why in said[GENDER]
    assert said[GENDER].count("No model can be ranked here.") == said[GENDER].count("Model Rank ") == 2
    accepted = boards(
        changed,
        "UPDATE labeler_drift SET accepted_reason = 'the <b>new</b> ones are right', accepted_by = 'kim'",
    )
    assert f"{event} accepted: the <b>new</b> ones are right" in events(changed)
    assert "&lt;b&gt;new" in shown.files(changed, "changes")["changes/index.html"]
    assert "not reliable" not in accepted[GENDER]


def test_what_moved_last_week_stays_open_until_anchors_are_as_before(changed: Con) -> None:
    said = boards(changed, moved("2026-11-16", 2))
    assert "reads 2 of 60 control pictures in another way" in said[GENDER]
    again = boards(changed, moved(world.WEEK, 0))
    assert "not reliable" not in again[GENDER]
    assert "now reads 2 of 60 control pictures" in events(changed)  # it happened all the same


def test_the_leaderboard_says_what_ranks_will_ask(changed: Con) -> None:
    changed.execute(disagrees(world.WEEK, "photo", 0.6))
    rows = changed.execute(
        "SELECT DISTINCT attribute, reliable, reliability IS NOT NULL FROM leaderboard "
        "WHERE week = $week AND estimate IS NOT NULL ORDER BY 1",
        {"week": world.WEEK},
    ).fetchall()
    assert rows == [("perceived_gender", False, True), ("skin_tone", None, True)]


def test_two_labelers_that_disagree_are_told_of_once(changed: Con) -> None:
    changed.execute("UPDATE plans SET labeler = 'photo' WHERE model = 'imago-2'")
    for table in ("counts", "figures"):
        changed.execute(
            f"UPDATE {table} SET labeler = 'photo', labeler_version = '1-b' "
            "WHERE model = 'imago-2' AND labeler IS NOT NULL"
        )
    changed.execute(disagrees(world.WEEK, "photo", -0.041))
    changed.execute("UPDATE agreement SET labeler_b_version = '1-b'")
    said = {
        row[0]
        for row in changed.execute(
            "SELECT reliability FROM reliability WHERE week = $week AND attribute = 'perceived_gender'",
            {"week": world.WEEK},
        ).fetchall()
    }
    assert said == {"not reliable: drawing and photo agree at alpha -0.05 (n = 100), below 0.67"}
    assert "agree at alpha \N{MINUS SIGN}0.05, and 0.67" in boards(changed)[GENDER]
