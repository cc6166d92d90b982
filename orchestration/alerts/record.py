"""Which alerts were found and sent: `alerts.jsonl` in the home, a line per event, only ever added to.

found: a condition began, with its alert and the channels that are to have it.  over: it ended; if it comes again it is
another.  sent: a channel took a message.  began: when it was first looked, which says what was to be expected since.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from orchestration.alerts.kinds import Alert
from warehouse.canonical import canonical_json

NAME = "alerts.jsonl"
_HOUR = timedelta(hours=1)


@dataclass
class _Known:
    """A condition: its alert, whether it holds, the channels that are to have it and do not yet."""

    alert: Alert
    holds: bool = True
    wanted: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)


class AlertRecord:
    """What was found and sent so far; changed under a lock, see `opened`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._known: dict[str, _Known] = {}
        self._messages: dict[str, list[datetime]] = {}
        self.began: datetime | None = None
        data = file.read()
        for raw in data.splitlines():
            try:  # a kill may leave half a line
                self._take(json.loads(raw))
            except (ValueError, KeyError, TypeError):
                continue
        if data and not data.endswith(b"\n"):
            file.write(b"\n")

    def _take(self, said: Mapping[str, Any]) -> None:
        at, event = datetime.fromisoformat(said["at"]), said["event"]
        if event == "began":
            self.began = at
        elif event == "found":
            one = Alert(**said["alert"])
            self._known[one.key] = _Known(one, wanted={*said["to"]})
        elif event == "over":
            self._known[said["key"]].holds = False
        elif event == "sent":
            self._messages.setdefault(said["channel"], []).append(at)
            for key in said["keys"]:
                if key in self._known:
                    self._known[key].sent.add(said["channel"])

    def _add(self, at: datetime, event: str, **more: Any) -> None:
        said = {"at": at.isoformat(timespec="seconds"), "event": event, **more}
        self._file.write(canonical_json(said) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._take(said)

    def begin(self, now: datetime) -> None:
        """Note when it was first looked."""
        if self.began is None:
            self._add(now, "began")

    def update(
        self, found: Mapping[str, Alert], looked: Collection[str], now: datetime, channels: Collection[str]
    ) -> list[Alert]:
        """Note what began, and what is over because who found it looked again; return what is new."""
        for key, known in self._known.items():
            if known.holds and key not in found and known.alert.by in looked:
                self._add(now, "over", key=key)
        new = [one for key, one in found.items() if key not in self._known or not self._known[key].holds]
        for one in new:
            self._add(now, "found", alert=asdict(one), to=sorted(channels))
        return new

    def pending(self, channel: str) -> list[Alert]:
        """Return what a channel is to have: what holds and was not sent, and what was over before it could be sent."""
        return [
            known.alert
            for known in self._known.values()
            if channel not in known.sent and (known.holds or channel in known.wanted)
        ]

    def has_room(self, channel: str, now: datetime, most: int) -> bool:
        """Return whether a channel may have another message in this hour."""
        return sum(now - _HOUR < at <= now for at in self._messages.get(channel, ())) < most

    def sent(self, channel: str, alerts: Collection[Alert], now: datetime) -> None:
        """Note that a channel took a message with these alerts."""
        self._add(now, "sent", channel=channel, keys=[one.key for one in alerts])


@contextmanager
def opened(home: Path) -> Iterator[AlertRecord]:
    """Yield the record of an installation; another process that looks at the same time waits."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / NAME).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield AlertRecord(file)
