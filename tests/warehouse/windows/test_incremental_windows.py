"""Week after week, with a week changed late, windows, pairs and ranks are those that a rebuild makes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from assets.gateway.models_file import ModelEntry
from assets.generation.slots import Slot
from assets.generation.workplace import Workplace
from assets.metrics import week as week_module
from assets.metrics.claims.table import history_claims
from assets.metrics.floors import set_floors
from assets.metrics.results import LATER_RESULTS
from assets.metrics.week import score_all, score_weeks
from assets.suites.loader import load_suites
from tests.orchestration.installation import entry
from tests.warehouse import builder
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.windows.planted import OCCUPATIONS, labels
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.database.table_hash import table_hash
from warehouse.store import Store
from warehouse.weeks import shift

WEEKS = [shift(WEEK, number) for number in range(-4, 1)]
SUITES = (OCCUPATIONS, load_suites()["startup-ceo@1"])
TABLES = (
    "window_scores",
    "design_effects",
    "window_effects",
    "model_pairs",
    "ranks",
    "check_results",
    "withheld",
    "drift_events",
    "claims",
)


def hashes(path: Path) -> dict[str, str]:
    with connect(path, read_only=True) as con:
        return {table: table_hash(con, table) for table in TABLES}


def built(store: Store, week: str, model: str, **options: Any) -> list[Slot]:
    """Write one partition and its pictures, which checks read."""
    slots = build_partition(store, week, model, suites=SUITES, replicates=3, **options)
    for slot in slots:
        picture = slot.slot_key.encode()
        store.put_if_absent(keys.image(sha256_hex(picture), "png"), picture)
    return slots


def workplace(store: Store, path: Path) -> Workplace:
    return Workplace(store=store, warehouse=path, suites={}, models=(), code_version="1")


def test_week_after_week_and_a_rebuild_give_the_same_windows(store: Store, tmp_path: Path) -> None:
    place = workplace(store, tmp_path / "weeks.duckdb")
    late = []
    for number, week in enumerate(WEEKS):
        for model in ("one", "two"):
            slots = built(
                store,
                week,
                model,
                labels=labels if (number, model) != (1, "two") else lambda slot, attribute: None,
                prompts=lambda prompt: prompt.endswith(("ceo", "nurse", "chef", "ceo-his", "ceo-their")),
                plan={"grid": 2},
            )
            late += [slot for slot in slots if (number, model) == (1, "two")]
        assert score_weeks(place, week) == [week]
    before = hashes(place.warehouse)
    with connect(place.warehouse, read_only=True) as con:
        assert con.execute("SELECT week::VARCHAR, model FROM withheld").fetchall() == [(WEEKS[1], "two")]
        assert con.execute("SELECT count(*) FROM window_scores WHERE estimate IS NOT NULL").fetchall() > [
            (0,)
        ]
    assert score_weeks(place, WEEKS[-1]) == []
    assert hashes(place.warehouse) == before, "nothing changed, and nothing is made again"

    rows = [
        builder.label_row(slot, attribute.id, labels(slot, attribute))
        for slot in late
        for suite in SUITES
        if slot.suite == suite.id
        for attribute in suite.attributes
    ]
    builder.write_labels(store, WEEKS[1], "two", rows)
    assert score_weeks(place, WEEKS[-1]) == [WEEKS[1]]
    after = hashes(place.warehouse)
    for table in ("window_scores", "design_effects", "window_effects"):
        assert after[table] != before[table], "the week is of four windows, its own among them"

    again = workplace(store, tmp_path / "again.duckdb")
    rebuild(store, again.warehouse, finish=lambda con: score_all(con, again))
    assert hashes(again.warehouse) == after


class KilledError(BaseException):
    """As SIGKILL: nothing of the run goes on."""


def test_a_run_that_died_before_all_was_made_and_checked_is_finished_by_the_next(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_: Any) -> None:
        raise KilledError

    def two_of_three(slot: Slot) -> Sequence[str]:
        return ("server_error",) if slot.week == WEEKS[0] and slot.replicate == 1 else ("ok",)

    place = workplace(store, tmp_path / "weeks.duckdb")
    for week in WEEKS[:2]:
        built(store, week, "one", labels=labels, outcomes=two_of_three)
        score_weeks(place, week)
    whole = hashes(place.warehouse)
    with connect(place.warehouse) as con:  # as it is when a process ends in the middle
        con.execute("DELETE FROM window_scores WHERE week = $week", {"week": WEEKS[1]})
        con.execute("DELETE FROM ranks WHERE week = $week", {"week": WEEKS[1]})
        con.execute("DELETE FROM check_results")
        con.execute("DELETE FROM history_weeks")
        con.execute("DELETE FROM week_hashes")
    assert hashes(place.warehouse) != whole
    with monkeypatch.context() as patched:
        patched.setattr(week_module, "_check_late", dying)
        with pytest.raises(KilledError):
            score_weeks(place, WEEKS[1])
    score_weeks(place, WEEKS[1])
    assert hashes(place.warehouse) == whole

    with connect(place.warehouse) as con:
        assert con.execute("SELECT week::VARCHAR FROM withheld").fetchall() == [(WEEKS[0],)]
        lenient = replace(place, models=(ModelEntry.model_validate(entry("one", completeness_floor=0.5)),))
        set_floors(con, lenient, WEEKS[1])  # and the run ends
    score_weeks(lenient, WEEKS[1])
    with connect(place.warehouse, read_only=True) as con:
        assert con.execute("FROM withheld").fetchall() == []


def test_claims_and_changes_of_a_week_are_checked_when_it_is_first_published_as_in_a_rebuild(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoiled(con: duckdb.DuckDBPyConnection, _: str | None) -> pa.Table:
        rows = history_claims(con)
        more = pc.add(rows["n"], 1)
        return rows.set_column(rows.schema.get_field_index("k"), "k", pc.cast(more, pa.int32()))

    def failing(path: Path) -> list[tuple[str, str | None]]:
        with connect(path, read_only=True) as con:
            return con.execute(
                "SELECT week::VARCHAR, model FROM check_results "
                "WHERE check_name = 'claims__counts_hold' AND status = 'fail' ORDER BY ALL"
            ).fetchall()

    place = workplace(store, tmp_path / "weeks.duckdb")
    built(store, WEEKS[0], "one", labels=labels)
    score_weeks(place, WEEKS[0])
    assert failing(place.warehouse) == []
    monkeypatch.setitem(LATER_RESULTS, "claims", spoiled)  # type: ignore[index]
    built(store, WEEKS[1], "one", labels=labels)
    score_weeks(place, WEEKS[1])
    assert failing(place.warehouse) == [(WEEKS[1], "one")], "an earlier week is as it was published"
    again = workplace(store, tmp_path / "again.duckdb")
    rebuild(store, again.warehouse, finish=lambda con: score_all(con, again))
    assert failing(again.warehouse) == [(WEEKS[0], "one"), (WEEKS[1], "one")]
