"""When a model is retired, which change a board could see, and which files a table has."""

from __future__ import annotations

from datetime import date
from typing import Any

from assets.leaderboard.models.changes import detectable
from assets.leaderboard.models.facts import retired_in
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.pages.ask import by_name

WEEK = date(2026, 11, 23)
SHIFT: dict[str, Any] = {
    "n": 20,
    "cells": 27,
    "all_in_3_weeks": 0.157,
    "all_in_8_weeks": 0.113,
    "one_in_8_weeks": 0.319,
}


def life(**changes: Any) -> dict[str, Any]:
    return {"retired_in": None, "until_week": None, **changes}


def test_a_model_is_retired_only_when_no_series_of_it_goes_on() -> None:
    gone = date(2026, 11, 16)
    assert retired_in([life(retired_in=gone)], WEEK) == gone
    assert retired_in([life(retired_in=gone), life()], WEEK) is None
    assert retired_in([life(retired_in=date(2026, 11, 30))], WEEK) is None
    assert retired_in([life(until_week=gone)], WEEK) == gone
    assert retired_in([life(until_week=WEEK)], WEEK) is None
    assert retired_in([], WEEK) is None


def seen(**changes: Any) -> str:
    return " ".join(tongue("en").say(one) for one in detectable(SHIFT | changes))


def test_a_board_says_which_change_it_could_see() -> None:
    assert seen() == (
        "A change of a share in all prompts would be seen within eight weeks, in four of five cases, if it is of "
        "11 points or more (pictures per prompt and week: 20). Within three weeks: of 16 points or more. In one prompt "
        "alone, within eight weeks: of 32 points or more."
    )
    assert seen(one_in_8_weeks=None).endswith("In one prompt alone, no change could be seen.")
    assert "no change of a share could be told" in seen(n=1, all_in_8_weeks=None)
    assert "three weeks" not in seen(all_in_3_weeks=None)
    assert "alone" not in seen(cells=1)
    assert [*detectable(None)] == []


def test_files_are_listed_by_table() -> None:
    assert by_name(["data/b.parquet", "data/a.parquet", "data/b.csv"]) == (
        ("a", ("data/a.parquet",)),
        ("b", ("data/b.csv", "data/b.parquet")),
    )
