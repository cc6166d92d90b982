"""The anchors of a week, in the surroundings of a run: before it is scored, every labeler in use labels them again."""

from __future__ import annotations

from functools import partial

from assets.generation.workplace import Workplace
from assets.labeling.anchors.sets import AnchorReport, ensure_shipped, label_anchors
from assets.labeling.asked.guard import ask_about
from assets.labeling.registry import make_labeler
from assets.suites.loader import load_attributes
from warehouse.loading.load import partitions


def label_anchor_sets(place: Workplace, week: str) -> AnchorReport:
    """Label all anchor sets for the weeks that an edition of `week` holds; safe to run again.

    A labeler that cannot label them leaves a gap, which is reported and stops nothing.
    """
    weeks = sorted({planned for planned, _ in partitions(place.store) if planned <= week})
    with place.store.lease("anchors", purpose=f"label anchors for {week}"):
        ensure_shipped(place.store, load_attributes())
        report = label_anchors(
            place.store,
            weeks,
            week,
            make=partial(make_labeler, entries=place.labelers),
            ask=partial(ask_about, place),
        )
    if place.interrupt.is_set():
        raise KeyboardInterrupt
    for (gap, who), why in report.gaps.items():
        if gap == week:
            place.listener.told(f"anchors, week {gap}: {who} did not label them: {why}")
    return report
