"""Reading a manifest that anybody may have written: limits, types and safe names before anything is done with it."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from assets.leaderboard.past.index import PastEntry, Sha256
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
_EDITION = "^\\d{4}-\\d{2}-\\d{2}\\.[1-9]\\d{0,5}$"

Manifest = dict[str, Any]
Edition = Annotated[str, StringConstraints(pattern=_EDITION)]


class Link(BaseModel):
    """What a manifest states of the edition before it, or of itself."""

    model_config = ConfigDict(strict=True, frozen=True)
    edition: Edition
    sha256: Sha256


class StatedFile(BaseModel):
    """What a manifest says of one file of the edition's own folder; of Parquet files how many rows they have."""

    model_config = ConfigDict(strict=True)
    sha256: Sha256
    bytes: Annotated[int, Field(ge=0, le=MOST_FILE_BYTES)]
    rows: Annotated[int, Field(ge=0)] | None = None


class StatedEdition(BaseModel):
    """The fields of a manifest that anybody may have written; further fields are left alone."""

    model_config = ConfigDict(strict=True)
    format: int
    edition: Edition
    week: str
    revision: Annotated[int, Field(gt=0, lt=1_000_000)]
    replaces: str | None
    before: Link | None = None
    code_version: str
    texts_sha256: str
    analysis_plan_sha256: str
    site: dict[str, Any]
    content_sha256: str
    created_at: str
    table_hashes: dict[str, Any]
    suites: list[Any]
    labelers: list[Any]
    partitions: list[Any]
    anchors: list[Any]
    gold: list[Any]
    studies: list[Any]
    retractions: list[Any]
    removals: list[Any]
    pages: Annotated[list[PastEntry], Field(max_length=10_000)]
    files: Annotated[dict[str, StatedFile], Field(max_length=MOST_FILES)]
    tables: Annotated[dict[listed.Name, listed.StatedTable], AfterValidator(listed.keyed)]

    @model_validator(mode="after")
    def _files_and_tables(self) -> Self:
        periods = [one.period for one in self.pages]
        if periods != sorted({*periods}):
            raise ValueError("quarters that are not in order, each once")
        for path, stated in self.files.items():
            if why := _wrong_file(path, stated, self.tables):
                raise ValueError(f"the file name {_shown(path)} {why}")
        if (twice := clash(self.files)) is not None:
            raise ValueError(f"the file name {_shown(twice)} clashes with another")
        total = sum(one.bytes for one in self.files.values())
        total += sum(part.bytes for table in self.tables.values() for part in table.parts)
        if total > MOST_TOTAL_BYTES:
            raise ValueError(f"its files have {total:,} bytes, more than {MOST_TOTAL_BYTES:,}")
        return self


def link(value: object) -> Link | None:
    """Return what a manifest says of the edition before it; None of the first.

    Raises:
        ValueError: if it says nothing that can be read.
    """
    return None if value is None else Link.model_validate(value)


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
        stated = _shown(value.get("format"))
        raise wrong(where, f"its format is {stated}, this version reads {FORMAT}; update cliche")
    try:
        StatedEdition.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(one)[:60] for one in first["loc"][:5])
        raise wrong(where, f"{_shown(place)}: {first['msg'][:200]}") from None
    return value


def _wrong_file(path: str, stated: StatedFile, tables: Container[str]) -> str | None:
    """Return why a manifest states no such file, or None."""
    if path.lower() == NAME:
        return "is the manifest's own"
    if why := unsafe(path):
        return why
    if path.lower().partition("/")[0] in {keys.TABLES.rstrip("/"), keys.PAST.rstrip("/")}:
        return "is where what editions share is"
    if not path.endswith(".parquet"):
        return None
    name = path.removeprefix("data/").removesuffix(".parquet")
    if path != f"data/{name}.parquet" or not listed.is_name(name) or name in tables:
        return "is no table, or one that is kept by the week"
    return "has no number of rows" if stated.rows is None else None


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


def _shown(value: object) -> str:
    try:
        text = json.dumps(value, default=str)
    except (ValueError, RecursionError):
        return "not to be shown"
    return text if len(text) <= 60 else f"{text[:57]}…"


def wrong(where: str, why: str) -> CorruptObjectError:
    """Return the error that something is no manifest."""
    return CorruptObjectError(f"{where} is no manifest of an edition: {why}")
