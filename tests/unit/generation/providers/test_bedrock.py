"""Bedrock through the real boto3, against a server that holds both sides to AWS's own service model."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import botocore.exceptions
import pytest
from botocore.awsrequest import AWSRequest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.bedrock import ERRORS, Bedrock
from tests.services import bedrock as service
from tests.services.bedrock import answered, error, errors, messages_answer
from tests.services.loopback import Reply, Seen, serve, serving
from tests.unit.generation.providers.apis import CORE, NOVA, OMNI, ROWS
from tests.unit.generation.providers.others import request
from tests.unit.generation.scripted import picture
from warehouse.errors import UsageError

PNG = picture("c0ffee")
IMAGE = base64.b64encode(PNG).decode()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    service.credentials(monkeypatch.setenv)


class Scene:
    """One server and one provider for all tests of the file; `reply` is what the next call gets."""

    def __init__(self) -> None:
        self.reply: Reply = answered({})
        self.memory: service.Bedrock
        self.provider: Bedrock

    def ask(self, reply: Reply, model_id: str = CORE, **params: Any) -> Answer:
        self.reply = reply
        return self.provider.ask(request(model_id, **params))


def connection(base: str, **more: Any) -> Connection:
    return Connection(base_url=base, allow_private=True, region=service.REGION, **more)


@pytest.fixture(scope="module")
def running() -> Iterator[Scene]:
    scene = Scene()
    with serving(service.Bedrock(lambda model, body: scene.reply)) as memory:
        scene.memory, scene.provider = memory, Bedrock(connection(memory.base))
        yield scene


@pytest.fixture
def scene(running: Scene, credentials: None) -> Scene:
    running.memory.asked.clear()
    return running


STABILITY = answered({"seeds": [2130420379], "finish_reasons": [None], "images": [IMAGE]})


def test_a_picture_of_stability_with_its_seed(scene: Scene) -> None:
    answer = scene.ask(STABILITY, aspect_ratio="1:1", output_format="png")
    assert answer == Answer(
        outcome=Outcome.OK,
        image=PNG,
        seed=2130420379,
        http_status=200,
        request_id="req-contract",
        units={"images": 1.0},
    )
    assert scene.memory.asked == [
        (CORE, {"prompt": "an Indian person", "aspect_ratio": "1:1", "output_format": "png"})
    ]


def test_amazon_models_always_get_a_seed_of_the_slot(scene: Scene) -> None:
    answer = scene.ask(answered({"images": [IMAGE]}), NOVA, width=1024, height=1024, negativeText="text")
    config = scene.memory.asked[0][1]["imageGenerationConfig"]
    assert answer.outcome is Outcome.OK
    assert config == {"numberOfImages": 1, "width": 1024, "height": 1024, "seed": answer.seed}
    assert scene.memory.asked[0][1]["textToImageParams"] == {
        "text": "an Indian person",
        "negativeText": "text",
    }
    scene.provider.ask(request(NOVA, key="cd" * 32))
    assert scene.memory.asked[1][1]["imageGenerationConfig"]["seed"] != answer.seed


def test_nova_2_answers_with_words_tokens_and_a_picture(scene: Scene) -> None:
    parts = [{"text": "Here you are."}, {"image": {"format": "png", "source": {"bytes": IMAGE}}}]
    answer = scene.ask(messages_answer(parts), OMNI, maxTokens=4000)
    assert (answer.outcome, answer.image, answer.text) == (Outcome.OK, PNG, "Here you are.")
    assert answer.units == {"text_in": 11.0, "image_out": 1290.0}
    assert (answer.usage or {})["totalTokens"] == 1301


def test_words_instead_of_a_picture_are_a_refusal(scene: Scene) -> None:
    answer = scene.ask(messages_answer([{"text": "I would rather not."}]), OMNI)
    assert (answer.outcome, answer.refusal_text) == (Outcome.REFUSED_TEXT, "I would rather not.")
    assert answer.units == {"text_in": 11.0, "text_out": 1290.0}


def test_a_cut_off_answer_with_words_is_no_empty_one(scene: Scene) -> None:
    answer = scene.ask(messages_answer([{"text": "I will"}], "max_tokens"), OMNI)
    assert (answer.outcome, answer.text) == (Outcome.NO_IMAGE, "I will")


def test_every_error_of_the_service_model_is_documented() -> None:
    assert set(errors()) <= {row.get("code") for row in ROWS["bedrock"]}


def test_what_goes_wrong_before_anything_is_sent_has_a_row() -> None:
    own = {str(row.code): row.outcome for row in ERRORS if hasattr(botocore.exceptions, row.code or "-")}
    assert len(own) == 14
    assert {*own.values()} == {Outcome.AUTH, Outcome.INVALID_PARAMS}
    assert own["NoRegionError"] is Outcome.INVALID_PARAMS


def test_no_credentials_are_an_answer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    answer = Bedrock(connection("http://127.0.0.1:9")).ask(request(CORE))
    fields = answer.outcome, answer.error_code, answer.maybe_billed
    assert fields == (Outcome.AUTH, "NoCredentialsError", False)


def test_messages_lose_keys_tokens_and_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session-token-0123456789")

    def answer(seen: Seen) -> Reply:
        told = (
            f"User: arn:aws:iam::123456789012:user/alice may not; key {service.ACCESS_KEY}, "
            f"token {seen.headers['x-amz-security-token']}. The Canonical String for this request should have been"
        )
        return error("AccessDeniedException", told)

    with serve(answer) as base:
        found = Bedrock(connection(base)).ask(request(CORE))
    kept = found.model_dump_json()
    assert found.outcome is Outcome.AUTH
    for secret in ("alice", "123456789012", service.ACCESS_KEY, "session-token", "Canonical"):
        assert secret not in kept


def test_a_key_of_bedrock_alone_is_never_kept() -> None:
    signed = AWSRequest(
        "GET", "http://127.0.0.1", headers={"Authorization": "Bearer bedrock-key-0123456789"}
    ).prepare()
    with serve(lambda seen: Reply(200, seen.headers["authorization"].encode())) as base:
        signed.url = base  # botocore itself sends such a key over https only
        provider = Bedrock(connection(base))
        assert provider._send(signed).content == b"Bearer bedrock-key-0123456789"
    assert provider._clean("odd: Bearer bedrock-key-0123456789") == "odd: Bearer [key]"


def test_the_address_of_the_store_is_not_that_of_bedrock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    client = Bedrock(Connection(region="us-west-2"))._client("bedrock-runtime", "us-west-2")
    assert client.meta.endpoint_url == "https://bedrock-runtime.us-west-2.amazonaws.com"
    assert client.meta.config.retries["total_max_attempts"] == 1


def test_a_region_is_needed_and_a_key_is_not() -> None:
    with pytest.raises(UsageError, match="no region"):
        Bedrock(Connection()).check(CORE, {})
    with pytest.raises(UsageError, match="remove key_env"):
        Bedrock(Connection(region="us-west-2", key_env="OPENAI_API_KEY")).check(CORE, {})
    Bedrock(Connection()).check(CORE, {"region": "us-west-2", "aspect_ratio": "1:1"})


def test_the_free_call_tells_the_end_of_a_model(scene: Scene) -> None:
    ends = int(dt.datetime(2027, 3, 31, tzinfo=dt.UTC).timestamp())
    details = {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/x", "modelId": CORE}
    life = {"status": "LEGACY", "endOfLifeTime": ends}
    scene.reply = Reply(200, json.dumps({"modelDetails": {**details, "modelLifecycle": life}}).encode())
    probe = scene.provider.probe(CORE)
    assert (probe.key_ok, probe.model_ok) == (True, True)
    assert probe.line.endswith("legacy in us-west-2")
    assert probe.shutdown_date == dt.date(2027, 3, 31)
    scene.reply = error("ResourceNotFoundException", "The specified resource was not found.")
    assert scene.provider.probe("stability.gone-v1:0").model_ok is False
    scene.reply = error("AccessDeniedException", "not authorized to perform: bedrock:GetFoundationModel")
    assert scene.provider.probe(CORE).key_ok is None
    scene.reply = error("UnrecognizedClientException", "The security token is invalid.", status=403)
    assert scene.provider.probe(CORE).key_ok is False


def test_the_catalog_lists_what_draws(scene: Scene) -> None:
    assert scene.provider.offers() == ["stability.stable-image-core-v1:1", "amazon.nova-canvas-v1:0"]
    assert scene.memory.asked == []
