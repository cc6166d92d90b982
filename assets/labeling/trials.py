"""One picture shown to a labeler, outside of any week's pictures: to see before a run whether it answers as it should.

The call is made like every other: within pace and caps, with its intent and its receipt, so that it counts as spent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from assets.gateway.calls import Retry
from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Outcome
from assets.generation.providers.registry import load_factory
from assets.generation.trials import Trial
from assets.generation.workplace import Workplace
from assets.labeling.anchors.shipped import DRAWER, SIZE, looks
from assets.labeling.asked.asking import ask_all
from assets.labeling.asked.guard import asking_of
from assets.labeling.asked.journal import CallScope, Journal
from assets.labeling.asked.stops import describe
from assets.labeling.pictures import PictureToRead
from assets.labeling.questions import values
from assets.labeling.records import Reading, RemoteLabeler
from assets.labeling.registry import make_labeler
from warehouse.canonical import sha256_hex

_ONCE = Retry(attempts=1, limited=1)
_NAMED = 3  # readings that are said


def try_labeler(place: Workplace, entry: LabelerEntry, week: str) -> Trial:
    """Show a labeler one drawing of a person, once, and read what it says; its call counts for `week`."""
    alone = entry.model_copy(update={"batch": False, "images_per_request": 1})
    labeler = cast(RemoteLabeler, make_labeler(entry.name, {entry.name: alone}))
    drawn, shown = looks()[0]
    image = load_factory(DRAWER)(drawn, "trial", SIZE)
    readable = [name for name in labeler.attributes() if name in shown] or [*labeler.attributes()]
    found: dict[str, Reading] = {}

    def keep(readings: Mapping[str, Mapping[str, Reading]]) -> None:
        for read in readings.values():
            found.update(read)

    scope = CallScope(f"week={week}/trial", week, "trial")
    journal = Journal(place.store, scope, f"{labeler.name}@{labeler.version}", keep)
    before = len(journal.known)
    asked = ask_all(
        labeler,
        [PictureToRead(sha256_hex(image), "png", tuple(sorted(readable)))],
        journal,
        load=lambda look: image,
        asking=replace(asking_of(place, alone, week), retry=_ONCE, told=lambda line: None),
    )
    made = [one for one in journal.known[before:] if one.outcome is not Outcome.UNKNOWN_CHARGE]
    if not made:
        return Trial(Outcome.CONNECTION, asked.stopped_by or "the trial was interrupted")
    (attempt, *_) = made
    seconds = attempt.latency_ms / 1000 if attempt.latency_ms is not None else None
    if attempt.outcome is not Outcome.OK:
        said = f"{attempt.outcome}: {attempt.refusal_text}" if attempt.refusal_text else describe(attempt)
        return Trial(attempt.outcome, said, attempt.cost_usd, seconds, attempt.error_code)
    wrong = _outside(alone, found)
    if wrong:
        line = f"{len(wrong)} of {len(found)} answers are outside the lists, e.g. {wrong[0]}"
        return Trial(Outcome.WRONG_TYPE, line, attempt.cost_usd, seconds)
    some = ", ".join(f"{name} {read.value}" for name, read in [*found.items()][:_NAMED])
    more = f", and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    line = f"a drawing was read: {some}{more}"
    return Trial(Outcome.OK, line, attempt.cost_usd, seconds, expected_usd=attempt.expected_usd)


def _outside(entry: LabelerEntry, found: Mapping[str, Reading]) -> list[str]:
    """Return the answers that are no declared value."""
    declared = {attribute.id: values(attribute) for attribute in entry.questions}
    return [
        f'{name} "{(read.value or read.raw or "")[:60]}"'
        for name, read in sorted(found.items())
        if read.value not in declared[name]
    ]
