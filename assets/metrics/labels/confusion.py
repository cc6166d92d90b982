"""What a labeler's errors do to figures: how often it reads each value where people see another, and figures corrected.

Values are numbered 0 … K - 1 and `outside`, K, stands for all that is no value of the support: cannot tell, not
applicable, invalid, no label. People's answers on a random sample give, weighted by inverse inclusion probabilities,
the joint shares A[f, y] of what is read (f) and what people see (y), and M[f, y] = P(read f | people see y). Rows of A
are set to the known shares of what was read, so that A is the stratified estimate of `gold` with the values read as
strata. The composition π of pictures with read shares λ follows from M π = λ (Rogan & Gladen 1978, Am. J. Epidemiol.
107: 71-76; for K values the matrix method, Buonaccorsi 2010, Measurement Error, ch. 3), written as
π = π₀ + B (λ - λ₀) with π₀, λ₀ of the pictures that the gold is of. On those pictures it is the stratified estimate
itself, and it stays right where the model has changed since, as long as the labeler errs alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio
from assets.metrics.labels.raters import Answers, Raters, raters

#: A value is followed if it is read in more than this share of the pictures in which people see it. Then M is strictly
#: dominated by its diagonal, column by column, and has an inverse. Half is not enough, however it was rounded.
FOLLOWED = 0.5 + 1e-9
#: So large a part of the pictures may be read as a value of which no picture was rated.
UNRATED = 0.02


@dataclass(frozen=True)
class Gold:
    """People's answers on a random sample of one model's pictures of one suite, P pictures in H strata.

    Attributes:
        stratum: (P,) the stratum that the picture was drawn of.
        size: (H,) pictures that the stratum stands for; of several sets of one week each stands for its part.
        read: (P,) the value that the labeler read, 0 … K.
        said: (P, K + 1) what people said, adding up to 1; two who differ count half each.
        answers: (P, A) what each person said, -1 where nobody else did. None: what people said is what is shown.
        settled: (P,) what the third person said, -1 where nothing.
    """

    stratum: Ints
    size: Floats
    read: Ints
    said: Floats
    answers: Ints | None = None
    settled: Ints | None = None


@dataclass(frozen=True)
class Pictures:
    """Pictures of C cells (week × prompt × turn) of the same model and suite, as the labeler read them.

    Attributes:
        counts: (C, K + 1) pictures.
        pool: (C,) whether the gold was drawn of the cell's pictures.
        now: (C,) whether the figure is about the cell.
        prompt: (C,) which of the figure's prompts a cell is of, 0 … M - 1, read where `now`; prompts count alike. None:
            each cell is a prompt of its own.
        effect: (C,) design effect of the cell's pictures, the same in all cells of a prompt; None: 1.
    """

    counts: Floats
    pool: Bools
    now: Bools
    prompt: Ints | None = None
    effect: Floats | None = None

    @cached_property
    def of(self) -> Ints:
        """(cells of the figure,) which of its prompts each is of."""
        every = np.arange(int(self.now.sum()))
        return every if self.prompt is None else self.prompt[self.now]

    @cached_property
    def figure(self) -> Floats:
        """(M, K + 1) pictures of the figure's prompts."""
        many = int(self.of.max(initial=-1)) + 1
        return np.stack([by_group(column, self.of, many) for column in self.counts[self.now].T], axis=1)

    @cached_property
    def effects(self) -> Floats:
        """(C,) design effect of the cell's pictures."""
        return np.ones(len(self.counts)) if self.effect is None else self.effect

    def of_prompts(self, values: Floats) -> Floats:
        """Return what cells have as rows of the figure's prompts: it is the same in all cells of one."""
        rows: Floats = values[self.now][np.unique(self.of, return_index=True)[1]]
        return rows

    def spread(self, values: Floats) -> Floats:
        """Return what the figure's prompts have, for each of the C cells; 0 where the figure is not about it."""
        found = np.zeros((len(self.counts), *values.shape[1:]))
        found[self.now] = values[self.of]
        return found


@dataclass(frozen=True)
class Confusion:
    """The joint shares of what is read and what people see, in the pictures that gold was drawn of.

    Where pictures were rated twice people's own errors are taken out (`raters`): what they see is then what is shown.

    Attributes:
        gold: what it was estimated from.
        shown: (K + 1,) λ₀, shares of what was read in all those pictures.
        given: (K + 1, K + 1) P(people see y | read f), rows f; 0 where nothing that was read as f was rated.
        joint: (K + 1, K + 1) A.
        read_as: (K + 1, K + 1) M, columns y; 0 where people never saw y.
        weight: (K + 1,) weighted number of rated pictures by what was read.
        number: pictures that gold was drawn of.
        people: how people err; None where no picture has two answers: what they said is then what is shown.
        answers: what that was estimated from.
    """

    gold: Gold
    shown: Floats
    given: Floats
    joint: Floats
    read_as: Floats
    weight: Floats
    number: float
    people: Raters | None = None
    answers: Answers | None = None


def confusion(gold: Gold, pictures: Pictures) -> Confusion:
    """Estimate the joint shares from gold, weighted by inverse inclusion probabilities and set to λ₀."""
    wide = pictures.counts.shape[1]
    rated = by_group(np.ones(len(gold.read)), gold.stratum, len(gold.size))
    weights = ratio(gold.size, rated)[gold.stratum]
    weight = by_group(weights, gold.read, wide)
    total = np.zeros((wide, wide))
    np.add.at(total, gold.read, weights[:, None] * gold.said)
    pool = pictures.counts[pictures.pool].sum(axis=0)
    number = float(pool.sum())
    shown = ratio(pool, number)
    given, answers, people = np.nan_to_num(ratio(total, weight[:, None])), None, None
    if gold.answers is not None and gold.settled is not None:
        answers = Answers.of_people(gold.read, gold.answers, gold.settled, weights, wide)
        if answers.twice.any():
            people = raters(answers, shown)
            given = people.given
    joint = shown[:, None] * given
    read_as = np.nan_to_num(ratio(joint, joint.sum(axis=0)))
    return Confusion(gold, shown, given, joint, read_as, weight, number, people, answers)


def unrated(found: Confusion, pictures: Pictures) -> Ints:
    """Return the values of which no picture was rated, though more than `UNRATED` of the pictures were read so.

    Of the pool's pictures or of the figure's; a few pictures read as a value that gold knows nothing of are left out.
    """
    bad = np.zeros(len(found.weight), dtype=bool)
    for cells in (pictures.pool, pictures.now):
        seen = pictures.counts[cells].sum(axis=0)
        bad |= (found.weight == 0) & (seen > UNRATED * seen.sum())
    return np.flatnonzero(bad)


def inverse(matrix: Floats) -> Floats:
    """Return the inverse of a matrix that is dominated by its diagonal (Gauss-Jordan, no exchange of rows)."""
    size = len(matrix)
    wide = np.hstack([matrix, np.eye(size)])
    for step in range(size):
        wide[step] = wide[step] / wide[step, step]
        factors = wide[:, step].copy()
        factors[step] = 0.0
        wide = wide - factors[:, None] * wide[step]
    return wide[:, size:]


class _Shares(NamedTuple):
    """The composition of what people see, and what it rests on."""

    back: Floats  # B
    before: Floats  # π₀
    moved: Floats  # B (λ - λ₀)
    assessed: float  # Σ π over the support


def _composition(found: Confusion, pictures: Pictures) -> _Shares:
    wide = pictures.counts.shape[1]
    followed = np.diag(found.read_as) > FOLLOWED
    back = np.zeros((wide, wide))
    back[np.ix_(followed, followed)] = inverse(found.read_as[np.ix_(followed, followed)])
    before = found.joint.sum(axis=0)
    moved = back @ (_mean_read(pictures) - found.shown)
    return _Shares(back, before, moved, (before + moved)[:-1].sum())


def share_slopes(found: Confusion, pictures: Pictures) -> Floats:
    """Return how each corrected share grows with the mean share of what is read, (K, K + 1)."""
    back, before, moved, assessed = _composition(found, pictures)
    wide = len(before)
    own = np.eye(wide)[:-1] - ratio((before + moved)[:-1, None], assessed)
    slopes: Floats = np.where(np.arange(wide) < wide - 1, ratio(own, assessed), 0.0) @ back
    return slopes


def corrected_shares(found: Confusion, pictures: Pictures, z: float = Z95) -> Estimate:
    """Return the shares of the K values among pictures that people could assess, with intervals.

    λ is the mean over the figure's prompts, as in the raw share. π = π₀ + B (λ - λ₀), where B is the inverse of M over
    the values that are followed; the others, which the labeler's readings do not tell of, keep their π₀. A share is
    π_v / Σ π over the support. The variance is that of the linear part: people's answers within the strata they were
    drawn of, and the pictures within their cells. Ends are clipped to 0 and 1.

    Returns:
        (K,) each; NaN where nothing can be assessed.
    """
    wide = pictures.counts.shape[1]
    support = np.arange(wide) < wide - 1
    back, before, moved, assessed = _composition(found, pictures)
    now = before + moved
    share = np.clip(ratio(now[support], assessed), 0, 1)
    half = np.full(wide - 1, np.nan)
    for value in np.flatnonzero(np.isfinite(share)):
        slope = np.where(support, ((np.arange(wide) == value) - now[value] / assessed) / assessed, 0.0)
        u = slope @ back
        of_moved = ratio(moved, before) * (u[:, None] - (u @ found.read_as)[None, :])
        effect = slope[None, :] - u[:, None] - np.where(before > 0, of_moved, 0.0)
        of_cells = np.broadcast_to(u, pictures.counts.shape)
        half[value] = z * np.sqrt(figure_variance(found, pictures, effect, of_cells))
    return Estimate(share, np.maximum(share - half, 0.0), np.minimum(share + half, 1.0))


def _mean_read(pictures: Pictures) -> Floats:
    """Return the mean over the figure's prompts of the shares of what was read."""
    counts = pictures.figure
    mean: Floats = ratio(counts, counts.sum(axis=1)[:, None]).mean(axis=0)
    return mean


def gold_variance(found: Confusion, effect: Floats) -> float:
    """Return the variance that comes of rating a few pictures of each stratum, of a figure with d figure = Σ effect dA.

    The larger of two sums over strata, Σ size² s²/n: s² unbiased, and s² with two pseudo-counts, one for each of two
    values (K values share them), since strata in which all agree would have none.
    """
    gold, wide = found.gold, len(found.shown)
    scale = np.where(found.weight > 0, ratio(found.shown, found.weight), 0.0)
    level = scale[:, None] * (effect - (found.given * effect).sum(axis=1)[:, None])
    if found.people is None:
        z = (gold.said * level[gold.read]).sum(axis=1)
    else:
        z = found.people.along(found.shown[:, None] * effect)
    strata = len(gold.size)
    n = by_group(np.ones(len(z)), gold.stratum, strata)
    first, second = by_group(z, gold.stratum, strata), by_group(z**2, gold.stratum, strata)
    unbiased = (second - ratio(first**2, n)) / np.maximum(n - 1, 1)
    each = 2 / n[gold.stratum]  # the two pseudo-counts of a stratum are read as its pictures are
    pseudo = level[:, : wide - 1]
    first = first + by_group(each * pseudo.mean(axis=1)[gold.read], gold.stratum, strata)
    second = second + by_group(each * (pseudo**2).mean(axis=1)[gold.read], gold.stratum, strata)
    lifted = second / (n + 2) - (first / (n + 2)) ** 2
    sums = [float((gold.size**2 * np.maximum(part, 0) / n).sum()) for part in (unbiased, lifted)]
    return max(sums)


def pool_variance(found: Confusion, effect: Floats) -> float:
    """Return the variance that comes of the pictures that gold was drawn of, as one sample."""
    mean = (found.given * effect).sum(axis=1)
    return float((found.shown * mean**2).sum() - (found.shown * mean).sum() ** 2) / found.number


def figure_variance(found: Confusion, pictures: Pictures, effect: Floats, slope: Floats) -> float:
    """Return the variance of a figure: of gold, and of the pictures within their cells, drawn together or not.

    Args:
        found: of `confusion`.
        pictures: the cells.
        effect: (K + 1, K + 1) derivative of the figure along A.
        slope: (C, K + 1) derivative of the figure along the mean over prompts of the shares read; read where `now`.
    """
    design = pictures.effects
    counts = pictures.counts / design[:, None]
    n = counts.sum(axis=1)
    mean = (found.given * effect).sum(axis=1)
    of_prompt = pictures.figure.sum(axis=1)
    each = pictures.spread(1 / (max(len(of_prompt), 1) * np.maximum(of_prompt, 1)))
    influence = slope * each[:, None] + np.where(pictures.pool, 1.0, 0.0)[:, None] * mean / found.number
    influence = influence * design[:, None]
    wide = pictures.counts.shape[1]

    def within(counts: Floats, total: Floats) -> Floats:
        shares = ratio(counts, total[:, None])
        spread: Floats = (shares * influence**2).sum(axis=1) - (shares * influence).sum(axis=1) ** 2
        return np.maximum(np.nan_to_num(spread), 0)

    inside = np.arange(wide) < wide - 1
    lifted = within(counts + np.where(inside, 2 / (wide - 1), 0.0), n + 2) * n
    unbiased = np.where(n >= 2, within(counts, n) * n * ratio(n, n - 1), lifted)
    return gold_variance(found, effect) + max(float(np.nansum(unbiased)), float(lifted[n > 0].sum()))
