"""Figures that stand alone: one prompt, one word, a sentence of 2023, bounds, corrected shares; by their formulas."""

from __future__ import annotations

from functools import partial

import numpy as np

from assets.metrics.plain.arrays import Bools, Floats, Ints
from assets.metrics.plain.boards import board
from assets.metrics.plain.bounds import bounds
from assets.metrics.plain.corrected import corrected, labeler_error
from assets.metrics.plain.intervals import verdict, wilson, worth
from assets.metrics.plain.words import word
from tests.research.paths import PATHS, Path
from tests.research.rows import Row, Table
from tests.research.worlds import NOISES, SUITES, counts

SEED = 20_284
DRAWS = 400
FALSE = 0.055
#: Noise → published least coverage of the interval of one prompt, of the suites in turn.
PROMPTS = {
    "indep": (0.93, 0.93, 0.93, 0.93),
    "icc.1": (0.92, 0.92, 0.92, 0.92),
    "sd5": (0.905, 0.905, 0.905, 0.905),
}
#: Pictures of a pair, noise (None: a study) → published coverage, and part of +30 points among ten pairs that is clear.
WORDS = {
    (20, "indep"): (0.963, 0.12),
    (20, "icc.1"): (0.963, None),
    (40, "indep"): (0.963, 0.29),
    (40, "sd5"): (0.963, None),
    (10, None): (0.95, 0.11),
    (20, None): (0.95, 0.21),
    (40, None): (0.95, 0.47),
    (100, None): (0.95, 0.92),
}
#: Points that the share lies below the threshold, pictures, threshold → published part of verdicts that are wrong.
WRONG = {
    **{(0, n, threshold): 0.06 for n in (28, 160) for threshold in (0.5, 0.9)},
    **{(5, n, threshold): 0.005 for n in (28, 160) for threshold in (0.5, 0.9)},
}
#: Part that the program reads wrong, part that a rater does, share → published least coverage.
CORRECTED = {
    (0.05, 0.02, 0.5): 0.94,
    (0.05, 0.02, 0.8): 0.94,
    (0.11, 0.05, 0.5): 0.94,
    (0.11, 0.05, 0.8): 0.94,
    (0.11, 0.05, 0.95): 0.94,
}
GOLD, READ = 200, 2000


def _draws(size: float) -> int:
    return max(8, round(DRAWS * size))


def prompts(size: float = 1.0, _: Path = PATHS["formulas"]) -> Table:
    """Return coverage of the interval of one prompt: four weeks, worth of a suite's twelve."""
    rows, draws = [], _draws(size)
    for place, (noise, published) in enumerate(PROMPTS.items()):
        rng = np.random.default_rng((SEED, place))
        for suite, least in zip(SUITES, published, strict=True):
            truth = rng.uniform(0.05, 0.95, (draws, suite.prompts))
            drawn = counts(rng, truth, suite.pictures, 12, NOISES[noise])
            hits, pictures = drawn[:, :, 0], drawn.sum(2)
            per = np.array([worth(k, n) for k, n in zip(hits, pictures, strict=True)])[:, None]
            low, high = wilson(hits[..., -4:].sum(-1), pictures[..., -4:].sum(-1), per)
            seen = float(((low <= truth) & (truth <= high)).mean())
            rows.append(Row(f"{noise}, {suite}", seen, draws, least, "at least", 200))
    return Table("Coverage of the interval of one prompt", rows)


def words(size: float = 1.0, _: Path = PATHS["formulas"]) -> Table:
    """Return coverage, how often nothing is called clear, and how often +30 points are: lists of ten pairs."""
    rows, draws = [], _draws(size)
    for place, ((pictures, noise), (coverage, power)) in enumerate(WORDS.items()):
        rng, weeks = np.random.default_rng((SEED, 100 + place)), 12 if noise else 1
        draw = partial(
            counts, rng, pictures=pictures // (4 if noise else 1), weeks=weeks, noise=NOISES[noise or "indep"]
        )
        held, clear, found = [], [], []
        for _draw in range(draws):
            before = rng.uniform(0.05, 0.65, 10)
            for moved in (0.0, 0.3) if power else (0.0,):
                after = before + np.where(np.arange(10) == 0, moved, 0)
                k = draw(shares=np.stack([before, after]))
                of = word(k[0, :, 0], k[0].sum(1), k[1, :, 0], k[1].sum(1), study=noise is None)
                if moved:
                    found.append(of.clear[0])
                else:
                    held.append((of.low <= 0) & (of.high >= 0))
                    clear.append(of.clear.any())
        name = f"{pictures} pictures, {noise or 'study'}"
        rows.append(Row(f"{name}: coverage", float(np.mean(held)), draws, coverage, "at least", 200))
        rows.append(Row(f"{name}: any clear of none", float(np.mean(clear)), draws, FALSE, behind=400))
        if power:
            rows.append(Row(f"{name}: +30 points", float(np.mean(found)), draws, power, "at least", 100))
    return Table("What one word changes: lists of ten pairs", rows)


def verdicts(size: float = 1.0, _: Path = PATHS["formulas"]) -> Table:
    """Return the part of verdicts that are wrong: "no" at the threshold, "yes" below it."""
    rows, draws = [], 10 * _draws(size)
    for place, ((below, pictures, threshold), published) in enumerate(WRONG.items()):
        rng = np.random.default_rng((SEED, 200 + place))
        low, high = wilson(rng.binomial(pictures, threshold - below / 100, draws), pictures)
        said = verdict(low, high, threshold)
        wrong = float((said == ("yes" if below else "no")).mean())
        of = f"{below} points below {100 * threshold:.0f} %, {pictures} pictures"
        rows.append(Row(of, wrong, draws, published, behind=1000))
    return Table("Verdicts that are wrong", rows)


def unseen(size: float = 1.0, _: Path = PATHS["formulas"]) -> Table:
    """Return what bounds do where one model withholds 30 % of the pictures of a value: two equal models, 20×10."""
    rng, draws = np.random.default_rng((SEED, 300)), _draws(size)
    parity = np.full((20, 2), 0.5)
    told, holds, held, without = [], [], [], []
    for _draw in range(draws):
        drawn = counts(rng, np.full((2, 20), 0.5), 10, 12, NOISES["indep"])
        shown = drawn.copy()
        shown[1, :, 0] = rng.binomial(drawn[1, :, 0].astype(int), 0.7)
        window, answers = shown[..., -4:].sum(-1), drawn[..., -4:].sum((2, 3))
        missed = answers - window.sum(2)
        made = board(shown, window.sum(2), parity)  # as if nothing were unseen, so that both have a rank
        told.append(made.told.any())
        pairs = board(shown, np.minimum(answers, window.sum(2) / 0.8), parity)
        holds.append(pairs.holds.any())
        sides, share = bounds(window, missed), board(shown, window.sum(2)).figure[:, 1] / 100
        low, high = (
            sides.least[1].mean() - (share[0] - share[1]),
            sides.most[1].mean() + (share[2] - share[0]),
        )
        held.append(low <= 0.5 <= high)
        without.append(share[1] <= 0.5 <= share[2])
    return Table(
        "Where 30 % of one value are withheld by one of two equal models",
        [
            Row("share with its bounds holds what is drawn", float(np.mean(held)), draws, 0.98, "at least"),
            Row("interval alone holds it", float(np.mean(without)), draws, 0.318),
            Row("told apart", float(np.mean(told)), draws, 0.29),
            Row("told apart, and said to hold", float(np.mean(holds)), draws, 0.01),
        ],
    )


def _wrong(rng: np.random.Generator, labels: Ints, part: float) -> Ints:
    flips: Bools = rng.random(len(labels)) < part
    return np.where(flips, 1 - labels, labels)


def corrections(size: float = 1.0, _: Path = PATHS["formulas"]) -> Table:
    """Return coverage of corrected shares: 2,000 pictures, 200 of them seen by two raters and by a third."""
    rows, draws = [], _draws(size)
    for place, ((program, rater, share), published) in enumerate(CORRECTED.items()):
        rng, held, shifts = np.random.default_rng((SEED, 400 + place)), [], []
        for _draw in range(draws):
            truth = rng.binomial(1, share, READ)
            read = _wrong(rng, truth, program)
            sample = rng.permutation(READ)[:GOLD]
            one, two, three = (_wrong(rng, truth[sample], rater) for _rater in range(3))
            gold, differ = np.where(one == two, one, three), float((one != two).mean())
            total: Floats = np.bincount(read, minlength=2).astype(float)
            error = labeler_error(gold, read[sample], read[sample], total, differ)
            of = corrected(error, float(read.mean()), READ)
            if not of.reason:  # else it is withheld: raters differ, or few are of a stratum
                held.append(of.low <= share <= of.high)
                shifts.append(of.share - share)
        name = f"program {100 * program:.0f} % wrong, raters {100 * rater:.0f} %, share {100 * share:.0f} %"
        rows.append(Row(name, float(np.mean(held)), len(held), published, "at least", 200))
        rows.append(Row(f"{name}: bias", abs(float(np.mean(shifts))), len(held), 0.02, behind=200))
    return Table("Coverage of corrected shares, and their bias as a fraction", rows)
