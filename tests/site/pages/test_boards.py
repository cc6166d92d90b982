"""Pages of boards: ranks, figures and the CSV beside them are those of the published view; reasons have words."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest
from PIL import Image

from assets.leaderboard.models import names
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.raster import painted
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.page.sheets import NOWHERE, SitePlace, render_sheet
from assets.metrics.plain.boards import REASONS
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection


@pytest.fixture(scope="module")
def pages(con: Con) -> dict[str, str]:
    return shown.files(con, "board") | shown.files(con, "compare")


def figure(row: Mapping[str, Any], end: str, language: str) -> str:
    """Return a figure of the view as boards show it: of stereotypes in percent, else in points."""
    if row["figure"] == "stereotypes":
        return tongue(language).percent(float(row[end]))
    return str(round(100 * float(row[end])))


def rows_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL))


def test_every_row_of_a_board_is_that_of_the_published_view(con: Con, pages: dict[str, str]) -> None:
    found = asked(con, "SELECT * FROM leaderboard WHERE week = $week", week=WEEK)
    assert sum(row["rank_low"] is not None for row in found) >= 4
    assert sum(row["rank_low"] is None for row in found) >= 4
    for row in found:
        slug = names.board_slug(row)
        for language, before in (("en", ""), ("fr", "fr/")):
            of = "of" if language == "en" else "sur"
            shown_row = rows_of(pages[f"{before}boards/{slug}/index.html"])[row["model"]]
            text = words(f"<main>{shown_row}</main>")
            if row["rank_low"] is None:
                assert ("not ranked" if language == "en" else "non classé") in text
            elif row["rank_low"] == row["rank_high"]:
                assert f" {row['rank_low']} {of} {row['ranked_of']} " in text
            else:
                assert f" {row['rank_low']}–{row['rank_high']} {of} {row['ranked_of']} " in text
            if row["low"] is None:
                assert 'class="strip"' not in shown_row
                continue
            ends = [figure(row, end, language) for end in ("estimate", "low", "high")]
            assert " {} {}–{} ".format(*ends) in text


def test_marks_of_an_axis_are_in_the_unit_of_the_figures_beside_it(pages: dict[str, str]) -> None:
    page = pages["boards/occupations-perceived-gender/index.html"]
    marks = re.findall(
        r"<text[^>]*>(.*?)</text>", page.partition('class="strip scale"')[2].partition("</svg>")[0]
    )
    drawn = pages["boards/occupations-perceived-gender/board.svg"]
    assert marks in (["0", "25", "50"], ["0", "25", "50", "75"], ["0", "50", "100"])
    assert re.findall(r'text-anchor="middle">(.*?)</text>', drawn)[: len(marks)] == marks


def test_ranked_models_come_first_and_real_ones_are_never_in_one_table_with_simulated_ones(
    con: Con, pages: dict[str, str]
) -> None:
    kinds = {
        row["model"]: (row["simulated"], row["track"])
        for row in asked(con, "SELECT DISTINCT model, simulated, track FROM plans")
    }
    for path, page in pages.items():
        for table in re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL):
            models = re.findall(r'<tr role="row" id="([^"]+)">', table)
            if not models:
                continue
            assert len({kinds[model] for model in models}) == 1, path
            ranked = ["not ranked" not in row for row in rows_of(table).values()]
            assert ranked == sorted(ranked, reverse=True)


def test_the_csv_holds_the_rows_of_the_table(con: Con, pages: dict[str, str]) -> None:
    lines = list(csv.DictReader(io.StringIO(pages["boards/occupations-perceived-gender/board.csv"])))
    where = "week = $week AND attribute = 'perceived_gender' AND yardstick = 'parity'"
    statement = f"SELECT * FROM leaderboard WHERE {where}"
    found = {row["model"]: row for row in asked(con, statement, week=WEEK)}
    assert {line["model"] for line in lines} == found.keys()
    for line in lines:
        row = found[line["model"]]
        for column, text in line.items():
            wanted = row[column]
            if isinstance(wanted, bool):
                wanted = str(wanted).lower()
            assert text == ("" if wanted is None else str(wanted)), column
    assert (
        'href="../../../boards/occupations-perceived-gender/board.csv"'
        in (pages["fr/boards/occupations-perceived-gender/index.html"])
    )


def test_a_figure_leads_to_prompts_whose_pictures_it_counts(con: Con, pages: dict[str, str]) -> None:
    page = pages["boards/occupations-perceived-gender/index.html"]
    asked_now = asked(con, "SELECT DISTINCT prompt FROM slots WHERE week = $week", week=WEEK)
    assert set(re.findall(r"prompts/(occupations/[a-z]+)/index.html", page)) == {
        row["prompt"] for row in asked_now
    }
    assert 'href="../../models/imago-2/index.html#pictures"' in page
    model = shown.files(con, "model")["models/imago-2/index.html"]
    assert 'id="pictures"' in model
    assert all(f"prompts/{row['prompt']}/imago-2/index.html" in model for row in asked_now)


def test_the_list_names_every_board(pages: dict[str, str]) -> None:
    boards = {path.split("/")[1] for path in pages if path.startswith("boards/") and path.count("/") == 2}
    listed = re.findall(r'href="([a-z0-9-]+)/index.html"', pages["boards/index.html"])
    assert set(listed) == boards
    assert len(listed) == len(boards)


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_words_in_both_languages(code: str) -> None:
    said = reason(code, "a check")
    assert tongue("en").say(said) != code
    assert tongue("fr").say(said) not in {code, tongue("en").say(said)}


GENDER = "boards/occupations-perceived-gender/index.html"
SVG = "{http://www.w3.org/2000/svg}"


def test_a_chart_to_download_holds_every_figure_of_its_board_and_stands_alone(con: Con) -> None:
    site = SitePlace(publisher="A & B <script>", data_license="CC BY 4.0", url="https://example.org/cliche")
    pages = shown.files(con, "board", site)
    charts = {path: data for path, data in pages.items() if path.endswith(".svg")}
    assert len(charts) == sum(path.endswith("board.csv") for path in pages) * 2
    for path, data in charts.items():
        drawing = ET.fromstring(data)
        assert drawing.tag == f"{SVG}svg"
        said = [" ".join("".join(one.itertext()).split()) for one in drawing.iter(f"{SVG}text")]
        whole = " ".join(said)
        page = pages[path.replace("board.svg", "index.html")]
        assert "board.svg" in page
        assert "board.png" in page
        assert "A & B <script>" in whole
        assert "CC BY 4.0" in whole
        assert "https://example.org/cliche" in whole
        english = not path.startswith("fr/")
        table = pages[path.removeprefix("fr/").replace("board.svg", "board.csv")]
        rows = [*csv.DictReader(io.StringIO(table))]
        assert whole.count("n = ") == len(rows)
        for row in rows:
            assert row["model"] in whole
            if english and row["low"]:
                estimate, low, high = (figure(row, name, "en") for name in ("estimate", "low", "high"))
                assert f"{estimate} {low}–{high}" in whole, path
            if english and row["rank_low"]:
                place = (
                    row["rank_low"]
                    if row["rank_low"] == row["rank_high"]
                    else f"{row['rank_low']}–{row['rank_high']}"
                )
                assert f"Rank {place} of {row['ranked_of']}" in whole
        bars = [one for one in drawing.iter(f"{SVG}path") if one.get("stroke-width") == "14"]
        assert len(bars) == sum(bool(row["low"]) for row in rows)


def test_a_chart_is_drawn_as_png_when_it_is_published_and_the_same_each_time(con: Con) -> None:
    kind, sheet = next(iter(shown.made(con, "board")))
    first, again, unpublished = (
        dict(painted(render_sheet(kind, sheet, WEEK, NOWHERE, thumbnails=thumbnails)))
        for thumbnails in (lambda sha256: None, lambda sha256: None, None)
    )
    name = f"{sheet.address}board.png"
    assert unpublished[name] == b""
    assert first[name] == again[name]
    assert len(first[name]) < 60_000
    with Image.open(io.BytesIO(first[name])) as picture:
        drawing = ET.fromstring(first[f"{sheet.address}board.svg"])
        assert picture.size == (int(drawing.get("width", 0)), int(drawing.get("height", 0)))
        assert len(picture.convert("RGB").getcolors(1 << 16) or ()) > 4


# --- Beside the figures: orders, reasons, warnings --------------------------------------------------------------------


def board(con: Con, path: str = GENDER) -> str:
    return shown.files(con, "board")[path]


def said_of(page: str) -> dict[str, str]:
    """Return model → what its row of a board says."""
    return {model: words(f"<main>{row}</main>") for model, row in rows_of(page).items()}


def test_a_model_that_refuses_much_has_its_reason(changed: Con) -> None:
    rows = said_of(board(changed))
    assert "not ranked: too many answers are missing" in rows["sim-cautious"]
    assert "not ranked: asked, 96 of 96 refused" in rows["sim-silent"]


def test_labels_that_are_not_reliable_rank_nobody(changed: Con) -> None:
    changed.execute(disagrees(world.WEEK, "people", 0.4, scope="gold"))
    said = board(changed)
    assert "No model can be ranked here." in words(said)
    assert "not ranked: the labels are not reliable" in said_of(said)["sim-next"]


def test_a_withheld_model_has_neither_rank_nor_bounds(six_weeks: Store) -> None:
    changed = world.load(six_weeks)
    world.withhold(changed, "sim-classic", "completeness 0.4 is below 0.5")
    row = said_of(board(changed))["sim-classic"]
    assert "not ranked: withheld: completeness 0.4 is below 0.5" in row
    assert "had shown" not in row


def test_a_warning_about_a_model_stands_beside_it(changed: Con) -> None:
    changed.execute(
        "INSERT INTO check_results BY NAME SELECT $week::DATE AS week, 'images__once_in_model' AS check_name, "
        "'warning' AS severity, 'fail' AS status, 'sim-next' AS model, 2 AS failing_rows, '' AS message",
        {"week": world.WEEK},
    )
    for language, said in (
        ("", "gave one picture for several requests"),
        ("fr/", "a donné une même image pour plusieurs requêtes"),
    ):
        for model, row in said_of(board(changed, f"{language}{GENDER}")).items():
            assert (said in row) == (model == "sim-next")
