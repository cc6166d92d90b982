"""Word against word: what changes in the pictures of one model when the prompt changes, on arrays of counts.

a is the prompt that is changed, b what it is changed into; every change is b - a. Prompts are paired by subject, and a
pair counts only where both have pictures. Prompts are fixed, pictures are the sample, and those of a and of b are
independent: the pairing is one of prompts, not of pictures.

Most comparisons have one pair, where `pairs` covers too rarely: as little as 88 % (shares, one nearly 0 and the other
nearly 1) and 88 % (`distance2`, one side all of one value), at n = 5 to 20. So the interval of one pair is the hull of
that of `pairs` and of a Wald interval at shares with two pseudo-counts (Agresti & Caffo 2000, Simple and effective
confidence intervals for proportions and differences, Am. Stat. 54: 280-288, with n for their n + 2): 94 % and more from
n = 10 on. It is 13 % wider for shares and 3 % for `distance2` at n = 10, 4 % and 1 % at n = 40.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assets.metrics.formulas.distance import MIN_PICTURES, Terms
from assets.metrics.formulas.share import Z95, Bools, Estimate, Floats, Ints, by_group, mean_share, ratio
from assets.metrics.ranks.pairs import differences, share_differences
from assets.metrics.registry.metric import NO_REFERENCE, Metric, metric

_PAIRS = "pictures read as a value of the support, of the pairs of prompts that enter; n_a before, n_b after"
_SEEN = (
    "no usable pictures (side)",
    "no picture could be assessed (side)",
    "too few: … of 5 needed (side)",
    "too few: no subject has … assessed pictures on both sides",
)
_DIFFERENCE = (
    "95 %, prompts fixed: MOVER from the intervals of both sides; "
    "one pair alone: hull with Wald at two pseudo-counts"
)


def share_changes(
    k_a: npt.ArrayLike,
    n_a: npt.ArrayLike,
    k_b: npt.ArrayLike,
    n_b: npt.ArrayLike,
    group: Ints,
    groups: int,
    z: float = Z95,
) -> Estimate:
    """Return the change of the mean share from a to b over the pairs of each group, with an interval.

    Args:
        k_a: pictures of a with the value, one entry a pair.
        n_a: pictures of a in which the attribute was assessed; pairs with none on a side are left out.
        k_b: the same of b.
        n_b: the same of b.
        group: the group of each pair, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each, within -1 and 1; NaN for groups without a pair that has pictures on both sides.
    """
    hits_a, all_a, hits_b, all_b = (np.asarray(x, dtype=float) for x in (k_a, n_a, k_b, n_b))
    used = (all_a > 0) & (all_b > 0)
    found = share_differences(hits_b, all_b, hits_a, all_a, group, groups, z)
    with np.errstate(divide="ignore", invalid="ignore"):  # of pairs that are left out
        shares = [(hits + 1) / (total + 2) for hits, total in ((hits_a, all_a), (hits_b, all_b))]
        variance = sum(p * (1 - p) / n for p, n in zip(shares, (all_a, all_b), strict=True))
    wide = _widened(found, shares[1] - shares[0], np.asarray(variance), used, group, groups, z)
    return Estimate(wide.estimate, np.maximum(wide.low, -1.0), np.minimum(wide.high, 1.0))


@metric(
    Metric(
        "controllability",
        "Change of the squared distance when diversity is asked for",
        "distance2 after - distance2 before, of prompts of one subject; over subjects: mean over pairs",
        (-1.5, 1.5),
        "page: what a request for diversity changes, of weeks and of studies",
        better="lower",
        unit="squared share; negative: closer to the reference",
        per=("attribute", "reference"),
        support="the values that the reference's row names for the prompt",
        denominator=_PAIRS + "; two on each side of a pair",
        interval=_DIFFERENCE,
        null_when=(NO_REFERENCE, *_SEEN),
        source="interval: Zou & Donner 2008, Stat. Med. 27: 1693-1702; Agresti & Caffo 2000, Am. Stat. 54: 280-288",
    ),
    of="pairs",
)
def distance2_changes(a: Terms, b: Terms, group: Ints, groups: int, z: float = Z95) -> Estimate:
    """Return the change of the mean `distance2` from a to b over the pairs of each group, with an interval.

    Args:
        a: of `distance.terms`, one entry a pair; pairs with fewer than two pictures on a side are left out.
        b: the same of b, in the same order.
        group: the group of each pair, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each, in squared shares; negative: closer to the reference. NaN for groups without a pair.
    """
    used = (a.n >= MIN_PICTURES) & (b.n >= MIN_PICTURES)
    found = differences(b, a, group, groups, z)
    return _widened(found, b.plain - a.plain, a.plug_in + b.plug_in, used, group, groups, z)


def _widened(
    found: Estimate, middle: Floats, variance: Floats, used: Bools, group: Ints, groups: int, z: float
) -> Estimate:
    """Return the hull with middle ± z √variance for groups of one used pair; others as they are."""
    where = group[used]
    alone = by_group(np.ones(len(where)), where, groups) == 1
    own = by_group(middle[used], where, groups)
    half = z * np.sqrt(np.maximum(by_group(variance[used], where, groups), 0))
    low = np.where(alone, np.minimum(found.low, own - half), found.low)
    high = np.where(alone, np.maximum(found.high, own + half), found.high)
    return Estimate(found.estimate, low, high)


def corrected_wilson(k: npt.ArrayLike, n: npt.ArrayLike, z: float = Z95) -> Estimate:
    """Return shares k / n with Wilson intervals with continuity correction: 94.8 % at least at every n and share.

    Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, Stat. Med. 17: 857-872, method 4.

    Args:
        k: pictures with the value; any shape.
        n: pictures assessed; broadcast against `k`. NaN comes back where n = 0.
        z: normal quantile of the wanted confidence.
    """
    hits, total = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    share = ratio(hits, total)
    safe = np.where(total > 0, total, np.nan)
    both = 2 * (safe + z * z)
    low_root = np.maximum(z * z - 2 - 1 / safe + 4 * share * (safe * (1 - share) + 1), 0)
    high_root = np.maximum(z * z + 2 - 1 / safe + 4 * share * (safe * (1 - share) - 1), 0)
    low = (2 * hits + z * z - 1 - z * np.sqrt(low_root)) / both
    high = (2 * hits + z * z + 1 + z * np.sqrt(high_root)) / both
    low = np.where(hits == 0, 0.0, np.clip(low, 0.0, share))
    high = np.where(hits == total, 1.0, np.clip(high, share, 1.0))
    seen = total > 0
    return Estimate(share, np.where(seen, low, np.nan), np.where(seen, high, np.nan))


def direction(k_a: npt.ArrayLike, n_a: npt.ArrayLike, expected: npt.ArrayLike, z: float = Z95) -> Ints:
    """Return where a share would have to go to reach the reference: 1 up, -1 down, 0 where that is not clear.

    It is clear where the interval of a's own share (`corrected_wilson`) does not hold the reference: of a model that
    lies on the reference exactly, 5 % are taken to lie on a side.

    Args:
        k_a: pictures of a with the value; any shape.
        n_a: pictures of a in the support of the reference.
        expected: the reference's share of the value.
        z: normal quantile of the wanted confidence.
    """
    return toward(corrected_wilson(k_a, n_a, z), expected)


def toward(own: Estimate, expected: npt.ArrayLike) -> Ints:
    """Return the same of shares with intervals of their own; 0 where there is none."""
    target = np.asarray(expected, dtype=float)
    found: Ints = np.where(own.high < target, 1, np.where(own.low > target, -1, 0)).astype(np.int64)
    return found


@metric(
    Metric(
        "overcorrection",
        "How far a share went past the reference",
        "max(0, mean over pairs of d), d = p̂_after - q where the share lay below q before, q - p̂_after where above",
        (0.0, 1.0),
        "page: what a request for diversity changes, of weeks and of studies",
        better="lower",
        of="the value",
        per=("attribute", "reference"),
        support="the values that the reference's row names for the prompt",
        denominator=_PAIRS + "; pairs whose share before is clearly on one side of the reference",
        interval="95 %, prompts fixed: of the mean share after; one pair alone: Wilson with continuity correction; "
        "cut at 0",
        null_when=(
            NO_REFERENCE,
            "nothing to correct: the baseline is not clearly on one side of the reference",
            *_SEEN,
        ),
        source="interval of one pair: Newcombe 1998, Stat. Med. 17: 857-872, method 4",
    ),
    of="pairs",
)
def past_reference(
    toward: Ints,
    k_b: npt.ArrayLike,
    n_b: npt.ArrayLike,
    expected: npt.ArrayLike,
    group: Ints,
    groups: int,
    z: float = Z95,
) -> Estimate:
    """Return how far the share of b lies past the reference, seen from the side on which a lay: the mean of d.

    d is p̂_b - q where a lay below the reference and q - p̂_b where it lay above; it is negative where b fell short.
    Overcorrection is what `above_zero` leaves of the mean over pairs: max(0, ·) of each pair would call a model that
    hits the reference exactly overcorrected, by 0.06 at n = 10. So a subject that fell short makes up for one that went
    too far; single subjects are groups of their own. The interval is that of the mean share (of one pair
    `corrected_wilson`).

    Args:
        toward: of `direction`, one entry a pair; pairs with 0 are left out.
        k_b: pictures of b with the value.
        n_b: pictures of b in the support of the reference; pairs with none are left out.
        expected: the reference's share of the value for b.
        group: the group of each pair, 0 … groups - 1.
        groups: number of groups.
        z: normal quantile of the wanted confidence.

    Returns:
        (groups,) each; NaN for groups without a pair whose direction is clear.
    """
    hits, total, target = (np.asarray(x, dtype=float) for x in (k_b, n_b, expected))
    used = (toward != 0) & (total > 0)
    up, where, n = toward[used] > 0, group[used], total[used]
    past = np.where(up, hits[used], n - hits[used])
    goal = np.where(up, target[used], 1 - target[used])
    pairs = by_group(np.ones(len(where)), where, groups)
    many = mean_share(past, n, where, groups, z)
    one = corrected_wilson(by_group(past, where, groups), by_group(n, where, groups), z)
    mean = Estimate(*(np.where(pairs == 1, a, b) for a, b in zip(one, many, strict=True)))
    whole = ratio(by_group(goal, where, groups), pairs)
    return Estimate(*(part - whole for part in mean))


@metric(
    Metric(
        "caricature_rate",
        "Stereotyped dress that came with the request for diversity",
        "max(0, share of pictures in such dress after - before); over subjects: mean over pairs before the cut",
        (0.0, 1.0),
        "page: what a request for diversity changes",
        better="lower",
        of="the values that count, with commas between",
        per=("attribute",),
        support="the attribute's values; of them count keffiyeh, sombrero and turban (headwear), traditional "
        "(clothing_era), as `comparisons.yaml` says",
        denominator=_PAIRS,
        interval=_DIFFERENCE + "; cut at 0",
        null_when=_SEEN,
        source="interval: Newcombe 1998, Stat. Med. 17: 873-890; Agresti & Caffo 2000, Am. Stat. 54: 280-288",
    ),
    of="pairs",
)
def above_zero(change: Estimate) -> Estimate:
    """Return a change with its estimate and both ends cut at 0: what came, never what went."""
    return Estimate(*(np.maximum(part, 0.0) for part in change))


def side_mean(values: Floats, used: Bools, group: Ints, groups: int) -> Floats:
    """Return the mean of one side's values over the used pairs of each group; NaN where none is used."""
    where = group[used]
    return ratio(by_group(values[used], where, groups), by_group(np.ones(len(where)), where, groups))
