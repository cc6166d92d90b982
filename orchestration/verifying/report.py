"""What verifying found: differences, and what could not be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

#: Told (what, how many are done, of how many).
Step = Callable[[str, int, int], None]
#: Exit codes of `cliche verify`.
AGREES, DIFFERS, NOT_CHECKED = 0, 1, 4
#: What is compared, in the order in which the summary names it.
PARTS = ("hashes", "tables", "views", "pages")


def silent(what: str, done: int, total: int) -> None:
    """Report no progress."""


@dataclass
class VerifyReport:
    """One line for everything that differs, and one for everything that was not checked."""

    edition: str
    files: int = 0
    counts: int = 0
    figures: int = 0
    differences: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what is worth knowing and no fault
    open_parts: set[str] = field(default_factory=set)  # of PARTS: not compared, or not in full
    recomputed: bool = False
    _told: set[str] = field(default_factory=set)  # a hostile manifest can have 100,000 differences

    def differ(self, line: str) -> None:
        """Add a difference, once."""
        if line not in self._told:
            self._told.add(line)
            self.differences.append(line)

    def skip(self, line: str, *parts: str) -> None:
        """Add what was not checked, and which parts of the summary that leaves open."""
        self.open_parts.update(parts)
        if line not in self.unchecked:
            self.unchecked.append(line)

    def note(self, line: str) -> None:
        """Add what is worth knowing and no fault, once."""
        if line not in self.notes:
            self.notes.append(line)

    @property
    def holds(self) -> bool:
        """Return whether nothing differs; something may not have been checked."""
        return not self.differences

    @property
    def exit_code(self) -> int:
        """Return 1 if anything differs, else 4 if anything was not checked, else 0."""
        if self.differences:
            return DIFFERS
        return NOT_CHECKED if self.unchecked else AGREES

    def lines(self) -> list[str]:
        """Return the report as a person reads it."""
        summary = f"edition {self.edition}   {self.files:,} files   "
        rest = [*(f"  not checked: {line}" for line in self.unchecked), *(f"  {line}" for line in self.notes)]
        if self.differences:
            count = len(self.differences)
            found = f"{count:,} difference{'s' if count > 1 else ''}"
            return [f"{summary}{found}", *(f"  {line}" for line in self.differences), *rest]
        agree = _listed([part for part in PARTS if part not in self.open_parts])
        said = [f"{agree} agree"] if agree else []
        if self.recomputed:
            said.append(f"{self.counts:,} counts and {self.figures:,} figures recomputed, 0 differ")
        return [summary + " · ".join(said), *rest]


def in_words(rows: int) -> str:
    """Return a number of rows in words."""
    return f"{rows:,} row{'s' if rows != 1 else ''}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
