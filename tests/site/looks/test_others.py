"""Published shares of real models: every row is on the page, in its file and in both languages, beside the week's."""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from assets.leaderboard.page.environment import environment
from assets.leaderboard.page.languages import LANGUAGES, tongue
from assets.leaderboard.page.sheets import path_of
from assets.leaderboard.pages.others import CSV, front, heading, questions_now
from assets.leaderboard.views.query import View
from assets.suites.published_questions import published_questions, works
from tests.site.looks.figures import links_of
from tests.site.pages import shown
from tests.world import readers
from warehouse.database.connection import connect

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(readers.LAST)
OF = {"en": ("of about", "of"), "fr": ("sur environ", "sur")}


@pytest.fixture(scope="module")
def questions(readers_con: Con) -> list[View]:
    return [*questions_now(readers_con, WEEK)]


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub("<[a-z/][^>]*>", " ", markup)).split())


def blocks(page: str, question: str) -> list[list[str]]:
    """Return the lines of each work and of the week, as the table of a question says them."""
    table = page[page.index(f'aria-labelledby="{question}">') :]
    return [
        [plain(row) for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]
        for body in table[: table.index("</table>")].split("<tbody")[1:]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_published_shares_are_shown_with_source_date_model_and_pictures(
    readers_pages: dict[str, str], language: str
) -> None:
    page, own, rows = readers_pages[path_of("others/", language)], tongue(language), 0
    about, of = OF[language]
    for question in published_questions():
        assert f'id="{question.id}">{html.escape(own.say(question.title))}</h2>' in page
        shown_here = blocks(page, question.id)
        for work, (head, *lines) in zip(question.published, shown_here, strict=False):
            by = works()[work.work]
            assert head.replace(" ,", ",").startswith(plain(f"{own.say(by.title)}, {own.month(by.date)}"))
            assert f'href="{by.url}"' in page or by.url is None
            assert work.asked in head
            assert lines == [
                plain(
                    f"{one.model} {own.percent(one.share)} {own.whole(one.interval[0])}–"
                    f"{own.whole(one.interval[1])} {own.number(one.k)} {of if one.exact else about} "
                    f"{own.number(one.n)}"
                )
                for one in work.shares
            ]
            rows += len(lines)
    assert rows > 100


@pytest.fixture(scope="module")
def real(readers_con: Con) -> Iterator[tuple[list[View], dict[str, str]]]:
    """The questions and the pages, as if the models of this world were real."""
    ((_, _, kept),) = readers_con.execute("PRAGMA database_list").fetchall()
    with connect(None) as con:
        con.execute(f"ATTACH '{kept}' AS kept (READ_ONLY); COPY FROM DATABASE kept TO memory; DETACH kept")
        con.execute("UPDATE plans SET simulated = FALSE")
        yield [*questions_now(con, WEEK)], shown.files(con, "others")


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_models_of_the_week_stand_below_by_themselves(
    real: tuple[list[View], dict[str, str]], language: str
) -> None:
    questions, pages = real
    assert len([question for question in questions if question.now]) >= 3
    for question in questions:
        found = blocks(pages[path_of("others/", language)], question.id)[len(question.then) :]
        assert len(found) == bool(question.now)
        for head, *lines in found:
            assert question.prompt in head
            assert len(lines) == len(question.now)


def test_no_simulated_model_stands_among_what_real_models_drew(
    readers_pages: dict[str, str], questions: list[View]
) -> None:
    assert not any(question.now for question in questions)
    assert 'class="now"' not in readers_pages["others/index.html"]


def test_the_shares_of_the_week_are_those_of_the_table_of_figures(
    readers_con: Con, real: tuple[list[View], dict[str, str]]
) -> None:
    questions, _ = real
    registered = {question.id: question for question in published_questions()}
    for question in questions:
        of = registered[question.id]
        held = shown.asked(
            readers_con,
            "SELECT model, k, n, estimate, low, high FROM figures WHERE week = $week AND prompt = $prompt "
            "AND attribute = $attribute AND value = $value AND figure = 'share' AND estimate IS NOT NULL",
            week=WEEK,
            prompt=of.prompt,
            attribute=of.attribute,
            value=of.value,
        )
        wanted = {row["model"]: (row["k"], row["n"]) for row in held}
        assert {one.model: (one.share.count, one.share.n) for one in question.now} == wanted
        ends = {row["model"]: (row["estimate"], row["low"], row["high"]) for row in held}
        for one in question.now:
            assert (one.share.share, one.share.low, one.share.high) == pytest.approx(ends[one.model])


def test_the_file_holds_what_the_page_shows(readers_con: Con, questions: list[View]) -> None:
    [sheet] = [sheet for _, sheet in shown.made(readers_con, "others", week=WEEK)]
    files = {file.name: file.content.decode() for file in sheet.files if file.content is not None}
    rows = [*csv.DictReader(io.StringIO(files["others.csv"]))]
    assert [*rows[0]] == [*CSV]
    apart = [csv.DictReader(io.StringIO(files[f"{question.id}.csv"])) for question in questions]
    assert [row for of in apart for row in of] == rows
    wanted = []
    for question in questions:
        for work, of, _ in question.then:
            wanted += [
                (work.title, work.date, one.model, one.k, one.n, str(one.exact).lower()) for one in of.shares
            ]
        wanted += [
            ("Cliché", WEEK.isoformat(), one.model, one.share.count, one.share.n, "true")
            for one in question.now
        ]
    columns = ("source", "date", "model", "k", "n", "exact")
    assert [tuple(row[name] for name in columns) for row in rows] == [
        tuple(str(value) for value in row) for row in wanted
    ]
    for row in rows:
        assert float(row["share"]) == pytest.approx(int(row["k"]) / int(row["n"]), abs=1e-6)
        assert float(row["low"]) <= float(row["share"]) <= float(row["high"])
        assert row["where"]
        assert row["asked"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_leads_to_it_and_says_its_years(readers_pages: dict[str, str], language: str) -> None:
    years = {work.date[:4] for work in works().values()}
    said = tongue(language).say(heading())
    assert (min(years), max(years)) == ("2022", "2026")
    assert all(year in said for year in ("2022", "2026"))
    front, page = path_of("", language), path_of("others/", language)
    assert page in links_of(front, readers_pages[front])
    assert f">{said}</a>" in readers_pages[front]
    assert f"<h1>{said}</h1>" in readers_pages[page]
    assert "others/" in readers_pages["search/index.json"]


DOT = re.compile(r'<svg x="([0-9.]+)%">(<a href="([^"]+)"[^>]*>)?(?:<title>[^<]*</title>)?'
                 r'<path class="bar" d="M0 (\d+)V(\d+)"/><path class="dot( about)?" d="M-([0-9.]+) (\d+)')  # fmt: skip
SHAPE = {"4.5": "people", "4": "program", "5": None}


def charts(page: str) -> list[list[tuple[str, ...]]]:
    return [DOT.findall(of) for of in page.split('<svg class="years"')[1:]]


def test_each_share_is_a_dot_in_order_of_time_whose_shape_says_who_labeled(con: Con) -> None:
    drawn = charts(shown.files(con, "others")["others/index.html"])
    assert len(drawn) == len(published_questions())
    for question, dots in zip(published_questions(), drawn, strict=True):
        listed = [(works()[of.work], one) for of in question.published for one in of.shares]
        assert [work.date for work, _ in listed] == sorted(work.date for work, _ in listed)
        places = [float(dot[0]) for dot in dots]
        assert places == sorted({*places})  # from left to right, none in the place of another
        for (work, one), (*_, high, low, about, shape, middle) in zip(listed, dots, strict=True):
            assert SHAPE[shape] == work.labeled
            assert bool(about) != one.exact
            assert int(middle) == pytest.approx(150 - 140 * one.share, abs=1)
            assert (int(low), int(high)) == pytest.approx([150 - 140 * end for end in one.interval], abs=1)


def test_a_front_page_has_charts_to_choose_from_without_a_script_and_links_to_the_others(
    readers_con: Con,
) -> None:
    view = front(readers_con, WEEK)
    assert view.charts[0].id == "women-ceo"
    shown = {one.id for one in view.charts}
    most, others = (
        [len(one.published) for one in published_questions() if (one.id in shown) is kind]
        for kind in (True, False)
    )
    assert max(others) <= min(most)
    assert view.others == len(others)
    template = environment("en").from_string(
        '{% import "pages/_drew.html.j2" as drew with context %}{{ drew.drew(view) }}'
    )
    section = template.render(view=view, link=lambda address: f"../{address}index.html", t=tongue("en").say)
    assert section.count('<details name="drew"') == len(view.charts)
    assert section.count('<details name="drew" open>') == 1
    for question in shown:
        assert f'href="../others/index.html#{question}"' in section
    assert 'href="../others/index.html"' in section
    assert "<script" not in section
    assert len(gzip.compress(section.encode())) <= 5_000


def test_it_is_small(readers_pages: dict[str, str]) -> None:
    for language in LANGUAGES:
        page = readers_pages[path_of("others/", language)]
        assert len(gzip.compress(page.encode())) <= 20_000
        assert "<img " not in page
