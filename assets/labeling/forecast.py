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
from assets.labeling.spending import costs_of, is_paid


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


def labelers_of(
    labeler: str, also: tuple[str, ...], entries: Mapping[str, LabelerEntry]
) -> list[LabelerEntry]:
    """Return the labelers of a plan that are asked over a network; those of this machine take no money."""
    return [entries[name] for name in (labeler, *also) if name in entries]
