"""Planted worlds: counts of pictures whose shares, and whose noise, are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Noise(NamedTuple):
    """What is more than chance of independent pictures.

    Attributes:
        likeness: correlation of pictures of one prompt and week, which nobody recorded.
        scatter: standard deviation by which all prompts of a model move in a week, in points.
        carried: correlation of that scatter with the week before.
    """

    likeness: float = 0.0
    scatter: float = 0.0
    carried: float = 0.0


NOISES = {
    "indep": Noise(),
    "icc.1": Noise(likeness=0.1),
    "icc.2": Noise(likeness=0.2),
    "sd3": Noise(scatter=3),
    "sd5": Noise(scatter=5),
    "sd8": Noise(scatter=8),
    "sd3ar.7": Noise(scatter=3, carried=0.7),
    "sd5ar.5": Noise(scatter=5, carried=0.5),
    "sd8ar.5": Noise(scatter=8, carried=0.5),
}


class Suite(NamedTuple):
    """A suite: prompts, and pictures of each a week."""

    prompts: int
    pictures: int

    def __str__(self) -> str:
        return f"{self.prompts}×{self.pictures}"


SUITES = (Suite(14, 5), Suite(27, 10), Suite(2, 16), Suite(1, 40))
#: Shares of five declared pairs, of three kinds of model.
STEREOTYPES = np.array(
    [[0.9, 0.6, 0.3, 0.7, 0.5], [0.98, 0.02, 0.0, 1.0, 0.5], [0.03, 0.01, 0.02, 0.0, 0.03]]
)


def counts(
    rng: np.random.Generator,
    shares: npt.ArrayLike,
    pictures: int,
    weeks: int,
    noise: Noise,
    shrunk: bool = False,
) -> Floats:
    """Return counts of pictures (models, prompts, 2, weeks); the first value is the one with these shares.

    Args:
        rng: source of chance.
        shares: (models, prompts), or (models, prompts, weeks) where they move.
        pictures: of each prompt and week.
        weeks: number of weeks.
        noise: beyond independent pictures.
        shrunk: whether scatter is 4 p (1 - p) of its size, so that shares near 0 and 1 move less.
    """
    truth = np.asarray(shares, dtype=float)
    truth = truth if truth.ndim == 3 else np.repeat(truth[..., None], weeks, -1)
    moved = noise.scatter / 100 * _weekly(rng, (len(truth), 1, weeks), noise.carried)
    share = np.clip(truth + moved * (4 * truth * (1 - truth) if shrunk else 1.0), 0, 1)
    if noise.likeness:
        size = 1 / noise.likeness - 1
        mixed = (share > 0) & (share < 1)
        a, b = (np.where(mixed, part, 0.5) * size for part in (share, 1 - share))
        share = np.where(mixed, rng.beta(a, b), share)
    hits = rng.binomial(pictures, share)
    return np.stack([hits, pictures - hits], 2).astype(float)


def _weekly(rng: np.random.Generator, shape: tuple[int, ...], carried: float) -> Floats:
    """Return a standard normal of each week, correlated with the week before."""
    new = rng.standard_normal(shape)
    for week in range(1, shape[-1]):
        new[..., week] = carried * new[..., week - 1] + np.sqrt(1 - carried**2) * new[..., week]
    return new


def mixed(rng: np.random.Generator, models: int, prompts: int) -> Floats:
    """Return shares (models, prompts) between 2 and 98 %."""
    return rng.uniform(0.02, 0.98, (models, prompts))


def stepped(shares: Floats, weeks: int, at: int, size: float, model: int = 0) -> Floats:
    """Return shares (models, prompts, weeks) of which one model's move by `size` in week `at`."""
    truth = np.repeat(shares[..., None], weeks, -1)
    truth[model, :, at:] += size
    return np.clip(truth, 0, 1)


def fleet(
    rng: np.random.Generator,
    models: int,
    series: int,
    weeks: int,
    noise: Noise,
    suites: Sequence[Suite] = SUITES,
) -> list[tuple[Floats, Floats]]:
    """Return (hits, pictures) of boards on which nothing changes, (models, prompts, weeks) each, one suite in turn."""
    boards = []
    for number in range(series):
        suite = suites[number % len(suites)]
        drawn = counts(rng, mixed(rng, models, suite.prompts), suite.pictures, weeks, noise, shrunk=True)
        boards.append((drawn[:, :, 0], drawn.sum(2)))
    return boards
