"""`cliche status --json`: the week as programs read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from assets.generation.partition import ask_partition, plan_partition
from assets.generation.providers.registry import PROVIDERS
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, entry
from tests.orchestration.paid import CHEAP
from tests.orchestration.scripted import STOPPING
from tests.orchestration.weekly.test_withheld import pictures
from warehouse.integrity.scan import read_store
from warehouse.weeks import current_week


def read(cliche: Cliche, week: str) -> dict[str, Any]:
    ended = cliche("status", "--json", "--week", week)
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    assert found["week"] == week
    return found


def test_partitions_withheld_edition_and_last_reading(published: Installation, cliche: Cliche) -> None:
    name, reason = "images__bytes_as_stored", "other bytes (images__bytes_as_stored)"
    row = {"model": MODELS[0], "check_name": name, "severity": "critical", "failing_rows": 1, "message": "m"}
    published.state("check_results", row | {"status": "fail"}, row | {"status": "pass", "model": MODELS[1]})
    published.state("withheld", {"model": MODELS[0], "reason": reason})
    pictures(published, MODELS[0], WEEK)[0].unlink()
    read_store(published.store, published.home, lambda *step: None)
    found = read(cliche, WEEK)
    one = {model["name"]: model for model in found["models"]}[MODELS[0]]
    assert (one["slots"], one["open"], one["unlabeled"], one["outcomes"]) == (4, 0, 0, {"ok": 4})
    of_labeler = {"pictures": 8, "left": 0, "declined": 0, "stopped_by": None, "trouble": None}
    assert found["labelers"] == [{"name": "drawing", **of_labeler}]
    assert (found["publishable"], found["waiting"], found["forecast"]) == (True, {}, None)
    edition = found["edition"]
    assert (edition["id"], edition["replaces"]) == (f"{WEEK}.1", None)
    assert datetime.fromisoformat(edition["created_at"]) < datetime.now(UTC)
    checks = [(one["check_name"], one["severity"], one["model"]) for one in edition["checks"]]
    assert checks == [(name, "critical", MODELS[0])]
    assert found["withheld"] == [{"model": MODELS[0], "reason": reason}]
    assert found["store_read"]["problems"] > 0
    assert found["queue"] == {}


def test_who_stopped_who_waits(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    fresh.write_models(entry("sim-classic"), entry("real", provider="stopping", concurrency=1))
    ask_partition(fresh.place(), "real", WEEK)
    found = read(cliche, WEEK)
    one = {model["name"]: model for model in found["models"]}
    assert one["sim-classic"]["planned"] is False
    assert (one["real"]["open"], one["real"]["stopped_by"]) == (3, "auth: the key is not valid")
    assert found["waiting"]["sim-classic"] == "was not asked yet"
    assert (found["edition"], found["withheld"], found["store_read"], found["queue"]) == (
        None,
        [],
        None,
        None,
    )


def test_what_is_left_to_pay(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "cheap", CHEAP)
    week = current_week()
    price = {"per_image_usd": 0.25, "source": "test", "date": week}
    fresh.configure(caps={"week_usd": 9})
    fresh.write_models(
        entry("a", provider="cheap", price=price, cap_usd=3), entry("b", provider="cheap", price=price)
    )
    place = fresh.place()
    ask_partition(place, "a", week)
    plan_partition(place, "b", week)
    with place.store.lease(f"generate-{week}-b", purpose="test"):
        found = read(cliche, week)
    assert {one["name"]: (one["calls"], one["usd"]) for one in found["forecast"]} == {
        "a": (0, 0),
        "b": (4, 1),
    }
    assert {one["name"]: (one["cost_usd"], one["cap_usd"]) for one in found["models"]} == {
        "a": (1, 3),
        "b": (0, None),
    }
    assert found["spent"]["week_usd"] == 1
    assert found["spent"]["caps"]["week_usd"] == 9
    assert list(found["runs"]) == [f"generate-{week}-b"]
