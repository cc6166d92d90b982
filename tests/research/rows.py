"""What a promise gives back: measured figures beside the published ones, and whether they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import binom, norm, poisson

TWO_ERRORS = float(norm.sf(2))


class Row(NamedTuple):
    """A measured figure.

    Attributes:
        of: what it is of.
        seen: mean over draws.
        draws: number of draws; of reports, the fleet-years.
        published: the figure that docs/statistics.md prints.
        kind: "at most" or "at least" the published figure.
        behind: draws behind the published figure; infinite for a bound that is promised.
        rate: whether it is a rate of events rather than a part of draws.
    """

    of: str
    seen: float
    draws: float
    published: float
    kind: str = "at most"
    behind: float = np.inf
    rate: bool = False

    @property
    def error(self) -> float:
        """Two Monte-Carlo errors of this and of the published figure, which of few draws is not taken for 0 or 1."""
        part = (self.published * self.behind + 1) / (self.behind + 2)
        return 2 * float(np.sqrt(part * (1 - part) * (1 / self.draws + 1 / self.behind)))

    @property
    def holds(self) -> bool:
        """Whether the promise is kept, within two Monte-Carlo errors.

        Of a bound by the exact chance of as many cases at the bound: errors of few draws are not normal.
        """
        if np.isfinite(self.behind):
            over = self.seen - self.published
            return (over if self.kind == "at most" else -over) <= self.error
        cases, expected = round(self.seen * self.draws), self.published * self.draws
        chance = poisson(expected) if self.rate else binom(round(self.draws), self.published)
        return bool((chance.sf(cases - 1) if self.kind == "at most" else chance.cdf(cases)) >= TWO_ERRORS)


class Table(NamedTuple):
    """Rows of one promise."""

    title: str
    rows: Sequence[Row]

    @property
    def failed(self) -> list[Row]:
        """The rows that do not hold."""
        return [row for row in self.rows if not row.holds]


def markdown(table: Table) -> str:
    """Return a table as it is printed."""
    lines = [
        f"### {table.title}",
        "",
        "| | measured | published | draws | |",
        "|---|---:|---:|---:|---|",
    ]
    for row in table.rows:
        kept = "" if row.holds else "does not hold"
        lines.append(f"| {row.of} | {row.seen:.3f} | {row.kind} {row.published:g} | {row.draws:g} | {kept} |")
    return "\n".join(lines) + "\n"
