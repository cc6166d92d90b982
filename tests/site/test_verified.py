"""What boards say of label error: raw and corrected side by side, labels not verified, errors of another kind."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import duckdb
import pytest
from assets.metrics.windows.corrected import window_corrections

from assets.metrics.labels.gold_evidence import TOO_MANY
from tests.site import world
from tests.site.pages import shown
from tests.warehouse.checks.quality_rows import put_right, wrong_labels
from warehouse.loading.load import replace_week
from warehouse.store import open_store

OTHER = "sim-drift"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    store = open_store(tmp_path_factory.mktemp("verified"))
    world.fill(store, weeks=3, replicates=6, only=("sim-classic", OTHER, "imago-2"))
    con = world.load(store)
    replace_week(con, "window_corrected_scores", world.WEEK, window_corrections(con, world.WEEK))
    return con


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


WIDE = "\N{NO-BREAK SPACE}"
#: What is done to the tables, and what the board of each language says of it in the row of one model, and below.
TOLD: tuple[tuple[str, tuple[str, str], tuple[str, str]], ...] = (
    (
        put_right(world.WEEK, "sim-classic", 0.41, 0.37, 0.45),
        (
            "corrected for label error: 0.41 (0.37 to 0.45), by 400 pictures that people labeled",
            f"corrigé des erreurs d’étiquetage{WIDE}: 0,41 (0,37 à 0,45), d’après 400 images étiquetées",
        ),
        ("if they are, the correction is too small", "la correction est trop faible"),
    ),
    (
        f"UPDATE window_corrected_scores SET reason = '{TOO_MANY}' WHERE model = 'sim-classic'",
        (
            "not corrected for label error: people may err in more than 8% of their answers",
            f"les personnes peuvent se tromper dans plus de 8{WIDE}% de leurs réponses",
        ),
        ("Labels not verified", "Étiquettes non vérifiées"),
    ),
    (
        wrong_labels("sim-classic"),
        (
            "11% of its labels are wrong (7% to 16%), in another way than the other models’: read its place with care",
            f"11{WIDE}% de ses étiquettes sont fausses (7{WIDE}% à 16{WIDE}%), autrement que celles des autres modèles",
        ),
        ("Labels not verified", "Étiquettes non vérifiées"),
    ),
)


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize("told", TOLD)
def test_the_page_of_a_board_says_it_in_both_languages(
    con: duckdb.DuckDBPyConnection, told: tuple[str, tuple[str, str], tuple[str, str]], language: int
) -> None:
    path = f"{('', 'fr/')[language]}compare/occupations-perceived-gender-parity/index.html"
    statement, in_row, below = told
    assert in_row[language] not in text(shown.files(con, "board")[path])
    con.execute(statement)
    page = shown.files(con, "board")[path]
    rows = dict(re.findall(r'<tr role="row" id="([^"]+)">(.*?)</tr>', page, re.DOTALL))
    for model, row in rows.items():
        assert (in_row[language] in text(row)) == (model == "sim-classic"), model
    real, simulated = page.split(f"<h2>{('Simulated models', 'Modèles simulés')[language]}</h2>")
    assert below[language] in text(simulated)
    assert ("Labels not verified", "Étiquettes non vérifiées")[language] in text(real)


def text(markup: str) -> str:
    """Return what a piece of a page says, no-break spaces kept."""
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup)))


def test_the_leaderboard_says_what_is_verified_and_why_not(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(put_right(world.WEEK, "sim-classic", 0.41, 0.37, 0.45))
    query = (
        "SELECT DISTINCT model, labels_verified, corrected_distance, corrected_reason, gold_n, distance IS NULL "
        "FROM leaderboard WHERE week = $week AND attribute = 'perceived_gender' AND reference = 'parity' ORDER BY ALL"
    )
    rows = con.execute(query, {"week": world.WEEK}).fetchall()
    assert rows == [
        ("imago-2", False, None, "no gold", 0, False),
        ("sim-classic", True, 0.41, None, 400, False),
        (OTHER, False, None, "no gold", 0, False),
    ]
    con.execute(f"INSERT INTO withheld VALUES ('{world.WEEK}', 'sim-classic', 'broken')")
    hidden = [row for row in con.execute(query, {"week": world.WEEK}).fetchall() if row[0] == "sim-classic"]
    assert hidden == [("sim-classic", None, None, None, 400, True)]
