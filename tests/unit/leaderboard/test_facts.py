"""When a model is retired, which files a table has, and which questions pages ask once."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import duckdb
import pytest

from assets.leaderboard.models.facts import retired_in
from assets.leaderboard.pages.ask import by_name
from assets.leaderboard.views import query

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


def test_what_several_pages_ask_is_asked_once_and_no_long_answer_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SEQUENCE times")
        copy = cast(duckdb.DuckDBPyConnection, query.Remembering(con))

        def asked(of: Any = copy, **parameters: object) -> int:
            statement = "SELECT nextval('times') AS n" + " WHERE $model > ''" * ("model" in parameters)
            (row,) = query.asked(of, statement, parameters)
            return int(row["n"])

        assert [asked(), asked(), asked(con)] == [1, 1, 2]
        assert [asked(model="m"), asked(model="m")] == [3, 4]
        monkeypatch.setattr(query, "_KEPT", 0)
        copy.kept.clear()  # type: ignore[attr-defined]
        assert [asked(), asked()] == [5, 6]
