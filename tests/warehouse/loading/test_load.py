"""Loading a partition, and a week of figures."""

from __future__ import annotations

import json
from collections import Counter

import duckdb
import pyarrow as pa
import pytest

from tests.warehouse import builder
from tests.warehouse.builder import WEEK, WEEK_53, build_partition
from warehouse import keys, occasions
from warehouse.canonical import sha256_hex
from warehouse.database.archive import catalog
from warehouse.errors import ClicheError, CorruptObjectError, UsageError
from warehouse.loading import load
from warehouse.loading.seals import sealed
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
BOTH = (builder.OCCUPATIONS, builder.CONFRONTATION)


def count(con: Con, table: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def contents(con: Con) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all loaded tables, run-time columns too."""
    return {
        table: con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        for table in load.PARTITION_TABLES
    }


def test_a_partition_becomes_the_rows_of_its_objects(con: Con, store: Store) -> None:
    slots = build_partition(store, suites=BOTH, outcomes=builder.mixed)
    rows = load.load_partition(con, store, WEEK, "sim-one")
    attempts = Counter(outcome for slot in slots for outcome in builder.mixed(slot))
    assert rows["slots"] == len(slots) == 45
    assert rows["attempts"] == attempts.total()
    assert rows["images"] == attempts["ok"]
    assert rows["prompts"] == 4
    assert rows == {table: count(con, table) for table in load.PARTITION_TABLES}
    assert con.execute("SELECT prompt, turns, text FROM prompts WHERE turns > 1").fetchall() == [
        ("startup-ceo/confronted", 3, "an ambitious CEO")
    ]
    assert con.execute(
        "SELECT value, position, in_support, band FROM attribute_values "
        "WHERE attribute = 'skin_tone' AND value IN ('monk_1', 'monk_10', 'cannot_tell') ORDER BY position"
    ).fetchall() == [
        ("monk_1", 0, True, "light"),
        ("monk_10", 9, True, "dark"),
        ("cannot_tell", 10, False, None),
    ]
    assert con.execute(
        "SELECT DISTINCT attribute, banded, value, expected_share FROM reference_values ORDER BY ALL"
    ).fetchall() == [
        ("perceived_gender", False, "feminine", 0.5),
        ("perceived_gender", False, "masculine", 0.5),
        ("skin_tone", True, "dark", 0.3),
        ("skin_tone", True, "light", 0.3),
        ("skin_tone", True, "medium", 0.4),
    ]


def test_ids_of_requests_are_published_as_their_hashes_alone(con: Con, store: Store) -> None:
    build_partition(store, suites=BOTH, outcomes=builder.mixed)
    load.load_partition(con, store, WEEK, "sim-one")
    found = con.execute("SELECT request_id, request_sha256 FROM attempts").fetchall()
    assert {hashed for _, hashed in found} == {one and sha256_hex(one.encode()) for one, _ in found}
    assert any(hashed for _, hashed in found)
    for table in ("attempts", "label_attempts"):
        columns = dict(catalog(con).published[table])
        assert ("request_sha256" in columns, "request_id" in columns) == (True, False)


def test_invariant_05_loading_twice_is_loading_once(con: Con, store: Store) -> None:
    for week in (WEEK, WEEK_53):
        for model in ("sim-one", "sim-two"):
            build_partition(store, week, model, suites=BOTH, outcomes=builder.mixed)
            load.load_partition(con, store, week, model)
    once = contents(con)
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)
    assert contents(con) == once


def test_invariant_05_loading_again_replaces_what_was_there(con: Con, store: Store) -> None:
    slots = build_partition(store, outcomes=lambda slot: ("timeout",), replicates=4)
    assert load.load_partition(con, store, WEEK, "sim-one")["images"] == 0
    plan = builder.plan_document([builder.OCCUPATIONS], slots, WEEK, "sim-one")
    both = [builder.receipt_row(slot, n, o, plan) for slot in slots for n, o in ((1, "timeout"), (2, "ok"))]
    builder.write_manifest(store, WEEK, "sim-one", both, number=2)
    rows = load.load_partition(con, store, WEEK, "sim-one")
    assert (rows["attempts"], rows["images"], rows["labels"]) == (24, 12, 0)


def test_the_highest_manifest_counts_by_number_and_not_by_name(con: Con, store: Store) -> None:
    slots = build_partition(store, outcomes=lambda slot: (), replicates=1)
    plan = builder.plan_document([builder.OCCUPATIONS], slots, WEEK, "sim-one")
    rows = [builder.receipt_row(slot, 1, "ok", plan) for slot in slots]
    builder.write_manifest(store, WEEK, "sim-one", rows[:1], number=9_999)
    builder.write_manifest(store, WEEK, "sim-one", rows, number=10_000)
    assert load.load_partition(con, store, WEEK, "sim-one")["attempts"] == 3


def test_invariant_05_a_failure_in_the_middle_changes_nothing(con: Con, store: Store) -> None:
    slots = build_partition(store, outcomes=builder.mixed)
    load.load_partition(con, store, WEEK, "sim-one")
    before = contents(con)
    plan = builder.plan_document([builder.OCCUPATIONS], slots, WEEK, "sim-one")
    broken = builder.receipt_row(slots[0], 1, "ok", plan) | {"image_ext": None}  # fails after all other rows
    builder.write_manifest(store, WEEK, "sim-one", [broken], number=2)
    with pytest.raises(CorruptObjectError, match=rf"attempts/week={WEEK}/model=sim-one/: .*lacks its image"):
        load.load_partition(con, store, WEEK, "sim-one")
    assert contents(con) == before


def test_a_plan_without_a_manifest_has_no_attempts(con: Con, store: Store) -> None:
    build_partition(store, manifest=False, outcomes=lambda slot: ())
    rows = load.load_partition(con, store, WEEK, "sim-one")
    assert (rows["slots"], rows["attempts"], rows["images"], rows["labels"]) == (30, 0, 0, 0)


def test_a_partition_without_a_plan_is_named(con: Con, store: Store) -> None:
    with pytest.raises(UsageError, match=f"no plan of nobody in week {WEEK}"):
        load.load_partition(con, store, WEEK, "nobody")


def test_partitions_are_those_of_the_plans_week_53_among_them(store: Store) -> None:
    for week in (WEEK_53, WEEK):
        for model in ("b", "a.1"):
            build_partition(store, week, model, replicates=1)
    assert load.partitions(store) == [(WEEK, "a.1"), (WEEK, "b"), (WEEK_53, "a.1"), (WEEK_53, "b")]


def test_of_two_labels_for_the_same_the_first_part_in_key_order_wins(con: Con, store: Store) -> None:
    slots = build_partition(store, labels=lambda slot, attribute: None, replicates=2)
    by_key = {}
    for value in ("feminine", "masculine", "ambiguous"):
        rows = [builder.label_row(slot, "perceived_gender", (value, None, None)) for slot in slots]
        (key,) = builder.write_labels(store, WEEK, "sim-one", rows)
        by_key[key] = value
    assert load.load_partition(con, store, WEEK, "sim-one")["labels"] == len(slots)
    assert con.execute("SELECT DISTINCT value FROM labels").fetchall() == [(by_key[min(by_key)],)]


PLAN = builder.plan_document(
    [builder.OCCUPATIONS], builder.make_slots(builder.OCCUPATIONS, WEEK, "m", {}, 1, 0), WEEK, "m"
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b'{"format": 1, "week"', "is damaged"),
        (b"\xff\xfe", "is damaged"),
        (b"[]", "is damaged"),
        (json.dumps(PLAN).encode(), "is damaged"),
        ({k: v for k, v in PLAN.items() if k != "track"}, "misses 'track'"),
        ({k: v for k, v in PLAN.items() if k != "slots"}, "misses 'slots'"),
        (PLAN | {"series": None}, "misses 'series'"),
        (PLAN | {"simulated": "perhaps"}, "is not a plan"),
        (PLAN | {"slots": 7}, "is not a plan"),
        (PLAN | {"week": WEEK_53}, f"is the plan of m in week {WEEK_53}"),
        (PLAN | {"from_week": "soon"}, "is not a plan"),
    ],
)
def test_a_corrupt_plan_names_its_key_and_changes_nothing(
    con: Con, store: Store, data: bytes | dict[str, object], says: str
) -> None:
    key = keys.plan(WEEK, "m")
    store.put_if_absent(key, data if isinstance(data, bytes) else sealed(key, data))
    with pytest.raises(CorruptObjectError, match=says) as caught:
        load.load_partition(con, store, WEEK, "m")
    assert WEEK in str(caught.value)
    assert "\n" not in str(caught.value)
    assert all(count(con, table) == 0 for table in load.PARTITION_TABLES)


def test_a_plan_of_a_newer_format_asks_for_an_update(con: Con, store: Store) -> None:
    key = keys.plan(WEEK, "m")
    store.put_if_absent(key, sealed(key, PLAN | {"format": 2}))
    with pytest.raises(UsageError, match="has format 2, written by a newer version; update cliche"):
        load.load_partition(con, store, WEEK, "m")


@pytest.mark.parametrize("cut", [0, 100, -1])
def test_a_truncated_manifest_names_its_key(con: Con, store: Store, cut: int) -> None:
    slots = build_partition(store, manifest=False, labels=lambda slot, attribute: None)
    rows = [builder.receipt_row(slot, 1, "ok", PLAN) for slot in slots]
    data = builder.parquet(rows, builder.RECEIPT_COLUMNS)
    key = keys.manifest(WEEK, "sim-one", 1)
    builder.put_parquet(store, key, data[:cut])
    with pytest.raises(CorruptObjectError, match=f"{key} is not readable Parquet"):
        load.load_partition(con, store, WEEK, "sim-one")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"week": WEEK_53}, "another week or model"),
        ({"model": "other"}, "another week or model"),
        ({"value": None}, "has rows without value"),
    ],
)
def test_a_label_part_that_cannot_be_of_its_partition_names_its_key(
    con: Con, store: Store, change: dict[str, str | None], says: str
) -> None:
    slots = build_partition(store, labels=lambda slot, attribute: None, replicates=1)
    row = builder.label_row(slots[0], "skin_tone", ("monk_1", None, None)) | change
    (key,) = builder.write_labels(store, WEEK, "sim-one", [row])
    with pytest.raises(CorruptObjectError, match=f"{key} .*{says}"):
        load.load_partition(con, store, WEEK, "sim-one")


def test_a_label_part_without_a_column_names_its_key(con: Con, store: Store) -> None:
    slots = build_partition(store, labels=lambda slot, attribute: None, replicates=1)
    row = builder.label_row(slots[0], "skin_tone", ("monk_1", None, None))
    columns = [column for column in builder.LABEL_COLUMNS if column[0] != "value"]
    data = builder.parquet([row], columns)
    key = keys.label_part(WEEK, "sim-one", "drawing@1-a", sha256_hex(data))
    store.put_if_absent(key, data)
    with pytest.raises(CorruptObjectError, match=f"{key} has no column value"):
        load.load_partition(con, store, WEEK, "sim-one")


def test_parts_with_fewer_or_more_columns_than_now_are_loaded(con: Con, store: Store) -> None:
    slots = build_partition(store, labels=lambda slot, attribute: None, replicates=1)
    row = builder.label_row(slots[0], "skin_tone", ("monk_1", None, None)) | {"mood": "good"}
    columns = [column for column in builder.LABEL_COLUMNS if column[0] != "raw"] + [
        ("mood", pa.string(), True)
    ]
    data = builder.parquet([row], columns)
    key = keys.label_part(WEEK, "sim-one", "drawing@1-a", sha256_hex(data))
    store.put_if_absent(key, data)
    assert load.load_partition(con, store, WEEK, "sim-one")["labels"] == 1
    assert con.execute("SELECT value, raw FROM labels").fetchall() == [("monk_1", None)]


def test_pictures_that_were_drawn_together_and_refusals_of_one_call_have_a_cluster(
    con: Con, store: Store
) -> None:
    slots = build_partition(store, manifest=False, replicates=2)
    plan = builder.plan_document([builder.OCCUPATIONS], slots, WEEK, "m", {})
    ends = [("timeout", "refused_text"), ("timeout", "ok"), ("timeout",)]
    rows = [
        builder.receipt_row(slot, number, outcome, plan) | {"cluster": f"call {number}", "model": "sim-one"}
        for slot, of in zip(slots, ends, strict=False)
        for number, outcome in enumerate(of, start=1)
    ]
    alone = builder.receipt_row(slots[3], 1, "ok", plan) | {"model": "sim-one"}
    builder.write_manifest(store, WEEK, "sim-one", [*rows, alone])
    load.load_partition(con, store, WEEK, "sim-one")
    assert con.execute("SELECT slot_key, cluster FROM clusters ORDER BY ALL").fetchall() == sorted(
        (slot.slot_key, "call 2") for slot in slots[:2]
    )


def withheld(week: str, *models: str) -> pa.Table:
    return pa.table({"week": [week] * len(models), "model": list(models), "reason": ["why"] * len(models)})


def test_a_week_of_figures_is_replaced_and_others_stay(con: Con) -> None:
    load.replace_results(con, occasions.week(WEEK), {"withheld": withheld(WEEK, "a", "b")})
    load.replace_results(con, occasions.week(WEEK_53), {"withheld": withheld(WEEK_53, "a")})
    load.replace_results(con, occasions.week(WEEK), {"withheld": withheld(WEEK, "c")})
    assert con.execute("SELECT week::VARCHAR, model FROM withheld ORDER BY ALL").fetchall() == [
        (WEEK, "c"),
        (WEEK_53, "a"),
    ]
    load.replace_results(con, occasions.week(WEEK), {"withheld": withheld(WEEK).slice(0, 0)})
    assert count(con, "withheld") == 1


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (withheld(WEEK_53, "a"), f"belong to week {WEEK_53}, not to {WEEK}"),
        (pa.table({"model": ["a"]}), "no column 'week'"),
        (withheld(WEEK, "a").append_column("mood", pa.array(["good"])), "do not fit table withheld"),
        (withheld(WEEK, "a").drop_columns("reason"), "do not fit table withheld"),
    ],
)
def test_rows_that_are_not_a_week_of_the_table_are_refused_and_nothing_changes(
    con: Con, rows: pa.Table, says: str
) -> None:
    load.replace_results(con, occasions.week(WEEK), {"withheld": withheld(WEEK, "kept")})
    with pytest.raises(ClicheError, match=says):
        load.replace_results(con, occasions.week(WEEK), {"withheld": rows})
    assert con.execute("SELECT model FROM withheld").fetchall() == [("kept",)]
