"""One week on a folder and on an S3 server: the same pictures, rows and edition, and the same tables rebuilt."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.generation.workplace import Workplace
from assets.leaderboard.asset import publish_week
from assets.leaderboard.published import read_manifest
from assets.metrics.week import score_weeks
from orchestration.loading import load
from tests.e2e import benchmark
from tests.e2e.command import called, hashes, pictures, write_settings
from warehouse.database.connection import connect

WEEK = benchmark.LAST
#: Every kind of picture, retries, refusals and conversations.
STORIES = {
    "rest-of-world@1": (["person-*", "house-*", "street-nigeria"], 1),
    "startup-ceo@1": (["ceo-*"], 2),
    "canary@1": (["lemons"], 1),
}
MODELS = ("sim-cautious", "sim-rewriter")
#: Files of an edition without a time of asking in them.
SAME = {"data/leaderboard.csv", "data/changes.csv", "data/outcomes.parquet", "index.html"}
#: Columns of a part that are equal whenever its pictures were asked for.
OF_THE_ROWS = ("week", "rows", "table_hash")
#: Tables and views without a column of run time: their parts are the same bytes.
TIMELESS = ("plans", "slots", "images", "counts", "figures", "cell_shares", "leaderboard", "outcomes_weekly")


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
    refused = called(home, "status", more={"CLICHE_STORE": store})
    assert (refused.returncode, "taken-away" in refused.stderr) == (2, True)  # they are really gone
    return hashes(home / "warehouse.duckdb")


@pytest.fixture(scope="module")
def local() -> Iterator[Workplace]:
    with benchmark.folder_in_memory("stores") as home:
        yield run_week(home)


def test_the_week_holds_every_kind_of_answer(local: Workplace) -> None:
    with connect(local.warehouse, read_only=True) as con:
        outcomes = {row[0] for row in con.execute("SELECT DISTINCT outcome FROM slot_outcomes").fetchall()}
        turns = con.execute("SELECT count(DISTINCT turn) FROM attempts").fetchone()
    assert outcomes == {"ok", "refused_text", "no_image", "not_needed"}
    assert turns == (3,)


def _files(place: Workplace, prefix: str) -> list[str]:
    return [key.removeprefix(prefix) for key in place.store.list(prefix)]


def _published(place: Workplace) -> dict[str, bytes]:
    return {
        key: place.store.get(key) for prefix in ("tables/", "editions/") for key in place.store.list(prefix)
    }


@pytest.mark.s3
def test_the_same_week_on_s3_gives_the_same_pictures_and_tables(
    local: Workplace, s3_address: str, tmp_path: Path
) -> None:
    place = run_week(tmp_path / "home", s3_address)
    assert place.store.url == s3_address
    kept = pictures(place.store)
    assert kept == pictures(local.store)
    assert len(kept) > 30
    for key, digest in kept.items():
        assert key.split("/")[2].partition(".")[0] == digest
    assert hashes(place.warehouse) == hashes(local.warehouse)
    # What is published of it is the same too, picture for picture and figure for figure.
    here, there = publish_week(local, WEEK), publish_week(place, WEEK)
    names = _files(local, here.prefix)
    assert _files(place, there.prefix) == names
    assert set(names) >= SAME
    for name in names:
        if name.startswith(("pictures/", "static/")) or name in SAME:
            assert place.store.get(there.prefix + name) == local.store.get(here.prefix + name), name
    tables, others = (read_manifest(at.store, here.id)["tables"] for at in (local, place))
    assert {*tables} == {*others} > {*TIMELESS}
    for name, stated in tables.items():
        of_rows = [
            [[part[field] for field in OF_THE_ROWS] for part in of["parts"]] for of in (stated, others[name])
        ]
        assert of_rows[0] == of_rows[1], name
        assert name not in TIMELESS or stated == others[name], name
        assert all(place.store.head(part["key"]) for part in others[name]["parts"]), name
    published = _published(place)
    assert not publish_week(place, WEEK).published
    assert _published(place) == published
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    here_again, there_again = (
        rebuilt(tmp_path / name, url) for name, url in (("here", local.store.url), ("there", s3_address))
    )
    assert here_again == there_again == hashes(local.warehouse)
