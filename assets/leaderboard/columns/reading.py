"""What models show in the columns of the leaderboard, in the order of ranks, in groups that may be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import duckdb

from assets.leaderboard.cells.showing import address_of
from assets.leaderboard.columns import over_time
from assets.leaderboard.columns.over_time import Found, changed, span_of
from assets.leaderboard.columns.over_time import steps as steps_in
from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.names import board_slug
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.marks import Line, ShownWeeks, Step, line
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, by, rows

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class ColumnHead:
    """A column: what it asks, the page about it, and what its figures are held against."""

    id: str
    title: Message
    note: Message
    address: str | None
    tick: float | None


@dataclass(frozen=True)
class ColumnCell:
    """What a model shows in a column; `name` is that of the figure, `steps` it over time, last that of now.

    `earlier` are those of the first condition where a column has two, `gray` those of the model that was replaced.
    """

    name: str
    steps: tuple[Step, ...]
    earlier: tuple[Step, ...]
    gray: tuple[Step, ...]
    changes: tuple[date, ...]
    address: str
    why: Message | None
    tick: float | None
    line: Line

    @property
    def now(self) -> Step | None:
        """Return the figure of the last four weeks; None if there is none."""
        return None if self.why else self.steps[-1]

    @property
    def before(self) -> Step | None:
        """Return the figure of the first of two conditions."""
        return self.earlier[-1] if self.earlier else None


@dataclass(frozen=True)
class LeaderRow:
    """A model; `rank` is None where `unranked` says why."""

    model: str
    name: Message
    maker: str | None
    rank: tuple[int, int, int] | None
    unranked: Message | None
    until: date | None  # the last week of a retired model
    cells: tuple[ColumnCell, ...]


@dataclass(frozen=True)
class LeaderGroup:
    """Models under one head."""

    id: str
    title: Message
    rows: tuple[LeaderRow, ...]


@dataclass(frozen=True)
class Leaderboard:
    """All models, and for each question the groups with their models in the order of its figures."""

    heads: tuple[ColumnHead, ...]
    groups: tuple[LeaderGroup, ...]
    span: ShownWeeks
    lists: tuple[tuple[LeaderGroup, ...], ...]

    @property
    def rows(self) -> tuple[LeaderRow, ...]:
        """Return all models."""
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def ranked(self) -> int:
        """Return how many models have a rank."""
        return sum(row.rank is not None for row in self.rows)

    @property
    def lacks_interval(self) -> bool:
        """Return whether any figure of now has no interval: its weeks are too few."""
        cells = [cell for row in self.rows for cell in row.cells if not cell.why]
        return any(one is not None and one.low is None for cell in cells for one in (cell.before, cell.now))


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


@dataclass(frozen=True)
class _Missing:
    """What explains that a model has no figure."""

    withheld: Mapping[str, str]  # model → why
    read: Set[tuple[str, str]]  # attribute and labeler
    declared: Mapping[str, Set[str]]  # suite → attributes of its declared stereotypes

    def why(self, column: Column, found: Sequence[Sequence[Row]], of: ModelFacts) -> Message | None:
        """Return why there is no figure of now, or of one of two conditions; None if there is."""
        newest = [own[-1] if own and own[-1]["week"] == of.last_week else None for own in reversed(found)]
        for row in newest:
            if row is not None and row["estimate"] is not None:
                continue
            if of.model in self.withheld or (row and row["reason"] == "withheld"):
                return say("withheld")
            if row is None:
                return say("not asked")
            if row["reason"] == "no_pictures" and self._unread(column, of):
                return say("not read by its labeler")
            return reason(row["reason"])
        return None

    def _unread(self, column: Column, of: ModelFacts) -> bool:
        stereotypes = self.declared.get(column.suite, frozenset()) if column.figure == "stereotypes" else ()
        wanted = [column.attribute] if column.attribute else [*stereotypes]
        labeler = max(of.lives, key=lambda life: life["last_week"])["labeler"]
        return bool(wanted) and not any((one, labeler) in self.read for one in wanted)


def _missing(con: Con, week: date) -> _Missing:
    of_week = {"week": week.isoformat()}
    return _Missing(
        {row["model"]: row["reason"] for row in rows(con, "withheld_models", of_week)},
        {(row["attribute"], row["labeler"]) for row in rows(con, "labelers", of_week)},
        {
            suite: {row["attribute"] for row in pairs}
            for suite, pairs in by(rows(con, "stereotype_pairs", of_week), "suite").items()
        },
    )


def read(con: Con, week: date, models: Sequence[ModelFacts], changes: Sequence[Row]) -> Leaderboard:
    """Return the leaderboard of a week; `changes` are the rows of all that were reported."""
    span = span_of(week, models)
    boards = rows(con, "lead_ranks", {"week": week.isoformat()})
    expected = rows(con, "prompt_statistics", {"week": week.isoformat()})
    found = over_time.read(con, week, [column.of for column in COLUMNS])
    missing = _missing(con, week)
    heads = tuple(
        _head(column, boards, expected, cells, week) for column, cells in zip(COLUMNS, found, strict=True)
    )
    ranks = {row["model"]: row for row in boards if row["lead"]}
    made = {
        one.model: LeaderRow(
            model=one.model,
            name=one.name,
            maker=one.maker,
            rank=_rank(ranks.get(one.model)),
            unranked=_unranked(ranks.get(one.model), missing.withheld.get(one.model)),
            until=one.last_week if one.retired else None,
            cells=tuple(
                _cell(column, head, cells, one, week, span, changes, missing)
                for column, head, cells in zip(COLUMNS, heads, found, strict=True)
            ),
        )
        for one in models
    }
    groups = tuple(_groups(models, made))
    lists = (
        tuple(
            replace(group, rows=tuple(sorted(group.rows, key=partial(_place, column=number))))
            for group in groups
        )
        for number in range(len(COLUMNS))
    )
    return Leaderboard(heads, groups, span, tuple(lists))


def _head(
    column: Column, boards: Sequence[Row], expected: Sequence[Row], cells: Found, week: date
) -> ColumnHead:
    address = None
    if column.prompt is None:
        of = [
            row
            for row in boards
            if (row["suite"], row["attribute"], row["yardstick"], row["condition"])
            == (column.suite, column.attribute, column.yardstick, column.conditions[-1])
        ]
        if of:
            address = f"boards/{board_slug(max(of, key=lambda row: row['suite_major']))}/"
    elif any(found[-1]["week"] == week for found in cells.values()):
        address = address_of(column.prompt)
    tick = 0.5 if column.parity else None
    for row in expected:
        if (row["prompt"], row["attribute"], row["value"], row["reference"]) == (
            column.prompt,
            column.attribute,
            column.value,
            column.reference,
        ):
            tick = row["expected_share"]
    majors = {row["suite_major"] for found in cells.values() for row in found[-1:]}
    note = column.note
    if column.prompt is not None and majors and max(majors) > 1:
        note = say("%(note)s, version %(major)s", note=note, major=max(majors))
    return ColumnHead(column.id, column.title, note, address, tick)


def _cell(
    column: Column,
    head: ColumnHead,
    cells: Found,
    of: ModelFacts,
    week: date,
    span: ShownWeeks,
    changes: Sequence[Row],
    missing: _Missing,
) -> ColumnCell:
    *first, last = column.conditions
    own = cells.get((of.model, last), [])
    shown = tuple(steps_in(own))
    earlier = tuple(step for one in first for step in steps_in(cells.get((of.model, one), [])))
    gray = tuple(steps_in(cells.get((of.succeeds[0], last), []))) if of.succeeds else ()
    why = missing.why(column, [cells.get((of.model, one), []) for one in column.conditions], of)
    reported = changed(changes, of.model, column.of)
    return ColumnCell(
        name=column.cell(of.model),
        steps=shown,
        earlier=earlier,
        gray=gray,
        changes=reported,
        address=address_of(column.prompt, of.model)
        if column.prompt and of.last_week == week and why is None
        else f"models/{of.model}/",
        why=why,
        tick=head.tick,
        line=line(replace(span, narrow=bool(first)), shown, gray, reported),
    )


def _rank(row: Row | None) -> tuple[int, int, int] | None:
    if row is None or row["rank_low"] is None:
        return None
    return row["rank_low"], row["rank_high"], row["ranked_of"]


def _unranked(row: Row | None, withheld: str | None) -> Message | None:
    if row is None:
        return say("not asked") if withheld is None else reason("withheld", withheld)
    return reason(row["rank_reason"], row["withheld_reason"]) if row["rank_low"] is None else None


def _groups(models: Sequence[ModelFacts], made: Mapping[str, LeaderRow]) -> Iterator[LeaderGroup]:
    """Yield the groups that have models, each in the order of ranks."""
    for name, title in GROUPS.items():
        found = sorted((made[one.model] for one in models if _group_of(one) == name), key=_by_rank)
        if found:
            yield LeaderGroup(name, title, tuple(found))


def _group_of(of: ModelFacts) -> str:
    if of.retired:
        return "simulated-retired" if of.simulated else "retired"
    if of.track != "model":
        return "simulated-rewriting" if of.simulated else "rewriting"
    return "simulated" if of.simulated else f"weights-{of.weights or 'not-stated'}"


def _by_rank(row: LeaderRow) -> tuple[bool, int, int, bool, float, str]:
    low, high, _ = row.rank or (0, 0, 0)
    now = row.cells[0].now
    return row.rank is None, low, high, now is None, now.share if now else 0.0, row.model


def _place(row: LeaderRow, column: int) -> tuple[bool, float, str]:
    """Return where a model stands in the list of one question."""
    now = row.cells[column].now
    return now is None, now.share if now else 0.0, row.model


#: Columns of the file beside the table: every figure of every line.
CSV = (
    *("model", "maker", "weights", "group", "rank_low", "rank_high", "column", "condition", "first_week"),
    *("week", "estimate", "low", "high", "k", "n"),
)


def as_rows(board: Leaderboard, models: Sequence[ModelFacts]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the file."""
    weights = {one.model: one.weights for one in models}
    for group in board.groups:
        for row in group.rows:
            low, high, _ = row.rank or (None, None, None)
            for column, cell in zip(COLUMNS, row.cells, strict=True):
                for condition, steps in zip(
                    reversed(column.conditions), (cell.steps, cell.earlier), strict=False
                ):
                    for step in steps:
                        yield (
                            *(row.model, row.maker, weights[row.model], group.id, low, high, column.id),
                            *(condition, step.first, step.last, step.share, step.low, step.high),
                            *(step.k, step.n),
                        )
