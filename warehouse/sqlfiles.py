"""The SQL files of `sql/`, found by name.

A file whose name starts with `_` is no statement of its own but shared first steps: `WITH` parts that end with a
`SELECT` of the last one. A file beside it that says `Uses: readings` in its header starts with the parts of
`_readings.sql`; `Uses: marts/readings` takes them from another folder. Parts that build on others of the file
stand where a line of the same form is among them; shared steps may hold such lines, too.
"""

from __future__ import annotations

import difflib
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

from warehouse.errors import UsageError

_PACKAGES = Path(__file__).resolve().parents[1]


def shipped(inside: str, top: str = ".") -> Path:
    """Return a folder of shipped files: `inside` the packages of a wheel, else at the top of the checkout."""
    folder = _PACKAGES / inside
    return folder if folder.is_dir() else _PACKAGES / top


ROOT = shipped("warehouse/sql", "sql")
FIELDS = ("Answers", "Grain", "Columns", "Depends on")
CHECK_FIELDS = ("Severity", "Stages", "Rule", "Says")
USES = "Uses"
#: Of a view by the week.
WEEKS = "Weeks"
_FIELD = re.compile(rf"({'|'.join((*FIELDS, *CHECK_FIELDS, USES, WEEKS))}):\s*(.*)")
_HERE = re.compile(rf"^-- {USES}: (\w+)$", re.MULTILINE)
_WITH = re.compile(r"^WITH(?: RECURSIVE)?\s", re.MULTILINE)
_LAST_SELECT = re.compile(r"^SELECT\b", re.MULTILINE)


def names(folder: str) -> list[str]:
    """Return the names (without `.sql`) of the statements of one folder of `sql/`, sorted; not of shared steps."""
    if not (ROOT / folder).is_dir():
        known = sorted(path.name for path in ROOT.iterdir() if path.is_dir())
        raise UsageError(f"no folder {folder!r} under sql/; there are {', '.join(known)}")
    return sorted(path.stem for path in (ROOT / folder).glob("*.sql") if not path.stem.startswith("_"))


def sql(name: str) -> str:
    """Return the whole statement of `<folder>/<name>`, e.g. `audit/who_is_the_ceo`, with the shared steps it uses."""
    text, folder = _text(name), name.partition("/")[0]
    shared, start = _fields(text).get(USES), _WITH.search(text)
    if start is None:
        if shared is None:
            return text
        raise UsageError(f"sql/{name}.sql uses {shared} but has no WITH to put it after")
    own = _HERE.sub(lambda line: f"{_steps(folder, line[1])},", text[start.end() :])
    return (
        with_first(text[: start.end()] + own, _steps(folder, shared)) if shared else text[: start.end()] + own
    )


def with_first(statement: str, parts: str) -> str:
    """Return the statement with these parts before its own `WITH` parts, if it has any."""
    if start := _WITH.search(statement):
        return f"{statement[: start.end()].rstrip()}\n{parts},\n\n{statement[start.end() :]}"
    return f"WITH\n{parts}\n\n{statement}"


def quoted(text: object) -> str:
    """Return text, or a path, as a literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def _text(name: str) -> str:
    path = ROOT / f"{name}.sql"
    if path.is_relative_to(ROOT) and ".." not in path.parts:
        with suppress(FileNotFoundError, NotADirectoryError):
            return _read(path, path.stat().st_mtime_ns)
    known = sorted(
        f"{folder.name}/{stem}" for folder in ROOT.iterdir() if folder.is_dir() for stem in names(folder.name)
    )
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"see {ROOT.name}/"
    raise UsageError(f"no SQL file {name!r}; {hint}")


@cache
def _read(path: Path, changed_ns: int) -> str:
    """Return a file's text; a publish asks for hundreds of them over and over, so it is read once while unchanged."""
    return path.read_text(encoding="utf-8")


def _steps(folder: str, shared: str) -> str:
    """Return the parts of a shared file, with the comment that says what they are, without `WITH` and `SELECT`."""
    folder, name = shared.split("/") if "/" in shared else (folder, shared)
    text = _text(f"{folder}/_{name}")
    start, end = _WITH.search(text), _LAST_SELECT.search(text)
    if start is None or end is None:
        raise UsageError(f"sql/{folder}/_{name}.sql has no WITH, or no SELECT at its end")
    parts = _HERE.sub(lambda line: f"{_steps(folder, line[1])},", text[start.end() : end.start()])
    return f"-- The next parts are shared: sql/{folder}/_{name}.sql\n{parts.strip()}"


def header(name: str) -> dict[str, str]:
    """Return the header contract of a file: `Answers`, `Grain`, `Columns`, `Depends on` and more, each if stated.

    The lines of a field stay lines, without the comment marks.
    """
    return {**_fields(_text(name))}


@cache
def _fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    current = ""
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        text = line[2:].strip()
        if match := _FIELD.match(text):
            current = match[1]
            fields[current] = match[2].strip()
        elif current and text:
            fields[current] = f"{fields[current]}\n{text}".strip()
    return fields
