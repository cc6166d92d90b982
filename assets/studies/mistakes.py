"""All that is wrong with a study, collected: each kind of mistake with its file and first rows, equal ones as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from warehouse.errors import UsageError

#: Lines that are shown of a study.
MOST_LINES = 200
_SHOWN = 5  # texts or places of one mistake that are named
_LONGEST = 600  # characters of a line: a cell may hold a book
_LONGEST_TEXT = 80


class MistakesError(UsageError):
    """One or more mistakes; `lines` has all of them, the message the first and how many more there are."""

    def __init__(self, lines: Sequence[str]) -> None:
        more = f" (and {len(lines) - 1} more; --check lists all)" if len(lines) > 1 else ""
        super().__init__(lines[0] + more)
        self.lines = tuple(lines)


class _Kind(NamedTuple):
    file: str
    what: str
    fix: str


class Mistakes:
    """Collects mistakes of one study."""

    def __init__(self, study: str) -> None:
        self._study = study
        self._found: dict[_Kind, dict[str | None, list[str]]] = {}  # kind → text → places

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, file: str, what: str, place: str = "", *, text: str | None = None, fix: str = "") -> None:
        """Add one: `file` or set of rows (may be empty), `place` in it, e.g. `row 7`; `text` is the wrong text itself.

        Those of one file that differ in `text` and `place` alone become one line.
        """
        self._found.setdefault(_Kind(file, what, fix), {}).setdefault(text, []).append(place)

    def lines(self) -> list[str]:
        """Return one line per kind of mistake, in the order in which they were found; of very many, how many more."""
        found = self._by_file()
        shown = [self._line(kind, texts) for kind, texts in [*found.items()][:MOST_LINES]]
        left = len(found) - len(shown)
        return [*shown, f"{self._study}: {left:,} more kinds of mistakes"] if left > 0 else shown

    def _by_file(self) -> dict[_Kind, dict[str | None, list[str]]]:
        """Return what was found, the same mistake of many whole files as one of the first of them."""
        whole = {kind for kind, texts in self._found.items() if [*texts.values()] == [[""]]}
        of = Counter((kind.what, kind.fix, *self._found[kind]) for kind in whole)
        found: dict[_Kind, dict[str | None, list[str]]] = {}
        first: dict[tuple[str | None, ...], list[str]] = {}
        for kind, texts in self._found.items():
            key = (kind.what, kind.fix, *texts)
            if kind not in whole or of[key] <= _SHOWN:
                found[kind] = texts
            elif key in first:
                first[key].append(kind.file)
            else:
                first[key] = [""]
                found[kind] = {next(iter(texts)): first[key]}
        return found

    def _line(self, kind: _Kind, texts: dict[str | None, list[str]]) -> str:
        count = sum(map(len, texts.values()))
        (first, *_) = (place for places in texts.values() for place in places)
        if [*texts] == [None]:
            where, what = " ".join(filter(None, (kind.file, first))), kind.what
            others = [*dict.fromkeys(texts[None])][1:]
            more = ", ".join(place.removeprefix("row ") for place in others[:_SHOWN])
            ends = f" (also {more}{' …' if len(others) > _SHOWN else ''}; {count:,} in all)" if others else ""
        else:
            named = [_said(text or "", places) for text, places in [*texts.items()][:_SHOWN]]
            rest = len(texts) - len(named)
            where, ends = kind.file, ""
            what = f"{kind.what}: {', '.join(named)}" + (
                f" and {rest:,} other texts, {count:,} rows in all" if rest else ""
            )
        line = ": ".join(filter(None, (self._study, where, what)))
        line += ends + (f"; {kind.fix}" if kind.fix else "")
        # on one line: what cannot be seen, a byte order mark or a line break, as an escape
        seen = "".join(
            c if c.isprintable() else c.encode("unicode_escape").decode() for c in line[: _LONGEST + 1]
        )
        return seen if len(line) <= _LONGEST else f"{seen[:_LONGEST]}…"

    def stop(self) -> None:
        """Raise `MistakesError` if there is any."""
        if self._found:
            raise MistakesError(self.lines())


def _said(text: str, places: Sequence[str]) -> str:
    short = text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
    first = f"first {places[0]}" if len(places) > 1 else places[0]
    rows = f"{len(places):,} rows, {first}" if len(places) > 1 else first
    return f'"{short}" ({rows})' if rows else f'"{short}"'
