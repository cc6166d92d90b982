"""What labelling will take: calls, minutes and dollars of the labelers that are asked, before anything is asked.

Belongs here: estimates of labelling. Does not belong here: estimates of pictures (`generation.forecast`), prices of a
call (`labeling.spending`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

from assets.generation.charges import entry_scope
from assets.generation.forecast import Forecast, minutes_of
from assets.generation.models_file import LabelerEntry
from assets.generation.prices import price_on
from assets.generation.spending import Book
from assets.labeling.records import Labeler, RemoteLabeler
from assets.labeling.shipped_anchors import NAME as SHIPPED
from assets.labeling.shipped_anchors import frozen_hashes
from assets.labeling.spending import costs_of, is_paid
from warehouse.anchor_objects import labels_key, listing, read_list
from warehouse.store import Store
from warehouse.weeks import current_week, shift


def label_forecast(
    book: Book, entry: LabelerEntry, week: str, *, pictures: int, left: int, today: dt.date
) -> Forecast:
    """Return what labelling will take of a labeler that is asked.

    Args:
        book: filled for the week.
        entry: the labeler.
        week: whose pictures are labelled.
        pictures: of the week, counting each slot that is open as one.
        left: those of them that it has not labelled.
        today: whose price holds.
    """
    calls = math.ceil(left / entry.images_per_request)
    price = price_on(entry.price, today)
    return Forecast(
        entry.name,
        pictures,
        calls,
        minutes_of(calls, entry.requests_per_minute, entry.concurrency, None),
        usd=left * price.per_image_usd if price else 0.0,
        most_usd=calls * costs_of(entry, entry.images_per_request).reserve_usd(today),
        cap_usd=entry.cap_usd,
        spent_usd=book.total(entry_scope(week, entry.name, "labeler")).usd,
        paid=is_paid(entry),
        kind="labeler",
    )


def anchors_left(store: Store, labeler: Labeler | RemoteLabeler, week: str) -> int:
    """Return how many anchor pictures a labeler that is asked will label when the week is published.

    The shipped set counts where it was not drawn yet. Of a week that is over no anchors are asked about.
    """
    if current_week() > shift(week, 1):
        return 0
    who, readable = f"{labeler.name}@{labeler.version}", {*labeler.attributes()}
    sets = listing(store).sets
    left = 0 if SHIPPED in sets else len(frozen_hashes())
    for name in sets:
        if store.head(labels_key(name, week, who)) is None:
            left += sum(bool(readable & {*one["attributes"]}) for one in read_list(store, name)["pictures"])
    return left


def labelers_of(
    labeler: str, also: tuple[str, ...], entries: Mapping[str, LabelerEntry]
) -> list[LabelerEntry]:
    """Return the labelers of a plan that are asked over a network; those of this machine take no money."""
    return [entries[name] for name in (labeler, *also) if name in entries]
