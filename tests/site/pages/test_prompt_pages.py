"""Pages of prompts and their pictures: each figure is the number of pictures that it leads to, and of the tables."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.leaderboard.cells import showing
from assets.leaderboard.page.sheets import SitePlace, render_sheet
from assets.metrics.pipeline import score_spans
from tests.site import world
from tests.site.pages.shown import made as sheets_of
from tests.warehouse import changed
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

WEEK = date.fromisoformat(world.WEEK)
#: Elements that end where one of these begins, if their ends are left out.
ENDS = {"td": ("td", "th"), "th": ("td", "th"), "tr": ("tr",), "tbody": ("thead",), "li": ("li",)}
#: Elements within which others may be left open around them.
LISTS = {"ul", "ol", "table"}
VOID = {"img", "br", "meta", "link", "rect", "path", "col"}


@dataclass
class Node:
    """An element of a page, with the text within it."""

    tag: str
    attrs: dict[str, str | None]
    parents: tuple[Node, ...]
    text: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set((self.attrs.get("class") or "").split())

    def within(self, tag: str, **attrs: str) -> Node | None:
        """Return the nearest of the elements around this one that is so."""
        return next((one for one in reversed(self.parents) if one.tag == tag), None)


class Tree(HTMLParser):
    """Collects the elements of a page; those whose end may be left out end with their parents."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self._open: list[Node] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for ended in ENDS.get(tag, ()):
            inner = [one.tag for one in self._open]
            if ended in inner and not (
                ended == "li" and LISTS & {*inner[len(inner) - inner[::-1].index("li") :]}
            ):
                self.handle_endtag(ended)
        node = Node(tag, dict(attrs), tuple(self._open))
        self.nodes.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in {node.tag for node in self._open}:
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for node in self._open:
            node.text += data

    def all(self, tag: str, *classes: str) -> list[Node]:
        return [node for node in self.nodes if node.tag == tag and node.classes >= {*classes}]


def pages(con: Con) -> dict[str, Tree]:
    return {
        path: Tree(content.decode())
        for kind, sheet in sheets_of(con, "prompts", "prompt", "cell")
        for path, content in render_sheet(kind, sheet, WEEK, SitePlace())
    }


@pytest.fixture(scope="module")
def con(filled_store: Store) -> Con:
    """Return the world's warehouse, in which one model is withheld."""
    loaded = world.load(filled_store)
    world.withhold(loaded, "sim-cautious", "completeness 0.4 is below 0.5")
    return loaded


@pytest.fixture(scope="module")
def made(con: Con) -> dict[str, Tree]:
    return pages(con)


def shown(tree: Tree) -> list[Node]:
    """Return the pictures of a page of all pictures that are counted."""
    return [
        one
        for one in tree.all("li")
        if (one.attrs.get("id") or "").startswith("p") and "out" not in one.classes
    ]


def numbers(text: str) -> list[int]:
    return [int(found) for found in re.findall(r"\d+", text)]


def test_every_figure_is_the_number_of_pictures_that_it_leads_to_and_that_of_the_tables(
    con: Con, made: dict[str, Tree]
) -> None:
    tried = 0
    for path, tree in made.items():
        for figure in tree.all("a"):
            if (value := figure.attrs.get("data-value")) is None:
                continue
            tried += 1
            count, n = numbers(figure.text)
            link, _, _ = str(figure.attrs["href"]).partition("#")
            address = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
            pictures = shown(made[address])
            assert len(pictures) == n, (path, figure.attrs)
            row = figure.within("article")
            assert row is not None
            prompt, model = "/".join(path.removeprefix("fr/").split("/")[1:3]), row.attrs["id"]
            section = figure.within("section")
            assert section is not None
            attribute = str(section.attrs["data-attribute"])
            word = str(showing.caption(attribute, str(value)).text) if not path.startswith("fr/") else None
            if word is not None:
                assert sum(one.text.startswith(word) for one in pictures) == count
            if "count" in figure.parents[-1].classes:
                assert sum("framed" in one.classes for one in pictures) == count
            assert _published(con, prompt, str(model), str(value)) == (count, n)
            assert _counted(con, prompt, str(model), attribute, str(value)) == (count, n)
    assert tried > 50


def _published(con: Con, prompt: str, model: str, value: str) -> tuple[int, int] | None:
    return con.execute(
        "SELECT k, n FROM figures WHERE week = ? AND prompt = ? AND model = ? AND value = ? AND figure = 'share'",
        [WEEK, prompt, model, value],
    ).fetchone()


def _counted(con: Con, prompt: str, model: str, attribute: str, value: str) -> tuple[int, int] | None:
    """Count labels of pictures, from tables that are loaded and not computed."""
    return con.execute(
        "SELECT count(*) FILTER (WHERE coalesce(v.band, v.value) = $value), count(*) FROM labels AS b "
        "INNER JOIN slots AS s USING (week, model, slot_key) INNER JOIN images USING (week, model, slot_key) "
        "INNER JOIN attribute_values AS v ON v.week = b.week AND v.model = b.model AND v.suite = s.suite "
        "AND v.attribute = b.attribute AND v.value = b.value WHERE s.prompt = $prompt AND b.model = $model "
        "AND b.attribute = $attribute AND v.in_support AND b.week BETWEEN $week - 21 AND $week",
        {"prompt": prompt, "model": model, "attribute": attribute, "value": value, "week": WEEK},
    ).fetchone()


def test_all_pictures_of_the_window_are_shown_once_and_those_that_do_not_count_say_why(
    con: Con, made: dict[str, Tree]
) -> None:
    tree = made["prompts/occupations/ceo/imago-2/index.html"]
    found = [re.search(r"[0-9a-f]{64}", str(one.attrs["src"])) for one in tree.all("img")]
    every = con.execute(
        "SELECT image_sha256 FROM slot_outcomes WHERE prompt = 'occupations/ceo' AND model = 'imago-2' "
        "AND week BETWEEN ? AND ? AND outcome = 'ok'",
        [WEEK - timedelta(weeks=3), WEEK],
    ).fetchall()
    assert sorted(one[0] for one in found if one) == sorted(sha256 for (sha256,) in every)
    out = [one for path, page in made.items() if not path.startswith("fr/") for one in page.all("li", "out")]
    assert {one.text.strip().removesuffix("simulated") for one in out} == {
        "ambiguous",
        "cannot tell",
        "not applicable",
    }


def test_queries_that_a_page_shows_find_its_share_and_its_pictures(con: Con, made: dict[str, Tree]) -> None:
    tree = made["prompts/occupations/nurse/sim-classic/index.html"]
    shares, slots = (one.text for one in tree.all("pre"))
    assert con.sql(shares).filter("value = 'feminine'").aggregate("count(*)").fetchall() == [(1,)]
    found = con.sql(slots).filter("image_sha256 IS NOT NULL").aggregate("count(DISTINCT slot_key)").fetchall()
    assert found == [(len(tree.all("img")),)]


def test_real_models_come_first_and_each_simulated_picture_has_a_mark(made: dict[str, Tree]) -> None:
    tree = made["prompts/occupations/ceo/index.html"]
    names = [str(one.attrs["id"]) for one in tree.all("article")]
    real = [name for name in names if not name.startswith("sim-")]
    assert real
    assert names[: len(real)] == real
    for picture in tree.all("img"):
        article = picture.within("article")
        assert article
        grid = picture.within("ul")
        assert grid
        assert ("drawn" in str(grid.attrs["class"]).split()) == str(article.attrs["id"]).startswith("sim-")


def test_models_without_a_figure_are_named_with_the_reason(made: dict[str, Tree]) -> None:
    tree = made["prompts/occupations/ceo/index.html"]
    said = {one.text.strip() for one in tree.all("li")}
    assert "sim-cautious: withheld this week: completeness 0.4 is below 0.5" in said
    assert "sim-retired: no longer asked; last asked in the week of 2 November 2026" in said
    silent = next(one for one in tree.all("article") if one.attrs["id"] == "sim-silent")
    assert "No picture could be counted." in silent.text
    assert re.search(r"refused \d+ of \d+", silent.text)
    assert not any("sim-cautious" in path for path in made)


def test_a_few_pictures_are_no_share(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    world.fill(store, weeks=3, replicates=1, only=("imago-2",))
    tree = pages(world.load(store))["prompts/occupations/ceo/index.html"]
    (article,) = tree.all("article")
    assert "Too few for a share: 2 pictures, and 5 are needed." in article.text
    assert "interval" not in article.text


def test_the_window_begins_anew_where_it_does_in_the_tables(filled_store: Store) -> None:
    con = world.load(filled_store)
    before = WEEK - timedelta(weeks=1)
    changed.report(con, week=before, model="sim-drift", changed_week=before)
    score_spans(con, [world.WEEK])
    tree = pages(con)["prompts/occupations/ceo/sim-drift/index.html"]
    published = _published(con, "occupations/ceo", "sim-drift", "feminine")
    assert published
    assert len(shown(tree)) == published[1] < 20
    assert sum(one.text.startswith("before a change") for one in tree.all("li", "out")) > 10
    assert any(
        "only pictures since the week of 16 November 2026 count" in one.text for one in tree.all("p", "note")
    )


def test_sensitive_suites_are_covered_until_asked_for(con: Con, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = showing.suite_words()
    file = shipped["occupations@1"].model_copy(update={"sensitive": True})
    monkeypatch.setattr(showing, "suite_words", lambda: {**shipped, "occupations@1": file})
    for path, tree in pages(con).items():
        for picture in tree.all("img"):
            veil = picture.within("details")
            assert veil is not None, path
            assert "open" not in veil.attrs
    assert shipped["descriptors@1"].sensitive


def test_pictures_are_in_another_order_in_another_week_and_in_the_same_in_the_same(
    con: Con, made: dict[str, Tree]
) -> None:
    def order(trees: dict[str, Tree]) -> list[Any]:
        return [one.attrs["src"] for one in trees["prompts/occupations/ceo/index.html"].all("img")]

    assert order(pages(con)) == order(made)
    earlier = WEEK - timedelta(weeks=1)
    address = "prompts/occupations/ceo/imago-2/"
    now, before = (
        next(sheet.view for _, sheet in sheets_of(con, "cell", week=week) if sheet.address == address)
        for week in (WEEK, earlier)
    )
    same = {one.sha256 for one in now.weeks[1].thumbs}
    assert same == {one.sha256 for one in before.weeks[0].thumbs}
    assert [one.sha256 for one in now.weeks[1].thumbs] != [one.sha256 for one in before.weeks[0].thumbs]
