"""The prompts for which a model draws what lies furthest from its yardstick, with pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from assets.leaderboard.cells.question import Looks
from assets.leaderboard.cells.showing import cell_of, many
from assets.leaderboard.models import names
from assets.leaderboard.models.pictures import CountedValue, PictureGrid, grid, slots
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import Row, rows

SHOWN = 5


@dataclass(frozen=True)
class Weakness:
    """One prompt: `k` of `n` pictures show `what`, where another share is expected."""

    prompt: str
    text: str
    language: str
    address: str
    sensitive: bool
    what: Message
    k: int
    n: int
    share: float
    low: float
    high: float
    expected: float
    cell: str
    first_week: date
    grid: PictureGrid


def find(found: Iterable[Row], model: str) -> tuple[list[Row], int]:
    """Return the worst rows of `findings` of a model, one a prompt, and how many prompts tie with the last of them.

    The worst is what lies furthest from the yardstick at the nearer end of its interval, by the furthest possible on
    that side, then what most pictures show.
    """
    best: dict[str, Row] = {}
    for row in found:
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
    con: duckdb.DuckDBPyConnection,
    week: date,
    model: str,
    worst: Sequence[Row],
    looks: Looks,
    languages: Mapping[str, str],
) -> tuple[Weakness, ...]:
    """Return these rows of `findings` with their pictures."""
    if not worst:
        return ()
    windows = {
        (row["prompt"], row["attribute"]): row
        for row in rows(con, "model_windows", {"week": week.isoformat(), "model": model})
        if row["turn"] == 1
    }
    first = min(row["first_week"] for row in worst)
    weeks = [first + timedelta(weeks=number) for number in range((week - first).days // 7 + 1)]
    pictures = slots(con, week, weeks, model, [row["prompt"] for row in worst])
    return tuple(
        _weakness(
            row, model, windows[row["prompt"], row["attribute"]], pictures, looks, languages[row["prompt"]]
        )
        for row in worst
    )


def _weakness(
    row: Row,
    model: str,
    window: Row,
    pictures: Sequence[Row],
    looks: Looks,
    language: str,
) -> Weakness:
    counted = CountedValue(
        looks.get((row["suite"], row["suite_major"], row["attribute"])),
        (row["value"],),
        window["labeler_version"],
        window["params_hash"],
        1,
    )
    own = [one for one in pictures if one["prompt"] == row["prompt"] and one["week"] >= window["first_week"]]
    return Weakness(
        prompt=row["prompt"],
        text=row["text"],
        language=language,
        address=f"prompts/{row['prompt']}/{model}/",
        sensitive=names.sensitive(row["suite"], row["suite_major"]),
        what=many(row["attribute"], row["value"]),
        k=row["k"],
        n=row["n"],
        share=row["share"],
        low=row["low"],
        high=row["high"],
        expected=row["expected"],
        cell=cell_of(model, row["prompt"], row["attribute"], row["value"]),
        first_week=row["first_week"],
        grid=grid(own, counted),
    )
