"""What one word changes: the pictures on both sides are those that the shares are of, and clear effects come first."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import duckdb
import pytest

from assets.leaderboard.cells import word_pictures
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.metrics.spans import WeekRows
from assets.metrics.words import span_words
from tests.site.pages import shown
from tests.site.pages.test_prompt_pages import Node, Tree
from tests.warehouse import changed
from tests.world import planted
from warehouse import occasions
from warehouse.loading.load import replace_results
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(planted.LAST)
HIS_THEIR = "words/startup-ceo-2-his-their/index.html"


@pytest.fixture
def con(planted_copy: Con) -> Con:
    return planted_copy


def computed(con: Con) -> None:
    """Compute again what words change in the last week."""
    week = occasions.week(planted.LAST)
    span = WeekRows.read(con, week).span(first_turns=True)
    replace_results(con, week, {"words": span_words(con, span)})


def pages(con: Con, clear: str = "clear") -> dict[str, Tree]:
    """Return the pages; `clear` is which effects are called clear, as SQL: those have pictures."""
    con.execute("BEGIN")
    con.execute(f"UPDATE words SET clear = {clear} WHERE low IS NOT NULL")
    made = {
        path: Tree(content.decode())
        for kind, sheet in shown.made(con, "words", "word")
        for path, content in render_sheet(kind, sheet, WEEK, NOWHERE)
    }
    con.execute("ROLLBACK")
    return made


def articles(tree: Tree) -> list[Node]:
    return tree.all("article", "effect")


def within(tree: Tree, article: Node, tag: str, *classes: str) -> list[Node]:
    return [node for node in tree.all(tag, *classes) if article in node.parents]


def effect(con: Con, path: str, node: Node) -> dict[str, Any]:
    """Return the row of the effect that a node of a page is about."""
    (row,) = shown.asked(
        con,
        "FROM word_against_word WHERE week = $week AND model = $model AND attribute = $attribute AND value = $value "
        "AND subject IS NULL AND $path LIKE "
        "'%words/' || suite || if(suite_major > 1, '-' || suite_major, '') || '-' || a || '-' || b || '/%'",
        week=WEEK,
        path=path,
        **{name: node.attrs[f"data-{name}"] for name in ("model", "attribute", "value")},
    )
    return row


def points(row: dict[str, Any]) -> list[int]:
    """Return an effect and the ends of its interval, in points."""
    return [
        round(100 * min(max(row[name], -1), 1))
        for name in ("estimate", "low", "high")
        if row[name] is not None
    ]


def numbers(text: str) -> list[int]:
    return [int(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+", text)]


def test_every_side_shows_the_pictures_that_its_share_is_of(
    con: Con, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the weeks of its span, which begins anew with a change."""
    monkeypatch.setattr(word_pictures, "PICTURES", 10_000)
    monkeypatch.setattr(word_pictures, "TOGETHER", 10_000_000)
    shows_what_is_counted(con)
    model, few = "alder", "too few weeks to know how much weeks differ"
    assert few not in of_model(con, model)
    changed.report(con, model=model, changed_week=shift(planted.LAST, -2))
    computed(con)
    shows_what_is_counted(con)
    assert few in of_model(con, model)


def of_model(con: Con, model: str) -> str:
    """Return what is said of the effects of a word on a model."""
    tree = pages(con)[HIS_THEIR]
    nodes = [node for tag in ("article", "li") for node in tree.all(tag)]
    return " ".join(node.text for node in nodes if node.attrs.get("data-model") == model)


def shows_what_is_counted(con: Con) -> None:
    tried = 0
    for path, tree in pages(con, "TRUE").items():
        for article in articles(tree):
            row, lists = effect(con, path, article), within(tree, article, "ul")
            for one, side in zip(lists, "ab", strict=True):
                pictures = [item for item in tree.all("li") if one in item.parents]
                assert len(pictures) == row[f"n_{side}"]
                if row["pairs"] == 1:
                    tried += 1
                    framed = sum("framed" in item.classes for item in pictures)
                    assert framed == round(row[f"share_{side}"] * row[f"n_{side}"])
            if not path.startswith("fr/"):
                said = numbers(within(tree, article, "p", "count")[0].text)
                assert said[: len(points(row))] == points(row)
    assert tried > 3


def test_clear_effects_have_pictures_and_what_may_be_chance_is_one_list(con: Con) -> None:
    made = pages(con, "value = 'feminine'")
    listed = made["words/index.html"]
    counts = {}
    for item in listed.all("li"):
        link = next(node for node in listed.all("a") if item in node.parents)
        said = next(node for node in listed.all("span", "aside") if item in node.parents)
        counts[f"words/{link.attrs['href']}"] = numbers(said.text)
    assert counts
    for path, (clear, every) in counts.items():
        tree = made[path]
        chance = [one for one in tree.all("li") if "data-value" in one.attrs]
        assert (len(articles(tree)), len(articles(tree)) + len(chance)) == (clear, every)
        assert {one.attrs["data-value"] for one in articles(tree)} <= {"feminine"}
        for one in chance:
            assert numbers(one.text.rpartition(": ")[2]) == points(effect(con, path, one))


def test_of_many_pictures_some_are_shown(con: Con) -> None:
    tree = pages(con, "TRUE")[HIS_THEIR]
    lists = tree.all("ul", "pictures")
    assert lists
    assert {len([item for item in tree.all("li") if one in item.parents]) for one in lists} <= set(range(17))


def test_of_many_effects_the_clearest_have_pictures_and_all_lead_to_theirs(
    con: Con, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_pictures, "TOGETHER", 16)
    tree = pages(con, "TRUE")[HIS_THEIR]
    with_pictures = [bool(within(tree, article, "ul", "pictures")) for article in articles(tree)]
    assert len(with_pictures) > 2
    assert with_pictures == [number < 2 for number in range(len(with_pictures))]
    for article in articles(tree):
        links = [node.attrs["href"] for node in within(tree, article, "a")]
        model = article.attrs["data-model"]
        assert links == [
            f"../../prompts/startup-ceo/{side}/{model}/index.html" for side in ("ceo-his", "ceo-their")
        ]


def test_a_model_without_a_figure_is_named_with_the_reason(con: Con) -> None:
    con.execute("INSERT INTO withheld (week, model, reason) VALUES (?, 'alder', 'held <b>back</b>')", [WEEK])
    computed(con)
    english = "".join(text for path, text in shown.files(con, "word").items() if not path.startswith("fr/"))
    assert "held &lt;b&gt;back&lt;/b&gt;" in english
    assert 'data-model="alder"' not in english
