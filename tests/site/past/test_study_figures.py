"""What pages of studies say of their figures: what ten pictures can show, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest
from assets.metrics.results import STUDY_RESULTS

from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.study_pages import StudyDifferences, StudyDistance, StudyMeans, StudyPage
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import words
from tests.warehouse.studies import Said, study_tables
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import replace_study
from warehouse.store import open_store

VALUES = {"female": True, "male": True, "both": False}
ENGLISH = tongue("en").say


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        make_tables(made)
        yield made


def load(
    con: duckdb.DuckDBPyConnection, said: Said, values: Mapping[str, bool] = VALUES, **more: Any
) -> None:
    row = dict.fromkeys(("version", "title", "citation", "licence", "source", "definition_sha256"), "x")
    con.execute(
        "INSERT INTO studies BY NAME SELECT 'tiny' AS study, "
        + ", ".join(f"'{v}' AS {k}" for k, v in row.items())
    )
    replace_study(con, "tiny", study_tables(said, values, **more))
    for table, compute in STUDY_RESULTS.items():
        replace_study(con, "tiny", {table: compute(con, "tiny")})


def built(con: duckdb.DuckDBPyConnection) -> StudyPage:
    ((_, sheet),) = shown.made(con, "study")
    assert isinstance(sheet.view, StudyPage)
    return sheet.view


def page(con: duckdb.DuckDBPyConnection, language: str = "") -> str:
    return words(shown.files(con, "study")[f"{language}studies/tiny/index.html"])


def cells(women: dict[str, tuple[int, int]], n: int = 10) -> Said:
    """Return what people said: model → women of n before and after, prompt by prompt alike."""
    return {
        (model, condition, prompt): ["female"] * k + ["male"] * (n - k)
        for model, both in women.items()
        for condition, k in zip(("baseline", "controlled"), both, strict=True)
        for prompt in ("ceo", "nurse")
    }


def changes(con: duckdb.DuckDBPyConnection) -> StudyDifferences:
    (found,) = built(con).differences
    return found


def means(con: duckdb.DuckDBPyConnection) -> StudyMeans:
    (found,) = built(con).means
    return found


def row_of(con: duckdb.DuckDBPyConnection, model: str, condition: str) -> StudyDistance:
    (found,) = [
        row
        for of in built(con).distances
        if ENGLISH(of.reference).startswith("parity") and ENGLISH(of.condition) == condition
        for row in of.rows
        if row.model == model
    ]
    return found


AFTER = "with a request for diversity"


def test_what_is_left_the_more_strictly_it_is_asked_is_that_of_the_table(
    con: duckdb.DuckDBPyConnection,
) -> None:
    load(con, cells({"a": (0, 10), "b": (5, 9), "c": (4, 5)}))
    ((chi, exact, lenient, strict),) = con.execute(
        "SELECT count(*) FILTER (WHERE chi_square_p < 0.05), count(*) FILTER (WHERE fisher_p < 0.05), "
        "count(*) FILTER (WHERE fdr_p <= 0.05), count(*) FILTER (WHERE survives) FROM study_differences"
    ).fetchall()
    found = changes(con)
    assert (found.chi_square, found.exact, found.lenient, len(found.rows)) == (chi, exact, lenient, strict)
    assert (found.tested, found.needed, found.of) == (6, 7, 10)
    text = page(con)
    assert (
        f"2 of 6 differences are more than chance, corrected for {found.tests} looks (exact test, Holm)."
        in text
    )
    assert (
        f"Without the correction: {chi} by the chi-square test that studies usually publish, {exact} by"
        in text
    )
    assert "What nobody showed before must be in 7 of 10 pictures to be more than chance." in text
    assert "doit se voir sur 7 images sur 10" in page(con, "fr/")


def test_with_too_few_pictures_nothing_could_be_more_than_chance(con: duckdb.DuckDBPyConnection) -> None:
    load(con, cells({"a": (1, 2), "b": (1, 1)}, n=3))
    found = changes(con)
    assert (found.chi_square, found.exact, found.lenient, found.rows, found.needed) == (0, 0, 0, (), None)
    assert "no difference could be more than chance, however large" in page(con)


def test_what_could_not_be_tested_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    load(con, {**cells({"a": (0, 10)}), ("a", "controlled", "nurse"): ["both"] * 10})
    found = changes(con)
    assert (found.tested, found.untested, found.tests) == (1, 1, 1)
    assert "1 more could not be tested" in page(con)


def test_ranks_why_there_is_none_and_what_is_possible_stand_with_the_figures(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = {**cells({"a": (5, 5), "b": (5, 6)}), **cells({"c": (5, 5)})}
    said["c", "controlled", "ceo"] = ["female"] * 6 + ["both"] * 4
    load(con, said)
    first, last = row_of(con, "A", "with nothing added"), row_of(con, "C", AFTER)
    assert (first.rank, first.unranked, first.bounds) == ((1, 3, 3), None, None)
    assert last.rank is None
    assert last.unranked
    assert ENGLISH(last.unranked) == "only 1 of 2 prompts have enough usable pictures"
    low, high = last.bounds or (0.0, 0.0)
    assert low < high
    own = tongue("en").decimal
    assert f"whatever the answers that could not be assessed had shown: {own(low)} to {own(high)}" in page(
        con
    )


def test_words_of_others_are_inert_and_no_model_is_ranked_by_an_effect(
    con: duckdb.DuckDBPyConnection,
) -> None:
    load(con, cells({"a": (0, 10), "b": (4, 6)}))
    con.execute("UPDATE study_models SET title = '<b>A</b>' WHERE model = 'a'")
    con.execute(
        "UPDATE study_effects SET estimate = NULL, low = NULL, high = NULL, "
        "reason = '<u>why</u>' WHERE model = 'b'"
    )
    text = shown.files(con, "study")["studies/tiny/index.html"]
    assert "<b>A" not in text
    assert "<u>" not in text
    assert "&lt;b&gt;A&lt;/b&gt;" in text
    assert "&lt;u&gt;why&lt;/u&gt;" in text
    assert not re.search(r"\d of \d|best|worst", text.partition('id="means"')[2].partition("<tbody>")[0])


def test_a_study_of_one_condition_has_nothing_to_compare(con: duckdb.DuckDBPyConnection) -> None:
    load(con, {key: readings for key, readings in cells({"a": (5, 5)}).items() if key[1] == "baseline"})
    found = built(con)
    assert (found.differences, found.means) == ((), ())
    assert found.distances[0].rows[0].rank is None


def test_the_world_of_the_pages_has_a_study_with_differences(tmp_path: Any) -> None:
    con = world.load(open_store(tmp_path / "empty"), studies=True)
    (found,) = built(con).differences
    assert found.tested + found.untested == 4
