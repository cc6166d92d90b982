"""What `cliche design` says against simulated boards: widths of intervals, and pairs of models told apart.

Belongs here: the simulation, one model at a time. Does not belong here: the statement (`assets.metrics.design`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assets.metrics.design.prospects import BoardDesign, prospects
from assets.metrics.formulas.distance import distance2, mean_distance2, rooted, terms
from assets.metrics.formulas.share import Floats, wilson
from assets.metrics.ranks.order import compare_counts
from tests.studies.simulations.tables import Table

TITLE = "What a design will show"
BOARDS = 400
SEED = 8100
#: Models, prompts, pictures per prompt and week, weeks.
DESIGNS = (
    (40, 27, 10, 1),
    (40, 27, 10, 4),
    (40, 40, 10, 1),
    (40, 27, 20, 1),
    (13, 27, 20, 4),
    (6, 27, 20, 1),
    (6, 5, 10, 4),
    (2, 27, 20, 4),
)
#: How far what is seen may lie from what is said: widths, relative; the share of pairs, of boards and of few models.
WIDTH = 0.08
SHARE_WIDTH = 0.05
PAIRS = 0.04
PAIRS_OF_FEW = 0.08


def drawn(models: int, prompts: int, lot: np.random.Generator) -> Floats:
    """Return the shares of models that follow one order of prompts more or less strongly, a model at a time."""
    order = lot.standard_normal(prompts) * 1.6
    rows = []
    for _ in range(models):
        logit = lot.uniform(0.2, 2.5) * order - lot.normal(0.5, 0.7) + lot.standard_normal(prompts) * 0.5
        rows.append(1 / (1 + np.exp(-logit)))
    return np.array(rows)


class SeenBoards(NamedTuple):
    """Mean widths of the intervals of a share at one half and of a distance; pairs told apart, with its error."""

    share: float
    width: float
    apart: float
    error: float


def seen(models: int, prompts: int, pictures: int, boards: int, seed: list[int]) -> SeenBoards:
    """Return what simulated boards show."""
    lot = np.random.default_rng(seed)
    half = wilson(lot.binomial(pictures, 0.5, 4_000), pictures)
    widths, apart, even = [], [], np.full((prompts, 2), 0.5)
    for _ in range(boards):
        counts = []
        for truth in drawn(models, prompts, lot):
            first = lot.binomial(pictures, truth)
            counts.append(np.column_stack([first, pictures - first]))
            found = terms(counts[-1], even)
            own = rooted(mean_distance2(found, np.zeros(prompts, dtype=np.int64), 1))
            widths.append(float((own.high - own.low)[0]))
        farther = compare_counts(np.stack(counts), even, np.ones((models, prompts), dtype=bool)).farther
        pairs = [bool(farther[i, j] or farther[j, i]) for i in range(models) for j in range(i)]
        apart.append(sum(pairs) / len(pairs))
    return SeenBoards(
        float((half.high - half.low).mean()),
        float(np.mean(widths)),
        float(np.mean(apart)),
        float(np.std(apart) / np.sqrt(boards)),
    )


def stated(draws: float = 1.0, designs: tuple[tuple[int, int, int, int], ...] = DESIGNS) -> Table:
    """Return what is said beside what is seen."""
    rows, marks = [], []
    for models, prompts, replicates, weeks in designs:
        said = prospects(BoardDesign(models, prompts, replicates, weeks, series=64))
        boards = max(8, round(draws * BOARDS * max(1, 12 / models)))
        pictures = replicates * weeks
        found = seen(models, prompts, pictures, boards, [SEED, models, prompts, pictures])
        if said.distance_width is None or said.separated is None:
            raise ValueError(f"nothing is said of {models} models and {pictures} pictures")
        name = f"{models} models, {prompts} prompts x {replicates}, weeks: {weeks}"
        share, width, apart, error = found
        rows.append((name, said.share_width, share, said.distance_width, width, said.separated, apart))
        near = PAIRS if models > 3 else PAIRS_OF_FEW
        marks += [
            (
                f"{name}: share within {SHARE_WIDTH:.0%}",
                share,
                abs(share / said.share_width - 1) <= SHARE_WIDTH,
            ),
            (f"{name}: width within {WIDTH:.0%}", width, abs(width / said.distance_width - 1) <= WIDTH),
            (f"{name}: pairs within {near}", apart, abs(apart - said.separated) <= near + 2 * error),
        ]
    columns = ("board", "share", "seen", "distance", "seen", "pairs apart", "seen")
    return Table(
        "What cliche design says, and what simulated boards show",
        columns,
        rows,
        marks,
        "Widths of 95 % intervals, and the share of pairs of models that the ranks tell apart; pictures of all weeks "
        "pooled. Two standard errors of the simulated boards are allowed.",
    )


def spread(models: int = 4_000) -> Table:
    """Return how far from parity the assumed models lie, over many orders of 27 prompts."""
    lot = np.random.default_rng(SEED)
    even, many = np.full((27, 2), 0.5), 10**6
    found = []
    for _ in range(models // 40):
        for truth in drawn(40, 27, lot):
            counts = np.column_stack([truth, 1 - truth]) * many
            found.append(float(np.sqrt(max(0.0, distance2(counts, even).mean()))))
    marks = np.quantile(found, [0.05, 0.25, 0.5, 0.75, 0.95])
    return Table(
        "Distances of the assumed models", ("5 %", "25 %", "50 %", "75 %", "95 %"), [tuple(map(float, marks))]
    )


def tables(draws: float = 1.0) -> list[Table]:
    """Return the tables of the study; `draws` is the part of the full number of boards."""
    return [stated(draws), spread(max(400, round(4_000 * draws)))]
