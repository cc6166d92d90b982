"""A model below its floor is withheld, and the floor is that of the configuration when the week is published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assets.generation.providers.registry import PROVIDERS
from orchestration.commands.editions import open_database
from tests.orchestration.installation import Cliche, Installation, entry
from tests.orchestration.scripted import STOPPING
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes
from warehouse.weeks import current_week


def withheld(home: Installation, edition: str) -> list[tuple[Any, ...]]:
    with open_database(home.place(), edition) as con:
        return con.execute("SELECT model, reason FROM withheld ORDER BY ALL").fetchall()


@pytest.fixture
def stopped(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> str:
    """The present week, published, in which one model answered one slot of four and was stopped."""
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    fresh.configure(deadline_hours=0.01)
    fresh.write_models(entry("real", provider="stopping", concurrency=1), entry("sim-drift"))
    assert cliche("run", "--week", current_week()).code == 1
    return current_week()


def test_the_floor_is_that_of_the_publish(fresh: Installation, cliche: Cliche, stopped: str) -> None:
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
