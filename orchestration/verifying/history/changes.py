"""What a comparison of two editions found, in lines: changes with a reason, without one, and what was not compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from orchestration.verifying.report import AGREES, DIFFERS, NOT_CHECKED

_MOST = 200  # lines of one kind; a hostile manifest can have 500,000 parts


@dataclass
class Changes:
    """What changed from one edition to another, and why."""

    old: str
    new: str
    unexplained: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    _told: list[tuple[str, str]] = field(default_factory=list)  # (what, reason)
    _parts: dict[tuple[str, str], list[str]] = field(default_factory=dict)  # (table, reason) → weeks

    def tell(self, what: str, reason: str) -> None:
        """Add what changed beside parts of tables."""
        self._told.append((what, reason))

    def part(self, table: str, week: str | None, reasons: Collection[str], otherwise: str) -> None:
        """Add a part of a table that changed; without a reason it is unexplained, in these words."""
        if not reasons:
            self.unexplained.append(f"{table} {week or 'without a week'}: {otherwise}")
            return
        weeks = self._parts.setdefault((table, ", ".join(sorted(reasons))), [])
        if (week or "") not in weeks:
            weeks.append(week or "")

    @property
    def exit_code(self) -> int:
        """Return 1 if a change is unexplained, else 4 if something was not compared, else 0."""
        return DIFFERS if self.unexplained else NOT_CHECKED if self.unchecked else AGREES

    def summary(self) -> str:
        """Return in one line how many changes there are, and whether each has a reason."""
        count = len(self.unexplained)
        parts = sum(len(weeks) for weeks in self._parts.values())
        said = f"{parts:,} parts of tables changed" if parts or self._told or count else "nothing changed"
        end = f" · {count:,} unexplained" if count else ", each with a reason" if parts else ""
        return f"{self.old} → {self.new}   {said}{end}"

    def lines(self) -> Iterator[str]:
        """Yield the comparison as a person reads it."""
        yield self.summary()
        yield from _first(f"  unexplained: {line}" for line in self.unexplained)
        yield from _first(f"  not checked: {line}" for line in self.unchecked)
        yield from _first(f"  {reason}: {what}" for what, reason in self._told)
        together: dict[tuple[str, str], list[str]] = {}
        for (table, reason), weeks in self._parts.items():
            together.setdefault((reason, _span(weeks)), []).append(table)
        yield from _first(
            f"  {reason}: {span}: {', '.join(tables)}" for (reason, span), tables in together.items()
        )


def _span(weeks: list[str]) -> str:
    named = sorted(weeks)
    if len(named) == 1:
        return named[0] or "without a week"
    return f"{len(named):,} weeks, {named[0] or 'none'} to {named[-1]}"


def _first(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == _MOST:
            yield "  … and more"
            return
        yield "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
