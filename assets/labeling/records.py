"""A label, and what a labeler is.

Belongs here: the record, its Parquet columns, the interface of a labeler. Does not belong here: any one labeler
(`labelers/`, one file each) or the running of them (`run`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

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


class Labeler(Protocol):
    """Looks at pictures and at nothing else: never at the prompt, the model's name, receipts or file names."""

    name: str
    kind: str  # vision_model | local_model | person
    #: `<declared number>-<hash>`: the hash is of weights, prompt, schema and settings, not of code.
    version: str

    def attributes(self) -> Sequence[str]:
        """Return the ids of the attributes that this labeler can read."""
        ...

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Return a reading for each of `attributes` that this labeler can read; never raises for a picture."""
        ...


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
