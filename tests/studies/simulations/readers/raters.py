"""Figures corrected with gold where people err too: bias, coverage, what is withheld, and what a third rater sees.

Belongs here: people who err, alone, together, or where the labeler does. Does not belong here: estimators
(`assets.metrics.labels`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets.labeling.gold.sampling import allocate
from assets.metrics.formulas.share import Floats, Ints, by_group
from assets.metrics.labels.confusion import Confusion, Gold, Pictures, confusion, corrected_shares
from assets.metrics.labels.distances import corrected_distance2, not_followed
from assets.metrics.labels.gold_evidence import withheld
from assets.metrics.labels.label_error import error_rate
from assets.metrics.labels.raters import Answers, raters, third
from tests.studies.simulations.tables import Table

TITLE = "People err too"
PROMPTS, EACH, GOLD, DRAWS = 27, 20, 400, 300
LABELER, PEOPLE = (0.02, 0.05, 0.10), (0.0, 0.02, 0.05, 0.08, 0.12)
#: Rows in which so few draws are published are of chance alone.
SOME = 0.10


@dataclass(frozen=True)
class Errors:
    """How often the labeler and each of two people are wrong, and what part of people's errors is shared by both.

    With `all` the labeler shares them too.
    """

    labeler: float
    people: float
    shared: float = 0.0
    all: bool = False


def two_values() -> Floats:
    """Return the shares of 27 prompts from one-sided to even."""
    one = 1 / (1 + np.exp(-(np.random.default_rng(2).normal(0, 1.6, PROMPTS) - 0.5)))
    return np.stack([one, 1 - one], axis=1)


def three_values() -> Floats:
    """Return the same of three values."""
    found: Floats = np.random.default_rng(9).dirichlet([2.0, 1.2, 0.8], PROMPTS)
    return found


def readings(rng: np.random.Generator, shares: Floats, errors: Errors) -> tuple[Ints, Ints, Ints]:
    """Return what the labeler reads and two people would say, (prompts, pictures) each."""
    values = shares.shape[1]
    shown = (rng.random((PROMPTS, EACH, 1)) > np.cumsum(shares, axis=1)[:, None, :]).sum(axis=2)

    def other() -> Ints:
        return (shown + rng.integers(1, values, shown.shape)) % values

    together, what = rng.random(shown.shape) < errors.shared * errors.people, other()
    alone = errors.people * (1 - errors.shared) / (1 - errors.shared * errors.people)
    people = [
        np.where(together, what, np.where(rng.random(shown.shape) < alone, other(), shown)) for _ in range(2)
    ]
    rest = errors.labeler
    if errors.all:
        rest = (errors.labeler - errors.shared * errors.people) / (1 - errors.shared * errors.people)
    read = np.where(rng.random(shown.shape) < rest, other(), shown)
    return np.where(together, what, read) if errors.all else read, people[0], people[1]


def rated(rng: np.random.Generator, read: Ints, one: Ints, two: Ints, values: int) -> tuple[Gold, Pictures]:
    """Return gold drawn by predicted value as the product draws it, two answers per picture, and all pictures."""
    wide = values + 1
    counts = np.stack([np.bincount(row, minlength=wide) for row in read]).astype(float)
    flat, said = read.ravel(), np.stack([one.ravel(), two.ravel()], axis=1)
    sizes = np.bincount(flat, minlength=wide)
    strata = np.flatnonzero(sizes)
    many = allocate([int(sizes[value]) for value in strata], GOLD)
    drawn = np.concatenate(
        [
            rng.choice(np.flatnonzero(flat == value), n, replace=False)
            for value, n in zip(strata, many, strict=True)
        ]
    )
    shares = 0.5 * (np.eye(wide)[said[drawn, 0]] + np.eye(wide)[said[drawn, 1]])
    gold = Gold(
        np.repeat(np.arange(len(strata)), many),
        sizes[strata].astype(float),
        flat[drawn],
        shares,
        said[drawn],
        np.full(len(drawn), -1),
    )
    every = np.ones(len(counts), dtype=bool)
    return gold, Pictures(counts, every, every)


@dataclass
class Seen:
    """What one row of the study saw."""

    published: int = 0
    covered: int = 0
    shares: int = 0
    told: int = 0
    squares: float = 0.0
    raw: float = 0.0
    wrong: float = 0.0


def row(shares: Floats, errors: Errors, times: int) -> list[str | int | float]:
    """Return the row of one combination of errors."""
    rng, values, seen = np.random.default_rng([4747, shares.shape[1]]), shares.shape[1], Seen()
    truth, even = (
        float(0.5 * ((shares - 1 / values) ** 2).sum(axis=1).mean()),
        np.full(shares.shape, 1 / values),
    )
    for _ in range(times):
        gold, pictures = rated(rng, *readings(rng, shares, errors), values)
        n = pictures.counts[:, :values].sum(axis=1)
        p = pictures.counts[:, :values] / n[:, None]
        raw = 0.5 * (((p - 1 / values) ** 2).sum(axis=1) - (1 - (p**2).sum(axis=1)) / (n - 1))
        seen.raw += float(raw.mean())
        _one(seen, confusion(gold, pictures), pictures, even, truth, errors, float(shares[:, 0].mean()))
    many, d = max(seen.published, 1), np.sqrt(truth)
    none = not seen.published
    return [
        errors.labeler,
        errors.people,
        errors.shared,
        seen.published / times,
        float(np.sqrt(max(seen.raw / times, 0)) - d),
        "–" if none else float(np.sqrt(max(seen.squares / many, 0)) - d),
        "–" if none else seen.covered / many,
        "–" if none else seen.shares / many,
        "–" if none else seen.wrong / many,
        "–" if none else seen.told / many,
    ]


def _one(
    seen: Seen,
    found: Confusion,
    pictures: Pictures,
    even: Floats,
    truth: float,
    errors: Errors,
    share: float,
) -> None:
    """Count one draw, where it is published."""
    values = np.arange(even.shape[1])
    if found.people is None or withheld(found.people, None) or not_followed(found, values).size:
        return
    square = corrected_distance2(found, pictures, values, even)
    shares, wrong = corrected_shares(found, pictures), error_rate(found)
    seen.published += 1
    seen.squares += float(square.estimate)
    seen.covered += bool(square.low <= truth <= square.high)
    seen.shares += bool(shares.low[0] <= share <= shares.high[0])
    seen.wrong += float(wrong.estimate)
    seen.told += bool(wrong.low <= errors.labeler <= wrong.high)


COLUMNS = (
    "labeler wrong",
    "people wrong",
    "of that shared",
    "published",
    "bias raw distance",
    "bias corrected distance",
    "its coverage",
    "coverage share",
    "label_error",
    "its coverage",
)


def independent(draws: float, *, labeler: tuple[float, ...] = LABELER) -> Table:
    """People who err independently of one another and of the labeler; two and three values."""
    times = max(round(DRAWS * draws), 10)
    found = [
        [shares.shape[1], *row(shares, Errors(one, people), times)]
        for shares in (two_values(), three_values())
        for people in PEOPLE
        for one in labeler
    ]
    told = [one for one in found if float(one[4]) >= SOME]
    bias = max(abs(float(one[6])) for one in told)
    cover = min(float(one[7]) for one in told)
    much = max(float(one[4]) for one in found if float(one[2]) == PEOPLE[-1])
    return Table(
        "People err independently",
        ("values", *COLUMNS),
        found,
        [
            (
                f"published in {SOME:.0%} of draws or more: |bias| of the corrected distance ≤ 0.01",
                bias,
                bias <= 0.01,
            ),
            ("there: coverage ≥ 93 %", cover, cover >= 0.93),
            ("people wrong in 12 %: published in ≤ 2 % of draws", much, much <= 0.02),
        ],
        f"{PROMPTS} prompts × {EACH} pictures, {GOLD} of them rated by two people; {times} benchmarks per row.",
    )


def shared(draws: float) -> Table:
    """Half, and 80 %, of people's errors are of both: two answers do not show it."""
    times = max(round(DRAWS * draws), 10)
    return Table(
        "People err together",
        COLUMNS,
        [
            row(two_values(), Errors(labeler, people, part), times)
            for part in (0.5, 0.8)
            for people in PEOPLE[1:]
            for labeler in LABELER
        ],
        [],
        "Both say the same wrong value; the labeler errs on its own. No number of answers tells this from a labeler "
        "that is wrong more often: the correction is too large.",
    )


def with_labeler(draws: float) -> Table:
    """Half of people's errors are of both, and of the labeler too."""
    times = max(round(DRAWS * draws), 10)
    rows = [
        row(two_values(), Errors(labeler, people, 0.5, all=True), times)
        for people in PEOPLE[1:4]
        for labeler in LABELER
        if labeler >= 0.5 * people
    ]
    worse = max(abs(float(one[5])) - abs(float(one[4])) for one in rows)
    return Table(
        "People err together with the labeler",
        COLUMNS,
        rows,
        [("the corrected distance is never further off than the raw one", worse, worse <= 0)],
        "All three name the same wrong value: the correction is too small.",
    )


def hard(draws: float, sizes: tuple[int, ...] = (100, 200, 400)) -> Table:
    """Pictures that are hard for people and labeler: how often a third rater refutes that they err independently."""
    times = max(round(DRAWS * draws), 20)
    rows: list[list[str | int | float]] = []
    for n in sizes:
        for people in PEOPLE[1:4]:
            refuted = []
            for part in (0.0, 0.5, 0.8):
                rng = np.random.default_rng([4848, n])
                refuted.append(float(np.mean([_refuted(rng, n, people, part) for _ in range(times)])))
            rows.append([n, people, *refuted])
    false, power = max(float(one[2]) for one in rows), min(float(one[4]) for one in rows[-2:])
    return Table(
        "What a third rater refutes",
        (
            "pictures with three answers",
            "people wrong",
            "independent",
            "half on hard pictures",
            "80 % on hard pictures",
        ),
        rows,
        [
            ("independent errors are refuted in ≤ 5 %", false, false <= 0.05),
            (f"{sizes[-1]} pictures, 80 % of errors on hard ones: refuted in ≥ 90 %", power, power >= 0.9),
        ],
        "Three answers per picture. Of a hard one everybody, the labeler too, says either value by chance; the labeler "
        "is wrong in 5 %.",
    )


def _refuted(rng: np.random.Generator, n: int, people: float, part: float) -> bool:
    shown = rng.integers(0, 2, n)
    is_hard = rng.random(n) < 2 * part * people

    def said(error: float) -> Ints:
        wrong = np.where(is_hard, 0.5, max(error - part * people, 0) / (1 - 2 * part * people))
        return shown ^ (rng.random(n) < wrong)

    read = said(0.05)
    answers = Answers.of_people(
        read, np.stack([said(people) for _ in range(3)], axis=1), np.full(n, -1), np.ones(n), 3
    )
    found = raters(answers, by_group(np.ones(n), read, 3) / n)
    return third(answers, found).p_value < 0.05


def tables(draws: float) -> list[Table]:
    """Return the tables of the study; 300 benchmarks per row for `draws` = 1."""
    return [independent(draws), shared(draws), with_labeler(draws), hard(draws)]
