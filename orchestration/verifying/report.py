"""What verifying found: differences, and what could not be compared; and the edition that is compared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import keys

#: Told (what, how many are done, of how many).
Step = Callable[[str, int, int], None]
#: Exit codes of `cliche verify`.
AGREES, DIFFERS, NOT_CHECKED = 0, 1, 4
_MOST = 200  # lines of one kind; a hostile manifest can have 500,000 parts


def silent(what: str, done: int, total: int) -> None:
    """Report no progress."""


@dataclass
class Findings:
    """Lines of what differs and of what was not checked, each once: a hostile manifest can have 100,000 differences."""

    _differences: dict[str, None] = field(default_factory=dict, init=False)
    _unchecked: dict[str, None] = field(default_factory=dict, init=False)

    def differ(self, line: str) -> None:
        """Add a difference."""
        self._differences[line] = None

    def skip(self, line: str) -> None:
        """Add what was not checked."""
        self._unchecked[line] = None

    @property
    def differences(self) -> list[str]:
        """Return what differs."""
        return [*self._differences]

    @property
    def unchecked(self) -> list[str]:
        """Return what was not checked."""
        return [*self._unchecked]

    @property
    def exit_code(self) -> int:
        """Return 1 if anything differs, else 4 if anything was not checked, else 0."""
        return DIFFERS if self._differences else NOT_CHECKED if self._unchecked else AGREES


@dataclass
class VerifyReport(Findings):
    """What verifying one edition found."""

    edition: str
    files: int = 0
    counts: int = 0
    figures: int = 0
    notes: list[str] = field(default_factory=list)  # what is worth knowing and no fault
    compared: str = "hashes, tables, views and pages"
    recomputed: bool = False

    def note(self, line: str) -> None:
        """Add what is worth knowing and no fault, once."""
        if line not in self.notes:
            self.notes.append(line)

    def lines(self) -> list[str]:
        """Return the report as a person reads it."""
        rest = [*(f"  not checked: {line}" for line in self.unchecked), *(f"  {line}" for line in self.notes)]
        if found := self.differences:
            said = f"{len(found):,} difference{'s' if len(found) > 1 else ''}"
        else:
            said = f"{self.compared} agree"
            if self.recomputed:
                said += f" · {self.counts:,} counts and {self.figures:,} figures recomputed, 0 differ"
        return [
            f"edition {self.edition}   {self.files:,} files   {said}",
            *(f"  {line}" for line in found),
            *rest,
        ]


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


@dataclass(frozen=True)
class VerifiedEdition:
    """An edition under a root that is laid out as a store: what is stated, who hears of differences."""

    root: Path
    manifest: dict[str, Any]  # its files were compared with it
    report: VerifyReport
    step: Step = silent

    @property
    def folder(self) -> Path:
        """Return the folder of its own files."""
        return self.root / keys.edition_prefix(self.manifest["edition"])


def in_words(rows: int) -> str:
    """Return a number of rows in words."""
    return f"{rows:,} row{'s' if rows != 1 else ''}"


def one_line(error: Exception) -> str:
    """Return an error's words in one line that is not too long."""
    return " ".join(str(error).split())[:160]


def shown(name: str) -> str:
    """Return a name in one line: a line break in it could look like a line of the report."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name
    )
