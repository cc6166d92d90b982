"""Commands about studies that were imported: take one back."""

from __future__ import annotations

from orchestration.commands.imports import load_kept
from orchestration.console import say
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings


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
    say(
        "Next:  cliche publish   makes an edition without it; earlier editions stay. A higher version brings it back"
    )
    return 0
