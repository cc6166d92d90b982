"""Every kind of page in a real browser, in both languages: a kind that is added is looked at without a line here.

All texts that others wrote are hostile (`hostile`). Of each template the first, the last and the largest
page are looked at.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.labeling.thumbnails.encoder import thumbnail
from assets.leaderboard.edition import publish
from assets.leaderboard.page.languages import LANGUAGES
from assets.leaderboard.page.sheets import SitePlace, path_of
from assets.leaderboard.past import quarters
from assets.leaderboard.past.index import entries_of, folders_of
from assets.leaderboard.past.making import KINDS as PAST
from assets.leaderboard.published import read_manifest
from assets.leaderboard.sheets import KINDS, SEARCH
from assets.leaderboard.site_pages import site_keys
from tests.site import world
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
from warehouse.database.published import open_published
from warehouse.store import open_store

STATIC = Path("assets/leaderboard/static")
WIDTHS = (390, 1280)
#: Largest page of any kind (DESIGN), in bytes of HTML.
MOST = 300_000
TEMPLATES = [template for kind in (*KINDS, *PAST) for template in (kind.id, *kind.beside)]
SITE = "editions"  # the pages that are no part of an edition


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with one edition and thumbnails of all its pictures."""
    folder = tmp_path_factory.mktemp("kinds") / "store"
    filled = open_store(folder)
    texts = {"ceo": hostile.TEXT}
    of_both: dict[str, Any] = {"replicates": 6, "texts": texts, "hostile": hostile.TEXTS}
    world.fill(filled, weeks=3, only=("chatdraw", "imago-2"), **of_both)
    world.fill(filled, weeks=9, only=("sim-cautious",), asked=(0, 6, 7, 8), **of_both)  # a quarter is over
    con = world.load(filled)
    world.add_study(con, title=hostile.TEXT)
    con.execute("UPDATE studies SET citation = $text, note = $text, source = $text", {"text": hostile.TEXT})
    con.execute("UPDATE study_models SET title = title || $text", {"text": hostile.TEXT})
    con.execute("UPDATE study_prompts SET title = $text, text = text || $text", {"text": hostile.TEXT})
    for key in filled.list("images/"):
        sha256 = key.rpartition("/")[2].partition(".")[0]
        filled.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, filled.get(key)))
    for (sha256,) in con.execute("SELECT image_sha256 FROM study_slots WHERE status = 'present'").fetchall():
        filled.put_if_absent(keys.thumbnail(sha256), thumbnail(sha256, world.picture(sha256)))
    site = SitePlace(publisher=f"A & B {hostile.TEXT}", contact="x@example.org", data_license="CC BY 4.0")
    publish(con, filled, week=world.WEEK, code_version="test", site=site)
    return folder


@pytest.fixture(scope="module")
def edition(store: Path) -> Path:
    return store / keys.edition_prefix(f"{world.WEEK}.1")


@pytest.fixture(scope="module")
def past(store: Path) -> list[Path]:
    """Return all pages of past quarters."""
    return [*(store / keys.PAST).rglob("*.html")]


@pytest.fixture(scope="module")
def addresses(
    store: Path, edition: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[tuple[Path, str]]]:
    """Template of pages → folder and path in it of its first, last and largest page, in English."""
    con = open_published(store / keys.SITE_DATABASE)
    found: dict[str, list[tuple[Path, str]]] = {template: [] for template in TEMPLATES}
    waiting = tmp_path_factory.mktemp("waiting")
    try:
        for kind in KINDS:
            for sheet in kind.build(con, date.fromisoformat(world.WEEK)):
                found[kind.template(sheet)].append((edition, path_of(sheet.address, "en")))
        entries = entries_of(read_manifest(open_store(store), f"{world.WEEK}.1"))
        weeks = con.execute("SELECT DISTINCT week::VARCHAR FROM slots WHERE week IS NOT NULL").fetchall()
        of = quarters.quarters(sorted(week for (week,) in weeks))
        for period, folders in folders_of(entries).items():
            for model, kind, sheet in quarters.sheets(con, period, of[period], waiting):
                found[kind.id].append((store / folders[model], path_of(sheet.address, "en")))
        found[SEARCH.id] = [(edition, path_of("search/", "en"))]
    finally:
        con.close()
    for kind_id, made in found.items():
        by_size = sorted(made, key=lambda one: (one[0] / one[1]).stat().st_size)
        found[kind_id] = sorted({*made[:1], *made[-1:], *by_size[-1:]})
    return found


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    yield from opened_browser(chromium_path)


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [*TEMPLATES, SEARCH.id, SITE])
def test_a_kind_of_page_is_whole_and_open_to_everybody(
    browser: Any, store: Path, addresses: dict[str, list[tuple[Path, str]]], template: str, language: str
) -> None:
    if not AXE.is_file():
        pytest.skip("no axe-core: run make browser")
    if template != SITE and not addresses[template]:
        pytest.skip("nobody is ranked where labels are hostile, so no two models are compared")
    before = "" if language == "en" else f"{language}/"
    of_site = [(store / keys.SITE, "editions/index.html")]
    for folder, path in of_site if template == SITE else addresses[template]:
        file = folder / f"{before}{path}"
        assert file.stat().st_size <= MOST
        for width in WIDTHS:
            assert complaints(browser, file, width, store) == [], (path, width)


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


@pytest.mark.browser
def test_a_bad_page_is_found_out(browser: Any, store: Path, edition: Path) -> None:
    """The looks that all kinds of page stand can fail."""
    bad = edition / "about" / "bad.html"
    text = (edition / "about" / "index.html").read_text(encoding="utf-8")
    for change, said in (
        (("<main ", '<img src="none.webp" alt="none"><main '), "failed: "),
        (("<main ", '<pre style="x"></pre><main '), "console: "),
        (("<main ", "<script>owned()</script><main "), "policy: script-src"),
        (('<html lang="en">', "<html>"), "html-has-lang"),
        (("<main ", "<table><tr><td>" + "wide" * 400 + "</table><main "), "sideways"),
        (("<main ", '<p><font color="#1f1c18">ink of the light scheme</font><main '), "color-contrast"),
    ):
        bad.write_text(text.replace(*change), encoding="utf-8")
        found = complaints(browser, bad, 390, store)
        assert any(said in line for line in found), change
    bad.unlink()


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
    browser: Any, store: Path, edition: Path
) -> None:
    """What `python -m tests.site.looks` looks at beside the above can fail, and a good page stands it."""
    good = edition / "about" / "index.html"
    text, bad = good.read_text(encoding="utf-8"), edition / "about" / "worse.html"
    for look, pattern, instead, said in (
        (without_scripts, '(?s)<main id="main">.*</main>', '<main id="main"></main>', "nothing is said"),
        (by_keyboard, '<a class="skip"[^<]*</a>', "", "the first stop is not the way"),
        (in_print, "<main ", "<table><tr><td>" + "wide" * 400 + "</table><main ", "wider than paper"),
    ):
        assert look(browser, good, store) == []
        bad.write_text(re.sub(pattern, instead, text), encoding="utf-8")
        assert any(said in line for line in look(browser, bad, store)), said
    bad.unlink()


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
    assert len(pages) > 2 * len(TEMPLATES)
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
        assert scripts == ([f'<script defer src="{up}static/{own}.js">'] if own else [])
        tags = re.findall(r"<[a-z][^>]*>", re.sub(r'"[^"]*"', '""', text))  # what is quoted ends at its quote
        assert not any(re.search(r"\son[a-z]+=", tag) for tag in tags), page
        assert "\u202e" not in text
        assert "\x00" not in text
        assert "default-src 'none'" in text
