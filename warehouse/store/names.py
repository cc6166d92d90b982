"""Which keys, prefixes and lease names may be stored, the same on a folder and on S3."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote

from warehouse import keys
from warehouse.errors import UsageError

MAX_KEY_BYTES = 900  # S3 allows 1,024, the bucket's prefix counted
MAX_PART_BYTES = 255  # the usual limit of a file name
TEMPORARY = ".tmp"  # half-written files of a local store lie here and are never listed
LOCKS = keys.lock("").partition("/")[0] + "/"
_LEASE_END = ".json"
_DRAWN = re.compile(r"editions/[^/]+/.+\.png")  # files of editions that hold pixels of pictures
_PLAIN = "=@+,"  # besides letters, digits and _.-~ these stay as they are in a lease's key


def check_key(key: str) -> str:
    """Return `key` if it names an object on either kind of store.

    Raises:
        UsageError: for an empty, absolute, too long or unprintable key, and for one that leaves its folder.
    """
    reason = _fault(key, key.split("/"))
    if reason:
        raise UsageError(f"the key {key[:100]!r} cannot be stored: {reason}")
    return key


def check_prefix(prefix: str) -> tuple[str, str]:
    """Return the folder (without a slash at its end) and the start of a name that a prefix consists of."""
    folder, _, start = prefix.rpartition("/")
    reason = _fault(prefix, folder.split("/") if folder or prefix.startswith("/") else [])
    if reason and prefix:
        raise UsageError(f"the prefix {prefix[:100]!r} cannot be listed: {reason}")
    return folder, start


def check_changeable(key: str) -> str:
    """Return `key` if its object may be replaced: those of the site, which are made again from editions."""
    if not key.startswith(keys.SITE):
        raise UsageError(
            f"the key {key[:100]!r} cannot be replaced: objects outside {keys.SITE} never change"
        )
    return check_key(key)


def check_removable(key: str, sha256: str, *, on_record: bool) -> str:
    """Return `key` if its object may be deleted: that of a picture, or drawn from it, whose removal is on record."""
    if not on_record or not (keys.picture_of(key) == sha256 or _DRAWN.fullmatch(key)):
        raise UsageError(f"the key {key[:100]!r} cannot be deleted: no removal of {sha256[:64]} names it")
    return check_key(key)


def lease_key(name: str) -> str:
    """Return the key of the lease `name`, which may hold any printable character."""
    return check_key(keys.lock(quote(name, safe=_PLAIN))) if name else check_key("")


def lease_name(key: str) -> str | None:
    """Return the name of the lease that lies at `key`, or None if the key is not a lease's."""
    if not (key.startswith(LOCKS) and key.endswith(_LEASE_END)):
        return None
    return unquote(key.removeprefix(LOCKS).removesuffix(_LEASE_END))


def _fault(text: str, parts: list[str]) -> str | None:
    """Return why `text`, which splits into `parts`, is no name, or None if it is one."""
    try:
        sizes = [len(part.encode("utf-8")) for part in parts]
        total = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        return "it is not valid Unicode"
    rules = (
        (not text, "it is empty"),
        (text.startswith("/"), "it starts with a slash"),
        ("" in parts, "a part between slashes is empty"),
        ("." in parts or ".." in parts, 'it holds a part "." or ".."'),
        (bool(parts) and parts[0] == TEMPORARY, f'"{TEMPORARY}" is kept for half-written files'),
        (any(unicodedata.category(c) == "Cc" for c in text), "it holds a control character"),
        (total > MAX_KEY_BYTES, f"it is longer than {MAX_KEY_BYTES} bytes"),
        (any(size > MAX_PART_BYTES for size in sizes), f"a part is longer than {MAX_PART_BYTES} bytes"),
    )
    return next((reason for broken, reason in rules if broken), None)
