"""Weeks below the completeness floor, and weeks that were stopped: labeled all the same, and never green."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.generation.plan import read_plan
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.status import partition_state
from orchestration.commands.editions import open_database
from orchestration.instance import open_instance, partition_key
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, entry
from tests.orchestration.scripted import DAMAGED, STOPPING
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes
from warehouse.loading.load import partitions
from warehouse.weeks import current_week


def withheld(home: Installation, edition: str) -> list[tuple[Any, ...]]:
    with open_database(home.place(), edition) as con:
        return con.execute("SELECT model, reason FROM withheld ORDER BY ALL").fetchall()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test that has a stopped week keeps a copy of it for the others."""
    return tmp_path_factory.mktemp("stopped") / "home"


@pytest.fixture
def stopped(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch, kept: Path) -> str:
    """The present week, in which one model answered one slot of four and was stopped; the other is complete."""
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    fresh.configure(deadline_hours=0.01)
    fresh.write_models(entry("real", provider="stopping", concurrency=1), entry("sim-drift"))
    week = current_week()
    if kept.exists():
        shutil.copytree(kept, fresh.home, dirs_exist_ok=True)
        return week
    ended = cliche("run", "--week", week)
    assert ended.code == 1
    assert ended.error == (
        f"real, week {week}: 3 of 4 slots are open; stopped by the provider (auth: the key is not valid)"
    )
    shutil.copytree(fresh.home, kept)
    return week


def test_pictures_of_a_week_below_its_floor_are_labeled(fresh: Installation, stopped: str) -> None:
    state = partition_state(fresh.store, stopped, "real")
    assert (state.outcomes["ok"], state.open, state.unlabelled) == (1, 3, 0)


def test_a_partition_that_was_stopped_is_failed_in_dagster(fresh: Installation, stopped: str) -> None:
    with open_instance(fresh.settings.dagster_home) as instance:
        key = dg.AssetKey("images")
        assert instance.get_materialized_partitions(key) == {partition_key("sim-drift", stopped)}
        assert partition_key("real", stopped) in instance.get_materialized_partitions(dg.AssetKey("labels"))
        failed = [
            record.dagster_run.tags["dagster/partition"]
            for record in instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
        ]
        assert failed == [partition_key("real", stopped)]


def test_a_run_whose_model_is_withheld_says_so_and_ends_with_1(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROVIDERS, "damaged", DAMAGED)
    fresh.write_models(entry("real", provider="damaged"), entry("sim-drift"))
    ended = cliche("run", "--week", WEEK)
    again = cliche("run", "--week", WEEK)
    for one in (ended, again):
        assert "Withheld, for the critical checks that failed: real." in one.out, one
        assert one.code == 1
    assert cliche("run", "--week", WEEK, "--model", "sim-drift").code == 0
    assert "critical checks that failed: real." in cliche("publish", "--week", WEEK).out


def test_the_floor_is_that_of_the_configuration_when_the_week_is_published(
    fresh: Installation, cliche: Cliche, stopped: str
) -> None:
    reason = "answers only 25 % of prompts (1 of 4; 90 % are needed) (attempts__completeness)"
    assert withheld(fresh, f"{stopped}.1") == [("real", reason)]
    for floor, told in ((0.2, []), (0.5, [("real", reason.replace("90 %", "50 %"))])):
        fresh.write_models(
            entry("real", provider="stopping", concurrency=1, completeness_floor=floor), entry("sim-drift")
        )
        assert cliche("publish", "--week", stopped).code == 0
        edition = json.loads(fresh.store.get("editions/latest.json"))["edition"]
        assert withheld(fresh, edition) == told
        manifest = json.loads(fresh.store.get(f"editions/{edition}/manifest.json"))
        assert {row["model"]: row["completeness_floor"] for row in manifest["partitions"]} == {
            "real": floor,
            "sim-drift": 0.9,
        }
        with connect(fresh.settings.warehouse, read_only=True) as con:
            before = table_hashes(con)
        models = fresh.home / "models.yaml"
        kept = models.read_bytes()
        models.unlink()
        fresh.settings.warehouse.unlink()
        assert cliche("rebuild").code == 0
        with connect(fresh.settings.warehouse, read_only=True) as con:
            assert table_hashes(con) == before
        models.write_bytes(kept)


def test_a_plan_holds_no_floor_and_a_model_that_is_configured_no_more_has_that_of_the_edition(
    published: Installation, cliche: Cliche
) -> None:
    for week, model in partitions(published.store):
        plan = read_plan(published.store, week, model)
        assert plan
        assert plan.completeness_floor is None
    published.write_models(entry(MODELS[1]))
    published.settings.warehouse.unlink()
    assert cliche("rebuild").code == 0
    with connect(published.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT DISTINCT completeness_floor FROM plans").fetchall() == [(0.9,)]
