"""Gold sets in the warehouse: loaded whole, rebuilt to the same rows, computed again in SQL, read by no live mart."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import import_labels, read_labels
from assets.labeling.gold.records import THIRD, GoldPicture, Sample
from assets.labeling.gold.status import differing
from tests.unit.labeling.gold.people import ONE, SET, annotated, biased, build, drawn, honest, saved, truth
from tests.warehouse.builder import WEEK
from tests.warehouse.exported import export
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.table_hash import table_hashes
from warehouse.database.week_hashes import keep_week_hashes
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.loading import gold_objects, load
from warehouse.loading.gold_objects import GOLD_TABLES, gold_sets, load_gold, load_stale_gold
from warehouse.loading.seals import sealed
from warehouse.sqlfiles import names, sql
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection


def rate(store: Store, sample: Sample, folder: Path, raters: str = "ab", says=honest) -> None:
    for rater in raters:
        file = saved(folder, f"{rater}.json", annotated(sample, rater, says=says))
        import_labels(store, sample, [file], {"": rater})


def load_all(con: Con, store: Store) -> None:
    for week, model in load.partitions(store):
        load.load_partition(con, store, week, model)
    load_stale_gold(con, store)


def frame(con: Con, table: str) -> pl.DataFrame:
    return pl.DataFrame(con.sql(f"SELECT * FROM {table} ORDER BY ALL").to_arrow_table())


def test_done_when_8_what_comes_back_has_the_probabilities_that_an_estimate_needs(
    store: Store, con: Con, tmp_path: Path
) -> None:
    build(store, (ONE,), replicates=100)
    sample = drawn(store, 100, least=50)
    rate(store, sample, tmp_path)
    load_all(con, store)
    pictures = read_frame(store, WEEK).pictures
    labels = frame(con, "gold_labels").filter(pl.col("attribute") == "perceived_gender")
    # Every answer carries the probability of its picture: drawn of its stratum over all of its stratum.
    for stratum in sample.strata:
        members = [p for p in pictures if p.stratum == stratum.stratum]
        rows = labels.filter(pl.col("stratum") == stratum.stratum)
        assert rows["inclusion_probability"].unique().to_list() == [50 / len(members)]
        assert rows["slot_key"].n_unique() == 50
    one_each = labels.unique("slot_key")
    weight = 1 / one_each["inclusion_probability"].to_numpy()
    assert weight.sum() == pytest.approx(300)
    masculine = (one_each["value"] == "masculine").to_numpy()
    share = np.average(masculine, weights=weight)
    true = sum(truth(p.slot.slot_key, "perceived_gender") == "masculine" for p in pictures) / 300
    read = sum(p.predicted == "masculine" for p in pictures) / 300
    assert abs(share - true) < 0.03
    assert abs(read - true) > 0.04  # the labeler alone is off
    assert abs(masculine.mean() - true) > 0.1  # and so are the rated pictures, unweighted


def test_loading_again_replaces_the_rows_and_only_what_changed_is_stale(
    store: Store, con: Con, tmp_path: Path
) -> None:
    build(store)
    sample = drawn(store)
    other = drawn(store, gold_set="other")
    assert gold_sets(store) == ["gold", "other"]
    assert load_stale_gold(con, store) == ["gold", "other"]
    assert load_stale_gold(con, store) == []
    rate(store, sample, tmp_path, "a")
    assert load_stale_gold(con, store) == ["gold"]
    counts = load_gold(con, store, SET)
    assert counts == {"gold_samples": 24, "gold_strata": 8, "gold_labels": 48}
    before = table_hashes(con)
    load_gold(con, store, SET)
    assert table_hashes(con) == before
    rows = con.execute("SELECT gold_set, count(*) FROM gold_samples GROUP BY ALL ORDER BY ALL").fetchall()
    assert rows == [("gold", 24), ("other", len(other.pictures))]
    assert con.execute("SELECT count(*) FROM gold_labels WHERE gold_set = 'other'").fetchall() == [(0,)]


def test_invariant_06_gold_is_rebuilt_from_the_bucket_alone(store: Store, con: Con, tmp_path: Path) -> None:
    build(store)
    rate(store, drawn(store), tmp_path)
    load_all(con, store)
    path = tmp_path / "home" / "warehouse.duckdb"
    counts = rebuild(store, path)
    assert [counts[table] for table in GOLD_TABLES] == [
        con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in GOLD_TABLES
    ]
    with connect(path, read_only=True) as again:
        hashes = table_hashes(again)
    assert {table: hashes[table] for table in GOLD_TABLES} == {
        table: table_hashes(con)[table] for table in GOLD_TABLES
    }


def test_live_marts_scores_and_pages_never_read_gold(con: Con) -> None:
    for view in {*marts.order()} - {"gold_answers"}:
        assert not marts.depends_on(view) & {*GOLD_TABLES, "gold_answers"}, view
    for folder in ("marts", "page"):
        for name in {*names(folder)} - {
            "gold_answers",
            "rated",
        }:  # rated: how many people, no figure of a model
            assert not re.search(r"\bgold_(samples|strata|labels|answers)\b", sql(f"{folder}/{name}")), name
    for name in ("span_counts", "span_answers", "span_draws", "span_models", "span_prompts", "span_values"):
        assert "gold" not in sql(f"metrics/{name}")


def test_gold_of_later_weeks_is_not_published(store: Store, con: Con, tmp_path: Path) -> None:
    build(store)
    rate(store, drawn(store), tmp_path)
    load_all(con, store)
    keep_week_hashes(con)
    hashed = "SELECT DISTINCT table_name FROM week_hashes WHERE table_name LIKE 'gold%'"
    assert {table for (table,) in con.execute(hashed).fetchall()} == {*GOLD_TABLES}
    load_gold(con, store, SET)
    assert con.execute(hashed).fetchall() == []  # rows that are loaded again are hashed again
    for week, rows in (("2026-11-16", 0), (WEEK, 24)):
        made = export(con, tmp_path / week, week)
        assert made.tables["gold_samples"]["rows"] == rows
        assert (made.tables["gold_labels"]["rows"] > 0) is (rows > 0)


_ROW = {"task": "t1", "attribute": "skin_tone", "rater": "a", "value": "monk_1", "imported_at": None}


@pytest.mark.parametrize(
    ("row", "schema", "says"),
    [
        (None, None, r"gold/gold/labels-.*\.parquet is not readable"),
        (
            {"task": "t"},
            pa.schema({"task": pa.string()}),
            "has no column attribute, rater, value, imported_at",
        ),
        (_ROW, gold_objects.LABEL_SCHEMA, "holds answers about t1, which is not in its sample"),
        ({**_ROW, "task": "0"}, gold_objects.LABEL_SCHEMA, "gold: rows do not fit table gold_labels"),
    ],
)
def test_parts_that_are_no_answers_are_told(
    store: Store, con: Con, row: dict[str, Any] | None, schema: pa.Schema | None, says: str
) -> None:
    build(store, (ONE,))
    drawn(store, 8)
    buffer = io.BytesIO(b"no parquet")
    if row is not None:
        if row["task"] == "0":  # of a picture, and without an attribute
            tasks = gold_objects.read_sample(store, SET)["pictures"]
            row = {**row, "task": tasks[0]["task"], "attribute": None}
        pq.write_table(pa.Table.from_pylist([row], schema=schema), buffer)
    store.put_if_absent(keys.gold_labels(SET, sha256_hex(buffer.getvalue())), buffer.getvalue())
    with pytest.raises(CorruptObjectError, match=says):
        load_gold(con, store, SET)
    assert con.execute("SELECT count(*) FROM gold_samples").fetchall() == [(0,)]


def test_a_set_that_is_not_there_or_no_sample_is_told(store: Store, con: Con) -> None:
    with pytest.raises(UsageError, match=r'no gold set "gold" in .* none; draw one with cliche gold sample'):
        load_gold(con, store, SET)
    key = keys.gold_sample(SET)
    store.put_if_absent(key, sealed(key, {"gold_set": SET, "format": 1}))
    with pytest.raises(CorruptObjectError, match=r"gold/gold/sample\.json is not a sample"):
        load_gold(con, store, SET)


def test_an_auditor_draws_every_set_again_and_sees_what_was_not_drawn_as_announced(
    store: Store, con: Con
) -> None:
    def labels(slot, attribute):
        return None if slot.replicate == 3 else biased(slot, attribute)

    build(store, labels=labels)
    drawn(store)
    drawn(store, 15, gold_set="other", seed=8)
    load_all(con, store)
    query = sql("audit/gold_draw")
    rows = con.execute(query).fetchall()
    assert len(rows) == 2 * 6
    assert all(row[-1] for row in rows)
    assert sum(row[4] for row in rows if row[0] == "other") == 30
    swapped = "SELECT slot_key FROM gold_samples WHERE gold_set = 'gold' ORDER BY slot_key LIMIT 1"
    (picked,) = con.execute(swapped).fetchall()[0]
    (stratum,) = con.execute(f"SELECT stratum FROM gold_samples WHERE slot_key = '{picked}'").fetchall()[0]
    con.execute(
        "UPDATE gold_samples SET slot_key = (SELECT min(slot_key) FROM labels WHERE model = $model "
        "AND attribute = 'perceived_gender' AND value = $value AND slot_key NOT IN "
        "(SELECT slot_key FROM gold_samples WHERE gold_set = 'gold')) WHERE gold_set = 'gold' AND slot_key = $slot",
        {"model": stratum.split("/")[0], "value": stratum.split("/")[-1], "slot": picked},
    )
    assert [row[:2] for row in con.execute(query).fetchall() if not row[-1]] == [("gold", stratum)]


#: What a, b and the third say of the gender of one picture each, what the gold answer is, why, and whether two differ.
ANSWERS = (
    ("feminine", "feminine", None, "feminine", None, False),
    ("feminine", "masculine", "masculine", "masculine", None, True),
    ("cannot_tell", "masculine", "cannot_tell", "cannot_tell", None, True),
    ("feminine", "masculine", "ambiguous", "cannot_tell", "all_differ", True),
    ("feminine", "masculine", None, None, "awaits_third", True),
    ("feminine", None, None, None, "one_rater", None),
)


def test_the_gold_answer_is_what_two_of_three_say_and_where_all_differ_nobody_can_tell(
    store: Store, con: Con, tmp_path: Path
) -> None:
    build(store, (ONE,))
    sample = drawn(store)
    pictures = sorted(sample.pictures, key=lambda picture: picture.slot_key)[: len(ANSWERS)]
    said = dict(zip((picture.slot_key for picture in pictures), ANSWERS, strict=True))
    for place, rater in enumerate(("a", "b", THIRD)):

        def says(picture: GoldPicture, attribute: str, rater: str, place: int = place) -> str | None:
            return said[picture.slot_key][place] if attribute == "perceived_gender" else None

        file = saved(tmp_path, f"{rater}.json", annotated(sample, rater, says=says, pictures=pictures))
        import_labels(store, sample, [file], {"": rater})
    load_all(con, store)
    rows = pl.DataFrame(con.sql("FROM gold_answers ORDER BY slot_key").to_arrow_table()).to_dicts()
    assert [(row["value"], row["reason"], row["differed"]) for row in rows] == [one[3:] for one in ANSWERS]
    assert [row["raters"] for row in rows] == [2, 3, 3, 3, 2, 1]
    assert [row["in_support"] for row in rows] == [True, True, False, False, None, None]
    slots = {p.slot.slot_key: p for p in read_frame(store, WEEK).pictures}
    strata = {stratum.stratum: stratum for stratum in sample.strata}
    for row, picture in zip(rows, pictures, strict=True):
        assert (row["read_value"], row["read_in_support"]) == (slots[picture.slot_key].predicted, True)
        assert (row["labeler"], row["simulated"]) == ("drawing", True)
        assert (row["stratum"], row["inclusion_probability"]) == (
            picture.stratum,
            picture.inclusion_probability,
        )
        assert row["stratum_pictures"] == strata[picture.stratum].pictures


def test_two_steps_of_one_band_of_skin_tone_are_one_gold_answer(
    store: Store, con: Con, tmp_path: Path
) -> None:
    build(store, (ONE,))
    sample = drawn(store)
    tones = {"a": "monk_1", "b": "monk_3"}
    for rater in "ab":
        file = saved(
            tmp_path,
            f"{rater}.json",
            annotated(
                sample, rater, says=lambda p, name, rater: tones[rater] if name == "skin_tone" else None
            ),
        )
        import_labels(store, sample, [file], {"": rater})
    assert differing(sample, read_labels(store, SET)) == set()
    load_all(con, store)
    assert con.execute(
        "SELECT DISTINCT value, reason, differed, read_value = s.band FROM gold_answers INNER JOIN "
        "(SELECT slot_key, attribute, band FROM labels INNER JOIN attribute_values USING "
        "(week, model, attribute, value)) AS s USING (slot_key, attribute)"
    ).fetchall() == [("light", None, False, True)]
