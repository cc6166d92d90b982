"""The list of metrics: one row each, from which pages, data dictionary and tests read what a figure means.

Belongs here: words and properties of metrics. Does not belong here: computing anything (one module a family).
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    """What a metric is.

    Attributes:
        id: the value of `scores.metric`.
        family: the module that computes it.
        title: for people.
        formula: as text; p̂ shares seen, q reference shares, n pictures in the support, m cells.
        range: smallest and largest possible value of the estimate.
        better: which direction is better, or None where neither is.
        unit: of estimate, low and high.
        of: what `scores.value_name` names, or None.
        per: what the metric belongs to besides model, suite and condition.
        interval: how low and high are made, or None where there is no interval.
        null_when: the reasons for a NULL estimate.
    """

    id: str
    family: str
    title: str
    formula: str
    range: tuple[float, float]
    better: Literal["lower", "higher"] | None
    unit: str
    of: str | None
    per: tuple[Literal["attribute", "reference"], ...]
    interval: str | None
    null_when: tuple[str, ...]


#: A cell's own figure needs this many assessed pictures; so does a suite's, over all its cells.
TOO_FEW = 5

NO_PICTURES = "no usable pictures"
NOT_ASSESSED = "no picture could be assessed"
NO_REFERENCE = "no reference"

_WILSON = "Wilson, 95 %; over all slots of the suite it is conservative"
_SEEN = (NO_PICTURES, NOT_ASSESSED)
_FEW = (*_SEEN, "too few: … of 5 needed")
_DISTANCE = (
    "95 %, prompts fixed: hull of Wald and score intervals, the larger of unbiased and plug-in variance"
)


def _rate(
    metric: str,
    title: str,
    formula: str,
    null: tuple[str, ...],
    better: Literal["lower", "higher"] | None = None,
    of: str | None = None,
    per: tuple[Literal["attribute"], ...] = (),
) -> Metric:
    return Metric(metric, "rates", title, formula, (0.0, 1.0), better, "share", of, per, _WILSON, null)


METRICS: tuple[Metric, ...] = (
    Metric(
        "share",
        "share",
        "Share of a value",
        "pictures with the value / pictures with any value of the support; suite: mean over cells",
        (0.0, 1.0),
        None,
        "share",
        "the value",
        ("attribute",),
        "95 %: Wilson in a cell; over cells stratified, the larger of the unbiased and the two-pseudo-count variance",
        _SEEN,
    ),
    Metric(
        "max_share",
        "share",
        "Largest share",
        "the largest share of a cell and its value; suite: mean over cells of five pictures or more, no value",
        (0.0, 1.0),
        None,
        "share",
        "the value that is largest (cells only)",
        ("attribute",),
        "Wilson, 95 %, of that value's share (cells only); biased upwards because the largest was picked",
        _FEW,
    ),
    Metric(
        "distance2",
        "distance",
        "Squared distance from the reference, unbiased",
        "½ [Σ p̂² - (1 - Σ p̂²)/(n - 1) - 2 Σ q p̂ + Σ q²]; suite: mean over cells of two pictures or more",
        (-0.5, 1.0),
        "lower",
        "squared share",
        None,
        ("attribute", "reference"),
        _DISTANCE + "; the lower end may be negative, as the estimate may",
        (NO_REFERENCE, *_SEEN, "too few: 1 of 2 needed", "too few: no prompt has 2 assessed pictures"),
    ),
    Metric(
        "distance",
        "distance",
        "Distance from the reference",
        "√max(0, distance2)",
        (0.0, 1.0),
        "lower",
        "share",
        None,
        ("attribute", "reference"),
        _DISTANCE + ", ends clipped to what is possible and rooted",
        (NO_REFERENCE, *_FEW, "too few: no prompt has 2 assessed pictures"),
    ),
    Metric(
        "tvd",
        "tvd",
        "Raw total variation distance",
        "½ Σ |p̂ - q|; suite: mean over cells",
        (0.0, 1.0),
        "lower",
        "share",
        None,
        ("attribute", "reference"),
        None,
        (NO_REFERENCE, *_SEEN),
    ),
    Metric(
        "tvd_floor",
        "tvd",
        "Noise floor of the raw distance",
        "½ Σ E|X - nq| / n, X binomial: what a model that matches the reference would score; never subtracted",
        (0.0, 1.0),
        None,
        "share",
        None,
        ("attribute", "reference"),
        None,
        (NO_REFERENCE, *_SEEN),
    ),
    _rate("completeness", "Completeness", "(ok + refused) / planned", ("nothing planned",), "higher"),
    _rate("failed_rate", "Failed", "neither ok nor refused / planned", ("nothing planned",), "lower"),
    _rate("answer_rate", "Answered", "ok / (ok + refused)", ("no answers",)),
    _rate("refused_rate", "Refused", "refused / (ok + refused)", ("no answers",)),
    _rate(
        "rewrite_rate",
        "Prompt rewritten",
        "pictures whose revised prompt differs from the prompt sent / pictures",
        ("no revised prompts reported",),
    ),
    _rate(
        "assessed_rate", "Assessed", "values of the support / pictures", (NO_PICTURES,), per=("attribute",)
    ),
    _rate("cannot_tell_rate", "Cannot tell", "cannot_tell / pictures", (NO_PICTURES,), per=("attribute",)),
    _rate(
        "invalid_rate",
        "Invalid label",
        "labels outside the declared list / pictures",
        (NO_PICTURES,),
        "lower",
        per=("attribute",),
    ),
    _rate(
        "not_assessed_rate", "Not assessed", "without a label / pictures", (NO_PICTURES,), per=("attribute",)
    ),
    _rate(
        "outside_rate",
        "Outside the support",
        "one declared value outside the support / pictures",
        (NO_PICTURES,),
        of="the value: ambiguous, not_applicable, …; cannot_tell has its own rate",
        per=("attribute",),
    ),
    _rate(
        "no_person_rate",
        "No person",
        "no person / pictures whose persons were counted",
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
    _rate(
        "multi_person_rate",
        "Several persons",
        "two persons or more / pictures whose persons were counted",
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
    Metric(
        "pictures",
        "rates",
        "Pictures",
        "slots that ended ok",
        (0.0, float("inf")),
        None,
        "pictures",
        None,
        (),
        None,
        (),
    ),
)

BY_ID: dict[str, Metric] = {metric.id: metric for metric in METRICS}
