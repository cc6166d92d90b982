"""Headers, keys, usage and the free call of the OpenAI API."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome, RateLimit
from assets.generation.providers.openai.common import (
    OPENAI_URL,
    Account,
    Received,
    duration_s,
    rate_limit,
    retry_after_s,
    usage_facts,
)
from assets.generation.providers.openai.images import OpenAIImages
from tests.services.openai_contract import ContractServer, Reply
from tests.unit.generation.providers.openai_asking import request

KEY = "sk-proj-Zx81mQpL0aVw"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> ContractServer:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ContractServer(keys=(KEY,)) as running:
        yield running  # type: ignore[misc]


def connection(server: ContractServer, **more: object) -> Connection:
    return Connection.model_validate(
        {"base_url": server.base_url, "allow_private": True, "timeout_s": 5, **more}
    )


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("200ms", 0.2),
        ("1h2m3.5s", 3723.5),
        ("12", 12),
        ("0", 0),
        ("-3", 0),
        ("soon", None),
        ("1s later", None),
        ("", None),
        (None, None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_a_duration_is_read_in_every_way_that_headers_write_it(
    text: str | None, seconds: float | None
) -> None:
    assert duration_s(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_a_reset_that_is_a_time_becomes_a_wait() -> None:
    assert duration_s(str(time.time() + 30)) == pytest.approx(30, abs=2)
    assert duration_s(str(time.time() - 30)) == 0


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (
            {
                "x-ratelimit-limit-requests": "60",
                "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-limit-tokens": "150000",
            },
            RateLimit(limit=60, remaining=59, reset_s=1),
        ),
        (
            {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "0"},
            RateLimit(limit=5, remaining=0),
        ),
        (  # Together
            {"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3", "x-ratelimit-reset": "2"},
            RateLimit(limit=10, remaining=3, reset_s=2),
        ),
        ({"x-ratelimit-remaining-requests": "7"}, RateLimit(remaining=7)),  # xAI at times
        ({"x-ratelimit-limit-requests": "many"}, None),
        ({"x-ratelimit-limit-tokens": "150000"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_requests_is_read_from_headers(
    headers: Mapping[str, str], limit: RateLimit | None
) -> None:
    assert rate_limit(headers) == limit


@pytest.mark.parametrize(
    ("headers", "text", "seconds"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after": "-1"}, "", 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({}, "Limit 5, Used 5. Please try again in 12s.", 12),
        ({}, "Please try again in 850ms. Visit …", 0.85),
        ({}, "Please try again in 6m0s.", 360),
        ({"retry-after": "whenever"}, "", None),
        ({"retry-after": "nan"}, "", None),
        ({}, "", None),
    ],
)
def test_the_wait_that_is_asked_for(headers: Mapping[str, str], text: str, seconds: float | None) -> None:
    assert retry_after_s(headers, text) == (seconds if seconds is None else pytest.approx(seconds))


def test_a_wait_may_be_a_date() -> None:
    later = email.utils.formatdate(time.time() + 90, usegmt=True)
    assert retry_after_s({"retry-after": later}) == pytest.approx(90, abs=2)
    assert retry_after_s({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0


def test_xai_reports_the_cost_in_ticks() -> None:
    assert usage_facts({"cost_in_usd_ticks": 200_000_000}) == {
        "usage": {"cost_in_usd_ticks": 200_000_000},
        "cost_usd": pytest.approx(0.02),
        "cost_basis": "reported",
    }
    assert usage_facts({"input_tokens": 3}) == {"usage": {"input_tokens": 3}}
    assert usage_facts(None) == {}


# --- the key


def test_a_missing_key_is_an_answer_that_stops_and_names_the_variable(
    server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    provider = OpenAIImages(connection(server))  # making it reads no key
    answer = provider.ask(request())
    assert (answer.outcome, answer.error_code) == (Outcome.AUTH, "no_key")
    assert "OPENAI_API_KEY" in str(answer.error_message)
    found = provider.probe("gpt-image-2")
    assert found.key_ok is False
    assert "OPENAI_API_KEY" in found.line
    assert server.log() == []


def test_a_key_that_no_header_can_carry_is_told(
    server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ключ")
    answer = OpenAIImages(connection(server)).ask(request())
    assert (answer.outcome, answer.error_message) == (
        Outcome.AUTH,
        "the key in OPENAI_API_KEY is not plain ASCII",
    )


def test_the_key_is_in_nothing_that_an_answer_keeps(server: ContractServer) -> None:
    provider = OpenAIImages(connection(server))
    echo = {"message": f"bad key {KEY}", "code": KEY, "type": "x"}
    replies = [
        Reply(error={"status": 401, **echo}),
        Reply(error={"status": 418, **echo}),
        Reply(raw=f"<html>{KEY}", raw_type="text/html"),
        Reply(raw=f'{{"error": {{"message": "{KEY}"}}}}'),
        Reply(raw=f"<html>{KEY}", raw_status=500, raw_type="text/html"),
    ]
    for reply in replies:
        server.script = lambda call, reply=reply: reply
        answer = provider.ask(request())
        assert answer.outcome is not Outcome.OK
        assert KEY not in answer.model_dump_json()
        assert "[key]" in answer.model_dump_json()
    assert KEY not in repr(provider) + repr(vars(provider)) + repr(vars(provider._account))


def test_the_key_goes_to_the_variable_that_is_named(
    server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    answer = OpenAIImages(connection(server, key_env="XAI_API_KEY")).ask(request())
    assert answer.outcome is Outcome.OK


def test_names_of_an_openai_account_go_to_openai_only(
    server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj_secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-team: secret\nAuthorization: Bearer another")
    headers: dict[str, str] = {}
    server.script = lambda call: headers.update(call.headers)  # type: ignore[func-returns-value]
    assert OpenAIImages(connection(server)).ask(request()).outcome is Outcome.OK
    assert not [name for name in headers if name in {"openai-organization", "openai-project", "x-team"}]
    assert headers["authorization"] == f"Bearer {KEY}"
    assert "idempotency-key" not in headers  # no API of this kind documents one
    assert Account(Connection()).client().organization == "org-secret"


# --- the free call


def test_the_free_call_tells_of_key_and_model(
    server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = OpenAIImages(connection(server))
    found = provider.probe("gpt-image-2")
    assert (found.key_ok, found.model_ok) == (True, True)
    missing = provider.probe("gpt-image-9")
    assert (missing.key_ok, missing.model_ok) == (True, False)
    assert "gpt-image-9" in missing.line
    assert server.calls == []  # nothing that costs
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-wrong")
    wrong = OpenAIImages(connection(server)).probe("gpt-image-2")
    assert (wrong.key_ok, wrong.model_ok) == (False, None)
    assert "auth" in wrong.line
    assert "sk-wrong-wrong" not in wrong.line


def test_what_is_offered_is_what_draws(server: ContractServer, monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(connection(server))
    assert account.offers() == ["gpt-image-2"]  # of gpt-image-2 and gpt-6
    typed = {"data": [{"id": "acme/painter", "type": "image"}, {"id": "acme/image-reader", "type": "chat"}]}
    monkeypatch.setattr(account, "receive", lambda call: Received(typed, {}))
    assert account.offers() == ["acme/painter"]
    monkeypatch.delenv("OPENAI_API_KEY")
    missing = Account(connection(server)).offers()
    assert isinstance(missing, Answer)
    assert (missing.outcome, missing.error_code) == (Outcome.AUTH, "no_key")


def test_the_free_call_says_when_nobody_answers() -> None:
    with ContractServer() as gone:
        pass
    found = OpenAIImages(connection(gone, key_env="PATH")).probe("gpt-image-2")
    assert (found.key_ok, found.model_ok) == (None, None)
    assert "connection" in found.line


def test_openai_itself_is_asked_by_default() -> None:
    assert OpenAIImages(Connection()).endpoint == f"{OPENAI_URL}/images/generations"
    assert Account(Connection()).is_openai
    assert not Account(Connection(base_url="https://api.x.ai/v1")).is_openai
