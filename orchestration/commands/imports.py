"""Commands that take in what somebody else made: Midjourney folders, published studies (and label these)."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import typer
from rich.markup import escape

from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Outcome
from assets.generation.midjourney.files import read_folder
from assets.generation.midjourney.matching import Import, Listed, match, standing
from assets.generation.partition import plan_partition
from assets.generation.run import PartitionRun
from assets.generation.workplace import Listener, Workplace
from assets.labeling.partition import label, left_over
from assets.leaderboard.views.query import rows
from orchestration.commands.editions import bar, counting
from orchestration.commands.forecasts import confirmed
from orchestration.console import OUT, note, say, say_lines, table
from orchestration.resources import bare_workplace, make_workplace
from orchestration.settings import load_settings
from warehouse.database.connection import connect
from warehouse.database.schema import open_warehouse
from warehouse.errors import ClicheError, RefusedError, UsageError
from warehouse.store import Store
from warehouse.validation import close_match
from warehouse.weeks import parse_week

if TYPE_CHECKING:
    from assets.studies.shipments import Shipment

CHECKOUTS, MBIT_S = "checkouts", 20  # where clones are; the rate at which minutes of a download are said


def import_midjourney(folder: Path, week: str, version: str | None) -> int:
    """Match a folder's pictures to the week's slots, keep them, label and load them; list all others.

    Returns:
        0 if a picture of the folder is in the week, by this import or an earlier one, and all of the week's are
        labeled and loaded; 1 if something of that is left to do.

    Raises:
        RefusedError: if no picture of the folder is in the week, whatever the reason.
    """
    settings = load_settings()
    place = make_workplace(settings)
    week = parse_week(week).isoformat()
    entries = [entry for entry in place.active(week) if entry.provider == "midjourney"]
    plans = {entry.name: plan_partition(place, entry.name, week, freeze=False)[0] for entry in entries}
    slots = {name: plan.slots for name, plan in plans.items()}
    taken: set[str] = set()  # keys of settled slots, and ids and hashes of pictures with a receipt
    imported: set[str] = set()
    for model in plans:
        settled, pictures = standing(read_partition(place.store, week, model))
        taken |= {*settled}
        imported |= {*pictures}
    matches = match(
        read_folder(folder), entries, place.suites, week, slots, taken, imported=imported, version=version
    )
    _list_others(matches)
    if refusal := matches.refusal():
        raise refusal
    problems = [line for model in plans for line in _take_in(place, matches, model, week)]
    for line in problems:
        note(f"cliche: {line}")
    if not matches.files:
        say("No picture is new.")
    return ClicheError.exit_code if problems else 0


def _take_in(place: Workplace, matches: Import, model: str, week: str) -> Iterator[str]:
    """Keep, label and load one model's pictures, those of an import that was stopped too; yield what is left to do."""
    provider = matches.provider(model)
    if not (provider.slot_keys or read_partition(place.store, week, model).attempts):
        return
    plan, _ = plan_partition(place, model, week)
    kept: list[Receipt] = []
    with place.store.lease(f"generate-{week}-{model}", purpose=f"generate {week} / {model}"):
        # Without a new picture too: an import that was killed may have left receipts that no manifest lists.
        report = PartitionRun(
            place.store, plan, provider, only=provider.slot_keys, on_receipt=kept.append
        ).run()
    if provider.slot_keys:
        imported = sum(receipt.outcome is Outcome.OK for receipt in kept)
        say(f"{model}, week {week}: {imported} pictures imported, {report.open} slots still without one")
        if left := len(provider.slot_keys) - imported:
            yield f"{model}, week {week}: {left} files changed while they were read; import the folder again"
    labelled = label(place, model, week)
    from orchestration.loading import load

    load(place, model, week)
    if labelled.open:
        yield f"{model}, week {week}: {left_over(labelled)}; run again to go on: cliche run --week {week}"


def _list_others(matches: Import) -> None:
    lists: dict[str, Sequence[Listed]] = {
        "imported before": matches.known,
        "not matched": matches.unmatched,
        "surplus": matches.surplus,
        "refused": matches.refused,
    }
    for title, files in lists.items():
        if files:
            say(f"{len(files)} {title}:")
        say_lines(f"  {file.name}: {file.reason}" for file in files)


def check_study(study: str, root: Path | None) -> int:
    """Read a published study, say everything that is wrong with it, or what would come in; nothing is stored."""
    from assets.studies.importer import check

    file, folder = _found(study, root)
    with counting("checking") as step:
        mistakes, lines = check(
            file, folder, progress=lambda what, done, total: step(what.removeprefix("checking "), done, total)
        )
    for line in mistakes:
        note(line)
    say_lines(lines)
    if mistakes:
        kinds = f"{len(mistakes)} kinds of mistakes" if len(mistakes) > 1 else "1 kind of mistake"
        note(f"{kinds}; nothing was stored")
        return UsageError.exit_code
    say("No mistakes. Nothing was stored: leave out --check to import it.")
    return 0


def _found(study: str, root: Path | None) -> tuple[Path, Path]:
    """Return the study file and the folder of its files, which is cloned if none is given and it is not there."""
    from assets.studies.clone import clone, what_comes
    from assets.studies.definition import SHIPPED, load_definition, shipped

    if (file := shipped(study)) is None:
        file = Path(study)
        if not os.path.lexists(study):
            names = sorted(one.stem for one in SHIPPED.glob("*.yaml"))
            near = close_match(study, names)
            meant = near if near.startswith("; did") else ""
            raise UsageError(f"no study file {study}{meant} (shipped: {', '.join(names)})")
    if root is not None:
        return file, root
    definition = load_definition(file)
    say(what_comes(definition))
    with counting("cloning") as step:
        return file, clone(definition, load_settings().home / CHECKOUTS, progress=step)


def import_study(study: str, root: Path | None) -> int:
    """Import a published study and load it; `cliche publish` puts it on the page."""
    from assets.metrics.week import score_studies
    from assets.studies.importer import import_study as import_files

    settings = load_settings()
    place = bare_workplace(settings)
    place.store.check_writable()
    file, folder = _found(study, root)
    with counting("importing") as step:
        report = import_files(place.store, file, folder, progress=step)
    say_lines(report.lines())
    kept = "The study is kept in the store, but it was not loaded"
    if not load_kept(place, lambda con: score_studies(con, place), kept):
        return 1
    say("Next:  cliche publish   puts it on the page, in a section of its own")
    return 0


def import_shipped(*, yes: bool) -> int:
    """Import all studies that are shipped, then load them; why one does not come in is a line, and the others go on."""
    from assets.metrics.week import score_studies
    from assets.studies.shipments import shipments

    settings = load_settings()
    place, checkouts = bare_workplace(settings), settings.home / CHECKOUTS
    place.store.check_writable()
    with place.store.lease("import-studies", purpose="import the shipped studies"):
        every = [*shipments(place.store, checkouts)]
        say_lines(one.settled for one in every if one.settled)
        wanted = [one for one in every if not one.settled]
        _confirm_fetch(wanted, yes=yes)
        came = sum(_came_in(place.store, one, checkouts) for one in wanted)
        kept = load_kept(place, lambda con: score_studies(con, place), "Kept in the store, but not loaded")
    left, before = len(wanted) - came, len(every) - len(wanted)
    say(f"{len(every)} studies: {came} came in, {before} needed nothing, {left} did not come in")
    return ClicheError.exit_code if left or not kept else 0


def _confirm_fetch(wanted: Sequence[Shipment], *, yes: bool) -> None:
    """Say what there is to fetch, and ask once whether to."""
    listed = table("study", "MB", "license", "pictures", "title", right={"MB"})
    for one in wanted:
        size, terms, title = one.megabytes or "fetched", escape(one.study.license), escape(one.study.title)
        listed.add_row(one.study.study, f"{size}", terms, one.pictures, title)
    if not (total := sum(one.megabytes for one in wanted)):
        return
    OUT.print(listed)
    say(f"To fetch: about {total:,} MB, {math.ceil(total * 8 / MBIT_S / 60)} min at {MBIT_S} Mbit/s")
    if not (yes or sys.stdin.isatty()):
        raise RefusedError("no terminal to confirm that this may be fetched, so pass --yes (make real YES=1)")
    if not (yes or typer.confirm("Fetch them?", err=True)):
        raise RefusedError("nothing was fetched")


def _came_in(store: Store, one: Shipment, checkouts: Path) -> bool:
    """Clone and import a study; say what came in, or in one line why it did not."""
    from assets.studies.clone import clone
    from assets.studies.importer import import_study as import_files

    name = one.study.study
    try:
        with bar(f"{name}:") as step:
            folder = clone(one.study, checkouts, progress=step)
            report = import_files(store, one.file, folder, progress=step)
    except (ClicheError, OSError) as error:
        note(f"cliche: {name}: {str(error).removeprefix(f'{name}: ')}")
        return False
    say_lines(report.lines())
    return True


def label_imported(study: str, name: str, *, yes: bool) -> int:
    """Label the pictures of an imported study after its price was said; then say how far its people agree."""
    from assets.labeling.registry import make_labeler
    from assets.metrics.week import score_studies
    from assets.studies.labeling import label_study

    settings = load_settings()
    place = make_workplace(settings, Listener(told=note))
    labeler = make_labeler(name, place.labelers)
    place.store.check_writable()
    lease = place.store.lease(f"label-study-{study}", purpose=f"label the study {study}")
    asking = partial(confirmed, place, study, name, yes=yes)
    with lease, counting("labeling") as step:
        counts = label_study(place.store, study, labeler, progress=step, asking=asking)
    asked = counts.asked
    who = f"{name}@{labeler.version}"
    say(f"{study}: {counts.labels:,} labels by {who}, {counts.already:,} were there before")
    if asked is not None:
        say(f"{asked.calls:,} calls, ${asked.cost_usd:,.4f}; it declined {asked.declined:,} pictures")
    kept = "The labels are kept in the store, but they were not loaded"
    if not load_kept(place, lambda con: score_studies(con, place), kept):
        return 1
    with connect(place.warehouse, read_only=True) as con:
        given = {"study": study, "labeler": name, "version": labeler.version}
        found = rows(con, "labeler_agreement", given)
    said = "" if found else " none, because no person labeled what it reads"
    say(f"Agreement of {name} with the people of {study}:{said}")
    listed = table(*(title.replace("_", " ") for row in found[:1] for title in row))
    for row in found:
        listed.add_row(*map(str, row.values()))
    OUT.print(listed, end="")
    if asked is not None and asked.open:
        why = asked.stopped_by or asked.trouble or "run again to go on"
        note(f"cliche: {asked.open:,} pictures got no label: {why}")
        return 1
    say("Next:  cliche publish   puts the agreement with the study's people on the page")
    return 0


def load_kept(place: Workplace, load: Callable[[duckdb.DuckDBPyConnection], object], kept: str) -> bool:
    """Load what is kept in the store; return whether it could be, else say `kept` and why not."""
    try:
        with open_warehouse(place.warehouse) as con:
            load(con)
    except ClicheError as error:
        note(f"{kept}: {error}")
        return False
    return True
