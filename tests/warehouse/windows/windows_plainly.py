"""Figures of windows and their scatter, computed again in plain Python: slowly, and from the labels.

How a figure grows with a share is found by moving that share a little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf, sqrt
from typing import NamedTuple

#: (prompt, value) → share.
Shares = Mapping[tuple[str, str], float]
Figure = Callable[[Shares], float]
#: (week, prompt) → value → pictures, or what they are worth.
Counts = Mapping[tuple[str, str], Mapping[str, float]]
STEP = 1e-4


class Model(NamedTuple):
    """What one model drew: its counts of the quiet weeks, which of them are of the window, and what a prompt needs."""

    counts: Counts
    window: Sequence[str]
    least: int = 5


class Designs(NamedTuple):
    """How alike pictures of a cluster are, and what that makes of those of each prompt, and of all."""

    correlation: float
    each: Mapping[str, float]
    whole: float


class Plain(NamedTuple):
    """Scatter of one model's figure."""

    variance: float
    freedom: float
    weeks: int


def pooled(counts: Counts, weeks: Sequence[str], least: int = 5) -> dict[tuple[str, str], float]:
    """Return the shares of prompts with five pictures or more in these weeks, or as many as are needed."""
    total: dict[str, dict[str, float]] = {}
    for (week, prompt), seen in counts.items():
        if week in weeks:
            for value, pictures in seen.items():
                total.setdefault(prompt, {}).setdefault(value, 0)
                total[prompt][value] += pictures
    return {
        (prompt, value): pictures / sum(seen.values())
        for prompt, seen in total.items()
        if sum(seen.values()) >= least
        for value, pictures in seen.items()
    }


def designs(found: Mapping[str, Mapping[str, Sequence[str]]]) -> Designs:
    """Return the design effects of prompt → cluster → values: by analysis of variance, picture by picture."""
    names = sorted({value for of in found.values() for values in of.values() for value in values})
    between = inside = 0.0
    groups = sum(len(of) - 1 for of in found.values())
    within = sum(len(values) - 1 for of in found.values() for values in of.values())
    for of in found.values():
        every = [value for values in of.values() for value in values]
        for name in names:
            mean = every.count(name) / len(every)
            for values in of.values():
                own = values.count(name) / len(values)
                between += len(values) * (own - mean) ** 2
                inside += sum((float(value == name) - own) ** 2 for value in values)
    sizes = {prompt: [len(values) for values in of.values()] for prompt, of in found.items()}
    rho = 1.0
    if not within:
        rho = 0.0
    elif groups >= 10:
        typical = sum(sum(m) - sum(x * x for x in m) / sum(m) for m in sizes.values()) / groups
        a, b = between / groups, inside / within
        if a + (typical - 1) * b > 0:
            rho = min(max((a - b) / (a + (typical - 1) * b), 0), 1)
    mean_size = {prompt: sum(x * x for x in m) / sum(m) for prompt, m in sizes.items()}
    whole = sum(x * x for m in sizes.values() for x in m) / max(sum(map(sum, sizes.values())), 1)
    return Designs(
        rho, {prompt: 1 + (m - 1) * rho for prompt, m in mean_size.items()}, 1 + max(whole - 1, 0) * rho
    )


def gradient(figure: Figure, shares: Shares) -> dict[tuple[str, str], float]:
    """Return how a figure, at most quadratic in shares, grows with each."""
    return {
        at: (figure({**shares, at: share + STEP}) - figure({**shares, at: share - STEP})) / (2 * STEP)
        for at, share in shares.items()
    }


def scatters(models: Sequence[Model], figures: Sequence[Figure]) -> list[Plain]:
    """Return the scatter of the figure of each model of a board."""
    own, sampling, weeks, reach = [], [], [], []
    for model, figure in zip(models, figures, strict=True):
        grown = gradient(figure, pooled(model.counts, model.window, model.least))
        grown = {at: slope for at, slope in grown.items() if abs(slope) > 1e-9}
        prompts = sorted({prompt for prompt, _ in grown})
        whole = {
            prompt: {
                value: sum(seen.get(value, 0) for (_, one), seen in model.counts.items() if one == prompt)
                for value in {v for (_, one), seen in model.counts.items() if one == prompt for v in seen}
            }
            for prompt in prompts
        }
        mean = {p: {v: k / sum(seen.values()) for v, k in seen.items()} for p, seen in whole.items()}
        deviations, expected = [], []
        for week in sorted({week for (week, prompt), seen in model.counts.items() if prompt in prompts}):
            moved = spread = 0.0
            for prompt in prompts:
                seen = model.counts.get((week, prompt), {})
                if not (n := sum(seen.values())):
                    continue
                slopes = {value: grown.get((prompt, value), 0.0) for value in seen}
                moved += sum(
                    slope * (seen[value] / n - mean[prompt][value]) for value, slope in slopes.items()
                )
                first = sum(slope * mean[prompt][value] for value, slope in slopes.items())
                square = sum(slope**2 * mean[prompt][value] for value, slope in slopes.items())
                total = sum(whole[prompt].values())
                spread += (square - first**2) * total / max(total - 1, 1) / n
            deviations.append(moved)
            expected.append(spread)
        many = len(deviations)
        middle = sum(deviations) / many
        variance = sum((d - middle) ** 2 for d in deviations) / (many - 1) if many > 1 else 0.0
        sampling.append(sum(expected) / many)
        own.append(max(variance - sampling[-1], 0.0) if many > 1 else 0.0)
        weeks.append(many)
        tops = [max([0.0, *(g for (one, _), g in grown.items() if one == p)]) for p in prompts]
        ends = [min([0.0, *(g for (one, _), g in grown.items() if one == p)]) for p in prompts]
        reach.append(sum(tops) - sum(ends))
    freedom = [many - 1 for many in weeks]
    together = sum(freedom)
    if together < 4:
        return [Plain((0.05 * r) ** 2, inf, many) for r, many in zip(reach, weeks, strict=True)]
    shared = sum(f * x for f, x in zip(freedom, own, strict=True)) / together
    level = sum(f * (x + s) for f, x, s in zip(freedom, own, sampling, strict=True)) / together
    found = []
    for x, s, f, many in zip(own, sampling, freedom, weeks, strict=True):
        error = 2 * level**2 / together
        if many >= 4:
            error = (2 * (x + s) ** 2 / f + error) / 4
        variance = (x + shared) / 2 if many >= 4 else shared
        least = max(min(f, together) if many >= 4 else together, 4)
        found.append(Plain(variance, max(2 * (variance + s) ** 2 / error, least) if error else inf, many))
    return found


def widened(estimate: float, end: float, plain: Plain, weeks: int, sign: int) -> float:
    """Return where an end of an interval of sampling alone lies with scatter."""
    z, f = 1.9599639845400536, min(plain.freedom, 1e12)
    t = (
        z
        + (z**3 + z) / 4 / f
        + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / f**2
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / f**3
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160 / f**4
    )
    half = t / z * sqrt((end - estimate) ** 2 + z**2 * plain.variance / weeks)
    return estimate + sign * half
