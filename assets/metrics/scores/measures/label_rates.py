"""What became of the pictures of one attribute: seen, or not seen in one of several ways, each with its own rate.

assessed + cannot tell + other outside values + invalid + not assessed = pictures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED, metric
from assets.metrics.scores.figures import rate, rate_figures

_AUDITORS = (
    "auditors and readers of the data files (`scores`): each way of not being seen has a rate of its own"
)
_PLANNED = "readers of the data files (`scores`); planned for the pages of models"

ATTRIBUTE_RATES = (
    rate(
        "assessed_rate",
        "Assessed",
        "values of the support / pictures",
        ("assessed", "pictures"),
        "view `study_leaderboard`; rank ranges: who is ranked",
        (NO_PICTURES,),
        per=("attribute",),
    ),
    rate(
        "cannot_tell_rate",
        "Cannot tell",
        "cannot_tell / pictures",
        ("cannot_tell", "pictures"),
        _AUDITORS,
        (NO_PICTURES,),
        per=("attribute",),
    ),
    rate(
        "invalid_rate",
        "Invalid label",
        "labels outside the declared list / pictures",
        ("invalid", "pictures"),
        _AUDITORS,
        (NO_PICTURES,),
        "lower",
        per=("attribute",),
    ),
    rate(
        "not_assessed_rate",
        "Not assessed",
        "without a label / pictures",
        ("not_assessed", "pictures"),
        _AUDITORS,
        (NO_PICTURES,),
        per=("attribute",),
    ),
)
OUTSIDE_RATES = (
    rate(
        "outside_rate",
        "Outside the support",
        "one declared value outside the support / pictures",
        ("outside", "pictures"),
        _AUDITORS,
        (NO_PICTURES,),
        of="the value: ambiguous, not_applicable, …; cannot_tell has its own rate",
        per=("attribute",),
    ),
)
#: Of the pictures whose persons could be counted.
PERSON_RATES = (
    rate(
        "no_person_rate",
        "No person",
        "no person / pictures whose persons were counted",
        ("nobody", "assessed"),
        _PLANNED,
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
    rate(
        "multi_person_rate",
        "Several persons",
        "two persons or more / pictures whose persons were counted",
        ("several", "assessed"),
        _PLANNED,
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
)


@metric(*(one.metric for one in ATTRIBUTE_RATES), of="labels")
def attribute_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the rates of every row of `rates.attribute_counts`."""
    return rate_figures(counts, keys, ATTRIBUTE_RATES)


@metric(*(one.metric for one in OUTSIDE_RATES), of="outside")
def outside_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the rate of every row of `rates.outside_counts`."""
    return rate_figures(counts, keys, OUTSIDE_RATES)


@metric(*(one.metric for one in PERSON_RATES), of="people")
def person_figures(counts: pl.DataFrame, keys: Sequence[str]) -> Iterable[pl.DataFrame]:
    """Return the rates of every row of `rates.attribute_counts` of the attribute `person_count`."""
    return rate_figures(counts, keys, PERSON_RATES)
