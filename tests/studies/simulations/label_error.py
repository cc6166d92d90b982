"""What gold buys where labelers err: orders, coverage, and errors that differ from model to model.

Belongs here: weeks with planted truth, a labeler that errs, gold drawn as `cliche gold sample` draws it. Does not
belong here: estimators (`assets.metrics.labels.confusion`, `assets.metrics.labels.label_error`), the share of one
gold set (`gold`).

A week is 40 prompts with 25 pictures each. Pictures are drawn by prompt, read with the labeler's errors, and gold is
drawn by predicted value with inclusion probabilities, two of each at least; what people see is the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.labeling.gold.sampling import allocate
from assets.metrics.formulas.share import Estimate
from assets.metrics.labels.confusion import (
    Confusion,
    Gold,
    Pictures,
    confusion,
    corrected_shares,
)
from assets.metrics.labels.distances import corrected_distance2, not_followed
from assets.metrics.labels.label_error import differences
from tests.studies.simulations.tables import Table

TITLE = "Label error: what gold buys"
PROMPTS, EACH = 40, 25
SIZES = (40, 100, 200, 400)
BENCHMARKS = 2000
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Model:
    """A model and its labeler.

    Attributes:
        truth: (C, Y) chances of what a picture of each prompt shows; the last is: people cannot tell.
        reads: (Y, F) chances of what the labeler reads, or (C, Y, F) by prompt; the last is: it cannot tell.
    """

    truth: Floats
    reads: Floats


def errs(error: float, values: int = 2, unread: float = 0.0) -> Floats:
    """Return a labeler that reads another value with chance `error`, any alike, and nothing with chance `unread`."""
    inside = np.full((values, values), error / (values - 1))
    np.fill_diagonal(inside, 1 - error)
    reads = np.zeros((values + 1, values + 1))
    reads[:values, :values] = inside * (1 - unread)
    reads[:values, values] = unread
    reads[values, values] = 1.0
    return reads


def two_values(shares: Floats) -> Floats:
    """Return chances of two values, of prompts that show the first in these shares."""
    return np.stack([shares, 1 - shares, 0 * shares], axis=1)


def spread(mean: float, seed: int = 5) -> Floats:
    """Return shares of 40 prompts, from one-sided to even, with this mean."""
    drawn = np.random.default_rng(seed).beta(4 * mean, 4 * (1 - mean), PROMPTS)
    found: Floats = np.clip(drawn + mean - drawn.mean(), 0.01, 0.99)
    return found + (mean - found.mean())


def week(rng: np.random.Generator, model: Model) -> Counts:
    """Return the pictures of a week: (C, Y, F)."""
    shown = rng.multinomial(EACH, model.truth)
    return np.stack(
        [rng.multinomial(shown[:, y], model.reads[..., y, :]) for y in range(model.truth.shape[1])], axis=1
    )


def draw(rng: np.random.Generator, pictures: Counts, sample: int) -> Gold:
    """Return gold of a week, drawn by predicted value as the product draws it."""
    by_read = pictures.sum(axis=0)
    sizes = by_read.sum(axis=0)
    read = np.flatnonzero(sizes)
    rated = allocate([int(sizes[f]) for f in read], sample)
    seen = [rng.multivariate_hypergeometric(by_read[:, f], n) for f, n in zip(read, rated, strict=True)]
    said = [np.repeat(np.eye(len(by_read)), counts, axis=0) for counts in seen]
    return Gold(
        stratum=np.repeat(np.arange(len(read)), rated),
        size=sizes[read].astype(float),
        read=np.repeat(read, rated),
        said=np.concatenate(said),
    )


@dataclass(frozen=True)
class Figures:
    """Figures of one model: of the first value's share and of the squared distance from even shares."""

    share: Estimate
    raw_share: float
    distance2: Estimate
    raw_distance2: float
    confusion: Confusion


def figures(gold: Gold, counts: Counts, pool: Counts | None = None) -> Figures:
    """Return what the product makes of a week's readings and of gold, of the week or of the weeks in `pool`."""
    now = counts.sum(axis=1).astype(float)
    values = now.shape[1] - 1
    if pool is None:
        pictures = Pictures(now, np.ones(len(now), bool), np.ones(len(now), bool))
    else:
        both = np.concatenate([pool.sum(axis=1), now])
        here = np.arange(len(both)) >= len(pool)
        pictures = Pictures(both, ~here, here)
    found = confusion(gold, pictures)
    even = np.full((len(pictures.counts), values), 1 / values)
    share = corrected_shares(found, pictures)
    n = now[:, :values].sum(axis=1)
    raw = now[:, :values] / n[:, None]
    unbiased = 0.5 * (((raw - 1 / values) ** 2).sum(axis=1) - (1 - (raw**2).sum(axis=1)) / (n - 1))
    told = not not_followed(found, np.arange(values)).size
    nothing = Estimate(*(np.array(np.nan) for _ in range(3)))
    return Figures(
        Estimate(*(np.asarray(part[0]) for part in share)),
        float(raw[:, 0].mean()),
        corrected_distance2(found, pictures, np.arange(values), even) if told else nothing,
        float(unbiased.mean()),
        found,
    )


def true_distance2(model: Model) -> float:
    """Return the mean over prompts of ½ Σ (p - 1/K)²."""
    inside = model.truth[:, :-1]
    p = inside / inside.sum(axis=1)[:, None]
    return float(0.5 * ((p - 1 / p.shape[1]) ** 2).sum(axis=1).mean())


def true_share(model: Model) -> float:
    """Return the share of the first value among pictures that people can assess."""
    return float(model.truth[:, 0].sum() / model.truth[:, :-1].sum())


def holds(found: Sequence[Estimate], truth: float) -> float:
    """Return the part of the intervals that hold the truth; figures that are not reported have none."""
    return float(np.mean([one.low <= truth <= one.high for one in found if not np.isnan(one.estimate)]))


def _separate(a: Estimate, b: Estimate) -> float:
    """Return the estimate of a - b over half the width of its interval."""
    width = np.hypot((a.high - a.low) / 2, (b.high - b.low) / 2)
    return float((a.estimate - b.estimate) / width)


POPULATIONS = {
    "every prompt alike": (two_values(np.full(PROMPTS, 0.80)), two_values(np.full(PROMPTS, 0.74))),
    "prompts from even to one-sided": (two_values(spread(0.80)), two_values(spread(0.74))),
}


def orders(draws: float, sizes: Sequence[int] = SIZES) -> Table:
    """Two models, one read with 11 % error and one with 1 %, 6 points apart, by the size of gold."""
    times = max(round(BENCHMARKS * draws), 20)
    rows: list[list[str | int | float]] = []
    best: dict[str, list[float]] = {"right": [], "cover": [], "wrong": []}
    for number, (title, (first, second)) in enumerate(POPULATIONS.items()):
        a, b = Model(first, errs(0.11)), Model(second, errs(0.01))
        for size in sizes:
            rng = np.random.default_rng([4040, number, size])
            pairs = []
            for _ in range(times):
                found = [figures(draw(rng, w, size), w) for w in (week(rng, a), week(rng, b))]
                pairs.append((found[0], found[1]))
            cover = [
                holds([one.share for one, _ in pairs], true_share(a)),
                holds([two.share for _, two in pairs], true_share(b)),
                holds([one.distance2 for one, _ in pairs], true_distance2(a)),
                holds([two.distance2 for _, two in pairs], true_distance2(b)),
            ]
            wrong = float(np.mean([x.raw_share < y.raw_share for x, y in pairs]))
            right = float(np.mean([x.share.estimate > y.share.estimate for x, y in pairs]))
            rows.append(
                [
                    title,
                    size,
                    200 * wrong,
                    200 * right,
                    200 * float(np.mean([x.distance2.estimate > y.distance2.estimate for x, y in pairs])),
                    float(np.mean([_separate(x.share, y.share) > 1 for x, y in pairs])),
                    float(np.mean([_separate(x.share, y.share) < -1 for x, y in pairs])),
                    *cover,
                    float(np.mean([x.share.high - x.share.low for x, _ in pairs])),
                    float(np.mean([y.share.high - y.share.low for _, y in pairs])),
                ]
            )
            if size == max(sizes):
                best["right"].append(200 * right)
                best["cover"] += cover
                best["wrong"].append(200 * wrong)
    most = f"{max(sizes)} gold labels a model"
    right_least, cover_least, wrong_least = (min(best[name]) for name in ("right", "cover", "wrong"))
    return Table(
        "11 % of one model's labels are wrong and 1 % of another's; 6 points lie between them",
        (
            "prompts",
            "gold a model",
            "raw order wrong, of 200",
            "corrected right, of 200",
            "by distance right, of 200",
            "separated and right",
            "separated and wrong",
            "coverage share, 11 %",
            "coverage share, 1 %",
            "coverage distance, 11 %",
            "coverage distance, 1 %",
            "width share, 11 %",
            "width share, 1 %",
        ),
        rows,
        [
            (f"{most}: corrected order right in ≥ 195 of 200", right_least, right_least >= 195),
            (f"{most}: coverage ≥ 93 %", cover_least, cover_least >= 0.93),
            ("raw order wrong in ≥ 80 of 200", wrong_least, wrong_least >= 80),
        ],
        f"Shares of the first value are 80 and 74 %; {times} benchmarks of {PROMPTS} prompts × {EACH} pictures a row.",
    )


def _three(seed: int = 9) -> Floats:
    drawn = np.random.default_rng(seed).dirichlet([2.0, 1.2, 0.8], PROMPTS)
    return np.concatenate([drawn, np.zeros((PROMPTS, 1))], axis=1)


def _some_unseen(shares: Floats, part: float) -> Floats:
    return np.stack([shares * (1 - part), (1 - shares) * (1 - part), 0 * shares + part], axis=1)


def _selective() -> Floats:
    """Return a labeler that cannot tell on a fifth of the pictures with the second value, and on few others."""
    return np.array([[0.90, 0.07, 0.03], [0.08, 0.72, 0.20], [0.25, 0.25, 0.50]])


def _stereotyped(error: float) -> Floats:
    """Return a labeler that errs towards the first value only."""
    return np.array([[1.0, 0.0, 0.0], [error, 1 - error, 0.0], [0.0, 0.0, 1.0]])


#: title → the model of the week, and that of the weeks of gold where they are earlier ones.
SCENARIOS: dict[str, tuple[Model, Model | None]] = {
    "11 % wrong, gold of the week": (Model(two_values(spread(0.7)), errs(0.11)), None),
    "wrong towards the stereotype only": (Model(two_values(spread(0.7)), _stereotyped(0.3)), None),
    "the labeler cannot tell on a fifth of the second value": (
        Model(_some_unseen(spread(0.7), 0.05), _selective()),
        None,
    ),
    "three values, 15 % wrong": (Model(_three(), errs(0.15, 3, unread=0.02)), None),
    "one-sided model, 5 % wrong": (Model(two_values(np.full(PROMPTS, 0.97)), errs(0.05)), None),
    "gold of an earlier week, model unchanged": (
        Model(two_values(spread(0.7)), errs(0.11)),
        Model(two_values(spread(0.7)), errs(0.11)),
    ),
    "gold of an earlier week, the share rose by 20 points since": (
        Model(two_values(spread(0.75)), errs(0.11)),
        Model(two_values(spread(0.55)), errs(0.11)),
    ),
}


def designs(draws: float) -> Table:
    """Coverage and bias where the labeler or the gold is of another kind, 200 gold labels."""
    times = max(round(BENCHMARKS * draws), 20)
    rows: list[list[str | int | float]] = []
    for number, (title, (model, earlier)) in enumerate(SCENARIOS.items()):
        rng = np.random.default_rng([4141, number])
        found, carried = [], []
        for _ in range(times):
            now = week(rng, model)
            before = now if earlier is None else week(rng, earlier)
            gold = draw(rng, before, 200)
            found.append(figures(gold, now, None if earlier is None else before))
            carried.append(_as_in_gold(found[-1].confusion, now))
        share, distance2 = true_share(model), true_distance2(model)
        rows.append(
            [
                title,
                share,
                float(np.mean([one.raw_share for one in found])) - share,
                float(np.mean(carried)) - share,
                float(np.mean([one.share.estimate for one in found])) - share,
                holds([one.share for one in found], share),
                float(np.mean([one.raw_distance2 for one in found])) - distance2,
                float(np.nanmean([one.distance2.estimate for one in found])) - distance2,
                holds([one.distance2 for one in found], distance2),
            ]
        )
    least = min(min(float(row[5]), float(row[8])) for row in rows)
    off = max(max(abs(float(row[4])), abs(float(row[7]))) for row in rows)
    return Table(
        "Other labelers, other gold; 200 gold labels a model",
        (
            "scenario",
            "true share",
            "bias raw share",
            "bias, readings kept as in gold",
            "bias share",
            "coverage share",
            "bias raw distance2",
            "bias distance2",
            "coverage distance2",
        ),
        rows,
        [
            ("coverage of shares and distances ≥ 93 %", least, least >= 0.93),
            ("|bias| of corrected shares and distance2 < 0.01", off, off < 0.01),
        ],
        "“Readings kept as in gold” takes over from gold what people see where the labeler reads a value (as PPI++ "
        "does); where the model has changed since, that pulls the share back to what it was.",
    )


def _as_in_gold(found: Confusion, now: Counts) -> float:
    """Return the share of the first value if P(people see | read) were still that of the gold weeks."""
    read = now.sum(axis=(0, 1)) / now.sum()
    seen = read @ found.given
    return float(seen[0] / seen[:-1].sum())


def uneven(draws: float) -> Table:
    """What becomes of a corrected distance where labels err on some prompts only, 400 gold labels."""
    times = max(round(BENCHMARKS * draws), 20)
    shares = spread(0.7)
    order = np.argsort(-np.abs(shares - 0.5))
    fifth = PROMPTS // 5
    kinds = {
        "alike on every prompt": np.full(PROMPTS, 0.1),
        "on a fifth of the prompts, any": np.where(np.arange(PROMPTS) < fifth, 0.5, 0.0),
        "on the fifth that is most one-sided": np.isin(np.arange(PROMPTS), order[:fifth]) * 0.5,
        "on the fifth that is most even": np.isin(np.arange(PROMPTS), order[-fifth:]) * 0.5,
    }
    rows: list[list[str | int | float]] = []
    for number, (title, errors) in enumerate(kinds.items()):
        model = Model(two_values(shares), np.stack([errs(float(error)) for error in errors]))
        rng = np.random.default_rng([4343, number])
        found = []
        for _ in range(times):
            now = week(rng, model)
            found.append(figures(draw(rng, now, 400), now))
        distance = np.sqrt(true_distance2(model))
        rows.append(
            [
                title,
                float(np.mean([np.sqrt(max(one.raw_distance2, 0)) for one in found]) - distance),
                float(np.mean([np.sqrt(max(float(one.distance2.estimate), 0)) for one in found]) - distance),
                holds([one.distance2 for one in found], true_distance2(model)),
                float(np.mean([one.share.estimate for one in found])) - true_share(model),
                holds([one.share for one in found], true_share(model)),
            ]
        )
    return Table(
        "“Assumes equal error across prompts”: what if it does not hold",
        (
            "10 % of labels are wrong",
            "bias raw distance",
            "bias distance",
            "coverage distance",
            "bias share",
            "coverage share",
        ),
        rows,
        [
            (
                "coverage of shares ≥ 93 % wherever labels err",
                min(float(r[5]) for r in rows),
                min(float(r[5]) for r in rows) >= 0.93,
            )
        ],
        "400 gold labels; the true distance is "
        f"{np.sqrt(true_distance2(Model(two_values(shares), errs(0.0)))):.2f}. "
        "Shares do not need it where gold is of the same pictures.",
    )


def comparisons(draws: float, boards: Sequence[int] = (2, 6, 20)) -> Table:
    """How often models are called worse labeled than others: when none is, and when one is."""
    times = max(round(400 * draws), 10)
    rows: list[list[str | int | float]] = []
    false: list[float] = []
    for models in boards:
        for size in (100, 400):
            called = {}
            for name, (usual, first) in {
                "all 1 %": (0.01, 0.01),
                "all 11 %": (0.11, 0.11),
                "one 11 %, others 1 %": (0.01, 0.11),
            }.items():
                rng = np.random.default_rng([4242, models, size, len(called)])
                hits = 0
                for _ in range(times):
                    found = []
                    for number in range(models):
                        shares = two_values(rng.beta(3, 1, PROMPTS))
                        one = week(rng, Model(shares, errs(usual if number else first)))
                        whole = np.ones(PROMPTS, bool)
                        pictures = Pictures(one.sum(axis=1).astype(float), whole, whole)
                        found.append(confusion(draw(rng, one, size), pictures))
                    told = [difference.p_value < 0.05 for difference in differences(found)]
                    hits += any(told) if usual == first else told[0]
                called[name] = hits / times
            rows.append([models, size, *called.values()])
            false += [called["all 1 %"], called["all 11 %"]]
    return Table(
        "Which models' labels are called wrong in another way than the others'",
        ("models", "gold a model", "any, all 1 % wrong", "any, all 11 % wrong", "the one of 11 % among 1 %"),
        rows,
        [("no model is worse and one is called so: ≤ 7.5 %", max(false), max(false) <= 0.075)],
        f"{times} boards a figure; shares of prompts differ from model to model.",
    )


def tables(draws: float) -> list[Table]:
    """Return the tables of the study; 2,000 benchmarks per row, 400 boards a figure for `draws` = 1."""
    return [orders(draws), designs(draws), uneven(draws), comparisons(draws)]
