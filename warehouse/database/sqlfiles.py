"""The SQL files of `sql/`, found by name.

Belongs here: reading statements and their header contracts. Does not belong here: running them (`migrations`,
`marts`, and whoever asks a question).
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from warehouse.errors import UsageError

ROOT = Path(__file__).resolve().parents[2] / "sql"
FIELDS = ("Answers", "Grain", "Columns", "Depends on")
_FIELD = re.compile(rf"({'|'.join(FIELDS)}):\s*(.*)")


def names(folder: str) -> list[str]:
    """Return the names (without `.sql`) of the files of one folder of `sql/`, sorted.

    Raises:
        UsageError: if there is no such folder.
    """
    if not (ROOT / folder).is_dir():
        known = sorted(path.name for path in ROOT.iterdir() if path.is_dir())
        raise UsageError(f"no folder {folder!r} under sql/; there are {', '.join(known)}")
    return sorted(path.stem for path in (ROOT / folder).glob("*.sql"))


def sql(name: str) -> str:
    """Return the statement of `<folder>/<name>`, e.g. `audit/who_is_the_ceo`.

    Raises:
        UsageError: if there is no such file; the message holds the closest names.
    """
    path = ROOT / f"{name}.sql"
    if path.resolve().is_relative_to(ROOT) and path.is_file():
        return path.read_text(encoding="utf-8")
    known = sorted(str(found.relative_to(ROOT).with_suffix("")) for found in ROOT.glob("*/*.sql"))
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"see {ROOT.name}/"
    raise UsageError(f"no SQL file {name!r}; {hint}")


def header(name: str) -> dict[str, str]:
    """Return the header contract of a file: `Answers`, `Grain`, `Columns`, `Depends on`, each if stated.

    The lines of a field stay lines, without the comment marks.
    """
    found: dict[str, str] = {}
    current = ""
    for line in sql(name).splitlines():
        if not line.startswith("--"):
            break
        text = line[2:].strip()
        if match := _FIELD.match(text):
            current = match[1]
            found[current] = match[2].strip()
        elif current and text:
            found[current] = f"{found[current]}\n{text}".strip()
    return found
