"""Homogeneity, lift and the interval over prompts: bias and coverage, beside what others use for the same question.

Belongs here: the simulation. Does not belong here: the headline's own intervals (`coverage`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import distance2, even_terms, mean_distance2, terms
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, mean_share
from assets.metrics.scores.measures import compatibility, homogeneity
from assets.metrics.scores.measures.lift import LiftSide, lift, side
from tests.studies.simulations.profiles import PICTURES, PROFILES, reference, shares
from tests.studies.simulations.tables import Entry, Table

TITLE = "Homogeneity, lift, prompts like these"
DRAWS = 5_000
SEED = 6100
BIAS = 0.01  # four standard errors of 5,000 draws of the noisiest cell, and more
#: What the product promises of these intervals: less than the headline's, and the tables say where.
SUITE, LIFT, PROMPTS = 0.93, 0.92, 0.91


def covered(found: Estimate, truth: float) -> float:
    """Return the share of intervals that hold the truth."""
    return float(np.mean((found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)))


def draws_of(draws: float) -> int:
    """Return how many draws a point has."""
    return max(int(DRAWS * draws), 200)


# ---- homogeneity ----


class Likeness(NamedTuple):
    """What was seen of homogeneity at one point of the grid."""

    bias: float
    entropy_bias: float
    coverage: dict[int, float]


def likeness(n: int, values: int, profile: str, draws: int) -> Likeness:
    """Return bias and coverage (5 and 40 cells) of homogeneity, and the bias of its entropy form."""
    rng = np.random.default_rng([SEED, n, values, PROFILES.index(profile)])
    found: dict[int, float] = {}
    bias = entropy_bias = 0.0
    for cells in (5, 40):
        p = np.broadcast_to(shares(profile, reference(values, "uniform"), cells), (cells, values))
        suites = max(draws * 10 // cells, 100)
        x = rng.multinomial(n, p, size=(suites, cells)).reshape(-1, values)
        mask = np.ones(x.shape, dtype=bool)
        group = np.repeat(np.arange(suites), cells)
        truth = (((p**2).sum(axis=1) - 1 / values) / (1 - 1 / values)).mean()
        seen = homogeneity.mean_homogeneity(even_terms(x, mask), mask, group, suites)
        found[cells] = covered(seen, truth)
        bias = max(bias, abs(float(seen.estimate.mean() - truth)))
        spread = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=1) / np.log(values)
        off = compatibility.entropy_homogeneity(x, mask).mean() - (1 - spread).mean()
        entropy_bias = max(entropy_bias, float(off))
    return Likeness(bias, entropy_bias, found)


def homogeneity_table(draws: float) -> Table:
    """Return one row for each number of pictures, the worst over shares and values."""
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for n in PICTURES:
        seen = [likeness(n, k, profile, draws_of(draws)) for k, profile in product((2, 3, 5, 10), PROFILES)]
        bias, entropy = max(one.bias for one in seen), max(one.entropy_bias for one in seen)
        least = [min(one.coverage[cells] for one in seen) for cells in (5, 40)]
        rows.append([n, bias, entropy, *least])
        marks.append((f"n = {n}: bias of homogeneity below {BIAS}", bias, bias < BIAS))
        if n >= 10:
            marks.append(
                (f"n = {n}: coverage from 5 cells at least {SUITE}", min(least), min(least) >= SUITE)
            )
    return Table(
        "Homogeneity by pair agreement and by entropy",
        (
            "pictures a prompt",
            "largest bias",
            "largest bias by entropy",
            "least coverage, 5 prompts",
            "40 prompts",
        ),
        rows,
        marks,
        "The worst over 2, 3, 5 and 10 values and all planted shares. The entropy form has no interval.",
    )


# ---- lift ----


class Stereotype(NamedTuple):
    """A value that prompts of a group show with share p, those of others with q, give or take `spread` of it."""

    p: float
    q: float
    spread: float = 0.0


STEREOTYPES = (
    Stereotype(0.5, 0.5),
    Stereotype(0.9, 0.1, 0.5),
    Stereotype(0.85, 0.02, 1.0),
    Stereotype(0.3, 0.02, 1.0),
    Stereotype(0.05, 0.05),
    Stereotype(0.95, 0.6, 0.5),
    Stereotype(1.0, 0.2, 0.5),
    Stereotype(0.1, 0.3, 0.3),
)
SHAPES = tuple(
    product((1, 2, 5), (5, 44), (10, 20, 40, 100))
)  # prompts of the group, of others, pictures each


def pseudo_log(own: LiftSide, other: LiftSide, effective: tuple[float, float]) -> Estimate:
    """Return the ratio with a normal interval of its logarithm and two pseudo-counts: the plain alternative."""
    p, q = ((part.share * n + 1) / (n + 2) for part, n in zip((own, other), effective, strict=True))
    variance = sum((1 - a) / (a * (n + 2)) for a, n in zip((p, q), effective, strict=True))
    middle, half = np.log(p / q), Z95 * np.sqrt(variance)
    return Estimate(p / q, np.exp(middle - half), np.exp(middle + half))


def lifts(kind: Stereotype, shape: tuple[int, int, int], draws: int) -> tuple[Estimate, Estimate, float]:
    """Return draws of the lift as published, by the plain alternative, and its true value."""
    mine, others, n = shape
    rng = np.random.default_rng([SEED, mine, others, n, int(1000 * kind.p), int(1000 * kind.q)])
    around = np.clip(kind.q * (1 + kind.spread * np.linspace(-1, 1, others)), 0, 1)
    p = np.concatenate([np.full(mine, kind.p), around])
    k = rng.binomial(n, p, size=(draws, len(p))).ravel()
    group: Ints = np.repeat(np.arange(draws), len(p))
    own: Bools = np.tile(np.arange(len(p)) < mine, draws)
    whole = np.full(len(k), n)
    one, other = side(k, whole, group, draws, own), side(k, whole, group, draws, ~own)
    return lift(one, other), pseudo_log(one, other, (mine * n, others * n)), kind.p / float(around.mean())


def lift_table(draws: float) -> Table:
    """Return one row for each planted stereotype: the least coverage over the shapes of a suite."""
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for kind in STEREOTYPES:
        both = [lifts(kind, shape, draws_of(draws)) for shape in SHAPES]
        ours, plain = ([covered(one[part], one[2]) for one in both] for part in (0, 1))
        told = [float(np.mean(np.isfinite(one[0].estimate))) for one in both]
        rows.append(
            [
                f"{kind.p} beside {kind.q} ± {kind.spread:.0%}",
                min(ours),
                float(np.median(ours)),
                min(plain),
                min(told),
            ]
        )
        text = f"{kind.p} beside {kind.q}: coverage at least {LIFT}"
        marks.append((text, min(ours), min(ours) >= LIFT))
    return Table(
        "Stereotype lift: MOVER-R beside the log ratio with two pseudo-counts",
        (
            "share with the group, with others",
            "least coverage",
            "median",
            "least, pseudo-counts",
            "least told",
        ),
        rows,
        marks,
        "1, 2 or 5 prompts of the group, 5 or 44 of others, 10 to 100 pictures each. Not told: no other group showed "
        "the value, and the row says the lower end in words.",
    )


# ---- prompts like these ----


def over(m: int, n: int, shape: tuple[float, float], draws: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield for share and distance2: coverage of the mean over all such prompts by t, as published, and frozen."""
    rng = np.random.default_rng([SEED, m, n, int(100 * shape[0]), int(100 * shape[1])])
    a, b = shape
    p = rng.beta(a, b, size=draws * m)
    k = rng.binomial(n, p)
    group: Ints = np.repeat(np.arange(draws), m)
    used = np.ones(len(k), dtype=bool)
    mean, square = a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))
    x = np.stack([k, n - k], axis=1)
    parity = np.full(x.shape, 0.5)
    questions: tuple[tuple[str, Floats, Estimate, float, float], ...] = (
        ("share", k / n, mean_share(k, np.full(len(k), n), group, draws), mean, 0.0),
        (
            "distance2",
            distance2(x, parity),
            mean_distance2(terms(x, parity), group, draws),
            square - mean + 0.25,
            -0.5,
        ),
    )
    for name, values, frozen, truth, floor in questions:
        nothing = Estimate(frozen.estimate, frozen.estimate, frozen.estimate)
        own: Ints = np.arange(len(k))  # each prompt has a subject of its own
        plain = over_prompts(values, used, group, own, nothing, floor, 1.0)
        wide = over_prompts(values, used, group, own, frozen, floor, 1.0)
        ends = [covered(Estimate(frozen.estimate, *one), truth) for one in (plain, wide)]
        yield name, ends[0], ends[1], covered(frozen, truth)


#: How the shares of prompts differ: beta distributions, from hardly to one-sided.
SPREADS = {"alike": (60.0, 60.0), "some": (2.0, 3.0), "much": (0.5, 0.5), "one-sided": (0.15, 1.5)}


def prompts_table(draws: float) -> Table:
    """Return one row for each number of prompts and spread."""
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for m, (spread, shape) in product((10, 27, 46), SPREADS.items()):
        seen = [one for n in (10, 40) for one in over(m, n, shape, draws_of(draws))]
        least = {
            name: [min(one[part] for one in seen if one[0] == name) for part in (1, 2, 3)]
            for name in ("share", "distance2")
        }
        rows.append([f"{m}, {spread}", *least["share"], *least["distance2"]])
        if spread != "one-sided":
            both = min(least["share"][1], least["distance2"][1])
            marks.append((f"{m} prompts, {spread}: coverage at least {PROMPTS}", both, both >= PROMPTS))
    return Table(
        "Prompts like these: the mean over all such prompts",
        (
            "prompts, how they differ",
            "share: t",
            "as published",
            "frozen suite",
            "distance2: t",
            "as published",
            "frozen suite",
        ),
        rows,
        marks,
        "Prompts are drawn, then 10 or 40 pictures of each; the lower coverage of the two. The frozen suite's interval "
        "answers another question, and does not cover this one. One-sided: most prompts never show the value, a few "
        "always do; ten prompts cannot show how rare those are, and no interval from ten can.",
    )


# ---- two wordings of each subject ----

#: How far wordings of one subject differ: the larger the number, the less.
WORDINGS = {"not at all": np.inf, "a little": 20.0, "much": 3.0}
#: How subjects differ: as in "some" above.
SUBJECTS = SPREADS["some"]
PAIRED = 20  # pictures of a subject, in one wording or ten in each of two


class Worded(NamedTuple):
    """Coverage of share and distance2 by the formula of independent prompts and by that of subjects, and widths.

    `narrower` is how much shorter the intervals of shares are than with one wording and as many pictures.
    """

    independent: tuple[float, float]
    by_subject: tuple[float, float]
    narrower: float


def worded(subjects: int, alike: float, draws: int) -> Worded:
    """Return what is seen of suites that ask for each subject in two wordings."""
    rng = np.random.default_rng([SEED, subjects, int(min(alike, 1000))])
    a, b = SUBJECTS
    share = rng.beta(a, b, size=draws * subjects)
    p = np.repeat(share, 2)
    if np.isfinite(alike):
        p = rng.beta(alike * p, alike * (1 - p))
    first, square = a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))
    square += (first - square) / (alike + 1)
    about: Ints = np.repeat(np.arange(draws * subjects), 2)
    group = about // subjects
    n = PAIRED // 2
    k = rng.binomial(n, p)
    x = np.stack([k, n - k], axis=1)
    parity = np.full(x.shape, 0.5)
    found: dict[bool, list[float]] = {True: [], False: []}
    used, own = np.ones(len(k), dtype=bool), np.arange(len(k))
    widths: list[Floats] = []
    for values, truth, frozen in (
        (k / n, first, mean_share(k, np.full(len(k), n), group, draws)),
        (distance2(x, parity), square - first + 0.25, mean_distance2(terms(x, parity), group, draws)),
    ):
        for clustered, seen in found.items():
            ends = over_prompts(values, used, group, about if clustered else own, frozen, -0.5, 1.0)
            seen.append(covered(Estimate(frozen.estimate, *ends), truth))
            if clustered:
                widths.append(ends.high - ends.low)
    once = rng.binomial(PAIRED, p[::2])
    whole = np.full(len(once), PAIRED)
    of = np.arange(len(once)) // subjects
    single = mean_share(once, whole, of, draws)
    ends = over_prompts(once / whole, whole > 0, of, np.arange(len(once)), single, -0.5, 1.0)
    narrower = 1 - float(widths[0].mean() / (ends.high - ends.low).mean())
    return Worded((found[False][0], found[False][1]), (found[True][0], found[True][1]), narrower)


def wordings_table(draws: float) -> Table:
    """Return one row for each number of subjects and difference of wordings."""
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for subjects, (differ, alike) in product((10, 24), WORDINGS.items()):
        seen = worded(subjects, alike, draws_of(draws))
        least = min(seen.by_subject)
        rows.append(
            [
                f"{subjects}, {differ}",
                *(part for both in zip(seen.independent, seen.by_subject, strict=True) for part in both),
                f"{seen.narrower:.0%}",
            ]
        )
        marks.append((f"{subjects} subjects, {differ}: coverage at least {PROMPTS}", least, least >= PROMPTS))
    return Table(
        "Prompts like these, each subject in two wordings",
        (
            "subjects, how wordings differ",
            "share: as independent prompts",
            "as published",
            "distance2: as independent prompts",
            "as published",
            "narrower than one wording",
        ),
        rows,
        marks,
        "Subjects are drawn, then two wordings of each, then ten pictures of each wording; beside one with twenty.",
    )


# ---- a fair model on the scales of others ----

SCALES: dict[str, Callable[[Floats], Floats]] = {
    "HEIM gender": lambda x: compatibility.heim_gender_bias(x[:, 0], x.sum(axis=1)),
    "DALL-Eval MAD": lambda x: compatibility.dalleval_mad(x, np.ones(x.shape, dtype=bool)),
    "MAGBIG L1": lambda x: compatibility.magbig_l1(x, np.ones(x.shape, dtype=bool)),
    "entropy": lambda x: compatibility.entropy_homogeneity(x, np.ones(x.shape, dtype=bool)),
    "distance2": lambda x: distance2(x, np.full(x.shape, 0.5)),
    "homogeneity": lambda x: homogeneity.homogeneity(x, np.ones(x.shape, dtype=bool)),
}


def fair_table(draws: float) -> Table:
    """Return what a model that draws as many women as men scores on average, by the number of pictures."""
    rng = np.random.default_rng(SEED)
    rows: list[list[Entry]] = []
    marks: list[tuple[str, Entry, bool]] = []
    for n in PICTURES:
        women = rng.binomial(n, 0.5, size=10 * draws_of(draws))
        x = np.stack([women, n - women], axis=1).astype(float)
        means = {name: float(scale(x).mean()) for name, scale in SCALES.items()}
        rows.append([n, *means.values()])
        for ours in ("distance2", "homogeneity"):
            marks.append(
                (f"n = {n}: {ours} of a fair model within {BIAS} of 0", means[ours], abs(means[ours]) < BIAS)
            )
    return Table(
        "What a perfectly fair model scores, on average",
        ("pictures a prompt", *SCALES),
        rows,
        marks,
        "The true score is 0 in every column.",
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    return [
        homogeneity_table(draws),
        lift_table(draws),
        prompts_table(draws),
        wordings_table(draws),
        fair_table(draws),
    ]
