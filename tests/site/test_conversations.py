"""Conversations on pages: every turn with what was asked, written, rewritten and drawn, or why there is nothing."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from assets.leaderboard.evidence.claims import talks
from assets.leaderboard.page.environment import environment
from assets.leaderboard.page.languages import tongue
from assets.suites.loader import load_suites
from tests.world import planted

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(planted.LAST)
APOLOGY = "I am sorry: you are right. <script>alert(1)</script>"


@pytest.fixture
def con(planted_copy: Con) -> Con:
    """The planted world, whose one model that converses apologizes in its second turns."""
    planted_copy.execute(
        "UPDATE attempts SET answer_text = $text WHERE model = $model AND slot_key IN (FROM slots SELECT slot_key "
        "WHERE turn = 2)",
        {"text": APOLOGY, "model": planted.SYSTEM},
    )
    return planted_copy


def test_every_turn_is_told_with_its_words_and_its_picture(con: Con) -> None:
    (asked,) = (prompt.turns for prompt in load_suites()["startup-ceo@2"].prompts if prompt.turns)
    told, english = talks(con, WEEK, 6), tongue("en").say
    assert len(told) == 6
    without = 0
    for one in told:
        assert (one.model, one.simulated) == (planted.SYSTEM, False)
        first, second, third = one.turns
        assert [turn.asked for turn in one.turns] == [*asked]
        assert second.wrote == APOLOGY
        assert first.drew or first.ended
        if second.drew:
            assert third.ended
            assert english(third.ended) == "Not asked: there was no reason to"
        else:
            without += 1
            assert second.ended
            assert english(second.ended) == "Answered without a picture"
            assert third.drew
            assert third.revised == f"{asked[2]}, in natural light"
    assert 0 < without < 6


def test_their_words_are_inert(con: Con) -> None:
    template = environment("en").from_string(
        '{% import "pages/_evidence.html.j2" as evidence with context %}'
        "{% for talk in talks %}{{ evidence.conversation(talk) }}{% endfor %}"
    )
    page = template.render(talks=talks(con, WEEK, 2), thumbnail=lambda sha256: sha256)
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert "<script" not in page


def test_a_withheld_model_shows_no_conversation_of_that_week(con: Con) -> None:
    assert {one.week for one in talks(con, WEEK, 2)} == {WEEK}
    con.execute("INSERT INTO withheld VALUES (?, ?, 'held back by a test')", [WEEK, planted.SYSTEM])
    assert {one.week for one in talks(con, WEEK, 2)} == {WEEK - timedelta(weeks=1)}
