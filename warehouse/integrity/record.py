"""When a store was last read whole and last copied, and how far a reading is: files in the home, not in the store.

Machines that share a PostgreSQL share the first two there: whoever looks for alerts has another home.

store-read.json       the last reading that came to its end
store-backup.json     the last copy that holds the whole store
store-reading.jsonl   one line per group of objects that was read; removed at the end
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr

from warehouse.canonical import canonical_json
from warehouse.postgres import reached, require_table
from warehouse.weeks import utc_now

READ, BACKUP = "store-read.json", "store-backup.json"
_BEGUN = "store-reading.jsonl"
_TABLE = "CREATE TABLE IF NOT EXISTS cliche.records (name TEXT PRIMARY KEY, said TEXT NOT NULL);"
#: A reading that was stopped longer ago begins anew.
_OLDEST = timedelta(days=7)


class LastRead(NamedTuple):
    """The last whole reading of a store. `read_at` is when it ended (UTC)."""

    read_at: datetime
    objects: int
    problems: int


class LastBackup(NamedTuple):
    """The last copy that held a whole store. `backed_up_at` is when it ended (UTC), `to` where it is."""

    backed_up_at: datetime
    objects: int
    to: str


def last_read(home: Path, store_url: str, postgres: SecretStr | None = None) -> LastRead | None:
    """Return the last whole reading of the store at `store_url`, or None if there was none."""
    try:
        said = _said(home, READ, store_url, postgres)
        return LastRead(datetime.fromisoformat(said["read_at"]), int(said["objects"]), int(said["problems"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def last_backup(home: Path, store_url: str, postgres: SecretStr | None = None) -> LastBackup | None:
    """Return the last complete backup of the store at `store_url`, or None if there was none."""
    try:
        said = _said(home, BACKUP, store_url, postgres)
        return LastBackup(datetime.fromisoformat(said["backed_up_at"]), int(said["objects"]), str(said["to"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_backup(home: Path, store_url: str, to: str, objects: int) -> None:
    """Note that the store at `store_url` was copied whole."""
    at = utc_now().isoformat(timespec="seconds")
    _write_whole(home / BACKUP, {"store": store_url, "backed_up_at": at, "objects": objects, "to": to})


def share(home: Path, name: str, postgres: SecretStr | None) -> None:
    """Put the record `READ` or `BACKUP` of a home into the PostgreSQL that machines share, if they share one."""
    if postgres is None:
        return
    with _records(postgres) as cursor:
        cursor.execute(
            "INSERT INTO cliche.records VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET said = excluded.said",
            [name, (home / name).read_text(encoding="utf-8")],
        )


def _said(home: Path, name: str, store_url: str, postgres: SecretStr | None) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        (home / name).read_bytes() if postgres is None else _shared(name, postgres)
    )
    if said["store"] != store_url:
        raise KeyError(store_url)
    return said


def _shared(name: str, postgres: SecretStr) -> str:
    with _records(postgres) as cursor:
        cursor.execute("SELECT said FROM cliche.records WHERE name = %s", [name])
        found = cursor.fetchone()
    return str(found[0]) if found else "{}"


@contextmanager
def _records(postgres: SecretStr) -> Iterator[Any]:
    """Yield a cursor on the database that holds the shared records; their table is made if there is none."""
    with closing(reached(postgres.get_secret_value(), "the records of the store")) as con:
        con.autocommit = True
        with con.cursor() as cursor:
            require_table(cursor, "records", _TABLE)
            yield cursor


def _write_whole(path: Path, said: Mapping[str, Any]) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_bytes(canonical_json(said))
    part.replace(path)


def line(read: LastRead | None) -> str:
    """Return in one line when the store was last read whole."""
    if read is None:
        return "never; cliche verify --store reads it"
    found = f"{read.problems:,} problem{'s' * (read.problems > 1)}" if read.problems else "all as recorded"
    return f"{read.read_at:%Y-%m-%d %H:%M} UTC, {objects(read.objects)}, {found}"


def backup_line(backup: LastBackup | None) -> str:
    """Return in one line when the store was last copied whole."""
    if backup is None:
        return "never; cliche backup makes one"
    return f"{backup.backed_up_at:%Y-%m-%d %H:%M} UTC, {objects(backup.objects)}, to {backup.to}"


def objects(count: int) -> str:
    """Return how many objects, in words."""
    return f"{count:,} object{'' if count == 1 else 's'}"


class Progress:
    """What was read so far, group by group, so that a reading that was stopped goes on."""

    def __init__(self, home: Path, store_url: str) -> None:
        """Take up a reading of this store that was stopped, or begin one."""
        self._home, self._store = home, store_url
        self._path = home / _BEGUN
        home.mkdir(parents=True, exist_ok=True)
        self.done: dict[str, dict[str, Any]] = {}
        self.begun_at = utc_now()
        lines = self._read()
        if lines and lines[0].get("store") == store_url:
            begun = datetime.fromisoformat(lines[0]["begun_at"])
            if utc_now() - begun < _OLDEST:
                self.begun_at = begun
                self.done = {said["group"]: said for said in lines[1:]}
        self._file = self._path.open("wb")
        self._write({"store": store_url, "begun_at": self.begun_at.isoformat()})
        for said in self.done.values():
            self._write(said)

    def _read(self) -> list[dict[str, Any]]:
        try:
            data = self._path.read_bytes()
        except OSError:
            return []
        found = []
        for raw in data.splitlines(keepends=True):
            try:  # a kill may leave half a line
                found.append(json.loads(raw) if raw.endswith(b"\n") else None)
            except ValueError:
                found.append(None)
        return [one for one in found if isinstance(one, dict)]

    def _write(self, said: Mapping[str, Any]) -> None:
        self._file.write(canonical_json(said) + b"\n")
        self._file.flush()

    def add(self, group: str, said: Mapping[str, Any]) -> None:
        """Keep what a group's reading found."""
        self._write({"group": group, **said})

    def close(self) -> None:
        """Leave the reading as far as it is."""
        self._file.close()

    def finish(self, objects: int, problems: int) -> None:
        """Note that the store was read whole."""
        self._file.close()
        said = {
            "store": self._store,
            "begun_at": self.begun_at.isoformat(timespec="seconds"),
            "read_at": utc_now().isoformat(timespec="seconds"),
            "objects": objects,
            "problems": problems,
        }
        _write_whole(self._home / READ, said)
        self._path.unlink(missing_ok=True)
