"""When a model is retired, and which files a table has."""

from __future__ import annotations

from datetime import date
from typing import Any

from assets.leaderboard.models.facts import retired_in
from assets.leaderboard.pages.ask import by_name

WEEK = date(2026, 11, 23)


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


def test_files_are_listed_by_table() -> None:
    assert by_name(["data/b.parquet", "data/a.parquet", "data/b.csv"]) == (
        ("a", ("data/a.parquet",)),
        ("b", ("data/b.csv", "data/b.parquet")),
    )
