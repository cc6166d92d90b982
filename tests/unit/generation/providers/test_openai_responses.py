"""The image tool of the Responses API: one turn, and the three-turn confrontation through a whole partition."""

from __future__ import annotations

from typing import Any

import pytest

from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.money.costs import Costs
from assets.gateway.network.connection import Connection
from assets.gateway.receipts import Receipt, read_partition
from assets.gateway.records import Answer, Outcome
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.openai.responses import OpenAIResponses, units
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.suites.loader import load_suites
from tests.services.openai.wire import small_picture
from tests.services.openai_contract import PRICES, Call, ContractServer, Reply
from tests.unit.generation.providers.others import request, turn
from tests.unit.generation.providers.test_openai_images import server
from warehouse.errors import UsageError
from warehouse.store import Store

WEEK = "2026-11-23"
PICTURE = small_picture(7)
FAST = Retry(attempts=3, base_s=0.001, most_s=0.01)
__all__ = ["server"]  # a fixture


def provider(server: ContractServer, **more: Any) -> OpenAIResponses:
    fields = {"base_url": server.base_url, "allow_private": True, "timeout_s": 5, **more}
    return OpenAIResponses(Connection.model_validate(fields))


def ask(server: ContractServer, reply: Reply | None = None, **changes: Any) -> Answer:
    if reply is not None:
        server.script = lambda call: reply
    return provider(server).ask(asked("an Indian person", **changes))


def asked(text: str, **changes: Any) -> Request:
    """A request of one slot; `changes` are fields of it."""
    return request("gpt-6", text=text).model_copy(update=changes)


# --- one turn


def test_a_picture_with_the_prompt_that_the_product_wrote(server: ContractServer) -> None:
    answer = ask(server, Reply(image=PICTURE, revised_prompt="a man with a turban", text="Here it is."))
    assert (answer.outcome, answer.image) == (Outcome.OK, PICTURE)
    assert (answer.revised_prompt, answer.text) == ("a man with a turban", "Here it is.")
    assert (answer.model_reported, answer.provider_conversation_id) == ("gpt-6", "resp_1")
    assert (answer.http_status, answer.request_id) == (200, "req_1")


def test_a_missing_rewritten_prompt_is_none(server: ContractServer) -> None:
    call = {"type": "image_generation_call", "id": "ig", "status": "completed", "result": "aGk="}
    answer = ask(server, Reply(extra={"output": [call]}))
    assert (answer.outcome, answer.revised_prompt, answer.text) == (Outcome.OK, None, None)


def test_what_is_sent_each_turn(server: ContractServer) -> None:
    bodies: list[dict[str, Any]] = []
    server.script = lambda call: bodies.append(call.body)  # type: ignore[func-returns-value]
    params = {"tool": {"size": "1024x1024", "quality": "low"}, "instructions": "Be brief."}
    first = asked("a CEO", params=params)
    one = provider(server).ask(first)
    second = asked("why?", params=params, force_image=False, history=(turn(first, one),))
    two = provider(server).ask(second)
    third = asked("again", params=params, history=(turn(first, one), turn(second, two)))
    provider(server).ask(third)
    tool = {"type": "image_generation", "size": "1024x1024", "quality": "low"}
    common = {"model": "gpt-6", "tools": [tool], "instructions": "Be brief."}  # which do not carry over
    forced = {"type": "image_generation"}
    assert bodies == [
        {**common, "input": "a CEO", "tool_choice": forced},
        {**common, "input": "why?", "tool_choice": "auto", "previous_response_id": "resp_1"},
        {**common, "input": "again", "tool_choice": forced, "previous_response_id": "resp_2"},
    ]


def test_a_turn_without_an_id_is_passed_over(server: ContractServer) -> None:
    first = asked("a CEO")
    one = provider(server).ask(first)
    blocked = Answer(outcome=Outcome.BLOCKED_INPUT)  # refused before there was a response
    history = (turn(first, one), turn(first, blocked))
    assert ask(server, history=history).outcome is Outcome.OK
    assert server.calls[-1]["previous_response_id"] == "resp_1"
    lost = ask(server, history=(turn(first, blocked),))
    assert (lost.outcome, lost.error_code) == (Outcome.INVALID_PARAMS, "no_response_id")
    assert len(server.calls) == 2


def test_a_conversation_that_the_server_forgot_stops(server: ContractServer) -> None:
    first = asked("a CEO")
    gone = turn(first, Answer(outcome=Outcome.OK, provider_conversation_id="resp_of_yore"))
    answer = ask(server, history=(gone,))
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "previous_response_not_found")


BLOCKED = {
    "code": "moderation_blocked",
    "type": "image_generation_user_error",
    "message": "rejected",
    "moderation_details": {"moderation_stage": "output", "categories": ["violence"]},
}
BLOCKED_BEFORE = {**BLOCKED, "moderation_details": {"moderation_stage": "input", "categories": []}}
NOTHING: dict[str, Any] = {"type": "image_generation_call", "id": "ig", "status": "failed"}


@pytest.mark.parametrize(
    ("reply", "outcome", "fields"),
    [
        (
            Reply(call_error=BLOCKED),
            Outcome.BLOCKED_OUTPUT,
            {"block_stage": "output", "block_categories": ("violence",), "error_code": "moderation_blocked"},
        ),
        (Reply(call_error=BLOCKED_BEFORE), Outcome.BLOCKED_INPUT, {"block_stage": "input"}),
        (Reply(call_error={"type": "x", "code": "new", "message": "?"}), Outcome.SERVER_ERROR, {"unmapped": True}),
        (Reply(extra={"output": [NOTHING]}), Outcome.SERVER_ERROR, {"error_code": "image_call_failed"}),
        (Reply(images=0, refusal="I cannot."), Outcome.REFUSED_TEXT, {"refusal_text": "I cannot."}),
        (Reply(images=0, text="I would rather not."), Outcome.REFUSED_TEXT, {"refusal_text": "I would rather not."}),
        (
            Reply(images=0, status="incomplete", incomplete_reason="content_filter"),
            Outcome.BLOCKED_OUTPUT,
            {"block_stage": "output", "error_code": "content_filter"},
        ),
        (
            Reply(images=0, status="incomplete", incomplete_reason="max_output_tokens", text="I will"),
            Outcome.NO_IMAGE,
            {"error_code": "max_output_tokens", "text": "I will"},
        ),
        (
            Reply(images=0, status="failed", response_error={"code": "invalid_prompt", "message": "x"}),
            Outcome.BLOCKED_INPUT,
            {"block_stage": "unknown"},
        ),
        (Reply(images=0, status="cancelled"), Outcome.SERVER_ERROR, {"unmapped": True}),
        (Reply(error={"status": 429, "code": "rate_limit_exceeded", "type": "requests"}), Outcome.RATE_LIMITED, {}),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, Outcome) else "",
)  # fmt: skip
def test_what_comes_instead_of_a_picture(
    server: ContractServer, reply: Reply, outcome: Outcome, fields: dict[str, Any]
) -> None:
    answer = ask(server, reply)
    assert answer.outcome is outcome
    assert {name: getattr(answer, name) for name in fields} == fields


def test_a_failed_answer_keeps_its_id_and_what_it_used(server: ContractServer) -> None:
    answer = ask(server, Reply(call_error=BLOCKED))
    assert answer.provider_conversation_id == "resp_1"
    assert answer.units["image_out"] == 1056  # drawn and withheld: the server says that it was used
    assert not answer.maybe_billed  # because what it cost is known
    unknown = ask(server, Reply(call_error=BLOCKED, usage=False))
    assert unknown.maybe_billed


def test_tokens_that_ran_out_by_our_own_limit_stop(server: ContractServer) -> None:
    reply = Reply(images=0, status="incomplete", incomplete_reason="max_output_tokens")
    answer = ask(server, reply, params={"max_output_tokens": 16})
    assert answer.outcome is Outcome.INVALID_PARAMS
    assert "raise it" in str(answer.error_message)


def test_in_the_free_turn_words_alone_are_no_refusal(server: ContractServer) -> None:
    first = asked("a CEO")
    history = (turn(first, provider(server).ask(first)),)
    answer = ask(server, Reply(text="You are right, I am sorry."), force_image=False, history=history)
    fields = answer.outcome, answer.text, answer.refusal_text
    assert fields == (Outcome.NO_IMAGE, "You are right, I am sorry.", None)
    drawn = ask(server, Reply(images=1, text="Sorry! Here:"), force_image=False, history=history)
    assert (drawn.outcome, drawn.text) == (Outcome.OK, "Sorry! Here:")


def test_of_two_pictures_the_first_is_kept_and_both_are_paid(server: ContractServer) -> None:
    answer = ask(server, Reply(images=2, image=PICTURE))
    assert (answer.outcome, answer.image) == (Outcome.OK, PICTURE)
    assert answer.error_message == "2 pictures came for one; the first is kept"
    assert (answer.units["images"], answer.units["image_out"]) == (2, 2112)


def test_a_result_may_be_an_address(server: ContractServer) -> None:
    server.pictures["/pictures/x.png"] = PICTURE
    url = f"http://127.0.0.1:{server.port}/pictures/x.png"
    call = {"type": "image_generation_call", "id": "ig", "status": "completed", "result": url}
    assert ask(server, Reply(extra={"output": [call]})).image == PICTURE


# --- usage


def test_units_of_the_leading_model_and_of_the_tool_are_told_apart(server: ContractServer) -> None:
    answer = ask(server)
    assert answer.units == {
        "images": 1,
        "text_in": 5,
        "text_out": 21,
        "tool_text_in": 7,
        "image_out": 1056,
    }
    assert answer.usage["tool_usage"]["image_gen"]["output_tokens"] == 1056


def test_cached_tokens_are_not_counted_twice() -> None:
    usage: dict[str, Any] = {
        "input_tokens": 100,
        "output_tokens": 9,
        "input_tokens_details": {"cached_tokens": 60},
    }
    found = units(usage, None, 0)
    assert found == {"images": 0, "text_in": 40, "cached_text_in": 60, "text_out": 9}
    usage["input_tokens_details"] = {"cached_tokens": 60, "cache_write_tokens": 30}
    assert units(usage, None, 0) == {**found, "cache_write": 30}  # beside text_in, at what it costs more


@pytest.mark.parametrize("tools", [None, {}, {"image_gen": {"output_tokens": 0}}, {"image_gen": None}])
def test_a_picture_whose_tokens_are_not_reported_has_no_units(tools: Any) -> None:
    assert units({"input_tokens": 5, "output_tokens": 9}, tools, 1, 1) is None


def test_of_a_picture_that_was_tried_for_the_tools_tokens_decide_whether_the_words_are_all() -> None:
    usage = {"input_tokens": 5, "output_tokens": 9}
    assert units(usage, {"image_gen": {"output_tokens": 0}}, 0, 1) == {
        "images": 0,
        "text_in": 5,
        "text_out": 9,
    }
    assert units(usage, None, 0, 1) is None
    assert units(None, None, 0) is None


# --- before anything is asked


@pytest.mark.parametrize("params", [{"seed": "slot"}, {"tool": {"seed": 7}}])
def test_no_seed_is_sent_as_it_stands_to_an_api_that_takes_other_parameters(params: dict[str, Any]) -> None:
    elsewhere = OpenAIResponses(Connection(base_url="https://api.x.ai/v1"))
    with pytest.raises(UsageError, match="this model takes no seed; remove seed"):
        elsewhere.check("grok-4", params)


# --- the confrontation, through a whole partition


CONFRONTATION = {"suite": "startup-ceo@1", "replicates": 1, "conversations": 2, "prompts": ["confrontation"]}
PRICE = {
    "per_image_usd": 0.04,
    "per_million_usd": PRICES,
    "most_usd": 0.5,
    "source": "the contract server's own prices",
    "date": "2026-11-23",
}


def converse(server: ContractServer, store: Store) -> tuple[Plan, dict[tuple[str, int], Receipt]]:
    """Run the partition; return its plan and the receipts by conversation and turn."""
    named = {"name": "chat", "title": "Chat", "provider": "openai_responses", "model_id": "gpt-6"}
    asked = {"track": "system", "suites": [CONFRONTATION], "params": {"tool": {"size": "1024x1024"}}}
    entry = ModelEntry.model_validate({**named, **asked, "price": PRICE})
    asks = provider(server)
    plan = freeze_plan(store, make_plan(entry, load_suites(), WEEK, asks))
    PartitionRun(store, plan, asks, retry=FAST, costs=Costs(entry.price), concurrency=2).run()
    receipts = read_partition(store, WEEK, "chat").receipts
    return plan, {(str(receipt.conversation), receipt.turn): receipt for receipt in receipts}


def test_three_turns_are_three_slots_each_with_its_words_its_picture_and_its_cost(
    server: ContractServer, store: Store
) -> None:
    apology = "You are right, and I am sorry: they all look alike."

    def script(call: Call) -> Reply:
        if not call.forced:
            return Reply(text=apology)
        return Reply(revised_prompt=f"turn {call.turn}: a visionary CEO", text=None)

    server.script = script
    plan, receipts = converse(server, store)
    assert len(plan.slots) == len(receipts) == 6
    conversations = {conversation for conversation, _ in receipts}
    assert len(conversations) == 2
    billed: dict[int, float] = {call["turn"]: call["billed_usd"] for call in server.calls}
    for conversation in conversations:
        first, second, third = (receipts[conversation, number] for number in (1, 2, 3))
        assert [r.outcome for r in (first, second, third)] == [Outcome.OK, Outcome.NO_IMAGE, Outcome.OK]
        assert [r.revised_prompt for r in (first, second, third)] == [
            "turn 1: a visionary CEO",
            None,
            "turn 3: a visionary CEO",
        ]
        assert second.answer_text == apology
        assert first.image_sha256 != third.image_sha256
        assert second.image_sha256 is None
        ids = [receipt.provider_conversation_id for receipt in (first, second, third)]
        asked = {call["response_id"]: call["previous_response_id"] for call in server.calls}
        assert [asked[str(one)] for one in ids] == [None, ids[0], ids[1]]
        for number, receipt in enumerate((first, second, third), start=1):
            assert receipt.cost_basis == "computed"
            assert receipt.cost_usd == pytest.approx(billed[number], abs=1e-9)
            assert (receipt.track, receipt.model_reported) == ("system", "gpt-6")
    spent = sum(receipt.cost_usd or 0 for receipt in receipts.values())
    assert spent == pytest.approx(server.billed_usd(), abs=1e-9)


def test_a_refusal_of_the_free_turn_is_kept_and_the_third_turn_asked(
    server: ContractServer, store: Store
) -> None:
    server.script = lambda call: None if call.forced else Reply(refusal="I cannot discuss that.")
    _, receipts = converse(server, store)
    turns = {number: receipt for (_, number), receipt in receipts.items()}
    assert (turns[2].outcome, turns[2].refusal_text) == (Outcome.REFUSED_TEXT, "I cannot discuss that.")
    assert turns[3].outcome is Outcome.OK


def test_a_conversation_that_broke_off_goes_on_where_it_was(server: ContractServer, store: Store) -> None:
    server.script = lambda call: None if call.forced else Reply(error={"status": 503, "type": "x"})
    _, receipts = converse(server, store)
    assert {number for _, number in receipts} == {1, 2}
    before = len(server.calls)
    server.script = lambda call: None
    _, receipts = converse(server, store)
    assert {number for _, number in receipts} == {1, 2, 3}
    assert {call["turn"] for call in server.calls[before:]} == {2, 3}  # the first turn is not asked again
