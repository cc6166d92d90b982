"""The leaderboard on the front page: every figure is that of the tables, and models stand where they belong."""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from assets.leaderboard.columns.table import COLUMNS, Column
from assets.leaderboard.page.languages import tongue
from tests.site.pages.shown import WEEK, asked, files
from tests.world import planted

Con = duckdb.DuckDBPyConnection
_ROW = re.compile(
    r'<tr role="row"(?: class="past")?><td role="cell" class="rank">(.*?)</td>(.*?)</tr>', re.DOTALL
)
_CELL = re.compile(r'<td role="cell" data-label="[^"]*">(.*?)</td>', re.DOTALL)


@pytest.fixture(scope="module")
def made(planted_con: Con) -> dict[str, str]:
    return files(planted_con, "home")


def table(page: str) -> str:
    """Return the tables: of real models, and of simulated ones by themselves."""
    return "".join(re.findall(r'<table class="leaders".*?</table>', page, re.DOTALL))


def rows(page: str) -> dict[str, tuple[str, list[str]]]:
    found = {}
    for rank, rest in _ROW.findall(table(page)):
        (model,) = re.findall(r'href="(?:\.\./)?models/([^/"]+)/index.html"', rest.partition("</th>")[0])
        found[model] = (rank, _CELL.findall(rest))
    return found


def said(cell: str) -> str:
    """Return a cell as it is read: figures and ends of intervals."""
    return " ".join(html.unescape(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", cell)).split())


def of_column(
    con: Con, column: Column, week: date | str, condition: str | None = None
) -> list[dict[str, Any]]:
    """Return the rows of `figures` that a column shows in a week."""
    return asked(
        con,
        "SELECT * FROM figures WHERE week = $week AND figure = $figure AND suite = $suite AND turn = 1 "
        "AND condition = coalesce($condition, condition) AND prompt IS NOT DISTINCT FROM $prompt "
        "AND attribute IS NOT DISTINCT FROM $attribute AND value IS NOT DISTINCT FROM $value "
        "AND selection IS NOT DISTINCT FROM $selection",
        week=week,
        condition=condition,
        **vars(column.of),
    )


def test_each_cell_is_the_figure_of_its_table(planted_con: Con, made: dict[str, str]) -> None:
    shown = rows(made["index.html"])
    assert shown.keys() == {row["model"] for row in asked(planted_con, "SELECT DISTINCT model FROM plans")}
    own, seen = tongue("en"), 0
    for number, column in enumerate(COLUMNS):
        figures = [
            {row["model"]: row for row in of_column(planted_con, column, WEEK, condition)}
            for condition in column.conditions
        ]
        for model, (_, cells) in shown.items():
            found = [of.get(model) for of in figures]
            if any(row is None or row["estimate"] is None for row in found):
                why = said(cells[number]).partition("changed:")[0]
                assert why.startswith("asked, ") or not re.search(r"\d", why)
                continue
            shares = [row["estimate"] for row in found if row]
            wanted = " → ".join([*map(own.whole, shares[:-1]), own.percent(shares[-1])])
            ends = " → ".join(
                "–" if row["low"] is None else f"{own.whole(row['low'])}–{own.whole(row['high'])}"
                for row in found
                if row
            )
            assert said(cells[number]).startswith(f"{wanted} {ends}"), (model, column.id)
            assert cells[number].count('<svg class="strip"') == len(shares)
            seen += 1
    assert seen > 12


def test_ranks_are_those_of_the_board_and_order_the_rows(planted_con: Con, made: dict[str, str]) -> None:
    ranks = {
        row["model"]: row
        for row in asked(planted_con, "SELECT * FROM leaderboard WHERE week = $week AND lead", week=WEEK)
    }
    for body in re.findall(r"<tbody.*?</tbody>", table(made["index.html"]), re.DOTALL):
        before = (0, 0)
        for shown, rest in _ROW.findall(body):
            row = ranks.get(re.findall(r'models/([^/"]+)/index.html', rest)[0])
            if row is None or row["rank_low"] is None:
                assert shown == "–"
                before = (99, 99)
                continue
            low, high = row["rank_low"], row["rank_high"]
            assert shown == (str(low) if low == high else f"{low}–{high}")
            assert (low, high) >= before
            before = (low, high)
    assert any(row["rank_low"] is not None for row in ranks.values())


def test_models_stand_in_groups_that_may_be_compared(planted_con: Con, made: dict[str, str]) -> None:
    groups = {
        name: re.findall(r'<th scope="row".*?models/([^/"]+)/', body)
        for name, body in re.findall(
            r'<tbody role="rowgroup" id="([^"]+)">(.*?)</tbody>', made["index.html"], re.DOTALL
        )
    }
    assert groups["weights-open"] == ["fir"]
    assert groups["weights-closed"] == ["hazel"]
    assert groups["rewriting"] == [planted.SYSTEM]
    assert {*groups["simulated"]} == {"alder", "birch", "cedar"}
    for row in asked(planted_con, "SELECT DISTINCT model, simulated FROM plans"):
        (name,) = (name for name, models in groups.items() if row["model"] in models)
        assert name.startswith("simulated") == row["simulated"]


def test_steps_of_a_line_are_of_four_weeks_and_hold_no_change(planted_con: Con, made: dict[str, str]) -> None:
    lines = [*csv.DictReader(io.StringIO(made["leaderboard.csv"]))]
    changed = asked(
        planted_con, "SELECT model, attribute, changed_week FROM changes WHERE week <= $week", week=WEEK
    )
    assert changed
    seen = 0
    for line in lines:
        column = next(one for one in COLUMNS if one.id == line["column"])
        of_week = of_column(planted_con, column, line["week"], line["condition"])
        (row,) = (row for row in of_week if row["model"] == line["model"])
        assert float(line["estimate"]) == row["estimate"]
        assert line["first_week"] == str(row["first_week"])
        for change in changed:
            about = change["attribute"] or "refused"
            if (change["model"], about) == (line["model"], column.attribute or column.figure):
                begins = str(change["changed_week"])
                assert not line["first_week"] < begins <= line["week"]
                seen += 1
    assert seen > 0


def test_a_phone_has_a_list_of_each_question_in_the_order_of_its_figures(made: dict[str, str]) -> None:
    lists = made["index.html"].partition('<div class="questions-asked">')[2]
    questions = re.findall(r'<details name="question".*?</details>', lists, re.DOTALL)
    assert len(questions) == len(COLUMNS)
    for question in questions:
        for body in re.findall(r"<ol>(.*?)</ol>", question, re.DOTALL):
            figures = [int(one) for one in re.findall(r"(\d+)%</a>", body)]
            assert figures == sorted(figures)


def test_a_reader_of_the_screen_hears_a_table(made: dict[str, str]) -> None:
    page = table(made["index.html"])
    assert len(re.findall(r"<t[rdh]\b", page)) == len(re.findall(r'<t[rdh]\b[^>]* role="', page))
    for drawing in re.findall(r"<svg[^>]*>", page):
        assert 'aria-hidden="true"' in drawing


def test_forty_models_and_a_year_stay_light(made: dict[str, str]) -> None:
    """Forty rows like the heaviest of these, and the lists beside them, fit into what a front page may weigh."""
    page = made["index.html"]
    heaviest = max(_ROW.finditer(table(page)), key=lambda row: len(row[0]))[0]
    many = page.replace(heaviest, "\n".join(heaviest.replace("alder", f"alder-{n}") for n in range(40)))
    assert len(gzip.compress(many.encode())) <= 25_000


def test_a_year_has_thirteen_steps(planted_con: Con) -> None:
    from assets.leaderboard.columns.over_time import YEAR
    from assets.leaderboard.views.marks import ShownWeeks, Step, line

    span = ShownWeeks(WEEK - timedelta(weeks=YEAR - 1), YEAR)
    steps = [
        Step(WEEK - timedelta(weeks=4 * n + 3), WEEK - timedelta(weeks=4 * n), 0.5, 0.4, 0.6, 64)
        for n in reversed(range(13))
    ]
    drawn = line(span, steps)
    assert drawn.steps == "".join(f"M{5 * n} 18h4" for n in range(13))
