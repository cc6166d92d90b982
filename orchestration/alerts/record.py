"""Which alerts were found and sent: a line per event, only ever added to.

The lines are in `alerts.jsonl` in the home or, where machines share a PostgreSQL, in a table of it: homes of containers
are read-only, and all who look share what was sent.

found: a condition began, with its alert and the channels that are to have it.  over: it ended; if it comes again it is
another.  sent: a channel took a message.  began: when it was first looked, which says what was to be expected since.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from orchestration.alerts.kinds import Alert
from warehouse.canonical import canonical_json
from warehouse.errors import ClicheError
from warehouse.postgres import driver, place_of, reached, require_table
from warehouse.printable import one_line

NAME = "alerts.jsonl"
_LOCK = 1_667_656_806  # of this record, among the advisory locks of a database
_TABLE = """
CREATE TABLE IF NOT EXISTS cliche.alerts (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line TEXT NOT NULL
)
"""
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

    def __init__(self, lines: Collection[bytes], write: Callable[[bytes], None]) -> None:
        """Take the lines that there are, and what keeps another one."""
        self._write = write
        self._known: dict[str, _Known] = {}
        self._messages: dict[str, list[datetime]] = {}
        self.began: datetime | None = None
        for line in lines:
            try:  # a kill may leave half a line
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError):
                continue

    def _take(self, line: Mapping[str, Any]) -> None:
        at, event = datetime.fromisoformat(line["at"]), line["event"]
        if event == "began":
            self.began = at
        elif event == "found":
            one = Alert(**line["alert"])
            self._known[one.key] = _Known(one, wanted={*line["to"]})
        elif event == "over":
            self._known[line["key"]].holds = False
        elif event == "sent":
            self._messages.setdefault(line["channel"], []).append(at)
            for key in line["keys"]:
                if key in self._known:
                    self._known[key].sent.add(line["channel"])

    def _add(self, at: datetime, event: str, **more: Any) -> None:
        line = {"at": at.isoformat(timespec="seconds"), "event": event, **more}
        self._write(canonical_json(line))
        self._take(line)

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
def opened(home: Path, postgres: SecretStr | None = None) -> Iterator[AlertRecord]:
    """Yield the record of an installation; another process that looks at the same time waits.

    Raises:
        OSError: if the file cannot be written.
        ClicheError: if the PostgreSQL cannot be reached.
    """
    with _in_file(home) if postgres is None else _in_server(postgres.get_secret_value()) as record:
        yield record


@contextmanager
def _in_file(home: Path) -> Iterator[AlertRecord]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / NAME).open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        data = file.read()

        def write(line: bytes) -> None:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())

        if data and not data.endswith(b"\n"):
            file.write(b"\n")
        yield AlertRecord(data.splitlines(), write)


@contextmanager
def _in_server(address: str) -> Iterator[AlertRecord]:
    """Yield the record in the schema of the spending ledger, which may be dropped like that."""
    try:
        with closing(reached(address, "the record of alerts")) as con, con.cursor() as cursor:
            con.autocommit = True
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            require_table(cursor, "alerts", _TABLE)
            cursor.execute("SELECT line FROM cliche.alerts ORDER BY number")
            lines = [line.encode() for (line,) in cursor.fetchall()]

            def write(line: bytes) -> None:
                cursor.execute("INSERT INTO cliche.alerts (line) VALUES (%s)", [line.decode()])

            yield AlertRecord(lines, write)
    except driver().Error as error:
        raise ClicheError(
            f"the record of alerts in PostgreSQL ({place_of(address)}) cannot be used ({one_line(error)}); "
            "start the server or correct CLICHE_POSTGRES"
        ) from None
