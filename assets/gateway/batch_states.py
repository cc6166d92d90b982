"""States of batches in the store: what was intended, sent, submitted and ended, as a later process reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import unsealed
from warehouse.store import Store


@dataclass
class Batch:
    """One batch as the store knows it; `attempts` numbers the attempt of each of its calls."""

    number: int
    mark: str
    attempts: Mapping[str, int]
    intended_at: datetime
    sent: int = 0  # calls that may have made it
    sent_at: datetime | None = None
    api_id: str | None = None
    ended: bool = False
    refused: bool = False


def read_batches(store: Store, prefix: str) -> list[Batch]:
    """Return the batches whose states lie under `prefix`, in the order of their numbers."""
    states: dict[int, dict[str, dict[str, Any]]] = {}
    for key in store.list(prefix):
        number, _, state = key.removeprefix(prefix).removesuffix(".json").partition("-")
        try:
            states.setdefault(int(number), {})[state] = unsealed(key, store.get(key))
        except ValueError:
            raise CorruptObjectError(f"{key} is no state of a batch; restore it from a backup") from None
    batches = []
    for n, written in sorted(states.items()):
        try:
            intended = written["intended"]
            sent = sorted(at["at"] for name, at in written.items() if name.startswith("sent"))
            batches.append(
                Batch(
                    number=n,
                    mark=intended["mark"],
                    attempts={call["key"]: call["attempt"] for call in intended["calls"]},
                    intended_at=datetime.fromisoformat(intended["at"]),
                    sent=len(sent),
                    sent_at=datetime.fromisoformat(sent[-1]) if sent else None,
                    api_id=written.get("submitted", {}).get("batch"),
                    ended="ended" in written,
                    refused=bool(written.get("ended", {}).get("refused")),
                )
            )
        except (KeyError, TypeError) as error:
            raise CorruptObjectError(
                f"{prefix}{n:04d}-intended.json misses {error}; restore it from a backup"
            ) from None
    return batches


def on_their_way(store: Store, prefix: str) -> bool:
    """Return whether a batch that may have been made has not been taken in: its answers are paid for."""
    return any(batch.sent and not batch.ended for batch in read_batches(store, prefix))
