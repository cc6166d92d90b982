"""The method changelog (`method_changes.yaml`): what changed in how figures are made, and when."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from assets.suites.loader import FOLDER, validated
from assets.suites.schema import Name
from warehouse.errors import UsageError

FILE = "method_changes.yaml"
WHERE = f"suites/{FILE}"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MethodChange(_Data):
    """What changed in a file on a day, with the hash of the bytes that came of it."""

    day: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    file: Name
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    said: str = Field(min_length=1)


class MethodChanges(_Data):
    """The file, the oldest entry first."""

    changes: tuple[MethodChange, ...] = Field(min_length=1)


def load_changes(folder: Path = FOLDER) -> tuple[MethodChange, ...]:
    """Return the entries of the method changelog, the oldest first."""
    return validated(MethodChanges, folder / FILE, WHERE).changes


def assert_told(file: str, sha256: str, folder: Path = FOLDER) -> None:
    """Raise `UsageError` unless the newest entry of a file is of these bytes."""
    newest = [change.sha256 for change in load_changes(folder) if change.file == file][-1:]
    if newest != [sha256]:
        raise UsageError(f"suites/{file}: was changed; say in {WHERE} what changed, with sha256: {sha256}")
