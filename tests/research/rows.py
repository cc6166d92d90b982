"""What a promise gives back: measured figures beside the published ones, and whether they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


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
        """Two Monte-Carlo errors, at the published figure; one of few draws is not taken for 0 or 1."""
        part = self.published
        if self.rate:
            return 2 * float(np.sqrt(part / self.draws))
        if np.isfinite(self.behind):
            part = (part * self.behind + 1) / (self.behind + 2)
        return 2 * float(np.sqrt(part * (1 - part) * (1 / self.draws + 1 / self.behind)))

    @property
    def holds(self) -> bool:
        """Whether the promise is kept, within two Monte-Carlo errors."""
        over = self.seen - self.published
        return (over if self.kind == "at most" else -over) <= self.error


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
