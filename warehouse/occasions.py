"""What figures are computed for: a week of the benchmark, or an imported study."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple


class Occasion(NamedTuple):
    """A week or a study. `column` names it in tables and in parameters of statements: `week` or `study`."""

    column: str
    name: str  # ISO date of a Monday, or the id of a study

    @property
    def where(self) -> dict[str, Any]:
        """Return the parameters of a statement about it."""
        return {self.column: self.name}

    @property
    def value(self) -> date | str:
        """Return what its column holds: a date of a week, text of a study."""
        return date.fromisoformat(self.name) if self.column == "week" else self.name


def week(monday: str) -> Occasion:
    """Return a week by the ISO date of its Monday."""
    return Occasion("week", monday)


def study(name: str) -> Occasion:
    """Return an imported study by its id."""
    return Occasion("study", name)
