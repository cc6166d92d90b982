"""The command that lets a labeler of models.yaml, or one of this machine, read an imported study."""

from __future__ import annotations

from assets.generation.workplace import Listener
from assets.labeling.asked.asking import FREELY
from assets.labeling.asked.guard import asking_of
from assets.labeling.registry import make_labeler
from assets.studies.labeling import label_study
from orchestration.commands.editions import counting
from orchestration.console import note, say
from orchestration.resources import make_workplace
from orchestration.settings import load_settings
from warehouse.database.connection import connect
from warehouse.database.migrations import migrate
from warehouse.errors import ClicheError


def label_imported(study: str, name: str) -> int:
    """Label the pictures of an imported study and load what was read; say what it cost and what is left."""
    from assets.metrics.week import score_studies

    settings = load_settings()
    place = make_workplace(settings, Listener(told=note))
    labeler = make_labeler(name, place.labelers)
    entry = place.labelers.get(name)
    place.store.check_writable()
    with place.store.lease(f"label-study-{study}", purpose=f"label the study {study}"):
        asking = FREELY if entry is None else asking_of(place, entry, "")
        with counting("labeling") as step:
            counts = label_study(place.store, study, labeler, progress=step, asking=asking)
    asked = counts.asked
    say(
        f"{study}: {counts.labels:,} labels by {name}@{labeler.version}, {counts.already:,} were there before"
    )
    if asked is not None:
        say(f"{asked.calls:,} calls, ${asked.cost_usd:,.4f}; it declined {asked.declined:,} pictures")
    try:
        with connect(place.warehouse) as con:
            migrate(con)
            score_studies(con, place)
    except ClicheError as error:
        note(f"The labels are kept in the store, but they were not loaded: {error}")
        return 1
    if asked is not None and asked.open:
        note(
            f"cliche: {asked.open:,} pictures got no label: {asked.stopped_by or asked.trouble or 'run again to go on'}"
        )
        return 1
    say("Next:  cliche publish   puts the agreement with the study's people on the page")
    return 0
