"""Commands that take something back, on record: studies, pictures, labels, a model's week, the bytes of a picture."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from assets.labeling import retraction
from orchestration.commands.imports import load_kept
from orchestration.console import note, say, say_lines
from orchestration.resources import bare_workplace
from orchestration.settings import Settings, load_settings
from warehouse.errors import ClicheError, RefusedError
from warehouse.integrity import record
from warehouse.printable import counted
from warehouse.store import Store
from warehouse.taken_back import WeekRetraction, checked_reason

if TYPE_CHECKING:
    from assets.leaderboard import removing

_NEXT = "Next:  cliche publish   makes an edition without it; earlier editions stay"


def study_remove(study: str, reason: str) -> int:
    """Take an imported study back, on record, and its rows out of the warehouse; nothing in the store is deleted."""
    from assets.metrics.week import score_studies
    from assets.studies.removal import remove_study

    place = bare_workplace(load_settings())
    place.store.check_writable()
    removed = remove_study(place.store, study, reason)
    say(f"{study} {removed.version} is removed: {removed.key} says why. Nothing was deleted from the store.")
    kept = "The removal is kept in the store, but the warehouse still holds the study"
    if not load_kept(place, lambda con: score_studies(con, place), kept):
        return 1
    say(f"{_NEXT}. A higher version brings it back")
    return 0


def retract_picture(picture: str, reason: str) -> int:
    """Take a picture back, in all slots that share it."""
    return _retracted(lambda store: retraction.retract_picture(store, picture, reason))


def retract_labels(model: str, week: str, labeler: str, attribute: str | None, reason: str) -> int:
    """Take a labeler's labels of a model's week back."""
    return _retracted(
        lambda store: [retraction.retract_labels(store, model, week, labeler, attribute, reason)]
    )


def retract_week(model: str, week: str, reason: str) -> int:
    """Take all answers of a model's week back."""
    return _retracted(lambda store: [retraction.retract_week(store, model, week, reason)])


def _retracted(retract: Callable[[Store], Iterable[WeekRetraction]]) -> int:
    store = bare_workplace(load_settings()).store
    store.check_writable()
    for made in retract(store):
        what = counted(len(made.slots), "picture") if made.slots else "all answers"
        if made.labeler:
            what = f"{made.attribute or 'all'} labels by {made.labeler}"
        say(f"{made.model}, week {made.week}: {what} taken back: {made.key} says why. Nothing was deleted.")
    say(_NEXT)
    return 0


def remove(picture: str, reason: str, *, yes: bool) -> int:
    """Show what goes with a picture, ask, delete it, and publish the newest edition without it.

    Returns:
        1 if it is deleted and could not be published without it.

    Raises:
        RefusedError: if the answer is no, or there is no terminal.
    """
    from assets.leaderboard import removing
    from assets.leaderboard.published import latest
    from orchestration.commands import operator

    settings = load_settings()
    store, sha256 = bare_workplace(settings).store, retraction.hash_in(picture)
    checked_reason(reason)
    going = removing.what_goes(store, sha256)
    if going.record is not None:
        say(f"Its removal is on record since {going.record.removed_at[:10]} ({going.record})")
    for line in (*going.slots, *going.keys):
        say(f"  {line}")
    say(
        f"Objects that go: {len(going.keys):,}. Slots that keep outcome, labels and counts: {len(going.slots):,}"
    )
    if going.keys and not yes:
        if not sys.stdin.isatty():
            raise RefusedError("this would be deleted for good; no terminal to confirm, so pass --yes")
        if not typer.confirm("This will be deleted for good; go on?", err=True):
            raise RefusedError("nothing was deleted")
    store.check_writable()
    record = removing.remove(store, sha256, reason)
    for key in going.keys:  # and the copies that `cliche serve` keeps in the home
        for name in (key, key.removeprefix("editions/")):
            (settings.home / "editions" / name).unlink(missing_ok=True)
    say(f"Deleted: {record.key} says why.")
    say_lines(_not_reached(settings, store, going))
    if latest(store) is None:
        return 0
    try:
        return operator.publish(None)
    except ClicheError as error:
        note(f"The picture is deleted, but the newest edition still shows where it was: {error}")
        return 1


def _not_reached(settings: Settings, store: Store, going: removing.Going) -> Iterator[str]:
    """Yield where the bytes may still be, which this command does not reach."""
    yield "Not reached, delete it there:"
    backup = record.last(record.BACKUP, settings.home, store.url, settings.postgres)
    copy = f"; the last known: {backup.to}" if backup else ""
    yield f"  copies of the store (cliche backup){copy}"
    yield "  sites (cliche publish --to), fetched editions (cliche edition fetch), gold sets (cliche gold export)"
    if store.url.startswith("s3://"):
        yield f"  earlier versions, if the bucket keeps them: of {', '.join(going.keys) or 'what went before'}"
