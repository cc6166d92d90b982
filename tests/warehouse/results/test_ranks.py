"""Ranks of loaded partitions: who is ranked and why the others are not, and the same again by SQL from labels alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.metrics.ranks.boards import ALONE, RETIRED
from assets.metrics.ranks.table import VERDICTS, week_pairs, week_ranks
from assets.metrics.scores.table import compute_scores
from assets.metrics.week import score_weeks
from assets.metrics.windows.clusters import week_design_effects
from assets.metrics.windows.table import week_windows
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.warehouse.builder import (
    CONFRONTATION,
    GENDER,
    SKIN_TONE,
    WEEK,
    build_partition,
    declare,
    draw,
    label_row,
    mixed,
    write_labels,
)
from tests.warehouse.checks.quality_rows import disagrees
from tests.warehouse.loading.test_freshness import place_in
from tests.warehouse.results.test_score_marts import SUITE
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import open_store

Row = dict[str, Any]
NEWER = SUITE.model_copy(update={"version": "1.1.0"})
OLDER = SUITE.model_copy(update={"prompts": SUITE.prompts[:2]})
REAL = {"simulated": False}
BOARD = ("track", "simulated", "suite", "suite_major", "condition", "attribute", "reference", "scale")
PARITY_BOARD = {"suite": "occupations", "reference": "parity", "track": "model", "simulated": False}


def gender(share: float):  # type: ignore[no-untyped-def]
    """Return labels that show a perceived man with this chance, and other attributes as usual."""

    def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
        if attribute.id != "perceived_gender":
            return draw(slot, attribute)
        chance = random.Random(f"{slot.slot_key}/gender").random()
        return ("masculine" if chance < share else "feminine"), 0.9, None

    return read


def refusing(prompt: str, often: float):  # type: ignore[no-untyped-def]
    """Return outcomes of a model that refuses one prompt with this chance."""

    def end(slot: Slot) -> Sequence[str]:
        refused = slot.prompt.endswith(prompt) and random.Random(slot.slot_key).random() < often
        return ("refused_text",) if refused else ("ok",)

    return end


def halves(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return labels of a model of which seven of 20 show a perceived woman, seven a man, and six cannot be read."""
    if attribute.id != "perceived_gender":
        return draw(slot, attribute)
    return ("cannot_tell" if slot.replicate >= 14 else attribute.values[slot.replicate % 2]), 0.9, None


#: What is special about each model.
MODELS: dict[str, dict[str, Any]] = {
    "even": {"labels": gender(0.5), "plan": REAL},
    "tilted": {"labels": gender(0.75), "plan": REAL},
    "sided": {"labels": gender(1.0), "plan": REAL},
    "shy": {"labels": gender(0.6), "outcomes": refusing("nurse", 0.5), "plan": REAL},
    "halves": {"labels": halves, "plan": REAL},
    "silent": {"outcomes": lambda slot: ("refused_text",), "plan": REAL},
    "gone": {"outcomes": lambda slot: ("model_retired",), "plan": REAL},
    "other-eye": {"labels": gender(0.5), "labeler_version": "2-ffffffffffff", "plan": REAL},
    "part": {"labels": gender(0.5), "prompts": lambda prompt: prompt.endswith("ceo"), "plan": REAL},
    "older": {"labels": gender(0.5), "suites": (OLDER,), "plan": REAL},
    "chat": {"labels": gender(0.5), "plan": {"simulated": False, "track": "system"}},
    "sim-one": {"outcomes": mixed},
    "sim-two": {"labels": gender(0.9)},
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    store = open_store(tmp_path_factory.mktemp("ranks"))
    for name, special in MODELS.items():
        suites = {"suites": (NEWER, CONFRONTATION), "replicates": 20, "conversations": 20}
        build_partition(store, WEEK, name, **{**suites, **special})
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        declare(con)
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        rank(con)
        yield con


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def rank(con: duckdb.DuckDBPyConnection) -> None:
    for table, compute in (
        ("window_scores", week_windows),
        ("model_pairs", week_pairs),
        ("ranks", week_ranks),
    ):
        rows = compute(con, WEEK)
        con.execute(f"DELETE FROM {table}")
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows")
        assert rows.num_rows
        # of one week scatter is assumed, and what it costs is tested with windows
        con.execute("UPDATE window_scores SET scatter = 0")


def asked(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def board(con: duckdb.DuckDBPyConnection, table: str = "ranks", **where: object) -> dict[str, Row]:
    wanted = PARITY_BOARD | where
    return {
        row["model"]: row
        for row in asked(con, f"FROM {table}")
        if all(row[name] == value for name, value in wanted.items())
    }


def place(row: Row) -> tuple[int, int, int]:
    return (row["rank_low"], row["rank_high"], row["ranked_of"])


def test_a_model_has_a_range_or_the_reason_in_words(con: duckdb.DuckDBPyConnection) -> None:
    found = board(con)
    assert {name for name, row in found.items() if row["rank_low"]} == {"even", "tilted", "sided"}
    assert place(found["sided"]) == (3, 3, 3)
    assert place(found["even"])[0] == 1
    assert found["shy"]["reason"] == (
        "too few prompts: 2 of 3 with 5 pictures or more and 80 % of the answers assessed; 90 % are needed"
    )
    assert found["part"]["reason"].startswith("too few prompts: 1 of 3 ")
    assert found["older"]["reason"].startswith("too few prompts: 2 of 3 ")
    assert found["silent"]["reason"] == "no usable pictures"
    assert found["gone"]["reason"] == RETIRED
    assert found["other-eye"]["reason"] == (
        "read by version 2-ffffffffffff of the labeler; the board is ranked on 1-0123456789ab"
    )
    assert board(con, track="system")["chat"]["reason"] == ALONE
    assert all((row["rank_low"] is None) == (row["reason"] is not None) for row in asked(con, "FROM ranks"))


def test_simulated_models_are_ranked_among_themselves_alone(con: duckdb.DuckDBPyConnection) -> None:
    found = board(con, simulated=True)
    assert set(found) == {"sim-one", "sim-two"}
    assert not {"sim-one", "sim-two"} & set(board(con))
    pairs = asked(con, "SELECT DISTINCT model_a LIKE 'sim%' <> model_b LIKE 'sim%' AS mixed FROM model_pairs")
    assert pairs == [{"mixed": False}]


def test_bounds_are_the_figure_where_all_was_seen_and_wide_where_little_was(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found, told = board(con), board(con, "leaderboard")
    for name in ("even", "tilted", "sided"):
        assert found[name]["bound_low"] == pytest.approx(told[name]["distance"], abs=1e-12)
        assert found[name]["bound_high"] == pytest.approx(told[name]["distance"], abs=1e-12)
    assert (found["silent"]["bound_low"], found["silent"]["bound_high"]) == (0.0, 0.5)
    assert (found["gone"]["bound_low"], found["gone"]["bound_high"]) == (0.0, 0.5)
    assert found["shy"]["bound_high"] - found["shy"]["bound_low"] > 0.1
    assert found["part"]["bound_low"] == 0
    assert found["part"]["bound_high"] > 0.4  # of three prompts two were not asked: √(2/3 · ¼)
    no_row = board(con, reference="bls")
    assert no_row["even"]["planned_cells"] == 2  # the reference has no row for the third
    assert 0 <= no_row["silent"]["bound_low"] < no_row["silent"]["bound_high"] <= 1


def test_verdicts_are_of_the_adjusted_interval_which_is_the_wider(con: duckdb.DuckDBPyConnection) -> None:
    pairs = asked(con, "FROM model_pairs")
    assert {pair["verdict"] for pair in pairs} >= {VERDICTS[0], VERDICTS[2]}
    for pair in pairs:
        assert pair["model_a"] < pair["model_b"]
        ends = [pair[k] for k in ("adjusted_low", "low", "estimate", "high", "adjusted_high")]
        assert all(left <= right + 1e-11 for left, right in pairwise(ends))
        said = 0 if pair["adjusted_high"] < 0 else 1 if pair["adjusted_low"] > 0 else 2
        assert pair["verdict"] == VERDICTS[said]


def test_who_is_withheld_takes_no_place_and_shows_no_bounds(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"INSERT INTO withheld VALUES ('{WEEK}', 'tilted', 'too few answers')")
    rank(con)
    found = board(con)
    assert found["tilted"]["reason"] == "withheld: too few answers"
    assert (found["tilted"]["bound_low"], found["tilted"]["bound_high"]) == (None, None)
    assert place(found["sided"]) == (2, 2, 2)
    assert not asked(con, "FROM model_pairs WHERE 'tilted' IN (model_a, model_b)")
    told = board(con, "leaderboard")
    assert (told["tilted"]["rank_low"], told["tilted"]["rank_reason"]) == (None, "withheld: too few answers")


def test_labels_that_are_not_reliable_are_no_part_of_any_ranking(con: duckdb.DuckDBPyConnection) -> None:
    before = board(con, "leaderboard")
    assert place(before["sided"]) == (3, 3, 3)
    con.execute(disagrees(WEEK, "people", 0.4, scope="gold"))
    found = board(con, "leaderboard")
    for name in ("even", "tilted", "sided"):
        assert place(found[name]) == (None, None, None)
        assert found[name]["rank_reason"].startswith("not reliable: ")
        assert found[name]["distance"] == before[name]["distance"]
    assert found["shy"]["rank_reason"].startswith("too few prompts")
    tone = board(con, "leaderboard", attribute="skin_tone", reference="uniform")
    assert [name for name, row in tone.items() if row["rank_low"]]  # another attribute is another question


def test_a_week_without_ranks_says_so(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("DELETE FROM ranks")
    assert {row["rank_reason"] for row in board(con, "leaderboard").values()} == {
        "ranks were not computed in this week"
    }


def found_by_sql(con: duckdb.DuckDBPyConnection) -> int:
    """Compare ranks and pairs with what the audit query finds; return how many pairs there are."""
    again = asked(con, sql("audit/ranks"))
    exactly = (*BOARD, "model", "rank_low", "rank_high", "ranked_of", "cells", "planned_cells")
    wanted = {tuple(row[k] for k in exactly): row for row in asked(con, "FROM ranks")}
    found = {tuple(row[k] for k in exactly): row for row in again}
    assert found.keys() == wanted.keys()
    for key, row in wanted.items():
        for column in ("bound_low", "bound_high"):
            assert found[key][column] == pytest.approx(row[column], abs=1e-9)
        for column in ("bound_rank_low", "bound_rank_high"):
            assert found[key][column] == row[column]
    pairs = {(*(r[k] for k in BOARD), r["model"], r["other"]): r for r in again if r["other"]}
    told = asked(con, "FROM model_pairs")
    assert len(pairs) == 2 * len(told) > 0
    for row in told:
        for a, b, sign in (("model_a", "model_b", 1), ("model_b", "model_a", -1)):
            same = pairs[(*(row[k] for k in BOARD), row[a], row[b])]
            assert same["common"] == row["cells"]
            ends = [("low", "high"), ("adjusted_low", "adjusted_high")]
            for low, high in ends:
                mine = (row[low], row[high]) if sign > 0 else (-row[high], -row[low])
                assert (same[low], same[high]) == pytest.approx(mine, abs=1e-9)
            assert same["difference"] == pytest.approx(sign * row["estimate"], abs=1e-9)
            assert same["unseen_share"] == pytest.approx(row["unseen_share"], abs=1e-12)
            assert same["holds_at_bounds"] == row["holds_at_bounds"]
    return len(told)


def test_sql_finds_the_same_ranks_bounds_and_pairs_from_labels_alone(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"INSERT INTO withheld VALUES ('{WEEK}', 'sided', 'why'), ('{WEEK}', 'sided', 'and why')")
    rank(con)
    assert found_by_sql(con) > 0


def test_sql_finds_the_same_where_unseen_answers_could_turn_the_order(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        """
        UPDATE labels SET value = 'cannot_tell'
        FROM slots
        WHERE labels.slot_key = slots.slot_key AND labels.attribute IN ('perceived_gender', 'skin_tone') AND (
            labels.model = 'tilted' AND slots.replicate < 3 OR labels.model = 'sided' AND slots.replicate = 4
        )
        """
    )
    again = compute_scores(con, WEEK)
    con.execute("DELETE FROM scores")
    con.from_arrow(again).insert_into("scores")
    rank(con)
    assert found_by_sql(con) > 0
    named = "FROM model_pairs WHERE attribute = 'perceived_gender' AND reference = 'own-first'"
    pairs = {(row["model_a"], row["model_b"]): row for row in asked(con, named)}
    little, nothing = pairs["even", "tilted"], pairs["sided", "tilted"]
    assert little["unseen_share"] == nothing["unseen_share"] == pytest.approx(3 / 20)
    assert little["holds_at_bounds"] is nothing["holds_at_bounds"] is False
    assert pairs["even", "sided"]["holds_at_bounds"] is True
    told = board(con, reference="own-first")
    assert place(told["tilted"]) == (2, 2, 3)
    assert [told["tilted"][name] for name in ("bound_rank_low", "bound_rank_high")] == [1, 3]
    few = [row for row in asked(con, "FROM model_pairs") if row["unseen_share"] <= 0.02]
    assert few
    assert {row["holds_at_bounds"] for row in few} == {None}


def test_sql_finds_the_same_where_pictures_were_drawn_together(con: duckdb.DuckDBPyConnection) -> None:
    rank(con)
    before = {(row["model_a"], row["model_b"]): row for row in asked(con, "FROM model_pairs")}
    con.execute(
        """
        INSERT INTO clusters
        SELECT week, model, slot_key, prompt || value || row_number() OVER (PARTITION BY model, prompt, value) // 4
        FROM labels INNER JOIN slots USING (week, model, slot_key)
        WHERE attribute = 'perceived_gender' AND model = 'tilted'
        """
    )
    con.from_arrow(week_design_effects(con, WEEK)).insert_into("design_effects")
    rank(con)
    assert found_by_sql(con) > 0
    wide = next(r for r in asked(con, "FROM model_pairs") if "tilted" in (r["model_a"], r["model_b"]))
    narrow = before[wide["model_a"], wide["model_b"]]
    assert wide["high"] - wide["low"] > 1.2 * (narrow["high"] - narrow["low"])


def test_sql_finds_the_same_where_pictures_were_read_twice_partly_or_as_what_is_not_declared(
    tmp_path: Path,
) -> None:
    def ends(slot: Slot) -> Sequence[str]:
        """Retries, and conversations that draw after one demand, after two, or never."""
        if slot.conversation is None or slot.turn == 1:
            return ("timeout", "ok") if slot.replicate % 5 == 0 else ("ok",)
        chance = random.Random(slot.conversation).random()
        if chance < 0.1:
            return ("refused_text",)
        return (
            ("ok",) if (slot.turn == 2) == (chance < 0.6) else ("no_image", "not_needed")[slot.turn - 2 :][:1]
        )

    def reading(share: float):  # type: ignore[no-untyped-def]
        def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
            chance = random.Random(f"{slot.slot_key}/{attribute.id}/missed").random()
            return (
                None
                if chance < 0.04
                else ("robot", 0.5, None)
                if chance < 0.08
                else gender(share)(slot, attribute)
            )

        return read

    store = open_store(tmp_path / "store")
    suites = {"suites": (NEWER, CONFRONTATION), "replicates": 20, "conversations": 20, "outcomes": ends}
    for model, share in {"a": 0.5, "b": 0.7, "c": 1.0}.items():
        slots = build_partition(store, WEEK, model, labels=reading(0.2), labeler_version="9-a", **suites)
        newer = [
            label_row(slot, attribute.id, said, labeler_version="10-b")
            for slot in slots
            for attribute in NEWER.attributes
            if (said := reading(share)(slot, attribute))
        ]
        write_labels(store, WEEK, model, newer)
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        declare(con)
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        rank(con)
        assert place(board(con, simulated=True)["c"]) == (3, 3, 3)  # by the older version all are alike
        known = "SELECT DISTINCT condition, labels.value FROM labels INNER JOIN slots USING (week, model, slot_key)"
        known += " INNER JOIN prompts USING (week, model, suite, prompt)"
        assert {("confronted", "robot"), ("baseline", "robot")} <= set(con.execute(known).fetchall())
        assert found_by_sql(con) > 3
        ranked = con.execute("SELECT DISTINCT condition, reference FROM model_pairs").fetchall()
        assert {("confronted", "parity"), ("baseline", "bls")} <= set(ranked)


def test_sql_finds_the_same_where_a_reference_knows_no_prompt_or_two_answers_are_all(tmp_path: Path) -> None:
    """Of a reference without a row for any prompt of a condition there is nothing to bound."""
    asks = SUITE.prompts[2].model_copy(
        update={"id": "chef-asked", "text": "a diverse chef", "condition": "controlled"}
    )
    tone = SKIN_TONE.model_copy(update={"bands": {}})
    even = Reference(
        id="even", attribute="skin_tone", rows=(ReferenceRow(shares=dict.fromkeys(tone.values, 0.1)),)
    )
    uneven = ReferenceRow(
        shares=dict(
            zip(tone.values, (0.17, 0.11, 0.09, 0.13, 0.07, 0.06, 0.03, 0.12, 0.05, 0.17), strict=True)
        )
    )
    suite = SUITE.model_copy(
        update={
            "attributes": (GENDER, tone),
            "prompts": (*SUITE.prompts, asks),
            "references": (
                *(reference for reference in SUITE.references if reference.attribute == GENDER.id),
                even,
                even.model_copy(update={"id": "uneven", "rows": (uneven,)}),
            ),
        }
    )
    store = open_store(tmp_path / "store")
    for model in ("a", "b"):
        build_partition(store, WEEK, model, suites=(suite,), replicates=8, labels=gender(0.5))
    # of each two answers one shows no value
    half = {"labels": lambda slot, attribute: draw(slot, attribute) if slot.replicate else None}
    build_partition(store, WEEK, "two", suites=(suite,), replicates=2, **half)
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        declare(con)
        replace_week(con, "scores", WEEK, compute_scores(con, WEEK))
        rank(con)
        assert found_by_sql(con) > 0
        unknown = board(con, simulated=True, condition="controlled", reference="bls")
        assert {(row["planned_cells"], row["bound_low"], row["bound_high"]) for row in unknown.values()} == {
            (0, None, None)
        }


def test_a_week_that_was_not_scored_has_no_ranks(con: duckdb.DuckDBPyConnection) -> None:
    assert week_ranks(con, "2020-01-06").num_rows == week_pairs(con, "2020-01-06").num_rows == 0


def test_publishing_a_week_ranks_those_that_its_checks_do_not_withhold(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    often = {"outcomes": lambda slot: ("timeout",) if slot.replicate < 8 else ("ok",)}
    for name, special in {"a": {}, "b": {}, "c": often}.items():
        for slot in build_partition(store, WEEK, name, replicates=20, labels=gender(0.5), **special):
            picture = slot.slot_key.encode()
            store.put_if_absent(keys.image(sha256_hex(picture), "png"), picture)
    assert score_weeks(place_in(tmp_path), WEEK) == [WEEK]
    with connect(tmp_path / "warehouse.duckdb") as con:
        found = board(con, simulated=True)
        assert place(found["a"]) == place(found["b"]) == (1, 2, 2)
        assert found["c"]["reason"].startswith("withheld: ")
        con.execute("DELETE FROM scored_weeks")
    assert score_weeks(place_in(tmp_path), WEEK) == [WEEK]  # now they are known to be withheld from the start
    with connect(tmp_path / "warehouse.duckdb") as con:
        assert board(con, simulated=True) == found
