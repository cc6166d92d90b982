"""The pages at `site/` that change: the list of editions, which says what replaced what, and the way to the newest one.

The feeds of the newest edition are there too, where whoever follows them looks again, a map of its pages for search
engines if the site has an address, and the log of all editions (`chain`). Every page of every edition links to that
list. It is made from a note beside it, which each publish continues, so that no publish reads the manifests of all
editions.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from assets.leaderboard import chain
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import Around, SitePlace, named, path_of, render_sheet, site_of
from assets.leaderboard.published import latest, read_manifest
from assets.leaderboard.views.kind import PageKind, Sheet
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import View
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there

_EDITIONS = PageKind("editions")
#: All pages of an edition that search engines may list, which are those that its search finds.
_SEARCHED = "search/index.json"
_MAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MOST_MAPPED = 50_000  # addresses of a map, by its standard
_ROOT = PageKind("root")


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
    pages = pages_of(editions, newest["edition"], site_of(newest)) | beside_of(newest, read)
    return pages | {keys.SITE_LOG: chain.log(editions.values())}


def pages_of(editions: Mapping[str, Mapping[str, Any]], newest: str, site: SitePlace) -> dict[str, bytes]:
    """Return key → bytes of the pages."""
    replaced_by = {of["replaces"]: edition for edition, of in editions.items() if of["replaces"]}
    in_order = sorted(editions.items(), key=lambda item: (item[1]["week"], item[1]["revision"]), reverse=True)
    listed = [
        View(
            id=edition,
            week=date.fromisoformat(of["week"]),
            created=date.fromisoformat(str(of["created_at"])[:10]),
            replaces=of["replaces"],
            replaced_by=replaced_by.get(edition),
            newest=edition == newest,
        )
        for edition, of in in_order
    ]
    week = date.fromisoformat(editions[newest]["week"])
    return {
        f"{keys.SITE}{path}": named(data, newest, site)
        for kind, sheet in (
            (_EDITIONS, Sheet("editions/", say("Editions"), View(editions=listed))),
            (_ROOT, Sheet("", say("The newest edition"), None, index=False)),
        )
        for path, data in render_sheet(kind, sheet, week, site, shown=newest)
    }


def root_pages(manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Return path → bytes of what is at a site's root, the page that readers open last; it leads to an edition.

    A site that has a host for itself tells robots where the map of its pages is.
    """
    edition, site = str(manifest["edition"]), site_of(manifest)
    sheet = Sheet("", say("The newest edition"), None, index=False)
    week = date.fromisoformat(manifest["week"])
    rendered = render_sheet(_ROOT, sheet, week, site, shown=edition, around=Around(""))
    pages = {path: named(data, edition, site) for path, data in reversed([*rendered])}
    if site.url and not urlsplit(site.url).path:
        robots = f"User-agent: *\nAllow: /\nSitemap: {site.url}/{keys.SITE_MAP}\n"
        return {"robots.txt": robots.encode(), **pages}
    return pages


def beside_of(manifest: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return key → bytes of what is made of the files of an edition: its feeds, and the map of its pages."""
    files = feeds_of(manifest, read)
    if _has_map(manifest):
        files[keys.SITE_MAP] = _map(manifest, json.loads(read(_SEARCHED)))
    return files


def _has_map(manifest: Mapping[str, Any]) -> bool:
    return "url" in manifest.get("site", {}) and _SEARCHED in manifest["files"]


def _map(manifest: Mapping[str, Any], searched: Iterable[Mapping[str, str]]) -> bytes:
    """Return the addresses of pages in each language, each with those of the same page in all."""
    start = f"{site_of(manifest).url}/{keys.edition_prefix(manifest['edition'])}"
    addresses = [
        posixpath.normpath(f"search/{page['address']}").removesuffix("index.html") for page in searched
    ]
    root = ElementTree.Element("urlset", {"xmlns": _MAPS, "xmlns:xhtml": "http://www.w3.org/1999/xhtml"})
    # What a very large site has to leave out is linked from its lists: pages in few folders come first.
    for address in sorted(addresses, key=lambda one: (one.count("/"), one))[: _MOST_MAPPED // len(LANGUAGES)]:
        of = {language: start + path_of(address, language) for language in LANGUAGES}
        for where in of.values():
            url = ElementTree.SubElement(root, "url")
            ElementTree.SubElement(url, "loc").text = where
            ElementTree.SubElement(url, "lastmod").text = str(manifest["created_at"])[:10]
            for language, other in of.items():
                ElementTree.SubElement(
                    url, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": other}
                )
    ElementTree.indent(root, "")
    return bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))


def feeds_of(manifest: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Return key → bytes of the feeds of an edition where their address stays; they link to its pages."""
    feeds = {}
    for path in _feeds(manifest):
        up = "../" * f"{keys.SITE}{path}".count("/")
        page = f"{up}{keys.edition_prefix(manifest['edition'])}{path.rpartition('/')[0]}/index.html"
        data = read(path)
        for before in (b'href="', b': "'):  # no text of others reads alike: there a quotation mark is escaped
            data = data.replace(before + b"index.html", before + page.encode())
        feeds[f"{keys.SITE}{path}"] = data
    return feeds


def _feeds(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of the feeds of an edition: of all models, and of each."""
    yield from (path for path in manifest["files"] if path.endswith(("/feed.xml", "/feed.json")))


def site_keys(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the pages, of the log, and of the feeds and the map of an edition, the newest."""
    yield from (f"{keys.SITE}{path}" for path in _feeds(manifest))
    for address in ("editions/", ""):
        for language in LANGUAGES:
            yield f"{keys.SITE}{path_of(address, language)}"
    yield keys.SITE_LOG
    if _has_map(manifest):
        yield keys.SITE_MAP
