"""Keys, usage and the free call of the OpenAI API."""

from __future__ import annotations

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Outcome
from assets.generation.providers.openai.common import OPENAI_URL, Account, Received, usage_facts
from assets.generation.providers.openai.images import OpenAIImages
from tests.services.openai_contract import ContractServer, Reply
from tests.unit.generation.providers.others import request

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


def test_xai_reports_the_cost_in_ticks() -> None:
    assert usage_facts({"cost_in_usd_ticks": 200_000_000}) == {
        "usage": {"cost_in_usd_ticks": 200_000_000},
        "cost_usd": pytest.approx(0.02),
        "cost_basis": "reported",
    }
    assert usage_facts({"input_tokens": 3}) == {"usage": {"input_tokens": 3}}
    assert usage_facts(None) == {}


# --- the key


def test_the_key_is_in_nothing_that_an_answer_or_the_provider_keeps(server: ContractServer) -> None:
    provider = OpenAIImages(connection(server))
    for reply in (Reply(raw=f'{{"error": {{"message": "{KEY}"}}}}'), Reply(raw=f"<html>{KEY}")):
        server.script = lambda call, reply=reply: reply
        kept = provider.ask(request()).model_dump_json()
        assert (KEY in kept, "[key]" in kept) == (False, True)
    assert KEY not in repr(provider) + repr(vars(provider)) + repr(vars(provider._account))


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


def test_openai_itself_is_asked_by_default() -> None:
    assert OpenAIImages(Connection()).endpoint == f"{OPENAI_URL}/images/generations"
    assert Account(Connection()).is_openai
    assert not Account(Connection(base_url="https://api.x.ai/v1")).is_openai
