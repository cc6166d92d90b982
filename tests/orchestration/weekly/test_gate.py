"""When a week may be published, and what happens to those who are not complete then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from assets.generation.partition import ask_partition, plan_partition
from assets.generation.plan import read_plan
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.partition import label
from assets.metrics.week import score_weeks
from orchestration.gate import Gate, deadline, look
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, entry
from tests.orchestration.scripted import STOPPING
from tests.orchestration.weekly.test_withheld import complete
from warehouse.database.connection import connect
from warehouse.loading.load import partitions
from warehouse.weeks import current_week

BEFORE = datetime(2026, 11, 14, 11, 59, 59, tzinfo=UTC)
AFTER = datetime(2026, 11, 14, 12, 0, 0, tzinfo=UTC)  # Saturday noon of the week


def gate(installation: Installation, now: datetime = BEFORE) -> Gate:
    return look(installation.place(), installation.settings, WEEK, now)


def test_the_deadline_is_counted_from_monday_midnight_utc() -> None:
    assert deadline("2026-11-09", 132) == AFTER
    assert deadline("2026-12-28", 168) == datetime(2027, 1, 4, tzinfo=UTC)


def test_the_gate_says_why_it_waits(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    names = ("sim-classic", "sim-drift", "sim-cautious", "sim-successor")
    fresh.write_models(*(entry(name) for name in names), entry("real", provider="stopping", concurrency=1))
    place = fresh.place()
    plan_partition(place, "sim-drift", WEEK)
    ask_partition(place, "sim-cautious", WEEK)
    ask_partition(place, "real", WEEK)
    ask_partition(place, "sim-successor", WEEK)
    label(place, "sim-successor", WEEK)
    found = gate(fresh)
    pictures = found.states["sim-cautious"].unlabelled
    assert pictures > 0
    assert found.waiting == {
        "sim-classic": "was not asked yet",
        "sim-drift": "has 4 of 4 slots open",
        "sim-cautious": f"has {pictures} picture{'' if pictures == 1 else 's'} without labels",
        "real": "was stopped (auth: the key is not valid)",
    }
    assert not found.is_open
    assert found.why_closed().endswith("(deadline Saturday 12:00 UTC, then incomplete models are withheld)")
    for model, why in found.waiting.items():
        assert f"{model} {why}" in found.why_closed()


def test_the_gate_opens_at_the_deadline_whoever_is_missing(fresh: Installation) -> None:
    assert not gate(fresh, BEFORE).is_open
    assert gate(fresh, AFTER).is_open
    assert gate(fresh, AFTER).waiting


def test_a_model_that_left_the_file_is_waited_for_where_it_was_planned(published: Installation) -> None:
    published.write_models(entry("sim-classic"), entry("sim-cautious"))
    plan_partition(published.place(), "sim-cautious", WEEK)
    published.write_models(entry("sim-classic"))
    assert set(gate(published).states) == {"sim-classic", "sim-drift", "sim-cautious"}
    assert set(gate(published).waiting) == {"sim-cautious"}


def test_a_model_below_its_floor_is_withheld(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    fresh.write_models(entry("sim-classic"), entry("real", provider="stopping", concurrency=1))
    place = fresh.place()
    complete(place, WEEK, "sim-classic", "real")
    score_weeks(place, WEEK)
    reason = "answers only 25 % of prompts (1 of 4; 90 % are needed) (attempts__completeness)"
    with connect(place.warehouse, read_only=True) as con:
        assert con.execute("SELECT model, reason FROM withheld").fetchall() == [("real", reason)]


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


def test_publishing_before_the_deadline_says_who_is_missing(fresh: Installation, cliche: Cliche) -> None:
    fresh.configure(deadline_hours=168)
    ended = cliche("publish", "--week", current_week())
    assert ended.code == 3
    assert ended.only_line.startswith(
        f"week {current_week()} is not published: sim-classic was not asked yet; sim-drift was not asked yet "
        "(deadline Monday 00:00 UTC, then incomplete models are withheld)"
    )
    assert fresh.objects() == {}
    assert not fresh.settings.warehouse.exists()


def test_running_before_the_deadline_says_who_is_waited_for(fresh: Installation, cliche: Cliche) -> None:
    fresh.configure(deadline_hours=168)
    ended = cliche("run", "--model", "sim-classic")
    assert ended.code == 0
    assert "Not published: sim-drift was not asked yet (deadline Monday 00:00 UTC" in ended.out
    assert not [key for key in fresh.objects() if key.startswith("editions/")]


def test_the_deadline_that_is_told_is_the_one_that_is_kept(fresh: Installation, cliche: Cliche) -> None:
    fresh.configure(deadline_hours=100)
    ended = cliche("status", "--week", WEEK)
    closes = datetime.fromisoformat(WEEK) + timedelta(hours=100)
    assert f"{closes:%A %Y-%m-%d %H:%M} UTC" in ended.out
