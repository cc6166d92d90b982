"""An entry of models/ as it is shipped, asked its whole week by a server that others wrote."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from assets.gateway.receipts import read_partition
from assets.generation.partition import ask_partition, plan_partition
from orchestration.commands.forecasts import look_ahead, with_ledger
from tests.e2e.benchmark import picture
from tests.orchestration.installation import CHECKOUT, install
from tests.services.aimock import KEY_ENV, AIMock, image_fixture
from warehouse.weeks import current_week


def shipped(file: str, name: str) -> str:
    """The entry of that name, with nothing but its lines."""
    text = (CHECKOUT / "models" / file).read_text(encoding="utf-8")
    _, *entries = re.split(r"^(?=  - name: )", text, flags=re.MULTILINE)
    [entry] = [one for one in entries if re.match(rf"  - name: {re.escape(name)}\s", one)]
    return entry.rstrip() + "\n"


def test_a_week_of_an_entry_as_shipped_ends_within_its_cap(aimock: AIMock, tmp_path: Path) -> None:
    week = current_week()
    made = install(tmp_path / "home")
    entry = shipped("openai.yaml", "gpt-image-2").replace(
        "requests_per_minute: 50", "requests_per_minute: 60000"
    )
    at = f'    connection: {{base_url: "{aimock.base_url}", key_env: {KEY_ENV}, allow_private: true}}\n'
    (made.home / "models.yaml").write_text(f"models:\n{entry}{at}", encoding="utf-8")

    [ahead] = look_ahead(with_ledger(made.place(), week), week, ["gpt-image-2"])
    assert (ahead.asks, ahead.usd, ahead.cap_usd) == (358, pytest.approx(358 * 0.053), 25)
    aimock.script(image_fixture(picture("one")))
    report = ask_partition(made.place(), "gpt-image-2", week)
    assert (report.open, report.stopped_by) == (0, None)
    receipts = read_partition(made.store, week, "gpt-image-2").receipts
    assert len(aimock.journal()) == len(receipts) == 358
    assert sum(receipt.cost_usd or 0 for receipt in receipts) == pytest.approx(358 * 0.053)
    plan, _ = plan_partition(made.place(), "gpt-image-2", week)
    pictures = Counter(slot.prompt for slot in plan.slots)
    assert (pictures["startup-ceo/ceo-his"], pictures["french-person/person-en"]) == (20, 20)
