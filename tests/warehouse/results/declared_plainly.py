"""Figures of the analysis file once more, picture by picture in plain Python, as their definitions read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from statsmodels.stats.proportion import proportion_confint

if TYPE_CHECKING:
    from tests.warehouse.results.test_scores_plainly import World

Row = dict[str, Any]
Z = NormalDist().inv_cdf(0.975)


class Part(NamedTuple):
    """One value of one prompt: pictures with it, pictures assessed, its weight, and what is taken off its share.

    And how many of the prompt's pictures count as one.
    """

    prompt: str
    k: int
    n: int
    weight: float
    base: float
    effect: float


class Sum(NamedTuple):
    """A weighted sum of shares with its score interval and its own variance, and what is possible."""

    estimate: float
    low: float
    high: float
    variance: float
    least: float
    most: float
    n: int


def stereotypes(world: World, row: Row) -> Any:
    """Return a figure of pairs of the analysis file."""
    found = [
        pair
        for pair in world.rows("stereotype_pairs")
        if (pair["suite"], pair["attribute"], pair["statistic"] or "stereotypes")
        == (row["suite"], row["attribute"], row["reference"])
    ]
    wanted = [p for p in found if row["value_name"] in (None, f"{p['value']} | {p['subject']}")]
    sides = {own: [_shown(world, row, pair, own=own) for pair in wanted] for own in (True, False)}
    enough = {own: all(sum(n for _, _, n, *_ in side) >= 10 for side in sides[own]) for own in sides}
    own = row["metric"] == "stereotype_share"
    told = _sum(_parts(sides[own]))
    n = 0 if told is None else told.n
    if told is None or not enough[own]:
        return None, None, None, n
    half = Z * sqrt(told.variance)
    low, high = min(told.low, told.estimate - half), max(told.high, told.estimate + half)
    return told.estimate, max(low, told.least), min(high, told.most), n


def _shown(world: World, row: Row, pair: Row, *, own: bool) -> list[tuple[str, int, int, float, float]]:
    """Return (prompt, pictures with the value, assessed, what is taken off, how many count as one) of one side."""
    kind = pair["subject"].partition(":")[0]
    subjects = {
        r["prompt"]: r["subject"]
        for r in world.rows("prompts")
        if (r["week"], r["model"]) == (row["week"], row["model"])
    }
    found = []
    for prompt, pictures in world.pictures(row).items():
        if subjects[prompt].partition(":")[0] != kind or (subjects[prompt] == pair["subject"]) != own:
            continue
        known: Sequence[str] = world.support(row)
        base = 0.0
        if pair["statistic"]:
            shares = world.expected(row, prompt) or {}
            if pair["value"] not in shares:
                continue
            known, base = list(shares), shares[pair["value"]]
        assessed = [one for one in pictures if one in known]
        effect = world.effect(row, prompt)
        found.append((prompt, assessed.count(pair["value"]), len(assessed), base, effect))
    return found


def _parts(side: list[list[tuple[str, int, int, float, float]]]) -> list[Part]:
    """Return the parts of a mean over pairs of means over prompts."""
    seen = [[one for one in pair if one[2]] for pair in side]
    pairs = sum(bool(pair) for pair in seen)
    return [Part(p, k, n, 1 / len(pair) / pairs, base, e) for pair in seen for p, k, n, base, e in pair]


def _sum(parts: list[Part]) -> Sum | None:
    if not parts:
        return None
    of_prompt = defaultdict(list)
    for part in parts:
        of_prompt[part.prompt].append(part)
    total, seen, effective, unbiased, added, n = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    for cell in of_prompt.values():
        effect = cell[0].effect
        size = cell[0].n / effect
        largest = max(part.weight for part in cell)
        seen += sum(p.weight * p.k / p.n for p in cell)
        total, n = total + largest, n + cell[0].n
        effective += largest**2 / size
        more = size + (len(cell) + 1) / 2
        with_half = _variance([(p.weight, (p.k / effect + 0.5) / more) for p in cell]) / more
        added += with_half
        plain = _variance([(p.weight, p.k / p.n) for p in cell])
        unbiased += plain / (size - 1) if size >= 2 else with_half
    base = sum(p.weight * p.base for p in parts)
    pictures = total**2 / effective
    share = min(seen / total, 1)
    low, high = proportion_confint(share * pictures, pictures, method="wilson")
    low, high = (0.0 if share == 0 else low), (1.0 if share > 1 - 1e-12 else high)
    return Sum(
        seen - base, low * total - base, high * total - base, max(unbiased, added), -base, total - base, n
    )


def _variance(values: list[tuple[float, float]]) -> float:
    """Return the variance of a weight that is drawn with these probabilities, and is else 0."""
    return max(0.0, sum(w * w * p for w, p in values) - sum(w * p for w, p in values) ** 2)


def typed(world: World, row: Row) -> Any:
    """Return the mean share of all prompts that are typed, or of a half of them."""
    from tests.warehouse.results.test_scores_plainly import student

    declared = [
        one
        for one in world.rows("typed_subjects")
        if (one["suite"], one["attribute"], one["reference"])
        == (row["suite"], row["attribute"], row["reference"])
    ]
    side_of = {one["subject"].partition(":")[2]: one["side"] for one in declared}
    value, half_of = (
        declared[0]["value"],
        {"male_typed": "male", "female_typed": "female"}.get(row["value_name"]),
    )
    cells, n = [], 0
    for prompt, pictures in world.pictures(row).items():
        assessed = [one for one in pictures if one in (world.expected(row, prompt) or world.support(row))]
        if assessed and half_of in (None, side_of.get(prompt.partition("/")[2])):
            effect = world.effect(row, prompt)
            n += len(assessed)
            cells.append((assessed.count(value) / effect, len(assessed) / effect))
    if not cells:
        return None, None, None, n
    estimate = fmean(k / m for k, m in cells)
    if len(cells) == 1:
        return estimate, *proportion_confint(*cells[0], method="wilson"), n
    more = [(k + 1) / (m + 2) for k, m in cells]
    added = [p * (1 - p) / m for p, (_, m) in zip(more, cells, strict=True)]
    plain = [
        k / m * (1 - k / m) / (m - 1) if m >= 2 else own for (k, m), own in zip(cells, added, strict=True)
    ]
    half = student(sum(m for _, m in cells) + len(cells)) * sqrt(max(sum(added), sum(plain))) / len(cells)
    return estimate, max(estimate - half, 0), min(estimate + half, 1), n


def combination(world: World, row: Row) -> Any:
    """Return the share of pictures that show all values of a combination, and its ends at best and at worst."""
    from tests.warehouse.results.test_scores_plainly import _group, student

    wanted = {
        one["attribute"]: one["value"]
        for one in world.rows("combinations")
        if (one["suite"], one["combination"]) == (row["suite"], row["value_name"])
    }
    counted, told_of = {}, {}
    for prompt, read in world.cells[_group(row)].items():
        if not wanted.keys() <= read.keys():
            continue
        known = {name: set(world.support({**row, "attribute": name})) for name in wanted}
        pictures = list(zip(*(read[name] for name in wanted), strict=True))
        seen = [[v in known[name] for name, v in zip(wanted, one, strict=True)] for one in pictures]
        fits = [
            [v == wanted[name] or v not in known[name] for name, v in zip(wanted, one, strict=True)]
            for one in pictures
        ]
        k = sum(all(s) and all(f) for s, f in zip(seen, fits, strict=True))
        partly = sum(map(any, seen))
        most = sum(any(s) and all(f) for s, f in zip(seen, fits, strict=True))
        counted[prompt] = (k, sum(map(all, seen)), most, partly)
        shows = [all(f) for f in fits]
        told_of[prompt] = [
            ("yes" if f else "no") if all(s) else None for s, f in zip(seen, shows, strict=True)
        ]
    effects = world.designs(row, told_of).each
    here = {p: cell for p, cell in counted.items() if row["prompt"] in (None, p)}
    n = sum(cell[1] for cell in here.values())
    if not n:
        return None, None, None, 0

    def ends(pairs: dict[str, tuple[int, int]]) -> tuple[float, float, float]:
        worth = {p: effects.get(p, 1.0) for p in pairs}
        cells = [(k / worth[p], m / worth[p]) for p, (k, m) in pairs.items() if m]
        mean = fmean(k / m for k, m in cells)
        if len(cells) == 1:
            return (mean, *proportion_confint(*cells[0], method="wilson"))
        more = [(k + 1) / (m + 2) for k, m in cells]
        added = [p * (1 - p) / m for p, (_, m) in zip(more, cells, strict=True)]
        plain = [
            k / m * (1 - k / m) / (m - 1) if m >= 2 else own for (k, m), own in zip(cells, added, strict=True)
        ]
        freedom = sum(m for _, m in cells) + len(cells)
        half = student(freedom) * sqrt(max(sum(added), sum(plain))) / len(cells)
        return mean, max(mean - half, 0), min(mean + half, 1)

    told = ends({p: (k, m) for p, (k, m, _, _) in here.items()})
    least = ends({p: (k, partly) for p, (k, _, _, partly) in here.items()})
    most_ = ends({p: (most, partly) for p, (_, _, most, partly) in here.items()})
    return told[0], min(told[1], least[1]), max(told[2], most_[2]), n


FIGURES = {
    **dict.fromkeys(("stereotype_share", "stereotype_others"), stereotypes),
    "mean_share": typed,
    "combination_share": combination,
}
