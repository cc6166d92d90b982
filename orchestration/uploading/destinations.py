"""Where the site goes: a folder, or objects in a bucket. Nothing that is there is ever deleted."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import defaultdict
from pathlib import Path

from assets.leaderboard.page.headers import cache_control, content_type, headers_file
from warehouse.errors import StoreError, UsageError


class _Folder:
    """A folder: web servers show it as it is, services for static sites take it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.url = folder, str(folder)
        # GitHub Pages serves what is there as it is; Cloudflare Pages and Netlify take headers from a file.
        self.own_files = {".nojekyll": b"", "_headers": headers_file().encode()}

    def holds(self, key: str, data: bytes) -> bool:
        path = self._folder / key
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data

    def get(self, key: str) -> bytes | None:
        path = self._folder / key
        return path.read_bytes() if path.is_file() else None

    def put(self, key: str, data: bytes) -> None:
        path = self._folder / key
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)
            beside.replace(path)
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}") from error


class _Bucket:
    """Objects below a prefix of a bucket, with headers; what is there is known by its tag, without being read."""

    def __init__(self, address: str) -> None:
        from warehouse.store.s3 import objects_at

        self._objects = objects_at(address)
        self.url, self.own_files = self._objects.url, dict[str, bytes]()
        self._tags: dict[str, dict[str, str]] = {}
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def holds(self, key: str, data: bytes) -> bool:
        # Servers tag otherwise what they encrypt: that is sent again, which costs time and harms nothing.
        folder = "".join(f"{part}/" for part in key.split("/")[:-1][:2])
        with self._locks[folder]:
            if folder not in self._tags:
                self._tags[folder] = {head.key: head.etag for head in self._objects.heads(folder)}
        return (
            self._tags[folder].get(key, "").strip('"') == hashlib.md5(data, usedforsecurity=False).hexdigest()
        )

    def get(self, key: str) -> bytes | None:
        stored = self._objects.get(key)
        return stored.data if stored else None

    def put(self, key: str, data: bytes) -> None:
        headers = {"ContentType": content_type(key), "CacheControl": cache_control(key)}
        self._objects.overwrite(key, data, headers)


#: Objects by the keys of the store: `holds` says whether these bytes are there, `put` puts them whatever is there, and
#: `own_files` are what such a destination has beside the site. Threads may share it; a reader sees an object whole.
Destination = _Folder | _Bucket


def destination(address: str, store: str) -> Destination:
    """Return the destination at a folder or at `s3://bucket/prefix`."""
    if address.startswith("s3://"):
        if f"{address.rstrip('/')}/".startswith(f"{store}/"):
            raise UsageError(f"{address} is in the store; name another place for the site")
        return _Bucket(address)
    folder = Path(address).absolute()
    if folder.resolve().is_relative_to(Path(store).resolve()):
        raise UsageError(f"{address} is in the store; name another folder for the site")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{address} is no folder; name another")
    return _Folder(folder)
