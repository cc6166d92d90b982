"""Published studies on the page: what ten pictures can show, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.parts import study
from assets.leaderboard.views.study_view import Study
from assets.metrics.results import STUDY_RESULTS
from tests.site import world
from tests.warehouse.studies import Said, study_tables
from warehouse.database.connection import connect
from warehouse.database.migrations import migrate
from warehouse.loading.load import replace_study

VALUES = {"female": True, "male": True, "both": False}


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        migrate(made)
        yield made


def shown(con: duckdb.DuckDBPyConnection, said: Said) -> Study:
    tables = study_tables(said, VALUES)
    row = dict.fromkeys(("version", "title", "citation", "licence", "source", "definition_sha256"), "x")
    con.execute("DELETE FROM studies")
    con.execute(
        "INSERT INTO studies BY NAME SELECT 'tiny' AS study, "
        + ", ".join(f"'{v}' AS {k}" for k, v in row.items())
    )
    replace_study(con, "tiny", tables)
    for table, compute in STUDY_RESULTS.items():
        replace_study(con, "tiny", {table: compute(con, "tiny")})
    (found,) = study.build(con)
    return found


def cells(women: dict[str, tuple[int, int]], n: int = 10) -> Said:
    """Return what people said: model → women of n before and after, prompt by prompt alike."""
    return {
        (model, condition, prompt): ["female"] * k + ["male"] * (n - k)
        for model, both in women.items()
        for condition, k in zip(("baseline", "controlled"), both, strict=True)
        for prompt in ("ceo", "nurse")
    }


def test_the_summary_says_what_is_left_the_more_strictly_it_is_asked(con: duckdb.DuckDBPyConnection) -> None:
    found = shown(con, cells({"a": (0, 10), "b": (5, 9), "c": (4, 5)}))
    (table,) = found.tables
    (changes,) = table.changes
    assert (changes.before, changes.after, changes.tests, len(changes.rows)) == (
        "baseline",
        "controlled",
        6,
        6,
    )
    text = " ".join(changes.summary)
    assert "Of 6 differences, 2 have a chi-square p-value below 0.05" in text
    assert "By Fisher’s exact test 2 have." in text
    assert "2 are left; if one in twenty findings may be false (Benjamini and Hochberg), 2 are left." in text
    assert (
        "With 10 pictures before and 10 after, a value that nobody showed must be in 7 of 10 to survive."
        in text
    )
    assert [(row.model, row.prompt, row.value, row.before, row.after) for row in changes.surviving] == [
        ("A", "ceo", "female", (0, 10), (10, 10)),
        ("A", "nurse", "female", (0, 10), (10, 10)),
    ]


def test_nothing_left_is_said_so(con: duckdb.DuckDBPyConnection) -> None:
    found = shown(con, cells({"a": (1, 2), "b": (1, 1)}, n=3))
    text = " ".join(found.tables[0].changes[0].summary)
    assert "none has a chi-square p-value below 0.05" in text
    assert "By Fisher’s exact test none has." in text
    assert "no difference could survive, however large" in text
    assert text.count("none is left") == 2


def test_what_could_not_be_tested_is_counted_and_told(con: duckdb.DuckDBPyConnection) -> None:
    said = {**cells({"a": (0, 10)}), ("a", "controlled", "nurse"): ["both"] * 10}
    changes = shown(con, said).tables[0].changes[0]
    assert "1 of 2 differences cannot be tested" in changes.summary[0]
    assert [row.reason for row in changes.rows] == [None, "No picture could be assessed"]
    assert changes.tests == 1


def test_ranks_and_why_there_is_none_stand_with_the_figures(con: duckdb.DuckDBPyConnection) -> None:
    said = {**cells({"a": (5, 5), "b": (5, 6)}), **cells({"c": (5, 5)})}
    said["c", "controlled", "ceo"] = ["female"] * 6 + ["both"] * 4
    rows = {
        row.model: dict(zip(("before", "after"), row.cells, strict=True))
        for row in shown(con, said).tables[0].rows
    }
    assert rows["A"]["before"].rank == "1–3 of 3"
    assert (rows["A"]["before"].unranked, rows["A"]["before"].bounds) == (None, None)
    assert rows["C"]["after"].rank is None
    assert rows["C"]["after"].unranked == (
        "80 % of the slots and 4 pictures or more are assessed for 1 of 2 prompts; 90 % of them are needed"
    )
    low, high = rows["C"]["after"].bounds or (0.0, 0.0)
    assert low < high
    assert rows["A"]["after"].rank == "1–2 of 2"


def test_a_study_of_one_condition_has_nothing_to_compare(con: duckdb.DuckDBPyConnection) -> None:
    said = {key: readings for key, readings in cells({"a": (5, 5)}).items() if key[1] == "baseline"}
    (table,) = shown(con, said).tables
    assert table.changes == ()
    assert table.rows[0].cells[0].rank is None


def test_the_page_shows_survivors_and_every_p_value(con: duckdb.DuckDBPyConnection) -> None:
    from assets.leaderboard.page.page import _environment

    found = shown(con, cells({"a": (0, 10), "b": (5, 9), "c": (4, 5)}))
    module = _environment().get_template("_studies.html.j2").module
    html = str(module.studies_section((found,)))  # type: ignore[attr-defined]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "A , ceo: female in 0 of 10 → 10 of 10" in text
    assert "Rank 1–3 of 3" in text
    assert "0.051 0.14 0.56 not shown" in text  # chi-square, exact, corrected
    tables = re.findall(r"<table.+?</table>", html, re.DOTALL)
    assert [table.count("<tr ") for table in tables] == [
        1 + 3,
        1 + 3,
        1 + 6,
    ]  # distances, what was asked for, p-values
    for table in tables:
        assert "<caption" in table
        assert not re.findall(r"<th(?![^>]*scope=)[ >]", table)


def test_the_world_of_the_page_has_a_study_with_differences(con: duckdb.DuckDBPyConnection) -> None:
    world.add_study(con)
    found = {one.id: one for one in study.build(con)}["raza2025"]
    assert len(found.tables[0].changes[0].rows) == 4
