"""The pages of an edition: made again from its own rows, byte for byte, or compared by their hashes and links alone."""

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

from assets.leaderboard.documents import FOLDER, documents
from assets.leaderboard.page.raster import DRAWN
from assets.leaderboard.page.sheets import named, nameless, site_of
from assets.leaderboard.page.static import static_files
from assets.leaderboard.past.index import entries_of, folders_of
from assets.leaderboard.replies import replies_in, reply_file
from assets.leaderboard.sheets import sheets
from orchestration.verifying import analysis
from orchestration.verifying import manifest as manifests
from orchestration.verifying.archive import listed
from orchestration.verifying.database import FILE, one_line
from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex

INDEX = "index.html"
#: A page with all figures, which editions of before have, and the originals of pictures that it shows.
ALL_FIGURES, PICTURES = "figures.html", "pictures/"
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
    """Compare pages, and `content_sha256`.

    Without a connection views are not asked; `hashes` of the tables were computed again.
    """
    if not any(name.startswith(PICTURES) for name in manifest["files"]):
        report.open_parts.add("pictures")  # there is none to compare
    _compare_links(folder, manifest, report)
    if con is None:
        report.skip("the pages: their figures come from views that are not known here", "pages")
        _compare_content(manifest, hashes, folder, version, report)
        return
    made: dict[str, str] = {}
    unlike: list[str] = []
    try:
        for name, bare, data in _made_again(con, folder, manifest, version):
            made[name] = bare
            if data is not None and not _is(folder / name, data):
                unlike.append(name)
                if not version.same:
                    break  # by other code
    except (duckdb.Error, TemplateError, LookupError, AttributeError, TypeError, ValueError) as error:
        if version.same:
            report.differ(f"the pages cannot be made again from the tables: {one_line(error)}")
            return
        unlike.append(INDEX)  # other tables than this version has
    if version.same or not unlike:
        _compare_made(made, unlike, manifest, hashes, report, same=version.same)
        return
    _compare_content(manifest, hashes, folder, version, report)
    line = "another version of the code made the pages, so they were compared by their hashes and links alone"
    if version.decided:
        report.open_parts.add("pages")
        report.note(line)
    else:
        report.skip(f"{line} ({version.why})", "pages")


def _made_again(
    con: duckdb.DuckDBPyConnection, folder: Path, manifest: Manifest, version: Version
) -> Iterator[tuple[str, str, bytes | None]]:
    """Yield (path, hash without the edition's name, bytes) of what is made with pages, one by one.

    Documents are no part of what is hashed: of them the hash is empty. Of what is drawn from thumbnails, which are not
    here, there are no bytes.
    """
    replies = replies_in(folder, manifest["files"])
    site = replace(site_of(manifest), replies=replies)
    for name, data in static_files().items():
        yield name, sha256_hex(data), data
    if version.same:
        for name, data in documents(con, analysis.own(folder) or b"").items():
            yield name, "", data
        for model, data in replies.items():
            yield reply_file(model), "", data
    past = folders_of(entries_of(manifest))
    for name, data in sheets(con, date.fromisoformat(manifest["week"]), site, past=past):
        if name.endswith(DRAWN):
            yield name, "", None
        else:
            yield name, sha256_hex(data), named(data, manifest["edition"], site)


def _compare_made(
    made: Mapping[str, str],
    unlike: list[str],
    manifest: Manifest,
    hashes: Mapping[str, str],
    report: VerifyReport,
    *,
    same: bool,
) -> None:
    """Report what differs from what the same code makes of the same tables; `made` has hashes, where they count."""
    for name in sorted(unlike):
        report.differ(f"{name} is not what its version makes of the tables")
    stated = manifest["files"].keys() - listed.data_files(manifest)
    if not same:  # documents were not made again
        stated = {name for name in stated if name in made or not name.startswith(FOLDER)}
    for name in sorted(made.keys() - stated):
        report.differ(f"{name} is not in the manifest, and the pages need it")
    for name in sorted(stated - made.keys()):
        report.differ(f"{name} is in the manifest, and no page shows it")
    if _content(hashes, {name: bare for name, bare in made.items() if bare}) != manifest["content_sha256"]:
        report.differ("content_sha256 is not the hash of the tables and the pages")


def _pages(manifest: Manifest) -> list[str]:
    """Return the pages, and their files."""
    return sorted(
        name
        for name in manifest["files"]
        if name.rpartition("/")[2] in {INDEX, ALL_FIGURES}
        or ("/" in name and name.partition("/")[0] not in _NO_PAGES)
    )


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
    """Compare `content_sha256` with the tables and the pages as they are, without names as when they were hashed."""
    if not (folder / INDEX).is_file():
        return
    site, edition = site_of(manifest), manifest["edition"]
    rendered = {
        name: sha256_hex(nameless((folder / name).read_bytes(), edition, site))
        for name in _pages(manifest)
        if not name.endswith(DRAWN)
    }
    rendered |= {
        name: entry["sha256"] for name, entry in manifest["files"].items() if name.startswith("static/")
    }
    # the one page that said this of its edition: of the first editions it is the front page
    said = ALL_FIGURES if ALL_FIGURES in manifest["files"] else INDEX
    rendered[said] = sha256_hex(_unsaid((folder / said).read_bytes(), manifest))
    if _content(hashes, rendered) == manifest["content_sha256"]:
        return
    line = "content_sha256 is not the hash of the tables and the pages"
    if version.decided:
        report.differ(line)
    else:
        report.skip(f"content_sha256: {version.why}", "pages")


def _unsaid(page: bytes, manifest: Manifest) -> bytes:
    """Return the page with all figures of an edition of before without what was said of the edition at its foot."""
    page = nameless(page, manifest["edition"], site_of(manifest))
    for text, bare in (
        (f"Edition <b>{manifest['edition']}</b>", "Edition <b></b>"),
        (f" It replaces edition {manifest['replaces']}.", ""),
        (f"Code version {manifest['code_version']}.", "Code version ."),
        (f"Store last read whole: {manifest.get('store_read')}.", "Store last read whole: never."),
    ):
        page = page.replace(text.encode(), bare.encode())
    return page


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
    """Return whether a link leads to a page of a past week that belongs to the edition."""
    parts = name.split("/")
    return bool(keys.PAST_PAGE.fullmatch(name)) and "/".join([*parts[: keys.PAST_DEPTH], ""]) in folders
