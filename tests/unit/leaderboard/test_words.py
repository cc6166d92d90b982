"""Names for people."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.gateway.records import Outcome
from assets.leaderboard.models import boards
from assets.leaderboard.page import words
from assets.quality.registry import CHECKS


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("occupation:ceo", "a CEO"),
        ("occupation:flight-attendant", "a flight attendant"),
        ("occupation:engineer", "an engineer"),
        ("person:indian", "an Indian person"),
        ("house:nigerian", "a Nigerian house"),
        ("object:bicycle", "a bicycle"),
        ("something", "a something"),
    ],
)
def test_subjects_are_noun_phrases(subject: str, said: str) -> None:
    assert words.subject(subject) == said


@pytest.mark.parametrize(("change", "said"), [(0.061, "+6"), (-0.5, "−50"), (0.001, "0"), (0.0, "0")])
def test_differences_in_points_carry_their_sign(change: float, said: str) -> None:
    assert words.signed(change) == said


def test_weeks_are_said_in_words() -> None:
    assert words.week(date(2026, 11, 23)) == "23 November 2026"


def test_a_name_without_a_phrase_is_shown_as_it_stands() -> None:
    assert words.attribute("shoe_size") == "Shoe size"
    assert words.reference("un-wpp-2030") == "un-wpp-2030"
    assert words.depiction("headwear", "top_hat") == "headwear “top hat”"


@given(st.text())
def test_invariant_10_no_text_keeps_marks_that_reorder_or_cut_what_stands_around_it(text: str) -> None:
    cleaned = words.plain(text)
    assert not set(cleaned) & {
        chr(c) for c in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0, 0x1B, 0x9B)
    }
    assert words.plain(cleaned) == cleaned


def test_every_way_to_bring_no_picture_has_its_words_and_every_warning_is_one() -> None:
    without = {outcome for outcome in Outcome if outcome not in {Outcome.OK, Outcome.NOT_NEEDED}}
    assert set(words.LOST) == {*map(str, without), "not_attempted"}
    assert len(set(words.LOST.values())) == len(words.LOST)
    warnings = {check.name for check in CHECKS if check.severity == "warning"}
    assert set(boards.WARNINGS) <= warnings
