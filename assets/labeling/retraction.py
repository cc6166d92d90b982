"""Taking back pictures, labels or a model's week, on record: they are in no figure of the next edition.

Nothing is deleted, nothing is asked again, and editions that were published stay as they are.
"""

from __future__ import annotations

import re
from collections import defaultdict

from assets.gateway.receipts import read_partition
from warehouse import keys
from warehouse.errors import UsageError
from warehouse.loading.load import partitions
from warehouse.loading.objects import label_parts, read_parquet, read_plan
from warehouse.store import Store
from warehouse.taken_back import (
    WeekRetraction,
    answers_taken,
    checked_reason,
    retract,
    week_retractions,
)
from warehouse.validation import close_match
from warehouse.weeks import parse_week

_SHA256 = re.compile(r"[0-9a-f]{64}")


def hash_in(name: str) -> str:
    """Return the hash that names a picture or slot, which may be within a key; raise UsageError if there is none."""
    match = _SHA256.search(name)
    if match is None:
        raise UsageError(
            f"{name[:100]!r} names no picture: write its SHA-256, 64 hexadecimal digits, or its key "
            "(cliche explain shows keys)"
        )
    return match[0]


def slots_of(store: Store, name: str) -> dict[tuple[str, str], list[str]]:
    """Return (week, model) → the slots whose picture has this hash; of the hash of a slot, that one."""
    slots: dict[tuple[str, str], list[str]] = defaultdict(list)
    for week, model in partitions(store):
        for slot, attempts in sorted(read_partition(store, week, model).attempts.items()):
            last = attempts.last
            if last and last.outcome == "ok" and name in {slot, last.image_sha256}:
                slots[week, model].append(slot)
    return slots


def retract_picture(store: Store, name: str, reason: str) -> list[WeekRetraction]:
    """Take back a picture in all slots that share it, or in one slot; return the records, one for each model's week.

    Raises:
        UsageError: if there is no such picture or slot, it was taken back already, or there is no reason.
    """
    why, sha256 = checked_reason(reason), hash_in(name)
    answered = slots_of(store, sha256)
    if not answered:
        raise UsageError(f"no week in {store.url} has a picture or slot {sha256}")
    taken = {of: answers_taken(week_retractions(store, *of)) for of in answered}
    left = {of: [slot for slot in slots if not taken[of](slot)] for of, slots in answered.items()}
    if not any(left.values()):
        raise UsageError(f"{sha256} was taken back already ({_first(store, *next(iter(answered)))})")
    return [
        retract(store, WeekRetraction("", *of, tuple(slots), None, None, why, ""))
        for of, slots in left.items()
        if slots
    ]


def retract_week(store: Store, model: str, week: str, reason: str) -> WeekRetraction:
    """Take back all answers of a model's week; return the record.

    Raises:
        UsageError: if the model was not asked in the week, all was taken back already, or there is no reason.
    """
    why, week = checked_reason(reason), _planned(store, model, week)
    if any(not (one.slots or one.labeler) for one in week_retractions(store, week, model)):
        raise UsageError(f"{model}, week {week}, was taken back already ({_first(store, week, model)})")
    return retract(store, WeekRetraction("", week, model, (), None, None, why, ""))


def retract_labels(
    store: Store, model: str, week: str, labeler: str, attribute: str | None, reason: str
) -> WeekRetraction:
    """Take back the labels of one labeler version of a model's week, of one attribute or all; return the record.

    `labeler` is `<name>@<version>`, or the name where the week has one version of it.

    Raises:
        UsageError: if there are no such labels, they were taken back already, or there is no reason.
    """
    why, week = checked_reason(reason), _planned(store, model, week)
    parts = label_parts(store.list(keys.labels_prefix(week, model)))
    there = sorted({*filter(None, map(keys.labeler_of, parts))})
    named = [one for one in there if labeler in (one, one.partition("@")[0])]
    if len(named) != 1:
        what = "several versions" if named else "no labels"
        raise UsageError(
            f"{model}, week {week}, has {what} of {labeler[:100]!r}; there: {', '.join(there) or 'none'}"
        )
    (who,) = named
    read = {
        name
        for key in parts
        if keys.labeler_of(key) == who
        for name in read_parquet(store, key)["attribute"].unique().to_pylist()
    }
    if attribute is not None and attribute not in read:
        raise UsageError(f"{who} read no {attribute[:100]!r} there" + close_match(attribute, sorted(read)))
    for one in week_retractions(store, week, model):
        if one.labeler == who and one.attribute in (None, attribute):
            raise UsageError(f"these labels were taken back already ({one})")
    return retract(store, WeekRetraction("", week, model, (), who, attribute, why, ""))


def _planned(store: Store, model: str, week: str) -> str:
    """Return the Monday of a week in which a model was asked."""
    monday = parse_week(week).isoformat()
    read_plan(store, monday, model)
    return monday


def _first(store: Store, week: str, model: str) -> WeekRetraction:
    return next(one for one in week_retractions(store, week, model) if one.labeler is None)
