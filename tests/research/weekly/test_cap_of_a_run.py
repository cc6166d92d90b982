"""The cap of a run, whatever models and processes it has."""

from __future__ import annotations

import pytest

from tests.orchestration.commands.test_money import cost
from tests.orchestration.installation import Installation, entry, start
from tests.orchestration.paid import PRICE
from tests.services.openai_contract import ContractServer
from warehouse.weeks import current_week

WEEK = current_week()


def test_the_cap_of_a_run_counts_for_all_its_models_and_processes(
    fresh: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-contract-0123456789")
    fresh.configure(caps={"run_usd": 1.3}, deadline_hours=168, runs_at_once=2)
    with ContractServer() as server:
        asked = {"provider": "openai_images", "model_id": "gpt-image-2", "params": {}, "concurrency": 1}
        asked |= {"requests_per_minute": 60_000}
        asked |= {"connection": {"base_url": server.base_url, "allow_private": True}, "price": PRICE}
        fresh.write_models(*(entry(name, **asked) for name in ("one", "other")))
        process = start(fresh.home, "run", "--week", WEEK, "--yes")
        _, err = process.communicate(timeout=400)
    assert (process.returncode, "raise run_usd of caps in cliche.yaml to go on" in err) == (1, True), err
    assert cost(fresh, "one") + cost(fresh, "other") == 1.25  # of eight pictures, two dollars
