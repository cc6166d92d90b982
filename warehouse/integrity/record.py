"""When a store was last read whole and last copied, and how far a reading is: files in the home, not in the store.

Machines that share a PostgreSQL share the first two there: whoever looks for alerts has another home.

store-read.json       the last reading that came to its end
store-backup.json     the last copy that holds the whole store
store-reading.jsonl   one line per group of objects that was read; removed at the end
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr

from warehouse.canonical import canonical_json
from warehouse.postgres import reached, require_table
from warehouse.printable import counted
from warehouse.weeks import utc_now

READ, BACKUP = "store-read.json", "store-backup.json"
_BEGUN = "store-reading.jsonl"
_TABLE = "CREATE TABLE IF NOT EXISTS cliche.records (name TEXT PRIMARY KEY, said TEXT NOT NULL);"
#: A reading that was stopped longer ago begins anew.
_OLDEST = timedelta(days=7)
_NEVER = {READ: "never; cliche verify --store reads it", BACKUP: "never; cliche backup makes one"}


class StoreRecord(NamedTuple):
    """The last whole reading of a store and its problems, or the last whole copy and where it is (`to`)."""

    at: datetime  # when it ended (UTC)
    objects: int
    problems: int = 0
    to: str = ""


def last(name: str, home: Path, store_url: str, postgres: SecretStr | None = None) -> StoreRecord | None:
    """Return the record `READ` or `BACKUP` of the store at `store_url`, or None if there is none."""
    try:
        said = json.loads((home / name).read_bytes() if postgres is None else _shared(name, postgres))
        if said.pop("store") != store_url:
            return None
        return StoreRecord(datetime.fromisoformat(said.pop("at")), **said)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def keep(home: Path, name: str, store_url: str, objects: int, **said: Any) -> None:
    """Note that the store at `store_url` was read (`problems`) or copied (`to`) whole."""
    at, path = utc_now().isoformat(timespec="seconds"), home / name
    part = path.with_name(f".{name}.{os.getpid()}")
    part.write_bytes(canonical_json({"store": store_url, "at": at, "objects": objects, **said}))
    part.replace(path)


def share(home: Path, name: str, postgres: SecretStr | None) -> None:
    """Put the record `READ` or `BACKUP` of a home into the PostgreSQL that machines share, if they share one."""
    if postgres is None:
        return
    with _records(postgres) as cursor:
        cursor.execute(
            "INSERT INTO cliche.records VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET said = excluded.said",
            [name, (home / name).read_text(encoding="utf-8")],
        )


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


def line(name: str, found: StoreRecord | None) -> str:
    """Return in one line when the store was last read whole (`READ`), or copied (`BACKUP`)."""
    if found is None:
        return _NEVER[name]
    said = counted(found.problems, "problem") if found.problems else "all as recorded"
    end = f"to {found.to}" if name == BACKUP else said
    return f"{found.at:%Y-%m-%d %H:%M} UTC, {counted(found.objects, 'object')}, {end}"


@contextmanager
def progress(home: Path, store_url: str) -> Iterator[tuple[dict[str, dict[str, Any]], Callable[..., None]]]:
    """Yield what a stopped reading of this store found, by group, and a function that keeps more, until it ends."""
    home.mkdir(parents=True, exist_ok=True)
    path, done, begun = home / _BEGUN, dict[str, dict[str, Any]](), utc_now()
    lines = list[dict[str, Any]]()
    for raw in path.read_bytes().splitlines() if path.is_file() else ():
        with suppress(ValueError):
            lines.append(json.loads(raw))
    first, *others = lines or [{}]
    going_on = first.get("store") == store_url and begun - datetime.fromisoformat(first["begun_at"]) < _OLDEST
    if going_on:
        done = {said["group"]: said for said in others}
    with path.open("ab" if going_on else "wb") as file:

        def write(said: Mapping[str, Any]) -> None:
            file.write(b"\n" + canonical_json(said))  # a kill may have left half a line before it
            file.flush()

        if not going_on:
            write({"store": store_url, "begun_at": begun.isoformat()})
        yield done, lambda group, said: write({"group": group, **said})
    path.unlink(missing_ok=True)
