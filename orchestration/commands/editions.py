"""Editions as the command meets them: where the page lies, a local copy of the files, sentences from the figures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from assets.generation.workplace import Workplace
from assets.leaderboard.evidence import finding_words, ranked
from assets.leaderboard.models import changes
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import ENGLISH, tongue
from assets.leaderboard.published import fetcher, latest, read_manifest
from assets.leaderboard.views.query import rows
from orchestration.console import ERR
from orchestration.verifying.report import Step, silent
from warehouse import keys
from warehouse.database.building import build_database, is_built_from, start_here
from warehouse.database.published import DATABASE, open_published
from warehouse.errors import UsageError

MANIFEST = "manifest.json"


def page_address(place: Workplace) -> str:
    """Return where the latest page lies: a path where the store is a folder, else an address in the store."""
    return f"{place.store.url}/{keys.edition_prefix(current(place))}index.html"


def current(place: Workplace) -> str:
    """Return the id of the latest edition; raise `UsageError` if nothing is published yet."""
    newest = latest(place.store)
    if newest is None:
        raise UsageError("nothing is published yet; run cliche publish (or make demo)")
    return newest.id


def manifest_of(place: Workplace, edition: str) -> dict[str, Any]:
    """Return the manifest of an edition; raise `UsageError` if there is no such edition."""
    try:
        return read_manifest(place.store, edition)
    except KeyError:
        raise UsageError(f"no edition {edition}; the latest is {current(place)}") from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of which nobody sees a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    beside.replace(path)


def database_of(place: Workplace, edition: str) -> Path:
    """Return an edition's DuckDB file: that of the last publish if it is of this edition, else one built once."""
    manifest, home = manifest_of(place, edition), place.warehouse.parent
    for path in (home / "published" / DATABASE, home / "editions" / edition / DATABASE):
        if is_built_from(path, manifest["tables"], manifest["files"]):
            return path
    build_from(place, manifest, path)
    return path


def build_from(place: Workplace, manifest: Mapping[str, Any], path: Path) -> None:
    """Make the DuckDB file of an edition at `path`, from what its manifest lists."""
    with TemporaryDirectory(prefix="cliche-edition-") as folder:
        fetch = fetcher(place.store, manifest, Path(folder))
        build_database(path, manifest["tables"], manifest["files"], fetch)
        start_here(path, manifest["tables"], manifest["files"])


def open_database(place: Workplace, edition: str) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to an edition's DuckDB file."""
    return open_published(database_of(place, edition))


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
    lines = [
        f"{model + ' ' if model else ''}{message} ({name}, {severity if status == 'fail' else status})"
        for name, severity, status, model, message in rows
        if status != "pass"
    ]
    passed = len(rules) - len({row[0] for row in rows if row[2] != "pass"})
    return f"Checked {len(rules)} rules: {passed} pass" + "".join(f"; {line}" for line in lines)


def withheld(place: Workplace, week: str) -> list[str]:
    """Return the models whose figures the latest edition withholds for a week."""
    with open_database(place, current(place)) as con:
        models = con.execute(
            "SELECT DISTINCT model FROM withheld WHERE week = $week ORDER BY model", {"week": week}
        ).fetchall()
    return [str(row[0]) for row in models]


def headline(place: Workplace) -> list[str]:
    """Return in sentences what the latest edition opens with, the latest change that is known, and who ended."""
    edition = latest(place.store)
    if edition is None:
        return []
    week, english = date.fromisoformat(edition.week), tongue(ENGLISH)
    with open_database(place, edition.id) as con:
        lives = rows(con, "timeline", {"week": edition.week})
        if not lives:
            return ["No model has been asked yet."]
        known, finding = changes.known(con, week), ranked.strongest(con, week)
    month = changes.detected(known, week)
    counted = f"{words.number(month.changes)} change{'s were' if month.changes > 1 else ' was'}"
    return [
        english.say(finding_words.sentence(finding))
        if finding
        else "No share clearly differs from its reference yet.",
        f"{counted if month.changes else 'No change was'} detected this month."
        + (
            f" Of {words.number(month.doubtful)} more something else is a likelier cause than a model."
            * bool(month.doubtful)
        ),
        *(
            f"The latest change{_of_simulated(change['simulated'])}: {english.say(changes.headline(change))} since the "
            f"week of {words.week(change['changed_week'])}."
            for change in known[:1]
        ),
        *(
            f"{life['model']}{_of_simulated(life['simulated'])} answered for the last time in the week of "
            f"{words.week(life['last_week'])}."
            for life in lives
            if life["retired_in"] and life["retired_in"] <= week
        ),
    ]


def _of_simulated(simulated: bool) -> str:
    return " (simulated)" if simulated else ""


def bar(title: str) -> AbstractContextManager[Step]:
    """Return a bar where somebody looks at a screen."""
    return counting(title) if ERR.is_terminal else nullcontext(silent)


@contextmanager
def counting(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar from the first step on; yield the function that receives (what, how many are done, of how many)."""
    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    progress = Progress(*columns, console=ERR)
    task = progress.add_task(title, total=None)

    def step(what: str, done: int, total: int) -> None:
        progress.start()
        progress.update(task, description=f"{title} {what}", completed=done, total=total)

    try:
        yield step
    finally:
        if progress.live.is_started:
            progress.stop()
