"""Bedrock through the real boto3, against a server that holds both sides to AWS's own service model."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.bedrock.errors import ERRORS
from assets.generation.providers.bedrock.models import family_of
from assets.generation.providers.bedrock.provider import Bedrock
from assets.generation.providers.errors import match
from assets.generation.slots import Exchange
from tests.services import bedrock as service
from tests.services.bedrock import answered, bedrock_server, error, errors, messages_answer
from tests.services.loopback import Reply, Seen, serve
from tests.unit.generation.providers.others import partition, request
from tests.unit.generation.scripted import picture
from warehouse.errors import UsageError

CORE, NOVA, OMNI = "stability.stable-image-core-v1:1", "amazon.nova-canvas-v1:0", "us.amazon.nova-2-omni-v1:0"
PNG = picture("c0ffee")
IMAGE = base64.b64encode(PNG).decode()
INPUT_FILTER = (
    "This request has been blocked by our content filters. "
    "Please adjust your text prompt to submit a new request."
)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", service.ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", service.SECRET_KEY)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


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
    with bedrock_server(lambda model, body: scene.reply) as (base, memory):
        scene.memory, scene.provider = memory, Bedrock(connection(base))
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


def test_a_slot_sends_its_own_seed_where_that_is_asked_for(scene: Scene) -> None:
    scene.ask(STABILITY, seed="slot")
    scene.provider.ask(request(CORE, key="cd" * 32, seed="slot"))
    one, other = (body["seed"] for _, body in scene.memory.asked)
    assert one != other


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


def test_an_answer_with_nothing_in_it_is_no_refusal(scene: Scene) -> None:
    answer = scene.ask(messages_answer([]), OMNI)
    assert (answer.outcome, answer.refusal_text) == (Outcome.EMPTY_ANSWER, None)
    assert '"content": []' in str(answer.raw_body)
    cut_off = scene.ask(messages_answer([{"text": "I will"}], "max_tokens"), OMNI)
    assert (cut_off.outcome, cut_off.text) == (Outcome.NO_IMAGE, "I will")


@pytest.mark.parametrize(
    ("model", "body", "outcome", "stage"),
    [
        (CORE, {"finish_reasons": ["Filter reason: prompt"]}, Outcome.BLOCKED_INPUT, "input"),
        (CORE, {"finish_reasons": ["Filter reason: input image"]}, Outcome.BLOCKED_INPUT, "input"),
        (CORE, {"finish_reasons": ["Filter reason: output image"]}, Outcome.BLOCKED_OUTPUT, "output"),
        (CORE, {"finish_reasons": ["Inference error"]}, Outcome.SERVER_ERROR, None),
        (
            NOVA,
            {"error": "All of the generated images have been blocked by our content filters."},
            Outcome.BLOCKED_OUTPUT,
            "output",
        ),
        (
            NOVA,
            {"images": [], "error": "Some of the generated images have been blocked by our content filters."},
            Outcome.BLOCKED_OUTPUT,
            "output",
        ),
        (NOVA, {"images": []}, Outcome.EMPTY_ANSWER, None),
    ],
)
def test_filters_speak_in_good_answers(
    scene: Scene, model: str, body: dict[str, Any], outcome: Outcome, stage: str | None
) -> None:
    answer = scene.ask(answered(body), model)
    assert (answer.outcome, answer.block_stage, answer.unmapped) == (outcome, stage, None)


@pytest.mark.parametrize(
    ("stop", "outcome"),
    [
        ("content_filtered", Outcome.BLOCKED_OUTPUT),
        ("guardrail_intervened", Outcome.BLOCKED_OUTPUT),
        ("max_tokens", Outcome.EMPTY_ANSWER),
        ("malformed_model_output", Outcome.EMPTY_ANSWER),
    ],
)
def test_stop_reasons_of_nova_2(scene: Scene, stop: str, outcome: Outcome) -> None:
    assert scene.ask(messages_answer([], stop), OMNI).outcome is outcome


#: A row for every error of AWS's model of InvokeModel, with words as AWS writes them.
DOCUMENTED = [
    (
        "AccessDeniedException",
        "You don't have access to the model with the specified model ID.",
        Outcome.AUTH,
    ),
    (
        "AccessDeniedException",
        "Model access is denied due to INVALID_PAYMENT_INSTRUMENT: a valid payment instrument must be provided.",
        Outcome.QUOTA_EXHAUSTED,
    ),
    (
        "ResourceNotFoundException",
        "This model version has reached the end of its life. Please refer to the AWS documentation.",
        Outcome.MODEL_RETIRED,
    ),
    (
        "ResourceNotFoundException",
        "Access denied. This Model is marked by provider as Legacy and you have not been actively using the model.",
        Outcome.MODEL_RETIRED,
    ),
    ("ThrottlingException", "Too many requests, please wait before trying again.", Outcome.RATE_LIMITED),
    (
        "ThrottlingException",
        "Too many tokens per day, please wait before trying again.",
        Outcome.QUOTA_EXHAUSTED,
    ),
    ("ModelTimeoutException", "Model has timed out in processing the request.", Outcome.TIMEOUT),
    ("InternalServerException", "The system encountered an unexpected error.", Outcome.SERVER_ERROR),
    ("ServiceUnavailableException", "Bedrock is unable to process your request.", Outcome.SERVER_ERROR),
    ("ValidationException", INPUT_FILTER, Outcome.BLOCKED_INPUT),
    ("ValidationException", "The provided model identifier is invalid.", Outcome.INVALID_PARAMS),
    ("ValidationException", "#/aspect_ratio: 7:7 is not a valid enum value", Outcome.INVALID_PARAMS),
    ("ServiceQuotaExceededException", "Your request exceeds the service quota.", Outcome.QUOTA_EXHAUSTED),
    ("ModelNotReadyException", "The model is not ready to serve inference requests.", Outcome.SERVER_ERROR),
    ("ModelErrorException", "The request failed due to an error while processing.", Outcome.SERVER_ERROR),
]


@pytest.mark.parametrize(("code", "words", "outcome"), DOCUMENTED)
def test_documented_errors(scene: Scene, code: str, words: str, outcome: Outcome) -> None:
    answer = scene.ask(error(code, words))
    assert (answer.outcome, answer.error_code, answer.http_status) == (outcome, code, errors()[code])
    assert (answer.unmapped, answer.request_id, answer.error_message) == (None, "req-error", words)


def test_every_error_of_the_service_model_has_a_row() -> None:
    assert set(errors()) == {code for code, _, _ in DOCUMENTED}
    assert [code for code, status in errors().items() if match(ERRORS, status=None, code=code) is None] == []


COMMON = [
    ("UnrecognizedClientException", 403, Outcome.AUTH),
    ("InvalidSignatureException", 403, Outcome.AUTH),
    ("IncompleteSignature", 403, Outcome.AUTH),
    ("MissingAuthenticationTokenException", 403, Outcome.AUTH),
    ("ExpiredTokenException", 403, Outcome.AUTH),
    ("NotAuthorized", 401, Outcome.AUTH),
    ("OptInRequired", 403, Outcome.AUTH),
    ("RequestExpired", 400, Outcome.AUTH),
    ("TooManyRequestsException", 429, Outcome.RATE_LIMITED),
    ("MalformedHttpRequestException", 400, Outcome.INVALID_PARAMS),
    ("RequestEntityTooLargeException", 413, Outcome.INVALID_PARAMS),
    ("UnknownOperationException", 404, Outcome.INVALID_PARAMS),
    ("ValidationError", 400, Outcome.INVALID_PARAMS),
    ("RequestAbortedException", 400, Outcome.SERVER_ERROR),
    ("RequestTimeoutException", 408, Outcome.TIMEOUT),
    ("InternalFailure", 500, Outcome.SERVER_ERROR),
    ("ServiceUnavailable", 503, Outcome.SERVER_ERROR),
]


@pytest.mark.parametrize(("code", "status", "outcome"), COMMON)
def test_common_errors_of_the_api_reference(scene: Scene, code: str, status: int, outcome: Outcome) -> None:
    answer = scene.ask(error(code, "as documented", status=status))
    assert (answer.outcome, answer.error_code, answer.unmapped) == (outcome, code, None)


def test_an_error_that_no_row_knows_keeps_its_words_and_is_told(scene: Scene) -> None:
    answer = scene.ask(error("QuantumException", "superposition", status=418))
    assert (answer.outcome, answer.unmapped, answer.raw_body) == (
        Outcome.SERVER_ERROR,
        True,
        "superposition",
    )


def test_a_wait_that_is_asked_for_is_passed_on_and_nothing_is_asked_twice(scene: Scene) -> None:
    answer = scene.ask(error("ThrottlingException", "Too many requests", headers={"retry-after": "7"}))
    assert (answer.retry_after_s, len(scene.memory.asked)) == (7.0, 1)


@pytest.mark.parametrize(
    ("body", "unmapped"),
    [(b"", True), (b"<html>busy</html>", True), (b"[]", True), (b'{"images": "no list"}', None)],
)
def test_good_status_with_a_body_that_is_none(scene: Scene, body: bytes, unmapped: bool | None) -> None:
    place = {"Content-Type": "application/json"}
    answer = scene.ask(Reply(200, body, place))
    wanted = Outcome.SERVER_ERROR if unmapped else Outcome.EMPTY_ANSWER
    assert (answer.outcome, answer.unmapped, answer.maybe_billed) == (wanted, unmapped, bool(unmapped))


NAMES = [
    "images",
    "seeds",
    "finish_reasons",
    "error",
    "output",
    "message",
    "content",
    "image",
    "source",
    "bytes",
    "text",
    "usage",
    "inputTokens",
    "stopReason",
]


@settings(max_examples=300, deadline=None, database=None)
@given(
    model=st.sampled_from([CORE, NOVA, OMNI]),
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(NAMES),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
)
def test_whatever_is_answered_is_an_answer(model: str, body: Any) -> None:
    family = family_of(model)
    assert family is not None
    meta = {"RequestId": "r", "HTTPStatusCode": 200}
    assert Bedrock(Connection())._read(family, json.dumps(body).encode(), meta, 1).outcome in Outcome


def test_a_gateway_that_answers_html(scene: Scene) -> None:
    answer = scene.ask(Reply(503, b"<html>busy</html>", {"Content-Type": "text/html"}))
    assert (answer.outcome, answer.http_status) == (Outcome.SERVER_ERROR, 503)


def test_a_picture_that_is_no_base64_may_be_billed(scene: Scene) -> None:
    answer = scene.ask(answered({"images": ["%%%"], "finish_reasons": [None], "seeds": [3]}))
    assert (answer.outcome, answer.maybe_billed, answer.seed) == (Outcome.CORRUPT_IMAGE, True, 3)


def test_transport_trouble_is_an_outcome(credentials: None) -> None:
    replies = iter(
        [
            Reply(200, STABILITY.body, STABILITY.headers, cut_after=20),
            Reply(200, STABILITY.body, STABILITY.headers, drip_s=0.05),
            Reply(200, STABILITY.body + b" " * 4000, STABILITY.headers),
        ]
    )

    def answer(seen: Seen) -> Reply:
        return next(replies)

    with serve(answer) as base:
        provider = Bedrock(connection(base, timeout_s=0.4, most_answer_bytes=2000))
        found = [provider.ask(request(CORE)) for _ in range(3)]
    gone = provider.ask(request(CORE))
    assert [(one.outcome, one.maybe_billed) for one in found] == [
        (Outcome.CONNECTION, True),
        (Outcome.TIMEOUT, True),
        (Outcome.TOO_LARGE, True),
    ]
    assert (gone.outcome, gone.maybe_billed) == (Outcome.CONNECTION, False)


def test_no_credentials_are_an_answer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    answer = Bedrock(connection("http://127.0.0.1:9")).ask(request(CORE))
    assert (answer.outcome, answer.error_code, answer.maybe_billed) == (
        Outcome.AUTH,
        "NoCredentialsError",
        False,
    )


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


def test_what_a_plan_may_not_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Bedrock(Connection(region="us-west-2"))
    for model_id, params, words in [
        ("amazon.nova-pro-v1:0", {}, "no image model"),
        (CORE, {"size": 1024}, 'no parameter "size"'),
        (CORE, {"seed": 7}, "would make all pictures"),
        (OMNI, {"seed": "slot"}, "takes no seed"),
    ]:
        with pytest.raises(UsageError, match=words):
            provider.check(model_id, dict(params))
    with pytest.raises(UsageError, match="no region"):
        Bedrock(Connection()).check(CORE, {})
    with pytest.raises(UsageError, match="remove key_env"):
        Bedrock(Connection(region="us-west-2", key_env="OPENAI_API_KEY")).check(CORE, {})
    Bedrock(Connection()).check(CORE, {"region": "us-west-2", "aspect_ratio": "1:1"})
    provider.check("arn:aws:bedrock:us-west-2::foundation-model/stability.sd3-5-large-v1:0", {})


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


def test_a_partition_through_the_ledger(scene: Scene, tmp_path: Path) -> None:
    replies = iter([error("ThrottlingException", "Too many requests"), *[STABILITY] * 99])
    scene.memory.reply = lambda model, body: next(replies)
    try:
        report, receipts, _, plan = partition(tmp_path, scene.provider, CORE, aspect_ratio="1:1")
    finally:
        scene.memory.reply = lambda model, body: scene.reply
    assert report.outcomes["ok"] == report.planned == len(plan.slots) > 0
    assert report.asked == report.planned + 1
    assert {receipt.seed for receipt in receipts if receipt.outcome is Outcome.OK} == {2130420379}
    assert {(receipt.provider, receipt.sdk_version.split()[0]) for receipt in receipts} == {
        ("bedrock", "boto3")
    }


def test_a_later_turn_of_a_conversation_is_refused_and_not_asked_without_it() -> None:
    earlier = Exchange(prompt_text="a CEO", outcome=Outcome.OK)
    turn = request(CORE).model_copy(update={"history": (earlier,)})
    answer = Bedrock(Connection()).ask(turn)
    assert (answer.outcome, answer.error_code) == (Outcome.INVALID_PARAMS, "no_conversation")


def test_the_catalog_lists_what_draws(scene: Scene) -> None:
    assert scene.provider.offers() == ["stability.stable-image-core-v1:1", "amazon.nova-canvas-v1:0"]
    assert scene.memory.asked == []
