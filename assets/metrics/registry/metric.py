"""What a metric is, and the reasons for which its figure may be missing, in words."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    """What a metric is.

    Attributes:
        id: the value of `scores.metric`.
        family: the module that computes it.
        title: for people.
        formula: as text; p̂ shares seen, q reference shares, n pictures in the support, m cells, K values.
        range: smallest and largest possible value of the estimate.
        better: which direction is better, or None where neither is.
        unit: of estimate, low and high.
        of: what `scores.value_name` names, or None.
        per: what the metric belongs to besides model, suite and condition.
        levels: whether there are figures of single cells, of suites, or both.
        support: which values count.
        denominator: what `scores.n` counts, and what is left out of it.
        interval: how low and high are made, or None where there is no interval.
        prompts_interval: whether prompts_low and prompts_high are there for ten prompts or more.
        null_when: the reasons for a NULL estimate.
        source: who defined it; None: a count or a share, or ours.
    """

    id: str
    family: str
    title: str
    formula: str
    range: tuple[float, float]
    better: Literal["lower", "higher"] | None = None
    unit: str = "share"
    of: str | None = None
    per: tuple[Literal["attribute", "reference"], ...] = ()
    levels: tuple[Literal["cell", "suite"], ...] = ("cell", "suite")
    support: str = "none: it is about answers, not about values"
    denominator: str = ""
    interval: str | None = None
    prompts_interval: bool = False
    null_when: tuple[str, ...] = ()
    source: str | None = None


#: A cell's own figure needs this many assessed pictures; so does a suite's, over all its cells.
TOO_FEW = 5

NO_PICTURES = "no usable pictures"
NOT_ASSESSED = "no picture could be assessed"
NO_REFERENCE = "no reference"
NO_PICTURE = "no picture shows it"
ONE_VALUE = "it is counted in one value: nothing can differ"
NO_OTHER_GROUP = "the suite has no prompt of another group"
