"""What was taken back, on record: pictures whose bytes were deleted, and what of a week counts no more.

removals/<sha256>.json                        the bytes of a picture are gone; its slot, labels and counts stay
retractions/week=<W>/model=<M>/<n>.json       pictures, labels or all answers of a model's week are in no figure

Studies are taken back whole (`warehouse.loading.study_objects`).
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import duckdb

from warehouse import keys
from warehouse.errors import CorruptObjectError, StoreError, UsageError
from warehouse.loading.objects import json_object, known, read_json
from warehouse.loading.seals import sealed
from warehouse.printable import printable
from warehouse.store.base import Store
from warehouse.weeks import utc_now

FORMAT = 1
#: Characters of a reason, at most.
LONGEST_REASON = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Removal(NamedTuple):
    """What a record says of a picture whose bytes were deleted."""

    image_sha256: str
    reason: str
    removed_at: str

    @property
    def key(self) -> str:
        """Return where it is written."""
        return keys.removal(self.image_sha256)

    def to_bytes(self) -> bytes:
        """Return the record as it is to be written at its key."""
        return sealed(self.key, {"format": FORMAT, **self._asdict()})

    def __str__(self) -> str:
        """Return in a few words where it is written, and why."""
        return _shown(self.key, self.reason)


class WeekRetraction(NamedTuple):
    """What the record at `key` takes back of a model's week, and why.

    Attributes:
        slots: whose answers count no more; empty: all of the week.
        labeler: `<name>@<version>`: its labels alone count no more, the pictures do; None: the answers.
        attribute: the one of which the labels are; None: all.
    """

    key: str
    week: str
    model: str
    slots: tuple[str, ...]
    labeler: str | None
    attribute: str | None
    reason: str
    retracted_at: str

    def to_bytes(self) -> bytes:
        """Return the record as it is to be written at its key."""
        said = {name: value for name, value in self._asdict().items() if name != "key"}
        return sealed(self.key, {"format": FORMAT, **said})

    def __str__(self) -> str:
        """Return in a few words where it is written, and why."""
        return _shown(self.key, self.reason)


def _shown(key: str, reason: str) -> str:
    return f"{key}: {textwrap.shorten(reason, 200, placeholder=' …')}"


def checked_reason(reason: str) -> str:
    """Return a reason in one line; raise UsageError if it is none, or too long."""
    said = printable(" ".join(reason.split()))
    if not said:
        raise UsageError("give a reason: --reason says why it is taken back")
    if len(said) > LONGEST_REASON:
        raise UsageError(f"the reason has {len(said):,} characters; {LONGEST_REASON:,} are the most")
    return said


# Removals


def removed(store: Store, prefix: str = "") -> frozenset[str]:
    """Return the hashes of all pictures whose removal is on record; of those that begin with `prefix`."""
    listed = store.list(f"{keys.REMOVALS}{prefix}")
    return frozenset(key.removeprefix(keys.REMOVALS).removesuffix(".json") for key in listed)


def removals(store: Store) -> list[Removal]:
    """Return all records of removals, in the order of their keys."""
    return [_removal(key, store.get(key)) for key in store.list(keys.REMOVALS)]


def removal_of(read: Callable[[str], bytes | None], pictures: Iterable[str]) -> Removal | None:
    """Return the first record that one of these pictures was removed; `read` returns what is at a key, or None."""
    for sha256 in pictures:
        key = keys.removal(sha256)
        if (data := read(key)) is not None:
            return _removal(key, data)
    return None


def _removal(key: str, data: bytes) -> Removal:
    said = known(key, json_object(key, data), FORMAT, Removal._fields)
    found = Removal(*(said[name] for name in Removal._fields))
    if found.key != key:
        raise CorruptObjectError(
            f"{key} is the removal of {found.image_sha256[:64]}; restore it from a backup"
        )
    return found


def pictures_in(entry: Mapping[str, Any]) -> list[str]:
    """Return the pictures that a file of an edition was drawn with, as anybody's manifest states them."""
    stated = entry.get("pictures", ())
    named = stated if isinstance(stated, (list, tuple)) else ()
    return [one for one in named if isinstance(one, str) and _SHA256.fullmatch(one)]


def drawn_with(store: Store, pictures: Collection[str]) -> Iterator[str]:
    """Yield the keys of the files of all editions that were drawn with one of these pictures."""
    for folder in store.folders("editions/") if pictures else ():
        key = f"{folder}manifest.json"
        try:
            files = read_json(store, key).get("files", {})
        except KeyError:  # a publish that was stopped
            continue
        yield from (folder + name for name, entry in files.items() if {*pictures_in(entry)} & {*pictures})


def gone(*stores: Store) -> Callable[[str], bool]:
    """Return a function that tells whether a key is of what a removal names, on record in any of these stores."""
    pictures = frozenset().union(*map(removed, stores))
    drawn = {key for store in stores for key in drawn_with(store, pictures)}
    return lambda key: keys.picture_of(key) in pictures or key in drawn


# Retractions of weeks


def week_retractions(store: Store, week: str, model: str) -> list[WeekRetraction]:
    """Return the records that something of a partition was taken back, in the order of their numbers."""
    listed = store.list(keys.week_retractions_prefix(week, model))
    return [_retraction(store, key) for key in sorted(listed, key=keys.retraction_number)]


def all_week_retractions(store: Store, through: str = "9999-12-27") -> list[WeekRetraction]:
    """Return the records of all partitions of weeks through one, in the order of their keys."""
    found = (_retraction(store, key) for key in store.list(f"{keys.RETRACTIONS}week="))
    return [one for one in found if one.week <= through]


def retract(store: Store, made: WeekRetraction) -> WeekRetraction:
    """Write a record at the next free number of its partition; return it as it is written.

    Raises:
        StoreError: if another one of this partition was written meanwhile.
    """
    prefix = keys.week_retractions_prefix(made.week, made.model)
    last = max(map(keys.retraction_number, store.list(prefix)), default=0)
    key = keys.week_retraction(made.week, made.model, last + 1)
    made = made._replace(key=key, retracted_at=utc_now().isoformat())
    if not store.put_if_absent(key, made.to_bytes()):
        raise StoreError(f"{key} was written meanwhile; look at it, and run this again")
    return made


def answers_taken(found: Iterable[WeekRetraction]) -> Callable[[str], bool]:
    """Return a function that tells whether the answer of a slot was taken back."""
    of_answers = [one for one in found if one.labeler is None]
    slots = {slot for one in of_answers for slot in one.slots}
    every = any(not one.slots for one in of_answers)
    return lambda slot: every or slot in slots


def _retraction(store: Store, key: str) -> WeekRetraction:
    names = WeekRetraction._fields[1:]
    said = known(key, read_json(store, key), FORMAT, names)
    found = WeekRetraction(key, *(said[name] for name in names))
    return found._replace(slots=tuple(found.slots))


# What they do to rows

#: An answer that was taken back is one that cannot be used; what came of a request without one stays.
_ANSWERS = """
UPDATE attempts SET outcome = 'retracted'
FROM retractions AS r, outcomes AS o
WHERE
    attempts.week = $week AND attempts.model = $model AND r.week = $week AND r.model = $model
    AND r.labeler IS NULL AND coalesce(r.slot_key = attempts.slot_key, TRUE)
    AND attempts.outcome = o.outcome AND o.final AND o.outcome <> 'not_needed'
"""
_LABELS = """
DELETE FROM labels USING retractions AS r
WHERE
    labels.week = $week AND labels.model = $model AND r.week = $week AND r.model = $model
    AND coalesce(r.slot_key = labels.slot_key, TRUE)
    AND coalesce(r.labeler = labels.labeler AND r.labeler_version = labels.labeler_version, TRUE)
    AND coalesce(r.attribute = labels.attribute, TRUE)
"""
_REMOVED = """
INSERT INTO removals BY NAME
SELECT week, model, study, slot_key, image_sha256, reason, removed_at
FROM (
    SELECT week, model, NULL AS study, slot_key, image_sha256 FROM images
    UNION ALL BY NAME
    SELECT study, slot_key, image_sha256 FROM study_slots
)
INNER JOIN (SELECT unnest($records, recursive := true)) USING (image_sha256)
"""


def take_back(con: duckdb.DuckDBPyConnection, where: Mapping[str, str]) -> None:
    """Apply the rows of `retractions` of a partition (`where`: week, model) to its attempts and labels."""
    con.execute(_ANSWERS, dict(where))
    con.execute(_LABELS, dict(where))


def retraction_rows(found: Iterable[WeekRetraction]) -> Iterator[dict[str, Any]]:
    """Yield the rows of `retractions` for some records."""
    for one in found:
        labeler, _, version = (one.labeler or "").partition("@")
        said = {name: getattr(one, name) for name in ("week", "model", "attribute", "reason")}
        for slot in one.slots or (None,):
            yield {
                **said,
                "retraction": one.key,
                "slot_key": slot,
                "labeler": labeler or None,
                "labeler_version": version or None,
                "retracted_at": datetime.fromisoformat(one.retracted_at),
            }


def load_removals(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Bring the table of removals up to the store, for the pictures that are loaded."""
    records = [one._asdict() for one in removals(store)]
    con.execute("DELETE FROM removals")
    con.execute("DELETE FROM week_hashes WHERE table_name = 'removals'")
    if records:
        con.execute(_REMOVED, {"records": records})
