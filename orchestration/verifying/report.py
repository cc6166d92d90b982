"""What verifying found: differences, and what could not be compared; and the edition that is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse import keys
from warehouse.printable import counted

#: Characters of an error in a line of the report.
MOST = 160

#: Told (what, how many are done, of how many).
Step = Callable[[str, int, int], None]
#: Exit codes of `cliche verify`.
AGREES, DIFFERS, NOT_CHECKED = 0, 1, 4


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
        said = f"{self.compared} agree"
        if self.recomputed:
            said += f" · {self.counts:,} counts and {self.figures:,} figures recomputed, 0 differ"
        if found := self.differences:
            said = counted(len(found), "difference")
        return [
            f"edition {self.edition}   {self.files:,} files   {said}",
            *(f"  {line}" for line in found),
            *(f"  not checked: {line}" for line in self.unchecked),
            *(f"  {line}" for line in self.notes),
        ]


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


def shown(name: str) -> str:
    """Return a name in one line: a line break in it could look like a line of the report."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
