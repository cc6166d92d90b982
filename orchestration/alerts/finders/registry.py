"""The finders, and what happens when one cannot look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib import import_module

from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.view import Finder, View
from orchestration.unwritable import told_in_one_line
from warehouse.errors import CorruptObjectError, StoreError

#: Those that read Dagster's records come first: they look even where the store cannot be reached.
ENGINE = ("engine:runs", "engine:daemon")
STORE = (
    "weeks:not_started",
    "weeks:late",
    "weeks:incomplete",
    "weeks:not_published",
    "entries:budget",
    "entries:old_prices",
    "entries:ends",
    "results:checks",
    "results:changes",
    "results:labelers",
    "results:damage",
    "results:gone",
    "results:care",
)
_SETTINGS = "settings"  # models.yaml, suites, the store's address: read before any finder looks


@dataclass
class Found:
    """What holds at one moment, by key, and who looked: what these found before and do not now is over."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    looked: set[str] = field(default_factory=set)

    def add(self, one: Alert, by: str) -> None:
        """Add an alert; the first of a key stays."""
        self.alerts.setdefault(one.key, replace(one, by=by))


def find(make_view: Callable[[], View]) -> Found:
    """Let all finders look; one that fails is an alert itself and keeps no other from looking."""
    result = Found()
    try:
        view = make_view()
    except Exception as error:  # noqa: BLE001 - who watches the others says what is wrong, whatever it is
        result.add(cannot_look(error), _SETTINGS)
        return result
    result.looked.add(_SETTINGS)
    for name in ENGINE * (view.instance is not None) + STORE:
        module, _, function = name.partition(":")
        try:
            finder: Finder = getattr(import_module(f"orchestration.alerts.finders.{module}"), function)
            with told_in_one_line(view.settings.home):
                alerts = [*finder(view)]
        except Exception as error:  # noqa: BLE001 - as above
            result.add(cannot_look(error), name)
            if isinstance(error, StoreError) and name in STORE:
                break  # the others would wait for it as long
            continue
        result.looked.add(name)
        for one in alerts:
            result.add(one, name)
    return result


def cannot_look(error: Exception) -> Alert:
    """Return the alert that an error is: damage, where an object does not read; else that nobody could look."""
    if isinstance(error, CorruptObjectError):
        return alert("store_damaged", detail=str(error), why=str(error))
    return alert("cannot_look", detail=type(error).__name__, why=str(error) or type(error).__name__)
