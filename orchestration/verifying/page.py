"""The pages of an edition: made again from its own DuckDB file, byte for byte, or their links and figures compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb

from assets.leaderboard.build import build_page
from assets.leaderboard.contents import shipped_conventions
from assets.leaderboard.documents import FOLDER, documents
from assets.leaderboard.page.page import render
from assets.leaderboard.views.view import Page
from orchestration.verifying import analysis, figures
from orchestration.verifying import manifest as manifests
from orchestration.verifying.database import FILE, one_line
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex

INDEX = "index.html"
#: What a page links to outside of its edition.
_BESIDE = f"../../{keys.SITE_DATABASE}"


def compare_set(manifest: Manifest, relations: Mapping[str, object], report: VerifyReport) -> None:
    """Compare the data files with the tables and views that the edition must have; each is Parquet and CSV."""
    expected = {FILE} | {f"data/{name}.{kind}" for name in relations for kind in ("parquet", "csv")}
    stated = {name for name in manifest["files"] if name.startswith("data/")}
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
    except (duckdb.Error, KeyError, TypeError, ValueError) as error:
        if version.same:
            report.differ(f"the page cannot be made again from the tables: {one_line(error)}")
            return
        page, files = None, {}  # other tables than this version has
    unlike = [name for name, data in files.items() if not _is(folder / name, data)]
    if page is not None and (version.same or not unlike):
        _compare_made(page, files, unlike, manifest, hashes, report)
        return
    _compare_content(manifest, hashes, folder, version, report)
    if (folder / INDEX).is_file():
        figures.compare(con, (folder / INDEX).read_bytes(), page, version, report)


def _compare_made(
    page: Page,
    files: Mapping[str, bytes],
    unlike: list[str],
    manifest: Manifest,
    hashes: Mapping[str, str],
    report: VerifyReport,
) -> None:
    """Report what differs from the page that the same code makes of the same tables."""
    for name in sorted(unlike):
        report.differ(f"{name} is not what its version makes of the tables")
    pictures = {f"pictures/{picture.sha256}.{picture.ext}" for picture in page.pictures()}
    stated = {name for name in manifest["files"] if not name.startswith("data/")}
    if not any(name.startswith(FOLDER) for name in files):  # made by other code: nothing to compare them with
        stated = {name for name in stated if not name.startswith(FOLDER)}
    expected = pictures | files.keys()
    for name in sorted(expected - stated):
        report.differ(f"{name} is not in the manifest, and the page needs it")
    for name in sorted(stated - expected):
        report.differ(f"{name} is in the manifest, and no page shows it")
    rendered = {path: sha256_hex(content) for path, content in render(page).items()}
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
            *sorted(name for name in manifest["files"] if name.startswith(("data/", FOLDER))),
            manifests.NAME,
        ],
    )


def _named(manifest: Manifest) -> dict[str, Any]:
    """Return what the page's foot says and no content hash holds; earlier manifests have no `store_read`."""
    return {name: manifest.get(name) for name in ("edition", "code_version", "replaces", "store_read")}


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _content(hashes: Mapping[str, str], rendered: Mapping[str, str]) -> str:
    return sha256_hex(canonical_json({"tables": dict(hashes), "page": dict(rendered)}))


def _compare_content(
    manifest: Manifest,
    hashes: Mapping[str, str],
    folder: Path,
    version: Version,
    report: VerifyReport,
) -> None:
    """Compare `content_sha256` with the tables and the page as it is, its foot without names as when it was hashed."""
    if not (folder / INDEX).is_file():
        return
    index = (folder / INDEX).read_bytes()
    for text, bare in (
        (f"Edition <b>{manifest['edition']}</b>", "Edition <b></b>"),
        (f" It replaces edition {manifest['replaces']}.", ""),
        (f"Code version {manifest['code_version']}.", "Code version ."),
        (f"Store last read whole: {manifest.get('store_read')}.", "Store last read whole: never."),
    ):
        index = index.replace(text.encode(), bare.encode())
    rendered = {INDEX: sha256_hex(index)} | {
        name: entry["sha256"] for name, entry in manifest["files"].items() if name.startswith("static/")
    }
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
                self.found.add(unquote(value))


def _compare_links(folder: Path, manifest: Manifest, report: VerifyReport) -> None:
    """Compare the files with those that the page links to: it links to all of them."""
    path = folder / INDEX
    if INDEX not in manifest["files"]:
        report.differ(f"{INDEX} is not in the manifest")
    if not path.is_file():
        return
    parser = _Links()
    parser.feed(path.read_text(encoding="utf-8", errors="replace"))
    linked = parser.found - {manifests.NAME, _BESIDE}
    stated = set(manifest["files"]) - {INDEX}
    for name in sorted(linked - stated):
        report.differ(f"{name[:120]} is linked from the page and not in the manifest")
    for name in sorted(stated - linked):
        report.differ(f"{name} is in the manifest, and the page does not link to it")
