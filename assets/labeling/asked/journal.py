"""What is kept of a paid labeler's calls: intents before, labels and receipts after, in write-once parts.

A part is written after so many calls or so many seconds, labels first: a kill costs the answers of calls that are in
flight or in no part yet. Their intents stay, and the next run gives each a receipt `unknown_charge`. The first part of
a run holds one call, and each next one may hold twice as many: a run that is killed early keeps half of its answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assets.gateway.admission import NotNowError
from assets.labeling.asked.attempts import LabelAttempt, parse, to_parquet
from assets.labeling.ranges import WHOLE, Range
from assets.labeling.records import Reading
from warehouse import keys
from warehouse.errors import CorruptObjectError
from warehouse.loading.beside import put_named
from warehouse.loading.objects import read_json
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import utc_now

#: A part holds at most so many calls …
PART_CALLS = 50
#: … and is written at the latest so many seconds after its first.
PART_S = 20.0

#: Keeps the readings of pictures, by hash, durably: called before the receipts of their calls are written.
Keep = Callable[[Mapping[str, Mapping[str, Reading]]], None]


@dataclass(frozen=True)
class CallScope:
    """What calls are for: a partition, the anchors of a week, or a study. `path` names it in keys."""

    path: str
    week: str  # empty for a study
    model: str
    labels: str | None = None  # of a partition: the prefix of its labels, where receipts lie too

    def attempts_prefix(self, labeler: str) -> str:
        """Return the prefix of the receipts of one labeler version."""
        if self.labels:
            return f"{self.labels}labeler={labeler}/attempts-"
        return f"{keys.label_calls_prefix(self.path, labeler)}attempts-"


def of_partition(week: str, model: str) -> CallScope:
    """Return the scope of one model's week."""
    return CallScope(f"week={week}/model={model}", week, model, keys.labels_prefix(week, model))


def of_anchors(week: str) -> CallScope:
    """Return the scope of the anchor sets in one week."""
    return CallScope(f"week={week}/anchors", week, "anchors")


def of_study(study: str) -> CallScope:
    """Return the scope of an imported study."""
    return CallScope(f"study={study}", "", study)


@dataclass(frozen=True)
class Lost:
    """An intent without a receipt: the call may have been billed, and its answer was lost."""

    call: str
    attempt: int
    images: tuple[str, ...]
    attributes: tuple[str, ...]
    intended_at: datetime


class Journal:
    """The calls of one labeler version in one scope. Several threads may use it; `flush` before it is left."""

    def __init__(self, store: Store, scope: CallScope, labeler: str, keep: Keep, part: Range = WHOLE) -> None:
        """Read what is there; `labeler` is `<name>@<version>`, `part` says which pictures this run asks about."""
        self.scope, self.labeler, self._part = scope, labeler, part
        self.store, self._keep = store, keep
        self._lock = threading.Lock()
        self._attempts: list[LabelAttempt] = []
        self._readings: dict[str, dict[str, Reading]] = {}
        self._intended: set[str] = set()
        self._begun = time.monotonic()
        self._parts = 0
        prefix = scope.attempts_prefix(labeler)
        self.known = [one for key in store.list(prefix) for one in parse(store.get(key), key)]

    def lost(self) -> list[Lost]:
        """Return the intents that have no receipt: about pictures of this run's part, others may be in flight."""
        answered = {(one.call, one.attempt) for one in self.known}
        unanswered = (
            read_intent(self.store, key)
            for key in self.store.list(keys.label_intents_prefix(self.scope.path, self.labeler))
            if parse_intent_key(key) not in answered
        )
        lost = [one for one in unanswered if all(sha256 in self._part for sha256 in one.images)]
        self._intended.update(f"{one.call}/{one.attempt}" for one in lost)
        return lost

    def intend(self, call: str, attempt: int, images: Sequence[str], attributes: Sequence[str]) -> None:
        """Write the intent of a call, durably, before it is made.

        Raises:
            NotNowError: if another run is about to make it (this one lost its lease): it is not made twice.
        """
        key = f"{keys.label_intents_prefix(self.scope.path, self.labeler)}{call}/{attempt}.json"
        intent: dict[str, Any] = {
            "images": [*images],
            "attributes": [*attributes],
            "intended_at": utc_now().isoformat(),
        }
        data = sealed(key, intent)
        if not self.store.put_if_absent(key, data) and self.store.get(key) != data:
            raise NotNowError("another run asks this labeler; run again when it has ended")
        self._intended.add(f"{call}/{attempt}")

    def add(self, attempt: LabelAttempt, readings: Mapping[str, Mapping[str, Reading]] | None = None) -> None:
        """Take in one call with what it read of each picture; write a part if there is enough for one."""
        with self._lock:
            if not self._attempts:
                self._begun = time.monotonic()
            self._attempts.append(attempt)
            for sha256, read in (readings or {}).items():
                self._readings.setdefault(sha256, {}).update(read)
            if len(self._attempts) >= self._within(PART_CALLS):
                self._write()

    def tick(self) -> None:
        """Write a part if its time has come."""
        with self._lock:
            if self._attempts and time.monotonic() - self._begun >= self._within(PART_S):
                self._write()

    def flush(self) -> None:
        """Write what is in no part yet."""
        with self._lock:
            self._write()

    def _within(self, most: float) -> float:
        """Return `most`, or less for the first parts of a run: 1, 2, 4, … calls or seconds."""
        return min(most, 2.0**self._parts)

    def _write(self) -> None:
        if self._readings:
            self._keep(self._readings)
            self._readings = {}
        if self._attempts:
            rows = sorted(self._attempts, key=lambda one: (one.call, one.attempt))
            intended = [name for one in rows if (name := f"{one.call}/{one.attempt}") in self._intended]
            prefix = self.scope.attempts_prefix(self.labeler)
            put_named(self.store, lambda sha256: f"{prefix}{sha256}.parquet", to_parquet(rows, intended))
            self.known += rows
            self._attempts = []
            self._parts += 1


def parse_intent_key(key: str) -> tuple[str, int]:
    """Return the call and the attempt that an intent's key names."""
    *_, call, name = key.split("/")
    number = name.removesuffix(".json")
    return call, int(number) if number.isdigit() else 0


def read_intent(store: Store, key: str) -> Lost:
    """Return what an intent says."""
    intent = read_json(store, key)
    try:
        return Lost(
            *parse_intent_key(key),
            tuple(intent["images"]),
            tuple(intent["attributes"]),
            datetime.fromisoformat(intent["intended_at"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CorruptObjectError(
            f"{key} is no intent of a labeler's call ({error}); restore the object"
        ) from None
