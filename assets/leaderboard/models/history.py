"""Histories of a model: one drawing per board, over all its weeks, with changes as marks and refusals as ticks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from assets.leaderboard.models import names
from assets.leaderboard.models.changes import ShownChange
from assets.leaderboard.page import words
from assets.leaderboard.views import charts
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, rows
from assets.suites.loader import attribute_words

#: A drawing: units wide and high, with room for refusals below the axis.
WIDTH, HEIGHT, BELOW = 640, 200, 24
_PAD = 6
#: Of several boards of an attribute the first of these is drawn; the others have pages of their own.
STEREOTYPES = "stereotypes"
_FIRST = (STEREOTYPES, "parity", "uniform")
_LAST = 1000
#: Weeks of a table: a year. The CSV file has all.
_TOLD = 52
#: Labels of the axis of weeks at most.
_LABELS = 6
#: Columns of the file beside the drawings, as `figures` has them; what was answered and refused in the week.
COLUMNS = (
    *("week", "suite", "suite_major", "condition", "attribute", "yardstick", "figure", "series", "estimate"),
    *("low", "high", "n", "weeks", "first_week", "reason", "answered", "refused"),
)


@dataclass(frozen=True)
class HistoryFigure:
    """A figure with its interval, of `n` pictures; `clipped` is 0 that nothing below can be told from."""

    week: date
    estimate: float
    low: float
    high: float
    n: int
    refused: int
    answered: int

    @property
    def clipped(self) -> bool:
        """Return whether the figure is 0 because it cannot be less."""
        return self.estimate <= 0


@dataclass(frozen=True)
class HistoryDrawing:
    """One history in units of the drawing: paths, and where changes and labels of the axis are."""

    board: str
    suite: Message
    yardstick: Message
    figure: str
    figures: Mapping[date, HistoryFigure]
    line: str
    band: str
    dots: tuple[tuple[int, int, bool], ...]
    refusals: str
    marks: tuple[tuple[int, ShownChange], ...]
    axis: tuple[tuple[int, float], ...]
    first: HistoryFigure | None
    last: HistoryFigure | None
    labels: tuple[tuple[int, date], ...]
    width: int = WIDTH
    height: int = HEIGHT
    below: int = BELOW


@dataclass(frozen=True)
class AttributeHistory:
    """The histories of one attribute, which share an axis and weeks."""

    attribute: str
    title: Message
    weeks: tuple[date, ...]
    drawings: tuple[HistoryDrawing, ...]

    @property
    def slug(self) -> str:
        """Return what its files and its part of a page are named."""
        return self.attribute.replace("_", "-")

    @property
    def told(self) -> tuple[date, ...]:
        """Return the weeks of its table, newest first: those of a year."""
        return self.weeks[: -_TOLD - 1 : -1]


def board_slug(row: Row) -> str:
    """Return the last part of the address of a board's page: "occupations-perceived-gender-parity"."""
    parts = [
        words.suite_slug(row["suite"], row["suite_major"]),
        *filter(None, [row["attribute"]]),
        row["yardstick"],
    ]
    if row["condition"] != "baseline":
        parts.append(row["condition"])
    return "-".join(part.replace("_", "-") for part in parts)


def read(con: duckdb.DuckDBPyConnection, week: date, model: str) -> list[Row]:
    """Return the figures of a model on all boards up to `week`."""
    return rows(con, "model_history", {"week": week.isoformat(), "model": model})


def drawn(every: Sequence[Row], changes: Sequence[ShownChange]) -> tuple[AttributeHistory, ...]:
    """Return the histories of a model, by attribute, of baseline prompts."""
    found = [row for row in every if row["condition"] == "baseline"]
    if not found:
        return ()
    first, last = min(row["week"] for row in found), max(row["week"] for row in found)
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
    by_board: dict[tuple[str, str, int], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        by_board[row["attribute"] or STEREOTYPES, row["suite"], row["suite_major"]][row["yardstick"]].append(
            row
        )
    shown: dict[str, list[list[Row]]] = defaultdict(list)
    for (attribute, *_), references in by_board.items():
        shown[attribute].append(references[min(references, key=_preferred)])
    return tuple(
        AttributeHistory(
            attribute,
            say("Stereotypes") if attribute == STEREOTYPES else names.attribute(attribute),
            tuple(weeks),
            tuple(_drawings(boards, weeks, attribute, changes)),
        )
        for attribute, boards in sorted(shown.items(), key=lambda item: (_place(item[0]), item[0]))
    )


def _preferred(reference: str) -> tuple[int, str]:
    return (_FIRST.index(reference) if reference in _FIRST else len(_FIRST), reference)


def _place(attribute: str) -> int:
    said = attribute_words().get(attribute)
    return _LAST if said is None or said.place is None else said.place


def _drawings(
    boards: Sequence[Sequence[Row]], weeks: Sequence[date], attribute: str, changes: Sequence[ShownChange]
) -> list[HistoryDrawing]:
    axis = charts.axis_end(row[end] for board in boards for row in board for end in ("high", "estimate"))
    return [
        _drawing(
            board,
            weeks,
            axis,
            [
                one
                for one in changes
                if one.attribute is not None and attribute in {one.attribute, STEREOTYPES}
            ],
        )
        for board in boards
    ]


def _drawing(
    board: Sequence[Row], weeks: Sequence[date], axis: float, changes: Sequence[ShownChange]
) -> HistoryDrawing:
    at = {
        day: _PAD + round(number * (WIDTH - 2 * _PAD) / max(len(weeks) - 1, 1))
        for number, day in enumerate(weeks)
    }
    told = [row for row in board if row["low"] is not None]
    runs: list[list[Row]] = []
    for row in told:
        joined = runs and runs[-1][-1]["week"] + timedelta(weeks=1) == row["week"]
        if not joined or runs[-1][-1]["params_hash"] != row["params_hash"]:
            runs.append([])
        runs[-1].append(row)

    def up(value: float) -> int:
        return _PAD + round((HEIGHT - 2 * _PAD) * (1 - min(max(value / axis, 0.0), 1.0)))

    head = board[0]
    figures = [
        HistoryFigure(
            week=row["week"],
            estimate=row["estimate"],
            low=row["low"],
            high=row["high"],
            n=row["n"],
            refused=row["refused"] or 0,
            answered=row["answered"] or 0,
        )
        for row in told
    ]
    return HistoryDrawing(
        board=board_slug(head),
        suite=names.asked(head["suite"], head["suite_major"], head["condition"]),
        yardstick=names.reference(head["yardstick"]),
        figure=head["figure"],
        figures={one.week: one for one in figures},
        line="".join(_path([(at[row["week"]], up(row["estimate"])) for row in run]) for run in runs),
        band="".join(_band(run, at, up) for run in runs),
        dots=tuple(
            (at[one.week], up(one.estimate), one.clipped)
            for one in figures
            if one.clipped or one is figures[-1]
        ),
        refusals="".join(
            f"M{at[row['week']]} {HEIGHT + BELOW}v-{max(1, round(BELOW * row['refused'] / row['answered']))}"
            for row in board
            if row["refused"]
        ),
        marks=tuple(
            (at[one.since], one) for one in changes if one.board_suite == head["suite"] and one.since in at
        ),
        axis=tuple((up(value), value) for value in charts.ticks(axis)),
        first=figures[0] if figures else None,
        last=figures[-1] if figures else None,
        labels=tuple((at[day], day) for day in _months(weeks)),
    )


def _months(weeks: Sequence[date]) -> Sequence[date]:
    """Return the first week of each month, or of some months where there are many; and the first week of all."""
    firsts = [day for day, before in zip(weeks[1:], weeks, strict=False) if day.month != before.month]
    if firsts and (firsts[0] - weeks[0]).days < 21:  # two labels would touch
        firsts = firsts[1:]
    return [weeks[0], *firsts][:: max(1, -(-(len(firsts) + 1) // _LABELS))]


def _band(run: Sequence[Row], at: Mapping[date, int], up: Callable[[float], int]) -> str:
    upper = [(at[row["week"]], up(row["high"])) for row in run]
    lower = [(at[row["week"]], up(row["low"])) for row in reversed(run)]
    return f"{_path([*upper, *lower])}z"


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Return a path through points, in steps, which take fewer bytes than places."""
    (x, y), *rest = points
    said = [f"M{x} {y}l"] if rest else [f"M{x} {y}h0"]
    for to_x, to_y in rest:
        said.append(f"{to_x - x} {to_y - y} ".replace(" -", "-"))
        x, y = to_x, to_y
    return "".join(said).strip()
