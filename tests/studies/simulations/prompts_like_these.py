"""The interval over prompts like these: coverage, beside what others use for the same question.

Belongs here: the simulation. Does not belong here: the headline's own intervals (`coverage`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.distance import distance2, mean_distance2, terms
from assets.metrics.formulas.prompts_like_these import over_prompts
from assets.metrics.formulas.share import Estimate, Floats, Ints, mean_share
from tests.studies.simulations.tables import Entry, Table

TITLE = "Prompts like these"
DRAWS = 5_000
SEED = 6100
#: What the product promises of these intervals: less than the headline's, and the tables say where.
PROMPTS = 0.91


def covered(found: Estimate, truth: float) -> float:
    """Return the share of intervals that hold the truth."""
    return float(np.mean((found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)))


def draws_of(draws: float) -> int:
    """Return how many draws a point has."""
    return max(int(DRAWS * draws), 200)


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


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    return [
        prompts_table(draws),
        wordings_table(draws),
    ]
