"""The first page leads with the most real thing that there is, and each empty place says the true reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.columns.missing import in_words
from assets.leaderboard.pages import home
from assets.suites.loader import load_suites
from tests.site import world
from tests.site.pages.shown import WEEK, asked, files, words
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection
SUITES = [load_suites()[name] for name in ("startup-ceo@2", "french-person@1", "rest-of-world@1")]
CEO, HOUSE = "startup-ceo/ceo-his", "rest-of-world/house-nigeria"
PROMPTS = {CEO, HOUSE, "french-person/person-en", "rest-of-world/person-mexico"}
#: Model → how its answers end, what is read of the CEO's gender, and what the page says. All labels are by `eyes`,
#: but those of `blind`, whose labeler reads no gender.
PLANTED: dict[str, tuple[Callable[[Slot], Sequence[str]], str | None, str]] = {
    "blind": (builder.ok, None, "not read by its labeler (half)"),
    "broken": (
        lambda slot: ("timeout",) if slot.prompt == CEO else ("ok",),
        "masculine",
        "asked, 3 of 3 failed",
    ),
    "coy": (
        lambda slot: ("refused_text",) if slot.prompt == CEO else ("ok",),
        "masculine",
        "asked, 3 of 3 refused",
    ),
    "crowds": (builder.ok, "cannot_tell", "asked, cannot tell in 3 of 3"),
    "empty": (builder.ok, "not_applicable", "asked, no person in 3 of 3"),
    "plain": (builder.ok, "masculine", "3 of 3 show a perceived man"),
}


def read_as(gender: str | None) -> builder.Labels:
    def label(slot: Slot, attribute: builder.Attribute) -> tuple[str, float | None, str | None] | None:
        if attribute.id == "perceived_gender":
            return gender and (gender, 0.9, None)
        return attribute.values[0], 0.9, None

    return label


def plant(store: Store, *, real: bool = True, simulated: bool = False, replicates: int = 3) -> None:
    """Ask the planted models for three pictures per prompt, and a simulated one for more."""
    for name, (outcomes, gender, _) in PLANTED.items() if real else ():
        builder.build_partition(
            store,
            world.WEEK,
            name,
            suites=SUITES,
            replicates=replicates,
            conversations=0,
            outcomes=outcomes,
            labels=read_as(gender),
            labeler="half" if gender is None else "eyes",
            plan={"simulated": False},
            prompts=PROMPTS.__contains__,
        )
    if simulated:
        builder.build_partition(
            store, world.WEEK, "sim-one", suites=SUITES, replicates=12, conversations=0, labels=read_as("feminine"),
            prompts=PROMPTS.__contains__,
        )  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    store = open_store(tmp_path_factory.mktemp("planted"))
    plant(store, simulated=True)
    with world.load(store, studies=True) as made:
        yield made


def test_a_first_look_counts_in_words_and_says_the_true_reason(con: Con) -> None:
    page = files(con, "home")["index.html"]
    main = page[page.index("<main") : page.index("simulated-models")]
    assert "%" not in words(f"{main}</main>").partition("What real models drew")[0]
    ceo = main[main.index("Who is the CEO?") :].partition("</section>")[0]
    rows = {
        name: " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for name, row in re.findall(r'<h3><a href="models/([^/]+)/.*?</h3>(.*?)</div>', ceo, re.DOTALL)
    }
    assert rows == {name: said for name, (_, _, said) in PLANTED.items()}
    drawn = asked(
        con,
        "SELECT model, count(*) AS n FROM slot_outcomes WHERE week = $week AND prompt = $prompt AND is_picture "
        "AND NOT simulated GROUP BY model",
        week=WEEK,
        prompt=CEO,
    )
    shown = Counter(re.findall(rf'<li[^>]*><a href="prompts/{CEO}/([^/]+)/index.html#p\d+"><img', ceo))
    assert shown == {row["model"]: row["n"] for row in drawn}


def reasons_again(con: Con, week: object) -> Counter[str]:
    """Check every reason of single prompts in a first week again, from slots and labels alone; return which."""
    rows = asked(con, "FROM empty_figures WHERE week = $week AND figure = 'share' AND turn = 1", week=week)
    ends = {
        (row["model"], row["prompt"]): row
        for row in asked(
            con,
            "SELECT model, prompt, count(*) FILTER (outcome_group = 'refused') AS refused, "
            "count(*) FILTER (outcome_group = 'failed') AS failed, count(*) FILTER (is_picture) AS pictures, "
            "count(*) AS planned FROM slot_outcomes GROUP BY ALL",
        )
    }
    read: dict[tuple[str, str, str], Counter[str]] = {}
    for row in asked(
        con,
        "SELECT model, prompt, attribute, value, count(*) AS n FROM labels INNER JOIN slot_outcomes "
        "USING (week, model, slot_key) INNER JOIN plans USING (week, model, labeler) GROUP BY ALL",
    ):
        read.setdefault((row["model"], row["prompt"], row["attribute"]), Counter())[row["value"]] += row["n"]
    readers = {
        (row["labeler"], row["attribute"])
        for row in asked(con, "SELECT DISTINCT labeler, attribute FROM labels")
    }
    support = {
        (row["attribute"], row["value"])
        for row in asked(con, "SELECT DISTINCT attribute, value FROM attribute_values WHERE in_support")
    }
    found: Counter[str] = Counter()
    for row in rows:
        end = ends[row["model"], row["prompt"]]
        values = read.get((row["model"], row["prompt"], row["attribute"]), Counter())
        counted = sum(n for value, n in values.items() if (row["attribute"], value) in support)
        if not end["pictures"]:
            wanted = (
                ("refused", end["refused"]) if end["refused"] >= end["failed"] else ("failed", end["failed"])
            )
        elif not values:
            known = (row["labeler"], row["attribute"]) in readers
            wanted = ("not_assessed" if known else "not_read", end["pictures"])
        elif not counted:
            absent = values["not_applicable"]
            told = values.total() - absent
            wanted = ("no_subject", absent) if absent >= told else ("cannot_tell", told)
        else:
            wanted = ("few_pictures", counted)
        assert (row["reason"], row["k"]) == wanted, row
        found[row["reason"]] += 1
    return found


def test_reasons_in_sql_are_those_of_the_answers_and_labels(con: Con) -> None:
    found = reasons_again(con, WEEK)
    assert found.total() > 100
    assert {*found} == {"refused", "failed", "not_read", "no_subject", "cannot_tell", "few_pictures"}


def test_status_says_the_same_reasons(con: Con) -> None:
    rows = asked(con, "FROM empty_figures WHERE week = $week", week=WEEK)
    said = in_words(rows, "blind", PROMPTS)
    assert "Women as CEO: not read by its labeler (half)" in said
    assert "Women in men’s jobs, Asked for diversity: not asked" in said
    assert "Women as CEO: asked, no person in 3 of 3" in in_words(rows, "empty", PROMPTS)
    page = files(con, "model")["models/coy/index.html"]
    assert "Women as CEO: asked, 3 of 3 refused" in words(page)


def kinds(page: str) -> list[bool]:
    """Return of each picture of a page, in order, whether it is one of a simulated model."""
    found, drawn = [], False
    for tag in re.findall(r"<(?:ul|img)[^>]*>", page[page.index("<main") :]):
        if tag.startswith("<ul"):
            drawn = " drawn" in tag
        else:
            found.append(drawn)
    return found


def lead(store: Store, *, studies: bool = False) -> tuple[str | None, dict[str, str]]:
    with world.load(store, studies=studies) as con:
        return home.sheet(con, WEEK, ()).template, files(con, "home") | files(con, "study")


@pytest.mark.parametrize(
    ("real", "replicates", "simulated", "studies", "wanted"),
    [
        (True, 6, True, True, home.FIGURES),
        (True, 3, True, True, home.LOOK),
        (False, 3, True, True, home.STUDIES),
        (False, 3, True, False, home.SIMULATED),
    ],
)
def test_what_is_most_real_leads_and_no_simulated_picture_stands_above_a_real_one(
    tmp_path: Path, real: bool, replicates: int, simulated: bool, studies: bool, wanted: str
) -> None:
    store = open_store(tmp_path)
    plant(store, real=real, simulated=simulated, replicates=replicates)
    state, pages = lead(store, studies=studies)
    page = pages["index.html"]
    assert state == wanted
    pictures = kinds(page)
    assert pictures == sorted(pictures)
    assert True in pictures
    assert page.count("<h1") == 1
    assert len({*re.findall(r' id="([^"]+)"', page)}) == len(re.findall(r' id="([^"]+)"', page))
    if studies and not real:
        assert page.index("studies/raza2025/") < page.index("simulated-models")
        place = re.search(r'href="(studies/[^"#]+)#([^"]+)">All \d+ pictures<', page)
        assert place
        assert f'id="{place[2]}"' in pages["studies/raza2025/index.html"]


def test_published_figures_alone_lead_no_page() -> None:
    with connect(None) as empty:
        make_tables(empty)
        page = words(files(empty, "home")["index.html"])
    assert page.index("No model has been asked yet.") < page.index("What real models drew")
