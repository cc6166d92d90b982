"""Events of series in a warehouse: what is opened, when, with which causes, the same as of every week and in SQL."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from tests.warehouse.windows.test_unseen_effects import End

from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.metrics import week as weekly
from assets.metrics.drift import evidence as drift
from assets.metrics.drift import series as drift_series
from assets.metrics.drift.detectable import smallest_shift
from assets.metrics.drift.kept import read_kept
from assets.metrics.drift.size import change
from assets.metrics.drift.table import SCHEMA, history_events, kind
from assets.metrics.scores.table import scores_of
from assets.metrics.week import score_all, score_weeks
from assets.suites.schema import Attribute
from tests.warehouse import builder
from tests.warehouse.windows.windows_plainly import designs
from warehouse.closeness import rounded
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.schema import make_tables
from warehouse.database.table_hash import table_hash
from warehouse.errors import UsageError
from warehouse.loading.load import load_partition, partitions, replace_history, replace_week
from warehouse.sqlfiles import sql
from warehouse.store import Store, open_store
from warehouse.weeks import shift, span

Con = duckdb.DuckDBPyConnection
Row = Mapping[str, Any]
FIRST = "2026-08-03"
WEEKS = span(FIRST, shift(FIRST, 15))
CHANGED = WEEKS[9]


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return a gender by a fixed chance: from `CHANGED` on the CEOs of `moves` are women."""
    lot = random.Random(f"{slot.model}/{slot.slot_key}")
    women = {"occupations/ceo": 0.1, "occupations/nurse": 0.8, "occupations/chef": 0.4}[slot.prompt]
    if slot.model == "moves" and slot.prompt == "occupations/ceo" and slot.week >= CHANGED:
        women = 0.7
    return ("feminine" if lot.random() < women else "masculine", None, None)


def outcomes(slot: Slot) -> Sequence[str]:
    """Return what became of a slot: from `CHANGED` on `refuses` declines most nurses."""
    gone = slot.model == "refuses" and slot.prompt == "occupations/nurse" and slot.week >= CHANGED
    return ("refused_text",) if gone and random.Random(slot.slot_key).random() < 0.8 else ("ok",)


SUITE = builder.OCCUPATIONS.model_copy(
    update={
        "attributes": (builder.GENDER,),
        "references": (builder.PARITY,),
        "prompts": tuple(
            prompt.model_copy(update={"attributes": ("perceived_gender",)})
            for prompt in builder.OCCUPATIONS.prompts
        ),
    }
)


def build_week(store: Store, week: str, model: str) -> None:
    builder.build_partition(
        store, week, model, suites=(SUITE,), replicates=20, labels=labels, outcomes=outcomes
    )


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Sixteen weeks of three models."""
    store = open_store(tmp_path_factory.mktemp("drift") / "bucket")
    for week in WEEKS:
        for model in ("steady", "moves", "refuses"):
            build_week(store, week, model)
    return store


@pytest.fixture(scope="module")
def world(bucket: Store) -> Iterator[Con]:
    """The warehouse of the store, scored."""
    with connect(None) as con:
        make_tables(con)
        for week, model in partitions(bucket):
            load_partition(con, bucket, week, model)
        for week, rows in scores_of(con, WEEKS):
            replace_week(con, "scores", week, rows)
        replace_history(con, {"drift_events": history_events(con)}, {})
        yield con


@pytest.fixture
def con(world: Con) -> Iterator[Con]:
    """The world, as it was when the test ends."""
    world.execute("BEGIN")
    yield world
    world.execute("ROLLBACK")


def events(con: Con) -> list[dict[str, Any]]:
    return history_events(con).to_pylist()


def test_what_was_planted_is_found_and_nothing_else(con: Con) -> None:
    refused, moved = sorted(events(con), key=lambda row: row["metric"])
    assert [row["model"] for row in (moved, refused)] == ["moves", "refuses"]
    assert (moved["kind"], moved["value_name"], moved["attribute"]) == (
        "model",
        "feminine",
        "perceived_gender",
    )
    assert moved["changed_week"].isoformat() == CHANGED
    assert moved["earliest_week"] <= moved["changed_week"] <= moved["latest_week"] <= moved["week"]
    assert moved["week"].isoformat() <= shift(CHANGED, 2)
    assert (moved["changed_prompts"], moved["changed_cells"], moved["cells"]) == ("occupations/ceo", 1, 3)
    assert moved["before_n"] == 9 * 20
    assert moved["before_share"] < 0.2 < 0.5 < moved["after_share"]
    assert moved["change_low"] < moved["change"] < moved["change_high"]
    assert moved["log10_e"] > 1.3
    assert (moved["suite_changed"], moved["labeler_changed"], moved["labeler_moved_share"]) == (
        False,
        False,
        None,
    )
    assert (moved["models_at_once"], moved["models_compared"]) == (1, 3)
    assert moved["words"] == (
        f"moves (simulated), occupations@1 baseline (occupations/ceo): perceived_gender feminine "
        f"{100 * moved['before_share']:.0f} % → {100 * moved['after_share']:.0f} % since {CHANGED}"
    )
    # Prompts that are refused are reported as refusals, not as a change of shares.
    assert (refused["kind"], refused["metric"], refused["attribute"]) == ("refusals", "refused_rate", None)
    assert (refused["changed_prompts"], refused["before_share"]) == ("occupations/nurse", 0.0)


def test_every_week_is_as_it_was_known_then(con: Con) -> None:
    whole = events(con)
    for until in (WEEKS[7], WEEKS[10], WEEKS[12]):
        con.execute(
            "CREATE OR REPLACE TEMP TABLE later AS SELECT * FROM scores WHERE week > $w", {"w": until}
        )
        con.execute("DELETE FROM scores WHERE week > $w", {"w": until})
        assert events(con) == [row for row in whole if row["week"].isoformat() <= until]
        con.execute("INSERT INTO scores FROM later")
    assert len(whole) == 2


def test_a_withheld_week_is_no_observation(con: Con) -> None:
    con.execute("INSERT INTO withheld VALUES ($w, 'moves', 'why')", {"w": CHANGED})
    (moved,) = (row for row in events(con) if row["metric"] == "share")
    assert moved["changed_week"].isoformat() == shift(CHANGED, 1)
    assert moved["before_n"] == 9 * 20 * moved["changed_cells"]


def test_another_labeler_version_is_another_series(con: Con) -> None:
    con.execute(
        "UPDATE scores SET labeler_version = '2-ab' WHERE week >= $w AND attribute IS NOT NULL",
        {"w": CHANGED},
    )
    assert [row["metric"] for row in events(con)] == ["refused_rate"]


def test_other_causes_are_seen(con: Con) -> None:
    where = {"w": CHANGED}
    con.execute("UPDATE prompts SET suite_hash = 'other' WHERE week >= $w", where)
    con.execute("UPDATE attempts SET model_reported = 'v' || (week >= $w)::INTEGER", where)
    con.execute(
        "UPDATE scores SET estimate = 0.5 WHERE metric = 'completeness' AND prompt IS NULL AND week >= $w",
        where,
    )
    (moved,) = (row for row in events(con) if row["metric"] == "share")
    assert moved["suite_changed"] is moved["model_version_changed"] is moved["completeness_changed"] is True
    assert moved["kind"] == "suite"
    assert moved["words"].endswith("; the suite changed")


def test_a_labeler_that_moved_is_told_as_that(con: Con) -> None:
    con.execute(
        "INSERT INTO labeler_drift BY NAME SELECT $w::DATE AS week, 'mine' AS anchor_set, $l AS labeler, "
        "$v AS labeler_version, 'perceived_gender' AS attribute, $b::DATE AS baseline_week, "
        "$b::DATE AS previous_week, 60 AS pictures, 30 AS moved, 30 AS moved_since_previous",
        {"w": CHANGED, "l": builder.LABELER, "v": builder.LABELER_VERSION, "b": WEEKS[8]},
    )
    (moved,) = (row for row in events(con) if row["metric"] == "share")
    assert (moved["kind"], moved["labeler_moved_share"]) == ("labeler_drift", 0.5)


def test_the_kind_of_an_event_follows_its_checks() -> None:
    row: dict[str, Any] = {
        "metric": "share",
        "change_low": -0.4,
        "change_high": -0.2,
        "labeler_moved_share": 0.05,
        "models_at_once": 2,
        "models_compared": 2,
        "suite_changed": False,
    }
    assert kind(row) == "model"
    assert kind(row | {"labeler_moved_share": 0.11}) == "labeler_drift"
    assert kind(row | {"models_at_once": 3, "models_compared": 4}) == "all_models"
    assert kind(row | {"models_at_once": 3, "models_compared": 5}) == "model"
    assert kind(row | {"metric": "refused_rate", "labeler_moved_share": 1.0}) == "refusals"


def assert_audited(con: Con, prompts: Collection[str | None]) -> None:
    """Compare the events of shares of `moves`: of its suite (None), and of prompts."""
    cursor = con.execute(sql("audit/drift_events"))
    names = [column[0] for column in cursor.description]
    audited = {row[names.index("prompt")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    stored = {row["prompt"]: row for row in events(con) if row["metric"] == "share"}
    assert {*audited} == {*stored} == {*prompts}
    series = drift_series.read(con, WEEKS[-1])
    number = int(np.flatnonzero((series.keys["model"] == "moves") & (series.keys["metric"] == "share"))[0])
    own = series.suite == number
    k, n = series.worth
    found = drift.evidence(k[own], n[own], np.zeros(own.sum(), dtype=np.int64), 1)
    for prompt, row in stored.items():
        for name in ("before_share", "after_share", "change", "change_low", "change_high"):
            expected = None if row[name] is None else pytest.approx(row[name], abs=1e-9)
            assert audited[prompt][name] == expected, name
        week = series.weeks.index(row["week"])
        log_e = found.suites[0, week] if prompt is None else found.cells[:, week].max()
        assert audited[prompt]["log10_e"] == pytest.approx(log_e / np.log(10), abs=1e-9)
        assert row["log10_e"] == round(log_e / np.log(10), 3)


def unread(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """Return another gender of CEOs by a fixed chance: from `CHANGED` on more are women, and more cannot be told."""
    lot, late = random.Random(f"{slot.week}/{slot.slot_key}"), slot.week >= CHANGED
    if slot.prompt != "occupations/ceo":
        return labels(slot, attribute)
    if late and lot.random() < 0.1:
        return attribute.outside[0], None, None
    return ("feminine" if lot.random() < (0.7 if late else 0.35) else "masculine", None, None)


def shy(slot: Slot) -> Sequence[str]:
    """Return what became of a slot: some CEOs are declined, and many from `CHANGED` on."""
    often = (0.6 if slot.week >= CHANGED else 0.05) * (slot.prompt == "occupations/ceo")
    return ("refused_text",) if random.Random(slot.slot_key).random() < often else ("ok",)


def ends(con: Con, row: Row, prompt: str) -> list[End]:
    """Return both sides of a change in one prompt, from slots, attempts and labels."""
    found = con.execute(
        "SELECT slots.week, attempts.outcome, labels.value FROM slots JOIN attempts USING (week, model, slot_key) "
        "LEFT JOIN labels USING (week, model, slot_key) WHERE slots.prompt = $prompt AND slots.model = $model "
        "AND slots.week BETWEEN $first AND $last",
        {"prompt": prompt, "model": row["model"], "first": row["started_week"], "last": row["week"]},
    ).fetchall()
    sides = []
    for since in (False, True):
        own = [(outcome, value) for week, outcome, value in found if (week >= row["changed_week"]) == since]
        seen = [value for outcome, value in own if outcome == "ok" and value in builder.GENDER.values]
        sides.append(End(seen.count(row["value_name"]) / len(seen), len(own) - len(seen), len(own)))
    return sides


def test_an_auditor_finds_size_and_evidence_in_sql(con: Con) -> None:
    assert_audited(con, [None])


#: Up to four pictures of a prompt that show the same gender are of one job.
JOBS = """
INSERT INTO clusters
SELECT week, model, slot_key, 'job ' || prompt || place // 4
FROM (
    SELECT
        labels.week, labels.model, labels.slot_key, prompt,
        row_number() OVER (PARTITION BY labels.week, labels.model, prompt ORDER BY value, labels.slot_key) - 1 AS place
    FROM labels INNER JOIN slots USING (week, model, slot_key)
)
"""


def test_pictures_that_were_drawn_together_are_evidence_of_what_they_are_worth(con: Con) -> None:
    (alone,) = (row for row in events(con) if row["metric"] == "share")
    con.execute(JOBS)
    (moved,) = (row for row in events(con) if row["metric"] == "share")
    same = ("model", "changed_week", "changed_prompts", "before_n", "before_share", "cells")
    assert {name: moved[name] for name in same} == {name: alone[name] for name in same}
    assert moved["week"] >= alone["week"]
    con.execute("DELETE FROM drift_events")
    con.register("found", history_events(con))
    con.execute("INSERT INTO drift_events BY NAME SELECT * FROM found")
    con.unregister("found")
    assert_audited(con, [None])
    # of each week by itself, from labels
    series = drift_series.read(con, WEEKS[-1])
    assert series.effect is not None
    week = 3
    for number, row in enumerate(series.keys.iter_rows(named=True)):
        own = series.suite == number
        if row["metric"] != "share":
            assert (series.effect[own] == 1).all()
            continue
        jobs: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for prompt, job, value in con.execute(
            "SELECT prompt, cluster, value FROM labels JOIN slots USING (week, model, slot_key) "
            "JOIN clusters USING (week, model, slot_key) WHERE week = $week AND model = $model",
            {"week": WEEKS[week], "model": row["model"]},
        ).fetchall():
            jobs[prompt][job].append(value)
        effects = designs(jobs).each
        prompts = [prompt for prompt, here in zip(series.prompts, own, strict=True) if here]
        assert series.effect[own, week].tolist() == pytest.approx([effects[one] for one in prompts], rel=1e-9)
        assert max(effects.values()) > 2
    # fewer pictures tell less
    k, n = series.worth
    own = series.suite == series.numbers[tuple(moved[key] for key in drift_series.KEYS)]
    ones = np.zeros(own.sum(), dtype=np.int64)
    worth, each = (drift.evidence(a[own], b[own], ones, 1) for a, b in ((k, n), (series.k, series.n)))
    assert worth.suites[0, -1] < each.suites[0, -1] / 2


def test_an_auditor_finds_the_evidence_of_prompts_with_gaps(tmp_path: Path) -> None:
    """Chefs: 40 pictures in the first, third and fifth week, ten from the sixth on: many when evidence began."""
    store = open_store(tmp_path / "bucket")
    with connect(None) as con:
        make_tables(con)
        for week in WEEKS[:12]:
            builder.build_partition(
                store, week, "moves", suites=(SUITE,), replicates=40, labels=unread, outcomes=shy
            )
            load_partition(con, store, week, "moves")
        for number, week in enumerate(WEEKS[:12]):
            kept = (0 if number % 2 else 40) if number < 5 else 10
            con.execute(
                "DELETE FROM labels USING slots WHERE labels.week = $week AND labels.slot_key = slots.slot_key "
                "AND slots.prompt = 'occupations/chef' AND slots.replicate >= $kept",
                {"week": week, "kept": kept},
            )
        for week, rows in scores_of(con, WEEKS[:12]):
            replace_week(con, "scores", week, rows)
        replace_history(con, {"drift_events": history_events(con)}, {})
        series = drift_series.read(con, WEEKS[-1])
        assert [40, 0, 40, 0, 40, 10] in series.n[:, :6].tolist()
        assert_audited(con, [None, "occupations/ceo"])


def test_of_two_values_one_is_looked_at(con: Con) -> None:
    series = drift_series.read(con, WEEKS[-1])
    assert {*series.keys["value_name"]} == {"feminine", None}
    assert series.k.shape == (3 * 2 * 3, 16)
    assert (series.k <= series.n).all()


def test_counts_without_any_row_are_no_series(con: Con) -> None:
    con.execute("DELETE FROM scores")
    assert history_events(con).equals(SCHEMA.empty_table())
    assert drift_series.read(con, WEEKS[0]).weeks == ()


def test_the_table_is_replaced_whole(con: Con) -> None:
    before, rows = table_hash(con, "drift_events"), history_events(con)
    con.execute("ROLLBACK")
    replace_history(con, {"drift_events": rows}, {WEEKS[0]: "again"})
    assert table_hash(con, "drift_events") == before
    assert con.execute("SELECT inputs FROM history_weeks").fetchall() == [("again",)]
    con.execute("BEGIN")
    with pytest.raises(UsageError, match="not replaced whole"):
        replace_history(con, {"scores": rows}, {})


def test_a_change_is_measured_on_cells_that_were_seen_on_both_sides() -> None:
    k, n = np.array([[2, 2, 8, 8], [5, 5, 0, 0]]), np.array([[10, 10, 10, 10], [10, 10, 0, 0]])
    found = change(k, n, slice(0, 2), slice(2, 4))
    assert (found["before_share"], found["after_share"], found["changed_cells"]) == (0.2, 0.8, 1)
    assert (found["before_n"], found["after_n"]) == (20, 20)
    p, q = 5 / 22, 17 / 22
    half = 1.959963984540054 * ((p * (1 - p) + q * (1 - q)) / 22) ** 0.5
    assert found["change_low"] == pytest.approx(0.6 - half, abs=1e-12)
    assert found["change_high"] == pytest.approx(0.6 + half, abs=1e-12)


@pytest.mark.parametrize("everywhere", [True, False])
def test_more_pictures_and_more_weeks_see_smaller_shifts(everywhere: bool) -> None:
    found = [smallest_shift(n, 5, 64, weeks, everywhere) for weeks in (3, 8) for n in (6, 12, 24)]
    assert all(shift is not None for shift in found)
    assert found[:3] == sorted(found[:3], reverse=True)
    assert all(late < soon for soon, late in zip(found[:3], found[3:], strict=True))
    assert smallest_shift(1, 5, 64, 3, everywhere=False) is None
    assert smallest_shift(0, 5, 64, 3, everywhere) is None


def test_weeks_scored_one_after_another_and_all_anew_have_the_same_events(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two pictures at a time are of one job."""
    monkeypatch.setattr(weekly, "run_checks", lambda *_, **__: [])  # the store holds no pictures
    for week in WEEKS[:12]:
        builder.build_partition(
            store,
            week,
            "moves",
            suites=(SUITE,),
            replicates=20,
            labels=unread,
            outcomes=shy,
            plan={"grid": 2},
        )
    place = Workplace(
        store=store, warehouse=tmp_path / "warehouse.duckdb", suites={}, models=(), code_version="v1"
    )
    tables = ("drift_events",)

    def hashes(path: Path) -> list[str]:
        with connect(path) as con:
            return [table_hash(con, table) for table in tables]

    score_weeks(place, WEEKS[8])
    early = hashes(place.warehouse)
    score_weeks(place, WEEKS[10])
    score_weeks(place, WEEKS[11])
    late = hashes(place.warehouse)
    assert all(a != b for a, b in zip(early, late, strict=True))
    with connect(place.warehouse) as con:
        opened = con.execute(
            "SELECT min(week)::VARCHAR, max(week)::VARCHAR, count(*) FILTER (WHERE metric = 'share') FROM drift_events"
        ).fetchall()
        assert opened == [(WEEKS[10], WEEKS[10], 1)]
        kept, whole = read_kept(con), drift_series.read(con, WEEKS[11])
        for name in ("keys", "suite", "prompts", "weeks", "k", "n", "effect"):
            assert np.array_equal(getattr(kept, name), getattr(whole, name)), name
        assert whole.effect is not None
        assert whole.effect.max() > 1
    rebuild(store, tmp_path / "again.duckdb", finish=lambda con: score_all(con, place))
    assert hashes(tmp_path / "again.duckdb") == late
    # Nothing changed: nothing is computed again. Another model is withheld: it is.
    computed: list[str] = []
    compute = weekly.LATER_RESULTS["drift_events"]
    counted = {"drift_events": lambda con, through: computed.append(through) or compute(con, through)}
    monkeypatch.setattr(weekly, "LATER_RESULTS", counted)
    assert score_weeks(place, WEEKS[11]) == []
    assert computed == []
    with connect(place.warehouse) as con:
        con.execute("INSERT INTO withheld VALUES ($w, 'moves', 'why')", {"w": CHANGED})
    score_weeks(place, WEEKS[11])
    assert computed == [WEEKS[8]]
    with connect(place.warehouse) as con:
        assert (
            con.sql("FROM drift_events").to_arrow_table().to_pylist()
            == rounded(history_events(con)).to_pylist()
        )
