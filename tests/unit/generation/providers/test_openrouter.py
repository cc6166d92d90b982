"""OpenRouter through the real client, against a server that holds both sides to the OpenAPI that it publishes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.openrouter import OURS, PARAMS, ROUTING, OpenRouter
from tests.services import openrouter as service
from tests.services.loopback import Reply, serving
from tests.services.openrouter import DATED, MODEL, SPEC, problem
from tests.unit.generation.providers.apis import APIS, ROWS
from tests.unit.generation.providers.others import drawn, partition, request


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[service.OpenRouter]:
    monkeypatch.setenv("OPENROUTER_API_KEY", service.KEY)
    with serving(service.OpenRouter(drawn)) as memory:
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
        image=drawn(0),
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


def test_an_error_after_the_maker_began_has_a_good_status_and_may_be_billed(
    server: service.OpenRouter,
) -> None:
    for row in ROWS["openrouter"]:
        if row["status"] == 200:
            continue
        alone = APIS["openrouter"].reply(row)
        server.answered = Reply(200, alone.body)
        answer = ask(server)
        assert (answer.outcome, answer.http_status, answer.unmapped) == (row["outcome"], row["status"], None)
        assert (answer.maybe_billed, answer.block_stage) == (True, row.get("stage"))
        assert answer.block_categories == tuple(row.get("more", {}).get("metadata", {}).get("reasons", ()))
        assert answer.refusal_text == ("no such luck" if answer.outcome is Outcome.REFUSED_TEXT else None)


@pytest.mark.parametrize("status", [400, 404, 429, 503])
def test_what_is_available_again_in_a_moment_is_final_nowhere(
    server: service.OpenRouter, status: int
) -> None:
    available = {"code": "model_unavailable_upstream", "retryable": True, "retry_after": 7}
    server.answered = problem(status, "not now", availability=available)
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
    assert answer.rate.remaining == 0.0


def test_an_empty_answer_keeps_its_cost_and_of_two_pictures_the_first_is_kept(
    server: service.OpenRouter,
) -> None:
    server.answered = Reply(200, json.dumps({"data": [], "usage": {"cost": 0.01}}).encode())
    assert ask(server).cost_usd == 0.01
    server.answered = Reply(200, b'{"data": [{"b64_json": "aGk="}, {"b64_json": "aGk="}]}')
    answer = ask(server)
    assert (answer.image, answer.error_message) == (b"hi", "2 pictures came for one; the first is kept")


def test_parameters_and_routing_are_those_that_openrouter_publishes() -> None:
    schemas = SPEC["components"]["schemas"]
    assert set(schemas["ImageGenerationRequest"]["properties"]) == PARAMS | OURS
    assert set(schemas["ImageGenerationProviderPreferences"]["properties"]) == ROUTING


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
    assert server.asked == []


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


def test_what_is_offered_is_openrouters_list(server: service.OpenRouter) -> None:
    assert provider(server).offers() == [MODEL]
