"""One week in a folder: every kind of answer is in it, and its tables can be made again from it alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.generation.workplace import Workplace
from assets.metrics.week import score_weeks
from orchestration.loading import load
from tests.e2e import benchmark
from tests.e2e.command import called, hashes, write_settings
from warehouse.database.connection import connect

WEEK = benchmark.LAST
#: Every kind of picture, retries, refusals and conversations.
STORIES = {
    "rest-of-world@1": (["person-*", "house-*", "street-nigeria"], 1),
    "startup-ceo@1": (["ceo-*"], 2),
    "canary@1": (["lemons"], 1),
}
MODELS = ("sim-cautious", "sim-rewriter")


def run_week(home: Path, store: str | None = None) -> Workplace:
    benchmark.write_models(home / "models.yaml", [benchmark.entry(name, STORIES) for name in MODELS])
    place = benchmark.place_of(benchmark.settings_of(home, store))
    for model in MODELS:
        benchmark.ask_and_label(place, (model, WEEK))
        load(place, model, WEEK)
    score_weeks(place, WEEK)
    return place


def rebuilt(home: Path, store: str) -> dict[str, str]:
    """Return the hashes of what `cliche rebuild` makes where models and suites cannot be read."""
    write_settings(home, models="taken-away.yaml", suites="taken-away")
    done = called(home, "rebuild", more={"CLICHE_STORE": store})
    assert (done.returncode, done.stderr.count("cliche:")) == (0, 0), done.stderr
    assert done.stdout.startswith(f"{home / 'warehouse.duckdb'}: ")
    return hashes(home / "warehouse.duckdb")


@pytest.fixture(scope="module")
def local() -> Iterator[Workplace]:
    with benchmark.folder_in_memory("stores") as home:
        yield run_week(home)


def test_the_week_holds_every_kind_of_answer(local: Workplace) -> None:
    with connect(local.warehouse, read_only=True) as con:
        found = {row[0] for row in con.execute("SELECT DISTINCT outcome FROM slot_outcomes").fetchall()}
        turns = con.execute("SELECT count(DISTINCT turn) FROM attempts").fetchone()
    assert found == {"ok", "refused_text", "no_image", "not_needed"}
    assert turns == (3,)


def test_invariant_06_rebuild_from_the_folder_alone_gives_the_same_tables(
    local: Workplace, tmp_path: Path
) -> None:
    before = hashes(local.warehouse)
    assert {"plans", "slots", "attempts", "images", "labels", "figures", "check_results"} <= set(before)
    home = tmp_path / "elsewhere"
    assert rebuilt(home, str(local.warehouse.parent / "store")) == before
    refused = called(home, "status", more={"CLICHE_STORE": str(local.warehouse.parent / "store")})
    assert refused.returncode == 2  # the configuration is really gone
    assert "taken-away" in refused.stderr


def test_invariant_06_a_lost_object_is_seen_in_the_rebuilt_tables(local: Workplace, tmp_path: Path) -> None:
    copy = tmp_path / "store"
    shutil.copytree(local.warehouse.parent / "store", copy)
    part = next(copy.glob("labels/**/*.parquet"))
    part.chmod(0o644)
    part.unlink()
    before, after = hashes(local.warehouse), rebuilt(tmp_path / "elsewhere", str(copy))
    assert {"labels", "counts", "figures"} <= {name for name in before if before[name] != after[name]}
    assert {name for name in ("plans", "slots", "attempts", "images") if before[name] != after[name]} == set()
