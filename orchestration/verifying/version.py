"""Which code made an edition, as far as this code can tell."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

import duckdb

from assets.leaderboard import texts
from assets.leaderboard.texts import Relations
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport


@dataclass(frozen=True)
class Version:
    """A code version: its tables and views. `decided` is whether what differs from them is a difference.

    `same` is whether it is this very code, so that the page can be made again byte for byte. Where nothing is decided,
    `relations` are those of this code and `why` says what is not known.
    """

    name: str
    relations: Relations
    decided: bool
    same: bool
    why: str = ""


def find(manifest: Manifest, report: VerifyReport) -> Version:
    """Return the version that made an edition; the report hears if its number and its texts contradict each other."""
    stated = manifest["code_version"]
    own = metadata.version("cliche")
    made_by = manifest.get("texts_sha256")
    number = stated.partition("+")[0]
    released = texts.released()
    if made_by is None:  # a manifest of before this field: the commit says it
        if stated in released:
            return _released(stated, released[stated])
        return _unknown(stated, "its manifest does not say by which texts it was made")
    by_texts = [name for name, kept in released.items() if kept["texts_sha256"] == made_by]
    if made_by == texts.texts_sha256():
        if number != own and number not in released:
            report.skip(f"code version {stated} is not known here; it has the texts of {own}")
        return Version(stated, texts.own_relations(), decided=True, same=True)
    if by_texts:
        name = by_texts[0]
        if number not in {one.partition("+")[0] for one in by_texts}:
            report.differ(f"code_version is {stated}, but the texts are those of version {name}")
        return _released(name, released[name])
    if stated in released:
        report.differ(f"code_version is {stated}, but the texts are not those of that version")
        return _released(stated, released[stated])
    return _unknown(stated, "the texts that it was made by are not known here")


def _released(name: str, kept: dict[str, object]) -> Version:
    relations: Relations = kept["relations"]  # type: ignore[assignment]
    if kept["duckdb"] == duckdb.__version__:
        return Version(name, relations, decided=True, same=False)
    why = f"version {name} was released with DuckDB {kept['duckdb']}, which may print views in another way"
    return Version(name, relations, decided=False, same=False, why=why)


def _unknown(stated: str, why: str) -> Version:
    return Version(
        stated,
        texts.own_relations(),
        decided=False,
        same=False,
        why=f"code version {stated} is not known here ({why})",
    )
