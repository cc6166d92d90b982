"""What a metric is, how a function says that it computes one, and the wording that several metrics share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

#: What a metric is computed from. Its function is given `Groups`, of the last five counts and the key columns:
#: values: cells over the whole support of an attribute.
#: references: cells beside each reference of their attribute.
#: declared: one row per pair of the analysis file and cell that can show it.
#: typed: one row per cell of an attribute that the analysis file has a statistic for.
#: combinations: one row per declared combination and cell.
#: labels, outside, people: what became of the pictures, by attribute; by value outside the support; of person_count.
#: answers: how requests ended.
Source = Literal[
    "values",
    "references",
    "declared",
    "typed",
    "combinations",
    "labels",
    "outside",
    "people",
    "answers",
]


Level = Literal["cell", "suite"]


class Metric(NamedTuple):
    """What a metric is.

    Attributes:
        id: the value of `scores.metric`.
        title: for people.
        formula: as text; p̂ shares seen, q reference shares, n pictures in the support, m cells, K values.
        range: smallest and largest possible value of the estimate.
        reader: who reads it, and where.
        better: which direction is better, or None where neither is.
        unit: of estimate, low and high.
        of: what `scores.value_name` names, or None.
        per: what the metric belongs to besides model, suite and condition.
        levels: whether there are figures of single cells, of suites, or both.
        support: which values count.
        denominator: what `scores.n` counts, and what is left out of it.
        interval: how low and high are made, or None where there is no interval.
        prompts_interval: whether prompts_low and prompts_high are there for ten subjects or more.
        null_when: the reasons for a NULL estimate.
        source: who defined it; None: a count or a share, or ours.
    """

    id: str
    title: str
    formula: str
    range: tuple[float, float]
    reader: str
    better: Literal["lower", "higher"] | None = None
    unit: str = "share"
    of: str | None = None
    per: tuple[Literal["attribute", "reference"], ...] = ()
    levels: tuple[Level, ...] = ("cell", "suite")
    support: str = "none: it is about answers, not about values"
    denominator: str = ""
    interval: str | None = None
    prompts_interval: bool = False
    null_when: tuple[str, ...] = ()
    source: str | None = None


class Measure(NamedTuple):
    """A function and the metrics that it computes, all at the same levels."""

    metrics: tuple[Metric, ...]
    of: tuple[Source, ...]
    figures: Callable[..., Any]

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels of its figures."""
        return self.metrics[0].levels


Function = TypeVar("Function", bound=Callable[..., Any])
_ROWS = "metric_rows"


def metric(*metrics: Metric, of: Source | tuple[Source, ...]) -> Callable[[Function], Function]:
    """Say which metrics the decorated function computes, and from what; the list of metrics finds it by that.

    Args:
        metrics: one or more, at the same levels.
        of: what the function is called with, once for each.
    """
    if len({one.levels for one in metrics}) != 1:
        raise ValueError("a function computes metrics at the same levels")

    def marked(function: Function) -> Function:
        setattr(function, _ROWS, Measure(metrics, (of,) if isinstance(of, str) else of, function))
        return function

    return marked


def measure_of(thing: object) -> Measure | None:
    """Return what a function computes, None where it is no metric's."""
    return getattr(thing, _ROWS, None)


#: A cell's own figure needs this many assessed pictures; so does a suite's, over all its cells.
TOO_FEW = 5

NO_PICTURES = "no usable pictures"
NOT_ASSESSED = "no picture could be assessed"
NO_REFERENCE = "no reference"
NO_OTHER_GROUP = "the suite has no prompt of another group"
#: Each declared group, and the others of its kind, need this many assessed pictures together.
FEW_IN_GROUP = 10
GROUP_TOO_SMALL = f"too few: {FEW_IN_GROUP} needed in every declared group"
OTHERS_TOO_FEW = f"too few: {FEW_IN_GROUP} needed in other groups"
NO_PAIR = "too few: no prompt has 2 assessed pictures"
TOO_ALIKE = "too few: pictures that were drawn together count as fewer than 2"
NO_CELL = "too few: no prompt has 5 assessed pictures"
SEEN = (NO_PICTURES, NOT_ASSESSED)
FEW = (*SEEN, "too few: … of 5 needed", TOO_ALIKE)

ATTRIBUTE_VALUES = "the attribute's values, or its bands; ambiguous, cannot_tell and the like never"
REFERENCE_VALUES = "the values that the reference's row names for the prompt"
ASSESSED_PICTURES = "pictures read as a value of the support, of the cells that enter"
HULL = (
    "95 %, prompts fixed: hull of Wald and score intervals, the larger of unbiased and plug-in variance; of one prompt "
    "alone also of the distance at the ends of a Wilson interval"
)
UNBIASED = (
    "Simpson 1949, Nature 163: 688 (pair agreement); variance: Hoeffding 1948, Ann. Math. Stat. 19: 293-325"
)
WILSON_1927 = "Wilson 1927, JASA 22: 209-212"
