"""Editions as the command meets them: where the page lies, a local copy of the files, sentences from the figures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from assets.generation.workplace import Workplace
from assets.leaderboard.published import latest, read_manifest
from orchestration.console import ERR
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.sqlfiles import sql
from warehouse.errors import CorruptObjectError, UsageError


def page_address(place: Workplace) -> str:
    """Return where the latest page lies: a path where the store is a folder, else an address in the store."""
    edition = current(place)
    return f"{place.store.url}/{keys.edition_prefix(edition)}index.html"


def current(place: Workplace) -> str:
    """Return the id of the latest edition; raise `UsageError` if nothing is published yet."""
    newest = latest(place.store)
    if newest is None:
        raise UsageError("nothing is published yet; run cliche publish (or make demo)")
    return newest.id


def local_copy(place: Workplace, edition: str, *, only: str | None = None) -> Path:
    """Return a folder with the files of an edition, fetched once: a published edition never changes.

    A file that is not what the edition's manifest says (damaged, or of another store) is fetched again.

    Args:
        place: where the store is.
        edition: its id.
        only: fetch this one file alone.

    Raises:
        UsageError: if there is no such edition.
        CorruptObjectError: if a file of the edition is missing from the store.
    """
    folder = place.warehouse.parent / "editions" / edition
    prefix = keys.edition_prefix(edition)
    try:
        files = read_manifest(place.store, edition)["files"]
    except KeyError:
        raise UsageError(f"no edition {edition}; the latest is {current(place)}") from None
    for name in [only] if only else [*files, "manifest.json"]:
        path = folder / name
        stated = files.get(name, {}).get("sha256")
        if path.is_file() and sha256_hex(path.read_bytes()) == stated:
            continue
        try:
            data = place.store.get(prefix + name)
        except KeyError:
            raise CorruptObjectError(
                f"{prefix}{name} is not in the store, but its manifest names it"
            ) from None
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_bytes(data)
        part.replace(path)
    return folder


def open_database(place: Workplace, edition: str) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to an edition's DuckDB file."""
    name = "data/cliche.duckdb"
    return connect(local_copy(place, edition, only=name) / name, read_only=True)


def check_line(place: Workplace) -> str:
    """Return in one line what the checks of the latest edition found, worst first."""
    edition = latest(place.store)
    if edition is None:
        return ""
    with open_database(place, edition.id) as con:
        rows = con.execute(
            "SELECT check_name, severity, status, model, message FROM check_results WHERE week = $week "
            "ORDER BY severity, check_name, model",
            {"week": edition.week},
        ).fetchall()
    rules = {row[0] for row in rows}
    found = [
        f"{model + ' ' if model else ''}{message} ({name}, {severity if status == 'fail' else status})"
        for name, severity, status, model, message in rows
        if status != "pass"
    ]
    passed = len(rules) - len({row[0] for row in rows if row[2] != "pass"})
    return f"Checked {len(rules)} rules: {passed} pass" + "".join(f"; {line}" for line in found)


def withheld(place: Workplace, week: str) -> list[str]:
    """Return the models whose figures the latest edition withholds for a week."""
    with open_database(place, current(place)) as con:
        found = con.execute(
            "SELECT DISTINCT model FROM withheld WHERE week = $week ORDER BY model", {"week": week}
        ).fetchall()
    return [str(row[0]) for row in found]


def headline(place: Workplace) -> list[str]:
    """Return the sentences that the figures of the latest edition say, simulated called simulated."""
    with open_database(place, current(place)) as con:
        return [str(row[0]) for row in con.execute(sql("audit/headlines")).fetchall()]


@contextmanager
def counting(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar; yield the function that receives (what, how many are done, of how many)."""
    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, console=ERR) as progress:
        task = progress.add_task(title, total=None)

        def step(what: str, done: int, total: int) -> None:
            progress.update(task, description=f"{title} {what}", completed=done, total=total)

        yield step
