"""What a design will show before anything is asked: how wide intervals get, which models separate, which changes show.

The product's own functions answer: boards are drawn from assumed models, counts from the boards, and the comparison
that makes ranks decides. Assumed are models that follow one order of occupations more or less strongly, so that
distances to parity run from about 0.2 to 0.4: of models that differ more, more pairs separate. It is the sampling of
pictures alone: shares that scatter from week to week make intervals wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from assets.metrics.drift.detectable import looked_at, smallest_shift
from assets.metrics.formulas.distance import mean_distance2, rooted, terms
from assets.metrics.formulas.share import Floats, wilson
from assets.metrics.ranks.order import PICTURES_NEEDED, compare_counts

_SEED = 2023
#: Drawn boards: twenty, more of few models; fewer where that is more than so many sums over pairs and prompts.
_BOARDS, _SIDES, _FEWEST = 20, 400, 4
_SUMS = 2_000_000
#: Standard deviations on the logit scale: of prompts, of a model's own deviation at a prompt, of its general lean.
_PROMPTS, _OWN, _LEAN = 1.6, 0.5, 0.7
#: Mean lean toward the second value, and how strongly models follow the order of prompts.
_SHIFT = 0.5
_STRENGTH = (0.2, 2.5)


@dataclass(frozen=True)
class BoardDesign:
    """A board of a suite and an attribute of two values, with parity as its reference.

    Attributes:
        models: that are ranked together.
        prompts: of the suite.
        replicates: pictures of a prompt and week.
        weeks: whose pictures a figure pools.
        series: shares and refusals of all models that are looked at for changes together.
    """

    models: int
    prompts: int
    replicates: int
    weeks: int
    series: int

    @property
    def pictures(self) -> int:
        """Return how many pictures of a prompt a figure rests on."""
        return self.replicates * self.weeks


@dataclass(frozen=True)
class Prospects:
    """What a board will show; None where it shows nothing.

    Attributes:
        share_width: of the 95 % interval of a share of one prompt, at one half, where it is widest.
        distance_width: of the 95 % interval of a model's `distance`, on average.
        separated: share of pairs of models that the ranks tell apart, on average.
        all_in_3_weeks: smallest change of a share in all prompts that four of five times is seen within three weeks.
        all_in_8_weeks: the same within eight weeks.
        one_in_8_weeks: the same of a change in one prompt.
    """

    share_width: float
    distance_width: float | None
    separated: float | None
    all_in_3_weeks: float | None
    all_in_8_weeks: float | None
    one_in_8_weeks: float | None


def prospects(design: BoardDesign) -> Prospects:
    """Return what a board will show if every picture is answered and assessed."""
    one = wilson(design.pictures / 2, design.pictures)
    width, separated = _separation(design.models, design.prompts, design.pictures)
    shifts = [
        smallest_shift(design.replicates, design.prompts, looked_at(design.series), weeks, everywhere)
        for weeks, everywhere in ((3, True), (8, True), (8, False))
    ]
    return Prospects(float(one.high - one.low), width, separated, *shifts)


def shares(prompts: int, models: int, lot: np.random.Generator) -> Floats:
    """Return the shares of the first value that assumed models draw: (models, prompts)."""
    order = lot.normal(0, _PROMPTS, prompts)
    strength, lean = lot.uniform(*_STRENGTH, models), lot.normal(_SHIFT, _LEAN, models)
    own = lot.normal(0, _OWN, (models, prompts))
    found: Floats = 1 / (1 + np.exp(-(strength[:, None] * order - lean[:, None] + own)))
    return found


@lru_cache(maxsize=256)
def _separation(models: int, prompts: int, pictures: int) -> tuple[float | None, float | None]:
    """Return the mean width of the interval of `distance`, and the share of pairs that are told apart."""
    if pictures < PICTURES_NEEDED:
        return None, None
    lot = np.random.default_rng([_SEED, models, prompts, pictures])
    boards = min(max(_BOARDS, _SIDES // max(1, models - 1)), max(_FEWEST, _SUMS // (models**2 * prompts)))
    counts = np.stack([lot.binomial(pictures, shares(prompts, models, lot)) for _ in range(boards)]).ravel()
    of = np.stack([counts, pictures - counts], axis=1)
    found = terms(of, np.full(of.shape, 0.5))
    own = rooted(mean_distance2(found, np.repeat(np.arange(boards * models), prompts), boards * models))
    width = float((own.high - own.low).mean())
    if models == 1:
        return width, None
    have, even = np.ones((models, prompts), dtype=bool), np.full((prompts, 2), 0.5)
    drawn = of.reshape(boards, models, prompts, 2).astype(float)
    apart = [compare_counts(board, even, have).farther.sum() for board in drawn]
    return width, float(np.mean(apart)) / (models * (models - 1) / 2)
