"""The page in a real browser: inert, self-contained, readable on a desk and on a phone."""

from __future__ import annotations

import csv
import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.leaderboard.edition import publish
from assets.leaderboard.page import words
from assets.leaderboard.page.words import PERCEIVED
from tests.site import world
from warehouse.store import Store, open_store

HOSTILE = (
    '<script>document.title="owned"</script>"><img src=http://127.0.0.1:9/x onerror=document.title="owned">'
    "'><svg onload=document.title='owned'>{{7*7}}{% raw %}=cmd()|' /C calc'!A0\u202egnp.exe\u2066\u0000\x1b[31m"
)


@dataclass
class Seen:
    """What a page did in the browser."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def _publish(store: Store, tmp: Path, **changes: str) -> Path:
    con = world.load(store)
    world.withhold(con, "sim-cautious", changes.get("reason", "completeness 0.4 is below 0.5"))
    world.add_study(con, title=changes.get("title", "Raza 2025: asking for diversity"))
    target = open_store(tmp / "out")
    for key in store.list("images/"):
        target.put_if_absent(key, store.get(key))
    edition = publish(con, target, week=world.WEEK, code_version="1.2.3")
    return tmp / "out" / edition.prefix


@pytest.fixture(scope="module")
def edition(filled_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an ordinary edition."""
    return _publish(filled_store, tmp_path_factory.mktemp("edition"))


@pytest.fixture(scope="module")
def html(edition: Path) -> str:
    return (edition / "figures.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def hostile_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an edition in which every text that others wrote is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    store = open_store(folder / "in")
    world.fill(
        store,
        weeks=3,
        replicates=6,
        texts={"ceo": HOSTILE},
        hostile=HOSTILE,
        only=("chatdraw", "sim-cautious"),
    )
    return _publish(store, folder, title=HOSTILE, reason=f"=cmd(){HOSTILE}")


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield running
        running.close()


def look(browser: Any, folder: Path, *, width: int = 1280, scheme: str = "light") -> Seen:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    seen = Seen(page)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: seen.complaints.append(dialog.message))
    page.goto((folder / "figures.html").as_uri())
    page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
    page.wait_for_load_state("networkidle")
    return seen


@pytest.mark.browser
def test_the_page_asks_for_nothing_but_its_own_files_and_all_pictures_load(
    browser: Any, edition: Path
) -> None:
    seen = look(browser, edition)
    assert all(url.startswith(edition.as_uri()) for url in seen.requests)
    assert not seen.complaints
    assert seen.page.evaluate(
        "[...document.images].every(image => image.complete && image.naturalWidth === 64)"
    )
    assert seen.page.evaluate("document.images.length") > 60
    assert (
        seen.page.evaluate("getComputedStyle(document.querySelector('.strip .range')).strokeWidth") == "3px"
    )


WIDTHS = (320, 360, 390, 480, 600, 700, 768, 800, 900, 960, 961, 1024, 1280, 1600)

#: What sticks out of the window or of its own box, cells of a row that lie upon each other, and rows that are neither
#: all cards nor all rows of tables. Strips of pictures alone may be pushed sideways.
UGLY = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const hidden = node => node.closest(".pictures, .visually-hidden, .skip") || node.parentElement.closest("svg")
    || (node.closest("thead") && getComputedStyle(node.closest("thead")).position === "absolute");
  if (document.documentElement.scrollWidth > wide) found.push("the page scrolls sideways");
  for (const node of document.querySelectorAll("body *")) {
    if (!node.checkVisibility() || hidden(node)) continue;
    const sticks = node.tagName !== "svg" && getComputedStyle(node).display !== "inline"
      && node.scrollWidth > node.clientWidth + 1;
    if (sticks || node.getBoundingClientRect().right > wide + 1)
      found.push("sticks out: " + node.outerHTML.slice(0, 160));
  }
  const rows = [...document.querySelectorAll("tbody tr")].filter(row => row.checkVisibility());
  for (const row of rows) {
    const boxes = [...row.cells].map(cell => cell.getBoundingClientRect());
    if (boxes.some((a, i) => boxes.slice(i + 1).some(b => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1))) found.push("overlaps: " + row.innerText);
  }
  const kinds = new Set(rows.map(row => getComputedStyle(row).display));
  if (kinds.size !== 1 || !kinds.has(wide > 960 ? "table-row" : "grid")) found.push("rows: " + [...kinds]);
  for (const node of document.querySelectorAll("summary, nav a, li > a"))
    if (node.checkVisibility() && node.getBoundingClientRect().height < 24) found.push("small: " + node.outerHTML);
  return found;
}"""


@pytest.mark.browser
def test_nothing_sticks_out_overlaps_or_is_too_small_to_tap_at_any_width(browser: Any, edition: Path) -> None:
    page = look(browser, edition).page
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.evaluate("document.querySelectorAll('.board').forEach(board => board.style.display = 'block')")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(UGLY) == [], (width, scheme)


@pytest.mark.browser
def test_paper_shows_every_picture_and_the_keyboard_where_it_is(browser: Any, edition: Path) -> None:
    page = look(browser, edition, width=700).page
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outline").endswith("solid 3px")
    page.emulate_media(media="print")
    ends = "[...document.images].map(image => image.getBoundingClientRect().right)"
    assert page.evaluate(f"Math.max(...{ends})") <= 700


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_aa(browser: Any, edition: Path, scheme: str) -> None:
    page = look(browser, edition, scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    worst = page.evaluate(
        """() => {
      const rgb = text => text.match(/[\\d.]+/g).map(Number);
      const light = colour => {
        const [r, g, b] = colour.slice(0, 3).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const ground = node => {
        for (; node; node = node.parentElement) {
          const colour = rgb(getComputedStyle(node).backgroundColor);
          if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
      };
      let worst = [99, ""];
      for (const node of document.querySelectorAll("body *")) {
        const words = [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim());
        if (!words || !node.checkVisibility()) continue;
        const style = getComputedStyle(node), svg = node.namespaceURI.endsWith("svg");
        const a = light(rgb(svg ? style.fill : style.color)), b = light(ground(node));
        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
        if (ratio < worst[0]) worst = [ratio, node.outerHTML.slice(0, 200)];
      }
      return worst;
    }"""
    )
    assert worst[0] >= 4.5, worst
    assert worst[0] < 99


@pytest.mark.browser
def test_the_switch_shows_one_board_at_a_time_without_any_script(browser: Any, edition: Path) -> None:
    page = look(browser, edition).page

    def shown() -> list[str]:
        return list(
            page.evaluate(
                "[...document.querySelectorAll('.board')].filter(b => b.checkVisibility()).map(b => b.id)"
            )
        )

    headline = "board--occupations-1--perceived-gender--parity--baseline"
    assert shown() == [headline]
    page.click(".switch summary")
    page.click(".switch a[href*='skin-tone--uniform']")
    assert shown() == ["board--occupations-1--skin-tone--uniform--baseline"]
    marked = "getComputedStyle(document.querySelector('.switch a[href$=\"%s\"]')).backgroundColor"
    other = page.evaluate(marked % headline)
    assert page.evaluate(marked % shown()[0]) != other
    page.go_back()
    assert shown() == [headline]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("width", "display", "label"), [(1280, "table-cell", "none"), (390, "block", '"Past parity"')]
)
def test_what_a_request_changed_in_a_study_is_a_table_and_on_a_phone_a_card_a_model(
    browser: Any, edition: Path, width: int, display: str, label: str
) -> None:
    page = look(browser, edition, width=width).page
    assert page.evaluate("getComputedStyle(document.querySelector('.effect-table td')).display") == display
    last = "document.querySelector('.effect-table td:last-child')"
    assert page.evaluate(f"getComputedStyle({last}, '::before').content") == label
    assert page.evaluate(f"{last}.checkVisibility()")
    ends = "[...document.querySelectorAll('.effect-table *')].map(node => node.getBoundingClientRect().right)"
    assert page.evaluate(f"Math.max(...{ends})") <= width


@pytest.mark.browser
def test_invariant_10_hostile_texts_are_inert_in_the_browser(browser: Any, hostile_edition: Path) -> None:
    seen = look(browser, hostile_edition)
    assert all(url.startswith(hostile_edition.as_uri()) for url in seen.requests)
    assert not seen.complaints
    assert seen.page.title() == "Cliché, week of 23 November 2026"
    assert seen.page.evaluate("document.scripts.length") == 0
    assert "{{7*7}}" in seen.page.inner_text("body")
    assert seen.page.evaluate(
        "[...document.images].every(i => i.getAttribute('src').startsWith('pictures/'))"
    )


def test_invariant_10_hostile_texts_are_data_in_every_attribute(hostile_edition: Path, html: str) -> None:
    hostile = (hostile_edition / "figures.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in hostile
    assert "{{7*7}}{% raw %}" in hostile
    known = {tag for tag, _ in Tags(html).tags}
    for tag, attributes in Tags(hostile).tags:
        assert tag in known, tag
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        for name in ("src", "href"):
            assert re.fullmatch(
                r"(#|pictures/|static/|data/|docs/|manifest\.json).*|\.\./\.\./site/cliche\.duckdb|"
                r"([a-z0-9]+/)?index\.html|\.\./\.\./site/editions/index\.html#[\d.-]+|",
                attributes.get(name) or "",
            ), attributes
    for mark in ("\u202e", "\u2066", "\x00", "\x1b"):
        assert mark not in hostile


def test_invariant_10_hostile_texts_are_no_formulas_in_the_csv_files(hostile_edition: Path) -> None:
    files = {file.stem: file for file in (hostile_edition / "data").glob("*.csv")}
    assert {"leaderboard", "study_leaderboard", "drift_events"} <= files.keys()
    made_inert = set()
    for name, file in files.items():
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(line.replace("\0", "") for line in lines):
                assert not [cell for cell in row if cell[:1] in {"=", "@"}], name
                made_inert |= {name for cell in row if cell.startswith("'=cmd()")}
    assert "leaderboard" in made_inert


def test_the_page_forbids_scripts_styles_and_addresses_of_others(html: str) -> None:
    tags = Tags(html).tags
    policy = next(
        a["content"] for t, a in tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert (
        policy == "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"
    )
    assert not [a for t, a in tags if t == "script" or "style" in a]
    assert not [a for _, a in tags for n in ("src", "href") if re.match(r"(https?:)?//", a.get(n) or "")]


def test_the_page_opens_with_a_sentence_from_the_data(html: str) -> None:
    found = re.search(r"<h1[^>]*>(.+?)</h1>", html)
    assert found
    assert re.fullmatch(
        r"(Of the \d+ |\d+ of the \d+ )pictures of a (CEO|nurse|pilot) that (imago-2|chatdraw) drew in the last four "
        r"weeks(, \d+ could be read: \d+ of them)? show a perceived (wo)?man\.",
        found[1],
    )


def test_kinds_of_models_stand_in_tables_of_their_own(html: str) -> None:
    board = html.split('id="board--occupations-1--perceived-gender--parity--baseline"')[1].split(
        "</section>", maxsplit=1
    )[0]
    tables = re.findall(r'<table class="board-table".+?</table>', board, re.DOTALL)
    names = [
        set(re.findall(r'<th scope="row" role="rowheader"><span[^>]*>([\w-]+)', table)) for table in tables
    ]
    assert names == [
        {"imago-2"},
        {"chatdraw"},
        {"sim-classic", "sim-drift", "sim-cautious", "sim-silent", "sim-retired", "sim-next"},
    ]
    assert "Simulated models" in tables[2]
    assert "A rank is a range" in board


def test_withheld_retired_succeeded_and_silent_models_are_said_in_words(html: str) -> None:
    assert "Withheld this week: completeness 0.4 is below 0.5" in html
    assert "Retired; last pictures in the week of 2 November 2026" in html
    assert "succeeded by sim-next" in html
    assert "No usable pictures" in html
    assert "The simulated model sim-retired is retired; it is succeeded by sim-next." in html


def test_labels_conventions_studies_and_versions_are_explained(html: str) -> None:
    from assets.simulation.palette import CONVENTION

    assert html.count(PERCEIVED) >= 4
    assert html.count(CONVENTION) == 1
    assert "Not a weekly series" in html
    assert "78 of 80 pictures are there; 2 are missing" in html
    assert "occupations 1.0.0" in html
    assert "drawing <code>1-0123456789ab</code>" in html
    assert "Code version 1.2.3" in html


def test_what_a_request_changed_in_a_study_is_in_the_data_files_too(edition: Path, html: str) -> None:
    assert 'href="data/study_effects.parquet"' in html
    with duckdb.connect() as con:
        whole = con.execute(
            "SELECT estimate, low, high FROM read_parquet($file) "
            "WHERE metric = 'controllability' AND coalesce(subject, '') = ''",
            {"file": str(edition / "data" / "study_effects.parquet")},
        ).fetchall()
    assert len(whole) == 2
    for row in whole:
        change, low, high = map(words.signed, row)
        assert f"{change} in squared distance ({low} to {high})" in html


def test_every_table_has_a_caption_scoped_headers_and_cells_that_say_what_they_are(html: str) -> None:
    tables = re.findall(r"<table.+?</table>", html, re.DOTALL)
    assert {re.findall(r'class="([^"]+)"', table)[0] for table in tables} == {
        "board-table",
        "plain",
        "plain study-table",
        "plain effect-table",
        "plain tests",
    }
    for table in tables:
        assert "<caption" in table
        assert not re.findall(r"<th(?![^>]*scope=)[ >]", table)
        assert not re.findall(
            r"<(?:table|thead|tbody|tr|th|td)(?![^>]* role=)[ >]", table
        )  # cards take them away
        assert not re.findall(r'<td(?![^>]*(?:data-label="[^"]|colspan=))[ >]', table)


def test_headings_go_down_one_level_at_a_time(html: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_letters_that_stand_for_something_are_explained_before_they_are_used(html: str) -> None:
    studies = html[html.index('id="studies"') :]
    for said, used in (
        ("n counts pictures", "n&nbsp;="),
        ("TVD is", "TVD</th>"),
        ("p is how often", "p, exact"),
    ):
        assert 0 < studies.index(said) < studies.index(used), said
    board = html[html.index('<section class="board') :]
    assert 0 < board.index("n counts pictures") < board.index("n = ")


def test_no_table_row_of_outcomes_leaves_a_request_unaccounted(filled_store: Store) -> None:
    from datetime import date

    from assets.leaderboard.parts.unseen import not_seen

    con = world.load(filled_store)
    found = not_seen(con, date.fromisoformat(world.WEEK))
    assert len(found) == 2
    for rows in found.values():
        assert {row.model for row in rows} >= {"imago-2", "sim-silent"}
        for row in rows:
            parts = (row.refused, row.failed, row.not_needed, row.no_person, row.cannot_tell, row.other)
            assert sum(parts) + row.invalid + row.not_assessed + row.counted == row.planned, row
            assert row.planned == 24
    silent = next(
        r for r in found[("occupations@1", "perceived_gender", "baseline")] if r.model == "sim-silent"
    )
    assert (silent.refused, silent.counted) == (24, 0)
    for row in (row for rows in found.values() for row in rows):  # words count the same slots as figures
        for count, said in ((row.refused, row.refused_as), (row.failed, row.failed_as)):
            assert sum(int(part.rpartition(" ")[2]) for part in said.split(", ") if part) == count


def test_the_page_is_the_same_bytes_when_it_is_made_again(
    filled_store: Store, edition: Path, tmp_path: Path
) -> None:
    again = _publish(filled_store, tmp_path)
    assert (again / "figures.html").read_bytes() == (edition / "figures.html").read_bytes()
    shutil.rmtree(again)
