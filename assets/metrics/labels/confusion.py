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

import numpy as np

from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, ratio

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
    """

    stratum: Ints
    size: Floats
    read: Ints
    said: Floats


@dataclass(frozen=True)
class Pictures:
    """Pictures of C cells (week × prompt × turn) of the same model and suite, as the labeler read them.

    Attributes:
        counts: (C, K + 1) pictures.
        pool: (C,) whether the gold was drawn of the cell's pictures.
        now: (C,) whether the figure is about the cell; its cells count alike.
    """

    counts: Floats
    pool: Bools
    now: Bools


@dataclass(frozen=True)
class Confusion:
    """The joint shares of what is read and what people see, in the pictures that gold was drawn of.

    Attributes:
        gold: what it was estimated from.
        shown: (K + 1,) λ₀, shares of what was read in all those pictures.
        given: (K + 1, K + 1) P(people see y | read f), rows f; 0 where nothing that was read as f was rated.
        joint: (K + 1, K + 1) A.
        read_as: (K + 1, K + 1) M, columns y; 0 where people never saw y.
        weight: (K + 1,) weighted number of rated pictures by what was read.
        number: pictures that gold was drawn of.
    """

    gold: Gold
    shown: Floats
    given: Floats
    joint: Floats
    read_as: Floats
    weight: Floats
    number: float


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
    given = np.nan_to_num(ratio(total, weight[:, None]))
    joint = shown[:, None] * given
    return Confusion(
        gold, shown, given, joint, np.nan_to_num(ratio(joint, joint.sum(axis=0))), weight, number
    )


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


def corrected_shares(found: Confusion, pictures: Pictures, z: float = Z95) -> Estimate:
    """Return the shares of the K values among pictures that people could assess, with intervals.

    λ is the mean over the figure's cells, as in the raw share. π = π₀ + B (λ - λ₀), where B is the inverse of M over
    the values that are followed; the others, which the labeler's readings do not tell of, keep their π₀. A share is
    π_v / Σ π over the support. The variance is that of the linear part: people's answers within the strata they were
    drawn of, and the pictures within their cells. Ends are clipped to 0 and 1.

    Returns:
        (K,) each; NaN where nothing can be assessed.
    """
    wide = pictures.counts.shape[1]
    support = np.arange(wide) < wide - 1
    followed = np.diag(found.read_as) > FOLLOWED
    back = np.zeros((wide, wide))
    back[np.ix_(followed, followed)] = inverse(found.read_as[np.ix_(followed, followed)])
    before = found.joint.sum(axis=0)
    moved = back @ (_mean_read(pictures) - found.shown)
    now = before + moved
    assessed = now[support].sum()
    share = np.clip(ratio(now[support], assessed), 0, 1)
    half = np.full(wide - 1, np.nan)
    for value in np.flatnonzero(np.isfinite(share)):
        slope = np.where(support, ((np.arange(wide) == value) - now[value] / assessed) / assessed, 0.0)
        u = slope @ back
        of_moved = ratio(moved, before) * (u[:, None] - (u @ found.read_as)[None, :])
        effect = slope[None, :] - u[:, None] - np.where(before > 0, of_moved, 0.0)
        of_cells = np.broadcast_to(u, pictures.counts.shape)
        half[value] = z * np.sqrt(_variance(found, pictures, effect, of_cells, pictures.now))
    return Estimate(share, np.maximum(share - half, 0.0), np.minimum(share + half, 1.0))


def _mean_read(pictures: Pictures) -> Floats:
    """Return the mean over the figure's cells of the shares of what was read."""
    counts = pictures.counts[pictures.now]
    mean: Floats = ratio(counts, counts.sum(axis=1)[:, None]).mean(axis=0)
    return mean


def corrected_distance2(
    found: Confusion, pictures: Pictures, columns: Ints, expected: Floats, z: float = Z95
) -> Estimate:
    """Return the mean over the figure's cells of ½ Σ (p - q)², unbiased but for the error of gold, with its interval.

    It is about pictures that both the labeler and people could assess, as the raw distance is about those that the
    labeler could: with M among those, p = M⁻¹ λ in each cell, and from Σ (p - q)² the trace of p's sampling variance
    M⁻¹ Σ M⁻ᵀ is taken, Σ = (diag λ - λ λᵀ)/(n - 1). Every cell is corrected with the same M: the labeler is assumed
    to err alike on every prompt. The variance adds, linearised, what people's answers leave open about M to that of
    the cells' own terms at their shares with two pseudo-counts. The upper end is clipped at the largest possible
    value; the lower may be negative, as the estimate may.

    Args:
        found: of `confusion`.
        pictures: the figure's cells, each with two pictures or more that show one of `columns`.
        columns: (k,) values of the reference's support, among 0 … K - 1.
        expected: (C, k) their shares in the reference, a row per cell; read where `now`.
        z: normal quantile of the wanted confidence.

    Returns:
        () each.

    Raises:
        ValueError: if a value is not followed (see `not_followed`).
    """
    if not_followed(found, columns).size:
        raise ValueError("a value that people see is read as another more often than not")
    joint = found.joint[np.ix_(columns, columns)]
    seen = joint.sum(axis=0)
    read_as = np.where(seen > 0, np.nan_to_num(ratio(joint, seen)), np.eye(len(columns)))
    back = inverse(read_as)
    x = pictures.counts[pictures.now][:, columns]
    n, cells = x.sum(axis=1), float(pictures.now.sum())
    shares = x / n[:, None]
    p = shares @ back.T
    away = p - expected[pictures.now]
    lengths = (back**2).sum(axis=0)
    trace = (shares @ lengths - (p**2).sum(axis=1)) / (n - 1)
    estimate = float((0.5 * ((away**2).sum(axis=1) - trace)).mean())

    slope = away @ back  # of a cell's term along what is read
    spread = (
        np.diag((shares / (n - 1)[:, None]).sum(axis=0)) - (shares / (n - 1)[:, None]).T @ shares
    ) / cells
    q = slope.T @ p / cells - (back @ spread @ back.T @ back).T
    part = -np.where(seen > 0, ratio(q - (read_as * q).sum(axis=0), seen), 0.0)
    effect = np.zeros_like(found.joint)
    effect[np.ix_(columns, columns)] = part

    centred = np.zeros_like(pictures.counts)
    centred[np.ix_(pictures.now, columns)] = slope - (slope * shares).sum(axis=1)[:, None]
    own = np.zeros(len(pictures.counts), dtype=float)
    own[pictures.now] = pictures.counts[pictures.now].sum(axis=1) / n  # of all pictures, to those that count
    variance = _variance(found, pictures, effect, centred * own[:, None], pictures.now)
    variance += _second_order(x, n, back) / cells**2
    half = z * np.sqrt(variance)
    largest = (
        0.5 * (1 - 2 * expected[pictures.now].min(axis=1) + (expected[pictures.now] ** 2).sum(axis=1)).mean()
    )
    return Estimate(
        np.array(estimate), np.array(estimate - half), np.array(np.minimum(estimate + half, largest))
    )


def not_followed(found: Confusion, columns: Ints) -> Ints:
    """Return those of `columns` that people see and the labeler reads as another of them more often than not."""
    joint = found.joint[np.ix_(columns, columns)]
    seen = joint.sum(axis=0)
    bad: Ints = columns[(seen > 0) & (np.diag(joint) <= FOLLOWED * seen)]
    return bad


def _second_order(x: Floats, n: Floats, back: Floats) -> float:
    """Return Σ ½ tr(V²) over cells, V the sampling variance of p at shares with two pseudo-counts."""
    k = x.shape[1]
    lifted = (x + 2 / k) / (n + 2)[:, None]
    inside = np.einsum("cf,fg->cfg", lifted, np.eye(k)) - lifted[:, :, None] * lifted[:, None, :]
    v = np.einsum("yf,cfg,zg->cyz", back, inside, back) / n[:, None, None]
    return float(0.5 * (v**2).sum())


def gold_variance(found: Confusion, effect: Floats) -> float:
    """Return the variance that comes of rating a few pictures of each stratum, of a figure with d figure = Σ effect dA.

    The larger of two sums over strata, Σ size² s²/n: s² unbiased, and s² with two pseudo-counts, one for each of two
    values (K values share them), since strata in which all agree would have none.
    """
    gold, wide = found.gold, len(found.shown)
    scale = np.where(found.weight > 0, ratio(found.shown, found.weight), 0.0)
    level = scale[:, None] * (effect - (found.given * effect).sum(axis=1)[:, None])
    z = (gold.said * level[gold.read]).sum(axis=1)
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


def _variance(found: Confusion, pictures: Pictures, effect: Floats, slope: Floats, now: Bools) -> float:
    """Return the variance of a figure: of gold, and of the pictures within their cells.

    Args:
        found: of `confusion`.
        pictures: the cells.
        effect: (K + 1, K + 1) derivative of the figure along A.
        slope: (C, K + 1) derivative of the figure along the cells' mean shares read; read where `now`.
        now: (C,) the figure's cells.
    """
    n = pictures.counts.sum(axis=1)
    mean = (found.given * effect).sum(axis=1)
    each = np.where(now, 1 / (max(now.sum(), 1) * np.maximum(n, 1)), 0.0)
    influence = slope * each[:, None] + np.where(pictures.pool, 1.0, 0.0)[:, None] * mean / found.number
    wide = pictures.counts.shape[1]

    def within(counts: Floats, total: Floats) -> Floats:
        shares = ratio(counts, total[:, None])
        spread: Floats = (shares * influence**2).sum(axis=1) - (shares * influence).sum(axis=1) ** 2
        return np.maximum(np.nan_to_num(spread), 0)

    inside = np.arange(wide) < wide - 1
    lifted = within(pictures.counts + np.where(inside, 2 / (wide - 1), 0.0), n + 2) * n
    unbiased = np.where(n > 1, within(pictures.counts, n) * n * ratio(n, n - 1), lifted)
    return gold_variance(found, effect) + max(float(np.nansum(unbiased)), float(lifted[n > 0].sum()))
