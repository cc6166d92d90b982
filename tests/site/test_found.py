"""How an edition is found: JSON-LD on its front page, the map of its pages, and what robots read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.published import read_manifest
from assets.leaderboard.site_pages import beside_of, root_pages, site_keys
from tests.site import world
from tests.site.looks.page import WATCHED, opened_browser
from warehouse import keys
from warehouse.store import open_store

EDITION = f"{world.WEEK}.1"
ADDRESS = "https://example.org/x"
PREFIX = f"{ADDRESS}/{keys.edition_prefix(EDITION)}"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
MAP = {"m": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture
def edition(hostile_store: Path) -> Path:
    return hostile_store / keys.edition_prefix(EDITION)


def data_of(page: Path) -> dict[str, Any]:
    (found,) = DATA.findall(page.read_text(encoding="utf-8"))
    assert "<" not in found
    read: dict[str, Any] = json.loads(found)
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_describes_the_edition_to_those_who_list_data_sets(
    edition: Path, language: str
) -> None:
    path = "index.html" if language == "en" else f"{language}/index.html"
    read = data_of(edition / path)
    assert (read["@type"], read["version"], read["url"]) == ("Dataset", EDITION, f"{PREFIX}{path}")
    assert read["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert "<script>owned()</script>" in read["creator"]["name"]  # a text, whatever it says
    for file in read["distribution"]:
        assert (edition / file["contentUrl"].removeprefix(PREFIX)).is_file(), file
    assert read["inLanguage"] == language


def test_simulated_models_are_called_simulated_there(edition: Path) -> None:
    simulated = {"en": "Simulated.", "fr": "Simulation."}
    for language, said in simulated.items():
        read = data_of(edition / ("index.html" if language == "en" else f"{language}/index.html"))
        assert read["description"].startswith(f"{said} ")
        assert "simulated data" in read["keywords"]
    named = json.loads((edition / "croissant.json").read_text(encoding="utf-8"))
    assert named["name"] == f"Cliché, edition {EDITION} (partly simulated)"
    assert named["description"].startswith("Partly SIMULATED: ")


@pytest.mark.browser
def test_a_browser_has_nothing_to_say_about_it(edition: Path, chromium_path: str) -> None:
    said: list[str] = []
    for browser in opened_browser(chromium_path):
        page = browser.new_page()
        page.on(
            "console", lambda one: said.append(one.text) if "A preload for 'file:" not in one.text else None
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.add_init_script(WATCHED)
        page.goto((edition / "index.html").as_uri(), wait_until="load")
        text = page.locator('script[type="application/ld+json"]').text_content()
        assert (json.loads(text)["version"], said) == (EDITION, [])
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('script'), {text: 'owned()'}))"
        )
        page.wait_for_function("true")
        assert any(
            one.startswith("policy: script-src") for one in said
        )  # what is no data is refused, and seen
        page.close()


def test_the_map_lists_every_page_that_search_engines_may_list_in_each_language(
    hostile_store: Path, edition: Path
) -> None:
    tree = ElementTree.fromstring((hostile_store / keys.SITE_MAP).read_bytes())
    found = {url.findtext("m:loc", "", MAP): url for url in tree.findall("m:url", MAP)}
    listed = {
        f"{PREFIX}{page.relative_to(edition).as_posix()}"
        for page in edition.rglob("*.html")
        if '<meta name="robots" content="noindex">' not in page.read_text(encoding="utf-8")
    }
    assert found.keys() == listed
    assert len(tree.findall("m:url", MAP)) == len(found) > 50
    for address, url in found.items():
        others = {one.get("hreflang"): one.get("href") for one in url.findall("x:link", MAP)}
        assert others.keys() == LANGUAGES.keys()
        assert address in others.values()
        assert {*others.values()} <= listed
        day = read_manifest(open_store(hostile_store), EDITION)["created_at"][:10]
        assert url.findtext("m:lastmod", "", MAP) == day


def test_the_store_knows_the_map_and_it_follows_from_the_edition(hostile_store: Path) -> None:
    store = open_store(hostile_store)
    manifest = read_manifest(store, EDITION)
    made = beside_of(manifest, lambda path: store.get(keys.edition_prefix(EDITION) + path))
    assert made[keys.SITE_MAP] == store.get(keys.SITE_MAP)
    assert keys.SITE_MAP in {*site_keys(manifest)}
    elsewhere = manifest | {"site": {}}
    assert keys.SITE_MAP not in {*site_keys(elsewhere)}
    assert keys.SITE_MAP not in beside_of(
        elsewhere, lambda path: store.get(keys.edition_prefix(EDITION) + path)
    )


def test_robots_are_told_where_the_site_has_a_host_for_itself(hostile_store: Path) -> None:
    manifest = read_manifest(open_store(hostile_store), EDITION)
    assert "robots.txt" not in root_pages(manifest)  # below a path robots do not look for it
    own = root_pages(manifest | {"site": manifest["site"] | {"url": "https://example.org"}})
    assert own["robots.txt"].decode().splitlines()[-1] == f"Sitemap: https://example.org/{keys.SITE_MAP}"
    assert "robots.txt" not in root_pages(manifest | {"site": {}})
