"""What models show in the columns of the leaderboard, in the order of ranks, in groups that may be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial

import duckdb

from assets.leaderboard.cells.showing import address_of
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.missing import Missing, missing
from assets.leaderboard.columns.over_time import Found, changed, span_of
from assets.leaderboard.columns.over_time import steps as steps_in
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.names import board_slug
from assets.leaderboard.page.reasons import rank_reason, reason
from assets.leaderboard.views.marks import ShownWeeks, line
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, View, rows

Con = duckdb.DuckDBPyConnection
_BOARD = ("suite", "attribute", "yardstick", "condition")


#: Models that may be compared, in the order of the page: real ones first, retired ones last.
GROUPS: Mapping[str, Message] = {
    "weights-open": say("Open weights"),
    "weights-closed": say("Closed weights"),
    "weights-not-stated": say("Weights not stated"),
    "rewriting": say("Products that rewrite prompts"),
    "simulated": say("Simulated"),
    "simulated-rewriting": say("Simulated, rewriting prompts"),
    "retired": say("Retired"),
    "simulated-retired": say("Simulated, retired"),
}


def read(con: Con, week: date, models: Sequence[ModelFacts], changes: Sequence[Row]) -> View:
    """Return the leaderboard of a week; `changes` are the rows of all that were reported.

    `lists` are for each question the groups with their models in the order of its figures; `lacks_interval` says
    whether any figure of now has none: its weeks are too few.
    """
    span = span_of(week, models)
    boards = rows(con, "lead_ranks", {"week": week.isoformat()})
    expected = rows(con, "prompt_statistics", {"week": week.isoformat()})
    figures = over_time.read(con, week, [column.of for column in COLUMNS])
    why_not = missing(con, week)
    heads = [
        _head(column, boards, expected, cells, week) for column, cells in zip(COLUMNS, figures, strict=True)
    ]
    ranks = {row["model"]: row for row in boards if row["lead"]}
    leaders = [
        View(
            model=one.model,
            name=one.name,
            maker=one.maker,
            group=_group_of(one),
            rank=_rank(ranks.get(one.model)),
            unranked=_unranked(ranks.get(one.model), why_not.withheld.get(one.model)),
            until=one.last_week if one.retired else None,
            cells=[
                _cell(column, head, cells, one, week, span, changes, why_not)
                for column, head, cells in zip(COLUMNS, heads, figures, strict=True)
            ],
        )
        for one in models
    ]
    groups = [*_groups(leaders, _by_rank)]
    every = [row for group in groups for row in group.rows]
    cells = [cell for row in every for cell in row.cells if not cell.why]
    return View(
        heads=heads,
        groups=groups,
        lists=[[*_groups(leaders, partial(_place, column=number))] for number in range(len(COLUMNS))],
        rows=every,
        ranked=sum(row.rank is not None for row in every),
        lacks_interval=any(
            one is not None and one.low is None for cell in cells for one in (cell.before, cell.now)
        ),
    )


def _head(column: Column, boards: Sequence[Row], expected: Sequence[Row], cells: Found, week: date) -> View:
    """Return what a column asks, the page about it, and what its figures are held against."""
    address = None
    if column.prompt is None:
        key = (column.suite, column.attribute, column.yardstick, column.conditions[-1])
        of = [row for row in boards if tuple(row[name] for name in _BOARD) == key]
        if of:
            address = f"boards/{board_slug(max(of, key=lambda row: row['suite_major']))}/"
    elif any(figures[-1]["week"] == week for figures in cells.values()):
        address = address_of(column.prompt)
    tick = 0.5 if column.parity else None
    for row in expected:
        if all(row[name] == getattr(column, name) for name in ("prompt", "attribute", "value", "reference")):
            tick = row["expected_share"]
    majors = {row["suite_major"] for figures in cells.values() for row in figures[-1:]}
    note = column.note
    if column.prompt is not None and majors and max(majors) > 1:
        note = say("%(note)s, version %(major)s", note=note, major=max(majors))
    return View(id=column.id, title=column.title, note=note, address=address, tick=tick)


def _cell(
    column: Column,
    head: View,
    cells: Found,
    of: ModelFacts,
    week: date,
    span: ShownWeeks,
    changes: Sequence[Row],
    why_not: Missing,
) -> View:
    """Return what a model shows in a column over time; `now` is its figure of the last four weeks, if there is one.

    `before` and `earlier` are of the first condition where a column has two, `gray` of the model that was replaced.
    """
    *first, last = column.conditions
    steps = [*steps_in(cells.get((of.model, last), []))]
    earlier = [step for one in first for step in steps_in(cells.get((of.model, one), []))]
    gray = [*steps_in(cells.get((of.succeeds[0], last), []))] if of.succeeds else []
    found = why_not.why(column, cells, of)
    why = found and found.said
    reported = changed(changes, of.model, column.of)
    return View(
        name=column.cell(of.model),
        steps=steps,
        now=None if why else steps[-1],
        earlier=earlier,
        before=earlier[-1] if earlier else None,
        gray=gray,
        changes=reported,
        address=address_of(column.prompt, of.model)
        if column.prompt and of.last_week == week and why is None
        else f"models/{of.model}/",
        why=why,
        tick=head.tick,
        line=line(replace(span, narrow=bool(first)), steps, gray, reported),
    )


def _rank(row: Row | None) -> tuple[int, int, int] | None:
    if row is None or row["rank_low"] is None:
        return None
    return row["rank_low"], row["rank_high"], row["ranked_of"]


def _unranked(row: Row | None, withheld: str | None) -> Message | None:
    if row is None:
        return say("not asked") if withheld is None else reason("withheld", withheld)
    return rank_reason(row) if row["rank_low"] is None else None


def _groups(leaders: Sequence[View], order: Callable[[View], tuple[object, ...]]) -> Iterator[View]:
    """Yield the groups that have models, each in an order."""
    for name, title in GROUPS.items():
        members = sorted((row for row in leaders if row.group == name), key=order)
        if members:
            yield View(id=name, title=title, rows=members)


def _group_of(of: ModelFacts) -> str:
    if of.retired:
        return "simulated-retired" if of.simulated else "retired"
    if of.track != "model":
        return "simulated-rewriting" if of.simulated else "rewriting"
    return "simulated" if of.simulated else f"weights-{of.weights or 'not-stated'}"


def _by_rank(row: View) -> tuple[object, ...]:
    low, high, _ = row.rank or (0, 0, 0)
    now = row.cells[0].now
    return row.rank is None, low, high, now is None, now.share if now else 0.0, row.model


def _place(row: View, column: int) -> tuple[object, ...]:
    """Return where a model stands in the list of one question."""
    now = row.cells[column].now
    return now is None, now.share if now else 0.0, row.model


#: Columns of the file beside the table: every figure of every line.
CSV = (
    *("model", "maker", "weights", "group", "rank_low", "rank_high", "column", "condition", "first_week"),
    *("week", "estimate", "low", "high", "k", "n"),
)


def as_rows(board: View, models: Sequence[ModelFacts]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the file."""
    weights = {one.model: one.weights for one in models}
    for row in board.rows:
        low, high, _ = row.rank or (None, None, None)
        for column, cell in zip(COLUMNS, row.cells, strict=True):
            conditions = reversed(column.conditions)
            for condition, steps in zip(conditions, (cell.steps, cell.earlier), strict=False):
                for step in steps:
                    yield (
                        *(row.model, row.maker, weights[row.model], row.group, low, high, column.id),
                        *(condition, step.first, step.last, step.share, step.low, step.high, step.k, step.n),
                    )
