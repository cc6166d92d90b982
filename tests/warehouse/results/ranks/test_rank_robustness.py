"""Whether an order holds: planted models whose order turns in one way and not in another, and the same by SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.metrics.ranks.boards import KEYS
from assets.metrics.ranks.robustness import HOLDS, NOTHING, TURNED, week_robustness
from assets.metrics.results import WEEK_RESULTS, WINDOW_RESULTS
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.warehouse.builder import GENDER, OCCUPATIONS, WEEK, build_partition, declare
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.database.sqlfiles import sql
from warehouse.database.table_hash import table_hash
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import open_store
from warehouse.weeks import shift

Row = dict[str, Any]
REPLICATES = 100
PROMPTS = ("ceo", "nurse", "chef")
STATISTIC = Reference(
    id="bls",
    attribute=GENDER.id,
    rows=tuple(
        ReferenceRow(prompt=name, shares={"feminine": share, "masculine": 1 - share})
        for name, share in zip(PROMPTS, (0.3, 0.9, 0.3), strict=True)
    ),
)
SUITE = OCCUPATIONS.model_copy(
    update={
        "attributes": (GENDER,),
        "prompts": tuple(
            OCCUPATIONS.prompts[0].model_copy(
                update={
                    "id": name,
                    "text": f"a {name}",
                    "subject": f"occupation:{name}",
                    "attributes": (GENDER.id,),
                }
            )
            for name in PROMPTS
        ),
        "references": (
            *(one for one in OCCUPATIONS.references if (one.id, one.attribute) == ("parity", GENDER.id)),
            STATISTIC,
        ),
    }
)
#: Model → share of women of each prompt; a board of two in each week.
BOARDS: dict[str, dict[str, tuple[float, float, float]]] = {
    "statistic or parity": {"as-counted": (0.3, 0.9, 0.3), "even": (0.5, 0.5, 0.5)},
    "both ways cancel": {"both-ways": (0.1, 0.9, 0.5), "a-little": (0.3, 0.3, 0.3)},
    "one prompt alone": {"one-far": (1.0, 0.5, 0.5), "all-near": (0.3, 0.3, 0.3)},
    "alike": {"one": (0.4, 0.4, 0.4), "other": (0.4, 0.4, 0.4)},
    "far and near": {"far": (0.05, 0.05, 0.05), "near": (0.45, 0.45, 0.45)},
}
WEEKS = {name: shift(WEEK, number) for number, name in enumerate(BOARDS)}


def labels_of(shares: tuple[float, float, float]):  # type: ignore[no-untyped-def]
    by_prompt = dict(zip(PROMPTS, shares, strict=True))

    def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
        women = round(REPLICATES * by_prompt[slot.prompt.rpartition("/")[2]])
        return ("feminine" if slot.replicate < women else "masculine"), 0.9, None

    return read


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    store = open_store(tmp_path_factory.mktemp("robust"))
    for name, models in BOARDS.items():
        for model, shares in models.items():
            build_partition(
                store, WEEKS[name], model, suites=(SUITE,), replicates=REPLICATES, labels=labels_of(shares)
            )
    with connect(None) as made:
        make_tables(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        declare(made)
        for week in WEEKS.values():
            for table in ("scores", *WINDOW_RESULTS):
                replace_week(made, table, week, WEEK_RESULTS[table](made, week))
                # of one week scatter is assumed, and what it costs is tested with windows
                made.execute("UPDATE window_scores SET scatter = 0")
        yield made


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def verdicts(con: duckdb.DuckDBPyConnection, board: str, reference: str = "parity") -> dict[str, str]:
    found = rows(con, f"FROM rank_robustness WHERE week = '{WEEKS[board]}' AND reference = '{reference}'")
    return {row["variant"]: row["verdict"] for row in found}


@pytest.mark.parametrize(
    ("board", "turned"),
    [
        ("statistic or parity", {"other_reference"}),
        ("both ways cancel", {"pooled", "other_reference"}),
        ("one prompt alone", {"mean_absolute", "pooled", "one_prompt_left_out"}),
        ("far and near", set()),
    ],
)
def test_an_order_turns_where_it_was_planted_to_turn_and_nowhere_else(
    con: duckdb.DuckDBPyConnection, board: str, turned: set[str]
) -> None:
    found = verdicts(con, board)
    assert set(found) == {"mean_absolute", "pooled", "one_prompt_left_out", "other_reference"}
    assert {name for name, verdict in found.items() if verdict == TURNED} == turned
    assert {verdict for name, verdict in found.items() if name not in turned} == {HOLDS}


def test_the_prompt_that_decides_is_named_and_of_equal_models_nothing_is_told_apart(
    con: duckdb.DuckDBPyConnection,
) -> None:
    by_board = {
        board: rows(
            con,
            f"FROM rank_robustness WHERE week = '{week}' AND reference = 'parity' "
            "AND variant = 'one_prompt_left_out'",
        )
        for board, week in WEEKS.items()
    }
    assert [row["other"] for row in by_board["one prompt alone"]] == ["occupations/ceo"]
    assert [row["other"] for row in by_board["far and near"]] == [None]
    assert set(verdicts(con, "alike").values()) == {NOTHING}
    assert {row["turned"] for row in by_board["alike"]} == {0}


def held_by_sql(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Hold the table against what the audit query finds of each prompt; return what that finds."""
    found = rows(con, sql("audit/rank_robustness"))
    names = (*KEYS["week"], "variant")
    counted = ("ranked", "pairs", "turned", "told_apart", "told_apart_turned", "verdict")
    by_place: dict[tuple[Any, ...], Row] = {}
    for row in sorted(found, key=lambda row: (-row["told_apart_turned"], -row["turned"], row["other"] or "")):
        left_out = row["variant"] == "one_prompt_left_out"
        place = (row["week"], *(row[name] for name in names), None if left_out else row["other"])
        by_place.setdefault(place, row)
    told = rows(con, "FROM rank_robustness")
    assert len(told) == len(by_place) > 0
    for row in told:
        left_out = row["variant"] == "one_prompt_left_out"
        again = by_place[row["week"], *(row[name] for name in names), None if left_out else row["other"]]
        assert [again[name] for name in counted] == [row[name] for name in counted]
        if left_out:
            assert row["other"] == (again["other"] if again["turned"] else None)
    return found


def test_sql_finds_the_same_from_labels_alone(con: duckdb.DuckDBPyConnection) -> None:
    found = held_by_sql(con)
    assert {row["other"] for row in found if row["variant"] == "one_prompt_left_out"} == {
        f"occupations/{name}" for name in PROMPTS
    }


def test_week_by_week_and_after_a_change_the_table_is_that_of_one_pass(
    con: duckdb.DuckDBPyConnection,
) -> None:
    week = WEEKS["far and near"]
    others = f"SELECT * FROM rank_robustness WHERE week <> '{week}' ORDER BY ALL"
    before, kept = table_hash(con, "rank_robustness"), con.execute(others).fetchall()

    def again(*labels: str) -> str:
        for shown in labels:
            con.execute(f"UPDATE labels SET value = '{shown}' WHERE {changed}")
        for table in ("scores", *WINDOW_RESULTS):
            replace_week(con, table, week, WEEK_RESULTS[table](con, week))
            con.execute("UPDATE window_scores SET scatter = 0")
        assert con.execute(others).fetchall() == kept
        return table_hash(con, "rank_robustness")

    changed = f"week = '{week}' AND model = 'near' AND value = 'masculine'"
    keys = con.execute(f"SELECT slot_key FROM labels WHERE {changed}").fetchall()
    assert again("feminine") != before  # women alone: farther than the other but for one prompt
    changed = f"week = '{week}' AND slot_key IN ({', '.join(repr(key) for (key,) in keys)})"
    assert again("masculine") == before
    for anew in reversed([*WEEKS.values()]):
        replace_week(con, "rank_robustness", anew, week_robustness(con, anew))
    assert table_hash(con, "rank_robustness") == before


def test_the_check_holds_and_finds_a_board_that_lacks_its_rows(con: duckdb.DuckDBPyConnection) -> None:
    statement = sql("checks/rank_robustness__holds")
    week = {"week": WEEKS["far and near"], "model": None}
    assert con.execute(statement, week).fetchall() == []
    for change in (
        "DELETE FROM rank_robustness WHERE reference = 'parity'",
        "UPDATE rank_robustness SET verdict = 'turned'",
        "UPDATE rank_robustness SET told_apart_turned = 2",
        "UPDATE rank_robustness SET pairs = 9",
        "DELETE FROM ranks WHERE reference = 'bls'",
    ):
        con.execute("BEGIN")
        con.execute(change)
        assert con.execute(statement, week).fetchall() != [], change
        con.execute("ROLLBACK")


def test_a_week_without_ranked_models_has_no_rows(con: duckdb.DuckDBPyConnection) -> None:
    assert week_robustness(con, "2020-01-06").num_rows == 0
