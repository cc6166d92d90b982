"""The chain of editions: each manifest holds the SHA-256 of the manifest of the edition that was published before it.

`site/log.txt` has one line for each edition, `time edition sha256`; each publish writes it whole from the chain.
Whoever kept one line of it can hold every edition up to that one to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from assets.leaderboard.published import read_json
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import unsealed
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there

#: What is kept of each manifest beside its hash; `before` is None of the first.
_KEPT = ("edition", "week", "revision", "created_at", "replaces", "before")
_LINE = re.compile(r"(\S+) (\d{4}-\d{2}-\d{2})\.(\d{1,6}) ([0-9a-f]{64})")

Entry = Mapping[str, Any]


def known(store: Store) -> dict[str, Entry]:
    """Return what is known of each edition, by id, in the order of the chain.

    It is read from the note at `site/`, and, of editions that a publish wrote which was stopped, from their manifests.
    """
    entries = noted(read_if_there(store, keys.SITE_PAGES_NOTE) or b"")
    for folder in store.folders("editions/"):
        edition, key = folder.removeprefix("editions/").rstrip("/"), f"{folder}manifest.json"
        if edition not in entries and (data := read_if_there(store, key)) is not None:
            manifest = read_json(key, data)
            entries[edition] = {name: manifest.get(name) for name in _KEPT} | {"sha256": sha256_hex(data)}
    return {entry["edition"]: entry for entry in _in_order(entries)}


def tip(entries: Mapping[str, Entry]) -> dict[str, str] | None:
    """Return what the next manifest says of the edition before it: that of the last of the chain; None of none."""
    last = next(reversed([*entries.values()]), None)
    return None if last is None else {"edition": last["edition"], "sha256": last["sha256"]}


def log(entries: Iterable[Entry]) -> bytes:
    """Return the text of `site/log.txt`."""
    return "".join(f"{one['created_at']} {one['edition']} {one['sha256']}\n" for one in entries).encode()


def lines(log: bytes) -> list[tuple[str, str] | None]:
    """Return (edition, SHA-256) of each line of a log that anybody may have written; None of a line that is none."""
    matches = [_LINE.fullmatch(line) for line in log.decode(errors="replace").splitlines()]
    return [one and (f"{one[2]}.{one[3]}", one[4]) for one in matches]


def gone(store: Store) -> list[str]:
    """Return the editions of the chain whose manifest is not in the store."""
    return [name for name in known(store) if not store.head(f"{keys.edition_prefix(name)}manifest.json")]


def _in_order(entries: Mapping[str, Entry]) -> list[Entry]:
    """Return entries by time, each after the one that it names as the one before: a clock may have been wrong."""
    placed: dict[str, Entry] = {}
    for entry in sorted(
        entries.values(), key=lambda one: (str(one["created_at"]), one["week"], one["revision"])
    ):
        waiting = [entry]
        while (before := waiting[-1]["before"]) and before["edition"] in entries.keys() - placed.keys():
            if len(waiting) > len(entries):
                break  # a note that somebody wrote
            waiting.append(entries[before["edition"]])
        placed |= {one["edition"]: one for one in reversed(waiting) if one["edition"] not in placed}
    return [*placed.values()]


def noted(data: bytes) -> dict[str, Entry]:
    """Return what the note at `site/` says of editions, by id; nothing if it does not read."""
    try:
        note = unsealed(keys.SITE_PAGES_NOTE, data)
        return {
            str(of["edition"]): {name: of[name] for name in (*_KEPT, "sha256")} for of in note["editions"]
        }
    except (KeyError, TypeError, ValueError, CorruptObjectError):
        return {}
