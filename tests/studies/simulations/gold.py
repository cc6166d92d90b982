"""How often the gold estimate covers the truth, beside three ways of doing it wrong.

Belongs here: populations with a biased labeler, samples drawn as `cliche gold sample` draws them, coverage. Does not
belong here: the estimator (`gold_by_hand`), what must hold of it (`test_gold`).

Every draw is a week of one model and suite: its pictures show the value with chance p, the labeler errs, a sample is
drawn by predicted value, people rate it. Counts are drawn, not pictures, so 5,000 draws take a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.labeling.gold.sampling import allocate
from assets.metrics.formulas.share import Z95
from tests.studies.simulations.tables import Table
from tests.unit.metrics.labels.gold_by_hand import Strata, gold_share

TITLE = "Gold: coverage of the weighted share of one set"
DRAWS = 5000
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scenario:
    """A model and its labeler.

    Attributes:
        title: in the table.
        truth: chances of what a picture shows: the value, another value, not assessable.
        reads: (truth, predicted) chances of what the labeler reads, the value first.
        pictures: of the week.
        sample: of them rated.
        least: of each stratum; half of the sample makes strata of equal size.
    """

    title: str
    truth: tuple[float, ...]
    reads: tuple[tuple[float, ...], ...]
    pictures: int
    sample: int
    least: int

    @property
    def share(self) -> float:
        """The share of the value among assessable pictures, which the estimate is of."""
        return self.truth[0] / (self.truth[0] + self.truth[1])


def both_ways(p: float, error: float, pictures: int, sample: int, least: int, title: str) -> Scenario:
    """A labeler that errs as often one way as the other, which pulls every share towards ½."""
    right, wrong = 1 - error, error
    return Scenario(title, (p, 1 - p), ((right, wrong), (wrong, right)), pictures, sample, least)


SCENARIOS = (
    both_ways(0.8, 0.11, 1000, 100, 50, "11 % wrong, strata of equal size"),
    both_ways(0.8, 0.11, 1000, 100, 2, "11 % wrong, in proportion, 2 at least"),
    both_ways(0.5, 0.11, 1000, 100, 20, "half and half, 20 at least"),
    Scenario("wrong one way only", (0.8, 0.2), ((0.86, 0.14), (0.0, 1.0)), 1000, 100, 30),
    both_ways(0.95, 0.05, 1000, 100, 20, "one-sided model, 20 at least"),
    both_ways(0.8, 0.11, 300, 40, 10, "few pictures, few rated"),
    Scenario(
        "a tenth not assessable, labeler says so at times",
        (0.6, 0.3, 0.1),
        ((0.85, 0.1, 0.05), (0.15, 0.8, 0.05), (0.3, 0.3, 0.4)),
        1000,
        150,
        10,
    ),
)


@dataclass(frozen=True)
class Draws:
    """What was drawn: pictures of each predicted value and, by truth, how many were rated."""

    pictures: Counts  # (draws, predicted)
    rated: Counts  # (draws, predicted, truth)


def draw(scenario: Scenario, rng: np.random.Generator, draws: int = DRAWS) -> Draws:
    """Return the weeks and samples of one scenario."""
    chances = np.array(scenario.truth)[:, None] * np.array(scenario.reads)
    week = rng.multinomial(scenario.pictures, chances.ravel(), size=draws)
    by_predicted = week.reshape(draws, *chances.shape).transpose(0, 2, 1)
    pictures = by_predicted.sum(axis=2)
    sizes = np.array([allocate(list(row), scenario.sample, scenario.least) for row in pictures.tolist()])
    rated = np.zeros_like(by_predicted)
    left, pool = sizes.copy(), pictures.copy()
    for truth in range(
        len(scenario.truth)
    ):  # one truth after the other is a multivariate hypergeometric draw
        good = by_predicted[:, :, truth]
        rated[:, :, truth] = rng.hypergeometric(good, pool - good, left)
        left, pool = left - rated[:, :, truth], pool - good
    return Draws(pictures, rated)


def weighted(drawn: Draws) -> tuple[npt.NDArray[np.float64], ...]:
    """Estimate and interval of the product, of every draw."""
    draws, predicted = drawn.pictures.shape
    strata = Strata(
        np.repeat(np.arange(draws), predicted),
        drawn.pictures.ravel().astype(float),
        drawn.rated.sum(axis=2).ravel().astype(float),
        drawn.rated[:, :, 0].ravel().astype(float),
        drawn.rated[:, :, :2].sum(axis=2).ravel().astype(float),
    )
    return tuple(gold_share(strata, draws))


def _with(
    estimate: npt.NDArray[np.float64], variance: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], ...]:
    half = Z95 * np.sqrt(variance)
    return estimate, estimate - half, estimate + half


def plain_mean(drawn: Draws) -> tuple[npt.NDArray[np.float64], ...]:
    """The share among the rated pictures, as if every picture had had the same chance to be drawn."""
    hits, n = drawn.rated[:, :, 0].sum(axis=1), drawn.rated[:, :, :2].sum(axis=(1, 2))
    share = hits / n
    return _with(share, share * (1 - share) / (n - 1))


def labeler_alone(drawn: Draws) -> tuple[npt.NDArray[np.float64], ...]:
    """The share that the labeler reads, as if it never erred."""
    n = drawn.pictures[:, :2].sum(axis=1)
    share = drawn.pictures[:, 0] / n
    return _with(share, share * (1 - share) / n)


def unweighted_ppi(drawn: Draws) -> tuple[npt.NDArray[np.float64], ...]:
    """PPI++ for a mean (Angelopoulos, Duchi & Zrnic 2023), power-tuned, without the inclusion probabilities."""
    n, rest = drawn.rated.sum(axis=(1, 2)), drawn.pictures.sum(axis=1)
    rest = rest - n
    y, f = drawn.rated[:, :, 0].sum(axis=1) / n, drawn.rated[:, 0].sum(axis=1) / n
    both = drawn.rated[:, 0, 0] / n
    f_rest = (drawn.pictures[:, 0] - drawn.rated[:, 0].sum(axis=1)) / rest
    covariance = both - y * f
    f_all = drawn.pictures[:, 0] / (n + rest)
    # Both sets are centred at one point, so the joint variance is that of all predictions.
    power = np.clip(covariance / ((1 + n / rest) * f_all * (1 - f_all) * (n + rest) / (n + rest - 1)), 0, 1)
    estimate = power * f_rest + y - power * f
    rectifier = y * (1 - y) + power**2 * f * (1 - f) - 2 * power * covariance
    return _with(estimate, power**2 * f_rest * (1 - f_rest) / rest + rectifier / n)


WAYS = {
    "weighted gold": weighted,
    "unweighted PPI++": unweighted_ppi,
    "unweighted gold": plain_mean,
    "labeler alone": labeler_alone,
}


def coverage(scenario: Scenario, seed: int, draws: int = DRAWS) -> dict[str, tuple[float, float, float]]:
    """Coverage of the 95 % interval, mean error and mean width, of each way."""
    drawn = draw(scenario, np.random.default_rng(seed), draws)
    found = {}
    for name, way in WAYS.items():
        estimate, low, high = way(drawn)
        hit = (low <= scenario.share) & (scenario.share <= high)
        found[name] = (
            float(hit.mean()),
            float((estimate - scenario.share).mean()),
            float((high - low).mean()),
        )
    return found


def tables(draws: float) -> list[Table]:
    """Return coverage and mean error in points of all ways; 5,000 draws a scenario for `draws` = 1."""
    times = max(round(DRAWS * draws), 50)
    rows: list[list[str | float]] = []
    least = 1.0
    for number, scenario in enumerate(SCENARIOS):
        found = coverage(scenario, seed=7100 + number, draws=times)
        ways = [f"{hit:.1%} ({100 * error:+.1f})" for hit, error, _ in found.values()]
        hit, _, width = found["weighted gold"]
        rows.append([scenario.title, scenario.share, *ways, width])
        least = min(least, hit)
    return [
        Table(
            "Share of draws whose interval holds the truth (mean error in points)",
            ("scenario", "truth", *WAYS, "width"),
            rows,
            [("weighted gold covers in ≥ 93.5 % of draws", least, least >= 0.935)],
            f"{times} draws a scenario; the width is that of weighted gold.",
        )
    ]
