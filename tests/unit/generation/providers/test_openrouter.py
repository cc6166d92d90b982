"""OpenRouter through the real client, against a server that holds both sides to the OpenAPI that it publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.openrouter.answers import OURS, PARAMS, ROUTING
from assets.generation.providers.openrouter.provider import API, OpenRouter
from assets.generation.slots import Exchange
from tests.services import openrouter as service
from tests.services.loopback import Reply
from tests.services.openrouter import DATED, MODEL, SPEC, openrouter_server, problem
from tests.unit.generation.providers.others import partition, request
from tests.unit.generation.scripted import picture
from warehouse.errors import UsageError

SCRAPS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
OBJECTS = st.dictionaries(
    st.sampled_from(["reasons", "error_type", "raw", "code", "retryable"]), SCRAPS, max_size=3
)
ERRORS = st.dictionaries(
    st.sampled_from(["code", "message", "metadata", "availability"]),
    SCRAPS | OBJECTS | st.sampled_from([400, 404, 429, 504]),
    max_size=4,
)
BODIES = SCRAPS | st.fixed_dictionaries(
    {},
    optional={
        "error": SCRAPS | ERRORS,
        "data": SCRAPS
        | st.lists(SCRAPS | st.dictionaries(st.just("b64_json"), SCRAPS, max_size=1), max_size=2),
        "usage": SCRAPS | st.dictionaries(st.sampled_from(["cost", "is_byok", "prompt_tokens"]), SCRAPS),
    },
)


def shown(number: int) -> bytes:
    return picture(f"{number:06x}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[service.OpenRouter]:
    monkeypatch.setenv("OPENROUTER_API_KEY", service.KEY)
    with openrouter_server(shown) as memory:
        yield memory


def provider(server: service.OpenRouter, **more: Any) -> OpenRouter:
    connection = Connection(base_url=server.base, allow_private=True, **more)
    return OpenRouter(connection, sleep=lambda seconds: None)


def ask(server: service.OpenRouter, **params: Any) -> Answer:
    return provider(server).ask(request(MODEL, **params))


def test_a_picture_with_its_cost_and_who_drew_it(server: service.OpenRouter) -> None:
    answer = ask(
        server, aspect_ratio="1:1", provider={"only": ["google-ai-studio"], "allow_fallbacks": False}
    )
    attempts = [
        {"model": DATED, "provider": "Google", "status": 503},
        {"model": DATED, "provider": "Google AI Studio", "status": 200},
    ]
    routing = {"provider": "Google AI Studio", "upstream_id": "up-gen-0", "attempts": attempts}
    assert answer == Answer(
        outcome=Outcome.OK,
        image=shown(0),
        model_reported=f"{DATED} at Google AI Studio",
        http_status=200,
        request_id="gen-0",
        usage={**(server.usage or {}), "routing": routing},
        units={"images": 1.0, "text_in": 12.0, "image_out": 1290.0},
        cost_usd=0.039,
        cost_basis="reported",
    )
    routed = {"only": ["google-ai-studio"], "allow_fallbacks": False}
    assert server.asked == [
        {"model": MODEL, "prompt": "an Indian person", "aspect_ratio": "1:1", "provider": routed}
    ]


def test_each_slot_sends_its_own_seed(server: service.OpenRouter) -> None:
    one = ask(server, seed="slot")
    other = provider(server).ask(request(MODEL, key="cd" * 32, seed="slot"))
    assert [body["seed"] for body in server.asked] == [one.seed, other.seed]
    assert one.seed != other.seed


def test_with_a_makers_own_key_its_charge_is_added_to_the_fee(server: service.OpenRouter) -> None:
    details = {
        "upstream_inference_cost": 0.04,
        "upstream_inference_prompt_cost": 0.0,
        "upstream_inference_completions_cost": 0.04,
    }
    server.usage = {**(server.usage or {}), "cost": 0.002, "is_byok": True, "cost_details": details}
    assert ask(server).cost_usd == pytest.approx(0.042)


def test_a_record_that_comes_late_is_waited_for_and_one_that_never_comes_takes_nothing(
    server: service.OpenRouter,
) -> None:
    server.unknown_for = 2
    assert ask(server).model_reported == f"{DATED} at Google AI Studio"
    server.unknown_for = 99
    answer = ask(server)
    assert (answer.outcome, answer.model_reported, answer.cost_usd) == (Outcome.OK, None, 0.039)
    assert answer.usage == server.usage
    assert server.looked_up.count("gen-1") == 3


def test_a_record_without_attempts_still_names_the_model(server: service.OpenRouter) -> None:
    server.records = {"provider_responses": None, "provider_name": None}
    assert ask(server).model_reported == MODEL


#: OpenRouter's page on errors: status, what stands beside the message, and what it means here.
DOCUMENTED: list[tuple[int, dict[str, Any], Outcome, str | None]] = [
    (400, {}, Outcome.INVALID_PARAMS, None),
    (400, {"metadata": {"error_type": "invalid_request"}}, Outcome.INVALID_PARAMS, None),
    (400, {"metadata": {"error_type": "content_policy_violation"}}, Outcome.BLOCKED_INPUT, "unknown"),
    (400, {"metadata": {"error_type": "refusal"}}, Outcome.REFUSED_TEXT, None),
    (401, {}, Outcome.AUTH, None),
    (402, {"metadata": {"error_type": "payment_required"}}, Outcome.QUOTA_EXHAUSTED, None),
    (403, {"metadata": {"reasons": ["violence"], "flagged_input": "a …"}}, Outcome.BLOCKED_INPUT, "input"),
    (403, {"metadata": {"patterns": ["ignore all"]}}, Outcome.AUTH, None),
    (404, {"metadata": {"error_type": "not_found"}}, Outcome.MODEL_RETIRED, None),
    (413, {"metadata": {"error_type": "payload_too_large"}}, Outcome.INVALID_PARAMS, None),
    (429, {"metadata": {"error_type": "rate_limit_exceeded"}}, Outcome.RATE_LIMITED, None),
    (500, {"metadata": {"error_type": "server"}}, Outcome.SERVER_ERROR, None),
    (502, {"metadata": {"error_type": "provider_unavailable"}}, Outcome.SERVER_ERROR, None),
    (504, {"metadata": {"error_type": "timeout"}}, Outcome.TIMEOUT, None),
    (524, {}, Outcome.TIMEOUT, None),
    (529, {}, Outcome.SERVER_ERROR, None),
]
AVAILABILITY = [
    (400, "model_not_found", Outcome.MODEL_RETIRED),
    (400, "wrong_endpoint", Outcome.INVALID_PARAMS),
    (404, "no_endpoints", Outcome.MODEL_RETIRED),
    (404, "model_deprecated", Outcome.MODEL_RETIRED),
    (404, "model_unavailable_upstream", Outcome.MODEL_RETIRED),
    (429, "capacity_exhausted", Outcome.RATE_LIMITED),
    (503, "temporarily_unavailable", Outcome.SERVER_ERROR),
    (403, "region_restricted", Outcome.INVALID_PARAMS),
    (404, "privacy_restricted", Outcome.INVALID_PARAMS),
    (404, "constraint_filtered", Outcome.INVALID_PARAMS),
    (404, "free_variant_ended", Outcome.MODEL_RETIRED),
]


@pytest.mark.parametrize(("status", "more", "outcome", "stage"), DOCUMENTED)
@pytest.mark.parametrize("within", [False, True], ids=["status", "within a 200"])
def test_documented_errors(
    server: service.OpenRouter,
    status: int,
    more: dict[str, Any],
    outcome: Outcome,
    stage: str | None,
    within: bool,
) -> None:
    server.answered = problem(status, "no such luck", **more)
    if within:  # an error after the maker began has HTTP 200
        server.answered = Reply(200, server.answered.body)
    answer = ask(server)
    assert (answer.outcome, answer.http_status, answer.block_stage) == (outcome, status, stage)
    assert (answer.unmapped, answer.error_message) == (None, "no such luck")
    assert answer.block_categories == tuple(more.get("metadata", {}).get("reasons", ()))
    assert answer.maybe_billed is (within or status in {504, 524})
    assert answer.refusal_text == ("no such luck" if outcome is Outcome.REFUSED_TEXT else None)


@pytest.mark.parametrize(("status", "code", "outcome"), AVAILABILITY)
def test_documented_codes_of_availability(
    server: service.OpenRouter, status: int, code: str, outcome: Outcome
) -> None:
    server.answered = problem(
        status, "not now", availability={"code": code, "retryable": status in {429, 503}}
    )
    assert ask(server).outcome is outcome
    server.answered = problem(
        status, "not now", availability={"code": code, "retryable": True, "retry_after": 7}
    )
    answer = ask(server)
    assert answer.outcome is (Outcome.RATE_LIMITED if status == 429 else Outcome.SERVER_ERROR)
    assert answer.retry_after_s == 7.0


def test_the_makers_own_words_and_limits_are_kept(server: service.OpenRouter) -> None:
    server.answered = problem(
        429,
        "Provider returned error",
        {"Retry-After": "5", "X-RateLimit-Remaining": "0"},
        metadata={"raw": "busy"},
    )
    answer = ask(server)
    assert (answer.error_message, answer.retry_after_s) == ("Provider returned error: busy", 5.0)
    assert answer.rate is not None
    assert answer.rate.remaining == 0.0


@pytest.mark.parametrize(
    "answered", [Reply(200, b""), Reply(200, b"<html>hi</html>"), Reply(200, b"[1]"), Reply(200, b'"x"')]
)
def test_answers_that_no_row_knows(server: service.OpenRouter, answered: Reply) -> None:
    server.answered = answered
    answer = ask(server)
    assert (answer.outcome, answer.unmapped, answer.maybe_billed) == (Outcome.SERVER_ERROR, True, True)


@pytest.mark.parametrize("data", [[], [{}], [{"b64_json": ""}], None, "x"])
def test_an_answer_without_a_picture_is_empty_and_keeps_its_cost(
    server: service.OpenRouter, data: Any
) -> None:
    server.answered = Reply(200, json.dumps({"data": data, "usage": {"cost": 0.01}}).encode())
    answer = ask(server)
    assert (answer.outcome, answer.cost_usd, answer.unmapped) == (Outcome.EMPTY_ANSWER, 0.01, None)
    assert "0.01" in str(answer.raw_body)


def test_what_is_no_base64_and_a_second_picture(server: service.OpenRouter) -> None:
    server.answered = Reply(200, b'{"data": [{"b64_json": "?"}]}')
    assert ask(server).outcome is Outcome.CORRUPT_IMAGE
    server.answered = Reply(200, b'{"data": [{"b64_json": "aGk="}, {"b64_json": "aGk="}]}')
    answer = ask(server)
    assert (answer.image, answer.error_message) == (b"hi", "2 pictures came for one; the first is kept")


def test_no_key_is_an_answer_and_a_key_is_never_kept(
    server: service.OpenRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answered = Reply(418, f'{{"error": {{"message": "key {service.KEY} is odd"}}}}'.encode())
    assert service.KEY not in ask(server).model_dump_json()
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-wrong-0123456789")
    server.answered = None
    assert ask(server).outcome is Outcome.AUTH
    monkeypatch.setenv("OPENROUTER_API_KEY", "clé")
    assert "plain ASCII" in str(ask(server).error_message)
    monkeypatch.delenv("OPENROUTER_API_KEY")
    answer = ask(server)
    assert (answer.outcome, answer.error_code) == (Outcome.AUTH, "no_key")
    assert "OPENROUTER_API_KEY" in str(answer.error_message)


def test_parameters_and_routing_are_those_that_openrouter_publishes() -> None:
    schemas = SPEC["components"]["schemas"]
    assert set(schemas["ImageGenerationRequest"]["properties"]) == PARAMS | OURS
    assert set(schemas["ImageGenerationProviderPreferences"]["properties"]) == ROUTING


@pytest.mark.parametrize(
    ("model_id", "params", "words"),
    [
        ("gemini", {}, "no model"),
        ("a/b/c", {}, "no model"),
        (MODEL, {"prompt": "x"}, "written by this program"),
        (MODEL, {"n": 4}, "written by this program"),
        (MODEL, {"steps": 4}, "provider.options"),
        (MODEL, {"seed": 3}, "seed: slot"),
        (MODEL, {"output_format": "svg"}, "write png"),
        (MODEL, {"provider": "google"}, "as a mapping"),
        (MODEL, {"provider": {"onyl": ["google"]}}, 'no "onyl"'),
    ],
)
def test_what_a_plan_may_not_ask(model_id: str, params: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        OpenRouter(Connection()).check(model_id, params)


def test_what_a_plan_may_ask() -> None:
    asked = {"seed": "slot", "provider": {"only": ["google-ai-studio"], "options": {"x": {"steps": 3}}}}
    OpenRouter(Connection()).check(MODEL, asked)
    assert OpenRouter(Connection()).endpoint == f"{API}/images"


def test_a_free_call_says_whether_the_key_works_and_the_model_is_there(
    server: service.OpenRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = provider(server)
    probe = asked.probe(MODEL)
    assert (probe.key_ok, probe.model_ok) == (True, True)
    assert "$74.5 left on the key" in probe.line
    assert asked.probe("acme/none").model_ok is False
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-wrong-0123456789")
    assert asked.probe(MODEL).key_ok is False
    monkeypatch.delenv("OPENROUTER_API_KEY")
    assert "OPENROUTER_API_KEY" in asked.probe(MODEL).line
    assert server.asked == []


def test_a_later_turn_of_a_conversation_is_refused(server: service.OpenRouter) -> None:
    first = Exchange(prompt_text="a CEO", outcome=Outcome.OK)
    answer = provider(server).ask(request(MODEL).model_copy(update={"history": (first,)}))
    assert (answer.outcome, server.asked) == (Outcome.INVALID_PARAMS, [])


def test_a_network_that_breaks_is_an_outcome(server: service.OpenRouter) -> None:
    server.answered = Reply(200, b'{"data": []}', cut_after=4)
    answer = ask(server)
    assert (answer.outcome, answer.maybe_billed) == (Outcome.CONNECTION, True)
    server.answered = Reply(200, b"{}", wait_s=1.0)
    answer = provider(server, timeout_s=0.1).ask(request(MODEL))
    assert (answer.outcome, answer.maybe_billed) == (Outcome.TIMEOUT, True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, status=st.sampled_from([200, 400, 403, 429, 500]))
def test_whatever_is_answered_is_an_outcome(server: service.OpenRouter, body: Any, status: int) -> None:
    server.answered = Reply(status, json.dumps(body).encode())
    answer = ask(server)
    assert answer.outcome in Outcome
    assert answer.cost_usd is None or answer.cost_usd >= 0


def test_a_week_keeps_maker_dated_model_and_routing_in_its_receipts(
    server: service.OpenRouter, tmp_path: Path
) -> None:
    _, receipts, _, plan = partition(tmp_path, provider(server), MODEL, aspect_ratio="1:1")
    assert len(receipts) == len(plan.slots) == len(server.asked)
    assert {receipt.outcome for receipt in receipts} == {Outcome.OK}
    assert {receipt.model_reported for receipt in receipts} == {f"{DATED} at Google AI Studio"}
    assert {receipt.cost_basis for receipt in receipts} == {"reported"}
    kept = receipts[0].usage or {}
    assert [one["status"] for one in kept["routing"]["attempts"]] == [503, 200]


def test_what_is_offered_is_openrouters_list(
    server: service.OpenRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert provider(server).offers() == [MODEL]
    monkeypatch.delenv("OPENROUTER_API_KEY")
    missing = provider(server).offers()
    assert isinstance(missing, Answer)
    assert (missing.outcome, missing.error_code) == (Outcome.AUTH, "no_key")
