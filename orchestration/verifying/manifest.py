"""Reading a manifest that anybody may have written: limits, types and safe names before anything is done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from assets.leaderboard.past.index import PastEntry, Sha256, entries_of, read_index
from assets.leaderboard.published import FORMAT
from warehouse import keys
from warehouse.database.archive import WeekPart, parts_of
from warehouse.errors import CorruptObjectError
from warehouse.loading.seals import sealed

NAME = "manifest.json"
MOST_BYTES = 32_000_000
MOST_FILES = 100_000
MOST_FILE_BYTES = 20_000_000_000
MOST_TOTAL_BYTES = 50_000_000_000
#: A folder or a file: no hidden one, none that ends with a dot, and no device of Windows, with any suffix.
_PART = (
    r"(?!(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|\Z))[A-Za-z0-9_](?:[A-Za-z0-9._@+-]*[A-Za-z0-9_@+-])?"
)
_WHOLE = re.compile(r"data/([a-z][a-z0-9_]{0,62})\.parquet")

Manifest = dict[str, Any]


def created(text: str) -> datetime:
    """Return the time in `created_at`, in UTC and without a zone, as columns have it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - UTC, like the columns


def _monday(week: str) -> str:
    if date.fromisoformat(week).isoweekday() != 1:
        raise ValueError("no Monday")
    return week


def _known_format(number: int) -> int:
    if number != FORMAT:
        raise ValueError(f"this version reads {FORMAT}; update cliche")
    return number


Week = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\Z"), AfterValidator(_monday)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}\Z")]
FileName = Annotated[str, Field(max_length=200, pattern=rf"^{_PART}(?:/{_PART}){{0,7}}\Z")]
Edition = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}\.[1-9]\d{0,5}\Z")]
Entries = list[dict[str, Any]]  # what publish found in the store and in the tables, compared with them later


class _Stated(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, regex_engine="python-re")


class Link(_Stated):
    """What a manifest states of the edition before it, or of itself."""

    edition: Edition
    sha256: Sha256


class _File(_Stated):
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0, le=MOST_FILE_BYTES)]
    rows: Annotated[int, Field(ge=0)] | None = None  # of Parquet files


class _WeekPart(_Stated, extra="forbid"):
    week: Week | None
    key: str
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=MOST_FILE_BYTES)]
    rows: Annotated[int, Field(ge=1, le=10**12)]
    content_sha256: Sha256
    table_hash: Sha256 | None


class _Table(_Stated):
    columns: Annotated[list[tuple[Name, str]], Field(min_length=1, max_length=500)]
    rows: int
    parts: list[_WeekPart]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if len(dict(self.columns)) < len(self.columns) or dict(self.columns).get("week") != "DATE":
            raise ValueError("a column twice, or none of the week")
        weeks = [part.week or "" for part in self.parts]
        if weeks != sorted({*weeks}):
            raise ValueError("parts that are not in the order of weeks, each once")
        if self.rows != sum(part.rows for part in self.parts):
            raise ValueError("another number of rows than its parts")
        return self


class _Edition(_Stated):  # further fields are left alone
    format: Annotated[int, AfterValidator(_known_format)]
    edition: Edition
    week: Week
    revision: Annotated[int, Field(gt=0, lt=1_000_000)]
    replaces: Edition | None
    before: Link | None = None
    code_version: str
    texts_sha256: str
    analysis_plan_sha256: str
    site: dict[str, Any]
    content_sha256: str
    created_at: Annotated[str, AfterValidator(lambda text: created(text) and text)]
    table_hashes: dict[str, Any]
    suites: Entries
    labelers: Entries
    partitions: Entries
    anchors: Entries
    gold: Entries
    studies: Entries
    retractions: Entries
    removals: Entries
    pages: Annotated[list[PastEntry], Field(max_length=10_000)]
    files: Annotated[dict[FileName, _File], Field(max_length=MOST_FILES)]
    tables: dict[Name, _Table]

    @model_validator(mode="after")
    def _files_and_tables(self) -> Self:
        periods = [one.period for one in self.pages]
        if periods != sorted({*periods}):
            raise ValueError("quarters that are not in order, each once")
        low = [path.lower() for path in (NAME, *self.files)]
        folders = {path[: at.start()] for path in low for at in re.finditer("/", path)}
        if len({*low}) < len(low) or folders & {*low}:
            raise ValueError("a file name that clashes with another, or with a folder")
        for path, stated in self.files.items():
            table = _WHOLE.fullmatch(path)
            if path.endswith(".parquet") and (not table or table[1] in self.tables or stated.rows is None):
                raise ValueError(f"{path} is no table, is kept by the week, or has no number of rows")
        parts = [(name, part) for name, table in self.tables.items() for part in table.parts]
        for name, part in parts:
            if part.key != keys.table_part(name, part.week, part.sha256):
                raise ValueError(f"{name}: a key that is not that of its table, week and hash")
        total = sum(one.bytes for one in self.files.values()) + sum(part.bytes for _, part in parts)
        if total > MOST_TOTAL_BYTES:
            raise ValueError(f"its files have {total:,} bytes, more than {MOST_TOTAL_BYTES:,}")
        return self


def parse(data: bytes, where: str) -> Manifest:
    """Return the manifest in `data`; its files have safe names, and sizes within limits."""
    try:
        _Edition.model_validate_json(data)
        return dict(json.loads(data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(one)[:60] for one in first["loc"][:5])
        raise wrong(where, f"{json.dumps(place)}: {first['msg'][:200]}") from None
    except (ValueError, RecursionError) as error:
        raise wrong(where, f"it does not read as JSON ({type(error).__name__})") from None


def written_by_publish(data: bytes, manifest: Manifest) -> bool:
    """Return whether the bytes are those in which `publish` writes these fields: none twice, and with their hash."""
    try:
        return data == sealed(f"{keys.edition_prefix(manifest['edition'])}{NAME}", manifest)
    except (ValueError, RecursionError):
        return False


def parts(manifest: Mapping[str, Any]) -> list[WeekPart]:
    """Return all parts that a manifest lists, table by table."""
    return [part for _, entry in sorted(manifest["tables"].items()) for part in parts_of(entry).values()]


def objects(manifest: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Return key → (SHA-256, bytes) of an edition's own files and of the parts that it lists."""
    prefix = keys.edition_prefix(manifest["edition"])
    files = {prefix + name: (of["sha256"], of["bytes"]) for name, of in sorted(manifest["files"].items())}
    return files | {part.key: (part.sha256, part.bytes) for part in parts(manifest)}


def data_files(manifest: Mapping[str, Any]) -> set[str]:
    """Return the data files of an edition: all under `data/` that are no pages."""
    in_data = (name for name in manifest["files"] if name.startswith("data/"))
    return {name for name in in_data if not name.endswith("/index.html")}


def whole(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables and views that an edition has as one Parquet file, with its path."""
    found = {table[1]: path for path in manifest["files"] if (table := _WHOLE.fullmatch(path))}
    return dict(sorted(found.items()))


def sheets(manifest: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, tuple[str, int]]:
    """Return key → (SHA-256, bytes) of all sheets and of their indexes."""
    found: dict[str, tuple[str, int]] = {}
    for entry in entries_of(manifest):
        found[entry.key] = (entry.sha256, entry.bytes)
        try:
            data = read(entry.key)
        except KeyError:
            raise CorruptObjectError(f"{entry.key} is not in the store, but its manifest names it") from None
        found |= read_index(entry, data).stated()
    return found


def wrong(where: str, why: str) -> CorruptObjectError:
    """Return the error that something is no manifest."""
    return CorruptObjectError(f"{where} is no manifest of an edition: {why}")
