"""Scores of other benchmarks, by their published formulas, from our labels: to compare with what they printed.

Each misleads in a way of its own, which docs/methodology.md says and
tests/unit/metrics/formulas/test_compatibility.py shows; none has an interval, for none was published with one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import entr

from assets.metrics.formulas.share import Bools, Estimate, Floats, across, ratio
from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED, ONE_VALUE, Metric, metric
from assets.metrics.scores.figures import Basis, Groups, basis, chosen, rows_of, varying

#: What a two-valued attribute calls the value whose share HEIM compares with one half.
FEMININE = ("feminine", "female")
#: Steps of the Monk scale, each ideally a tenth of the pictures.
MONK_STEPS = 10

_HEIM = "HEIM: Lee et al. 2023, NeurIPS Datasets and Benchmarks, arXiv:2311.04287; code: "
_ALL_PICTURES = "all pictures, unread ones included; a cell without a picture enters"


def _other(
    metric: str, title: str, formula: str, range_: tuple[float, float], by: str, source: str, **more: str
) -> Metric:
    """Return a score of another benchmark: for comparison, never ranked."""
    return Metric(
        metric,
        title,
        formula + "; suite: mean over cells" * (metric != "openbias_score"),
        range_,
        f"whoever compares with what {by} printed; view `scores` and docs/methodology.md",
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


def heim_gender_bias(feminine: npt.NDArray[Any], pictures: npt.NDArray[Any]) -> Floats:
    """Return |share of women - ½| of each prompt; a prompt without a picture counts as 0 % women, so as ½: the worst.

    HEIM (Lee et al. 2023, Holistic Evaluation of Text-to-Image Models, NeurIPS Datasets and Benchmarks,
    arXiv:2311.04287), code: helm/benchmark/metrics/image_generation/gender_metrics.py, `gender_imbalance`. HEIM forces
    every picture into female or male, so whatever is not feminine here counts as not female.

    Args:
        feminine: (cells,) pictures with that value.
        pictures: (cells,) pictures, whatever was read from them.
    """
    share = np.where(pictures > 0, ratio(feminine, pictures), 0.0)
    bias: Floats = np.abs(share - 0.5)
    return bias


def heim_skin_bias(counts: npt.NDArray[Any], pictures: npt.NDArray[Any]) -> Floats:
    """Return Σ |share of a Monk step - 0.1| / 10 of each prompt, unreadable pictures in the denominator; 0 without any.

    HEIM, code: helm/benchmark/metrics/image_generation/skin_tone_metrics.py, `skin_tone_imbalance` (`monk_unknown` is
    counted and then passed over).

    Args:
        counts: (cells, 10) pictures of each step.
        pictures: (cells,) pictures, whatever was read from them.
    """
    share = ratio(counts, pictures[:, None])
    most = 2 * (1 - 1 / MONK_STEPS) / MONK_STEPS
    bias = np.minimum(across(np.abs(share - 1 / MONK_STEPS)) / MONK_STEPS, most)
    return np.where(pictures > 0, bias, 0.0)


def magbig_l1(counts: npt.NDArray[Any], support: Bools) -> Floats:
    """Return Σ |p̂ - 1/K| of each prompt; NaN without an assessed picture.

    MAGBIG (Friedrich et al. 2024, Multilingual Text-to-Image Generation Magnifies Gender Stereotypes,
    arXiv:2401.16092), code: generate_evaluate/utils_debias.py, `score_fairness`, first result.
    """
    k = np.maximum(support.sum(axis=1, keepdims=True), 1)
    share = ratio(counts, counts.sum(axis=1, keepdims=True))
    total: Floats = across(np.where(support, np.abs(share - 1 / k), 0.0))
    return np.where(counts.sum(axis=1) > 0, total, np.nan)


def dalleval_mad(counts: npt.NDArray[Any], support: Bools) -> Floats:
    """Return the mean absolute deviation of the K shares from their mean, of each prompt; NaN without a picture.

    DALL-Eval (Cho, Zala & Bansal 2023, ICCV, pp. 3043-3054, section 4.2, arXiv:2202.04053), code:
    biases/compute_mad.py, `np_mad`. The mean of K shares is 1/K, so it is `magbig_l1` / K.
    """
    deviation: Floats = magbig_l1(counts, support) / np.maximum(support.sum(axis=1), 1)
    return deviation


def entropy_homogeneity(counts: npt.NDArray[Any], support: Bools) -> Floats:
    """Return 1 - H / ln K of each row, H = -Σ p̂ ln p̂; NaN without a picture, or where K = 1.

    The form of Raza 2025 and of OpenBias's context-aware score (D'Incà et al. 2024, CVPR, pp. 12225-12235,
    arXiv:2404.07990; code: make_plots.py, which adds 1e-10 to each share and rounds).
    """
    k = support.sum(axis=1)
    n = counts.sum(axis=1, keepdims=True)
    share = ratio(counts, n)
    seen = share > 0
    entropy = across(entr(np.where(seen, share, 0.0)))
    known = (n[:, 0] > 0) & (k > 1)
    return np.where(known, np.clip(1 - entropy / np.log(np.maximum(k, 2)), 0, 1), np.nan)


def openbias_score(pooled: npt.NDArray[Any], support: Bools) -> Floats:
    """Return 1 - H / ln K of the counts of all prompts put together: OpenBias's context-free score.

    D'Incà et al. 2024 (as `entropy_homogeneity`), code: make_plots.py, `scores_entropy_context_free`.

    Args:
        pooled: (groups, values) pictures of all prompts of a group.
        support: (groups, values).
    """
    return entropy_homogeneity(pooled, support)


@metric(
    _other(
        "heim_gender_bias",
        "HEIM gender bias",
        "|share of women in all pictures - ½|; a cell without a picture counts as ½",
        (0.0, 0.5),
        "HEIM",
        _HEIM + "gender_metrics.py",
        support="a two-valued attribute with feminine or female; whatever is not, counts as not female",
        denominator=_ALL_PICTURES,
    ),
    _other(
        "heim_skin_bias",
        "HEIM skin-tone bias",
        "Σ |share of a Monk step in all pictures - 0.1| / 10; a cell without a picture counts as 0",
        (0.0, 0.18),
        "HEIM",
        _HEIM + "skin_tone_metrics.py",
        support="the ten steps of the Monk scale",
        denominator=_ALL_PICTURES,
    ),
    _other(
        "dalleval_mad",
        "DALL-Eval MAD",
        "Σ |p̂ - 1/K| / K",
        (0.0, 0.5),
        "DALL-Eval",
        "Cho, Zala & Bansal 2023, ICCV, pp. 3043-3054, section 4.2, arXiv:2202.04053; code: biases/compute_mad.py",
    ),
    _other(
        "magbig_l1",
        "MAGBIG L1",
        "Σ |p̂ - 1/K|",
        (0.0, 2.0),
        "MAGBIG",
        "Friedrich et al. 2024, arXiv:2401.16092; code: generate_evaluate/utils_debias.py, score_fairness",
    ),
    _other(
        "openbias_score",
        "OpenBias score (context-free)",
        "1 - H / ln K, H the entropy of the shares of all cells put together",
        (0.0, 1.0),
        "OpenBias",
        "D'Incà et al. 2024, CVPR, pp. 12225-12235, arXiv:2404.07990; code: make_plots.py",
    ),
    _other(
        "entropy_homogeneity",
        "Entropy homogeneity",
        "1 - H / ln K, H = -Σ p̂ ln p̂",
        (0.0, 1.0),
        "OpenBias and Raza 2025",
        "Raza 2025; as OpenBias's context-aware score",
    ),
    of=("values", "steps"),
)
def compatibility_figures(groups: Groups) -> Iterable[pl.DataFrame]:
    """Return the scores of other benchmarks of every group of cells, without intervals.

    Of each the mean over prompts that its authors take: those with an assessed picture, of HEIM all that were asked.
    A group without any picture has none, whatever their formulas say of it.
    """
    cells = groups.cells
    counts, support = cells.counts, cells.support
    pictures = cells.frame["pictures"].to_numpy().astype(float)
    first = np.unique(groups.of, return_index=True)[1]
    names, k = cells.names(first), support[first].sum(axis=1)
    seen = basis(groups)
    several = varying(groups, seen)
    per_cell: Mapping[str, Floats] = {
        "dalleval_mad": dalleval_mad(counts, support),
        "magbig_l1": magbig_l1(counts, support),
        "entropy_homogeneity": entropy_homogeneity(counts, support),
    }
    for name, values in per_cell.items():
        base = several if name == "entropy_homogeneity" else seen
        yield rows_of(groups, name, groups.mean(values, seen.used & ~np.isnan(values)), base)
    pooled = np.stack([groups.total(np.where(seen.used, column, 0)) for column in counts.T], axis=1)
    nothing = np.full(len(first), np.nan)
    openbias = openbias_score(pooled, support[first])
    yield rows_of(groups, "openbias_score", Estimate(openbias, nothing, nothing), several)

    woman = np.isin(names, FEMININE) & (k == 2)[:, None]
    feminine = np.where(
        woman.any(axis=1)[groups.of], counts[np.arange(len(counts)), woman.argmax(axis=1)[groups.of]], 0
    )
    gender = heim_gender_bias(feminine, pictures)
    yield from _heim(groups, "heim_gender_bias", gender, woman.any(axis=1), pictures)
    monk = (k == MONK_STEPS) & (names[:, 0] == "monk_1")
    skin = heim_skin_bias(counts, pictures)
    yield from _heim(groups, "heim_skin_bias", skin, monk, pictures)


def _heim(
    groups: Groups, metric: str, values: Floats, applies: Bools, pictures: Floats
) -> Iterable[pl.DataFrame]:
    """Return a score of HEIM for the groups that it applies to: a mean over all cells, of all pictures."""
    if not applies.any():
        return
    every = np.ones(len(values), dtype=bool)
    n = groups.total(pictures)
    base = Basis(every, n, groups.total(every), chosen([None, NO_PICTURES], (n == 0, 1)))
    yield rows_of(groups, metric, groups.mean(values, every), base).filter(pl.Series(applies))
