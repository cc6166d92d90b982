"""The search: its index holds every page that may be listed, in both languages; in a browser it finds them, inertly."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

import duckdb
import pytest

from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.page.static import static_files
from assets.leaderboard.sheets import sheets
from tests.site import world
from tests.site.looks.page import opened_browser, served
from tests.site.pages.shown import WEEK, asked
from warehouse.store import Store

HOSTILE = '<img src=x onerror=document.title="owned"></script>{{7*7}}\u202e%(n)s'
BEFORE = {"en": "", "fr": "fr/"}


@pytest.fixture(scope="module")
def con(six_weeks: Store) -> Iterator[duckdb.DuckDBPyConnection]:
    con = world.load(six_weeks)
    con.execute("UPDATE model_titles SET title = 'Société Générative' WHERE model = 'imago-2'")
    con.execute("UPDATE model_titles SET title = $t WHERE model = 'chatdraw'", {"t": HOSTILE})
    yield con
    con.close()


@pytest.fixture(scope="module")
def pages(con: duckdb.DuckDBPyConnection) -> dict[str, bytes]:
    return dict(sheets(con, WEEK, NOWHERE))


def index(pages: dict[str, bytes], language: str) -> dict[str, dict[str, str]]:
    """Path in the edition → entry."""
    folder = f"{BEFORE[language]}search/"
    found = json.loads(pages[f"{folder}index.json"])
    return {normpath(folder + one["address"]): one for one in found}


@pytest.mark.parametrize("language", BEFORE)
def test_the_index_holds_every_page_that_may_be_listed_with_its_title(
    pages: dict[str, bytes], language: str
) -> None:
    found = index(pages, language)
    own = {
        path: data.decode()
        for path, data in pages.items()
        if path.endswith("index.html") and path.startswith("fr/") == (language == "fr")
    }
    listed = {path for path, text in own.items() if '<meta name="robots" content="noindex">' not in text}
    assert found.keys() == listed
    assert len(found) > 30
    for path, entry in found.items():
        title = html.unescape(re.search(r"<title>(.*?) · Cliché</title>", own[path], re.DOTALL)[1])
        assert entry["title"] == title
        about = re.search(r'<meta name="description" content="([^"]*)"', own[path])
        assert entry["about"] == (html.unescape(about[1]) if about else "")


@pytest.mark.parametrize("language", BEFORE)
def test_without_a_script_lists_lead_to_what_is_searched(pages: dict[str, bytes], language: str) -> None:
    text = pages[f"{BEFORE[language]}search/index.html"].decode()
    assert "<noscript>" in text
    assert "connect-src 'self'" in text
    links = dict(re.findall(r'<li><a href="([^"]+)">[^<]*</a> <span class="aside">([^<]*)</span>', text))
    found = index(pages, language)
    for link, count in links.items():
        folder = normpath(f"{BEFORE[language]}search/{link}").removesuffix("index.html")
        assert int(count) == sum(path.startswith(folder) and path != f"{folder}index.html" for path in found)
    assert len(links) >= 4


def test_what_is_asked_in_one_language_is_found_in_the_other(pages: dict[str, bytes]) -> None:
    """Prompts are quoted as they were asked: a reader of French finds them by French words, and by theirs."""
    for language in BEFORE:
        found = index(pages, language)
        other = index(pages, "fr" if language == "en" else "en")
        for path, entry in found.items():
            twin = path.removeprefix("fr/") if language == "fr" else f"fr/{path}"
            assert other[twin]["title"] in f"{entry['title']} {entry['also']}"
    entry = index(pages, "fr")["fr/prompts/occupations/ceo/index.html"]
    assert "PDG" in entry["also"]
    assert "CEO" in entry["title"]
    assert "PDG" in index(pages, "en")["prompts/occupations/ceo/index.html"]["also"]


def test_kinds_are_named(con: duckdb.DuckDBPyConnection, pages: dict[str, bytes]) -> None:
    kinds = [one["kind"] for one in index(pages, "en").values()]
    assert kinds.count("Model") == len(asked(con, "SELECT DISTINCT model FROM plans"))
    assert {"Finding", "Prompt", "Comparison of models", "Page"} <= {*kinds}
    assert {one["kind"] for one in index(pages, "fr").values()} & {"Modèle", "Consigne"}


@pytest.fixture(scope="module")
def address(pages: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("searched")
    files = pages | static_files()
    for path, data in files.items():
        if path.endswith((".html", ".json", ".js", ".css", ".svg", ".woff2")):
            (folder / "below" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "below" / path).write_bytes(data)
    with served(folder) as address:
        yield f"{address}below/"


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    yield from opened_browser(chromium_path, folders_as_served=False)


@pytest.mark.browser
def test_a_browser_finds_pages_and_no_text_runs(browser: Any, address: str) -> None:
    page = browser.new_page()
    asked_for: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda asked: asked_for.append(asked.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}search/index.html")
    assert not any(url.endswith("index.json") for url in asked_for), (
        "nothing is loaded before it is asked for"
    )
    field = page.locator("#wanted")
    field.fill("generative SOCIETE")  # no accents, other case, another order
    page.locator("#found a").first.wait_for()
    titles = page.locator("#found a").all_text_contents()
    assert "Société Générative" in titles
    link = page.locator("#found a", has_text=re.compile("^Société Générative$"))
    assert link.evaluate("link => link.href") == f"{address}models/imago-2/index.html"

    page.goto(f"{address}fr/search/index.html#q=imago-2")
    page.locator("#found a").first.wait_for()
    assert page.locator("#found a").first.get_attribute("href") == "../models/imago-2/index.html"
    page.locator("#wanted").fill("onerror")
    page.locator("#found a", has_text="<img").first.wait_for()
    assert page.locator("#found img").count() == 0
    assert "owned" not in page.title()
    page.locator("#wanted").fill("zzzz")
    page.locator("#status", has_text=re.compile("^0")).wait_for()
    page.locator("#wanted").fill("")
    assert page.locator("#found li").count() == 0
    page.locator("#wanted").fill("a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/search/index.html#q=a")
    page.locator("#found a").nth(20).wait_for()
    assert all(url.startswith(address) for url in asked_for)
    assert complaints == []
    page.close()


@pytest.mark.browser
def test_a_page_from_a_folder_says_why_it_cannot_search(browser: Any, address: str, tmp_path: Path) -> None:
    import urllib.request

    for name in ("search/index.html", "static/search.js", "static/search.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(urllib.request.urlopen(address + name).read())
    page = browser.new_page()
    page.goto((tmp_path / "search" / "index.html").as_uri())
    page.locator("#wanted").fill("ceo")
    page.locator("#status", has_text="cliche serve").wait_for()
    page.close()
    page = browser.new_page(java_script_enabled=False)
    page.goto((tmp_path / "search" / "index.html").as_uri())
    assert not page.locator("#search").is_visible()
    assert page.locator("noscript").is_visible()
    page.close()
