"""Shares by people's eyes, and the labeler's error, from planted pictures that planted people labeled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import import_labels
from assets.labeling.gold.sampling import draw_sample
from assets.metrics.figures.table import span_figures
from assets.metrics.labels.gold_figures import gold_figures
from assets.metrics.plain.corrected import labeler_error
from assets.metrics.spans import read_span
from tests.unit.labeling.gold.people import ONE, SET, TWO, annotated, biased, design, honest, saved, truth
from tests.warehouse import changed
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.counted import insert
from warehouse import occasions
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading import load
from warehouse.loading.gold_objects import GOLD_TABLES, load_stale_gold
from warehouse.store import Store, open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
Rows = list[dict[str, Any]]
WEEKS = [shift(WEEK, -back) for back in (8, 7, 3, 2, 1, 0)]
GENDER = "perceived_gender"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Con, Path]]:
    """Six weeks of a model that draws three men for a woman; the labeler misses a third of the women."""
    folder = tmp_path_factory.mktemp("planted") / "bucket"
    store = open_store(folder)
    for week, model in (*((week, ONE) for week in WEEKS), (WEEK, TWO)):
        build_partition(store, week, model, replicates=50, labels=biased)
    with connect(None) as con:
        make_tables(con)
        for week, model in load.partitions(store):
            load.load_partition(con, store, week, model)
        yield con, folder


@pytest.fixture
def store(planted: tuple[Con, Path], tmp_path: Path) -> Store:
    shutil.copytree(planted[1], tmp_path / "bucket")
    return open_store(tmp_path / "bucket")


@pytest.fixture
def con(planted: tuple[Con, Path]) -> Iterator[Con]:
    """The warehouse, which is left without gold and changes."""
    con, _ = planted
    yield con
    for table in (*GOLD_TABLES, "gold_loads", "changes", "withheld", "figures", "labeler_error"):
        con.execute(f"DELETE FROM {table}")


def rate(store: Store, pictures: int, week: str = WEEK, by: str = GENDER) -> None:
    """Draw a set of ONE's pictures of a week; two people label them."""
    name = f"{SET}-{week}"
    frame = read_frame(store, week, attribute=by, models=[ONE])
    sample = draw_sample(store, frame, design(pictures, gold_set=name, least=5))
    for rater in "ab":
        file = saved(Path(store.url), f"{rater}.json", annotated(sample, rater, says=honest))
        import_labels(store, sample, [file], {"": rater})


def figured(con: Con, store: Store) -> tuple[Rows, Rows, Rows]:
    """Return ONE's rows of gender: mean shares, corrected shares and labeler errors."""
    load_stale_gold(con, store)
    week = occasions.week(WEEK)
    made = span_figures(con, read_span(con, week), {})
    load.replace_results(con, week, made | gold_figures(con, WEEK, made["figures"]))
    figures, errors = (
        pl.DataFrame(con.sql(f"FROM {table}").to_arrow_table())
        .filter(model=ONE, attribute=GENDER)
        .sort("value")
        for table in ("figures", "labeler_error")
    )
    means = figures.filter(figure="mean_share")
    return means.to_dicts(), figures.filter(figure="corrected_share").to_dicts(), errors.to_dicts()


def by_hand(con: Con, weighted: bool = False) -> dict[str, float]:
    """Return ONE's shares of its last four weeks: of each value read, how often gold says which, weighted."""
    read = dict(
        con.execute(
            "SELECT value, count(*) FROM labels WHERE model = ? AND attribute = ? AND week > ?::DATE - 28 GROUP BY ALL",
            [ONE, GENDER, WEEK],
        ).fetchall()
    )
    gold = con.execute(
        "SELECT DISTINCT slot_key, labels.value, inclusion_probability FROM gold_samples INNER JOIN labels "
        "USING (week, model, slot_key) WHERE attribute = ?",
        [GENDER],
    ).fetchall()
    shares = dict.fromkeys(read, 0.0)
    for value, pictures in read.items():
        of = [
            (truth(slot, GENDER), 1 / chance if weighted else 1.0)
            for slot, seen, chance in gold
            if seen == value
        ]
        for shown, weight in of:
            shares[shown] += pictures / sum(read.values()) * weight / sum(w for _, w in of)
    return shares


def test_a_corrected_share_is_what_people_see_in_each_stratum_by_its_size(con: Con, store: Store) -> None:
    rate(store, 130)

    means, shares, errors = figured(con, store)

    expected = by_hand(con)
    assert [row["value"] for row in shares] == ["feminine", "masculine"]
    for mean, row, error in zip(means, shares, errors, strict=True):
        share = expected[row["value"]]
        assert row["estimate"] == pytest.approx(share)
        assert (row["n"], row["k"]) == (600, mean["k"])
        assert error["estimate"] == pytest.approx(mean["k"] / 600 - share)
        assert (error["n"], error["gold_n"], error["differ"], error["reason"]) == (600, 130, 0, None)
        # the sample of gold, and what weeks scatter
        half, of_error = row["critical"] * row["se"], (error["high"] - error["low"]) / 2 / row["critical"]
        assert (row["low"], row["high"]) == pytest.approx((share - half, share + half))
        assert row["se"] ** 2 == pytest.approx(of_error**2 + mean["dispersion"] * share * (1 - share) / 600)
        assert (row["reason"], row["df"], row["weeks"]) == (None, 128, 4)
    women, men = shares
    assert women["low"] < 0.25 < women["high"]
    assert women["estimate"] + men["estimate"] == pytest.approx(1)


def test_nothing_is_corrected_where_nobody_labeled_anything(con: Con, store: Store) -> None:
    _, shares, errors = figured(con, store)

    assert (shares, errors) == ([], [])


@pytest.mark.parametrize(
    ("back", "table", "reason"),
    [
        (1, None, None),
        (7, None, None),
        (8, None, "nothing"),
        (7, "changes", "no_gold"),
        (1, "withheld", "no_gold"),
    ],
)
def test_gold_of_eight_weeks_counts_since_the_last_change_and_where_the_model_is_not_withheld(
    con: Con, store: Store, back: int, table: str | None, reason: str | None
) -> None:
    week = shift(WEEK, -back)
    rate(store, 130, week=week)
    if table == "withheld":
        insert(con, table, [{"week": date.fromisoformat(week), "model": ONE, "reason": "broken"}])
    if table == "changes":
        changed.report(con, model=ONE, changed_week=shift(WEEK, -3))  # of gender

    _, shares, errors = figured(con, store)

    assert {row["reason"] for row in (*shares, *errors)} == (set() if reason == "nothing" else {reason})
    if reason is None:
        assert shares[0]["estimate"] == pytest.approx(by_hand(con)["feminine"])


@pytest.mark.parametrize("back", [7, 0])
def test_gold_of_other_pictures_than_the_windows_is_no_part_of_them(
    con: Con, store: Store, back: int
) -> None:
    rate(store, 150, week=shift(WEEK, -back))

    means, _, (error, _) = figured(con, store)

    total = np.array([row["k"] for row in means], dtype=float)
    gold = pl.DataFrame(con.sql("FROM gold_answers").to_arrow_table()).filter(attribute=GENDER)
    said, read = ((gold[name] == "feminine").to_numpy() for name in ("value", "read_value"))
    weight = 1 / gold["inclusion_probability"].to_numpy()
    expected = labeler_error(said, read, 1 - read, total, weight=weight, inside=np.full(150, back == 0))
    assert (error["low"], error["high"]) == pytest.approx(expected.interval)


def test_a_set_drawn_by_another_attribute_weighs_by_the_chance_of_each_picture(
    con: Con, store: Store
) -> None:
    rate(store, 130, by="skin_tone")

    _, shares, _ = figured(con, store)

    weighted, plain = by_hand(con, weighted=True), by_hand(con)
    assert abs(weighted["feminine"] - plain["feminine"]) > 1e-4
    assert shares[0]["estimate"] == pytest.approx(weighted["feminine"])


def test_more_than_one_in_twenty_unseen_answers_bound_it(con: Con, store: Store) -> None:
    rate(store, 130)
    load_stale_gold(con, store)
    figures = pl.DataFrame(span_figures(con, read_span(con, occasions.week(WEEK)), {})["figures"])
    few, many = (
        pl.DataFrame(gold_figures(con, WEEK, unseen.to_arrow())["figures"]).filter(
            figure="corrected_share", value="feminine", model=ONE
        )
        for unseen in (figures.with_columns(unseen=pl.lit(number, pl.Int32)) for number in (30, 60))
    )
    assert few["bound_low"].to_list() == few["bound_high"].to_list() == [None]
    (row,) = many.to_dicts()
    assert row["bound_low"] == pytest.approx(row["estimate"] * 600 / 660 - (row["estimate"] - row["low"]))
    assert row["bound_high"] == pytest.approx(
        (row["estimate"] * 600 + 60) / 660 + row["high"] - row["estimate"]
    )
