"""The figures and tables of results: what each is, in one sentence, its formula, source and unit.

Every edition has the page as `docs/figures.md`; `make docs` writes it for developers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple


class Described(NamedTuple):
    """A value of `figures.figure`, or a table of results.

    Attributes:
        id: the value, or the name of the table.
        says: in one sentence.
        formula: k of n pictures show a value; p is a share, q that of the yardstick, φ the dispersion of weeks.
        source: who published the method.
        unit: of the estimate as it is stored, and as it is shown.
    """

    id: str
    says: str
    formula: str
    source: str
    unit: str


_PERCENT = "fraction, shown in percent"
_POINTS = "fraction, shown in points"
_WILSON = "Wilson 1927, JASA 22: 209-212"
_MEAN = (
    "Korn & Graubard 1998, Survey Methodology 24: 193-201; φ: Wedderburn 1974, Biometrika 61: 439-447; McCullagh & "
    "Nelder 1989, Generalized Linear Models, 4.5"
)
_PAIRS = "Kramer 1956, Biometrics 12: 307-310; Hayter 1984, Ann. Stat. 12: 61-75"
_BOUNDS = "Manski 1989, J. Human Resources 24: 343-360"

FIGURES = (
    Described(
        "share",
        "The part of a prompt's pictures that shows a value, among those read as a value that counts.",
        "k / n; Wilson's interval at (k, n) / worth, worth being how many pictures count as one",
        f"{_WILSON}; worth: Rao & Scott 1992, Biometrics 48: 577-585; Kish 1965; bounds: {_BOUNDS}",
        _PERCENT,
    ),
    Described(
        "mean_share",
        "The mean of a value's share over the prompts of a suite or of a declared selection: the direction.",
        "mean of k / n over groups of the mean over their prompts; Wilson's interval at p(1 - p) / SE²",
        _MEAN,
        _PERCENT,
    ),
    Described(
        "refused",
        "The part of a suite's answers by the model itself that are refusals.",
        "mean over prompts of refused / (pictures + refused); interval as of mean_share",
        _MEAN,
        _PERCENT,
    ),
    Described(
        "gap",
        "How far a model's pictures typically are from a yardstick, for example from as many women as men.",
        "root of the mean over prompts of ½ Σ (p - q)², squares formed of pictures of two different weeks; the ends of "
        "the interval are roots of those of the mean square, cut at 0",
        f"Hoeffding 1948, Ann. Math. Stat. 19: 293-325; one week or a study: Simpson 1949, Nature 163: 688; {_MEAN}",
        _POINTS,
    ),
    Described(
        "stereotypes",
        "How often the groups of a suite are drawn as the declared stereotype of each.",
        "mean over declared pairs of a value and a group of the mean share over the group's prompts; interval as of "
        "mean_share",
        _MEAN,
        _PERCENT,
    ),
    Described(
        "stereotypes_others",
        "How often the other groups of the suite are drawn with the same values.",
        "as stereotypes, over the prompts of the other groups of the same kind",
        _MEAN,
        _PERCENT,
    ),
    Described(
        "corrected_share",
        "The mean share of a value by people's eyes: what the labeler read, corrected by gold.",
        "Σ W (mean read + mean of gold less read) over strata of what the labeler read, with inclusion weights",
        "Cochran 1977, Sampling Techniques, ch. 5; Angelopoulos et al. 2023, Science 382: 669-674",
        _PERCENT,
    ),
)
TABLES = (
    Described(
        "words",
        "What one word, one language or one condition changes in the pictures of one prompt, and of all its pairs.",
        "difference of two shares, (k + 1) / (n + 2) each, times φ of the weekly differences; clear by Holm over the "
        "list",
        "Agresti & Caffo 2000, Am. Stat. 54: 280-288; Holm 1979, Scand. J. Stat. 6: 65-70",
        "fraction, shown in points",
    ),
    Described(
        "changes",
        "When the mean share of a suite, or the share of a single prompt, moved, and by how much.",
        "largest |z| over splits of a series into 4 to 26 weeks before and 2 to 13 after, reported at p < 1 / (looks × "
        "series)",
        "Siegmund 1986, Ann. Stat. 14: 361-404; Andrews 1993, Econometrica 61: 821-856; dates: Hansen 2000, "
        "Econometrica 68: 575-603",
        _POINTS,
    ),
    Described(
        "claim_shares",
        "The share now of what a sentence of 2023 says, and whether it is as in 2023.",
        "k / n as share; yes, no or cannot tell by whether the interval lies above, below or across the threshold",
        f"{_WILSON}; bounds: {_BOUNDS}",
        _PERCENT,
    ),
    Described(
        "labeler_error",
        "By how much a labeler says a value more often than people do.",
        "weighted mean over gold pictures of read less gold",
        "Cochran 1977, Sampling Techniques, ch. 5",
        _POINTS,
    ),
    Described(
        "boards",
        "What a comparison of models can tell: its critical value, and the difference that it tells apart.",
        "√(D + (critical + 0.84) SE) - √D for gaps, (critical + 0.84) SE for stereotypes, at the median model and pair",
        _PAIRS,
        _POINTS,
    ),
    Described(
        "board_ranks",
        "The ranks that a model may have on a board.",
        "1 + models told to be less, to models less those told to be more",
        _PAIRS,
        "rank",
    ),
    Described(
        "board_pairs",
        "Whether two models of a board are told apart, and whether that holds whatever the unseen would have shown.",
        "|difference over common prompts| > critical × SE, paired by week",
        f"{_PAIRS}; holds: {_BOUNDS}",
        "fraction: of gaps a difference of mean squares",
    ),
)

_OPENING = """\
# Figures

Each follows from `counts` and `answers` of four weeks, or of a study. A row holds its count (`n`), its 95 % interval,
and the reason where there is none. k of n pictures show a value; p is a share, q that of the yardstick, φ the
dispersion of weeks. In the source code, `docs/methodology.md` says what figures mean, `docs/statistics.md` how well
their intervals hold.
"""


def page() -> str:
    """Return the page of figures and tables of results as Markdown."""
    parts = [_OPENING]
    for title, described in (
        ("Figures: values of `figures.figure`", FIGURES),
        ("Tables of results", TABLES),
    ):
        parts.append(f"## {title}\n")
        for one in described:
            facts = f"- Formula: {one.formula}\n- Source: {one.source}\n- Unit: {one.unit}"
            parts.append(f"### {one.id}\n\n{one.says}\n\n{facts}\n")
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
