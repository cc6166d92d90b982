"""Pictures from `images.generate`: against aimock, which others wrote, and against the vendor's own types."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Outcome
from assets.generation.providers.openai.images import OpenAIImages
from tests.services.aimock import AIMock, error_fixture, image_fixture
from tests.services.openai.wire import small_picture
from tests.services.openai_contract import ContractServer, Reply
from tests.unit.generation.providers.others import request
from warehouse.errors import UsageError

PICTURE = small_picture(7)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ContractServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    with ContractServer() as running:
        yield running


def provider(server: ContractServer, **more: Any) -> OpenAIImages:
    fields = {"base_url": server.base_url, "allow_private": True, "timeout_s": 5, **more}
    return OpenAIImages(Connection.model_validate(fields))


# --- aimock


def test_a_picture_and_its_rewritten_prompt(aimock: AIMock) -> None:
    aimock.script(image_fixture(PICTURE, prompt="Indian", revised_prompt="a man with a turban"))
    answer = OpenAIImages(aimock.connection()).ask(request(size="1024x1024"))
    fields = answer.outcome, answer.image, answer.revised_prompt
    assert fields == (Outcome.OK, PICTURE, "a man with a turban")
    assert (answer.http_status, answer.usage, answer.units) == (200, None, {"images": 1.0})
    assert answer.request_id
    assert [entry["path"] for entry in aimock.journal()] == ["/v1/images/generations"]


@pytest.mark.parametrize(
    ("fixture", "outcome", "wait_s"),
    [
        (
            error_fixture(429, retry_after=7, type="requests", code="rate_limit_exceeded"),
            Outcome.RATE_LIMITED,
            7,
        ),
        (error_fixture(429, type="insufficient_quota"), Outcome.QUOTA_EXHAUSTED, 1),
    ],
)
def test_errors_of_aimock(
    aimock: AIMock, fixture: dict[str, Any], outcome: Outcome, wait_s: float | None
) -> None:
    aimock.script(fixture)
    answer = OpenAIImages(aimock.connection()).ask(request())
    assert (answer.outcome, answer.retry_after_s, answer.unmapped) == (outcome, wait_s, None)
    assert len(aimock.journal()) == 1  # the SDK does not retry by itself
    if outcome is Outcome.RATE_LIMITED:
        assert (answer.rate.limit, answer.rate.remaining) == (60, 0)


# --- the vendor's own types


def test_what_is_sent_is_what_the_vendors_type_allows_and_one_picture(server: ContractServer) -> None:
    bodies: list[dict[str, Any]] = []
    server.script = lambda call: bodies.append(call.body)  # type: ignore[func-returns-value]
    answer = provider(server).ask(request(size="1536x1024", quality="low"))
    assert answer.outcome is Outcome.OK
    assert bodies == [
        {
            "model": "gpt-image-2",
            "prompt": "an Indian person",
            "n": 1,
            "size": "1536x1024",
            "quality": "low",
        }
    ]


def test_usage_becomes_units_and_the_bill_is_the_servers(server: ContractServer) -> None:
    answer = provider(server).ask(request())
    assert answer.units == {"images": 1.0, "text_in": 5.0, "image_out": 1056.0}
    assert answer.usage["total_tokens"] == 1061
    ours = sum(server.prices[name] * n for name, n in answer.units.items() if name in server.prices) / 1e6
    assert ours == pytest.approx(server.billed_usd())
    assert (answer.model_reported, answer.seed) == (None, None)  # OpenAI reports neither


def test_details_of_usage_are_told_apart(server: ContractServer) -> None:
    usage = {
        "input_tokens": 50,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
        "output_tokens": 300,
        "output_tokens_details": {"image_tokens": 280, "text_tokens": 20},
        "total_tokens": 350,
    }
    server.script = lambda call: Reply(extra={"usage": usage})
    units = provider(server).ask(request()).units
    assert units == {"images": 1, "text_in": 10, "image_in": 40, "image_out": 280, "text_out": 20}


def test_a_picture_at_an_address_is_fetched(server: ContractServer) -> None:
    server.script = lambda call: Reply(as_url=True, image=PICTURE, revised_prompt="richer")
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.image, answer.revised_prompt) == (Outcome.OK, PICTURE, "richer")


@pytest.mark.parametrize(
    ("url", "outcome", "code"),
    [
        ("https://evil.example/p.png", Outcome.WRONG_TYPE, "refused_address"),
        ("http://169.254.169.254/latest/meta-data", Outcome.WRONG_TYPE, "refused_address"),
        ("file:///etc/passwd", Outcome.WRONG_TYPE, "refused_address"),
        ("/pictures/404.png", Outcome.SERVER_ERROR, "image_url_expired"),
    ],
)
def test_an_address_that_is_not_fetched_has_its_outcome_and_its_usage(
    server: ContractServer, url: str, outcome: Outcome, code: str
) -> None:
    whole = f"http://127.0.0.1:{server.port}{url}" if url.startswith("/") else url
    server.script = lambda call: Reply(extra={"data": [{"url": whole}]})
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.error_code, answer.maybe_billed) == (outcome, code, True)
    assert answer.units["image_out"] == 1056


def test_of_duplicate_pictures_the_first_is_kept_and_it_is_said(server: ContractServer) -> None:
    items = [{}] + [{"b64_json": base64.b64encode(small_picture(number)).decode()} for number in (7, 8, 9)]
    server.script = lambda call: Reply(extra={"data": items})
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.image) == (Outcome.OK, PICTURE)
    assert answer.error_message == "3 pictures came for one; the first is kept"
    assert answer.units["images"] == 3


def test_missing_fields_are_met(server: ContractServer) -> None:
    encoded = base64.b64encode(PICTURE).decode()
    server.script = lambda call: Reply(raw=f'{{"data": [{{"b64_json": "{encoded}"}}]}}')
    answer = provider(server).ask(request())
    fields = answer.outcome, answer.image, answer.usage, answer.units
    assert fields == (Outcome.OK, PICTURE, None, {"images": 1.0})


def test_base64_may_be_a_data_address(server: ContractServer) -> None:
    encoded = base64.b64encode(PICTURE).decode()
    server.script = lambda call: Reply(extra_item={"b64_json": f"data:image/png;base64,{encoded}"})
    assert provider(server).ask(request()).image == PICTURE


@pytest.mark.parametrize(
    "error", ['{"message": "x", "code": "new"}', '{"message": "x"}, "id": "1", "data": []']
)
def test_an_error_of_no_known_kind_in_a_good_answer_is_told(server: ContractServer, error: str) -> None:
    server.script = lambda call: Reply(raw=f'{{"error": {error}}}')
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.unmapped, answer.maybe_billed) == (Outcome.SERVER_ERROR, True, False)


# --- APIs that speak alike


def test_a_seed_that_is_reported_counts(server: ContractServer) -> None:
    server.script = lambda call: Reply(
        extra_item={"seed": 5}, extra={"model": "black-forest-labs/FLUX.2-dev"}
    )
    answer = provider(server).ask(request())
    assert (answer.seed, answer.model_reported) == (5, "black-forest-labs/FLUX.2-dev")


def test_xai_reports_what_it_cost_and_what_it_withheld(server: ContractServer) -> None:
    ticks = {"cost_in_usd_ticks": 200_000_000}
    server.script = lambda call: Reply(extra={"usage": ticks}, usage=False)
    answer = provider(server).ask(request())
    assert (answer.outcome, answer.cost_usd, answer.cost_basis) == (Outcome.OK, 0.02, "reported")
    server.script = lambda call: Reply(extra={"usage": ticks}, extra_item={"respect_moderation": False})
    withheld = provider(server).ask(request())
    fields = withheld.outcome, withheld.block_stage, withheld.cost_usd
    assert fields == (Outcome.BLOCKED_OUTPUT, "output", 0.02)
    body = (
        '{"code": "Client specified an invalid argument", "error": "Generated image rejected by content'
        ' moderation.", "usage": {"cost_in_usd_ticks": 200000000}}'
    )
    server.script = lambda call: Reply(raw=body, raw_status=400)
    refused = provider(server).ask(request())
    assert (refused.outcome, refused.cost_usd, refused.maybe_billed) == (
        Outcome.BLOCKED_OUTPUT,
        0.02,
        False,
    )


# --- before anything is asked


def test_a_compatible_api_has_parameters_of_its_own() -> None:
    elsewhere = OpenAIImages(Connection(base_url="https://api.together.xyz/v1"))
    elsewhere.check("black-forest-labs/FLUX.2-dev", {"steps": 4, "seed": "slot", "width": 1024})
    for wrong, says in (
        ({"seed": 7}, 'seed 7 would make all pictures of a prompt the same; write "seed: slot"'),
        ({"seed": "random"}, "seed 'random' would make"),
        ({"n": 2}, '"n" is not for params'),
    ):
        with pytest.raises(UsageError, match=says):
            elsewhere.check("black-forest-labs/FLUX.2-dev", dict(wrong))


# --- the contract server itself


def test_the_contract_server_refuses_what_the_vendors_type_does_not_have(server: ContractServer) -> None:
    for params, code in (({"foo": 1}, "unknown_parameter"), ({"quality": "best"}, "invalid_value")):
        answer = provider(server).ask(request(**params))
        assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, code)
