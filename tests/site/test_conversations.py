"""Conversations on pages: every turn with what was asked, written, rewritten and drawn, or why there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from assets.generation.slots import Slot
from assets.leaderboard.evidence.claims import talks
from assets.leaderboard.page.environment import environment
from assets.leaderboard.page.languages import tongue
from tests.site import world
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed
from warehouse.store import Store, open_store

WEEK = date.fromisoformat(builder.WEEK)
SUITE = builder.CONFRONTATION.model_copy(
    update={"prompts": (builder.CONFRONTATION.prompts[0].model_copy(update={"id": "confrontation"}),)}
)
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
    suite = SUITE
    slots = builder.make_slots(suite, builder.WEEK, model, {}, 0, 5)
    document = builder.plan_document([suite], slots, builder.WEEK, model) | {"track": "system", **plan}
    store.put_if_absent(keys.plan(builder.WEEK, model), sealed(keys.plan(builder.WEEK, model), document))
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
    found = talks(world.load(store), WEEK, 2)
    assert [(one.model, one.simulated) for one in found] == [("apologiser", False)] * 2 + [
        ("sim-eager", True)
    ] * 2
    first, second, third = found[0].turns
    assert [first.asked, second.asked, third.asked] == list(SUITE.prompts[0].turns)
    assert (second.wrote, second.drew) == (APOLOGY, None)
    assert tongue("en").say(str(second.ended and second.ended.text)) == "Refused in words"
    assert first.drew
    assert third.drew
    assert third.revised == REWRITTEN
    *_, last = found[-1].turns
    assert last.ended
    assert tongue("en").say(last.ended) == "Not asked: there was no reason to"


def test_their_words_are_inert(store: Store) -> None:
    template = environment("en").from_string(
        '{% import "pages/_evidence.html.j2" as evidence with context %}'
        "{% for talk in talks %}{{ evidence.conversation(talk) }}{% endfor %}"
    )
    page = template.render(talks=talks(world.load(store), WEEK, 2), thumbnail=lambda sha256: sha256)
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert "<script" not in page
    assert page.count(REWRITTEN) == 2


def test_a_withheld_model_shows_no_conversation(store: Store) -> None:
    con = world.load(store)
    world.withhold(con, "apologiser", "held back by a test")
    assert {one.model for one in talks(con, WEEK, 2)} == {"sim-eager"}
