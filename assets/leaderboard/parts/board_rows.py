"""What the boards say of each model: in the weeks that are shown, and in the last ones that anybody has a row in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from assets.leaderboard.views.query import Row, rows, rows_of_weeks

_OfSuite = tuple[str, str, str]  # model, suite@major, condition


@dataclass(frozen=True)
class Told:
    """What is read of the boards as of one week; `pictured` is of models that are retired, or lack a row there."""

    rows: Sequence[Row]
    lives: Mapping[str, Sequence[Row]]  # by model
    pictured: Mapping[_OfSuite, Row]


def read(con: duckdb.DuckDBPyConnection, week: date, weeks: Sequence[date]) -> Told:
    """Return the rows of the boards in `weeks` and each model's last one; of one that is retired, with a figure, too.

    What reads the whole history is asked only of the models that it is needed for.
    """
    parameters = {"week": week.isoformat()}
    lives: dict[str, list[Row]] = defaultdict(list)
    for life in rows(con, "timeline", parameters):
        lives[life["model"]].append(life)
    over = {model for model, of_model in lives.items() if retired_in(of_model, week)}
    told = {*weeks, *(row["week"] for row in rows(con, "board_weeks", parameters))}
    told |= {row["week"] for row in _of_models(con, "figure_weeks", week, over)}
    found = rows_of_weeks(con, "board_rows", told, {})
    now = {_place(row) for row in found if row["week"] == week}
    absent = {str(row["model"]) for row in found if _place(row) not in now}
    return Told(found, lives, by_suite(_of_models(con, "last_pictures", week, over | absent)))


def by_suite(found: Iterable[Row]) -> dict[_OfSuite, Row]:
    """Return rows by model, suite and condition."""
    return {(row["model"], f"{row['suite']}@{row['suite_major']}", row["condition"]): row for row in found}


def retired_in(lives: Sequence[Row], week: date) -> date | None:
    """Return the week in which a model was retired, if that is not after `week` and no life goes on."""
    ends = [life["retired_in"] or _past(life["until_week"], week) for life in lives]
    if not ends or any(end is None or end > week for end in ends):
        return None
    return max(end for end in ends if end is not None)


def _past(until: date | None, week: date) -> date | None:
    return until if until is not None and until < week else None


def _place(row: Row) -> tuple[Any, ...]:
    return tuple(
        row[name] for name in ("model", "suite", "suite_major", "condition", "attribute", "reference")
    )


def _of_models(con: duckdb.DuckDBPyConnection, name: str, week: date, models: Set[str]) -> list[Row]:
    return rows(con, name, {"week": week.isoformat(), "models": sorted(models)}) if models else []
