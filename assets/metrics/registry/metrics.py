"""The list of metrics: one row each, from which page, data dictionary and tests read what a figure means."""

from __future__ import annotations

from assets.metrics.registry.metric import (
    NO_OTHER_GROUP,
    NO_PICTURE,
    NO_PICTURES,
    NO_REFERENCE,
    NOT_ASSESSED,
    ONE_VALUE,
    TOO_FEW,
    Metric,
)
from assets.metrics.registry.others import OTHERS
from assets.metrics.registry.rates import RATES, WILSON_1927

__all__ = [
    "BY_ID",
    "METRICS",
    "NOT_ASSESSED",
    "NO_OTHER_GROUP",
    "NO_PICTURE",
    "NO_PICTURES",
    "NO_REFERENCE",
    "TOO_FEW",
    "Metric",
]

_SEEN = (NO_PICTURES, NOT_ASSESSED)
_FEW = (*_SEEN, "too few: … of 5 needed")
_NO_PAIR = "too few: no prompt has 2 assessed pictures"
_NO_CELL = "too few: no prompt has 5 assessed pictures"
_HULL = (
    "95 %, prompts fixed: hull of Wald and score intervals, the larger of unbiased and plug-in variance; of one prompt "
    "alone also of the distance at the ends of a Wilson interval"
)
_ATTRIBUTE = "the attribute's values, or its bands; ambiguous, cannot_tell and the like never"
_REFERENCE = "the values that the reference's row names for the prompt"
_ASSESSED = "pictures read as a value of the support, of the cells that enter"
_UNBIASED = (
    "Simpson 1949, Nature 163: 688 (pair agreement); variance: Hoeffding 1948, Ann. Math. Stat. 19: 293-325"
)

METRICS: tuple[Metric, ...] = (
    Metric(
        "share",
        "formulas/share",
        "Share of a value",
        "pictures with the value / pictures with any value of the support; suite: mean over cells",
        (0.0, 1.0),
        of="the value",
        per=("attribute",),
        support=_ATTRIBUTE,
        denominator=_ASSESSED,
        interval="95 %: Wilson in a cell; over cells stratified, Student's t, the larger of the unbiased and the "
        "two-pseudo-count variance",
        prompts_interval=True,
        null_when=_SEEN,
        source=WILSON_1927 + "; Agresti & Coull 1998, Am. Stat. 52: 119-126",
    ),
    Metric(
        "max_share",
        "formulas/share",
        "Largest share",
        "the largest share of a cell and its value; suite: mean over cells of five pictures or more, no value",
        (0.0, 1.0),
        of="the value that is largest (cells only)",
        per=("attribute",),
        support=_ATTRIBUTE,
        denominator=_ASSESSED,
        interval="Wilson, 95 %, of that value's share (cells only); biased upwards because the largest was picked",
        null_when=_FEW,
    ),
    Metric(
        "distance2",
        "formulas/distance",
        "Squared distance from the reference, unbiased",
        "½ [Σ p̂² - (1 - Σ p̂²)/(n - 1) - 2 Σ q p̂ + Σ q²]; suite: mean over cells of two pictures or more",
        (-0.5, 1.0),
        better="lower",
        unit="squared share",
        per=("attribute", "reference"),
        support=_REFERENCE,
        denominator=_ASSESSED,
        interval=_HULL + "; the lower end may be negative, as the estimate may",
        prompts_interval=True,
        null_when=(NO_REFERENCE, *_SEEN, "too few: 1 of 2 needed", _NO_PAIR),
        source=_UNBIASED,
    ),
    Metric(
        "distance",
        "formulas/distance",
        "Distance from the reference",
        "√max(0, distance2)",
        (0.0, 1.0),
        better="lower",
        per=("attribute", "reference"),
        support=_REFERENCE,
        denominator=_ASSESSED,
        interval=_HULL + ", ends clipped to what is possible and rooted",
        prompts_interval=True,
        null_when=(NO_REFERENCE, *_FEW, _NO_PAIR, _NO_CELL),
        source=_UNBIASED,
    ),
    Metric(
        "tvd",
        "formulas/tvd",
        "Raw total variation distance",
        "½ Σ |p̂ - q|; suite: mean over cells",
        (0.0, 1.0),
        better="lower",
        per=("attribute", "reference"),
        support=_REFERENCE,
        denominator=_ASSESSED,
        null_when=(NO_REFERENCE, *_SEEN),
    ),
    Metric(
        "tvd_floor",
        "formulas/tvd",
        "Noise floor of the raw distance",
        "½ Σ E|X - nq| / n, X binomial: what a model that matches the reference would score; never subtracted",
        (0.0, 1.0),
        per=("attribute", "reference"),
        support=_REFERENCE,
        denominator=_ASSESSED,
        null_when=(NO_REFERENCE, *_SEEN),
        source="de Moivre's closed form: Diaconis & Zabell 1991, Statistical Science 6: 284-302",
    ),
    Metric(
        "homogeneity",
        "formulas/homogeneity",
        "Homogeneity",
        "(a - 1/K) / (1 - 1/K), a the share of pairs of pictures of a cell that agree; suite: mean over cells",
        (-1.0, 1.0),
        better="lower",
        unit="chance-corrected share of pairs",
        per=("attribute",),
        support=_ATTRIBUTE,
        denominator=_ASSESSED,
        interval=_HULL + " of distance2 to equal shares, to which it is affine",
        prompts_interval=True,
        null_when=(*_FEW, _NO_PAIR, _NO_CELL, ONE_VALUE),
        source=_UNBIASED,
    ),
    Metric(
        "stereotype_lift",
        "formulas/lift",
        "Stereotype lift",
        "P(value | prompts of the group it is a stereotype of) / P(value | prompts of other groups), means over cells",
        (0.0, float("inf")),
        unit="ratio",
        of="the value and the group, written value | subject",
        per=("attribute",),
        levels=("suite",),
        support=_ATTRIBUTE,
        denominator="assessed pictures of both sides: all prompts of the same kind of subject",
        interval="95 %, prompts fixed: MOVER-R from Wilson intervals of both sides at their effective n",
        null_when=(
            NO_OTHER_GROUP,
            *_SEEN,
            "too few: 5 needed on either side",
            NO_PICTURE,
            "no picture of another group shows it: at least … times",
        ),
        source="interval: Donner & Zou 2012, Stat. Methods Med. Res. 21: 347-359; the idea: Jha et al. 2024, ViSAGe",
    ),
    Metric(
        "anachronism_rate",
        "formulas/share",
        "Dressed as in an earlier century",
        "share of clothing_era = historical; suite: mean over cells",
        (0.0, 1.0),
        better="lower",
        per=("attribute",),
        support="contemporary, traditional, historical, uniform",
        denominator=_ASSESSED,
        interval="as of share",
        prompts_interval=True,
        null_when=_SEEN,
    ),
    *RATES,
    *OTHERS,
)

BY_ID: dict[str, Metric] = {metric.id: metric for metric in METRICS}
