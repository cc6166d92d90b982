"""What pages of boards say beside their figures: other prompts, orders, warnings, shifts, what became of requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.models import not_seen
from assets.leaderboard.page.languages import tongue
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import Store, open_store

MODELS = ("imago-2", "sim-classic", "sim-next", "sim-cautious", "sim-silent", "sim-retired")
GENDER = "boards/occupations-perceived-gender/index.html"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = open_store(tmp_path_factory.mktemp("notes"))
    world.fill(store, weeks=6, only=MODELS)
    return store


@pytest.fixture(scope="module")
def loaded(store: Store) -> duckdb.DuckDBPyConnection:
    return world.load(store)


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def page(con: duckdb.DuckDBPyConnection, path: str = GENDER) -> str:
    return shown.files(con, "board")[path]


def rows_of(page: str) -> dict[str, str]:
    """Return model → what its row of a board says."""
    found = re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    return {model: words(f"<main>{row}</main>") for model, row in found}


def test_ranks_stand_in_their_order_and_those_without_a_rank_below_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = rows_of(page(con))
    simulated = [model for model in rows if model.startswith("sim-")]
    assert simulated[:3] == ["sim-next", "sim-classic", "sim-cautious"]
    assert " 1 of 2 " in rows["sim-next"]
    assert " 2 of 2 " in rows["sim-classic"]
    assert "not ranked: no other model can be ranked here" in rows["imago-2"]


def test_a_model_that_refuses_much_has_its_reason_and_what_is_possible(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = rows_of(page(con))
    assert "not ranked: too many answers could not be read" in rows["sim-cautious"]
    low, high = map(
        int,
        re.search(r"unseen answers would have shown: (\d+) to (\d+)", rows["sim-cautious"]).groups(),  # type: ignore[union-attr]
    )
    assert low < high
    assert "not ranked: no usable picture" in rows["sim-silent"]


def test_labels_that_are_not_reliable_rank_nobody(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(disagrees(world.WEEK, "people", 0.4, scope="gold"))
    said = page(con)
    assert "No model can be ranked here." in words(said)
    assert "not ranked: the labels are not reliable" in rows_of(said)["sim-next"]


def test_a_withheld_model_has_neither_rank_nor_bounds(store: Store) -> None:
    con = world.load(store)
    world.withhold(con, "sim-classic", "completeness 0.4 is below 0.5")
    row = rows_of(page(con))["sim-classic"]
    assert "not ranked: withheld: completeness 0.4 is below 0.5" in row
    assert "had shown" not in row


def test_a_warning_about_a_model_stands_beside_it(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "INSERT INTO check_results BY NAME SELECT $week::DATE AS week, 'images__once_in_model' AS check_name, "
        "'warning' AS severity, 'fail' AS status, 'sim-next' AS model, 2 AS failing_rows, '' AS message",
        {"week": world.WEEK},
    )
    for language, said in (
        ("", "gave one picture for several requests"),
        ("fr/", "a donné une même image pour plusieurs requêtes"),
    ):
        for model, row in rows_of(page(con, f"{language}{GENDER}")).items():
            assert (said in row) == (model == "sim-next")


def test_every_request_is_accounted_for_on_the_page_of_a_board(con: duckdb.DuckDBPyConnection) -> None:
    """Counted again from answers and labels; columns that pages have are all there are."""
    counted = {
        row["model"]: row
        for row in asked(
            con,
            """
            SELECT o.model, count(DISTINCT o.slot_key) AS planned,
                count(DISTINCT o.slot_key) FILTER (WHERE b.value IN ('feminine', 'masculine')) AS counted,
                count(DISTINCT o.slot_key) FILTER (WHERE o.outcome = 'refused_text') AS refused,
                count(DISTINCT o.slot_key) FILTER (WHERE o.outcome = 'timeout') AS failed
            FROM slot_outcomes AS o
            LEFT JOIN labels AS b ON o.slot_key = b.slot_key AND b.attribute = 'perceived_gender'
            WHERE o.week = $week GROUP BY o.model
            """,
            week=WEEK,
        )
    }
    found = not_seen.read(con, WEEK)
    assert len(found) == 2
    for path, table in (
        (GENDER, found["occupations", 1, "baseline", "perceived_gender"]),
        (f"fr/{GENDER}", found["occupations", 1, "baseline", "perceived_gender"]),
    ):
        own = tongue("fr" if path.startswith("fr/") else "en")
        heads = [own.say(one) for one in table.columns]
        section = page(con, path).partition('id="requests"')[2].partition("</table>")[0]
        assert [
            words(f"<main>{one}</main>") for one in re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", section)
        ][2:] == heads
        rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', section, re.DOTALL)
        assert len(rows) == len(table.rows) == len(counted)
        for row, one in zip(rows, table.rows, strict=True):
            name, planned, *cells = re.split(r'</t[hd]><td class="num">', row.removesuffix("</td>"))
            model = name.partition(" ")[0]
            said = [re.findall(r"<i>(?:(.*?) )?(\d+)</i>", cell) for cell in cells]
            numbers = [int(of[0][1]) if of else 0 for of in said]
            for of, number in zip(said, numbers, strict=True):  # ways add up to what they are ways of
                assert not of[1:] or sum(int(n) for _, n in of[1:]) == number
            assert sum(numbers) == int(planned) == counted[model]["planned"] == one.planned
            assert tuple(numbers) == one.counts
            kinds = dict(zip((column.text for column in table.columns), numbers, strict=True))
            for column, name in (
                ("counted", "counted"),
                ("refused", "refused"),
                ("failed, or not asked", "failed"),
            ):
                assert kinds[column] == counted[model][name], (model, column)
    assert sum(row["refused"] for row in counted.values()) > 20
