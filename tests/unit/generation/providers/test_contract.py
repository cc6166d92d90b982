"""What holds for every provider alike: documented errors, broken answers, keys, addresses, seeds, waits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers import bedrock as bedrock_provider
from assets.generation.providers import bfl, errors, gemini, openrouter
from assets.generation.providers.base import offers, probe
from assets.generation.providers.openai import errors as openai_errors
from assets.generation.providers.registry import PROVIDERS, make_provider
from assets.generation.slots import Exchange
from tests.services import bedrock
from tests.services.loopback import Reply
from tests.unit.generation.providers import apis
from tests.unit.generation.providers.apis import APIS, CORE, KEY, ROWS, Wire
from tests.unit.generation.providers.others import request
from warehouse.errors import UsageError

ASKED = sorted(APIS)
WITH_KEY = sorted(name for name, api in APIS.items() if api.key_env)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for api in APIS.values():
        if api.key_env:
            monkeypatch.setenv(api.key_env, KEY)
    bedrock.credentials(monkeypatch.setenv)


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    with apis.wire() as made:
        yield made


def documented(wire: Wire, name: str, row: dict[str, Any]) -> tuple[Reply, Answer]:
    reply = APIS[name].reply(row)
    return reply, wire.ask(name, reply, model=getattr(apis, row.get("model", ""), ""))


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=f"{name}: {row.get('what') or row.get('code') or row['outcome']}")
        for name, rows in ROWS.items()
        for row in rows
    ],
)
def test_what_is_documented_has_its_outcome(wire: Wire, name: str, row: dict[str, Any]) -> None:
    reply, answer = documented(wire, name, row)
    assert (answer.outcome, answer.block_stage, answer.unmapped) == (row["outcome"], row.get("stage"), None)
    assert (answer.http_status, answer.retry_after_s) == (reply.status, row.get("wait_s"))
    assert (answer.maybe_billed, len(wire.seen)) == (row.get("billed", False), 1)
    assert row.get("said", row.get("message", "")) in f"{answer.error_message} {answer.refusal_text}"
    if name == "bedrock" and "code" in row:
        assert (answer.error_code, answer.request_id) == (row["code"], "req-error")
    if answer.outcome is Outcome.EMPTY_ANSWER:  # no refusal: what came is kept
        assert (bool(answer.raw_body), answer.refusal_text) == (True, None)


@pytest.mark.parametrize(
    ("names", "table"),
    [
        (("openai_images", "openai_responses"), openai_errors.ERRORS),
        (("gemini",), gemini.ERRORS),
        (("openrouter",), openrouter.ERRORS),
        (("bfl",), [row for row in bfl.ERRORS if row.type is None]),  # others are statuses of a task
        (
            ("bedrock",),
            [row for row in bedrock_provider.ERRORS if not hasattr(botocore.exceptions, row.code or "-")],
        ),
    ],
    ids=["openai", "gemini", "openrouter", "bfl", "bedrock"],
)
def test_every_row_of_a_table_is_the_first_match_of_something_documented(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], table: list[errors.ErrorRow]
) -> None:
    used: list[errors.ErrorRow | None] = []
    match = errors.match
    monkeypatch.setattr(errors, "match", lambda *args, **told: used.append(match(*args, **told)) or used[-1])
    for name in names:
        for row in ROWS[name]:
            documented(wire, name, row)
    assert [row for row in table if row not in used] == []


@pytest.mark.parametrize("name", ASKED)
def test_what_no_row_knows_is_a_server_error_with_its_words_kept(wire: Wire, name: str) -> None:
    status = APIS[name].unknown
    answer = wire.ask(name, APIS[name].error(status, "short and stout"))
    assert (answer.outcome, answer.unmapped, answer.http_status) == (Outcome.SERVER_ERROR, True, status)
    assert "short and stout" in str(answer.raw_body)
    assert not answer.maybe_billed


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("body", [b"", b"<html>hi</html>", b"[]", b'"x"'])
def test_a_good_status_with_a_body_that_is_none_may_be_billed(wire: Wire, name: str, body: bytes) -> None:
    answer = wire.ask(name, Reply(200, body, apis.JSON))
    assert (answer.outcome, answer.unmapped) == (Outcome.SERVER_ERROR, True)
    assert answer.maybe_billed


@pytest.mark.parametrize("name", ASKED)
def test_a_gateway_that_answers_html(wire: Wire, name: str) -> None:
    answer = wire.ask(name, Reply(503, b"<html>busy</html>", {"content-type": "text/html"}))
    assert (answer.outcome, answer.http_status, answer.unmapped) == (Outcome.SERVER_ERROR, 503, None)
    assert not answer.maybe_billed


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(
    "body", [b"[]", b"null", b'"slow down"', b'{"message": 3}', b'{"message": {"a": 1}, "code": 5}']
)
def test_an_error_of_any_other_shape_is_known_by_its_status(wire: Wire, name: str, body: bytes) -> None:
    for status, outcome in ((401, Outcome.AUTH), (429, Outcome.RATE_LIMITED)):
        answer = wire.ask(name, Reply(status, body, apis.JSON))
        assert (answer.outcome, answer.http_status) == (outcome, status)


@pytest.mark.parametrize("name", ASKED)
def test_transport_trouble_is_an_outcome_and_costs_one_call(wire: Wire, name: str) -> None:
    for reply, outcome in (
        (Reply(200, b" " * 1000, apis.JSON, cut_after=20), Outcome.CONNECTION),
        (Reply(200, b" " * 1000, apis.JSON, drip_s=0.05), Outcome.TIMEOUT),
        (Reply(200, b" " * 4000, apis.JSON), Outcome.TOO_LARGE),
    ):
        wire.seen.clear()
        wire.replies = [reply]
        asked = wire.provider(name, timeout_s=0.3, most_answer_bytes=2000).ask(request(APIS[name].model))
        assert (asked.outcome, asked.maybe_billed, len(wire.seen)) == (outcome, True, 1)
    gone = wire.provider(name, base_url="http://127.0.0.1:9").ask(request(APIS[name].model))
    assert (gone.outcome, gone.maybe_billed) == (Outcome.CONNECTION, False)


@pytest.mark.parametrize("name", ASKED)
def test_a_private_address_is_asked_only_where_that_is_allowed(wire: Wire, name: str) -> None:
    wire.seen.clear()
    answer = wire.provider(name, allow_private=False).ask(request(APIS[name].model))
    assert (answer.outcome, answer.error_code, wire.seen) == (Outcome.INVALID_PARAMS, "refused_address", [])
    found = probe(wire.provider(name, allow_private=False), APIS[name].model)
    assert (found.key_ok, found.model_ok, found.certain) == (None, None, True)


@pytest.mark.parametrize("name", ASKED)
def test_a_wait_that_is_asked_for_is_passed_on_and_nothing_is_asked_twice(wire: Wire, name: str) -> None:
    answer = wire.ask(name, Reply(429, b"{}", apis.JSON | {"Retry-After": "7"}))
    assert (answer.outcome, answer.retry_after_s, len(wire.seen)) == (Outcome.RATE_LIMITED, 7.0, 1)


@pytest.mark.parametrize("name", [name for name in ASKED if APIS[name].seeds])
def test_each_slot_sends_a_seed_of_its_own_where_that_is_asked_for(wire: Wire, name: str) -> None:
    seeds = []
    for key in ("ab" * 32, "cd" * 32, "ab" * 32):
        wire.ask(name, Reply(500, b"{}", apis.JSON), key=key, seed="slot")
        seeds += re.findall(rb'"seed": ?(\d+)', wire.seen[0].body)
    assert len(seeds) == 3
    assert (seeds[0] == seeds[2], seeds[0] == seeds[1]) == (True, False)


# keys


@pytest.mark.parametrize("name", WITH_KEY)
def test_no_key_is_an_answer_that_names_the_variable(
    wire: Wire, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = APIS[name]
    monkeypatch.delenv(str(api.key_env))
    wire.seen.clear()
    provider = wire.provider(name)  # making it reads no key
    answer, found = provider.ask(request(api.model)), probe(provider, api.model)
    assert (answer.outcome, answer.error_code, wire.seen) == (Outcome.AUTH, "no_key", [])
    assert (found.key_ok, found.model_ok) == (False, None)
    assert str(api.key_env) in str(answer.error_message)
    assert str(api.key_env) in found.line
    offered = offers(provider)
    assert offered is None or (isinstance(offered, Answer) and offered.error_code == "no_key")
    monkeypatch.setenv(str(api.key_env), "sk-ключ")
    told = f"the key in {api.key_env} is not plain ASCII"
    assert wire.provider(name).ask(request(api.model)).error_message == told


@pytest.mark.parametrize("name", WITH_KEY)
def test_a_key_is_in_nothing_that_is_kept(wire: Wire, name: str) -> None:
    kept = wire.ask(name, APIS[name].error(418, f"key {KEY} is odd")).model_dump_json()
    assert (KEY in kept, "[key]" in kept) == (False, True)
    assert KEY not in wire.ask(name, Reply(500, f"<html>{KEY}".encode())).model_dump_json()


@pytest.mark.parametrize("name", WITH_KEY)
def test_the_key_is_that_of_the_variable_that_is_named(
    wire: Wire, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_KEY", "sk-of-another-account")
    wire.seen.clear()
    wire.replies = [Reply(500)]
    wire.provider(name, key_env="OTHER_KEY").ask(request(APIS[name].model))
    headers = json.dumps(wire.seen[0].headers)
    assert ("sk-of-another-account" in headers, KEY in headers) == (True, False)
    assert "idempotency-key" not in wire.seen[0].headers  # no API here documents one


# before anything is asked


@pytest.mark.parametrize("name", ["bedrock", "bfl", "diffusers", "gemini", "openrouter"])
def test_a_later_turn_of_a_conversation_is_refused_and_not_asked_without_it(name: str) -> None:
    model = APIS[name].model if name in APIS else "a/b"
    turn = request(model).model_copy(update={"history": (Exchange(prompt_text="a", outcome=Outcome.OK),)})
    answer = make_provider(name).ask(turn)
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "no_conversation")


NANO, ROUTED, PRO, THREE = (
    "gemini-nano-banana-2.1", "google/gemini-3.1-flash-image", "flux-2-pro", "flux-3-image",
)  # fmt: skip
IN_US = Connection(region="us-west-2")


@pytest.mark.parametrize(
    ("name", "model", "params", "words"),
    [
        ("bedrock", "amazon.nova-pro-v1:0", {}, "no image model"),
        ("bedrock", CORE, {"size": 1024}, 'no parameter "size"'),
        ("bedrock", CORE, {"seed": 7}, "would make all pictures"),
        ("bedrock", apis.OMNI, {"seed": "slot"}, "takes no seed"),
        ("bfl", "FLUX.2 [pro]", {}, "is no model"),
        ("bfl", "../v1/credits", {}, "is no model"),
        ("bfl", PRO, {"size": 1024}, 'no parameter "size"'),
        ("bfl", PRO, {"seed": 7}, "would make all pictures"),
        ("bfl", THREE, {"seed": "slot"}, "takes no seed"),
        ("bfl", PRO, {"webhook_url": "https://example.com"}, "written by this program"),
        ("gemini", "imagen-4.0-generate-001", {}, "ended on 2026-08-17"),
        ("gemini", "dall-e-3", {}, "is no model"),
        ("gemini", NANO, {"size": "1K"}, 'no parameter "size"'),
        ("gemini", NANO, {"seed": 7}, "would make all pictures"),
        ("gemini", NANO, {"aspect_ratio": 1}, "gemini: "),
        ("gemini", NANO, {"modalities": ["SMELL"]}, "none of"),
        ("midjourney", "v7", {}, "no version"),
        ("midjourney", "7", {"sref": 1}, "no setting"),
        ("midjourney", "7", {"seed": 42}, "seed would make all pictures of a prompt the same"),
        ("openrouter", "gemini", {}, "no model"),
        ("openrouter", "a/b/c", {}, "no model"),
        ("openrouter", ROUTED, {"prompt": "x"}, "written by this program"),
        ("openrouter", ROUTED, {"steps": 4}, "provider.options"),
        ("openrouter", ROUTED, {"seed": 3}, "seed: slot"),
        ("openrouter", ROUTED, {"output_format": "svg"}, "write png"),
        ("openrouter", ROUTED, {"provider": "google"}, "as a mapping"),
        ("openrouter", ROUTED, {"provider": {"onyl": ["google"]}}, 'no "onyl"'),
        ("openai_images", "gpt-image-2", {"qualty": "low"}, 'unknown parameter "qualty"; did you mean "quality"?'),
        ("openai_images", "gpt-image-2", {"quality": "lowest"}, "quality 'lowest': Input should be"),
        ("openai_images", "gpt-image-2", {"n": 4}, '"n" is not for params'),
        ("openai_images", "gpt-image-2", {"output_format": "svg"}, "output_format is one of jpeg, png, webp"),
        ("openai_images", "gpt-image-2", {"seed": 1}, 'unknown parameter "seed"'),
        ("openai_responses", "gpt-6", {"tool": {"sze": "x"}}, 'tool: unknown parameter "sze"; did you mean "size"?'),
        ("openai_responses", "gpt-6", {"tool": {"quality": "best"}}, "tool: quality 'best'"),
        ("openai_responses", "gpt-6", {"tool": {"type": "web_search"}}, '"type" is not for params'),
        ("openai_responses", "gpt-6", {"tool": "x"}, "write a mapping"),
        ("openai_responses", "gpt-6", {"store": False}, '"store" is not for params'),
        ("openai_responses", "gpt-6", {"temperature": "hot"}, "temperature 'hot'"),
    ],
)  # fmt: skip
def test_what_a_plan_may_not_ask_is_one_line(
    name: str, model: str, params: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        make_provider(name, IN_US).check(model, params)
    assert words in str(refused.value)
    assert str(refused.value).startswith(name)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "model", "params"),
    [
        ("bedrock", "arn:aws:bedrock:us-west-2::foundation-model/stability.sd3-5-large-v1:0", {}),
        ("bfl", "flux-9-giant", {"anything": 1}),  # newer than this program: BFL says what it does not take
        ("gemini", NANO, {"modalities": ["TEXT", "IMAGE"], "thinking_level": "HIGH", "seed": "slot"}),
        ("openrouter", ROUTED, {"seed": "slot", "provider": {"only": ["x"], "options": {"x": {"steps": 3}}}}),
        ("midjourney", "6.1", {"stylize": 50}),
        ("openai_images", "gpt-image-2", {"size": "1536x864", "quality": "high", "output_format": "webp"}),
        ("openai_responses", "gpt-6", {"tool": {"size": "1024x1024"}, "reasoning": {"effort": "low"}}),
    ],
)
def test_what_a_plan_may_ask(name: str, model: str, params: dict[str, Any]) -> None:
    make_provider(name, IN_US).check(model, params)


def test_every_provider_says_what_it_is() -> None:
    made = {name: make_provider(name) for name in PROVIDERS}
    assert {name: one.name for name, one in made.items()} == {name: name for name in PROVIDERS}
    local = {"simulated", "midjourney", "diffusers"}
    assert {name for name, one in made.items() if not one.paid} == local
    assert {name for name, one in made.items() if one.idempotent} == local
    assert {name for name, one in made.items() if one.replayable} == local - {"diffusers"}
    assert {name for name, one in made.items() if one.simulated} == {"simulated"}
    with pytest.raises(UsageError, match='no provider "dall-e"; known: bedrock, bfl, diffusers'):
        make_provider("dall-e")


# whatever comes

WORDS = [
    "images", "seeds", "finish_reasons", "error", "output", "message", "content", "image", "source", "bytes",
    "text", "usage", "inputTokens", "stopReason", "id", "polling_url", "cost", "status", "details", "data",
    "b64_json", "url", "revised_prompt", "metadata", "reasons", "availability", "code", "candidates", "parts",
]  # fmt: skip
BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(ASKED), body=BODIES, status=st.sampled_from([200, 200, 400, 403, 429, 500]))
def test_whatever_is_answered_is_an_answer(wire: Wire, name: str, body: Any, status: int) -> None:
    answer = wire.ask(name, apis.plain(body, status))
    assert answer.outcome in Outcome
    assert answer.cost_usd is None or answer.cost_usd >= 0
