"""What a comparison of two editions found, in lines: changes with a reason, without one, and what was not compared."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from orchestration.verifying.files import shown
from orchestration.verifying.report import Findings

_MOST = 200  # lines of one kind; a hostile manifest can have 500,000 parts


@dataclass
class Changes(Findings):
    """What changed from one edition to another, and why; a difference is a change without a reason."""

    old: str
    new: str
    _told: dict[str, None] = field(default_factory=dict)
    _parts: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (table, reason) → weeks

    def tell(self, what: str, reason: str) -> None:
        """Add what changed beside parts of tables."""
        self._told[f"{reason}: {what}"] = None

    def part(self, table: str, week: str | None, reasons: Collection[str], otherwise: str) -> None:
        """Add a part of a table that changed; without a reason it is unexplained, in these words."""
        if reasons:
            self._parts.setdefault((table, ", ".join(sorted(reasons))), set()).add(week or "")
        else:
            self.differ(f"{table} {week or 'without a week'}: {otherwise}")

    def summary(self) -> str:
        """Return in one line how many changes there are, and whether each has a reason."""
        count, parts = len(self.differences), sum(map(len, self._parts.values()))
        said = f"{parts:,} parts of tables changed" if parts or self._told or count else "nothing changed"
        end = f" · {count:,} unexplained" if count else ", each with a reason" if parts else ""
        return f"{self.old} → {self.new}   {said}{end}"

    def lines(self) -> Iterator[str]:
        """Yield the comparison as a person reads it."""
        together: dict[str, list[str]] = {}
        for (table, reason), weeks in self._parts.items():
            together.setdefault(f"{reason}: {_span(sorted(weeks))}", []).append(table)
        yield self.summary()
        yield from _first(f"unexplained: {line}" for line in self.differences)
        yield from _first(f"not checked: {line}" for line in self.unchecked)
        yield from _first(self._told)
        yield from _first(f"{said}: {', '.join(tables)}" for said, tables in together.items())


def _span(weeks: list[str]) -> str:
    if len(weeks) == 1:
        return weeks[0] or "without a week"
    return f"{len(weeks):,} weeks, {weeks[0] or 'none'} to {weeks[-1]}"


def _first(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"  {shown(line)}" if number < _MOST else "  … and more"
        if number == _MOST:
            return
