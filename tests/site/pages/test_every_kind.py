"""Every kind of page in a real browser, in both languages: a kind that is added is looked at without a line here.

All texts that others wrote are hostile (`hostile`). Of each kind the largest page is looked at, in French on a
telephone alone; `python -m tests.site.looks` looks at more.
"""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import path_of
from assets.leaderboard.site_pages import site_keys
from tests.site import world
from tests.site.looks.__main__ import kinds_of, largest
from tests.site.looks.links import LINK, dead
from tests.site.looks.page import (
    AXE,
    MOST_SHIFT,
    SHIFT,
    by_keyboard,
    complaints,
    in_print,
    opened_browser,
    without_scripts,
)
from tests.site.pages import hostile
from warehouse import keys

STATIC = Path("assets/leaderboard/static")
WIDTHS = (390, 1280)
#: Largest page of any kind (DESIGN), in bytes of HTML.
MOST = 300_000


@pytest.fixture(scope="module")
def store(hostile_store: Path) -> Path:
    return hostile_store


@pytest.fixture(scope="module")
def edition(store: Path) -> Path:
    return store / keys.edition_prefix(f"{world.WEEK}.1")


@pytest.fixture(scope="module")
def past(store: Path) -> list[Path]:
    return [*(store / keys.PAST).rglob("*.html")]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    yield from opened_browser(chromium_path)


@pytest.mark.browser
@pytest.mark.parametrize(("language", "widths"), [("en", WIDTHS), ("fr", WIDTHS[:1])])
def test_every_kind_of_page_is_whole_and_open_to_everybody(
    browser: Any, store: Path, language: str, widths: tuple[int, ...]
) -> None:
    if not AXE.is_file():
        pytest.skip("no axe-core: run make browser")
    of_language = {
        kind: largest(pages)
        for kind, pages in kinds_of(store, f"{world.WEEK}.1").items()
        if language in kind.split()
    }
    assert len(of_language) >= 25
    for kind, page in of_language.items():
        assert page.stat().st_size <= MOST, kind
        for width in widths:
            assert complaints(browser, page, width, store) == [], (kind, page, width)


def test_the_dark_scheme_changes_colors_alone() -> None:
    styles = [*STATIC.glob("*.css")]
    dark = {
        style.name: style.read_text().split("@media (prefers-color-scheme: dark)")[1:] for style in styles
    }
    assert [name for name, found in dark.items() if found] == ["tokens.css"]
    (block,) = dark["tokens.css"]
    lines = block.split("{")[2].split("}")[0].split("\n")
    assert [
        one for one in lines if one and not re.fullmatch(r" +--[a-z]+: (#[0-9a-f]{6}|rgb\([^)]+\));| +", one)
    ] == []


@pytest.fixture
def good(edition: Path, tmp_path: Path) -> Path:
    """Return a copy of a page, beside which others can be."""
    for folder in ("about", "static"):
        shutil.copytree(edition / folder, tmp_path / folder)
    return tmp_path / "about" / "index.html"


@pytest.mark.browser
def test_a_bad_page_is_found_out(browser: Any, good: Path, tmp_path: Path) -> None:
    """The looks that all kinds of page stand can fail."""
    text, bad = good.read_text(encoding="utf-8"), good.with_name("bad.html")
    for change, said in (
        (("<main ", '<img src="none.webp" alt="none"><main '), "failed: "),
        (("<main ", '<pre style="x"></pre><main '), "console: "),
        (("<main ", "<script>owned()</script><main "), "policy: script-src"),
        (('<html lang="en">', "<html>"), "html-has-lang"),
        (("<main ", "<table><tr><td>" + "wide" * 400 + "</table><main "), "sideways"),
        (("<main ", '<p><font color="#1f1c18">ink of the light scheme</font><main '), "color-contrast"),
    ):
        bad.write_text(text.replace(*change), encoding="utf-8")
        found = complaints(browser, bad, 390, tmp_path)
        assert any(said in line for line in found), change


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pictures_of_the_finding_are_on_the_first_screen_of_the_front_page(
    browser: Any, edition: Path, language: str
) -> None:
    for width, height in ((390, 844), (1280, 800)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto((edition / path_of("", language)).as_uri())
        ends = page.evaluate(
            "[...document.querySelectorAll('.first img')].map(image => image.getBoundingClientRect().bottom)"
        )
        page.close()
        assert len(ends) >= 8
        assert max(ends) <= height, (width, ends)


@pytest.mark.browser
def test_what_is_wrong_without_scripts_by_keyboard_and_in_print_is_found_out(
    browser: Any, good: Path, tmp_path: Path
) -> None:
    """What `python -m tests.site.looks` looks at beside the above can fail, and a good page stands it."""
    text, bad = good.read_text(encoding="utf-8"), good.with_name("worse.html")
    for look, pattern, instead, said in (
        (without_scripts, '(?s)<main id="main">.*</main>', '<main id="main"></main>', "nothing is said"),
        (by_keyboard, '<a class="skip"[^<]*</a>', "", "the first stop is not the way"),
        (in_print, "<main ", "<table><tr><td>" + "wide" * 400 + "</table><main ", "wider than paper"),
    ):
        assert look(browser, good, tmp_path) == []
        bad.write_text(re.sub(pattern, instead, text), encoding="utf-8")
        assert any(said in line for line in look(browser, bad, tmp_path)), said


def test_hostile_texts_came_as_far_as_pages(edition: Path, past: list[Path]) -> None:
    """Of prompts (provider, labeler), of a study (import), and of past quarters."""
    study = edition / "studies" / "raza2025" / "index.html"
    for pages, least in (([*edition.glob("prompts/**/*.html")], 30), ([study], 30), (past, 4)):
        seen = "".join(html.unescape(page.read_text(encoding="utf-8")) for page in pages)
        firsts = [re.split(r"[^ -~]", text)[0] for text in hostile.TEXTS]  # control characters do not come
        assert sum(first in seen for first in firsts) >= least


@pytest.mark.browser
def test_what_moves_is_seen(browser: Any, edition: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto((edition / "about" / "index.html").as_uri())
    assert page.evaluate(SHIFT) <= MOST_SHIFT
    page.evaluate("document.querySelector('main').prepend(...Array(9).fill().map(() => new Image(300, 90)))")
    assert page.evaluate(SHIFT) > MOST_SHIFT
    page.close()


def test_all_links_of_all_pages_lead_somewhere(store: Path, edition: Path, past: list[Path]) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    of_site = [store / key for key in site_keys(manifest) if key.endswith(".html")]
    pages = [*edition.rglob("*.html"), *past, *of_site]
    assert len(pages) > 60
    assert dead(pages) == []


def test_every_page_is_reached_from_the_front_page(store: Path, edition: Path, past: list[Path]) -> None:
    seen: set[Path] = set()
    ahead = [edition / "index.html"]
    while ahead:
        page = ahead.pop().resolve()
        if page in seen or page.is_relative_to((store / keys.SITE).resolve()):
            continue
        seen.add(page)
        links = LINK.findall(page.read_text(encoding="utf-8"))
        ahead += [
            page.parent / found
            for link in links
            if (found := link.partition("#")[0]).endswith(".html") and "://" not in found
        ]
    assert seen == {page.resolve() for page in (*edition.rglob("*.html"), *past)}


def test_no_page_holds_a_script_or_a_tag_of_others(edition: Path, past: list[Path]) -> None:
    assert len(past) > 20
    for page in (*edition.rglob("index.html"), *past):
        text = page.read_text(encoding="utf-8")
        scripts = re.findall(r"<script[^>]*>", text)
        own = {"query": "ask", "search": "search"}.get(page.parent.name)  # the kinds that have one
        up = "../" * page.as_posix().removeprefix(f"{edition.as_posix()}/").count("/")
        data = ['<script type="application/ld+json">'] if page.parent in (edition, edition / "fr") else []
        assert scripts == ([f'<script defer src="{up}static/{own}.js">'] if own else data)
        tags = re.findall(r"<[a-z][^>]*>", re.sub(r'"[^"]*"', '""', text))  # what is quoted ends at its quote
        assert not any(re.search(r"\son[a-z]+=", tag) for tag in tags), page
        assert "\u202e" not in text
        assert "\x00" not in text
        assert "default-src 'none'" in text
