"""What pages of studies say of their figures: what ten pictures can show, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import pytest

from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.study_pages import StudyChanges, StudyGap, StudyPage
from assets.metrics.pipeline import score_study
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import words
from tests.warehouse.studies import Said, study_tables
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.counts import insert_counts
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
    row = dict.fromkeys(("version", "title", "citation", "license", "source", "definition_sha256"), "x")
    con.execute(
        "INSERT INTO studies BY NAME SELECT 'tiny' AS study, "
        + ", ".join(f"'{v}' AS {k}" for k, v in row.items())
    )
    replace_study(con, "tiny", study_tables(said, values, **more))
    insert_counts(con, {"study": "tiny"})
    score_study(con, "tiny")


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


def changes(con: duckdb.DuckDBPyConnection) -> StudyChanges:
    (found,) = built(con).changes
    return found


def row_of(con: duckdb.DuckDBPyConnection, model: str, condition: str) -> StudyGap:
    (found,) = [
        row
        for of in built(con).boards
        if ENGLISH(of.yardstick).startswith("parity") and ENGLISH(of.condition) == condition
        for row in of.rows
        if row.model == model
    ]
    return found


AFTER = "with a request for diversity"


def test_clear_changes_of_single_prompts_are_those_of_the_table(con: duckdb.DuckDBPyConnection) -> None:
    load(con, cells({"a": (0, 10), "b": (5, 9), "c": (4, 5)}))
    clear = con.execute(
        "SELECT upper(model), k_a, n_a, k_b, n_b FROM words WHERE clear AND subject IS NOT NULL AND value = 'female'"
    ).fetchall()
    found = changes(con)
    assert sorted((row.model, *row.before, *row.after) for row in found.clear) == sorted(clear)
    assert len(clear) == 2 == sum(row.model == "A" for row in found.clear)
    assert (found.compared, found.missing) == (6, 0)
    text = page(con)
    assert "Clear changes of single prompts: 2 of 6." in text
    assert "in 0 of 10 pictures, then in 10 of 10 +100 points (+61 to +100)" in text
    assert "Changements nets pour une seule consigne : 2 sur 6." in page(con, "fr/")


def test_with_too_few_pictures_nothing_is_clear(con: duckdb.DuckDBPyConnection) -> None:
    load(con, cells({"a": (1, 2), "b": (1, 1)}, n=3))
    found = changes(con)
    assert (found.clear, found.compared) == ((), 4)
    assert "no prompt has five usable pictures" in page(con).partition("What a condition changes")[2]


def test_what_could_not_be_compared_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    load(con, {**cells({"a": (0, 10)}), ("a", "controlled", "nurse"): ["both"] * 10})
    found = changes(con)
    assert (found.compared, found.missing) == (1, 1)
    assert "1 more could not be compared" in page(con)


def test_a_study_has_no_weeks_and_its_page_says_what_that_means(con: duckdb.DuckDBPyConnection) -> None:
    load(con, cells({"a": (0, 10)}))
    figures = con.execute(
        "SELECT DISTINCT dispersion, week, weeks FROM figures WHERE dispersion IS NOT NULL AND study = 'tiny'"
    ).fetchall()
    assert figures == [(1, None, 0)]
    assert "how alike its pictures are cannot be measured" in page(con)
    assert "on ne peut donc pas mesurer à quel point ses images se ressemblent" in page(con, "fr/")


def test_ranks_why_there_is_none_and_whether_they_rest_on_unseen_answers_stand_with_the_figures(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = dict(cells({"a": (5, 5), "b": (5, 6), "c": (5, 5), "d": (10, 10)}))
    said["c", "controlled", "ceo"] = ["female"] * 6 + [None] * 4
    for prompt in ("ceo", "nurse"):
        said["d", "baseline", prompt] = ["female"] * 8 + [None] * 2
    load(con, said)
    found = con.execute(
        "SELECT DISTINCT model FROM board_ranks WHERE condition = 'baseline' AND NOT holds AND rank_low IS NOT NULL"
    ).fetchall()
    assert len(found) == 4  # what nobody saw of one could change the ranks of all
    first, rests, last = (
        row_of(con, model, condition)
        for model, condition in (("A", "with nothing added"), ("D", "with nothing added"), ("C", AFTER))
    )
    assert (first.rank, first.unranked, first.holds) == ((1, 3, 4), None, False)
    assert (rests.rank, rests.unranked, rests.holds) == ((4, 4, 4), None, False)
    assert last.rank is None
    assert last.unranked
    assert ENGLISH(last.unranked) == "too many answers are missing"
    text = page(con)
    assert "A 1–3 of 4 rests on missing answers 0 " in text
    assert "D 4 of 4 rests on missing answers 50 " in text
    assert "C not ranked: too many answers are missing " in text
    assert text.count("rests on missing answers") == 4


def test_words_of_others_are_inert_and_no_model_is_ranked_by_an_effect(
    con: duckdb.DuckDBPyConnection,
) -> None:
    load(con, cells({"a": (0, 10), "b": (4, 6)}))
    con.execute("UPDATE study_models SET title = '<b>A</b>' WHERE model = 'a'")
    text = shown.files(con, "study")["studies/tiny/index.html"]
    assert "<b>A" not in text
    assert "&lt;b&gt;A&lt;/b&gt;" in text
    assert not re.search(r"\d of \d|best|worst", text.partition('id="conditions"')[2].partition("<tbody>")[0])


def test_a_study_of_one_condition_has_nothing_to_compare(con: duckdb.DuckDBPyConnection) -> None:
    load(con, {key: readings for key, readings in cells({"a": (5, 5)}).items() if key[1] == "baseline"})
    found = built(con)
    assert found.changes == ()
    assert found.boards[0].rows[0].rank is None
    assert "no other model can be ranked here" in page(con)


def test_the_world_of_the_pages_has_a_study_with_changes(tmp_path: Any) -> None:
    con = world.load(open_store(tmp_path / "empty"), studies=True)
    (found,) = built(con).changes
    assert found.compared + found.missing == 4
