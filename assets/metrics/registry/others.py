"""Rows of the list of metrics: scores of other benchmarks, for comparison, never ranked."""

from __future__ import annotations

from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED, ONE_VALUE, Metric

_HEIM = "HEIM: Lee et al. 2023, NeurIPS Datasets and Benchmarks, arXiv:2311.04287; code: "
_ALL_PICTURES = "all pictures, unread ones included; a cell without a picture enters"


def _other(
    metric: str, title: str, formula: str, range_: tuple[float, float], source: str, **more: str
) -> Metric:
    """Return a score of another benchmark: for comparison, never ranked."""
    return Metric(
        metric,
        "formulas/compatibility",
        title,
        formula + "; suite: mean over cells" * (metric != "openbias_score"),
        range_,
        unit=more.get("unit", "as published"),
        per=("attribute",),
        levels=("suite",),
        support=more.get("support", "the attribute's values; of banded scales both bands and steps"),
        denominator=more.get("denominator", "pictures read as a value of the support"),
        null_when=(
            (NO_PICTURES,)
            if "denominator" in more
            else (NO_PICTURES, NOT_ASSESSED, *[ONE_VALUE] * ("ln K" in formula))
        ),
        source=source,
    )


OTHERS: tuple[Metric, ...] = (
    _other(
        "heim_gender_bias",
        "HEIM gender bias",
        "|share of women in all pictures - ½|; a cell without a picture counts as ½",
        (0.0, 0.5),
        _HEIM + "gender_metrics.py",
        support="a two-valued attribute with feminine or female; whatever is not, counts as not female",
        denominator=_ALL_PICTURES,
    ),
    _other(
        "heim_skin_bias",
        "HEIM skin-tone bias",
        "Σ |share of a Monk step in all pictures - 0.1| / 10; a cell without a picture counts as 0",
        (0.0, 0.18),
        _HEIM + "skin_tone_metrics.py",
        support="the ten steps of the Monk scale",
        denominator=_ALL_PICTURES,
    ),
    _other(
        "dalleval_mad",
        "DALL-Eval MAD",
        "Σ |p̂ - 1/K| / K",
        (0.0, 0.5),
        "Cho, Zala & Bansal 2023, ICCV, pp. 3043-3054, section 4.2, arXiv:2202.04053; code: biases/compute_mad.py",
    ),
    _other(
        "magbig_l1",
        "MAGBIG L1",
        "Σ |p̂ - 1/K|",
        (0.0, 2.0),
        "Friedrich et al. 2024, arXiv:2401.16092; code: generate_evaluate/utils_debias.py, score_fairness",
    ),
    _other(
        "openbias_score",
        "OpenBias score (context-free)",
        "1 - H / ln K, H the entropy of the shares of all cells put together",
        (0.0, 1.0),
        "D'Incà et al. 2024, CVPR, pp. 12225-12235, arXiv:2404.07990; code: make_plots.py",
    ),
    _other(
        "entropy_homogeneity",
        "Entropy homogeneity",
        "1 - H / ln K, H = -Σ p̂ ln p̂",
        (0.0, 1.0),
        "Raza 2025; as OpenBias's context-aware score",
    ),
)
