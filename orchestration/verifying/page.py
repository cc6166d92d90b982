"""The pages of an edition: made again from its own rows, and compared byte for byte."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import duckdb
from jinja2 import TemplateError

from assets.leaderboard.croissant import NAME, croissant, meaning
from assets.leaderboard.documents import documents
from assets.leaderboard.page.raster import DRAWN
from assets.leaderboard.page.sheets import named, site_of
from assets.leaderboard.page.static import static_files
from assets.leaderboard.past.index import entries_of, folders_of
from assets.leaderboard.published import identity
from assets.leaderboard.replies import replies_in, reply_file
from assets.leaderboard.sheets import sheets
from orchestration.verifying import analysis
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed
from orchestration.verifying.database import one_line
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from warehouse import keys

INDEX = "index.html"
#: Folders of an edition whose files are made otherwise than with pages.
_NO_PAGES = {"data", "docs", "static"}
#: Where an edition is in a store, for links from its pages to what is around it.
_AROUND = "editions/this/"
#: What pages link to outside of their edition: what is made again from the newest one, and thumbnails.
_BESIDE = re.compile(rf"{keys.SITE}[a-z0-9._/-]+")


def compare_page(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    manifest: Manifest,
    hashes: Mapping[str, str],
    report: VerifyReport,
) -> None:
    """Compare pages, and `content_sha256`; `hashes` of the tables were computed again."""
    if identity(hashes) != manifest["content_sha256"]:
        report.differ("content_sha256 is not the hash of what the figures rest on")
    _compare_links(folder, manifest, report)
    made: set[str] = set()
    unlike: list[str] = []
    try:
        for name, data in _made_again(con, folder, manifest):
            made.add(name)
            if data is not None and not _is(folder / name, data):
                unlike.append(name)
    except (duckdb.Error, TemplateError, LookupError, AttributeError, TypeError, ValueError) as error:
        report.differ(f"the pages cannot be made again from the tables: {one_line(error)}")
        return
    _compare_made(made, unlike, manifest, report)


def _made_again(
    con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest
) -> Iterator[tuple[str, bytes | None]]:
    """Yield (path, bytes) of what is made with pages, one by one; None of what is drawn from thumbnails, not here."""
    replies = replies_in(folder, manifest["files"])
    site = replace(site_of(manifest), replies=replies)
    yield from static_files().items()
    yield from documents(con, analysis.own(folder) or b"").items()
    yield NAME, croissant(manifest, meaning(con, date.fromisoformat(manifest["week"])))
    for model, data in replies.items():
        yield reply_file(model), data
    past = folders_of(entries_of(manifest))
    for name, data in sheets(con, date.fromisoformat(manifest["week"]), site, past=past):
        yield name, None if name.endswith(DRAWN) else named(data, manifest["edition"], site)


def _compare_made(made: set[str], unlike: list[str], manifest: Manifest, report: VerifyReport) -> None:
    """Report what differs from what the same code makes of the same tables."""
    for name in sorted(unlike):
        report.differ(f"{name} is not what its version makes of the tables")
    stated = manifest["files"].keys() - listed.data_files(manifest)
    for name in sorted(made - stated):
        report.differ(f"{name} is not in the manifest, and the pages need it")
    for name in sorted(stated - made):
        report.differ(f"{name} is in the manifest, and no page shows it")


def _pages(manifest: Manifest) -> list[str]:
    """Return the pages, and their files."""
    return sorted(
        name
        for name in manifest["files"]
        if name.rpartition("/")[2] == INDEX or ("/" in name and name.partition("/")[0] not in _NO_PAGES)
    )


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


class _Links(HTMLParser):
    """Collects what a page links to beside itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep addresses of files."""
        del tag
        for name, value in attrs:
            if name in {"href", "src"} and value and not value.startswith("#") and ":" not in value:
                self.found.add(unquote(value.partition("#")[0]))


def _compare_links(folder: Path, manifest: Manifest, report: VerifyReport) -> None:
    """Compare the files with those that pages link to: all but fonts, to which styles lead, and their license."""
    if INDEX not in manifest["files"]:
        report.differ(f"{INDEX} is not in the manifest")
    if not (folder / INDEX).is_file():
        return
    stated, linked = {*manifest["files"]}, {INDEX, manifests.NAME, *static_files()}
    past = {folder for models in folders_of(entries_of(manifest)).values() for folder in models.values()}
    for page in (name for name in _pages(manifest) if name.endswith(".html")):
        parser = _Links()
        parser.feed((folder / page).read_text(encoding="utf-8", errors="replace"))
        around = f"{_AROUND}{page.rpartition('/')[0]}/"
        targets = {posixpath.normpath(f"{around}{link}") for link in parser.found}
        inside = {target.removeprefix(_AROUND) for target in targets if target.startswith(_AROUND)}
        for name in sorted(inside - stated - {manifests.NAME}):
            report.differ(f"{name[:120]} is linked from {page} and not in the manifest")
        for name in sorted(target for target in targets if not target.startswith(_AROUND)):
            shared = _BESIDE.fullmatch(name) or keys.THUMBNAIL.fullmatch(name)
            if not shared and not _is_past(name, past):
                report.differ(f"{name[:120]} is linked from {page}, outside of the edition")
        linked |= inside
    for name in sorted(stated - linked):
        report.differ(f"{name} is in the manifest, and no page links to it")


def _is_past(name: str, folders: set[str]) -> bool:
    """Return whether a link leads to a sheet of a quarter that belongs to the edition."""
    parts = name.split("/")
    return bool(keys.PAST_PAGE.fullmatch(name)) and "/".join([*parts[: keys.PAST_DEPTH], ""]) in folders
