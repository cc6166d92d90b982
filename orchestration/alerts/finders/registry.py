"""The finders: which kinds of alerts each finds, and what happens when one cannot look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import Finder, View
from warehouse.errors import CorruptObjectError, StoreError

_HERE = "orchestration.alerts.finders"
#: What needs Dagster's records comes first: it is looked at even where the store cannot be reached.
ENGINE: dict[str, tuple[str, ...]] = {
    "engine:runs": ("run_failed", "run_not_started", "check_failed"),
    "engine:daemon": ("daemon_dead",),
}
STORE: dict[str, tuple[str, ...]] = {
    "weeks:not_started": ("run_not_started",),
    "weeks:late": ("week_late",),
    "weeks:incomplete": ("completeness_low",),
    "weeks:not_published": ("not_published",),
    "entries:budget": ("budget",),
    "entries:old_prices": ("price_old",),
    "entries:ends": ("model_ends",),
    "results:checks": ("check_failed",),
    "results:changes": ("drift",),
    "results:labelers": ("labeler_drift",),
    "results:damage": ("store_damaged",),
}


@dataclass
class Found:
    """What holds at one moment, by key; and the kinds of which nothing else holds, because all who find them looked."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    looked: set[str] = field(default_factory=lambda: {"cannot_look"})

    def add(self, one: Alert) -> None:
        """Add an alert; the first of a key stays."""
        self.alerts.setdefault(one.key, one)


def find(view: View) -> Found:
    """Let all finders look; one that fails is an alert itself and keeps no other from looking."""
    found, blind = Found(), set[str]()
    reachable = True
    for name, kinds in (ENGINE | STORE).items():
        if not (reachable if name in STORE else view.instance is not None):
            blind.update(kinds)
            continue
        try:
            alerts = [*_load(name)(view)]
        except Exception as error:  # noqa: BLE001 - who watches the others goes on, and says what is wrong
            found.add(cannot_look(error))
            blind.update(kinds)
            reachable = reachable and not isinstance(error, StoreError)
            continue
        for one in alerts:
            found.add(one)
        found.looked.update(kinds)
    found.looked -= blind
    return found


def cannot_look(error: Exception) -> Alert:
    """Return the alert that an error is: damage, where an object does not read; else that nobody could look."""
    if isinstance(error, CorruptObjectError):
        return alert("store_damaged", detail=str(error), why=str(error))
    return alert("cannot_look", type(error).__name__, why=str(error) or "it says no reason")


def _load(name: str) -> Finder:
    module, _, function = name.partition(":")
    loaded: Callable[[View], list[Alert]] = getattr(import_module(f"{_HERE}.{module}"), function)
    return loaded
