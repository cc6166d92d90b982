"""Gemini through Google's SDK, against a server that answers with Google's own types."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.genai import types

from assets.gateway.money.costs import Costs
from assets.gateway.money.prices import Price
from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.errors import match
from assets.generation.providers.gemini.answers import BLOCKED, ERRORS, FINISHED
from assets.generation.providers.gemini.provider import Gemini
from assets.generation.slots import Exchange
from tests.services import gemini as service
from tests.services.gemini import RPC, answered, error, gemini_server, picture_part, usage
from tests.services.loopback import Reply, Seen, serve
from tests.unit.generation.providers.others import partition, request
from tests.unit.generation.scripted import picture
from warehouse.errors import UsageError

FLASH = "gemini-nano-banana-2.1"
PNG = picture("c0ffee")


class Scene:
    """One server and one provider for all tests of the file; `reply` is what the next call gets."""

    def __init__(self) -> None:
        self.reply: Reply = answered(picture_part(PNG))
        self.memory: service.Gemini
        self.provider: Gemini

    def ask(self, reply: Reply, **params: Any) -> Answer:
        self.reply = reply
        return self.provider.ask(request(FLASH, **params))


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    scene = Scene()
    with gemini_server(lambda model, body: scene.reply) as (base, memory):
        scene.memory = memory
        scene.provider = Gemini(Connection(base_url=base, allow_private=True))
        yield scene


@pytest.fixture
def scene(running: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("GEMINI_API_KEY", service.KEY)
    running.memory.asked.clear()
    return running


def test_a_picture_with_model_tokens_and_ids(scene: Scene) -> None:
    answer = scene.ask(answered(picture_part(PNG)), aspect_ratio="1:1", image_size="1K")
    assert (answer.outcome, answer.image, answer.http_status) == (Outcome.OK, PNG, 200)
    assert (answer.model_reported, answer.request_id) == ("gemini-nano-banana-2.1-001", "resp-1")
    assert answer.units == {"text_in": 7.0, "image_out": 1120.0}
    assert (answer.usage or {})["candidatesTokenCount"] == 1120
    assert scene.memory.asked == [
        (
            FLASH,
            {
                "contents": [{"parts": [{"text": "an Indian person"}], "role": "user"}],
                "generationConfig": {
                    "responseModalities": ["IMAGE"],
                    "imageConfig": {"aspectRatio": "1:1", "imageSize": "1K"},
                },
            },
        )
    ]


def test_what_a_picture_costs_follows_from_its_tokens(scene: Scene) -> None:
    per_million = {"text_in": 0.5, "image_out": 60.0, "text_out": 3.0}
    price = Price(per_image_usd=0.067, per_million_usd=per_million, source="test", date=dt.date(2026, 11, 25))
    answer = scene.ask(answered(picture_part(PNG), counted=usage(thoughts_token_count=100)))
    assert answer.units == {"text_in": 7.0, "image_out": 1120.0, "text_out": 100.0}
    cost = Costs((price,)).of(answer, dt.date(2026, 11, 25))
    assert cost["cost_usd"] == pytest.approx((7 * 0.5 + 1120 * 60 + 100 * 3) / 1e6, abs=1e-12)


def test_counts_without_a_breakdown_and_cached_tokens(scene: Scene) -> None:
    bare = {"prompt_tokens_details": None, "candidates_tokens_details": None, "cached_content_token_count": 5}
    answer = scene.ask(answered(picture_part(PNG), counted=usage(**bare)))
    assert answer.units == {"text_in": 2.0, "cached_text_in": 5.0, "image_out": 1120.0}


def test_thoughts_are_no_answer(scene: Scene) -> None:
    thought = types.Part(text="I should draw two.", thought=True)
    draft = types.Part(inline_data=types.Blob(mime_type="image/png", data=picture("1")), thought=True)
    answer = scene.ask(answered(thought, draft, types.Part(text="Here."), picture_part(PNG)))
    assert (answer.image, answer.text) == (PNG, "Here.")


def test_words_instead_of_a_picture_are_a_refusal(scene: Scene) -> None:
    for finish in ("STOP", "NO_IMAGE"):
        answer = scene.ask(answered(types.Part(text="I cannot draw that."), finish=finish))
        assert (answer.outcome, answer.refusal_text) == (Outcome.REFUSED_TEXT, "I cannot draw that.")
    assert scene.ask(answered(finish="NO_IMAGE")).outcome is Outcome.NO_IMAGE


def test_an_answer_with_nothing_in_it_is_no_refusal(scene: Scene) -> None:
    answer = scene.ask(answered(finish="STOP"))
    assert (answer.outcome, answer.refusal_text, answer.error_code) == (Outcome.EMPTY_ANSWER, None, "STOP")
    assert "STOP" in str(answer.raw_body)


FINISHES = {
    "FINISH_REASON_UNSPECIFIED": Outcome.EMPTY_ANSWER,
    "STOP": Outcome.EMPTY_ANSWER,
    "MAX_TOKENS": Outcome.EMPTY_ANSWER,
    "SAFETY": Outcome.BLOCKED_OUTPUT,
    "RECITATION": Outcome.BLOCKED_OUTPUT,
    "LANGUAGE": Outcome.NO_IMAGE,
    "OTHER": Outcome.NO_IMAGE,
    "BLOCKLIST": Outcome.BLOCKED_OUTPUT,
    "PROHIBITED_CONTENT": Outcome.BLOCKED_OUTPUT,
    "SPII": Outcome.BLOCKED_OUTPUT,
    "MALFORMED_FUNCTION_CALL": Outcome.EMPTY_ANSWER,
    "IMAGE_SAFETY": Outcome.BLOCKED_OUTPUT,
    "IMAGE_PROHIBITED_CONTENT": Outcome.BLOCKED_OUTPUT,
    "IMAGE_OTHER": Outcome.NO_IMAGE,
    "NO_IMAGE": Outcome.NO_IMAGE,
    "IMAGE_RECITATION": Outcome.BLOCKED_OUTPUT,
    "UNEXPECTED_TOOL_CALL": Outcome.EMPTY_ANSWER,
    "TOO_MANY_TOOL_CALLS": Outcome.EMPTY_ANSWER,
    "MISSING_THOUGHT_SIGNATURE": Outcome.EMPTY_ANSWER,
    "MALFORMED_RESPONSE": Outcome.SERVER_ERROR,
    "ESCALATION": Outcome.BLOCKED_OUTPUT,
    "PUP_LIMITED_DISABLED": Outcome.AUTH,
    "CONTINUATION": Outcome.EMPTY_ANSWER,
    "MODEL_ARMOR": Outcome.BLOCKED_OUTPUT,
}


@pytest.mark.parametrize("finish", sorted(FINISHES))
def test_reasons_why_an_answer_ended(scene: Scene, finish: str) -> None:
    answer = scene.ask(answered(finish=finish, finish_message="said so"))
    assert (answer.outcome, answer.error_code, answer.unmapped) == (FINISHES[finish], finish, None)
    assert answer.block_stage == ("output" if FINISHES[finish] is Outcome.BLOCKED_OUTPUT else None)
    assert answer.units is not None


@pytest.mark.parametrize("reason", [reason.value for reason in types.BlockedReason])
def test_reasons_why_a_prompt_was_not_taken(scene: Scene, reason: str) -> None:
    rated = types.SafetyRating(category="HARM_CATEGORY_HARASSMENT", probability="HIGH", blocked=True)
    feedback = types.GenerateContentResponsePromptFeedback(
        block_reason=reason, block_reason_message="not this", safety_ratings=[rated]
    )
    answer = scene.ask(answered(finish=None, feedback=feedback))
    assert (answer.outcome, answer.block_stage, answer.error_code) == (Outcome.BLOCKED_INPUT, "input", reason)
    assert (answer.block_categories, answer.refusal_text) == (("HARM_CATEGORY_HARASSMENT",), "not this")


def test_every_reason_of_the_sdk_has_a_row() -> None:
    assert {reason.value for reason in types.FinishReason} == set(FINISHES)
    for kind, reasons in ((FINISHED, types.FinishReason), (BLOCKED, types.BlockedReason)):
        assert [one.value for one in reasons if match(ERRORS, type=kind, code=one.value) is None] == []


def info(kind: str, **fields: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/google.rpc.{kind}", **fields}


DAY = info("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}])
MINUTE = info("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])
WAIT = info("RetryInfo", retryDelay="12.5s")
DOCUMENTED: list[tuple[str, str, list[dict[str, Any]], Outcome]] = [
    ("INVALID_ARGUMENT", "Invalid value at 'aspect_ratio'", [], Outcome.INVALID_PARAMS),
    ("INVALID_ARGUMENT", "Invalid.", [info("ErrorInfo", reason="API_KEY_INVALID")], Outcome.AUTH),
    ("INVALID_ARGUMENT", "API key expired. Please renew the API key.", [], Outcome.AUTH),
    ("FAILED_PRECONDITION", "User location is not supported for the API use.", [], Outcome.AUTH),
    (
        "FAILED_PRECONDITION",
        "Gemini API free tier is not available in your country. Please enable billing.",
        [],
        Outcome.QUOTA_EXHAUSTED,
    ),
    ("OUT_OF_RANGE", "out of range", [], Outcome.INVALID_PARAMS),
    ("UNIMPLEMENTED", "not implemented", [], Outcome.INVALID_PARAMS),
    ("UNAUTHENTICATED", "Request had invalid authentication credentials.", [], Outcome.AUTH),
    ("PERMISSION_DENIED", "The caller does not have permission", [], Outcome.AUTH),
    ("NOT_FOUND", "models/gemini-1 is not found for API version v1beta", [], Outcome.MODEL_RETIRED),
    ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", [], Outcome.RATE_LIMITED),
    ("RESOURCE_EXHAUSTED", "You exceeded your current quota.", [MINUTE, WAIT], Outcome.RATE_LIMITED),
    ("RESOURCE_EXHAUSTED", "You exceeded your current quota.", [DAY, WAIT], Outcome.QUOTA_EXHAUSTED),
    ("RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: x", [], Outcome.QUOTA_EXHAUSTED),
    ("RESOURCE_EXHAUSTED", "Your project has exceeded its spend cap.", [], Outcome.QUOTA_EXHAUSTED),
    ("ABORTED", "aborted", [], Outcome.SERVER_ERROR),
    ("CANCELLED", "cancelled", [], Outcome.SERVER_ERROR),
    ("DATA_LOSS", "lost", [], Outcome.SERVER_ERROR),
    ("UNKNOWN", "unknown", [], Outcome.SERVER_ERROR),
    ("INTERNAL", "An internal error has occurred.", [], Outcome.SERVER_ERROR),
    ("UNAVAILABLE", "The model is overloaded. Please try again later.", [], Outcome.SERVER_ERROR),
    ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", [], Outcome.TIMEOUT),
]


@pytest.mark.parametrize(("status", "words", "details", "outcome"), DOCUMENTED)
def test_documented_errors(
    scene: Scene, status: str, words: str, details: list[dict[str, Any]], outcome: Outcome
) -> None:
    answer = scene.ask(error(status, words, *details))
    assert (answer.outcome, answer.error_code, answer.http_status) == (outcome, status, RPC[status])
    assert (answer.unmapped, len(scene.memory.asked)) == (None, 1)
    assert words in str(answer.error_message)
    assert answer.retry_after_s == (12.5 if WAIT in details else None)


def test_documented_statuses_are_all_tried() -> None:
    assert {status for status, *_ in DOCUMENTED} == set(RPC)


def test_an_error_that_no_row_knows_keeps_its_body(scene: Scene) -> None:
    answer = scene.ask(Reply(418, b'{"error": {"code": 418, "message": "tea", "status": "TEAPOT"}}'))
    assert (answer.outcome, answer.unmapped) == (Outcome.SERVER_ERROR, True)
    assert "TEAPOT" in str(answer.raw_body)
    answer = scene.ask(answered(finish="STOP"))
    assert answer.outcome is Outcome.EMPTY_ANSWER
    body = b'{"candidates": [{"finishReason": "QUANTUM"}]}'
    with pytest.warns(UserWarning, match="QUANTUM"):
        answer = scene.ask(Reply(200, body))
    assert (answer.outcome, answer.unmapped, answer.error_code) == (Outcome.SERVER_ERROR, True, "QUANTUM")


@pytest.mark.parametrize("body", [b"", b"{}", b"<html>hi</html>", b"[]", b'{"candidates": "none"}'])
def test_good_status_with_a_body_that_is_none(scene: Scene, body: bytes) -> None:
    answer = scene.ask(Reply(200, body, {"content-type": "application/json"}))
    assert (answer.outcome, answer.unmapped) == (Outcome.SERVER_ERROR, True)


def test_a_gateway_that_answers_html(scene: Scene) -> None:
    answer = scene.ask(Reply(502, b"<html>bad gateway</html>", {"content-type": "text/html"}))
    assert (answer.outcome, answer.http_status) == (Outcome.SERVER_ERROR, 502)


def test_transport_trouble_is_an_outcome(scene: Scene) -> None:
    good = answered(picture_part(PNG))
    replies = iter(
        [
            Reply(200, good.body, good.headers, cut_after=20),
            Reply(200, good.body, good.headers, drip_s=0.05),
            Reply(200, good.body + b" " * 4000, good.headers),
        ]
    )

    def answer(seen: Seen) -> Reply:
        return next(replies)

    with serve(answer) as base:
        provider = Gemini(
            Connection(base_url=base, allow_private=True, timeout_s=0.4, most_answer_bytes=2000)
        )
        found = [provider.ask(request(FLASH)) for _ in range(3)]
    assert [(one.outcome, one.maybe_billed) for one in found] == [
        (Outcome.CONNECTION, True),
        (Outcome.TIMEOUT, True),
        (Outcome.TOO_LARGE, True),
    ]
    assert provider.ask(request(FLASH)).maybe_billed is False


def test_an_answer_that_may_be_continued_is_not_bought_again(scene: Scene) -> None:
    reply = answered(types.Part(text="half"), finish="CONTINUATION", continuation_token=b"again")
    assert scene.ask(reply).outcome is Outcome.REFUSED_TEXT
    assert len(scene.memory.asked) == 1


def test_no_key_is_an_answer_and_a_key_is_never_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = scene.ask(error("INTERNAL", f"key {service.KEY} broke"))
    assert service.KEY not in answer.model_dump_json()
    monkeypatch.delenv("GEMINI_API_KEY")
    fresh = Gemini(scene.provider._connection)
    answer = fresh.ask(request(FLASH))
    assert (answer.outcome, answer.error_code) == (Outcome.AUTH, "no_key")
    assert "GEMINI_API_KEY" in str(answer.error_message)
    monkeypatch.setenv("GEMINI_API_KEY", "wrong")
    assert Gemini(scene.provider._connection).ask(request(FLASH)).outcome is Outcome.AUTH


def test_variables_of_the_sdk_decide_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_GENAI_USE_ENTERPRISE", "true")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    scene.reply = answered(picture_part(PNG))
    assert Gemini(scene.provider._connection).ask(request(FLASH)).outcome is Outcome.OK


def test_what_a_plan_may_not_ask() -> None:
    provider = Gemini(Connection())
    for model_id, params, words in [
        ("imagen-4.0-generate-001", {}, "ended on 2026-08-17"),
        ("dall-e-3", {}, "is no model"),
        (FLASH, {"size": "1K"}, 'no parameter "size"'),
        (FLASH, {"seed": 7}, "would make all pictures"),
        (FLASH, {"aspect_ratio": 1}, "gemini: "),
        (FLASH, {"modalities": ["SMELL"]}, "none of"),
    ]:
        with pytest.raises(UsageError, match=words):
            provider.check(model_id, dict(params))
    with pytest.warns(UserWarning, match="DEEP"), pytest.raises(UsageError, match="none of"):
        provider.check(FLASH, {"thinking_level": "DEEP"})
    provider.check(FLASH, {"modalities": ["TEXT", "IMAGE"], "thinking_level": "HIGH", "seed": "slot"})


def test_without_the_extra_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Gemini(Connection())
    monkeypatch.setitem(sys.modules, "google.genai", None)
    with pytest.raises(UsageError, match=r"cliche\[gemini\]"):
        provider.check(FLASH, {})
    assert provider.ask(request(FLASH)).error_code == "no_sdk"
    assert "cliche[gemini]" in provider.probe(FLASH).line


def test_a_slot_sends_its_own_seed_and_level(scene: Scene) -> None:
    scene.ask(answered(picture_part(PNG)), seed="slot", thinking_level="HIGH", modalities=["TEXT", "IMAGE"])
    answer = scene.provider.ask(request(FLASH, key="cd" * 32, seed="slot"))
    one, other = (body["generationConfig"] for _, body in scene.memory.asked)
    assert one["seed"] != other["seed"]
    assert other["seed"] == answer.seed
    assert types.ThinkingConfig.model_validate(one["thinkingConfig"]).thinking_level == "HIGH"
    assert one["responseModalities"] == ["TEXT", "IMAGE"]


def test_the_free_call(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    model = types.Model(name=f"models/{FLASH}", display_name="Nano Banana 2")
    scene.reply = Reply(200, model.model_dump_json(by_alias=True, exclude_none=True).encode())
    found = scene.provider.probe(FLASH)
    assert (found.key_ok, found.model_ok) == (True, True)
    scene.reply = error("NOT_FOUND", "models/gone is not found")
    assert scene.provider.probe("gemini-gone").model_ok is False
    monkeypatch.setenv("GEMINI_API_KEY", "wrong")
    assert Gemini(scene.provider._connection).probe(FLASH).key_ok is False
    assert scene.memory.asked == []


def test_a_partition_through_the_ledger(scene: Scene, tmp_path: Path) -> None:
    replies = iter(
        [
            error("UNAVAILABLE", "overloaded"),
            answered(finish="IMAGE_SAFETY"),
            *[answered(picture_part(PNG))] * 99,
        ]
    )
    scene.memory.reply = lambda model, body: next(replies)
    try:
        report, receipts, _, plan = partition(tmp_path, scene.provider, FLASH, aspect_ratio="1:1")
    finally:
        scene.memory.reply = lambda model, body: scene.reply
    assert report.planned == len(plan.slots) == report.outcomes["ok"] + 1
    assert (report.outcomes["blocked_output"], report.asked) == (1, report.planned + 1)
    assert {receipt.model_reported for receipt in receipts} >= {"gemini-nano-banana-2.1-001"}


def test_a_later_turn_of_a_conversation_is_refused_and_not_asked_without_it() -> None:
    earlier = Exchange(prompt_text="a CEO", outcome=Outcome.OK)
    turn = request(FLASH).model_copy(update={"history": (earlier,)})
    answer = Gemini(Connection()).ask(turn)
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "no_conversation")


def test_the_list_of_models_holds_those_that_draw_by_generate_content(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scene.provider.offers() == ["gemini-nano-banana-2.1", "gemini-3.1-flash-image"]
    monkeypatch.setenv("GEMINI_API_KEY", "wrong-key-0123456789")
    refused = Gemini(scene.provider._connection).offers()
    assert isinstance(refused, Answer)
    assert refused.outcome is Outcome.AUTH
