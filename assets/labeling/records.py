"""A label, and what a labeler is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Answer
from assets.labeling.pictures import Preparation, ShownPicture

#: Stored instead of a value outside the declared list; the raw answer stands beside it.
INVALID = "invalid"
CANNOT_TELL = "cannot_tell"
NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class Reading:
    """One labeler's answer for one attribute of one picture. `confidence` is in [0, 1] or None."""

    value: str
    confidence: float | None = None
    raw: str | None = None

    def columns(self, declared: Collection[str]) -> dict[str, str | float | None]:
        """Return what is stored of it: a value that was not declared is `invalid`, with the raw answer."""
        known = self.value in declared
        return {
            "value": self.value if known else INVALID,
            "confidence": self.confidence,
            "raw": self.raw if known else (self.raw or self.value),
        }


class Labeler(Protocol):
    """Looks at pictures and at nothing else: never at the prompt, the model's name, receipts or file names."""

    name: str
    kind: str  # vision_model | local_model | person
    #: `<declared number>-<hash>`: the hash is of weights, prompt, schema and settings, not of code.
    version: str

    def attributes(self) -> Sequence[str]:
        """Return the ids of the attributes that this labeler can read."""

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Return a reading for each of `attributes` that this labeler can read; never raises for a picture."""


@dataclass(frozen=True)
class Sight:
    """What one call of a labeler that is asked over a network came to.

    `answer` says how the call ended; only of one that is `ok` are there readings, one mapping a picture in the order
    in which they were shown. `refused` are attributes that it declined although it answered others.
    """

    answer: Answer
    readings: tuple[Mapping[str, Reading], ...] = ()
    refused: tuple[str, ...] = ()


class RemoteLabeler(Protocol):
    """A labeler that is asked over a network and may cost money; `asking` runs it.

    It is shown pixels and asked the attributes' questions; nothing else of a picture reaches it. Its name and version
    need neither a key nor a network. `look` may be called from several threads at once.
    """

    name: str
    kind: str  # vision_model
    version: str
    entry: LabelerEntry
    endpoint: str
    adapter_version: str
    sdk_version: str
    preparation: Preparation

    def attributes(self) -> Sequence[str]:
        """Return the ids of the attributes that this labeler is asked for."""

    def look(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call; an error of the API is an outcome, never an exception."""

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Make one call about one picture, without retry, receipt or money; for trying a labeler out.

        Raises:
            ClicheError: if there was no answer, with the outcome.
        """


# name, Arrow type, identity (True) or run time (False); the names and order of the table `labels`.
LABEL_COLUMNS: tuple[tuple[str, pa.DataType, bool], ...] = (
    ("week", pa.string(), True),
    ("model", pa.string(), True),
    ("slot_key", pa.string(), True),
    ("attribute", pa.string(), True),
    ("labeler", pa.string(), True),
    ("labeler_version", pa.string(), True),
    ("value", pa.string(), True),
    ("confidence", pa.float64(), True),
    ("raw", pa.string(), True),
    ("image_sha256", pa.string(), True),
    ("labeled_at", pa.timestamp("us"), False),
)
