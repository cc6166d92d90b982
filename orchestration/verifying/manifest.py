"""Reading a manifest that anybody may have written: limits, types and safe names before anything is done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from assets.leaderboard.past import index as past_index
from assets.leaderboard.published import FORMAT
from orchestration.verifying.archive import listed
from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import check as check_seal

NAME = "manifest.json"
MOST_BYTES = 32_000_000
MOST_FILES = 100_000
MOST_FILE_BYTES = 20_000_000_000
MOST_TOTAL_BYTES = 50_000_000_000
_MOST_PATH = 200  # characters
_MOST_DEPTH = 8  # folders within folders
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]*")
#: Names that are devices on Windows, with any suffix.
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EDITION = re.compile(r"\d{4}-\d{2}-\d{2}\.[1-9]\d{0,5}")
_TEXT, _LIST, _TABLE = "a text", "a list", "a table"
_KINDS = {_TEXT: str, _LIST: list, _TABLE: dict}
#: Field → kind.
_FIELDS = {
    "edition": _TEXT,
    "week": _TEXT,
    "code_version": _TEXT,
    "texts_sha256": _TEXT,
    "analysis_plan_sha256": _TEXT,
    "site": _TABLE,
    "content_sha256": _TEXT,
    "created_at": _TEXT,
    "table_hashes": _TABLE,
    "files": _TABLE,
    "suites": _LIST,
    "labelers": _LIST,
    "partitions": _LIST,
    "anchors": _LIST,
    "gold": _LIST,
    "studies": _LIST,
}

Manifest = dict[str, Any]


class Link(NamedTuple):
    """What a manifest states of the edition before it, or of itself."""

    edition: str
    sha256: str


def link(value: object) -> Link | None:
    """Return what a manifest says of the edition before it; None of the first.

    Raises:
        ValueError: if it says nothing that can be read.
    """
    if value is None:
        return None
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in Link._fields):
        raise ValueError
    found = Link(*(value[name] for name in Link._fields))
    if not _EDITION.fullmatch(found.edition) or not _SHA256.fullmatch(found.sha256):
        raise ValueError
    return found


def parse(data: bytes, where: str) -> Manifest:
    """Return the manifest in `data`; its files have safe names, and sizes within limits."""
    if len(data) > MOST_BYTES:
        raise wrong(where, f"it has {len(data):,} bytes, more than {MOST_BYTES:,}")
    try:
        value = json.loads(data)
    except RecursionError:
        raise wrong(where, "it is nested too deeply") from None
    except ValueError:
        raise wrong(where, "it does not read as JSON") from None
    if not isinstance(value, dict):
        raise wrong(where, "it holds no fields")
    if type(value.get("format")) is not int or value["format"] != FORMAT:
        raise wrong(
            where,
            f"its format is {_shown(value.get('format'))}, this version reads {FORMAT}; update cliche",
        )
    for name, kind in _FIELDS.items():
        if not isinstance(value.get(name), _KINDS[kind]):
            raise wrong(where, f'"{name}" is not {kind}')
    if type(value.get("revision")) is not int or not 0 < value["revision"] < 1_000_000:
        raise wrong(where, '"revision" is not a number from 1')
    if not isinstance(value.get("replaces"), str | None):
        raise wrong(where, '"replaces" is neither a text nor null')
    try:
        link(value.get("before"))
    except ValueError:
        raise wrong(where, '"before" is neither null nor an edition and a SHA-256') from None
    if not _EDITION.fullmatch(value["edition"]):
        raise wrong(where, f'"edition" is {_shown(value["edition"])} and not like 2026-11-23.1')
    _check_files(value["files"], where)
    _check_tables(value, where)
    if why := past_index.wrong(value.get("pages")):
        raise wrong(where, why)
    return value


def written_by_publish(data: bytes, manifest: Manifest) -> bool:
    """Return whether the bytes are the one form in which `publish` writes these fields: no field twice, no blanks."""
    try:
        return data == canonical_json(manifest)
    except (ValueError, RecursionError):
        return False


def fits_its_seal(data: bytes, manifest: Manifest) -> bool:
    """Return whether the bytes fit the hash that they hold."""
    try:
        check_seal(f"{keys.edition_prefix(manifest['edition'])}{NAME}", data)
    except CorruptObjectError:
        return False
    return True


def unsafe(path: str) -> str | None:
    """Return why a file of this name is not written to any disk, or None."""
    parts = path.split("/")
    if len(path) > _MOST_PATH or len(parts) > _MOST_DEPTH:
        return "is too long"
    for part in parts:
        if not _PART.fullmatch(part):
            return "is no plain path of letters, digits and . _ @ + -"
        if part.endswith("."):
            return "ends with a dot"
        if _DEVICES.fullmatch(part):
            return "is the name of a device"
    return None


def clash(paths: Iterable[str]) -> str | None:
    """Return a path that cannot be beside another: the same but for case, or a folder of that name; None if none."""
    seen = {path.lower() for path in paths}
    folders: set[str] = set()
    counted: set[str] = set()
    for path in paths:
        low = path.lower()
        if low in counted:
            return path
        counted.add(low)
        parts = low.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return next(iter(sorted(folders & seen)), None)


def _check_files(files: dict[str, Any], where: str) -> None:
    if len(files) > MOST_FILES:
        raise wrong(where, f"it names {len(files):,} files, more than {MOST_FILES:,}")
    total = 0
    for path, stated in files.items():
        if path.lower() == NAME:
            raise wrong(where, "it names itself")
        if why := unsafe(path):
            raise wrong(where, f"the file name {_shown(path)} {why}")
        if not isinstance(stated, dict) or not isinstance(stated.get("sha256"), str):
            raise wrong(where, f"{path} has no sha256")
        if not _SHA256.fullmatch(stated["sha256"]):
            raise wrong(where, f"the sha256 of {path} is not 64 hexadecimal digits")
        size = stated.get("bytes")
        if type(size) is not int or not 0 <= size <= MOST_FILE_BYTES:
            raise wrong(where, f"the size of {path} is not a number of bytes up to {MOST_FILE_BYTES:,}")
        total += size
    if total > MOST_TOTAL_BYTES:
        raise wrong(where, f"its files have {total:,} bytes, more than {MOST_TOTAL_BYTES:,}")
    if (path_ := clash(files)) is not None:
        raise wrong(where, f"the file name {_shown(path_)} clashes with another")


def _check_tables(value: dict[str, Any], where: str) -> None:
    if why := listed.wrong(value.get("tables")):
        raise wrong(where, why)
    for path, stated in value["files"].items():
        if path.lower().partition("/")[0] in {keys.TABLES.rstrip("/"), keys.PAST.rstrip("/")}:
            raise wrong(where, f"the file name {_shown(path)} is where what editions share is")
        if not path.endswith(".parquet"):
            continue
        name = path.removeprefix("data/").removesuffix(".parquet")
        if path != f"data/{name}.parquet" or not listed.is_name(name) or name in value["tables"]:
            raise wrong(where, f"{_shown(path)} is no table, or one that is kept by the week")
        if type(stated.get("rows")) is not int or stated["rows"] < 0:
            raise wrong(where, f"the rows of {path} are not a number from 0")
    total = sum(stated["bytes"] for stated in value["files"].values())
    total += sum(part.bytes for part in listed.parts(value))
    if total > MOST_TOTAL_BYTES:
        raise wrong(where, f"its files have {total:,} bytes, more than {MOST_TOTAL_BYTES:,}")


def _shown(value: object) -> str:
    try:
        text = json.dumps(value, default=str)
    except (ValueError, RecursionError):
        return "not to be shown"
    return text if len(text) <= 60 else f"{text[:57]}…"


def wrong(where: str, why: str) -> CorruptObjectError:
    """Return the error that something is no manifest."""
    return CorruptObjectError(f"{where} is no manifest of an edition: {why}")
