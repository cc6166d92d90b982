"""What a study gives back: tables with the marks that must hold, and how they are written in Markdown.

Belongs here: `Table`, `Mark`, Markdown. Does not belong here: what is simulated (a module each).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

Entry = str | int | float


class Mark(NamedTuple):
    """A figure that must be reached.

    Attributes:
        text: what must hold, in words.
        value: what was seen.
        holds: whether it does.
    """

    text: str
    value: Entry
    holds: bool


@dataclass(frozen=True)
class Table:
    """A table of a study.

    Attributes:
        title: what it shows.
        columns: names of the columns.
        rows: entries, one row each; floats are written with three decimals.
        marks: what must hold of it; plain tuples do.
        note: a sentence or two to read with it.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Entry]]
    marks: Sequence[tuple[str, Entry, bool]] = ()
    note: str = ""

    @property
    def failed(self) -> list[Mark]:
        """The marks that do not hold."""
        return [mark for mark in map(Mark._make, self.marks) if not mark.holds]


def written(entry: Entry) -> str:
    """Return an entry as it is in a table."""
    return f"{entry:.3f}" if isinstance(entry, float) else str(entry).replace("|", "\\|")


def _grid(columns: Sequence[str], rows: Sequence[Sequence[Entry]]) -> list[str]:
    rule = ["---"] + ["---:"] * (len(columns) - 1)
    lines = [list(columns), rule, *([written(entry) for entry in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def markdown(table: Table) -> str:
    """Return the table in Markdown: title, note, rows, marks."""
    parts = [f"### {table.title}"]
    if table.note:
        parts.append(table.note)
    if table.rows:
        parts.append("\n".join(_grid(table.columns, table.rows)))
    if table.marks:
        rows = [(text, value, "yes" if holds else "**no**") for text, value, holds in table.marks]
        parts.append("\n".join(_grid(("must hold", "seen", "holds"), rows)))
    return "\n\n".join(parts)
