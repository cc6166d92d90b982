"""Conversations on the page: every turn with what was asked, written, rewritten and drawn, or why there is nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.generation.slots import Slot
from assets.leaderboard.build import build_page
from assets.leaderboard.page.page import render
from assets.leaderboard.parts import conversations
from tests.site import world
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.store import Store, open_store

APOLOGY = "I am sorry: you are right. <script>alert(1)</script>"
REWRITTEN = "Photography of a visionary CEO, a man of Middle Eastern descent"


def apologises_and_draws(slot: Slot, row: dict[str, Any]) -> None:
    """Turn 2 is answered in words alone, turn 3 brings a picture of a rewritten prompt."""
    if slot.turn == 2:
        row |= {"outcome": "refused_text", "answer_text": APOLOGY}
    if slot.turn == 3:
        row |= {"revised_prompt": REWRITTEN}


def draws_at_once(slot: Slot, row: dict[str, Any]) -> None:
    """Turn 2 brings a picture, so turn 3 has no reason."""
    if slot.turn == 2:
        row |= {"answer_text": "Here is another one."}
    if slot.turn == 3:
        row |= {"outcome": "not_needed", "error_message": "the second turn brought a picture"}


def fill(store: Store, model: str, answers: Callable[[Slot, dict[str, Any]], None], **plan: object) -> None:
    """Write one partition of five conversations that go as `answers` says."""
    suite = builder.CONFRONTATION
    slots = builder.make_slots(suite, builder.WEEK, model, {}, 0, 5)
    document = builder.plan_document([suite], slots, builder.WEEK, model) | {"track": "system", **plan}
    store.put_if_absent(keys.plan(builder.WEEK, model), canonical_json(document))
    receipts = []
    for slot in slots:
        row = builder.receipt_row(slot, 1, "ok", document)
        row |= {"prompt_sent": suite.prompts[0].turns[slot.turn - 1]}
        answers(slot, row)
        if row["outcome"] == "ok":
            data = world.picture(slot.slot_key)
            row |= {"image_sha256": sha256_hex(data), "image_bytes": len(data)}
            store.put_if_absent(keys.image(sha256_hex(data), "png"), data)
        else:
            row |= dict.fromkeys([name for name in row if name.startswith("image_")])
        receipts.append(row)
    builder.write_manifest(store, builder.WEEK, model, receipts)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with one model of each kind."""
    found = open_store(tmp_path_factory.mktemp("talks"))
    fill(found, "apologiser", apologises_and_draws, simulated=False)
    fill(found, "sim-eager", draws_at_once)
    return found


def test_every_turn_is_told_with_its_words_and_its_picture(store: Store) -> None:
    real, simulated = conversations.build(world.load(store), date.fromisoformat(builder.WEEK))
    assert (real.model, real.simulated, simulated.model, simulated.simulated) == (
        "apologiser",
        False,
        "sim-eager",
        True,
    )
    assert len(real.conversations) == conversations.CONVERSATIONS
    first, second, third = real.conversations[0].turns
    assert [first.asked, second.asked, third.asked] == list(builder.CONFRONTATION.prompts[0].turns)
    assert (second.said, second.picture, second.ended) == (APOLOGY, None, "Refused in words")
    assert first.picture
    assert third.picture
    assert third.picture.revised == REWRITTEN
    *_, last = simulated.conversations[0].turns
    assert last.ended == "Not asked: the second turn brought a picture"


def test_the_page_shows_the_conversation_turn_by_turn_and_its_words_are_inert(store: Store) -> None:
    page = build_page(world.load(store), week=builder.WEEK, edition=f"{builder.WEEK}.1", code_version="test")
    html = render(page)["figures.html"].decode()
    section = html[html.index('id="conversations"') : html.index('id="data"')]
    turns = re.findall(r"Turn (\d)", section)
    assert turns == ["1", "2", "3"] * (2 * conversations.CONVERSATIONS)
    assert "&lt;script&gt;alert(1)" in section
    assert "<script" not in html
    assert f"rewritten as <bdi>{REWRITTEN}</bdi>" in section
    assert "Labels describe how depictions are perceived" in section
    shown = {picture.sha256 for picture in page.pictures()}
    assert set(re.findall(r'src="pictures/([0-9a-f]{64})', section)) <= shown


def test_a_withheld_model_shows_no_conversation(store: Store) -> None:
    con = world.load(store)
    world.withhold(con, "apologiser", "held back by a test")
    (left,) = conversations.build(con, date.fromisoformat(builder.WEEK))
    assert left.model == "sim-eager"


def test_without_conversations_there_is_no_section(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    world.fill(store, weeks=3, replicates=2, only=("sim-classic",))
    page = build_page(world.load(store), week=world.WEEK, edition=f"{world.WEEK}.1", code_version="test")
    assert b'id="conversations"' not in render(page)["figures.html"]
