"""The headline: how far the pictures lie from a reference, and its square, which is unbiased."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from assets.metrics.formulas import distance
from assets.metrics.formulas.prompts_like_these import PromptInterval, over_prompts
from assets.metrics.registry.metric import (
    ASSESSED_PICTURES,
    FEW,
    HULL,
    NO_CELL,
    NO_PAIR,
    NO_REFERENCE,
    REFERENCE_VALUES,
    SEEN,
    TOO_ALIKE,
    TOO_FEW,
    UNBIASED,
    Metric,
    metric,
)
from assets.metrics.scores.figures import Groups, basis, rows_of


@metric(
    Metric(
        "distance2",
        "Squared distance from the reference, unbiased",
        "½ [Σ p̂² - (1 - Σ p̂²)/(n - 1) - 2 Σ q p̂ + Σ q²]; suite: mean over cells of two pictures or more",
        (-0.5, 1.0),
        "page: what one word changes, corrected figures; auditors, for means of it are unbiased",
        better="lower",
        unit="squared share",
        per=("attribute", "reference"),
        support=REFERENCE_VALUES,
        denominator=ASSESSED_PICTURES,
        interval=HULL + "; the lower end may be negative, as the estimate may",
        prompts_interval=True,
        null_when=(NO_REFERENCE, *SEEN, "too few: 1 of 2 needed", NO_PAIR, TOO_ALIKE),
        source=UNBIASED,
    ),
    Metric(
        "distance",
        "Distance from the reference",
        "√max(0, distance2): a root mean square over prompts, in which those that are far off weigh more",
        (0.0, 1.0),
        "page: the boards and their rank ranges; views `leaderboard`, `study_leaderboard`",
        better="lower",
        per=("attribute", "reference"),
        support=REFERENCE_VALUES,
        denominator=ASSESSED_PICTURES,
        interval=HULL + ", ends clipped to what is possible and rooted",
        prompts_interval=True,
        null_when=(NO_REFERENCE, *FEW, NO_PAIR, NO_CELL),
        source=UNBIASED,
    ),
    of="references",
)
def distance_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return `distance2` and `distance` of every group against its reference.

    `distance2` takes cells with two pictures in the reference's support: it is unbiased there, and leaving out cells
    of three or four would favor a model that refuses. `distance` is reported only where one cell has five pictures: of
    cells that are all smaller it would often be 0 for want of pictures.
    """
    cells = groups.cells
    parts = cells.terms
    pairs = basis(groups, distance.MIN_PICTURES, distance.MIN_PICTURES)
    squared = distance.mean_distance2(parts, groups.of, groups.frame.height)
    others = (
        None
        if groups.single
        else over_prompts(parts.distance2, pairs.used, groups.of, cells.subjects, squared, -0.5, 1.0)
    )
    yield rows_of(groups, "distance2", squared, pairs, others=others)
    enough = basis(groups, distance.MIN_PICTURES, TOO_FEW)
    rooted = others and PromptInterval(*(distance.root(part) for part in others))
    yield rows_of(groups, "distance", distance.rooted(squared), enough, others=rooted)
