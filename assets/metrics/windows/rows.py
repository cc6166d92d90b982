"""Which figures windows have: those of single weeks, of pooled pictures, beside how each grows with every share.

Each family is made by the functions that make it of single weeks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from assets.metrics.counting.cells import Cells
from assets.metrics.counting.reading import read, read_weeks
from assets.metrics.formulas.distance import MIN_PICTURES
from assets.metrics.formulas.share import Bools, Floats, Ints, by_group, ratio
from assets.metrics.scores.figures import each, together
from assets.metrics.scores.measures.distances import distance_figures
from assets.metrics.scores.measures.shares import share_figures
from assets.metrics.scores.measures.stereotypes import stereotype_figures
from assets.metrics.scores.measures.typed import HALVES, typed_figures
from assets.metrics.windows.counts import WindowCounts, read_counts
from assets.metrics.windows.figures import FIGURE, Counted, Entries, WindowFigures
from assets.metrics.windows.formulas import PICTURES

_TEXT = FIGURE[1:]
_LABELS = ("suite_key", "attribute")


@dataclass(frozen=True)
class BesideReferences:
    """Cells beside their references, and the pictures of every week that show a value of the reference.

    Attributes:
        cells: as they are in the window.
        seats: (R, K) the seat of each column, -1 without one.
        n: (R, weeks) pictures.
    """

    cells: Cells
    seats: Ints
    n: Floats

    @property
    def effect(self) -> Floats:
        """(R,) design effect of the pictures of each cell."""
        return np.ones(len(self.n)) if self.cells.effect is None else self.cells.effect


def compare(counts: WindowCounts, references: pl.DataFrame) -> BesideReferences:
    """Return all cells beside those references."""
    cells, seats = counts.compared(references)
    n = np.zeros((len(seats), counts.k.shape[1]))
    for column in seats.T:
        n += np.where((column >= 0)[:, None], counts.k[column], 0)
    return BesideReferences(cells, seats, n)


def labelled(con: duckdb.DuckDBPyConnection, week: str) -> Counted | None:
    """Return all figures of what labels say of the windows that end with a week; None where nothing was asked."""
    counts = read_counts(con, week)
    if counts is None:
        return None
    references = read(con, "references", {"week": week})
    compared = compare(counts, references)
    found = [
        *_distances(compared, read(con, "yardsticks", {}), counts),
        *_shares(counts),
        *_stereotypes(_declared(con, "declared", week, counts, compared)),
        *_typed(_declared(con, "typed", week, counts, compared)),
    ]
    cells = counts.seats.unique("cell", keep="first", maintain_order=True).select("suite_key", "prompt")
    cells = cells.with_columns(assessed=pl.Series(counts.assessed))
    whole = cells.group_by("suite_key", maintain_order=True).agg(
        pl.lit(None, dtype=pl.String).alias("prompt"), pl.col("assessed").sum()
    )
    return Counted(
        counts.suites,
        [one for one in found if one.figures.height],
        counts.k / counts.effect[counts.cell_of][:, None],
        np.concatenate([counts.n / counts.effect[:, None], compared.n / compared.effect[:, None]]),
        counts.quiet[counts.suite_of[counts.cell_of]],
        pl.concat([cells, whole]),
    )


def _distances(
    compared: BesideReferences, yardsticks: pl.DataFrame, counts: WindowCounts
) -> Iterator[WindowFigures]:
    """Yield `distance2` and `distance` of the declared boards: of cells with five pictures of a reference's values."""
    boards = yardsticks.filter(pl.col("metric") == "distance").drop("metric")
    suites = counts.suites.select("suite", "suite_major", suite_key=pl.int_range(pl.len(), dtype=pl.Int64))
    taken = (
        compared.cells.frame.select("suite_key", "attribute", "reference")
        .with_row_index("row")
        .join(suites, on="suite_key", maintain_order="left")
        .join(
            boards, on=["suite", "suite_major", "attribute", "reference"], how="semi", maintain_order="left"
        )
    )["row"].to_numpy()
    chosen = np.zeros(len(compared.seats), dtype=bool)
    chosen[taken] = True
    if not chosen.any():
        return
    cells, seats, effect = compared.cells.take(chosen), compared.seats[chosen], compared.effect[chosen]
    n = cells.counts.sum(axis=1)
    used = cells.referenced & (n >= PICTURES) & (n / effect >= MIN_PICTURES)
    cells.counts[~used] = 0
    groups = together(cells, [*_LABELS, "reference"])
    most = ratio(groups.total(np.where(used, cells.terms.maximum, 0)), groups.total(used))
    for figures in distance_figures(groups):
        squared = str(figures["metric"][0]) == "distance2"
        possible = pl.Series(most if squared else np.sqrt(most)).fill_nan(None)
        yield WindowFigures(
            figures.with_columns(most=possible),
            _distance_entries(figures, cells, seats, used, groups.of, chosen, counts),
        )


def _distance_entries(
    figures: pl.DataFrame,
    cells: Cells,
    seats: Ints,
    used: Bools,
    of: Ints,
    chosen: Bools,
    counts: WindowCounts,
) -> Entries:
    """Return how `distance2` grows with each share; that of `distance`, its root, is taken of the same."""
    row, column = np.nonzero(cells.support & used[:, None] & (seats >= 0))
    shares = ratio(cells.counts, cells.counts.sum(axis=1)[:, None])
    many = by_group(used, of, figures.height)
    gradient = (shares[row, column] - cells.expected[row, column]) / many[of[row]]
    counted = len(counts.n) + np.flatnonzero(chosen)[row]
    return Entries(_named(figures)[of[row]], seats[row, column], counted, gradient)


def _shares(counts: WindowCounts) -> Iterator[WindowFigures]:
    """Yield shares of single prompts and their means over prompts."""
    cells = counts.cells()
    seat = np.flatnonzero(counts.seats["in_support"].to_numpy())
    cell = counts.cell_of[seat]
    values = counts.seats.select("suite_key", "prompt", "attribute", "value")[seat]
    enough = counts.enough[cell]
    for groups, keys in (
        (each(cells, [*_LABELS, "prompt"]), ("suite_key", "prompt", "value")),
        (together(cells, _LABELS), ("suite_key", "value")),
    ):
        number, many = _numbers(values.select(keys))
        gradient = np.nan_to_num(ratio(1.0, by_group(enough, number, many)))[number]
        for figures in share_figures(groups):
            frame = values.select(
                "suite_key",
                prompt=pl.col("prompt") if "prompt" in keys else pl.lit(None, dtype=pl.String),
                reference=pl.lit(None, dtype=pl.String),
                metric=pl.lit("share"),
                value_name=pl.col("value"),
            )
            yield WindowFigures(
                figures,
                Entries(frame.filter(pl.Series(enough)), seat[enough], cell[enough], gradient[enough]),
            )


def _stereotypes(counts: pl.DataFrame) -> Iterator[WindowFigures]:
    """Yield the shares of declared pairs, and of others."""
    board, pair = [*_LABELS, "reference"], [*_LABELS, "reference", "value_name"]
    if counts.is_empty():
        return
    of_pair, pairs = _numbers(counts.select(pair))
    of_board, boards = _numbers(counts.select(board))
    seen = (counts["n"] > 0).to_numpy()
    entries = {}
    for metric, side in (("stereotype_share", 1), ("stereotype_others", 0)):
        used = seen & (counts["own"].to_numpy() == bool(side))
        prompts = by_group(used, of_pair, pairs)
        weight = np.where(used, np.nan_to_num(ratio(1.0, prompts))[of_pair], 0.0)
        home = np.zeros(pairs, dtype=np.int64)
        home[of_pair] = of_board
        shown = by_group(prompts > 0, home, boards)
        entries[metric] = (used, weight, np.nan_to_num(ratio(weight, shown[of_board])))
    for found in stereotype_figures(counts, _LABELS):
        metric, named = str(found["metric"][0]), found["value_name"][0] is not None
        used, alone, whole = entries[metric]
        weight = alone if named else whole
        figures = _within(found, counts, weight, pair if named else board)
        yield WindowFigures(figures, _rows_of(counts, metric, used, weight, "value_name" if named else None))


def _within(figures: pl.DataFrame, counts: pl.DataFrame, weight: Floats, of: Sequence[str]) -> pl.DataFrame:
    """Return shares, less those of statistics, with the least and the most that they can be."""
    expected = counts.select(*of, taken=pl.Series(weight * counts["expected"].fill_null(0).to_numpy()))
    ends = expected.group_by(of).agg(least=-pl.col("taken").sum(), most=1 - pl.col("taken").sum())
    return figures.join(ends, on=list(of), how="left", nulls_equal=True, maintain_order="left")


def _typed(counts: pl.DataFrame) -> Iterator[WindowFigures]:
    """Yield mean shares, over all prompts and over each half."""
    if counts.is_empty():
        return
    of, groups = _numbers(counts.select(*_LABELS, "reference"))
    seen = (counts["n"] > 0).to_numpy()
    side = counts["side"].cast(pl.String).fill_null("").to_numpy()
    halves = {half: seen & (side == name) for name, half in HALVES.items()}
    used = {"all": seen, **halves}
    for figures in typed_figures(counts, _LABELS):
        about = str(figures["value_name"][0])
        weight = np.nan_to_num(ratio(1.0, by_group(used[about], of, groups)))[of]
        frame = counts.with_columns(value_name=pl.lit(about, dtype=pl.String))
        yield WindowFigures(figures, _rows_of(frame, "mean_share", used[about], weight, "value_name"))


def _rows_of(counts: pl.DataFrame, metric: str, used: Bools, weight: Floats, about: str | None) -> Entries:
    """Return entries of rows of counts that have a seat."""
    taken = used & (counts["seat"] >= 0).to_numpy()
    frame = counts.select(
        "suite_key",
        prompt=pl.lit(None, dtype=pl.String),
        reference=pl.col("reference").cast(pl.String),
        metric=pl.lit(metric),
        value_name=pl.lit(None, dtype=pl.String) if about is None else pl.col(about).cast(pl.String),
    )
    seat, counted = (counts[name].to_numpy().astype(np.int64)[taken] for name in ("seat", "counted"))
    return Entries(frame.filter(pl.Series(taken)), seat, counted, weight[taken])


def _declared(
    con: duckdb.DuckDBPyConnection, name: str, week: str, counts: WindowCounts, compared: BesideReferences
) -> pl.DataFrame:
    """Return one row per declared value and cell, as the figures of single weeks have them, of pooled pictures."""
    declared = read_weeks(con, name, week, week).drop("week")
    on = ["model", "suite", "suite_major", "attribute", "prompt"]
    seats = counts.seats.select("seat", "cell", "suite_key", "value", *on)
    cells = seats.unique("cell", keep="first", maintain_order=True).drop("seat", "value")
    stated = compared.cells.frame.select("cell", "reference").with_columns(
        row=pl.Series(len(counts.n) + np.arange(len(compared.seats))),
        stated=pl.Series(compared.cells.counts.sum(axis=1)),
    )
    rows = (
        cells.join(declared, on=on, maintain_order="left_right")
        .join(seats.select("cell", "value", "seat"), on=["cell", "value"], how="left", maintain_order="left")
        .join(
            stated.filter(pl.Series(compared.cells.referenced)),
            on=["cell", "reference"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("seat").fill_null(-1), counted=pl.coalesce("row", "cell"))
    )
    cell, seat = rows["cell"].to_numpy().astype(np.int64), rows["seat"].to_numpy()
    whole = np.where(rows["row"].is_null(), counts.assessed[cell], rows["stated"].fill_null(0).to_numpy())
    enough = (whole >= PICTURES) & (whole / counts.effect[cell] >= MIN_PICTURES)
    return rows.with_columns(
        k=pl.Series(np.where(enough & (seat >= 0), counts.pooled[seat], 0)),
        n=pl.Series(np.where(enough, whole, 0)),
        pictures=pl.Series(counts.assessed[cell]),
        effect=pl.Series(counts.effect[cell]),
        **{
            one: pl.col(one).cast(pl.Categorical)
            for one in ("value", "reference", "value_name", "attribute")
            if one in rows.columns
        },
    )


def _numbers(frame: pl.DataFrame) -> tuple[Ints, int]:
    """Return which of the distinct rows each is, in order of first appearance, and how many there are."""
    distinct = frame.unique(maintain_order=True).with_row_index("number")
    found = frame.join(distinct, on=frame.columns, how="left", nulls_equal=True, maintain_order="left")
    return found["number"].to_numpy().astype(np.int64), distinct.height


def _named(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the columns `FIGURE` of figures, as text."""
    given: Sequence[pl.Expr] = [
        (pl.col(name) if name in figures.columns else pl.lit(None)).cast(pl.String).alias(name)
        for name in _TEXT
    ]
    return figures.select(pl.col("suite_key").cast(pl.Int64), *given)
