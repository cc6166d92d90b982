"""What a request changed in a published study, on the page: told where clear, a reason where there is no figure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import duckdb
import pytest

from assets.leaderboard.page.page import _environment
from assets.leaderboard.parts import study
from assets.leaderboard.parts.study_effects import _ASKED
from assets.leaderboard.views.study_view import Study, StudyEffects
from assets.metrics.results import STUDY_RESULTS
from assets.suites.comparisons import REQUESTS
from tests.site.test_studies import cells, shown
from tests.studies.conftest import RAZA_ROOT, RAZA_YAML
from tests.warehouse.studies import study_tables
from warehouse.database.connection import connect
from warehouse.database.migrations import migrate
from warehouse.loading.load import load_study, replace_study
from warehouse.store.local import LocalStore

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(None) as made:
        migrate(made)
        yield made


def only(found: Study) -> StudyEffects:
    (table,) = found.tables
    (effects,) = table.effects
    return effects


def section(found: Study) -> str:
    module = _environment().get_template("_studies.html.j2").module
    text = str(module.studies_section((found,)))  # type: ignore[attr-defined]
    return text[text.index('<ul class="told"') : text.index("</details>")]


def words_of(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def test_what_is_clear_is_told_and_of_the_rest_that_so_few_pictures_cannot_tell(
    con: duckdb.DuckDBPyConnection,
) -> None:
    effects = only(shown(con, cells({"a": (0, 10), "b": (0, 5), "c": (4, 6)})))
    said = "Asked for diversity in pictures of 2 kinds of people, "
    assert effects.title == "What asking for diversity changes"
    assert effects.sentences == (
        f"{said}B comes closer to parity in gender: distance 0.00 instead of 0.50.",
        "Whether the request brings A or C closer to parity in gender or further away, so few pictures cannot tell.",
        f"{said}A draws 100 points more pictures with gender labelled “female”: 100{NBSP}% instead of 0{NBSP}%.",
        f"{said}B draws 50 points more pictures with gender labelled “female”: 50{NBSP}% instead of 0{NBSP}%.",
        f"{said}A goes 50 points past parity in pictures with gender labelled “female”, on average over the 2 of 2 "
        f"kinds of people that had something to correct: 100{NBSP}% instead of 0{NBSP}%.",
        f"{said}A goes 50 points past parity for a CEO person: 100{NBSP}% with gender labelled “female” instead of "
        f"0{NBSP}%.",
        f"{said}A goes 50 points past parity for a Nurse person: 100{NBSP}% with gender labelled “female” instead of "
        f"0{NBSP}%.",
    )
    a, _, c = effects.rows
    assert a.distance
    assert (a.distance.sides, a.distance.estimate, a.distance.reason) == ("0.50 → 0.50", 0.0, None)
    assert [(one.of, one.sides, one.pictures) for one in a.shares] == [
        ("female", f"0{NBSP}% → 100{NBSP}%", "n = 20 and 20, 2 pairs of prompts")
    ]
    assert [(one.of, one.sides, one.estimate) for one in a.past] == [
        ("mean", None, 0.5),
        ("a CEO person, female", f"0{NBSP}% → 100{NBSP}%", 0.5),
        ("a Nurse person, female", f"0{NBSP}% → 100{NBSP}%", 0.5),
    ]
    assert a.notes == ("Kinds of people one by one: 2 of 2 clearly past",)
    assert c.past == ()
    assert c.notes == (
        "female: nothing to correct: the baseline is not clearly on one side of the reference",
        "Kinds of people one by one: 0 of 2 clearly past, 2 nothing to correct",
    )
    # three distances and shares, two means past the reference (C has none), and four single ones
    assert effects.looks == 3 + 3 + 2 + 4


def test_where_nothing_is_clear_one_sentence_says_so(con: duckdb.DuckDBPyConnection) -> None:
    effects = only(shown(con, cells({"a": (4, 5), "b": (5, 6), "c": (5, 5)})))
    assert effects.sentences == (
        "Whether the request brings any of the 3 models closer to parity in gender or further away, so few pictures "
        "cannot tell.",
    )


def test_a_mean_of_shares_that_came_from_both_sides_is_not_told_as_one_way(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = dict(cells({"a": (0, 10)}))
    said["a", "baseline", "nurse"], said["a", "controlled", "nurse"] = ["female"] * 10, ["male"] * 10
    effects = only(shown(con, said))
    (mean,) = [text for text in effects.sentences if "on average" in text]
    assert mean.endswith("on average over the 2 of 2 kinds of people that had something to correct.")
    assert f"0{NBSP}% with gender labelled “female” instead of 100{NBSP}%." in effects.sentences[-1]


def test_a_figure_that_is_missing_has_its_reason_and_its_pictures(con: duckdb.DuckDBPyConnection) -> None:
    said = {**cells({"a": (0, 10), "b": (5, 9)}), **cells({"c": (5, 5)})}
    for prompt in ("ceo", "nurse"):
        said["b", "controlled", prompt] = ["both"] * 10
        del said["c", "controlled", prompt]
    found = shown(con, said)
    _, b, c = only(found).rows
    assert b.distance
    assert (b.distance.figure, b.distance.sides, b.distance.reason, b.distance.pictures) == (
        None,
        None,
        "No picture could be assessed (controlled)",
        "n = 20 and 0, 0 of 2 pairs of prompts",
    )
    assert b.notes == (
        "female: no picture could be assessed (controlled)",
        "Kinds of people one by one: 0 of 2 clearly past, 2 no picture could be assessed (controlled)",
    )
    assert (c.distance, c.shares, c.past, c.notes) == (None, (), (), ())
    assert not [text for text in only(found).sentences if " B " in text or " C " in text]
    text = words_of(section(found))
    assert text.count("No picture could be assessed (controlled) n = 20 and 0") == 2
    assert "C Not asked under both conditions" in text


def test_a_study_of_one_subject_names_it_and_says_nothing_twice(con: duckdb.DuckDBPyConnection) -> None:
    said = {key: readings for key, readings in cells({"a": (0, 10)}).items() if key[2] == "nurse"}
    effects = only(shown(con, said))
    assert effects.sentences[-1] == (
        "Asked for diversity in pictures of a Nurse person, A goes 50 points past parity for a Nurse person: "
        f"100{NBSP}% with gender labelled “female” instead of 0{NBSP}%."
    )
    assert [one.of for one in effects.rows[0].past] == ["a Nurse person, female"]


def test_of_two_values_one_is_told_and_of_more_all_in_the_order_of_the_study(
    con: duckdb.DuckDBPyConnection,
) -> None:
    readings = {("a", "baseline", "ceo"): ["white"] * 20, ("a", "controlled", "ceo"): ["asian", "black"] * 10}
    tables = study_tables(readings, {"white": True, "asian": True, "black": True}, attribute="race")
    shown(con, cells({"a": (5, 5)}))  # its row in the table of studies
    replace_study(con, "tiny", tables)
    for table, compute in STUDY_RESULTS.items():
        replace_study(con, "tiny", {table: compute(con, "tiny")})
    (found,) = study.build(con)
    (row,) = only(found).rows
    assert [one.of for one in row.shares] == ["white", "asian", "black"]
    assert [one.of for one in row.past] == ["a CEO person, white"]
    assert row.notes == ("Values and kinds of people one by one: 1 of 3 clearly past",)
    assert not [text for text in only(found).sentences if " draws " in text]  # the table has all of them


def test_confrontations_have_words_of_their_own_and_no_kind_is_without(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = {
        (model, condition.replace("controlled", "confronted"), prompt): readings
        for (model, condition, prompt), readings in cells({"a": (0, 5)}).items()
    }
    effects = only(shown(con, said))
    assert (effects.before, effects.after) == ("baseline", "confronted")
    assert effects.sentences[0] == (
        "Told that its pictures of 2 kinds of people lack diversity, A comes closer to parity in gender: distance 0.00 "
        "instead of 0.50."
    )
    assert {"wording", *REQUESTS} == set(_ASKED)


def test_a_study_of_one_condition_has_no_effects(con: duckdb.DuckDBPyConnection) -> None:
    said = {key: readings for key, readings in cells({"a": (5, 5)}).items() if key[1] == "baseline"}
    assert shown(con, said).tables[0].effects == ()


def test_words_of_others_are_inert_and_no_model_is_ranked_by_an_effect(
    con: duckdb.DuckDBPyConnection,
) -> None:
    said = cells({"a": (0, 10), "b": (4, 6)})
    shown(con, said)
    con.execute("UPDATE study_models SET title = '<b>A</b>' WHERE model = 'a'")
    con.execute("UPDATE study_effects SET subject = '<i>x</i>:<script>y' WHERE subject = 'person:ceo'")
    con.execute("UPDATE study_effects SET reason = '<u>why</u>' WHERE reason IS NOT NULL")
    (found,) = study.build(con)
    text = section(found)
    for tag in ("<b>A", "<i>", "<u>", "<script"):
        assert tag not in text
    assert "&lt;b&gt;A&lt;/b&gt; draws 100 points more" in text
    assert "&lt;Script&gt;Y" in text
    assert "&lt;u&gt;why&lt;/u&gt;" in text
    assert "No model is ranked by this." in text
    assert not re.search(r"Rank \d|best|worst", text)
    assert "they are not corrected for that" in text


@pytest.fixture(scope="module")
def raza(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    if not RAZA_ROOT.is_dir():
        pytest.skip("needs ../shared/corpora/raza2025")
    from assets.studies.importer import import_study

    store = LocalStore(tmp_path_factory.mktemp("raza"))
    import_study(store, RAZA_YAML, RAZA_ROOT)
    with connect(None) as made:
        migrate(made)
        load_study(made, store, "raza2025")
        for table, compute in STUDY_RESULTS.items():
            replace_study(made, "raza2025", {table: compute(made, "raza2025")})
        yield made


@pytest.mark.corpora
def test_raza_shown_figures_are_those_of_the_table(raza: duckdb.DuckDBPyConnection) -> None:
    (found,) = study.build(raza)
    titles = dict(raza.execute("SELECT title, model FROM study_models").fetchall())
    seen = 0
    for table, attribute in zip(found.tables, ("gender", "race"), strict=True):
        (effects,) = table.effects
        for row in effects.rows:
            assert row.distance
            shown_figures = [("controllability", None, row.distance)]
            shown_figures += [("share", one.of, one) for one in row.shares]
            shown_figures += [
                ("overcorrection", "female" if one.of == "mean" else one.of.removesuffix(", mean"), one)
                for one in row.past
                if one.of.endswith("mean")
            ]
            for metric, value, figure in shown_figures:
                (of_table,) = raza.execute(
                    "SELECT estimate, low, high, n_a, n_b FROM study_effects WHERE subject IS NULL AND model = ? "
                    "AND attribute = ? AND metric = ? AND value_name IS NOT DISTINCT FROM ?",
                    [titles[row.model], attribute, metric, value],
                ).fetchall()
                assert (figure.estimate, figure.low, figure.high) == of_table[:3]
                assert figure.pictures.startswith(f"n = {of_table[3]} and {of_table[4]}")
                seen += 1
    whole = "SELECT count(estimate) FROM study_effects WHERE subject IS NULL AND value_name IS DISTINCT FROM 'male'"
    assert seen == raza.execute(whole).fetchall()[0][0]


@pytest.mark.corpora
def test_raza_sentences_say_no_more_than_the_intervals(raza: duckdb.DuckDBPyConnection) -> None:
    (found,) = study.build(raza)
    gender, race = (table.effects[0] for table in found.tables)
    assert gender.sentences[0] == (
        "Whether the request brings any of the 5 models closer to parity in gender or further away, so few pictures "
        "cannot tell."
    )
    assert gender.sentences[1] == (
        "Asked for diversity in pictures of 5 occupations, Grok-2 Image draws 42 points more pictures with gender "
        f"labelled “female”: 82{NBSP}% instead of 40{NBSP}%."
    )
    assert sum(" draws " in text for text in gender.sentences) == 3
    assert sum(" past parity for " in text for text in gender.sentences) == 4
    assert len(gender.sentences) == 8
    (clear,) = [text for text in race.sentences if "comes closer to" in text]
    assert "Gemini Imagen 4.0 comes closer to equal shares in race: distance 0.39 instead of 0.52." in clear
    (dalle,) = [row for row in gender.rows if row.model == "DALL·E 3"]
    assert dalle.notes == ("Occupations one by one: 0 of 5 clearly past, 3 nothing to correct, 1 too few",)
