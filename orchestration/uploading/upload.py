"""Sends the site: what never changes first, pages that lead to it last, so that a reader never sees a half.

An edition is at the destination when its manifest is, which follows its files. The root comes last.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

from assets.leaderboard.page.headers import FOREVER, cache_control
from assets.leaderboard.past.index import PastEntry, entries_of, read_index
from assets.leaderboard.published import edition_ids, latest, read_json, read_manifest
from assets.leaderboard.site_pages import root_pages
from orchestration.uploading.destinations import Destination
from orchestration.verifying.report import Step
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, RefusedError, UsageError
from warehouse.store.base import Store
from warehouse.taken_back import gone

_MANIFEST = "manifest.json"
_AT_ONCE = 16
_BATCH = 256  # objects between two words on how far it is
_DATABASE = (keys.SITE_DATABASE, keys.SITE_DATABASE_NOTE)
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Sent:
    """What an upload did: how much it sent, and how many thumbnails the store lacks."""

    edition: str
    objects: int
    bytes: int
    missing: int


def upload(store: Store, to: Destination, step: Step) -> Sent:
    """Send the site of a store to a destination, as far as it is not there.

    Raises:
        UsageError: if nothing is published, or nobody is named who publishes it.
        RefusedError: if the destination has another edition of the same name, or a newer one.
    """
    newest = latest(store)
    if newest is None:
        raise UsageError("nothing is published yet; run cliche publish (or make demo)")
    manifest = read_manifest(store, newest.id)
    if not {"publisher", "contact"} <= manifest["site"].keys():
        raise UsageError(
            f"edition {newest.id} does not say who publishes it; run cliche publish, then this again"
        )
    _assert_not_older(to, newest.week, newest.revision)
    for key, data in to.own_files.items():
        if not to.holds(key, data):
            to.put(key, data)
    site = [*store.list(keys.SITE)]
    # Read before editions are listed: what a publish adds meanwhile comes with the next upload, whole.
    forever = [key for key in site if cache_control(key) == FOREVER]
    apart = {*forever, *_DATABASE}
    changing = {key: _whole(store, key) for key in site if key not in apart}
    sending = _Sending(store, to, step)
    sending.all(forever, "what all pages share")
    sending.all([*store.list(keys.REMOVALS)], "removals")
    for edition in edition_ids(store):
        sending.edition(edition)
    sending.database()
    changing[keys.LATEST_EDITION] = _whole(store, keys.LATEST_EDITION)
    for key, data in (*changing.items(), *root_pages(manifest).items()):
        sending.one(key, data)
    return Sent(newest.id, sending.objects, sending.bytes, sending.missing)


class _AbsentError(CorruptObjectError):
    """An object is missing from the store; of thumbnails that is no damage."""


class _Sending:
    """Objects on their way, counted."""

    def __init__(self, store: Store, to: Destination, step: Step) -> None:
        self._store, self._to, self._step = store, to, step
        self._counting = Lock()
        self._is_gone = gone(store)
        self._seen = set[str]()  # pages of several weeks show the same, and are drawn with the same
        self.objects = self.bytes = self.missing = 0

    def edition(self, edition: str) -> None:
        """Send an edition with the rows and thumbnails that it shows, and its manifest after them."""
        prefix = keys.edition_prefix(edition)
        data = _whole(self._store, prefix + _MANIFEST)
        there = self._to.get(prefix + _MANIFEST)
        if there == data:
            return
        if there is not None:
            raise RefusedError(
                f"{self._to.url} holds another edition {edition}; name another place for this site"
            )
        manifest = read_json(prefix + _MANIFEST, data)
        parts = [part for table in manifest["tables"].values() for part in table["parts"]]
        stated = {part["key"]: part["sha256"] for part in parts}
        files = {prefix + name: of["sha256"] for name, of in manifest["files"].items()}
        stated |= {key: sha256 for key, sha256 in files.items() if not self._is_gone(key)}
        thumbnails = self.all(stated, edition, stated)
        self.all(sorted(thumbnails), f"{edition}, thumbnails")
        for entry in entries_of(manifest):
            self.past(entry)
        self.one(prefix + _MANIFEST, data)

    def past(self, entry: PastEntry) -> None:
        """Send the sheets of a quarter unless its index is there, which is sent after them."""
        if self._to.get(entry.key) is not None:
            return
        index = _whole(self._store, entry.key, entry.sha256)
        hashes = {key: sha256 for key, (sha256, _) in read_index(entry, index).stated().items()}
        thumbnails = self.all(hashes, f"pages of {entry.period}", hashes)
        self.all(sorted(thumbnails), f"pages of {entry.period}, thumbnails")
        self.one(entry.key, index)

    def all(self, wanted: Collection[str], what: str, hashes: Mapping[str, str] = _NONE) -> set[str]:
        """Send objects to which nothing leads yet, several at once; return the thumbnails that they show."""
        listed, shown = [key for key in wanted if key not in self._seen], set[str]()
        self._seen.update(listed)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for first in range(0, len(listed), _BATCH):
                self._step(what, first, len(listed))
                batch = listed[first : first + _BATCH]
                shown.update(*pool.map(lambda key: self._sent(key, hashes), batch))
        self._step(what, len(listed), len(listed))
        return shown

    def one(self, key: str, data: bytes) -> None:
        """Send an object unless it is there."""
        if not self._to.holds(key, data):
            self._to.put(key, data)
            with self._counting:
                self.objects += 1
                self.bytes += len(data)

    def database(self) -> None:
        """Send the one DuckDB file, and the note of what it is after it: the note tells whether the file is there."""
        if self._store.head(keys.SITE_DATABASE_NOTE) is None:
            return
        note = _whole(self._store, keys.SITE_DATABASE_NOTE)
        if self._to.get(keys.SITE_DATABASE_NOTE) != note:
            self._step(keys.SITE_DATABASE, 0, 1)
            self.one(keys.SITE_DATABASE, _whole(self._store, keys.SITE_DATABASE, json.loads(note)["sha256"]))
            self.one(keys.SITE_DATABASE_NOTE, note)

    def _sent(self, key: str, hashes: Mapping[str, str]) -> set[str]:
        """Send an object of the store; return the thumbnails that it shows."""
        try:
            data = _whole(self._store, key, hashes.get(key))
        except _AbsentError:
            if not keys.THUMBNAIL.fullmatch(key):
                raise
            with self._counting:
                self.missing += 1
            return set()
        self.one(key, data)
        if not key.endswith(".html"):
            return set()
        shown = {found[0] for found in keys.THUMBNAIL.finditer(data.decode())}
        return {thumbnail for thumbnail in shown if not self._is_gone(thumbnail)}


def _whole(store: Store, key: str, sha256: str | None = None) -> bytes:
    """Return an object; raise `CorruptObjectError` if it is missing, or has another hash than is stated."""
    try:
        data = store.get(key)
    except KeyError:
        raise _AbsentError(f"{key} is not in the store; nothing leads to this edition yet") from None
    if sha256 is not None and sha256_hex(data) != sha256:
        raise CorruptObjectError(f"{key} is damaged: its bytes have another hash than is stated")
    return data


def _assert_not_older(to: Destination, week: str, revision: int) -> None:
    """Raise if readers at the destination see a newer edition (`RefusedError`) or another site (`UsageError`)."""
    data = to.get(keys.LATEST_EDITION)
    if data is None:
        if to.get("index.html") is not None:  # the last that an upload of ours sends
            raise UsageError(
                f"{to.url} holds an index.html of something else; name an empty place for the site"
            )
        return
    there = read_json(keys.LATEST_EDITION, data)
    if (there["week"], there["revision"]) > (week, revision):
        raise RefusedError(
            f"{to.url} shows edition {there['edition']}, which is newer than {week}.{revision}; nothing was sent"
        )
