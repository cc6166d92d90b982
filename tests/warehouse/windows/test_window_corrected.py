"""Windows without the labeler's errors: of the same pictures as the raw figures, and as by hand."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from math import isclose, sqrt
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest

from assets.generation.slots import Slot
from assets.metrics.labels.corrected import WEEKS as ACROSS
from assets.metrics.labels.corrected import week_corrections, week_label_error, week_rates
from assets.metrics.labels.gold_evidence import GoldEvidence, evidence
from assets.metrics.scores.table import compute_scores
from assets.metrics.windows.corrected import SCHEMA, window_corrections
from assets.metrics.windows.table import week_windows
from assets.suites.schema import Attribute
from tests.unit.labeling.gold.people import ONE, TWO, honest
from tests.warehouse.builder import OCCUPATIONS, build_partition, declare
from tests.warehouse.results.test_corrected import add, noisy
from tests.warehouse.windows.planted import event, insert
from tests.warehouse.windows.windows_plainly import Designs, Model, Plain, designs, scatters, widened
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading import load
from warehouse.loading.gold_objects import load_stale_gold
from warehouse.loading.load import replace_week
from warehouse.sqlfiles import sql
from warehouse.store import open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
Row = dict[str, Any]
WEEK = "2026-11-23"
WEEKS = [shift(WEEK, number) for number in range(-5, 1)]
#: Gold of this week of the window and of one before it; `TWO` is withheld in this week, and changed in that.
GOLD, OLDER, WITHHELD, CHANGED = WEEKS[4], WEEKS[1], WEEKS[3], WEEKS[4]
GENDER = ("feminine", "masculine")


def moving(error: float):
    """A labeler that errs, of models that draw another share of women each week."""

    def read(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
        lean = random.Random(f"{slot.model}/{slot.week}/{attribute.id}").uniform(0, 0.2)
        if random.Random(f"{slot.slot_key}/lean").random() < lean:
            return attribute.values[0], 0.8, None
        return noisy(error)(slot, attribute)

    return read


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    folder = tmp_path_factory.mktemp("corrected-windows")
    store = open_store(folder / "bucket")
    for week in WEEKS:
        for model, error in ((ONE, 0.05), (TWO, 0.2)):
            build_partition(store, week, model, suites=(OCCUPATIONS,), replicates=40, labels=moving(error))
    add(store, folder, "older", 160, week=OLDER, says=honest)
    add(store, folder, "now", 200, week=GOLD)
    with connect(None) as made:
        make_tables(made)
        for week, model in load.partitions(store):
            load.load_partition(made, store, week, model)
        load_stale_gold(made, store)
        declare(made)
        for week in WEEKS:
            replace_week(made, "scores", week, compute_scores(made, week))
            replace_week(made, "label_error", week, week_label_error(made, week))
            replace_week(made, "error_rates", week, week_rates(made, week))
        made.execute(
            "INSERT INTO withheld VALUES ($week, $model, 'a reason')", {"week": WITHHELD, "model": TWO}
        )
        for week in WEEKS:
            replace_week(made, "window_scores", week, week_windows(made, week))
            replace_week(made, "window_corrected_scores", week, window_corrections(made, week))
        yield made


def rows(con: Con, week: str = WEEK) -> list[Row]:
    found = con.sql("FROM window_corrected_scores WHERE week = $week", params={"week": week})
    return pl.DataFrame(found.to_arrow_table()).to_dicts()


def remake(con: Con, week: str) -> None:
    """Make the raw windows of a week again, within a transaction."""
    made = week_windows(con, week)  # noqa: F841
    con.execute("DELETE FROM window_scores WHERE week = $week", {"week": week})
    con.execute("INSERT INTO window_scores BY NAME FROM made")


def counts(
    con: Con, model: str, attribute: str, weeks: list[str], one: GoldEvidence
) -> dict[tuple[str, str], dict[str, int]]:
    """Return what was read in each week and prompt, by value or band; '' is all else."""
    bands = {
        f"monk_{step}": "light" if step < 4 else "medium" if step < 8 else "dark" for step in range(1, 11)
    }
    found: dict[tuple[str, str], dict[str, int]] = {}
    for week, prompt, value in con.execute(
        "SELECT slots.week::VARCHAR, prompt, value FROM slots JOIN images USING (week, model, slot_key) LEFT JOIN "
        "(FROM labels WHERE attribute = $attribute) AS labels USING (week, model, slot_key) WHERE model = $model",
        {"model": model, "attribute": attribute},
    ).fetchall():
        if week in weeks:
            seen = found.setdefault((week, prompt), dict.fromkeys([*one.names, ""], 0))
            told = bands.get(value, value)
            seen[told if told in one.names else ""] += 1
    return found


def quiet_of(model: str, week: str) -> list[str]:
    return [one for one in WEEKS if one <= week and (model, one) != (TWO, WITHHELD)]


@pytest.mark.parametrize("week", [WEEKS[1], GOLD, WEEK])
def test_shares_and_distances_are_those_of_the_window_by_hand(con: Con, week: str) -> None:
    told, found = evidence(con, week), rows(con, week)
    checked = 0
    for attribute in ("perceived_gender", "skin_tone"):
        models: dict[str, Model] = {}
        slopes: dict[str, Any] = {}
        for name in (ONE, TWO):
            one = told[name, "occupations", 1, attribute]
            quiet = quiet_of(name, week)
            window = [day for day in quiet if day >= shift(week, -3)]
            models[name] = Model(counts(con, name, attribute, quiet, one), window)
            pooled = pool(models[name], window)
            values = [*one.names, ""]
            share = {
                p: np.array([seen[v] for v in values]) / sum(seen.values()) for p, seen in pooled.items()
            }
            joint, shown = one.found.joint, one.found.shown  # type: ignore[union-attr]
            before, read_as = joint.sum(axis=0), joint / np.maximum(joint.sum(axis=0), 1e-300)

            followed = np.flatnonzero(np.diag(read_as) > 0.5)

            def people(
                mean: Any,
                before: Any = before,
                read_as: Any = read_as,
                shown: Any = shown,
                kept: Any = followed,
            ) -> Any:
                now = before.copy()
                now[kept] += np.linalg.solve(read_as[np.ix_(kept, kept)], (mean - shown)[kept])
                return now[:-1] / now[:-1].sum()

            by_hand = people(np.mean([*share.values()], axis=0))
            for place, value in enumerate(one.names):
                (row,) = [
                    r for r in found
                    if (r["model"], r["attribute"], r["metric"], r["value_name"]) == (name, attribute, "share", value)
                ]  # fmt: skip
                assert row["estimate"] == pytest.approx(by_hand[place], abs=1e-9), row
                assert (row["weeks"], row["window_weeks"]) == (len(window), 4)
                raw = np.mean([s[place] / s[:-1].sum() for s in share.values()])
                assert row["raw_estimate"] == pytest.approx(raw, abs=1e-9)
                checked += 1
            slopes[name] = (people, one.names)
        for place, value in enumerate(told[ONE, "occupations", 1, attribute].names):

            def figure(name: str, place: int = place, slopes: Any = slopes) -> Any:
                people, names = slopes[name]

                def of(shares: Any) -> float:
                    prompts = sorted({prompt for prompt, _ in shares})
                    each = [[shares[prompt, v] for v in [*names, ""]] for prompt in prompts]
                    return float(people(np.mean(each, axis=0))[place])

                return of

            plain = dict(zip(models, scatters([*models.values()], [figure(m) for m in models]), strict=True))
            for name in models:
                (row,) = [
                    r for r in found
                    if (r["model"], r["attribute"], r["metric"], r["value_name"]) == (name, attribute, "share", value)
                ]  # fmt: skip
                assert isclose(row["scatter"] ** 2, plain[name].variance, rel_tol=1e-4, abs_tol=1e-9), (
                    row,
                    plain,
                )
    assert checked == 2 * 5


def pool(model: Model, window: list[str]) -> dict[str, dict[str, int]]:
    """Return the pictures of each prompt over the window."""
    found: dict[str, dict[str, int]] = {}
    for (week, prompt), seen in model.counts.items():
        if week in window:
            all_ = found.setdefault(prompt, dict.fromkeys(seen, 0))
            for value, number in seen.items():
                all_[value] += number
    return found


def drawn(con: Con, model: str, window: list[str]) -> Designs:
    """Return what the pictures of a window's prompts are worth."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for week, prompt, drawn_with, value in con.execute(
        "SELECT slots.week::VARCHAR, prompt, coalesce(cluster, slot_key), value FROM labels "
        "JOIN slots USING (week, model, slot_key) LEFT JOIN clusters USING (week, model, slot_key) "
        "WHERE model = $model AND attribute = 'perceived_gender' AND list_contains($values, value)",
        {"model": model, "values": GENDER},
    ).fetchall():
        if week in window:
            found[prompt][week + drawn_with].append(value)
    return designs(found)


#: Four pictures of a prompt by `ONE` that show the same gender are of one job, as far as there are four.
ALIKE = """
INSERT INTO clusters
SELECT week, model, slot_key, 'job ' || prompt || place // 4
FROM (
    SELECT
        labels.week, labels.model, labels.slot_key, prompt,
        row_number() OVER (PARTITION BY labels.week, prompt ORDER BY labels.value, labels.slot_key) - 1 AS place
    FROM labels INNER JOIN slots USING (week, model, slot_key)
    WHERE labels.model = $model AND labels.attribute = 'perceived_gender'
)
"""


@pytest.fixture
def alike(con: Con) -> Iterator[Con]:
    con.execute("BEGIN")
    con.execute(ALIKE, {"model": ONE})
    remake(con, WEEK)
    made = window_corrections(con, WEEK)  # noqa: F841
    con.execute("DELETE FROM window_corrected_scores WHERE week = $week", {"week": WEEK})
    con.execute("INSERT INTO window_corrected_scores BY NAME FROM made")
    yield con
    con.execute("ROLLBACK")


def test_a_distance_of_pictures_that_were_drawn_together_is_without_the_noise_of_fewer(alike: Con) -> None:
    assert distances_hold(alike)[ONE].whole > 2


def test_corrected_shares_have_the_intervals_of_what_their_pictures_are_worth(con: Con, alike: Con) -> None:
    def widths() -> dict[tuple[str, str], float]:
        return {
            (row["model"], row["value_name"]): row["high"] - row["low"]
            for row in pl.DataFrame(window_corrections(con, WEEK)).to_dicts()
            if (row["metric"], row["attribute"]) == ("share", "perceived_gender")
        }

    found = widths()
    alike.execute("DELETE FROM clusters")
    apart = widths()
    for value in GENDER:
        assert found[ONE, value] > 1.2 * apart[ONE, value]
        assert found[TWO, value] > 0


def test_a_distance_is_that_of_shares_put_right_prompt_by_prompt(con: Con) -> None:
    assert distances_hold(con)[ONE].whole == 1


def distances_hold(con: Con) -> dict[str, Designs]:
    """Hold distances to plain Python; return what each model's pictures are worth."""
    told, worth = evidence(con, WEEK), {}
    models, figures = [], []
    for name in (ONE, TWO):
        one = told[name, "occupations", 1, "perceived_gender"]
        quiet = quiet_of(name, WEEK)
        window = [day for day in quiet if day >= shift(WEEK, -3)]
        pooled = pool(Model(counts(con, name, "perceived_gender", quiet, one), window), window)
        worth[name] = drawn(con, name, window)
        effect = worth[name].each
        joint = one.found.joint[:2, :2]  # type: ignore[union-attr]
        back = np.linalg.inv(joint / np.maximum(joint.sum(axis=0), 1e-300))

        def square_of(shares: Any, back: Any = back, names: Any = one.names) -> float:
            prompts = {prompt for prompt, _ in shares}
            each = [back @ [shares[prompt, value] for value in names] - 0.5 for prompt in prompts]
            return float(np.mean([(away**2).sum() / 2 for away in each]))

        read = counts(con, name, "perceived_gender", quiet, one)
        models.append(
            Model(
                {(w, p): {v: seen[v] / effect[p] for v in one.names} for (w, p), seen in read.items()},
                window,
                2,
            )
        )
        figures.append(square_of)
        squares = []
        for prompt, seen in pooled.items():
            x = np.array([seen[value] for value in one.names])
            n, share = x.sum() / effect[prompt], x / x.sum()
            p, spread = back @ share, (np.diag(share) - np.outer(share, share)) / (n - 1)
            assert n >= 5
            squares.append(((p - 0.5) ** 2).sum() / 2 - np.trace(back @ spread @ back.T) / 2)
        for row in rows(con):
            if (row["model"], row["attribute"], row["reference"]) == (name, "perceived_gender", "parity"):
                square = float(np.mean(squares))
                whole = square if row["metric"] == "distance2" else sqrt(max(square, 0))
                assert row["estimate"] == pytest.approx(whole, abs=1e-9)
                assert row["low"] <= row["estimate"] <= row["high"]
                assert row["assumption"] == ACROSS
    for name, plain in zip((ONE, TWO), scatters(models, figures), strict=True):
        (row,) = [
            r for r in rows(con) if (r["model"], r["reference"], r["metric"]) == (name, "parity", "distance2")
        ]
        assert isclose(row["scatter"] ** 2, plain.variance, rel_tol=1e-4, abs_tol=1e-10), (row, plain)
        assert isclose(row["scatter_freedom"], plain.freedom, rel_tol=1e-3)
    return worth


def test_a_window_of_one_week_is_that_week_with_scatter_in_its_interval(con: Con) -> None:
    week = OLDER  # the first with gold; only it is in the window once everything before is another series
    con.execute("BEGIN")
    con.execute("UPDATE scores SET series = 'before' WHERE week < $week", {"week": week})
    remake(con, week)
    found = pl.DataFrame(window_corrections(con, week)).to_dicts()
    con.execute("ROLLBACK")
    of = ("model", "attribute", "reference", "metric", "value_name")
    single = {tuple(row[k] for k in of): row for row in pl.DataFrame(week_corrections(con, week)).to_dicts()}
    compared = 0
    for row in found:
        same = single[tuple(row[k] for k in of)]
        if row["estimate"] is None:
            assert row["reason"]
            continue
        assert row["weeks"] == 1
        assert row["estimate"] == pytest.approx(same["estimate"], abs=1e-9)
        if row["metric"] == "distance":
            continue
        plain = Plain(row["scatter"] ** 2, row["scatter_freedom"] or 1e12, 1)
        for end, sign in (("low", -1), ("high", 1)):
            if same[end] in (0.0, 1.0) or row[end] in (0.0, 1.0):
                continue
            assert row[end] == pytest.approx(widened(same["estimate"], same[end], plain, 1, sign), abs=1e-9)
            compared += 1
    assert compared > 10


def test_what_gold_leaves_open_is_in_the_interval(con: Con) -> None:
    raw = {
        (row["model"], row["attribute"], row["metric"], row["value_name"], row["reference"]): row
        for row in pl.DataFrame(
            con.sql(
                "FROM window_scores WHERE week = $week AND prompt IS NULL", params={"week": WEEK}
            ).to_arrow_table()
        ).to_dicts()
    }
    wider = [
        (row["high"] - row["low"]) > (raw[key]["high"] - raw[key]["low"])
        for row in rows(con)
        if row["metric"] == "share" and row["model"] == TWO and row["attribute"] == "perceived_gender"
        for key in [(row["model"], row["attribute"], row["metric"], row["value_name"], row["reference"])]
    ]
    assert wider == [True, True]


def test_it_begins_anew_with_the_raw_window(con: Con) -> None:
    con.execute("BEGIN")
    insert(con, event(model=ONE, series=ONE, week=WEEK, changed_week=CHANGED))
    remake(con, WEEK)
    found = pl.DataFrame(window_corrections(con, WEEK)).to_dicts()
    con.execute("ROLLBACK")
    weeks = {(row["model"], row["attribute"]): (row["weeks"], row["first_week"].isoformat()) for row in found}
    assert weeks[ONE, "perceived_gender"] == (2, CHANGED)
    assert weeks[ONE, "skin_tone"] == (4, shift(WEEK, -3))
    assert weeks[TWO, "perceived_gender"] == (3, shift(WEEK, -3)), "one of its weeks is withheld"


def test_without_gold_every_figure_has_its_row_and_a_reason(con: Con) -> None:
    first = rows(con, WEEKS[0])
    assert first
    assert {row["reason"] for row in first} == {"no gold"}
    assert {(row["estimate"], row["gold_n"], row["assumption"]) for row in first} == {(None, 0, None)}


@pytest.mark.parametrize("name", ["figure_holds", "beside_windows"])
def test_checks_hold(con: Con, name: str) -> None:
    for week in WEEKS:
        found = con.execute(
            sql(f"checks/window_corrected_scores__{name}"), {"week": week, "model": None}
        ).fetchall()
        assert found == [], (week, found[:2])
    assert SCHEMA.names == [row[0] for row in con.execute("DESCRIBE window_corrected_scores").fetchall()]


@pytest.mark.parametrize("week", [GOLD, WEEK])
def test_the_audit_query_finds_the_same_from_labels_and_answers_alone(con: Con, week: str) -> None:
    con.execute("BEGIN")
    try:
        insert(con, event(model=ONE, series=ONE, week=WEEK, changed_week=CHANGED))
        audit_holds(con, week)
    finally:
        con.execute("ROLLBACK")


def test_the_audit_query_finds_the_same_of_pictures_that_were_drawn_together(alike: Con) -> None:
    audit_holds(alike, WEEK)


def audit_holds(con: Con, week: str) -> None:
    """Hold corrected figures to the audit query."""
    remake(con, week)
    mine = pl.DataFrame(window_corrections(con, week)).filter(
        (pl.col("metric") == "share")
        | ((pl.col("metric") == "distance2") & (pl.col("reference") == "parity"))
    )
    theirs = pl.DataFrame(con.sql(sql("audit/corrected_figures")).to_arrow_table()).filter(
        (pl.col("week") == pl.lit(week).str.to_date()) & (pl.col("window_weeks") == 4)
    )
    on = ["model", "suite", "suite_major", "condition", "turn", "attribute", "metric"]
    pairs = mine.join(
        theirs,
        left_on=[*on, "reference", "value_name"],
        right_on=[*on, "reference", "value"],
        how="full",
        nulls_equal=True,
        suffix="_sql",
    )
    assert pairs.height == theirs.height == 2 * (2 + 3 + 1)
    assert pairs["estimate"].null_count() == pairs["corrected"].null_count() == 0
    assert (pairs["estimate"] - pairs["corrected"]).abs().max() < 1e-9  # type: ignore[operator]
    assert (pairs["raw_estimate"] - pairs["raw"]).abs().max() < 1e-9  # type: ignore[operator]
    assert pairs["gold_n"].to_list() == pairs["gold_n_sql"].to_list()
