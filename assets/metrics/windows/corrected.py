"""Window figures without the labeler's errors: of the same pictures as the raw ones, beside which they stand.

The correction is that of single weeks (`labels.corrected`), of the pictures of the window; the pictures of a prompt are
one sample, but for those that gold was drawn of. Scatter is measured as of the raw figures, on what was read, by how
the corrected figure grows with it: taking errors out stretches what a model scatters as it stretches all else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from assets.metrics.counting.reading import read
from assets.metrics.formulas.distance import MIN_PICTURES, root
from assets.metrics.formulas.share import Bools, Estimate, Floats, Ints, by_group
from assets.metrics.labels.confusion import Pictures, share_slopes
from assets.metrics.labels.corrected import (
    CORRECTED,
    MIXED,
    WEEKS,
    Expected,
    Wanted,
    distance_of,
    expected_shares,
    shares_of,
    wanted_of,
)
from assets.metrics.labels.distances import distance_slopes, largest_distance2
from assets.metrics.labels.gold_evidence import KEY, NO_GOLD, GoldEvidence, evidence
from assets.metrics.windows.counts import ALIKE, SUITE, WindowCounts, read_counts
from assets.metrics.windows.formulas import HISTORY, PICTURES, scatter, weekly, widened
from warehouse.weeks import shift

_WINDOW = {"window_weeks": pa.int32(), "weeks": pa.int32(), "first_week": pa.date32()}
_SCATTER = {"scatter": pa.float64(), "scatter_freedom": pa.float64()}
_AFTER = {"value_name": _WINDOW, "high": _SCATTER}
#: The columns of `window_corrected_scores`: those of single weeks, and what is of windows.
SCHEMA = pa.schema(
    [column for one in CORRECTED for column in ((one.name, one.type), *_AFTER.get(one.name, {}).items())]
)


@dataclass(frozen=True)
class WindowCells:
    """The cells of a model's suite and attribute that a window is about.

    Attributes:
        one: what gold tells.
        prompt: (C,) number of the prompt; -1 where the suite has it no more.
        back: (C,) weeks before the last.
        now: (C,) whether the cell is of the window.
        quiet: (C,) whether scatter is measured on it.
        effect: (C,) design effect of the pictures of its prompt in the window.
    """

    one: GoldEvidence
    prompt: Ints
    back: Ints
    now: Bools
    quiet: Bools
    effect: Floats

    def enough(self, columns: Ints, known: Bools) -> Bools:
        """Return which cells are of a prompt with five pictures of the window that show one of these values.

        They are worth two independent ones.
        """
        shown = np.where(self.now & known, self.one.counts[:, columns].sum(axis=1), 0)
        place = np.maximum(self.prompt, 0)
        pictures = by_group(shown, place, int(place.max(initial=0)) + 1)
        found = pictures[place]
        return np.asarray((self.prompt >= 0) & (found >= PICTURES) & (found / self.effect >= MIN_PICTURES))

    def pictures(self, used: Bools) -> tuple[Pictures, Ints]:
        """Return the pictures of the window's cells in use, those of a prompt together, and those of gold.

        Returns:
            The pictures, whose cells are prompts or, of gold alone, cells; and a cell of ours of each.
        """
        now, pool = self.now & used, self.one.pool
        _, prompt = np.unique(self.prompt[now], return_inverse=True)
        place = np.full(len(now), -1)
        place[now] = 2 * prompt + pool[now]
        many = 2 * (int(prompt.max(initial=-1)) + 1)
        place[pool & ~now] = many + np.arange(int((pool & ~now).sum()))
        taken = np.flatnonzero(place >= 0)
        names, first, of = np.unique(place[taken], return_index=True, return_inverse=True)
        counts = np.stack([by_group(column, of, len(names)) for column in self.one.counts[taken].T], axis=1)
        figure = names < many
        cell = taken[first]
        prompts = np.where(figure, names // 2, -1)
        own = np.ones(len(now)) if self.one.effect is None else self.one.effect
        effect = np.where(figure, self.effect[cell], own[cell])
        return Pictures(counts, pool[cell], figure, prompts, effect), cell

    def weeks(self, used: Bools, columns: Ints) -> Floats:
        """Return what the prompts in use show of these values in each quiet week, (prompts, values, weeks).

        As many pictures as they are worth.
        """
        taken = used & self.quiet
        names = np.unique(self.prompt[self.now & used])
        taken &= np.isin(self.prompt, names)
        k = np.zeros((len(names), len(columns), HISTORY))
        place = np.searchsorted(names, self.prompt[taken])
        worth = self.one.counts[taken][:, columns] / self.effect[taken][:, None]
        np.add.at(k.transpose(0, 2, 1), (place, self.back[taken]), worth)
        return k


@dataclass
class CorrectedFigures:
    """Corrected figures so far: estimates with intervals of sampling, and what they grow with in each quiet week."""

    found: list[tuple[float, float, float]] = field(default_factory=list)
    range: list[tuple[float, float]] = field(default_factory=list)
    board: list[tuple[Any, ...]] = field(default_factory=list)
    k: list[Floats] = field(default_factory=list)
    n: list[Floats] = field(default_factory=list)
    gradient: list[Floats] = field(default_factory=list)
    cell: list[Ints] = field(default_factory=list)
    of: list[Ints] = field(default_factory=list)

    def add(
        self,
        found: tuple[float, ...],
        ends: tuple[float, float],
        board: tuple[Any, ...],
        k: Floats,
        gradient: Floats,
    ) -> int:
        """Keep one figure, and return its number; k: (prompts, values, weeks), gradient: (prompts, values)."""
        prompts, values, weeks = k.shape
        before = sum(map(len, self.cell))
        self.cell.append(before + np.repeat(np.arange(prompts), values))
        self.of.append(np.full(prompts * values, len(self.found)))
        self.k.append(k.reshape(-1, weeks))
        self.n.append(np.repeat(k.sum(axis=1), values, axis=0))
        self.gradient.append(gradient.reshape(-1))
        self.found.append((found[0], found[1], found[2]))
        self.range.append(ends)
        self.board.append(board)
        return len(self.found) - 1


def window_corrections(con: duckdb.DuckDBPyConnection, week: str) -> pa.Table:
    """Return the rows of `window_corrected_scores` of one week, from its windows and the gold of eight weeks."""
    rows = read(con, "window_suites", {"week": week}).to_dicts()
    told = evidence(con, week, shift(week, 1 - HISTORY)) if rows else {}
    counts = read_counts(con, week) if told else None
    expected = expected_shares(con, week) if told else {}
    cells = _cells(told, counts, week) if counts else {}
    kept, made = CorrectedFigures(), {}
    for row in rows:
        key = (row["model"], row["suite"], row["suite_major"], row["attribute"])
        one, here = told.get(key), cells.get((*key, row["condition"], row["turn"]))
        row |= {"week": date.fromisoformat(week), "gold_n": 0, "gold_weeks": 0}
        if one is None or here is None:
            row["reason"] = row["reason"] or NO_GOLD
            continue
        row |= {"gold_n": one.gold_n, "gold_weeks": len(one.weeks)}
        row["reason"] = row["reason"] or one.reason
        if row["reason"] is None:
            of = (*key, row["condition"], row["turn"], row["reference"])
            if of not in made:
                made[of] = correct(kept, here, row, expected.get((*key, row["reference"]), {}))
            numbers, row["reason"] = made[of]
            if row["reason"] is None:
                row["figure"] = numbers[one.names.index(row["value_name"]) if row["metric"] == "share" else 0]
    fill(rows, kept)
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in SCHEMA.names} for row in rows], schema=SCHEMA
    )


def _cells(
    told: Mapping[Any, GoldEvidence], counts: WindowCounts, week: str
) -> dict[tuple[Any, ...], WindowCells]:
    """Return the cells of the windows that gold tells of."""
    prompts: dict[int, dict[str, int]] = defaultdict(dict)
    seats = counts.seats.select("suite_key", "prompt", "cell").unique(maintain_order=True)
    for suite, prompt, cell in seats.iter_rows():
        prompts[suite][prompt] = cell
    found, last = {}, date.fromisoformat(week)
    seen = np.zeros(counts.window.shape, dtype=bool)
    np.logical_or.at(seen, counts.suite_of, counts.n > 0)
    for number, suite in enumerate(counts.suites.select(SUITE).iter_rows(named=True)):
        if (one := told.get(tuple(suite[name] for name in KEY))) is None:
            continue
        place = {name: at for at, name in enumerate(prompts[number])}
        back = np.array([(last - day).days // 7 for day in one.cells["week"]], dtype=np.int64)
        mine = one.cells.select(
            (pl.col("condition") == suite["condition"]) & (pl.col("turn") == suite["turn"])
        ).to_series().to_numpy() & (back < HISTORY)
        prompt = np.array([place.get(name, -1) for name in one.cells["prompt"]], dtype=np.int64)
        mine &= prompt >= 0
        cell = np.array([prompts[number].get(name, 0) for name in one.cells["prompt"]], dtype=np.int64)
        weeks = np.minimum(back, HISTORY - 1)
        of = (*(suite[name] for name in KEY), suite["condition"], suite["turn"])
        found[of] = WindowCells(
            one,
            prompt,
            weeks,
            mine & (seen & counts.window)[number, weeks],
            mine & (seen & counts.quiet)[number, weeks],
            counts.effect[cell],
        )
    return found


def correct(
    kept: CorrectedFigures, here: WindowCells, row: Mapping[str, Any], expected: Expected
) -> tuple[list[int], str | None]:
    """Keep the corrected figures of the cells that a row is of; return their numbers, or why there are none."""
    one = here.one
    if one.found is None:
        return [], one.reason
    board = (*(row[name] for name in ALIKE), row["reference"])
    every = np.arange(one.counts.shape[1])
    if row["reference"] is None:
        used = here.enough(every[:-1], np.ones(len(one.pool), dtype=bool))
        pictures, _ = here.pictures(used)
        found, reason = shares_of(one, pictures)
        if reason:
            return [], reason
        k, slopes = here.weeks(used, every), share_slopes(one.found, pictures)
        return [
            kept.add(
                tuple(float(part[value]) for part in found),
                (0.0, 1.0),
                (*board, name),
                k,
                np.broadcast_to(slopes[value] / len(k), k.shape[:2]),
            )
            for value, name in enumerate(one.names)
        ], None
    if (wanted := wanted_of(one, here.now, expected)) is None:
        return [], MIXED
    used = here.enough(wanted.columns, wanted.known)
    pictures, cell = here.pictures(used)
    shares = wanted.shares[cell]
    found, reason = distance_of(one, pictures, Wanted(wanted.columns, shares))
    if reason:
        return [], reason
    ends = (-np.inf, largest_distance2(pictures, shares))
    gradient = distance_slopes(one.found, pictures, wanted.columns, shares)
    of = tuple(float(part) for part in found)
    return [kept.add(of, ends, (*board, None), here.weeks(used, wanted.columns), gradient)], None


def fill(rows: list[dict[str, Any]], kept: CorrectedFigures) -> None:
    """Put the figures into their rows, with scatter in their intervals."""
    for row in rows:
        row["assumption"] = WEEKS if "figure" in row else None
    if not kept.found:
        return
    boards = {board: number for number, board in enumerate(dict.fromkeys(kept.board))}
    k, n, gradient = (np.concatenate(part) for part in (kept.k, kept.n, kept.gradient))
    cell, of = (np.concatenate(part) for part in (kept.cell, kept.of))
    by_week = weekly(k, n, gradient, cell, of, len(kept.found))
    found = scatter(by_week, np.array([boards[board] for board in kept.board]), len(boards))
    for row in rows:
        if (figure := row.get("figure")) is None:
            continue
        estimate = Estimate(*(np.array([part]) for part in kept.found[figure]))
        wide = widened(estimate, found.variance[[figure]] / row["weeks"], found.freedom[[figure]])
        ends = [np.clip(part, *kept.range[figure]) for part in wide]
        if row["metric"] == "distance":
            ends = [root(part) for part in ends]
        freedom = float(found.freedom[figure])
        row |= dict(zip(("estimate", "low", "high"), (float(part[0]) for part in ends), strict=True))
        row |= {
            "scatter": float(np.sqrt(found.variance[figure])),
            "scatter_freedom": freedom if np.isfinite(freedom) else None,
        }
