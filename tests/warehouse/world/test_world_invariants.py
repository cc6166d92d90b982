"""What holds of the planted world, whatever its figures are."""

from __future__ import annotations

import duckdb
import pytest

from assets.metrics.plain.boards import REASONS
from tests.warehouse.world.compared import rows
from tests.world import planted

Con = duckdb.DuckDBPyConnection
BOARDS = "figure IN ('gap', 'stereotypes')"
SPAN = f"week BETWEEN DATE '{planted.WEEKS[7]}' AND DATE '{planted.WEEKS[10]}'"


def test_values_add_up_to_pictures_and_answers_to_what_was_planned(planted_con: Con) -> None:
    keys = "week, study, model, suite, suite_major, condition, turn, suite_version, prompt"
    counted = f"""
        SELECT {keys}, attribute, labeler, labeler_version, sum(counts.pictures) AS counted, answers.pictures
        FROM counts INNER JOIN answers
            ON counts.week IS NOT DISTINCT FROM answers.week AND counts.study IS NOT DISTINCT FROM answers.study
            AND counts.model = answers.model AND counts.prompt = answers.prompt AND counts.turn = answers.turn
            AND counts.suite = answers.suite AND counts.condition = answers.condition
        GROUP BY ALL
    """.replace(keys, ", ".join(f"counts.{name.strip()}" for name in keys.split(",")))
    assert rows(planted_con, f"FROM ({counted}) WHERE counted <> pictures") == []
    assert planted_con.execute(f"SELECT count(*) > 5000 FROM ({counted})").fetchone() == (True,)
    assert rows(planted_con, "FROM answers WHERE planned <> pictures + refused + failed + not_asked") == []
    ((planned,),) = planted_con.execute("SELECT sum(planned) FROM answers WHERE week IS NOT NULL").fetchall()
    units = (
        "SELECT count(DISTINCT coalesce(conversation, slot_key) || least(turn, 2)) FROM slot_outcomes "
        "WHERE outcome <> 'not_needed'"
    )
    assert planted_con.execute(units).fetchone() == (planned,)


def test_a_missed_week_shortens_the_span_and_nothing_else(planted_con: Con) -> None:
    nobody = f"SELECT count(*) FROM counts WHERE model = '{planted.MISSED}' AND week = '{planted.MISSED_IN}'"
    assert planted_con.execute(nobody).fetchone() == (0,)
    of = f"FROM figures WHERE model = '{planted.MISSED}' AND figure = 'mean_share' AND week ="
    (missed, *after) = planted.WEEKS[7:]
    assert rows(planted_con, f"{of} '{missed}'") == []
    for place, week in enumerate(after):
        found = rows(planted_con, f"SELECT DISTINCT weeks, first_week {of} '{week}' AND reason IS NULL")
        first = planted.WEEKS[max(8 + place - 3, 0)]
        expected = (4, first) if place == 3 else (3, first if first != missed else planted.WEEKS[8])
        assert [(row["weeks"], str(row["first_week"])) for row in found] == [expected]
    shares = f"""
        SELECT prompt, value, k, n FROM figures WHERE figure = 'share' AND model = '{planted.MISSED}'
            AND attribute = 'skin_tone' AND week = '{planted.WEEKS[10]}'
        EXCEPT
        SELECT prompt, shown, k, sum(k) OVER (PARTITION BY prompt) FROM (
            SELECT prompt, coalesce(band, value) AS shown, sum(pictures) AS k
            FROM counts
            INNER JOIN (SELECT DISTINCT suite, attribute, value, band, in_support FROM attribute_values) AS declared
                USING (suite, attribute, value)
            WHERE in_support AND attribute = 'skin_tone' AND model = '{planted.MISSED}' AND {SPAN}
            GROUP BY ALL
        )
    """
    assert [row for row in rows(planted_con, shares) if row["k"]] == []


def test_the_withheld_week_is_of_no_span_and_has_a_row_per_board(planted_con: Con) -> None:
    hidden = rows(planted_con, "SELECT week::VARCHAR AS week, model FROM withheld")
    assert hidden == [{"week": planted.WITHHELD_IN, "model": planted.WITHHELD}]
    of = f"FROM figures WHERE model = '{planted.WITHHELD}' AND week = '{planted.WITHHELD_IN}'"
    assert {(row["estimate"], row["reason"]) for row in rows(planted_con, of)} == {(None, "withheld")}
    assert {row["figure"] for row in rows(planted_con, of)} == {"gap", "stereotypes", "stereotypes_others"}
    board = "suite, suite_major, condition, turn, attribute, yardstick"
    boards = (
        f"SELECT {board} FROM board_ranks WHERE week = '{planted.WITHHELD_IN}' AND model = '{planted.WITHHELD}' "
        f"AND reason = 'withheld'"
    )
    withheld = f"SELECT {board} {of} AND {BOARDS}"
    assert sorted(map(str, rows(planted_con, boards))) == sorted(map(str, rows(planted_con, withheld)))
    later = (
        f"SELECT DISTINCT weeks FROM figures WHERE model = '{planted.WITHHELD}' AND week = '{planted.LAST}' "
        "AND figure = 'refused' AND reason IS NULL"
    )
    assert rows(planted_con, later) == [{"weeks": 3}]


@pytest.mark.parametrize(
    ("table", "ranked"),
    [
        ("board_ranks", "rank_low IS NOT NULL AND board_ranks.model = figures.model"),
        ("board_pairs", "figures.model IN (model_a, model_b)"),
    ],
)
def test_a_board_names_who_read_the_models_that_it_ranks(planted_con: Con, table: str, ranked: str) -> None:
    statement = f"""
        SELECT
            {table}.labeler, {table}.labeler_version,
            figures.labeler AS read_by, figures.labeler_version AS read_by_version
        FROM {table}
        INNER JOIN figures USING (week, suite, suite_major, condition, turn, yardstick)
        WHERE {table}.attribute IS NOT DISTINCT FROM figures.attribute AND {ranked}
        AND {BOARDS}
    """
    found = rows(planted_con, statement)
    assert found
    assert all(row["labeler"] for row in found)
    assert all(
        (row["labeler"], row["labeler_version"]) == (row["read_by"], row["read_by_version"]) for row in found
    )


def test_reasons_are_of_the_closed_list(planted_con: Con) -> None:
    for table in ("figures", "boards", "board_ranks", "words", "claim_shares", "labeler_error"):
        found = {row["reason"] for row in rows(planted_con, f"SELECT DISTINCT reason FROM {table}")}
        assert found - {None} <= {*REASONS}, table
        assert len(found) > 1 or table == "labeler_error", table


def test_the_planted_changes_are_found_and_nothing_else(planted_con: Con) -> None:
    found = rows(
        planted_con, "SELECT model, attribute, earliest_week, latest_week FROM changes WHERE prompt IS NULL"
    )
    began = {
        (planted.CHANGED, "perceived_gender"): planted.CHANGED_IN,
        (planted.REFUSES, None): planted.REFUSES_MORE_IN,
    }
    assert {(row["model"], row["attribute"]) for row in found} == {*began}
    for row in found:
        week = began[row["model"], row["attribute"]]
        assert str(row["earliest_week"]) <= week <= str(row["latest_week"])
