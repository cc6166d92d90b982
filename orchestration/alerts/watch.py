"""One look: everything is looked at once, what is new is noted, and every channel is given what it has not had."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from assets.generation.workplace import Workplace
from orchestration.alerts.channels.registry import channels
from orchestration.alerts.finders.registry import ENGINE, cannot_look, find
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.message import NotSentError, Send, compose
from orchestration.alerts.record import AlertRecord, opened
from orchestration.alerts.settings import receivers
from orchestration.alerts.view import View
from orchestration.settings import Settings
from warehouse.errors import ClicheError

if TYPE_CHECKING:
    import dagster as dg

#: Alerts in one message, so that every chat takes it whole; the others wait for the next message.
_MOST = 15


@dataclass
class WatchResult:
    """What came of one look: what holds, what of it is new, what was sent and to whom, and why something was not."""

    alerts: list[Alert] = field(default_factory=list)
    new: list[Alert] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def look_once(
    settings: Settings,
    make_place: Callable[[], Workplace],
    now: datetime,
    instance: dg.DagsterInstance | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    broken: ClicheError | None = None,
) -> WatchResult:
    """Look at everything at one moment, and send what is new; a receiver that is down has it when it is looked again.

    Dagster's records that are `broken` are an alert, and everything else is looked at.

    Raises:
        OSError, ClicheError: if the record cannot be written, e.g. on a full disk; that is sent each time.
    """
    to = _channels(settings, environ)
    try:
        with opened(settings.home, settings.postgres) as record:
            record.begin(now)
            result = find(lambda: View(settings, make_place(), now, instance, record.began))
            if broken is not None:
                result.add(cannot_look(broken), ENGINE[0])
            without = settings.alerts.without
            wanted = {key: one for key, one in result.alerts.items() if one.kind not in without}
            new = record.update(wanted, result.looked, now, to)
            done = WatchResult([*wanted.values()], new)
            for name, send in to.items():
                _send(record, settings, now, name, send, done)
    except (OSError, ClicheError) as error:
        for send in to.values():
            _try(send, [cannot_look(error)], settings)
        raise
    return done


def send_test(settings: Settings, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Send a test to every channel; return why one did not take it, or an empty text, by channel."""
    return {
        name: _try(send, [alert("test")], settings) for name, send in _channels(settings, environ).items()
    }


def _channels(settings: Settings, environ: Mapping[str, str]) -> dict[str, Send]:
    compose([alert("test")], settings.alerts)  # a template that is wrong is reported before anything is sent
    return channels(settings.alerts, receivers(environ))


def _send(
    record: AlertRecord, settings: Settings, now: datetime, name: str, send: Send, done: WatchResult
) -> None:
    pending = record.pending(name)
    while pending and record.has_room(name, now, settings.alerts.messages_per_hour):
        part, rest = pending[:_MOST], pending[_MOST:]
        if problem := _try(send, part, settings):
            done.problems.append(f"{problem}; sent again next time")
            break
        record.sent(name, part, now)
        done.sent[name] = done.sent.get(name, 0) + len(part)
        pending = rest
    if pending:
        done.waiting[name] = len(pending)


def _try(send: Send, alerts: Sequence[Alert], settings: Settings) -> str:
    """Send a message; return why it was not taken, or an empty text."""
    try:
        send(compose(alerts, settings.alerts))
    except NotSentError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a channel that breaks keeps nothing back from the others
        return f"{type(error).__name__} while sending"  # its words may hold an address
    return ""
