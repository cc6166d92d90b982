"""A year in which all goes well: the schedule asks every Monday, every week is published, and no alert is sent.

Pictures, labels and plans are real, and who is asked is what the schedule says at its tick. What would take minutes is
not done: after the first week an edition is its manifest and the pointer alone, with the tables of the first one.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from assets.generation.partition import ask_partition
from assets.generation.workplace import parse_key
from assets.labeling.partition import label
from assets.leaderboard.published import read_manifest
from orchestration.definitions import build_defs
from orchestration.instance import open_instance
from tests.orchestration.alerts.watching import ALERTS, Watch, at, beat, switch_on, watching
from tests.orchestration.installation import MODELS, WEEK, Installation, entry
from tests.orchestration.weekly.test_definitions import tick
from warehouse import keys
from warehouse.weeks import shift, span

#: Weeks that are over: nobody can be asked for one to come.
YEAR = span("2025-11-10", "2026-11-02")
#: Days and times of a week, before the week is asked, while it is complete, and after it is published.
BEFORE = ((0, "00:00"), (0, "11:59"))
COMPLETE = ((0, "12:00"), (3, "10:00"), (4, "12:00"), (5, "11:59"))
PUBLISHED = ((5, "12:00"), (5, "15:00"), (6, "23:59"))


def publish(installation: Installation, week: str, like: Installation) -> None:
    """Let an edition of a week be the newest; its checks are those of a real one."""
    folder = installation.home / "store"
    real = read_manifest(like.store, f"{WEEK}.1")
    (part,) = real["tables"]["check_results"]["parts"]
    installation.store.put_if_absent(part["key"], like.store.get(part["key"]))
    new = {"edition": f"{week}.1", "week": week, "revision": 1, "replaces": None}
    tables = {"check_results": {**real["tables"]["check_results"], "parts": [{**part, "week": week}]}}
    manifest = json.dumps({**real, **new, "tables": tables, "partitions": []}).encode()
    installation.store.put_if_absent(f"editions/{week}.1/manifest.json", manifest)
    (folder / keys.LATEST_EDITION).write_text(json.dumps(new))


def look(watch: Watch, week: str, moments: tuple[tuple[int, str], ...]) -> dict[datetime, list[str]]:
    """What arrives at some moments of a week at which the daemon lives."""
    found = {}
    for day, clock in moments:
        now = at(f"{week} {clock}") + timedelta(days=day)
        assert watch.instance is not None
        beat(watch.instance, now)
        found[now] = watch.look(now)
    return {now: kinds for now, kinds in found.items() if kinds}


def test_no_alert_in_a_quiet_year_and_one_in_the_first_week_that_is_not(
    fresh: Installation, published_once: Installation
) -> None:
    fresh.configure(alerts=ALERTS, caps={"week_usd": 10, "month_usd": 30}, first_week=YEAR[0])
    fresh.write_models(entry(MODELS[0], suites=one_slot()))
    place = fresh.place()
    defs = build_defs(fresh.settings, place)
    with watching(fresh) as watch, open_instance(fresh.settings.dagster_home) as watch.instance:
        switch_on(watch.instance, "every_monday")
        watch.place = place  # as the sensor does
        found: dict[datetime, list[str]] = {}
        for week in YEAR:
            found |= look(watch, week, BEFORE)
            for request in tick(defs, at(f"{week} 00:05")):
                model, asked = parse_key(str(request.partition_key))
                assert asked == week
                ask_partition(place, model, asked)
                label(place, model, asked)
            found |= look(watch, week, COMPLETE)
            publish(fresh, week, published_once)
            found |= look(watch, week, PUBLISHED)
        assert found == {}
        assert watch.bodies == []
        assert len(place.store.folders("plans/")) == 52
        after = shift(YEAR[-1], 1)
        assert look(watch, after, COMPLETE) == {at(f"{after} 12:00"): ["run_not_started"], **late(after)}


def late(week: str) -> dict[datetime, list[str]]:
    return {at(f"{week} 12:00") + timedelta(days=4): ["week_late"]}


def one_slot() -> list[dict[str, object]]:
    return [{"suite": "startup-ceo@1", "replicates": 1, "prompts": ["ceo-his"]}]
