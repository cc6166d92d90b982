"""All that is wrong with a study, collected: each mistake with its file and row, equal ones as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from warehouse.errors import UsageError

#: Lines that are shown of a study.
MOST_LINES = 200
_SHOWN = 5  # places of one mistake that are named
_PER_FILE = 20  # lines that are shown of one file
_LONGEST = 600  # characters of a line: a cell may hold a book


class MistakesError(UsageError):
    """One or more mistakes; `lines` has all of them, the message the first and how many more there are."""

    def __init__(self, lines: Sequence[str]) -> None:
        more = f" (and {len(lines) - 1} more; --check lists all)" if len(lines) > 1 else ""
        super().__init__(lines[0] + more)
        self.lines = tuple(lines)


class Mistakes:
    """Collects mistakes of one study."""

    def __init__(self, study: str) -> None:
        self._study = study
        self._found: dict[tuple[str, str], list[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, file: str, what: str, place: str = "") -> None:
        """Add one: `file` relative to the study's folder (may be empty), `place` in it, e.g. `row 7`."""
        self._found.setdefault((file, what), []).append(place)

    def lines(self) -> list[str]:
        """Return one line per mistake, in the order in which they were found; of very many, how many more."""
        found = self._by_file()
        shown: list[str] = []
        of_file: Counter[str] = Counter()
        for (file, what), places in found.items():
            of_file[file] += 1
            if of_file[file] <= _PER_FILE and len(shown) < MOST_LINES:
                shown.append(self._line(file, what, places))
        crowded = {file: count - _PER_FILE for file, count in of_file.items() if count > _PER_FILE}
        shown += [
            f"{self._study}: {file}: {more} more mistakes of other rows" for file, more in crowded.items()
        ]
        left = len(found) - len(shown) + len(crowded) - sum(crowded.values())
        return [*shown, f"{self._study}: {left} more mistakes in other files"] if left > 0 else shown

    def _by_file(self) -> dict[tuple[str, str], list[str]]:
        """Return what was found, the same mistake of many whole files as one of the first of them."""
        files: dict[str, list[str]] = {}
        for (file, what), places in self._found.items():
            if places == [""]:
                files.setdefault(what, []).append(file)
        same = {what: names for what, names in files.items() if len(names) > _SHOWN}
        found = {}
        for (file, what), places in self._found.items():
            names = same.get(what, []) if places == [""] else []
            if not names:
                found[file, what] = places
            elif names[0] == file:
                found[file, what] = ["", *(f"file {name}" for name in names[1:])]
        return found

    def _line(self, file: str, what: str, places: list[str]) -> str:
        where = " ".join(part for part in (file, places[0]) if part)
        others = list(dict.fromkeys(places))[1:]
        more = ""
        if others:
            shown = ", ".join(place.split(" ", 1)[-1] for place in others[:_SHOWN])
            more = f" (also {others[0].split(' ')[0]} {shown}{' …' if len(others) > _SHOWN else ''}"
            more += f"; {len(others) + 1} in all)"
        return _shown(": ".join(part for part in (self._study, where, what) if part)) + more

    def stop(self) -> None:
        """Raise `MistakesError` if there is any."""
        if self._found:
            raise MistakesError(self.lines())


def _shown(text: str) -> str:
    """Return `text` on one line: what cannot be seen, a byte order mark or a line break, as an escape."""
    seen = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: _LONGEST + 1]
    )
    return seen if len(text) <= _LONGEST else f"{seen[:_LONGEST]}…"
