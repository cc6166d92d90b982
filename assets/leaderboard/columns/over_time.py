"""Figures of every fourth week, back from each model's last: lines of the leaderboard and of charts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.models import names
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.views.chart import Series
from assets.leaderboard.views.marks import ShownWeeks, Step
from assets.leaderboard.views.query import Row, rows

#: A line shows a year: thirteen steps of four weeks.
YEAR, LEAST = 52, 12


@dataclass(frozen=True)
class Asked:
    """A figure of the table `figures`, of one prompt or of a suite."""

    figure: str
    suite: str
    prompt: str | None
    attribute: str | None
    value: str | None
    selection: str | None = None


#: (model, condition) → rows of `column_cells`, the oldest first.
Found = Mapping[tuple[str, str], Sequence[Row]]


def span_of(week: date, models: Sequence[ModelFacts]) -> ShownWeeks:
    """Return the weeks that lines show: since the first week of all, a year at most."""
    start = min((one.first_week for one in models), default=week)
    weeks = min(max((week - start).days // 7 + 1, LEAST), YEAR)
    return ShownWeeks(date.fromordinal(week.toordinal() - 7 * (weeks - 1)), weeks)


def read(con: duckdb.DuckDBPyConnection, week: date, asked: Sequence[Asked]) -> list[Found]:
    """Return what all models show of each figure that is asked for."""
    figures: list[dict[tuple[str, str], list[Row]]] = [defaultdict(list) for _ in asked]
    if asked:
        given = {"week": week.isoformat(), "figures": [vars(one) for one in asked]}
        for row in rows(con, "column_cells", given):
            figures[row["number"]][row["model"], row["condition"]].append(row)
    return [dict(one) for one in figures]


def steps(figures: Sequence[Row]) -> Iterator[Step]:
    """Yield the figures that there are."""
    for row in figures:
        if row["estimate"] is not None:
            yield Step(
                row["first_week"], row["week"], row["estimate"], row["low"], row["high"], row["n"], row["k"]
            )


def changed(changes: Sequence[Row], model: str, of: Asked) -> tuple[date, ...]:
    """Return the weeks from which on a model's figure moved, as reported."""
    return tuple(
        sorted(
            {
                row["changed_week"]
                for row in changes
                if (row["model"], row["suite"], row["attribute"]) == (model, of.suite, of.attribute)
            }
        )
    )


def series(
    figures: Found,
    of: Asked,
    models: Sequence[ModelFacts],
    changes: Sequence[Row],
    condition: str = "baseline",
) -> list[Series]:
    """Return a line for each model that was asked."""
    return [
        Series(
            one.model,
            names.model(one.model),
            tuple(steps(figures.get((one.model, condition), ()))),
            one.succeeds[0] if one.succeeds else None,
            changed(changes, one.model, of),
        )
        for one in models
    ]
