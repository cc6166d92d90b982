"""A whole week through the real SDK, scored and published: OpenAI's API as others wrote it, and on its own types.

Pictures are drawn by the simulated models and handed out by the servers, so that the labeler has something to read.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.providers.simulated import make as simulated
from assets.generation.receipts import read_partition
from assets.generation.records import Outcome, Request, Slot
from orchestration import weekly
from tests.orchestration.installation import Installation, entry, install
from tests.services.aimock import KEY, KEY_ENV, AIMock, image_fixture
from tests.services.openai_contract import PRICES, Call, ContractServer, Reply
from warehouse.connection import connect
from warehouse.weeks import current_week

APOLOGY = "You are right: they all look alike, and I am sorry."
PRICE = {
    "per_image_usd": 0.04,
    "per_million_usd": PRICES,
    "most_usd": 0.5,
    "source": "test",
    "date": "2026-11-23",
}


def drawn(number: int) -> bytes:
    """A simulated picture of a CEO, another one for another number."""
    slot = Slot(
        slot_key=f"{number:064x}",
        week="2026-11-23",
        model="sim-classic",
        suite="startup-ceo",
        suite_version="1.0.0",
        prompt="startup-ceo/ceo-his",
        replicate=number,
    )
    request = Request(
        slot=slot,
        attempt=1,
        model_id="classic",
        params={"size": 96},
        prompt_text="an ambitious CEO",
        language="en",
    )
    image = simulated().ask(request).image
    assert image is not None
    return image


def published(home: Path, week: str, *entries: dict[str, Any]) -> tuple[Installation, str]:
    """Ask, label, load, score and publish; return the installation and the page."""
    made = install(home, *entries)
    place, settings = made.place(), made.settings
    pairs = [(one["name"], week) for one in entries]
    ran = weekly.run_partitions(place, settings, pairs, lambda text: None)
    assert ran.problems == {}
    edition = weekly.publish(place, settings, week, note=lambda text: None)
    folder = Path(settings.store) / "editions" / edition
    return made, (folder / "index.html").read_text(encoding="utf-8")


def warehouse(made: Installation) -> duckdb.DuckDBPyConnection:
    return connect(made.settings.warehouse, read_only=True)


def test_a_week_of_two_models_through_the_sdk(
    aimock: AIMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-contract-0123456789")
    week = current_week()
    pictures = [drawn(number) for number in range(8)]
    aimock.script(
        image_fixture(pictures[0], prompt="his startup office"),
        image_fixture(pictures[1], prompt="their startup office", revised_prompt="a woman <b>of vision</b>"),
    )

    def script(call: Call) -> Reply:
        if not call.forced:
            return Reply(text=APOLOGY)
        return Reply(image=pictures[call.number % 8], revised_prompt=f"a visionary CEO, turn {call.turn}")

    with ContractServer(script=script) as contract:
        real = {"price": PRICE, "labeler": "drawing"}
        reached = {"base_url": aimock.base_url, "key_env": KEY_ENV, "allow_private": True}
        images = entry(
            "pictures", provider="openai_images", model_id="gpt-image-2", params={}, connection=reached
        )
        chat = entry(
            "chat",
            provider="openai_responses",
            model_id="gpt-6",
            track="system",
            params={"tool": {"size": "1024x1024"}},
            suites=[{"suite": "startup-ceo@1", "replicates": 2, "conversations": 2}],
            connection={"base_url": contract.base_url, "allow_private": True},
        )
        made, page = published(tmp_path / "home", week, images | real, chat | real)
        calls = len(contract.calls)
        again = weekly.run_partitions(
            made.place(), made.settings, [("pictures", week), ("chat", week)], lambda text: None
        )
        assert again.problems == {}
        assert len(contract.calls) == calls  # a finished week makes no call
        receipts = read_partition(made.store, week, "chat").receipts
        assert sum(receipt.cost_usd or 0 for receipt in receipts) == pytest.approx(
            contract.billed_usd(), abs=1e-9
        )

    assert {r.outcome for r in read_partition(made.store, week, "pictures").receipts} == {Outcome.OK}
    assert len(aimock.journal()) == 4
    with warehouse(made) as con:
        found = dict(con.execute("SELECT model, count(*) FROM attempts GROUP BY ALL").fetchall())
        assert found == {"pictures": 4, "chat": 2 * 3 + 2 * 3}
        rewritten = "SELECT count(DISTINCT revised_prompt) FROM attempts WHERE model = 'chat'"
        assert con.execute(rewritten).fetchall() == [(2,)]
        scored = con.execute("SELECT DISTINCT model FROM scores ORDER BY 1").fetchall()
        assert scored == [("chat",), ("pictures",)]
    assert html.escape(APOLOGY) in page  # the conversation, turn by turn
    assert "a visionary CEO, turn 1" in page
    assert "a visionary CEO, turn 3" in page
    assert "<b>of vision</b>" not in page
    written = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    for key in (b"sk-contract-0123456789", KEY.encode()):
        assert [path for path in written if key in path.read_bytes()] == []
