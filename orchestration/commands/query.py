"""The commands `cliche sql` and `cliche explain`: which query, in which form, and what is said beside its rows."""

from __future__ import annotations

import difflib
import json
import os
import shlex
import shutil
import sys
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from string import Template
from typing import Any

from orchestration.commands.editions import current, database_of
from orchestration.console import OUT, note, say, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse import keys
from warehouse.database.marts import as_read_by
from warehouse.errors import ClicheError, UsageError
from warehouse.inputfile import read_file
from warehouse.printable import printable
from warehouse.sandbox.reading import QueryEnd, TooLongError, read
from warehouse.sqlfiles import header, names
from warehouse.sqlfiles import sql as read_sql
from warehouse.validation import close_match

FORMATS = ("table", "csv", "json")


def sql(
    query: str | None,
    file: str | None,
    form: str,
    *,
    limit: int,
    timeout: int,
    show: bool,
    labeler: str | None = None,
) -> int:
    """Run one query on the latest edition's file, with nothing else in its reach, and print its rows.

    With `show` the text of `file` is printed instead. With a `labeler` it reads the plans as if they named that one. A
    table ends after `limit` rows (0: never) and says so; CSV and JSON are whole. The query ends when its reader does.
    """
    if form not in FORMATS:
        raise UsageError(f'no format "{form}"; known: {", ".join(FORMATS)}')
    if query is not None and file is not None:
        raise UsageError("give a query or -f NAME, not both")
    for option in ("--print",) * show + ("--labeler",) * (labeler is not None):
        if file is None:
            raise UsageError(f"{option} needs -f NAME")
    if query is None and file is None:
        return _list_queries()
    text = query if query is not None else _from_file(file or "", labeler)
    if show:  # as it is, unwrapped, so that it can be pasted
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return 0
    place = bare_workplace(load_settings())
    rows = read(
        database_of(place, current(place)),
        text,
        form=form,
        limit=limit or None if form == "table" else None,
        timeout=timeout,
        screen=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
    )
    try:
        shown = _print(rows)
    except BrokenPipeError:
        # what is buffered goes nowhere, quietly
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TooLongError as error:
        raise ClicheError(f"{error}; --timeout SECONDS allows more") from None
    if shown.more:
        note(f"Only the first {shown.rows:,} rows are shown. All of them: --limit 0, or --format csv")
    return 0


def _print(rows: Generator[bytes, None, QueryEnd]) -> QueryEnd:
    sys.stdout.flush()
    with closing(rows):
        while True:
            try:
                chunk = next(rows)
            except StopIteration as ended:
                shown: QueryEnd = ended.value
                return shown
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


def _from_file(name: str, labeler: str | None) -> str:
    path = Path(name)
    if path.suffix == ".sql" and path.exists():
        try:
            text = read_file(path).decode("utf-8")
        except OSError as error:
            raise UsageError(f"{name} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise UsageError(f"{name} is not UTF-8 text") from None
    else:
        name = name.removesuffix(".sql")
        if name not in names("audit"):
            raise UsageError(f'no audit query "{name}"' + close_match(name, names("audit")))
        text = read_sql(f"audit/{name}")
    return text if labeler is None else as_read_by(text, labeler)


def _list_queries() -> int:
    listed = table("cliche sql -f", "answers", right=())
    for name in names("audit"):
        listed.add_row(name, header(f"audit/{name}")["Answers"])
    OUT.print(listed)
    return 0


#: Pictures that `explain` lists.
_PICTURES = 10
#: Figures that an unknown or ambiguous name leads to.
_LISTED = 5
#: Characters of what was asked for that a message repeats, and that are compared with names.
_SHOWN = 200


def explain(figure: str) -> int:
    """Print the way from a published share to its counts, pictures, labels and calls, each with its query.

    A figure is named as pages name it (`data-cell`), or by words in any order: prompt, attribute, value, model.
    """
    place = bare_workplace(load_settings())
    database = database_of(place, current(place))
    share = _named(figure, _rows(database, _statement("shares", {})))
    asked = {
        **{name: share[name] for name in ("week", "model", "prompt", "turn", "attribute", "labeler")},
        "first": share["first_week"],
        "major": share["suite_major"],
        "version": share["labeler_version"],
    }
    counts, pictures = (_statement(name, asked) for name in ("counts", "pictures"))
    suite = f"{share['suite']}@{share['suite_major']} {share['condition']}"
    turn = ", after a confrontation" if share["turn"] > 1 else ""
    say(f"{_cell(share)}   {suite}{turn}, read by {share['labeler']} {share['labeler_version']}")
    say(f"Of the weeks {share['first_week']} to {share['week']}: {_figure(share)}")
    say(_command(_statement("figure", {**asked, "value": share["value"]})))
    listed = table("week", "read as", "counts as", "pictures", right=("pictures",))
    for row in _rows(database, counts):
        listed.add_row(
            *(printable(str(row[name] or "")) for name in ("week", "value", "counts_as", "pictures"))
        )
    say()
    OUT.print(listed)
    say(_command(counts))
    rows = _rows(database, pictures)
    shown = rows[:_PICTURES]
    say()
    say(f"{len(rows):,} pictures were read, {len(shown)} of them here: label, picture, call")
    for row in shown:
        say(f"{row['week']} {row['said']}   {keys.image(row['image_sha256'], row['image_ext'])}")
        say(f"    {keys.receipt(row['week'], share['model'], row['slot_key'], row['attempt'])}")
    say(_command(pictures))
    return 0


def _rows(database: Path, text: str) -> list[dict[str, Any]]:
    """Return all rows of a query, asked as `cliche sql` asks."""
    rows: list[dict[str, Any]] = json.loads(b"".join(read(database, text, form="json")) or b"[]")
    return rows


def _statement(name: str, values: Mapping[str, str | int]) -> str:
    """Return a query of sql/explain in one line, with values in it; a text is a literal, whatever is in it."""
    lines = (line for line in read_sql(f"explain/{name}").splitlines() if not line.startswith("--"))
    literals = {
        key: str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
        for key, value in values.items()
    }
    return Template(" ".join(" ".join(lines).split())).substitute(literals)


def _command(statement: str) -> str:
    return f"  cliche sql {shlex.quote(statement)}"


def _cell(share: Mapping[str, Any]) -> str:
    return f"{share['model']}.{share['prompt'].replace('/', '.')}.{share['attribute']}.{share['value']}"


def _figure(share: Mapping[str, Any]) -> str:
    """Return a share with its interval and the count that it is of."""
    count = f"{share['k']} of {share['n']} pictures"
    if share["estimate"] is None:
        return f"{count}; no share ({share['reason']})"
    ends = "" if share["low"] is None else f" (95 %: {share['low']:.1%} to {share['high']:.1%})"
    worth = "" if share["worth"] == 1 else f"; {share['worth']:.2f} pictures count as one"
    return f"{share['estimate']:.1%}{ends}, {count}{worth}"


def _named(figure: str, shares: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one share that is meant: of several versions of a suite the one of the newest week and version."""
    words = figure.split()
    like = [share for share in shares if _cell(share) == figure]
    like = like or [share for share in shares if words and all(word in _words(share) for word in words)]
    if len({_cell(share) for share in like}) == 1:
        return max(like, key=lambda share: (share["week"], share["suite_major"], share["turn"]))
    if like:
        names = list(dict.fromkeys(map(_cell, like)))
        raise UsageError(f'"{figure[:_SHOWN]}" names {len(names):,} figures: {_few(names)}')
    near = _near(figure, words, shares)
    raise UsageError(
        f'no figure "{figure[:_SHOWN]}"' + (f"; near it: {_few(near)}" if near else "; nothing is published")
    )


def _words(share: Mapping[str, Any]) -> set[str]:
    """Return the words that a share is named by."""
    prompt = share["prompt"].rpartition("/")[2]
    suite = f"{share['suite']}@{share['suite_major']}"
    named = (share[name] for name in ("model", "prompt", "attribute", "value", "suite"))
    return {*named, prompt, suite, f"{suite}/{prompt}"}


def _near(figure: str, words: list[str], shares: list[dict[str, Any]]) -> list[str]:
    """Return names of shares: those with most of the words, else those that are written alike."""
    known = {_cell(share): len(_words(share) & {*words}) for share in shares}
    if most := max(known.values(), default=0):
        return [name for name, many in known.items() if many == most]
    return difflib.get_close_matches(figure[:_SHOWN], known, _LISTED, cutoff=0) if known else []


def _few(names: list[str]) -> str:
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")
