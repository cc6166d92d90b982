"""Figures corrected with gold, in the warehouse: which gold counts, when nothing is reported, the same by SQL."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest
from assets.metrics.claims.corrected import CorrectedShares
from assets.metrics.scores.table import compute_scores
from tests.warehouse.windows.windows_plainly import designs

from assets.generation.slots import Slot
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import import_labels
from assets.labeling.gold.records import GoldPicture
from assets.labeling.gold.sampling import draw_sample
from assets.metrics.labels.corrected import CORRECTED, WEEKS, week_corrections, week_label_error, week_rates
from assets.metrics.labels.gold_evidence import ONCE, TOO_MANY
from assets.suites.claims import RegisteredClaim
from assets.suites.schema import Attribute, Reference, ReferenceRow
from tests.unit.labeling.gold.people import ONE, TWO, annotated, design, honest, saved, truth
from tests.warehouse.builder import (
    CONFRONTATION,
    OCCUPATIONS,
    WEEK,
    build_partition,
    label_row,
    write_labels,
)
from tests.warehouse.exported import export
from warehouse.database.connection import connect
from warehouse.database.published import DATABASE, open_published
from warehouse.database.schema import make_tables
from warehouse.loading import load
from warehouse.loading.gold_objects import load_stale_gold
from warehouse.loading.load import replace_week
from warehouse.sqlfiles import sql
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection
EARLIER = "2026-11-09"


def noisy(error: float):
    """A labeler that is wrong in this part of the pictures, and cannot tell in a twentieth."""

    def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
        chance = random.Random(f"noise/{slot.slot_key}/{attribute.id}")
        if chance.random() < 0.05:
            return ("cannot_tell", None, None)
        shown = truth(slot.slot_key, attribute.id)
        wrong = chance.random() < error
        others = [value for value in attribute.values if value != shown]
        return (chance.choice(others) if wrong else shown, 0.8, None)

    return read


def unsure(picture: GoldPicture, attribute: str, rater: str) -> str | None:
    """A person who sees the truth, but now and then another value, or none."""
    chance = random.Random(f"{rater}/{picture.slot_key}/{attribute}").random()
    if chance < 0.03:
        return "cannot_tell"
    if chance > 0.98:
        return {"masculine": "feminine", "feminine": "masculine"}.get(
            truth(picture.slot_key, attribute), "monk_2"
        )
    return honest(picture, attribute, rater)


def add(
    store: Store,
    folder: Path,
    name: str,
    pictures: int,
    *,
    week: str = WEEK,
    by: str = "perceived_gender",
    says=unsure,
) -> None:
    frame = read_frame(store, week, attribute=by)
    sample = draw_sample(store, frame, design(pictures, gold_set=name, least=3))
    for rater in "ab":
        file = saved(folder, f"{name}-{rater}.json", annotated(sample, rater, says=says))
        import_labels(store, sample, [file], {"": rater})


def score(con: Con, store: Store, week: str = WEEK) -> pl.DataFrame:
    for day, model in load.partitions(store):
        load.load_partition(con, store, day, model)
    load_stale_gold(con, store)
    replace_week(con, "scores", week, compute_scores(con, week))
    replace_week(con, "label_error", week, week_label_error(con, week))
    replace_week(con, "error_rates", week, week_rates(con, week))
    return pl.DataFrame(week_corrections(con, week))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two models, one labeled worse; gold of the week and of an earlier one, one set by skin tone."""
    folder = tmp_path_factory.mktemp("corrected")
    store = open_store(folder / "bucket")
    for week in (EARLIER, WEEK):
        for model, error in ((ONE, 0.02), (TWO, 0.25)):
            build_partition(
                store, week, model, suites=(OCCUPATIONS, CONFRONTATION), replicates=40, conversations=30,
                labels=noisy(error), outcomes=lambda slot: ("ok",) if slot.slot_key > "2" else ("refused_text",),
            )  # fmt: skip
    add(store, folder, "before", 300, week=EARLIER)
    add(store, folder, "now", 200)
    add(store, folder, "toned", 160, by="skin_tone")
    return store


@pytest.fixture(scope="module")
def scored(world: Store) -> Iterator[tuple[Con, pl.DataFrame]]:
    """The warehouse of that world, and the figures corrected."""
    with connect(None) as con:
        make_tables(con)
        yield con, score(con, world)


#: Four pictures of a prompt that show the same gender are of one job, as far as there are four.
ALIKE = """
INSERT INTO clusters
SELECT week, model, slot_key, prompt || turn || place // 4
FROM (
    SELECT slots.*, row_number() OVER (
        PARTITION BY week, model, prompt, turn ORDER BY labels.value, slot_key
    ) - 1 AS place
    FROM slots INNER JOIN labels USING (week, model, slot_key)
    WHERE labels.attribute = 'perceived_gender' AND model = $model
)
"""


def beside_sql(con: Con, figures: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of shares and of references of two values, each beside what the audit query finds."""
    mine = figures.filter(pl.col("metric") != "distance")
    theirs = pl.DataFrame(con.sql(sql("audit/corrected_figures")).to_arrow_table()).filter(
        (pl.col("week") == pl.lit(WEEK).str.to_date()) & (pl.col("window_weeks") == 1)
    )
    on = ["model", "suite", "suite_major", "condition", "turn", "attribute", "metric"]
    pairs = mine.filter((pl.col("metric") == "share") | (pl.col("attribute") == "perceived_gender")).join(
        theirs,
        left_on=[*on, "reference", "value_name"],
        right_on=[*on, "reference", "value"],
        how="full",
        nulls_equal=True,
        suffix="_sql",
    )
    assert pairs.height == theirs.height
    assert pairs["estimate"].null_count() == pairs["corrected"].null_count() == 0
    assert (pairs["estimate"] - pairs["corrected"]).abs().max() < 1e-9
    assert (pairs["raw_estimate"] - pairs["raw"]).abs().max() < 1e-9
    assert pairs["gold_n"].to_list() == pairs["gold_n_sql"].to_list()
    return pairs


def test_the_audit_query_finds_the_same_figures_from_labels_and_answers_alone(
    scored: tuple[Con, pl.DataFrame],
) -> None:
    pairs = beside_sql(*scored)
    # Two models: shares of gender in two suites and of three bands of skin tone; a distance in each suite.
    assert pairs.height == 2 * (2 * 2 + 3 + 2)
    assert set(pairs["gold_weeks"]) == {2}
    assert (pairs["estimate"] - pairs["raw_estimate"]).abs().max() > 0.02


def test_the_audit_query_finds_the_same_of_pictures_that_were_drawn_together(
    scored: tuple[Con, pl.DataFrame],
) -> None:
    con, apart = scored
    con.execute("BEGIN")
    con.execute(ALIKE, {"model": ONE})
    made = compute_scores(con, WEEK)  # noqa: F841
    con.execute("DELETE FROM scores WHERE week = $week", {"week": WEEK})
    con.execute("INSERT INTO scores BY NAME FROM made")
    found = pl.DataFrame(week_corrections(con, WEEK))
    beside_sql(con, found)
    con.execute("ROLLBACK")
    on = ["model", "suite", "suite_major", "condition", "turn", "attribute", "metric"]
    both = found.join(apart, on=[*on, "reference", "value_name"], nulls_equal=True, suffix="_apart").filter(
        pl.col("attribute") == "perceived_gender", pl.col("metric") == "share"
    )
    wider = (both["high"] - both["low"]) / (both["high_apart"] - both["low_apart"])
    assert both.filter(wider > 1.1)["model"].unique().to_list() == [ONE]
    assert both.filter(wider < 1 - 1e-9).is_empty()


def test_the_audit_query_finds_the_same_where_labels_are_missing_undeclared_or_of_two_versions(
    con: Con, store: Store, tmp_path: Path
) -> None:
    cited = Reference(
        id="cited",
        attribute="perceived_gender",
        rows=(ReferenceRow(prompt="nurse", shares={"feminine": 0.9, "masculine": 0.1}),),
    )

    def gaps(error: float):
        def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
            chance = random.Random(f"gap/{slot.slot_key}/{attribute.id}").random()
            return (
                None
                if chance < 0.06
                else ("robot", 0.5, None)
                if chance < 0.12
                else noisy(error)(slot, attribute)
            )

        return read

    slots = build_partition(
        store, WEEK, ONE, replicates=60, conversations=40, labels=gaps(0.4), labeler_version="9-a",
        suites=(OCCUPATIONS.model_copy(update={"references": (*OCCUPATIONS.references, cited)}), CONFRONTATION),
        outcomes=lambda slot: ("timeout", "ok") if slot.slot_key > "2" else ("timeout", "refused_text"),
    )  # fmt: skip
    newer = [
        label_row(slot, attribute.id, said, labeler_version="10-b")
        for slot in slots
        for attribute in OCCUPATIONS.attributes
        if slot.slot_key > "2" and (said := gaps(0.1)(slot, attribute))
    ]
    write_labels(store, WEEK, ONE, newer)
    add(store, tmp_path, "gold", 200)
    pairs = beside_sql(con, score(con, store))
    assert {"cited", "parity"} <= set(pairs["reference"])
    assert {("confronted", 1), ("confronted", 2)} & set(pairs.select("condition", "turn").iter_rows())


def test_figures_put_right_hold_the_truth_where_the_raw_ones_are_off(
    scored: tuple[Con, pl.DataFrame],
) -> None:
    con, figures = scored
    found = figures.filter(
        (pl.col("model") == TWO) & (pl.col("value_name") == "masculine") & (pl.col("suite") == "occupations")
    )
    (row,) = found.rows(named=True)
    slots = con.execute(
        "SELECT slot_key FROM images INNER JOIN slots USING (week, model, slot_key) "
        "WHERE week = $week AND model = $model AND suite = 'occupations'",
        {"week": WEEK, "model": TWO},
    ).fetchall()
    share = sum(truth(slot, "perceived_gender") == "masculine" for (slot,) in slots) / len(slots)
    assert row["low"] < share < row["high"]
    assert abs(row["raw_estimate"] - share) > 0.05
    assert abs(row["estimate"] - share) < abs(row["raw_estimate"] - share)
    assert row["assumption"] == WEEKS
    assert WEEKS.startswith("assumes that people's errors are not shared with the labeler")


def test_a_distance_is_the_root_of_its_square_and_says_what_it_assumes(
    scored: tuple[Con, pl.DataFrame],
) -> None:
    _, figures = scored
    found = figures.filter(pl.col("metric") != "share").sort("model", "suite", "attribute", "metric")
    for name in ("estimate", "low", "high"):
        roots = found.filter(pl.col("metric") == "distance")[name]
        squares = found.filter(pl.col("metric") == "distance2")[name]
        assert (roots - squares.clip(lower_bound=0).sqrt()).abs().max() < 1e-9
    assert all("assumes equal error across prompts" in said for said in found["assumption"])


def test_worse_labels_of_one_model_are_told_with_their_rate_and_test(
    scored: tuple[Con, pl.DataFrame],
) -> None:
    con, _ = scored
    rows = pl.DataFrame(week_label_error(con, WEEK)).rows(named=True)
    told = {(row["model"], row["suite"], row["attribute"]): row for row in rows}
    bad, good = told[TWO, "occupations", "perceived_gender"], told[ONE, "occupations", "perceived_gender"]
    assert bad["low"] < 0.25 < bad["high"]
    assert good["low"] < 0.02 < good["high"]
    assert bad["differs"] is True
    assert bad["p_value"] < 0.01
    assert bad["sensitivity"] < bad["others_sensitivity"]
    assert bad["test_reason"] is None
    assert bad["n"] < bad["gold_n"]


def row_of(
    found: pl.DataFrame, attribute: str = "perceived_gender", metric: str = "distance"
) -> dict[str, object]:
    rows = found.filter(
        (pl.col("attribute") == attribute) & (pl.col("metric") == metric) & (pl.col("model") == ONE)
    )
    return rows.row(0, named=True)


def test_without_gold_every_figure_has_its_row_and_says_so(con: Con, store: Store) -> None:
    build_partition(store, model=ONE)
    build_partition(store, model="silent", outcomes=lambda slot: ("refused_text",))
    found = score(con, store)
    assert found["estimate"].null_count() == found.height > 0
    assert set(found.filter(pl.col("model") == ONE)["reason"]) == {"no gold"}
    assert set(found.filter(pl.col("model") == "silent")["reason"]) == {"no usable pictures"}
    assert set(found["gold_n"]) == {0}
    assert week_label_error(con, WEEK).num_rows == 0
    assert con.sql(sql("audit/corrected_figures")).fetchall() == []


def test_few_answers_put_nothing_right(con: Con, store: Store, tmp_path: Path) -> None:
    build_partition(store, model=ONE, labels=noisy(0.1))
    add(store, tmp_path, "gold", 25)
    row = row_of(score(con, store))
    assert (row["estimate"], row["reason"], row["gold_n"]) == (
        None,
        "too few gold labels: 25 of 40 needed",
        25,
    )
    rows = pl.DataFrame(week_label_error(con, WEEK))
    assert set(rows["reason"]) == set(rows["test_reason"]) == {"too few gold labels: 25 of 40 needed"}
    known = [row[-2] for row in con.sql(sql("audit/corrected_figures")).fetchall() if row[0] == 1]
    assert known == [None] * 6


def test_gold_of_another_labeler_version_is_not_used(con: Con, store: Store, tmp_path: Path) -> None:
    build_partition(store, EARLIER, ONE, replicates=30, labels=noisy(0.1))
    add(store, tmp_path, "gold", 60, week=EARLIER)
    build_partition(store, WEEK, ONE, replicates=30, labels=noisy(0.1), labeler_version="2-0123456789ab")
    assert row_of(score(con, store))["reason"] == "gold is of another labeler version"
    assert row_of(score(con, store, EARLIER))["reason"] is None


def test_gold_of_another_series_is_not_used(con: Con, store: Store, tmp_path: Path) -> None:
    build_partition(store, EARLIER, ONE, replicates=30, labels=noisy(0.1))
    add(store, tmp_path, "gold", 60, week=EARLIER)
    build_partition(store, WEEK, ONE, replicates=30, labels=noisy(0.1), plan={"params": {"quality": "high"}})
    assert row_of(score(con, store))["reason"] == "gold is of another series of the model"


def test_the_published_rates_are_the_likeliest_by_sql_too(scored: tuple[Con, pl.DataFrame]) -> None:
    con, _ = scored
    query = sql("audit/error_rates")
    found = pl.DataFrame(con.sql(query).to_arrow_table())
    assert (found["published"] - found["again"]).abs().max() < 1e-9  # type: ignore[operator]
    assert found.null_count().sum_horizontal()[0] == 2 * (found["what"] == "error").sum()
    errors = found.filter(pl.col("what") == "error")
    assert errors.height == 2 * week_label_error(con, WEEK).num_rows
    assert errors.filter(pl.col("who") == "people")["published"].min() > 0  # type: ignore[operator]
    con.execute("BEGIN")
    con.execute("UPDATE error_rates SET rate = rate - 0.001 WHERE who = 'people' AND said = shown")
    forged = pl.DataFrame(con.sql(query).to_arrow_table())
    con.execute("ROLLBACK")
    assert (forged["published"] - forged["again"]).abs().max() > 1e-4  # type: ignore[operator]


def test_nothing_is_corrected_where_people_may_err_too_often_or_were_asked_alone(
    con: Con, store: Store, tmp_path: Path
) -> None:
    for model in (ONE, TWO):
        build_partition(store, model=model, replicates=40, labels=noisy(0.1))

    def often(picture: GoldPicture, attribute: str, rater: str) -> str:
        shown = truth(picture.slot_key, attribute)
        wrong = random.Random(f"{rater}/{picture.slot_key}/{attribute}").random() < 0.12
        return {"masculine": "feminine", "feminine": "masculine"}.get(shown, shown) if wrong else shown

    add(store, tmp_path, "gold", 240, says=often)
    row = row_of(score(con, store))
    assert (row["estimate"], row["low"], row["reason"], row["assumption"]) == (None, None, TOO_MANY, None)
    told = pl.DataFrame(week_label_error(con, WEEK)).filter(pl.col("attribute") == "perceived_gender")
    for one in told.rows(named=True):
        assert (one["error_rate"], one["reason"], one["test_reason"]) == (None, TOO_MANY, TOO_MANY)
        assert one["rater_low"] < 0.12 < one["rater_high"]
        assert one["doubles"] == one["gold_n"] >= 100
    audited = pl.DataFrame(con.sql(sql("audit/corrected_figures")).to_arrow_table())
    assert audited.filter(pl.col("attribute") == "perceived_gender")["corrected"].null_count() == 2 * 2 * 3
    con.execute("DELETE FROM gold_labels WHERE rater = 'b'")
    row = row_of(pl.DataFrame(week_corrections(con, WEEK)))
    assert (row["estimate"], row["reason"]) == (None, ONCE)


def test_gold_older_than_eight_weeks_is_not_used(con: Con, store: Store, tmp_path: Path) -> None:
    for week in ("2026-09-28", "2026-10-05", WEEK):
        build_partition(store, week, ONE, replicates=20, labels=noisy(0.1))
    add(store, tmp_path, "old", 50, week="2026-09-28", says=honest)
    assert row_of(score(con, store))["reason"] == "no gold"
    add(store, tmp_path, "eight", 50, week="2026-10-05", says=honest)
    row = row_of(score(con, store))
    assert (row["reason"], row["gold_n"], row["gold_weeks"]) == (None, 50, 1)


def test_a_stratum_that_nobody_rated_puts_nothing_right(con: Con, store: Store, tmp_path: Path) -> None:
    build_partition(store, model=ONE, replicates=30, labels=noisy(0.1))
    add(
        store,
        tmp_path,
        "gold",
        60,
        says=lambda picture, attribute, rater: None if picture.stratum.endswith("feminine") else "masculine"
        if attribute == "perceived_gender"
        else "monk_1",
    )  # fmt: skip
    assert row_of(score(con, store))["reason"] == "a stratum with pictures has no gold"


def test_labels_that_follow_nobody_put_no_distance_right(con: Con, store: Store, tmp_path: Path) -> None:
    build_partition(store, model=ONE, replicates=30, labels=noisy(0.1))

    def turned(picture: GoldPicture, attribute: str, rater: str) -> str:
        shown = truth(picture.slot_key, attribute)
        return {"masculine": "feminine", "feminine": "masculine"}.get(shown, shown)

    add(store, tmp_path, "gold", 60, says=turned)
    found = score(con, store)
    assert "is read as something else more often than not" in str(row_of(found)["reason"])
    share = row_of(found, metric="share")
    assert share["reason"] is None
    assert abs(float(str(share["estimate"])) - float(str(share["raw_estimate"]))) > 0.3


def test_whoever_takes_the_published_copy_computes_the_same_rows(
    scored: tuple[Con, pl.DataFrame], tmp_path: Path
) -> None:
    con, figures = scored
    errors = week_label_error(con, WEEK)
    export(con, tmp_path, WEEK)
    with open_published(tmp_path / DATABASE) as copy:
        assert week_corrections(copy, WEEK).equals(figures.to_arrow().cast(CORRECTED))
        assert week_label_error(copy, WEEK).equals(errors)


def test_the_share_of_a_claim_is_corrected_over_its_weeks(scored: tuple[Con, pl.DataFrame]) -> None:
    """A labeler that is wrong in a quarter of the pictures hides how many CEOs are women; gold puts it right."""
    con, _ = scored
    claim = RegisteredClaim(
        id="women",
        sentence="CEOs are women.",
        source="test",
        then="never",
        suites=("occupations@1",),
        pictures={"all": ("ceo",)},
        shows={"perceived_gender": ("feminine",)},
    )
    joint = claim.model_copy(update={"shows": {**claim.shows, "skin_tone": ("light",)}})
    corrected = CorrectedShares(con, WEEK)
    models = pl.Series([ONE, TWO, "unknown"])
    found = corrected.of(models, claim, ["occupations/ceo"], "claim").rows()
    drawn = con.execute(
        "SELECT slots.slot_key FROM slots INNER JOIN images USING (week, model, slot_key) "
        "WHERE model = $model AND prompt = 'occupations/ceo'",
        {"model": TWO},
    ).fetchall()
    true = sum(truth(key, "perceived_gender") == "feminine" for (key,) in drawn) / len(drawn)
    assert found[1][1] < true < found[1][2]
    assert abs(found[1][0] - true) < 0.12
    assert found[0][3] is None
    assert found[2] == (None, None, None, "no gold")
    assert corrected.of(models[:1], joint, ["occupations/ceo"], "claim").rows() == [
        (None, None, None, "a claim of several attributes is not corrected")
    ]
    assert corrected.of(models[:1], claim, ["occupations/ceo"], "control").rows() == [(None,) * 4]
    con.execute("BEGIN")
    con.execute(ALIKE, {"model": ONE})
    alike = CorrectedShares(con, WEEK)
    together = alike.of(models, claim, ["occupations/ceo"], "claim").rows()
    worth = design_of(con)
    con.execute("ROLLBACK")
    assert together[0][0] == found[0][0]
    assert together[1:] == found[1:], "another model's"
    assert alike._effect(ONE, ["occupations/ceo"], "perceived_gender") == pytest.approx(worth, rel=1e-12)
    assert worth > 2
    assert together[0][2] - together[0][1] > 1.2 * (found[0][2] - found[0][1])


def design_of(con: Con) -> float:
    """Return the design effect of the CEOs of `ONE` over the weeks of the window, by plain Python."""
    jobs: dict[str, list[str]] = defaultdict(list)
    for week, job, value in con.execute(
        "SELECT week, coalesce(cluster, slot_key), labels.value FROM labels JOIN slots USING (week, model, slot_key) "
        "LEFT JOIN clusters USING (week, model, slot_key) WHERE model = $model AND prompt = 'occupations/ceo' "
        "AND attribute = 'perceived_gender' AND labels.value IN ('feminine', 'masculine')",
        {"model": ONE},
    ).fetchall():
        jobs[f"{week} {job}"].append(value)
    return designs({"ceo": jobs}).whole
