"""What every step is given: the store, what is asked of whom, the warehouse file, and who listens to progress.

Belongs here: that one value, and the lookups that all steps share. Does not belong here: making it from settings
(`orchestration.resources`), or any step's work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.generation.models_file import ModelEntry, active, find
from assets.generation.receipts import Receipt
from assets.suites.schema import Suite
from warehouse.store import Store


@dataclass(frozen=True)
class Listener:
    """Told of progress while it happens; every function may be called from several threads."""

    planned: Callable[[str, str, int, int], None] = lambda model, week, planned, open_: None
    receipt: Callable[[Receipt], None] = lambda receipt: None
    to_label: Callable[[int], None] = lambda pictures: None
    labelled: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Workplace:
    """The surroundings of a run."""

    store: Store
    warehouse: Path
    suites: Mapping[str, Suite]
    models: Sequence[ModelEntry]
    code_version: str
    workers: int | None = None
    listener: Listener = field(default_factory=Listener)
    interrupt: threading.Event = field(default_factory=threading.Event)

    def model(self, name: str) -> ModelEntry:
        """Return the entry of a model; raise `UsageError` with a close match if there is none."""
        return find(self.models, name)

    def active(self, week: str) -> list[ModelEntry]:
        """Return the entries that are asked in `week`: within their from and until dates."""
        return active(self.models, week)


def parse_key(key: str) -> tuple[str, str]:
    """Return (model, week) of a partition key, which reads `model|week`."""
    model, _, week = key.rpartition("|")
    return model, week
