"""What one word changes: the pictures on both sides are those that the shares are of, and clear effects come first."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.cells import word_pictures
from assets.leaderboard.page.sheets import SitePlace, render_sheet
from tests.site import words_world as effects
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.test_prompt_pages import Node, Tree
from tests.warehouse import builder, counted
from warehouse.store import open_store
from warehouse.weeks import shift

WEEK = date.fromisoformat(world.WEEK)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return effects.loaded_world(tmp_path_factory.mktemp("words"))


def pages(con: duckdb.DuckDBPyConnection, clear: str = "clear") -> dict[str, Tree]:
    """Return the pages; `clear` is which effects are called clear, as SQL: those have pictures."""
    con.execute("BEGIN")
    con.execute(f"UPDATE words SET clear = {clear} WHERE low IS NOT NULL")
    made = {
        path: Tree(content.decode())
        for kind, sheet in shown.made(con, "words", "word")
        for path, content in render_sheet(kind, sheet, WEEK, SitePlace())
    }
    con.execute("ROLLBACK")
    return made


@pytest.fixture(scope="module")
def made(con: duckdb.DuckDBPyConnection) -> dict[str, Tree]:
    return pages(con)


def articles(tree: Tree) -> list[Node]:
    return tree.all("article", "effect")


def within(tree: Tree, article: Node, tag: str, *classes: str) -> list[Node]:
    return [node for node in tree.all(tag, *classes) if article in node.parents]


@pytest.fixture(scope="module")
def several_weeks(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Five weeks of `startup-ceo`; in one of them a model refuses the second side."""
    store = open_store(tmp_path_factory.mktemp("weeks"))
    for back in range(5):
        week = shift(world.WEEK, -back)

        def answers(slot: Slot, back: int = back) -> tuple[str, ...]:
            refused = slot.model == "shy" and back == 1 and slot.prompt.endswith("their")
            return ("refused_text",) if refused else ("ok",)

        for model in ("shy", "plain"):
            builder.build_partition(
                store,
                week,
                model,
                suites=[effects.SUITES["startup-ceo@1"]],
                replicates=6,
                conversations=0,
                labels=effects.labels,
                outcomes=answers,
                prompts=lambda prompt: prompt.endswith(("ceo-his", "ceo-their")),
            )
    return effects.load(store)


def test_pictures_are_of_the_weeks_of_the_span(
    several_weeks: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = (
        "SELECT model, n_a, n_b, reason FROM word_against_word WHERE week = ? AND subject IS NULL "
        "AND b = 'their' AND value = 'feminine' ORDER BY model"
    )
    assert several_weeks.execute(query, [WEEK]).fetchall() == [
        ("plain", 24, 24, None),
        ("shy", 24, 18, None),
    ]
    shows_what_is_counted(several_weeks, monkeypatch)
    few = "too few weeks to know how much weeks differ"
    assert [few in text for text in told(several_weeks)] == [False, False]
    reported(several_weeks, "plain", since=shift(world.WEEK, -2))
    assert several_weeks.execute(query, [WEEK]).fetchall()[0] == ("plain", 18, 18, "few_weeks")
    shows_what_is_counted(several_weeks, monkeypatch)
    assert [few in text for text in told(several_weeks)] == [True, False]


def told(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what is said of each effect, by model."""
    tree = pages(con)["words/startup-ceo-his-their/index.html"]
    effects_of = [node for tag in ("article", "li") for node in tree.all(tag) if "data-model" in node.attrs]
    found = sorted(effects_of, key=lambda one: str(one.attrs["data-model"]))
    return [one.text for one in found]


def reported(con: duckdb.DuckDBPyConnection, model: str, since: str) -> None:
    """Report a change of gender, and compute what words change since."""
    counts = dict.fromkeys(("before_k", "before_n", "after_k", "after_n", "series"), 0)
    figures = dict.fromkeys(("size", "low", "high", "se", "dispersion", "df", "critical"), 0.0)
    where = {
        "suite": "occupations",
        "condition": "baseline",
        "track": "model",
        "attribute": "perceived_gender",
    }
    days = dict.fromkeys(("changed_week", "earliest_week", "latest_week"), since)
    of = {"suite_major": 1, "turn": 1, "value": "feminine", "common": False, "causes": [], "simulated": False}
    row = {"week": world.WEEK, "model": model, **where, **days, **of, **counts, **figures}
    counted.insert(con, "changes", [row])
    effects.compute(con)


def test_every_side_shows_the_pictures_that_its_share_is_of(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows_what_is_counted(con, monkeypatch)


def shows_what_is_counted(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_pictures, "PICTURES", 10_000)
    monkeypatch.setattr(word_pictures, "TOGETHER", 10_000_000)
    tried = 0
    for path, tree in pages(con, "TRUE").items():
        for article in articles(tree):
            lists = within(tree, article, "ul")
            row = con.execute(
                "SELECT n_a, n_b, share_a, share_b, estimate, low, high, pairs FROM word_against_word "
                "WHERE week = ? AND model = ? AND attribute = ? AND value = ? AND subject IS NULL "
                "AND ? LIKE '%words/' || suite || '-' || a || '-' || b || '/%'",
                [WEEK, *(article.attrs[f"data-{name}"] for name in ("model", "attribute", "value")), path],
            ).fetchall()
            assert len(row) == 1, (path, article.attrs)
            n_a, n_b, share_a, share_b, estimate, low, high, pairs = row[0]
            for one, n, share in zip(lists, (n_a, n_b), (share_a, share_b), strict=True):
                shown = [item for item in tree.all("li") if one in item.parents]
                assert len(shown) == n
                if pairs == 1:
                    tried += 1
                    framed = sum("framed" in item.classes for item in shown)
                    assert framed == round(share * n)
            points = re.findall(r"[+−]?\d+", within(tree, article, "p", "count")[0].text)
            said = [int(text.replace("−", "-")) for text in points]
            if not path.startswith("fr/"):
                told = [estimate] if low is None else [estimate, low, high]
                assert said[: len(told)] == [round(100 * min(max(one, -1), 1)) for one in told]
    assert tried > 3


def test_clear_effects_have_pictures_and_what_may_be_chance_is_one_list(
    con: duckdb.DuckDBPyConnection,
) -> None:
    made = pages(con, "value = 'feminine'")
    listed = made["words/index.html"]
    counts = {}
    for item in listed.all("li"):
        link = next(node for node in listed.all("a") if item in node.parents)
        said = next(node for node in listed.all("span", "aside") if item in node.parents)
        counts[link.attrs["href"]] = [int(n) for n in re.findall(r"\d+", said.text)]
    assert counts
    for href, (clear, every) in counts.items():
        tree = made[f"words/{href}"]
        chance = [one for one in tree.all("li") if "data-value" in one.attrs]
        assert (len(articles(tree)), len(articles(tree)) + len(chance)) == (clear, every)
        assert {one.attrs["data-value"] for one in articles(tree)} <= {"feminine"}
        for one in chance:
            of = [
                WEEK,
                *(one.attrs[f"data-{name}"] for name in ("model", "attribute", "value")),
                f"words/{href}",
            ]
            (row,) = con.execute(
                "SELECT estimate, low, high FROM word_against_word WHERE week = ? AND model = ? AND attribute = ? "
                "AND value = ? AND subject IS NULL AND ? LIKE 'words/' || suite || '-' || a || '-' || b || '/%'",
                of,
            ).fetchall()
            said = [int(n.replace("−", "-")) for n in re.findall(r"[+−]?\d+", one.text.rpartition(": ")[2])]
            assert said == [round(100 * min(max(end, -1), 1)) for end in row if end is not None]


def test_of_many_pictures_some_are_shown(con: duckdb.DuckDBPyConnection) -> None:
    tree = pages(con, "TRUE")["words/startup-ceo-his-their/index.html"]
    lists = tree.all("ul", "pictures")
    assert lists
    assert {len([item for item in tree.all("li") if one in item.parents]) for one in lists} <= set(range(17))


def test_of_many_effects_the_clearest_have_pictures_and_all_lead_to_theirs(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_pictures, "TOGETHER", 16)
    page = "words/startup-ceo-his-their/"
    tree = pages(con, "TRUE")[f"{page}index.html"]
    with_pictures = [bool(within(tree, article, "ul", "pictures")) for article in articles(tree)]
    assert len(with_pictures) > 2
    assert with_pictures == [number < 2 for number in range(len(with_pictures))]
    for article in articles(tree):
        links = [node.attrs["href"] for node in within(tree, article, "a")]
        model = article.attrs["data-model"]
        assert links == [
            f"../../prompts/startup-ceo/{side}/{model}/index.html" for side in ("ceo-his", "ceo-their")
        ]


def test_a_model_without_a_figure_is_named_with_the_reason(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    model = con.execute("SELECT min(model) FROM word_against_word WHERE week = ?", [WEEK]).fetchall()[0][0]
    con.execute("INSERT INTO withheld (week, model, reason) VALUES (?, ?, 'held <b>back</b>')", [WEEK, model])
    effects.compute(con)
    try:
        sheets = [*shown.made(con, "word")]
        html = "".join(
            content.decode()
            for kind, sheet in sheets
            for path, content in render_sheet(kind, sheet, WEEK, SitePlace())
            if not path.startswith("fr/")
        )
    finally:
        con.execute("DELETE FROM withheld WHERE reason = 'held <b>back</b>'")
        effects.compute(con)
    assert "held &lt;b&gt;back&lt;/b&gt;" in html
    assert f'data-model="{model}"' not in html
