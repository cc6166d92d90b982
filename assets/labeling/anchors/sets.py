"""Anchors: frozen pictures that every automatic labeler in use labels again each week, to see whether it moved.

In use is a labeler version that labeled a picture of the week. A week's labels are written once, whole: a labeler that
could not read every picture leaves a gap, and is tried again when the week is published again. Labelers that are asked
over a network are asked for the week that is published, while it lasts and in the week after it, and for no other: what
they would have said then is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pyarrow as pa

from assets.generation.workplace import Workplace
from assets.labeling.anchors import drift
from assets.labeling.anchors import shipped as shipped_anchors
from assets.labeling.asked.guard import ask_about
from assets.labeling.gold.records import check_pseudonym
from assets.labeling.pictures import PictureToRead
from assets.labeling.records import Labeler, Reading, RemoteLabeler
from assets.labeling.registry import make_labeler
from assets.suites.loader import load_attributes
from assets.suites.schema import Attribute
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import ClicheError, RefusedError, UsageError
from warehouse.loading.anchor_objects import (
    FORMAT,
    LABEL_SCHEMA,
    Listing,
    accepted_key,
    labels_key,
    list_key,
    listing,
    read_accepted,
    read_labels,
    read_list,
)
from warehouse.loading.beside import put_recorded
from warehouse.loading.load import partitions
from warehouse.loading.objects import read_image
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.taken_back import removed
from warehouse.weeks import current_week, shift, utc_now

_IN_USE = re.compile(r"/labeler=([^/@]+@[^/]+)/part-")

AnyLabeler = Labeler | RemoteLabeler
#: Reads pictures with a labeler that must be asked (and may be paid): (labeler, week, pictures) → readings by picture.
#: Pictures that got no answer are left out; a picture that the labeler declined has no reading.
Asks = Callable[[AnyLabeler, str, Sequence[PictureToRead]], Mapping[str, Mapping[str, Reading]]]


@dataclass
class AnchorReport:
    """What was labeled, in pictures by set, week and labeler; and what was not, with the reason."""

    labelled: dict[tuple[str, str, str], int] = field(default_factory=dict)
    gaps: dict[tuple[str, str], str] = field(default_factory=dict)  # (week, labeler@version) → why


def write_set(
    store: Store,
    anchor_set: str,
    attributes: Iterable[Attribute],
    pictures: Iterable[Mapping[str, Any]],
    **facts: str,
) -> bool:
    """Write the list of a set; return False if there is one. Its pictures must be in the store before.

    Later labels are held to the declared values of its attributes, whatever changes elsewhere. A picture has
    image_sha256, image_ext, attributes, and where it came from (model, prompt).
    """
    document = {
        "format": FORMAT,
        "set": anchor_set,
        **facts,
        "attributes": [attribute.model_dump(mode="json") for attribute in attributes],
        "pictures": [dict(picture) for picture in pictures],
    }
    key = list_key(anchor_set)
    return store.put_if_absent(key, sealed(key, document))


def ensure_shipped(store: Store, attributes: Sequence[Attribute]) -> bool:
    """Draw the shipped set into a store that lacks it; return whether it was written.

    `attributes` are those of the shipped file. The list is written last, so a stopped run is no half a set.
    """
    if store.head(list_key(shipped_anchors.NAME)) is not None:
        return False
    wanted = {name for _, shown in shipped_anchors.looks() for name in shown}
    rows = []
    for image, shown in shipped_anchors.pictures():
        sha256 = sha256_hex(image)
        store.put_if_absent(keys.image(sha256, "png"), image)
        rows.append({"image_sha256": sha256, "image_ext": "png", "attributes": [*shown]})
    return write_set(
        store,
        shipped_anchors.NAME,
        [attribute for attribute in attributes if attribute.id in wanted],
        rows,
        about="drawn by the simulated provider from a fixed seed",
    )


def in_use(store: Store, week: str) -> list[str]:
    """Return the labeler versions (`<name>@<version>`) that labeled pictures of a week, sorted."""
    matches = (_IN_USE.search(key) for key in store.list(f"labels/week={week}/"))
    return sorted({match[1] for match in matches if match})


def label_anchors(
    store: Store,
    weeks: Sequence[str],
    published: str,
    *,
    make: Callable[[str], AnyLabeler] = make_labeler,
    ask: Asks | None = None,
    present: str | None = None,
) -> AnchorReport:
    """Label all anchor sets with the labelers in use, for each of `weeks` that lacks it; safe to run again.

    A local labeler reads a set once for all of the weeks: it is one program, and what it says today it said then.

    `weeks` are those that an edition of `published`, the last of them, holds; `present` is by default that of the
    clock. Without `ask`, labelers that are asked over a network leave gaps.
    """
    report = AnchorReport()
    lasts = (present or current_week()) <= shift(published, 1)
    known = listing(store)
    done = {(one.anchor_set, one.week, f"{one.labeler}@{one.version}") for one in known.labels}
    anchored = {week for _, week, _ in done}
    read: dict[tuple[str, str], list[dict[str, Any]] | str] = {}
    for week in weeks:
        if week != published and week in anchored:
            continue
        for who in in_use(store, week):
            missing = [name for name in known.sets if (name, week, who) not in done]
            if not missing:
                continue
            try:
                labeler = make(who.partition("@")[0])
            except ClicheError as error:
                report.gaps[week, who] = str(error)
                continue
            if why := _cannot(labeler, who, ask, present=lasts and week == published):
                report.gaps[week, who] = why
                continue
            for anchor_set in missing:
                if (anchor_set, who) not in read:
                    read[anchor_set, who] = _read(store, anchor_set, labeler, week, ask)
                rows = read[anchor_set, who]
                if isinstance(rows, str):
                    report.gaps[week, who] = rows
                elif put_recorded(store, labels_key(anchor_set, week, who), _table(rows, week)):
                    report.labelled[anchor_set, week, who] = len({row["image_sha256"] for row in rows})
    return report


def _cannot(labeler: AnyLabeler, who: str, ask: Asks | None, *, present: bool) -> str | None:
    """Return why a labeler does not label the anchors of a week, or None."""
    if f"{labeler.name}@{labeler.version}" != who:
        return f"version {labeler.version} is installed"
    if labeler.kind != "vision_model":
        return None
    if not present:
        return "the week is over, and the labeler is asked of the present only"
    return None if ask else "labelers that are asked over a network are not asked here"


def _read(
    store: Store, anchor_set: str, labeler: AnyLabeler, week: str, ask: Asks | None
) -> list[dict[str, Any]] | str:
    """Return the rows of a set as one labeler reads it, or why they are not whole."""
    document = read_list(store, anchor_set)
    declared = {a["id"]: {*a["values"], *a["outside"]} for a in document["attributes"]}
    readable = [name for name in labeler.attributes() if name in declared]
    pictures = [
        PictureToRead(
            p["image_sha256"], p["image_ext"], tuple(name for name in p["attributes"] if name in readable)
        )
        for p in document["pictures"]
    ]
    gone = removed(store)
    pictures = [picture for picture in pictures if picture.attributes and picture.sha256 not in gone]
    try:
        if labeler.kind == "vision_model" and ask is not None:
            answers = ask(labeler, week, pictures)
        else:
            answers = {
                p.sha256: labeler.read(read_image(store, p.sha256, p.ext), p.attributes) for p in pictures
            }
    except ClicheError as error:  # a week is published without its anchors rather than not at all
        return str(error)
    unread = [picture for picture in pictures if picture.sha256 not in answers]
    if unread:
        return f"{len(unread)} of {len(pictures)} pictures of {anchor_set} got no answer"
    return [
        {
            "anchor_set": anchor_set,
            "image_sha256": picture.sha256,
            "attribute": attribute,
            "labeler": labeler.name,
            "labeler_version": labeler.version,
            **reading.columns(declared[attribute]),
            "labeled_at": utc_now(),
        }
        for picture in sorted(pictures, key=lambda one: one.sha256)
        for attribute in sorted(picture.attributes)
        if (reading := answers[picture.sha256].get(attribute)) is not None
    ]


def _table(rows: Sequence[Mapping[str, Any]], week: str) -> pa.Table:
    return pa.Table.from_pylist([{**row, "week": week} for row in rows], schema=LABEL_SCHEMA)


def drifts(store: Store, week: str, listed: Listing | None = None) -> list[drift.Drift]:
    """Return what moved in a week, or of each set and labeler in its latest week before; read from the store alone.

    Of earlier weeks only those are read that are compared with.
    """
    listed = listed or listing(store)
    accepted = read_accepted(store, [one for one in listed.accepted if one.week <= week])
    by_who: dict[tuple[str, str, str], list[Any]] = {}
    for one in listed.labels:
        if one.week <= week:
            by_who.setdefault((one.anchor_set, one.labeler, one.version), []).append(one)
    result: list[drift.Drift] = []
    for who, series in by_who.items():
        days = {row["week"] for row in accepted if (row["anchor_set"], row["labeler"]) == who[:2]}
        latest = series[-1].week
        wanted = {series[0].week, latest, *(one.week for one in series[-2:-1]), *days}
        rows = read_labels(store, [one for one in series if one.week in wanted]).to_pylist()
        result += drift.compare(rows, accepted, latest)
    return result


def accept(
    store: Store, *, labeler: str, attribute: str, week: str, reason: str, by: str | None = None
) -> list[drift.Drift]:
    """Accept what moved in one attribute of a labeler in a week, in every set and version; return what was accepted.

    The reason and the pseudonym of who gives it are published.

    Raises:
        UsageError: if nothing moved there, no reason is given, or `by` is no pseudonym.
        RefusedError: if it is accepted already.
    """
    if not reason.strip():
        raise UsageError("give a reason: --reason says why the labels may have moved")
    by = check_pseudonym(by) if by else None
    listed = listing(store)
    labels = [one for one in listed.labels if one.week <= week]
    accepted = read_accepted(store, [one for one in listed.accepted if one.week <= week])
    events = [
        one
        for one in drift.compare(read_labels(store, labels).to_pylist(), accepted, week)
        if one.moved
        and one.attribute == attribute
        and labeler in (one.labeler, f"{one.labeler}@{one.labeler_version}")
    ]
    if not events:
        raise UsageError(f"{labeler} did not move in {attribute} in the week {week}; cliche anchors list")
    open_events = [one for one in events if one.open]
    if not open_events:
        raise RefusedError(f"{labeler}, {attribute}, week {week} is accepted: {events[0].accepted_reason}")
    for one in open_events:
        key = accepted_key(one.anchor_set, week, f"{one.labeler}@{one.labeler_version}", attribute)
        record = {"reason": reason.strip(), "by": by, "accepted_at": utc_now().isoformat()}
        store.put_if_absent(key, sealed(key, record))
    return open_events


def label_anchor_sets(place: Workplace, week: str) -> AnchorReport:
    """Label all anchor sets for the weeks that an edition of `week` holds; safe to run again.

    A labeler that cannot label them leaves a gap, which is reported and stops nothing.
    """
    weeks = sorted({planned for planned, _ in partitions(place.store) if planned <= week})
    with place.store.lease("anchors", purpose=f"label anchors for {week}"):
        if weeks:  # where studies alone are published, no labeler is watched
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
