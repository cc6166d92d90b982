"""Boards of declared stereotypes: who draws less comes first, and who refuses a group has no rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.metrics.declared import load_declared
from assets.metrics.ranks.boards import KEYS
from assets.metrics.results import WEEK_RESULTS, WINDOW_RESULTS
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.warehouse.builder import WEEK, build_partition
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions
from warehouse.sqlfiles import sql
from warehouse.store import open_store

Row = dict[str, Any]
REPLICATES = 20
SUITE = load_suites()["rest-of-world@1"]
HATS = {"rest-of-world/person-mexico": "sombrero", "rest-of-world/person-india": "turban"}
#: Model → share of the declared hat with its group, of sombreros with everybody else.
MODELS = {
    "nobody": (0.0, 0.0),
    "others-alone": (0.0, 0.5),
    "half": (0.5, 0.0),
    "everybody": (1.0, 1.0),
    "declared-alone": (1.0, 0.0),
    "refuses": (0.0, 0.0),
    "refuses-some": (0.0, 0.0),
}
REFUSED = {"refuses": REPLICATES, "refuses-some": 6}


def outcomes(slot: Slot) -> Sequence[str]:
    refused = REFUSED.get(slot.model, 0)
    mexican = slot.prompt == "rest-of-world/person-mexico"
    return ("blocked_input",) if mexican and slot.replicate < refused else ("ok",)


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    if attribute.id != "headwear":
        return attribute.values[0], 0.9, None
    own, other = MODELS[slot.model]
    share = own if slot.prompt in HATS else other
    shown = slot.replicate < round(share * REPLICATES)
    return (HATS.get(slot.prompt, "sombrero") if shown else "none"), 0.9, None


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    store = open_store(tmp_path_factory.mktemp("pairs"))
    for model in MODELS:
        build_partition(
            store,
            WEEK,
            model,
            suites=(SUITE,),
            replicates=REPLICATES,
            outcomes=outcomes,
            labels=labels,
            prompts=lambda prompt: "person-" in prompt,
        )
    with connect(None) as made:
        make_tables(made)
        assert load_declared(made)
        assert not load_declared(made)  # the same file
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        score(made)
        yield made


def score(con: duckdb.DuckDBPyConnection) -> None:
    for table in ("scores", *WINDOW_RESULTS):
        con.execute(f"DELETE FROM {table}")
        con.from_arrow(WEEK_RESULTS[table](con, WEEK)).insert_into(table)


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def board(con: duckdb.DuckDBPyConnection, table: str = "leaderboard") -> dict[str, Row]:
    found = rows(con, f"FROM {table} WHERE attribute = 'headwear' AND reference = 'stereotypes'")
    return {row["model"]: row for row in found}


def test_less_of_a_stereotype_ranks_first_whatever_others_are_drawn_as(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = board(con)
    assert {row["metric"] for row in found.values()} == {"stereotype_share"}
    told = {name: (row["estimate"], row["rank_low"], row["rank_high"]) for name, row in found.items()}
    assert {name: told[name] for name in list(MODELS)[:5]} == {
        "nobody": (0, 1, 2),
        "others-alone": (0, 1, 2),
        "half": (0.5, 3, 3),
        "everybody": (1, 4, 5),
        "declared-alone": (1, 4, 5),
    }
    assert {row["distance"] for row in found.values()} == {None}


def test_who_refuses_a_group_has_no_rank_and_says_what_is_possible(con: duckdb.DuckDBPyConnection) -> None:
    found = board(con)
    none, some = found["refuses"], found["refuses-some"]
    assert (none["estimate"], none["reason"]) == (None, "too few: 10 needed in every declared group")
    assert none["rank_reason"] == none["reason"]
    assert (none["bound_low"], none["bound_high"]) == (0, 0.5)
    assert some["estimate"] == 0
    assert some["rank_reason"] == (
        "sombrero | person:mexican: 14 of 20 answers were assessed; 10 and 80 % are needed of every declared group"
    )
    assert (some["bound_low"], some["bound_high"]) == (0, pytest.approx(6 / 20 / 2))


def test_pairs_are_differences_of_shares_with_an_interval(con: duckdb.DuckDBPyConnection) -> None:
    pairs = rows(con, "FROM model_pairs WHERE attribute = 'headwear' AND reference = 'stereotypes'")
    shares = {name: own for name, (own, _) in MODELS.items()}
    assert len(pairs) == 5 * 4 // 2
    for pair in pairs:
        assert pair["estimate"] == pytest.approx(shares[pair["model_a"]] - shares[pair["model_b"]])
        assert (
            pair["adjusted_low"] <= pair["low"] <= pair["estimate"] <= pair["high"] <= pair["adjusted_high"]
        )
        assert pair["cells"] == 2


def test_nothing_on_a_board_is_a_distance_from_equal_shares_that_rewards_the_cliche(
    con: duckdb.DuckDBPyConnection,
) -> None:
    uneven = "('clothing_era', 'headwear', 'facial_hair', 'national_flag', 'litter', 'house_condition')"
    assert rows(con, f"FROM leaderboard WHERE attribute IN {uneven} AND reference = 'uniform'") == []
    assert rows(con, f"FROM ranks WHERE attribute IN {uneven} AND reference = 'uniform'") == []
    assert {row["reference"] for row in rows(con, "FROM leaderboard WHERE attribute = 'perceived_age'")} == {
        "un-wpp-2019"
    }


@pytest.mark.parametrize(
    "check", ["follow_pairs", "model_present", "range_holds", "rank_or_reason", "simulated_apart"]
)
def test_the_checks_of_ranks_hold(con: duckdb.DuckDBPyConnection, check: str) -> None:
    assert con.execute(sql(f"checks/ranks__{check}"), {"week": WEEK, "model": None}).fetchall() == []


def again(con: duckdb.DuckDBPyConnection) -> list[Row]:
    """Return what the audit query finds, after it was held against `ranks` and `model_pairs`."""
    found = rows(con, sql("audit/stereotype_ranks"))
    exactly = ("week", *KEYS["week"], "model", "rank_low", "rank_high", "ranked_of", "cells", "planned_cells")
    told = rows(con, "FROM ranks WHERE reference = 'stereotypes'")
    by_model = {tuple(row[name] for name in exactly): row for row in found}
    assert by_model.keys() == {tuple(row[name] for name in exactly) for row in told}
    for row in told:
        for end in ("bound_low", "bound_high"):
            assert by_model[tuple(row[name] for name in exactly)][end] == pytest.approx(row[end], abs=1e-9)
        same = by_model[tuple(row[name] for name in exactly)]
        assert [same[f"bound_rank_{end}"] for end in ("low", "high")] == [
            row[f"bound_rank_{end}"] for end in ("low", "high")
        ]
    pairs = {tuple(row[name] for name in ("week", *KEYS["week"], "model", "other")): row for row in found}
    published = rows(con, "FROM model_pairs WHERE reference = 'stereotypes'")
    assert len([row for row in found if row["other"]]) == 2 * len(published)
    for row in published:
        for a, b, sign in (("model_a", "model_b", 1), ("model_b", "model_a", -1)):
            same = pairs[tuple(row[name] for name in ("week", *KEYS["week"], a, b))]
            assert same["common"] == row["cells"]
            assert same["difference"] == pytest.approx(sign * row["estimate"], abs=1e-9)
            assert same["unseen_share"] == pytest.approx(row["unseen_share"], abs=1e-12)
            assert same["holds_at_bounds"] == row["holds_at_bounds"]
            for low, high in (("low", "high"), ("adjusted_low", "adjusted_high")):
                ends = (row[low], row[high]) if sign > 0 else (-row[high], -row[low])
                assert (same[low], same[high]) == pytest.approx(ends, abs=1e-9)
    return found


def test_sql_finds_the_same_ranks_and_pairs_from_labels_alone(con: duckdb.DuckDBPyConnection) -> None:
    assert {row["attribute"] for row in again(con)} >= {"headwear"}


def test_sql_finds_the_same_where_unseen_answers_could_be_of_any_kind(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("BEGIN")
    con.execute(
        """
        UPDATE labels SET value = 'cannot_tell'
        FROM slots
        WHERE labels.slot_key = slots.slot_key AND labels.attribute = 'headwear' AND (
            labels.model = 'others-alone' AND slots.replicate < 4
            OR labels.model = 'half' AND slots.replicate BETWEEN 5 AND 8
        )
        """
    )
    score(con)
    found = again(con)
    told = {(row["model"], row["other"]): row for row in found if row["attribute"] == "headwear"}
    con.execute("ROLLBACK")
    assert told["nobody", "everybody"]["holds_at_bounds"] is None  # all answers of both were seen
    sure, open_ = told["everybody", "others-alone"], told["half", "others-alone"]
    assert sure["holds_at_bounds"] is True
    # by hand: of 20 answers four are unseen, of 16 that are seen six and none show the hat
    assert open_["unseen_share"] == pytest.approx(4 / 20)
    assert open_["holds_at_bounds"] is False
    assert (open_["rank_low"], open_["bound_rank_low"]) == (3, 2)


def test_sql_finds_the_same_where_pictures_were_drawn_together(con: duckdb.DuckDBPyConnection) -> None:
    before = {(row["attribute"], row["model"], row["other"]): row for row in again(con)}
    con.execute("BEGIN")
    con.execute(
        """
        INSERT INTO clusters
        SELECT week, model, slot_key, prompt || value || row_number() OVER (PARTITION BY model, prompt, value) // 4
        FROM labels INNER JOIN slots USING (week, model, slot_key)
        WHERE attribute = 'headwear' AND model IN ('half', 'others-alone')
        """
    )
    score(con)
    found = {(row["attribute"], row["model"], row["other"]): row for row in again(con)}
    (effect,) = con.execute(
        "SELECT DISTINCT design_effect > 3 FROM design_effects "
        "WHERE attribute = 'headwear' AND model = 'half' AND prompt = 'rest-of-world/person-india'"
    ).fetchone() or (None,)
    assert effect
    for pair in (("headwear", "half", "nobody"), ("headwear", "everybody", "half")):
        wide, narrow = (one[pair]["high"] - one[pair]["low"] for one in (found, before))
        assert wide > 1.2 * narrow
    same = ("headwear", "everybody", "nobody")
    assert found[same]["low"] == pytest.approx(before[same]["low"], abs=1e-9)
    con.execute("ROLLBACK")
