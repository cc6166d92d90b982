"""What pages of studies say of their figures: what ten pictures can show, and what they cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.query import View
from assets.metrics.pipeline import score_study
from tests.site.pages import shown
from tests.site.pages.shown import words
from tests.studies.shown import view
from tests.warehouse.studies import Said, study_tables
from warehouse import occasions
from warehouse.loading.counts import insert_counts
from warehouse.loading.load import replace_results

Con = duckdb.DuckDBPyConnection

VALUES = {"female": True, "male": True, "both": False}
ENGLISH = tongue("en").say


def load(con: Con, said: Said, values: Mapping[str, bool] = VALUES, **more: Any) -> None:
    row = dict.fromkeys(("version", "title", "citation", "license", "source", "definition_sha256"), "x")
    con.execute(
        "INSERT INTO studies BY NAME SELECT 'tiny' AS study, "
        + ", ".join(f"'{v}' AS {k}" for k, v in row.items())
    )
    replace_results(con, occasions.study("tiny"), study_tables(said, values, **more))
    insert_counts(con, {"study": "tiny"})
    score_study(con, "tiny")


def page(con: Con, language: str = "") -> str:
    return words(shown.files(con, "study")[f"{language}studies/tiny/index.html"])


def cells(women: dict[str, tuple[int, int]], n: int = 10) -> Said:
    """Return what people said: model → women of n before and after, prompt by prompt alike."""
    return {
        (model, condition, prompt): ["female"] * k + ["male"] * (n - k)
        for model, both in women.items()
        for condition, k in zip(("baseline", "controlled"), both, strict=True)
        for prompt in ("ceo", "nurse")
    }


def changes(con: Con) -> View:
    (found,) = view(con).changes
    return found


def row_of(con: Con, model: str, condition: str) -> View:
    (found,) = [
        row
        for of in view(con).boards
        if ENGLISH(of.yardstick).startswith("parity") and ENGLISH(of.condition) == condition
        for row in of.rows
        if row.model == model
    ]
    return found


AFTER = "with a request for diversity"


def test_clear_changes_of_single_prompts_are_those_of_the_table(con: Con) -> None:
    load(con, cells({"a": (0, 10), "b": (5, 9), "c": (4, 5)}))
    clear = con.execute(
        "SELECT upper(model), k_a, n_a, k_b, n_b FROM words WHERE clear AND subject IS NOT NULL AND value = 'female'"
    ).fetchall()
    found = changes(con)
    assert sorted((row.model, row.k_a, row.n_a, row.k_b, row.n_b) for row in found.clear) == sorted(clear)
    assert len(clear) == 2 == sum(row.model == "A" for row in found.clear)
    assert (found.compared, found.missing) == (6, 0)
    text = page(con)
    assert "Clear changes of single prompts: 2 of 6." in text
    assert "in 0 of 10 pictures, then in 10 of 10 +100 points (+61 to +100)" in text
    assert "Changements nets pour une seule consigne : 2 sur 6." in page(con, "fr/")


def test_with_too_few_pictures_nothing_is_clear(con: Con) -> None:
    load(con, cells({"a": (1, 2), "b": (1, 1)}, n=3))
    found = changes(con)
    assert (found.clear, found.compared) == ((), 4)
    assert "fewer than five of one prompt" in page(con).partition("What a condition changes")[2]


def test_what_could_not_be_compared_is_counted(con: Con) -> None:
    load(con, {**cells({"a": (0, 10)}), ("a", "controlled", "nurse"): ["both"] * 10})
    found = changes(con)
    assert (found.compared, found.missing) == (1, 1)
    assert "1 more could not be compared" in page(con)


def test_a_study_has_no_weeks_and_its_page_says_what_that_means(con: Con) -> None:
    load(con, cells({"a": (0, 10)}))
    figures = con.execute(
        "SELECT DISTINCT dispersion, week, weeks FROM figures WHERE dispersion IS NOT NULL AND study = 'tiny'"
    ).fetchall()
    assert figures == [(1, None, 0)]
    assert "how alike its pictures are cannot be measured" in page(con)
    assert "on ne peut donc pas mesurer à quel point ses images se ressemblent" in page(con, "fr/")


def test_ranks_why_there_is_none_and_whether_they_rest_on_unseen_answers_stand_with_the_figures(
    con: Con,
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
    for row, *ranks in ((first, 1, 3, 4), (rests, 4, 4, 4)):
        assert [row.rank_low, row.rank_high, row.ranked_of] == ranks
        assert (row.unranked, row.holds) == (None, False)
    assert last.rank_low is None
    assert last.unranked
    assert ENGLISH(last.unranked) == "too many answers are missing"
    text = page(con)
    assert "A 1–3 of 4 rests on missing answers 0 " in text
    assert "D 4 of 4 rests on missing answers 50 " in text
    assert "C not ranked: too many answers are missing " in text
    assert text.count("rests on missing answers") == 4


def test_words_of_others_are_inert_and_no_model_is_ranked_by_an_effect(con: Con) -> None:
    load(con, cells({"a": (0, 10), "b": (4, 6)}))
    con.execute("UPDATE study_models SET title = '<b>A</b>' WHERE model = 'a'")
    text = shown.files(con, "study")["studies/tiny/index.html"]
    assert "<b>A" not in text
    assert "&lt;b&gt;A&lt;/b&gt;" in text
    assert not re.search(r"\d of \d|best|worst", text.partition('id="conditions"')[2].partition("<tbody>")[0])


def test_a_study_of_one_condition_has_nothing_to_compare(con: Con) -> None:
    load(con, {key: readings for key, readings in cells({"a": (5, 5)}).items() if key[1] == "baseline"})
    found = view(con)
    assert found.changes == ()
    assert found.boards == (), "one model has nothing to be compared with"
    assert "How far from even-handed" not in page(con)


def test_a_scale_is_compared_with_no_equal_shares(con: Con) -> None:
    load(con, cells({"a": (5, 5), "b": (5, 6)}))
    assert view(con).boards
    tables = study_tables(cells({"a": (5, 5), "b": (5, 6)}), VALUES)
    values = [{**row, "ordinal": True} for row in tables["study_attribute_values"].to_pylist()]
    replace_results(
        con, occasions.study("tiny"), {**tables, "study_attribute_values": pa.Table.from_pylist(values)}
    )
    score_study(con, "tiny")
    assert con.execute("SELECT count(*) FROM figures WHERE figure = 'gap'").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM figures WHERE figure = 'mean_share'").fetchone() != (0,)
    assert view(con).boards == ()


def test_several_raters_have_a_mean_without_an_interval_and_their_agreement_and_are_single_in_the_file(
    con: Con,
) -> None:
    women = cells({"a": (2, 8), "b": (5, 5)})
    tables = study_tables(women, VALUES)
    labels = tables["study_labels"].to_pylist()
    second = [{**row, "labeler": "others", "value": "female"} for row in labels]
    both = pa.Table.from_pylist(labels + second)
    load(con, women)
    values = [{**row, "in_agreement": True} for row in tables["study_attribute_values"].to_pylist()]
    made = {"study_labels": both, "study_attribute_values": pa.Table.from_pylist(values)}
    replace_results(con, occasions.study("tiny"), {**tables, **made})
    con.execute("DELETE FROM counts")
    con.execute("DELETE FROM answers")
    insert_counts(con, {"study": "tiny"})
    score_study(con, "tiny")
    (show,), found = view(con).shows, view(con)
    (raters,) = show.tables
    (first, _), _ = raters.lines
    assert (raters.raters, first.model_title, first.n) == (2, "A", (10, 10))
    assert [one.share for one in first.shares] == [pytest.approx((0.2 + 1) / 2), pytest.approx(0.4)]
    assert {(one.low, one.high) for one in first.shares} == {(None, None)}
    alpha, n = con.execute("SELECT alpha, n FROM agreement WHERE model IS NULL").fetchall()[0]
    assert (show.agreement["alpha"], show.agreement["n"]) == (alpha, n)
    text = page(con)
    assert "gender Mean of the shares of 2 raters." in text
    assert "A 60% by rater: 20% to 100% 40% by rater: 0% to 80% 10" in text
    file = shown.files(con, "study")["studies/tiny/shows.csv"]
    assert "person:ceo,A,people 1-a,true,female,2,10,0.2,0.056682,0.509838" in file
    assert "person:ceo,A,others 1-a,true,female,10,10,1.0," in file
    assert f"The raters agree at alpha {alpha:.2f}".replace("-", "\u2212") in text.replace("-", "\u2212")
    assert all(board.rater for board in found.boards)


def test_what_was_found_stands_before_what_authors_printed_and_numbers_are_medians_and_means(
    con: Con,
) -> None:
    load(con, cells({"a": (5, 5)}))
    con.execute(
        "INSERT INTO study_published BY NAME SELECT 'tiny' AS study, n AS position, 'Share of women' AS title, "
        "'figure ' || n AS name, 'table 2' AS printed_in, '0.5' AS printed, '0.5' AS ours, "
        "if(n = 0, 'a <b>slip</b>', NULL) AS differs, '-' AS query FROM range(12) AS r (n)"
    )
    con.execute(
        "INSERT INTO study_attributes VALUES ('tiny', 'age', 'Apparent age', 'numeric', 'years', NULL, 1)"
    )
    con.execute(
        "INSERT INTO study_labels BY NAME "
        "SELECT study, slot_key, 'age' AS attribute, labeler, labeler_kind, labeler_version, "
        "'30' AS value, 20 + 10 * (row_number() OVER (PARTITION BY model, condition) % 3) AS number "
        "FROM study_labels JOIN study_slots USING (study, slot_key)"
    )
    assert view(con).as_printed == (11, 12)
    text = page(con)
    assert text.index("Apparent age A. Read by") < text.index("The imported labels give")
    assert "The imported labels give 11 of 12 figures as they were printed." in text
    assert "figure 0 0.5 0.5 a &lt;b&gt;slip" in text or "figure 0 0.5 0.5 a <b>slip" in text
    assert "4 more" in text
    assert "<b>slip" not in shown.files(con, "study")["studies/tiny/index.html"]
    assert "Apparent age A. Read by people: people 1-a. ( years)" in text
    ((median, mean),) = con.execute(
        "SELECT median(number), avg(number) FROM study_labels JOIN study_slots USING (study, slot_key) "
        "WHERE attribute = 'age' AND prompt = 'ceo' AND condition = 'baseline'"
    ).fetchall()
    assert f"a CEO person {median:.2f} {mean:.2f} 10" in text
