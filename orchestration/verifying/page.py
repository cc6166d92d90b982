"""The pages of an edition: made again from its own DuckDB file, byte for byte, or their links and figures compared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from assets.leaderboard.build import build_page
from assets.leaderboard.contents import shipped_conventions
from assets.leaderboard.documents import FOLDER, documents
from assets.leaderboard.page.page import FIGURES, render
from assets.leaderboard.page.sheets import DRAWN, named, nameless, site_of
from assets.leaderboard.past.index import entries_of, folders_of
from assets.leaderboard.replies import replies_in
from assets.leaderboard.sheets import sheets
from assets.leaderboard.views.reply import reply_file
from assets.leaderboard.views.view import Page
from orchestration.verifying import analysis, figures
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed
from orchestration.verifying.database import FILE, one_line
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex

INDEX = "index.html"
#: Folders of an edition whose files are made otherwise than with pages.
_NO_PAGES = {"data", "docs", "pictures", "static"}
#: Where an edition is in a store, for links from its pages to what is around it.
_AROUND = "editions/this/"
#: What pages link to outside of their edition: what is made again from the newest one, and thumbnails.
_BESIDE = re.compile(rf"{keys.SITE}[a-z0-9._/-]+")


def compare_set(manifest: Manifest, relations: Mapping[str, object], report: VerifyReport) -> None:
    """Compare the data files with the tables and views that the edition must have; each is Parquet and CSV."""
    expected = {FILE} | {f"data/{name}.{kind}" for name in relations for kind in ("parquet", "csv")}
    stated = listed.data_files(manifest)
    for name in sorted(expected - stated):
        report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted(stated - expected):
        report.differ(f"{name} is in the manifest, and no edition of this version has it")


def compare_page(
    con: duckdb.DuckDBPyConnection | None,
    folder: Path,
    manifest: Manifest,
    version: Version,
    hashes: Mapping[str, str],
    report: VerifyReport,
) -> None:
    """Compare pages, pictures and `content_sha256`.

    Args:
        con: the edition's file, all of it as its version has it; None if its views are not to be asked.
        folder: the edition.
        manifest: what is stated.
        version: by which code it was made.
        hashes: of its tables, computed again.
        report: receives what differs, and what could not be compared.
    """
    _compare_links(folder, manifest, report)
    if con is None:
        report.skip("the page: its figures come from views that are not known here", "pages", "pictures")
        _compare_content(manifest, hashes, folder, version, report)
        return
    try:
        made = made_again(con, manifest)
        page: Page | None = made
        files = render(replace(made, **_named(manifest)))
        if version.same:
            files |= documents(con, analysis.own(folder) or b"")
            files |= {reply_file(one): data for one, data in replies_in(folder, manifest["files"]).items()}
    except (duckdb.Error, KeyError, TypeError, ValueError) as error:
        if version.same:
            report.differ(f"the page cannot be made again from the tables: {one_line(error)}")
            return
        page, files = None, {}  # other tables than this version has
    unlike = [name for name, data in files.items() if not _is(folder / name, data)]
    if page is not None and (version.same or not unlike):
        if version.same:
            others, differing = _made_others(con, folder, manifest)
            unlike += differing
        else:
            others = _nameless_others(folder, manifest)
        _compare_made(page, files, others, unlike, manifest, hashes, report)
        return
    _compare_content(manifest, hashes, folder, version, report)
    if (shown := folder / _all_figures(manifest)).is_file():
        figures.compare(con, shown.read_bytes(), page, version, report)


def _made_others(
    con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest
) -> tuple[dict[str, str], list[str]]:
    """Make the pages beside the front page again, one by one.

    Returns:
        path → hash of each without the edition's name, and the paths of those that are not in the folder as they are.
    """
    site = replace(site_of(manifest), replies=replies_in(folder, manifest["files"]))
    hashes: dict[str, str] = {}
    unlike = []
    past = folders_of(entries_of(manifest))
    for name, data in sheets(con, date.fromisoformat(manifest["week"]), site, past=past):
        if name.endswith(DRAWN):  # from thumbnails, which are not here: its bytes are those of the manifest
            hashes[name] = manifest["files"].get(name, {}).get("sha256", "")
            continue
        hashes[name] = sha256_hex(data)
        if not _is(folder / name, named(data, manifest["edition"], site)):
            unlike.append(name)
    return hashes, unlike


def _nameless_others(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return path → hash, without the edition's name, of the pages beside the front page as they are."""
    site, edition = site_of(manifest), manifest["edition"]
    return {
        name: sha256_hex(nameless((folder / name).read_bytes(), edition, site)) for name in _others(manifest)
    }


def _others(manifest: Manifest) -> list[str]:
    """Return the pages beside the one with all figures, and their files, which editions of before do not have."""
    found = {
        name
        for name in manifest["files"]
        if name.rpartition("/")[2] == INDEX or ("/" in name and name.partition("/")[0] not in _NO_PAGES)
    }
    return sorted(found - {_all_figures(manifest)})


def _all_figures(manifest: Manifest) -> str:
    """Return the page with all figures: the front page of editions of before there were many pages."""
    return FIGURES if FIGURES in manifest["files"] else INDEX


def _compare_made(
    page: Page,
    files: Mapping[str, bytes],
    others: Mapping[str, str],
    unlike: list[str],
    manifest: Manifest,
    hashes: Mapping[str, str],
    report: VerifyReport,
) -> None:
    """Report what differs from the pages that the same code makes of the same tables; `others` have their hashes."""
    for name in sorted(unlike):
        report.differ(f"{name} is not what its version makes of the tables")
    pictures = {f"pictures/{picture.sha256}.{picture.ext}" for picture in page.pictures()}
    stated = manifest["files"].keys() - listed.data_files(manifest)
    if not any(name.startswith(FOLDER) for name in files):  # made by other code: nothing to compare them with
        stated = {name for name in stated if not name.startswith(FOLDER)}
    expected = pictures | files.keys() | others.keys()
    for name in sorted(expected - stated):
        report.differ(f"{name} is not in the manifest, and the page needs it")
    for name in sorted(stated - expected):
        report.differ(f"{name} is in the manifest, and no page shows it")
    rendered = {path: sha256_hex(content) for path, content in render(page).items()} | dict(others)
    if _content(hashes, rendered) != manifest["content_sha256"]:
        report.differ("content_sha256 is not the hash of the tables and the page")


def made_again(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> Page:
    """Return the page of the edition before it had a name, made from its own file."""
    return build_page(
        con,
        week=manifest["week"],
        edition="",
        code_version="",
        conventions=shipped_conventions(),
        files=[
            *sorted(listed.data_files(manifest) | {n for n in manifest["files"] if n.startswith(FOLDER)}),
            manifests.NAME,
        ],
    )


def _named(manifest: Manifest) -> dict[str, Any]:
    """Return what the page's foot says and no content hash holds; earlier manifests have no `store_read`."""
    return {name: manifest.get(name) for name in ("edition", "code_version", "replaces", "store_read")}


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _content(hashes: Mapping[str, str], rendered: Mapping[str, str]) -> str:
    rendered = {name: sha256 for name, sha256 in rendered.items() if not name.endswith(DRAWN)}
    return sha256_hex(canonical_json({"tables": dict(hashes), "page": dict(rendered)}))


def _compare_content(
    manifest: Manifest,
    hashes: Mapping[str, str],
    folder: Path,
    version: Version,
    report: VerifyReport,
) -> None:
    """Compare `content_sha256` with the tables and the pages as they are, without names as when they were hashed."""
    front = _all_figures(manifest)
    if not (folder / front).is_file():
        return
    index = nameless((folder / front).read_bytes(), manifest["edition"], site_of(manifest))
    for text, bare in (
        (f"Edition <b>{manifest['edition']}</b>", "Edition <b></b>"),
        (f" It replaces edition {manifest['replaces']}.", ""),
        (f"Code version {manifest['code_version']}.", "Code version ."),
        (f"Store last read whole: {manifest.get('store_read')}.", "Store last read whole: never."),
    ):
        index = index.replace(text.encode(), bare.encode())
    rendered = {front: sha256_hex(index)} | {
        name: entry["sha256"] for name, entry in manifest["files"].items() if name.startswith("static/")
    }
    rendered |= _nameless_others(folder, manifest)
    if _content(hashes, rendered) == manifest["content_sha256"]:
        return
    line = "content_sha256 is not the hash of the tables and the page"
    if version.decided:
        report.differ(line)
    else:
        report.skip(f"content_sha256: {version.why}", "pages")


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
    """Compare the files with those that pages link to: they link to all of them."""
    if INDEX not in manifest["files"]:
        report.differ(f"{INDEX} is not in the manifest")
    if not (folder / INDEX).is_file():
        return
    stated, linked = {*manifest["files"]}, {INDEX, manifests.NAME}
    past = {folder for models in folders_of(entries_of(manifest)).values() for folder in models.values()}
    others = (name for name in _others(manifest) if name.endswith(INDEX))
    for page in (_all_figures(manifest), *others):
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
    """Return whether a link leads to a page of a past week that belongs to the edition."""
    parts = name.split("/")
    return bool(keys.PAST_PAGE.fullmatch(name)) and "/".join([*parts[: keys.PAST_DEPTH], ""]) in folders
