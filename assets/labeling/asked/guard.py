"""What stands between a labeler and the API that it is asked through, and anchors that are asked like pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import cast

from assets.gateway.admission import Admission, stack
from assets.gateway.breaker import Breaker
from assets.gateway.models_file import LabelerEntry
from assets.gateway.pace import Pace
from assets.generation.partition import require_price
from assets.generation.workplace import Workplace
from assets.labeling.asked.asking import Asking, ask_all
from assets.labeling.asked.attempts import closed
from assets.labeling.asked.journal import Journal, of_anchors
from assets.labeling.asked.spending import costs_of, is_paid
from assets.labeling.pictures import PictureToRead
from assets.labeling.records import Labeler, Reading, RemoteLabeler
from warehouse.loading.objects import read_image
from warehouse.weeks import current_week


def asking_of(place: Workplace, entry: LabelerEntry, week: str) -> Asking:
    """Return how a labeler is asked for a week: within its pace and its caps, until the run is interrupted.

    The ledger is filled from the store first: what was spent for this week and month is known before the first call.

    Calls for a study (an empty week) count for the present week.
    """
    week = week or current_week()
    service = _service(entry.labeler, entry.connection.base_url, entry.model_id, entry.requests_per_minute)
    if not is_paid(entry):
        return Asking(service, stopped=place.interrupt.is_set, told=place.listener.told)
    require_price(entry.name, entry.price, "labeler")
    fill = partial(place.fill_ledger, week)
    fill()
    costs = costs_of(entry, entry.images_per_request, place.ledger)
    budget = place.budget.admission(week, entry.name, entry.cap_usd, costs, fill=fill, kind="labeler")
    return Asking(
        stack(service, budget),
        money=budget,
        stopped=place.interrupt.is_set,
        told=place.listener.told,
        ledger=place.ledger,
    )


def ask_about(
    place: Workplace, labeler: Labeler | RemoteLabeler, week: str, pictures: Sequence[PictureToRead]
) -> Mapping[str, Mapping[str, Reading]]:
    """Ask a labeler about the anchors of a week; return what it read by picture (`anchors.Asks`).

    A picture that got no answer is left out; one that is not asked again (`attempts.closed`) has no reading. Calls,
    their receipts and their cost are kept as for the week's own pictures.
    """
    remote = cast(RemoteLabeler, labeler)
    by_picture: dict[str, dict[str, Reading]] = {}

    def keep(readings: Mapping[str, Mapping[str, Reading]]) -> None:
        for sha256, read in readings.items():
            by_picture.setdefault(sha256, {}).update(read)

    journal = Journal(place.store, of_anchors(week), f"{remote.name}@{remote.version}", keep)
    ask_all(
        remote,
        [replace(picture, attributes=tuple(sorted(picture.attributes))) for picture in pictures],
        journal,
        load=lambda look: read_image(place.store, look.sha256, look.ext),
        asking=asking_of(place, remote.entry, week),
    )
    for sha256, _ in closed(journal.known):
        by_picture.setdefault(sha256, {})
    return by_picture


@cache
def _service(kind: str, address: str | None, model_id: str, requests_per_minute: float) -> Admission:
    """Return the pace and the breaker of one service, shared by all that this process asks of it."""
    name = f"{kind} ({address or model_id})"
    return stack(Pace(name, requests_per_minute), Breaker(name))
