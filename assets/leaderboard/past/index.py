"""Lists of pages of the past: one for a quarter, named by its hash, and what a manifest says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from assets.leaderboard.views.kind import PastFolders
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.errors import CorruptObjectError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST = 50_000_000  # bytes of a page, or of an index


Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Model = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9._-]*$")]


class PastEntry(BaseModel):
    """What a manifest says of a quarter.

    Attributes:
        period: `2026-Q3`.
        rests_on: hash of what the pages follow from: the same, and they need not be made again.
        folders: model → hash of the list of its pages, of which their folder has its name.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    period: Annotated[str, StringConstraints(pattern=r"^\d{4}-Q[1-4]$")]
    key: str
    sha256: Sha256
    bytes: Annotated[int, Field(gt=0, le=_MOST)]
    rests_on: Sha256
    folders: dict[Model, Sha256]

    @model_validator(mode="after")
    def _named_by_hash(self) -> Self:
        if self.key != keys.past_index(self.period, self.sha256):
            raise ValueError("a key that is not that of its hash")
        return self


@dataclass(frozen=True)
class PastIndex:
    """All pages of a quarter.

    Attributes:
        texts_sha256: of the code that made the pages: whoever has it can make them again.
        public_store: where pages have originals from, if anybody can read them.
        styles: key → bytes of what the pages are drawn with.
        pages: model → path in its folder → (SHA-256, bytes).
    """

    period: str
    texts_sha256: str
    public_store: str | None
    styles: Mapping[str, int]
    pages: Mapping[str, Mapping[str, tuple[str, int]]]

    def folders(self) -> dict[str, str]:
        """Return model → hash of the list of its pages."""
        return {
            model: sha256_hex(canonical_json({path: sha256 for path, (sha256, _) in of_model.items()}))
            for model, of_model in self.pages.items()
        }

    def stated(self) -> dict[str, tuple[str, int]]:
        """Return key → (SHA-256, bytes) of all pages and of what they are drawn with."""
        folders = self.folders()
        return {
            key: (key.rpartition("/")[2].partition(".")[0], size) for key, size in self.styles.items()
        } | {
            f"{keys.past_folder(self.period, model, folders[model])}{path}": stated
            for model, of_model in self.pages.items()
            for path, stated in of_model.items()
        }

    def written(self) -> bytes:
        """Return the one form in which it is kept."""
        return canonical_json(asdict(self))


def entry_of(index: PastIndex, rests_on: str) -> PastEntry:
    """Return what a manifest says of the pages in an index."""
    data = index.written()
    sha256 = sha256_hex(data)
    return PastEntry(
        period=index.period,
        key=keys.past_index(index.period, sha256),
        sha256=sha256,
        bytes=len(data),
        rests_on=rests_on,
        folders=index.folders(),
    )


def read_index(entry: PastEntry, data: bytes) -> PastIndex:
    """Return the index that an entry names; anybody may have written it."""
    try:
        if sha256_hex(data) != entry.sha256:
            raise ValueError("its bytes have another hash than the manifest states")
        value: dict[str, Any] = json.loads(data)
        pages = {
            str(model): {path: (str(sha256), int(size)) for path, (sha256, size) in of_model.items()}
            for model, of_model in value.pop("pages").items()
        }
        index = PastIndex(**value, pages=pages)
        if index.period != entry.period or index.folders() != entry.folders:
            raise ValueError("it lists other pages than the manifest states")
        for key, (sha256, size) in index.stated().items():
            known = keys.PAST_STYLE.fullmatch(key) or keys.PAST_PAGE.fullmatch(key)
            if (
                not known
                or ".." in key
                or "//" in key
                or not _SHA256.fullmatch(sha256)
                or not 0 <= size <= _MOST
            ):
                raise ValueError(f"{key[:120]!r} is no page of the past, or too large")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CorruptObjectError(f"{entry.key} is no index of pages: {str(error)[:200]}") from None
    return index


def entries_of(manifest: Mapping[str, Any]) -> list[PastEntry]:
    """Return what a manifest says of pages of the past."""
    return [PastEntry(**one) for one in manifest["pages"]]


def folders_of(entries: list[PastEntry]) -> PastFolders:
    """Return where the pages of each period and model are."""
    return {
        one.period: {
            model: keys.past_folder(one.period, model, sha256) for model, sha256 in one.folders.items()
        }
        for one in entries
    }
