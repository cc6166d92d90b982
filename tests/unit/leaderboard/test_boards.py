"""Which boards there are, which is the headline, and what is said of a model without a figure."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assets.leaderboard.parts.board_rows import retired_in
from assets.leaderboard.parts.boards import board_id, headline, shown_weeks
from assets.leaderboard.parts.facts import downloads

WEEK = date(2026, 11, 23)
OCCUPATIONS = ("occupations@1", "perceived_gender", "parity", "baseline")
DIVERSITY = ("diversity-request@1", "perceived_gender", "parity", "baseline")


def life(**changes: Any) -> dict[str, Any]:
    return {"retired_in": None, "until_week": None, **changes}


def test_the_page_opens_on_occupations_else_on_the_diversity_request_else_on_people() -> None:
    street = ("rest-of-world@1", "litter", "uniform", "baseline")
    tone = ("rest-of-world@1", "skin_tone", "uniform", "baseline")
    assert headline([street, tone, DIVERSITY, OCCUPATIONS]) == OCCUPATIONS
    assert headline([street, tone, DIVERSITY]) == DIVERSITY
    assert headline([street, tone]) == tone
    assert headline([street]) == street
    assert headline([]) is None


def test_twelve_weeks_are_shown_and_none_before_the_first() -> None:
    assert len(shown_weeks(WEEK, date(2025, 1, 6))) == 12
    assert shown_weeks(WEEK, date(2026, 11, 9)) == (date(2026, 11, 9), date(2026, 11, 16), WEEK)
    assert shown_weeks(WEEK, WEEK) == (WEEK,)


def test_a_model_is_retired_only_when_no_series_of_it_goes_on() -> None:
    gone = date(2026, 11, 16)
    assert retired_in([life(retired_in=gone)], WEEK) == gone
    assert retired_in([life(retired_in=gone), life()], WEEK) is None
    assert retired_in([life(retired_in=date(2026, 11, 30))], WEEK) is None
    assert retired_in([life(until_week=gone)], WEEK) == gone
    assert retired_in([life(until_week=WEEK)], WEEK) is None
    assert retired_in([], WEEK) is None


@given(*[st.from_regex(r"[a-z0-9][a-z0-9._@-]{0,9}", fullmatch=True)] * 4)
def test_ids_of_boards_are_safe_in_addresses_and_style_sheets(a: str, b: str, c: str, d: str) -> None:
    assert re.fullmatch(r"board[a-z0-9-]*", board_id((a, b, c, d)))


def test_downloads_are_the_newest_editions_file_then_pages_then_tables_in_both_formats() -> None:
    found = downloads(["data/b.csv", "data/b.parquet", "manifest.json", "data/a.csv", "x.txt"])
    assert [d.name for d in found] == ["cliche.duckdb", "manifest.json", "a", "b"]
    assert found[3].links == (("Parquet", "data/b.parquet"), ("CSV", "data/b.csv"))
    assert found[0].links == (("duckdb", "../../site/cliche.duckdb"),)
    assert all(d.about for d in found[:2])
