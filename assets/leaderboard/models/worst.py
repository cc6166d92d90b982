"""The prompts for which a model draws what lies furthest from its yardstick, with pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import duckdb

from assets.leaderboard.cells.question import Looks
from assets.leaderboard.cells.showing import address_of, cell_of, is_sensitive, many
from assets.leaderboard.models.pictures import CountedValue, grid, slots
from assets.leaderboard.views.query import Row, View, rows

SHOWN = 5


def find(findings: Iterable[Row], model: str) -> tuple[list[Row], int]:
    """Return the worst rows of `findings` of a model, one a prompt, and how many prompts tie with the last of them.

    The worst is what lies furthest from the yardstick at the nearer end of its interval, by the furthest possible on
    that side, then what most pictures show.
    """
    best: dict[str, Row] = {}
    for row in findings:
        if row["model"] != model or row["distance"] <= 0:
            continue
        kept = best.get(row["prompt"])
        if kept is None or _far(row) < _far(kept):
            best[row["prompt"]] = row
    ordered = sorted(best.values(), key=lambda row: (*_far(row), row["prompt"]))
    shown, left = ordered[:SHOWN], ordered[SHOWN:]
    return shown, sum(_far(row) == _far(shown[-1]) for row in left)


def _far(row: Row) -> tuple[float, int]:
    return -round(row["reach"], 9), -row["n"]


def read(
    con: duckdb.DuckDBPyConnection, week: date, model: str, worst: Sequence[Row], looks: Looks
) -> Iterator[View]:
    """Yield these rows of `findings` with their pictures."""
    if not worst:
        return
    windows = {
        (row["prompt"], row["attribute"]): row
        for row in rows(con, "model_windows", {"week": week.isoformat(), "model": model})
        if row["turn"] == 1
    }
    first = min(row["first_week"] for row in worst)
    weeks = [first + timedelta(weeks=number) for number in range((week - first).days // 7 + 1)]
    pictures = slots(con, week, weeks, model, [row["prompt"] for row in worst])
    for row in worst:
        prompt, shown = row["prompt"], (row["attribute"], row["value"])
        window = windows[prompt, row["attribute"]]
        looked = looks.get((row["suite"], row["suite_major"], row["attribute"]))
        counted = CountedValue(looked, shown[1:], window["labeler_version"], window["params_hash"], 1)
        own = (one for one in pictures if one["prompt"] == prompt and one["week"] >= window["first_week"])
        yield View(
            **row,
            address=address_of(prompt, model),
            sensitive=is_sensitive(row["suite"], row["suite_major"]),
            what=many(*shown),
            cell=cell_of(model, prompt, *shown),
            grid=grid(own, counted),
        )
