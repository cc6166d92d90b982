"""The pages at `site/` that change: the list of editions, which says what replaced what, and the way to the newest one.

The feeds of the newest edition are there too, where whoever follows them looks again, and the log of all editions
(`chain`). Every page of every edition links to that list. It is made from a note beside it, which each publish
continues, so that no publish reads the manifests of all editions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.leaderboard import chain
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import Around, SitePlace, named, path_of, render_sheet, site_of
from assets.leaderboard.published import latest, read_manifest
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there

_EDITIONS = PageKind("editions", lambda con, week: iter(()))
_ROOT = PageKind("root", lambda con, week: iter(()))


@dataclass(frozen=True)
class ListedEdition:
    """An edition in the list; days are dates, ids as manifests have them."""

    id: str
    week: date
    created: date
    replaces: str | None
    replaced_by: str | None
    newest: bool


@dataclass(frozen=True)
class EditionList:
    """All editions, the newest first."""

    editions: tuple[ListedEdition, ...]


def show_pages(store: Store, manifest: Mapping[str, Any]) -> None:
    """Bring the pages at `site/` up to date after an edition was published, the note of them last."""
    newest = latest(store)
    if newest is None:
        return
    known = chain.known(store)
    shown = manifest if manifest["edition"] == newest.id else read_manifest(store, newest.id)
    prefix = keys.edition_prefix(newest.id)
    pages = pages_at_site(known, shown, lambda path: store.get(prefix + path))
    hashes = {key: sha256_hex(data) for key, data in pages.items()}
    note = sealed(keys.SITE_PAGES_NOTE, {"editions": [*known.values()], "pages": hashes})
    for key, data in (*pages.items(), (keys.SITE_PAGES_NOTE, note)):
        if read_if_there(store, key) != data:
            store.replace(key, data)


def pages_at_site(
    editions: Mapping[str, chain.Entry], newest: Mapping[str, Any], read: Callable[[str], bytes]
) -> dict[str, bytes]:
    """Return key → bytes of all that is made for the newest edition, given its manifest and a reader of its files."""
    pages = pages_of(editions, newest["edition"], site_of(newest)) | feeds_of(newest, read)
    return pages | {keys.SITE_LOG: chain.log(editions.values())}


def pages_of(editions: Mapping[str, Mapping[str, Any]], newest: str, site: SitePlace) -> dict[str, bytes]:
    """Return key → bytes of the pages."""
    replaced_by = {of["replaces"]: edition for edition, of in editions.items() if of["replaces"]}
    listed = tuple(
        ListedEdition(
            id=edition,
            week=date.fromisoformat(of["week"]),
            created=date.fromisoformat(str(of["created_at"])[:10]),
            replaces=of["replaces"],
            replaced_by=replaced_by.get(edition),
            newest=edition == newest,
        )
        for edition, of in sorted(
            editions.items(), key=lambda item: (item[1]["week"], item[1]["revision"]), reverse=True
        )
    )
    week = date.fromisoformat(editions[newest]["week"])
    return {
        f"{keys.SITE}{path}": named(data, newest, site)
        for kind, sheet in (
            (_EDITIONS, Sheet("editions/", say("Editions"), EditionList(listed))),
            (_ROOT, Sheet("", say("The newest edition"), None, index=False)),
        )
        for path, data in render_sheet(kind, sheet, week, site, shown=newest)
    }


def root_pages(manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Return path → bytes of the pages at a site's root, the one that readers open last; they lead to an edition."""
    edition, site = str(manifest["edition"]), site_of(manifest)
    sheet = Sheet("", say("The newest edition"), None, index=False)
    week = date.fromisoformat(manifest["week"])
    made = render_sheet(_ROOT, sheet, week, site, shown=edition, around=Around(""))
    return {path: named(data, edition, site) for path, data in reversed([*made])}


def feeds_of(manifest: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return key → bytes of the feeds of an edition where their address stays; they link to its pages."""
    found = {}
    for path in _feeds(manifest):
        up = "../" * f"{keys.SITE}{path}".count("/")
        page = f"{up}{keys.edition_prefix(manifest['edition'])}{path.rpartition('/')[0]}/index.html"
        data = read(path)
        for before in (b'href="', b': "'):  # no text of others reads alike: there a quotation mark is escaped
            data = data.replace(before + b"index.html", before + page.encode())
        found[f"{keys.SITE}{path}"] = data
    return found


def _feeds(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of the feeds of an edition: of all models, and of each."""
    yield from (path for path in manifest["files"] if path.endswith(("/feed.xml", "/feed.json")))


def site_keys(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the pages, of the log, and of the feeds of an edition, the newest."""
    yield from (f"{keys.SITE}{path}" for path in _feeds(manifest))
    for address in ("editions/", ""):
        for language in LANGUAGES:
            yield f"{keys.SITE}{path_of(address, language)}"
    yield keys.SITE_LOG
