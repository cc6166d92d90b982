"""Amazon Bedrock: image models of Stability AI and Amazon through `InvokeModel`, signed and parsed by boto3.

What goes over the network goes through `assets.gateway.network.http`, like every other provider's calls: botocore's own
hook `before-send` hands the signed request over. Credentials come from AWS's usual places.

Sources: errors of `InvokeModel` in botocore's service model of bedrock-runtime, "Common errors" of the Bedrock API
reference, "Error handling" of the Amazon Nova user guide (the filters' words), and `finish_reasons` in the Bedrock
user guide's pages of Stability AI (November 2026).
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import Any

import httpx2
from pydantic import SecretStr

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import answer_of, decode_base64, make_client, pictured
from assets.gateway.network.redaction import redact
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers import base
from assets.generation.providers.bedrock_models import Family, family_of
from assets.generation.providers.errors import ErrorRow, by_code, by_status, error_answer, nothing_came
from assets.generation.providers.headers import retry_after_s
from assets.generation.slots import Request
from warehouse.errors import UsageError

_SENT_SECRET = re.compile(r"Bearer (\S+)|Credential=([^/]+)/")  # in a signed request's Authorization
_ACCOUNT = re.compile(r"arn:aws[\w-]*:[^\s\"',)]+|\b\d{12}\b")  # ARNs hold account and user names
#: The gateway retries; AWS_ENDPOINT_URL is the address of the store and not of Bedrock.
_CONFIG: dict[str, Any] = {
    "retries": {"total_max_attempts": 1, "mode": "standard"},
    "ignore_configured_endpoint_urls": True,
}

_NOT_LET_IN = (
    "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature",
    "IncompleteSignatureException", "MissingAuthenticationTokenException", "ExpiredTokenException", "ExpiredToken",
    "RequestExpired",  # a clock that is wrong by more than 15 minutes
    "NotAuthorized", "OptInRequired",
    # What follows is of botocore, before anything is sent.
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError",
    "SSOTokenLoadError", "UnauthorizedSSOTokenError", "ProfileNotFound", "NoAuthTokenError", "InvalidConfigError",
)  # fmt: skip
_NOT_TAKEN = (
    "ValidationException", "ValidationError", "MalformedHttpRequestException", "RequestEntityTooLargeException",
    "UnknownOperationException", "ParamValidationError", "NoRegionError", "InvalidRegionError",
    "InvalidEndpointConfigurationError",
)  # fmt: skip
_BROKEN = (
    "ModelErrorException", "ModelNotReadyException", "InternalServerException", "InternalFailure",
    "ServiceUnavailableException", "ServiceUnavailable", "RequestAbortedException",
)  # fmt: skip
_OLD = r"end of its life|marked .* as legacy"
_FILTERED = r"blocked by our content filters"
ERRORS: tuple[ErrorRow, ...] = (
    # Filters of input and output. `stopped` is our name for what a model's own answer says.
    ErrorRow(Outcome.BLOCKED_INPUT, code="ValidationException", says=_FILTERED, stage="input"),
    ErrorRow(
        Outcome.BLOCKED_INPUT, code="stopped", says=r"Filter reason: (prompt|input image)", stage="input"
    ),
    ErrorRow(
        Outcome.BLOCKED_OUTPUT,
        code="stopped",
        says=rf"Filter reason: output image|generated images have been {_FILTERED}"
        r"|^(content_filtered|guardrail_intervened)$",
        stage="output",
    ),
    ErrorRow(Outcome.SERVER_ERROR, code="stopped", says=r"Inference error"),
    ErrorRow(Outcome.EMPTY_ANSWER, code="stopped", says=r"^(max_tokens|malformed_model_output)$"),
    # Words that change what a code means.
    ErrorRow(Outcome.QUOTA_EXHAUSTED, code="ThrottlingException", says=r"per day|daily"),
    ErrorRow(
        Outcome.QUOTA_EXHAUSTED, code="AccessDeniedException", says=r"payment|INVALID_PAYMENT_INSTRUMENT"
    ),
    *(
        ErrorRow(Outcome.MODEL_RETIRED, code=code, says=_OLD)
        for code in ("ValidationException", "AccessDeniedException")
    ),
    # Codes whose meaning needs no words.
    *by_code(Outcome.MODEL_RETIRED, "ResourceNotFoundException"),
    *by_code(Outcome.RATE_LIMITED, "ThrottlingException", "TooManyRequestsException"),
    *by_code(Outcome.QUOTA_EXHAUSTED, "ServiceQuotaExceededException"),
    *by_code(Outcome.AUTH, *_NOT_LET_IN),
    *by_code(Outcome.INVALID_PARAMS, *_NOT_TAKEN),
    *by_code(Outcome.TIMEOUT, "ModelTimeoutException", "RequestTimeoutException"),
    *by_code(Outcome.SERVER_ERROR, *_BROKEN),
    # What a gateway says without a code of Bedrock.
    *by_status(Outcome.AUTH, 401, 403),
    *by_status(Outcome.RATE_LIMITED, 429),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)


class _Raw(io.BytesIO):
    """An answer's bytes in the form in which botocore reads them."""

    def stream(self, amount: int = 1024, decode_content: bool | None = None) -> Iterator[bytes]:
        del amount, decode_content
        yield self.read()


def _is_error_of_aws(content: bytes) -> bool:
    """Return whether botocore can read an error: no JSON at all, or an object with its words as text."""
    try:
        error = json.loads(content)
    except ValueError:
        return True
    words = ("message", "Message", "code", "Code", "__type")
    return isinstance(error, dict) and all(isinstance(error.get(name, ""), str) for name in words)


class Bedrock(base.Service):
    """Asks models on Amazon Bedrock; one boto3 client a service and region, shared by all threads."""

    name = "bedrock"
    key_names = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK")
    sdk_version = f"boto3 {version('boto3')}"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.endpoint = connection.base_url or "bedrock-runtime"
        self._http = make_client(connection)
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self._secrets: dict[str, SecretStr] = {}  # what the last request carried, to be taken out of messages

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for a model of no known family, an unknown parameter, or without a region."""
        family = family_of(model_id)
        if family is None:
            raise UsageError(
                f'bedrock: "{model_id}" is no image model that is known here; '
                "known are stability.stable-image-*, stability.sd3*, amazon.nova-canvas*, amazon.nova-2-omni*"
            )
        base.check_seed("bedrock", params, taken=bool(family.seeds))
        base.check_names(f"bedrock: {model_id} has no parameter", params, family.settings | {"region"})
        if self._connection.key_env:
            raise UsageError(
                "bedrock: remove key_env; credentials come from AWS's usual places (AWS_PROFILE, …)"
            )
        self._region(params)

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; errors of the API and of the network are outcomes."""
        if refused := base.refused_turn(self.name, request):
            return refused
        family = family_of(request.model_id)
        assert family is not None  # noqa: S101 - `check` refused every other model
        params = {name: value for name, value in request.params.items() if name != "region"}
        seed = base.slot_seed(request.slot.slot_key, family.seeds) if family.seeds else 0
        body = family.body(request.prompt_text, params, seed)
        answer = self._call(
            "bedrock-runtime",
            self._region(request.params),
            lambda client: client.invoke_model(
                modelId=request.model_id,
                contentType="application/json",
                accept="application/json",
                body=json.dumps(body),
            ),
        )
        if isinstance(answer, Answer):
            return answer
        sent = (body.get("imageGenerationConfig") or body).get("seed")
        return self._read(family, answer["body"].read(), answer["ResponseMetadata"], sent)

    def probe(self, model_id: str) -> base.Probe:
        """Ask for the model's entry in the catalog (free), which also tells when it is switched off."""
        try:
            region = self._region({})
        except UsageError as error:
            return base.Probe(None, None, str(error), certain=True)
        known_as = re.sub(r"^(us|eu|apac|jp|au|global)\.(?=\w+\.)", "", model_id)
        answer = self._call(
            "bedrock", region, lambda client: client.get_foundation_model(modelIdentifier=known_as)
        )
        if isinstance(answer, Answer):
            missing = answer.error_code in {"ResourceNotFoundException", "ValidationException"}
            result = base.probe_of(self.name, answer, missing=missing)
            may_not_look = answer.error_code == "AccessDeniedException"  # which says nothing of the key
            return replace(result, key_ok=None) if may_not_look else result
        life = answer["modelDetails"].get("modelLifecycle") or {}
        end = life["endOfLifeTime"].date() if life.get("endOfLifeTime") else None
        status = str(life.get("status", "ACTIVE")).lower()
        return base.Probe(True, True, f"bedrock: {model_id} is {status} in {region}", shutdown_date=end)

    def offers(self) -> list[str] | Answer:
        """Return the models of the region's catalog that draw and have not ended; costs nothing."""
        try:
            region = self._region({})
        except UsageError as error:
            return Answer(outcome=Outcome.INVALID_PARAMS, error_message=str(error))
        answer = self._call(
            "bedrock", region, lambda client: client.list_foundation_models(byOutputModality="IMAGE")
        )
        return answer if isinstance(answer, Answer) else [one["modelId"] for one in answer["modelSummaries"]]

    def _region(self, params: Mapping[str, Any]) -> str:
        region = self._connection.region or params.get("region") or self._session.region_name
        if not region:
            raise UsageError("bedrock: no region; write region in connection, e.g. us-west-2")
        return str(region)

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.session.Session()

    def _client(self, service: str, region: str) -> Any:
        from botocore.config import Config

        with self._lock:
            if (service, region) not in self._clients:
                client = self._session.client(
                    service,
                    region_name=region,
                    endpoint_url=self._connection.base_url,
                    config=Config(**_CONFIG),
                )
                client.meta.events.register(f"before-send.{service}", self._send)
                self._clients[service, region] = client
            return self._clients[service, region]

    def _send(self, request: Any, **more: Any) -> Any:
        """Send a signed request through our own client: botocore's `before-send` takes an answer from a handler."""
        from botocore.awsrequest import AWSResponse
        from botocore.compat import HTTPHeaders

        del more
        headers = {
            name: value.decode() if isinstance(value, bytes) else str(value)
            for name, value in request.headers.items()
        }
        signed = _SENT_SECRET.search(headers.get("Authorization", ""))
        if signed:
            self._secrets["key"] = SecretStr(signed[1] or signed[2])
        if "X-Amz-Security-Token" in headers:
            self._secrets["token"] = SecretStr(headers["X-Amz-Security-Token"])
        response = self._http.request(request.method, request.url, headers=headers, content=request.body)
        received, content = HTTPHeaders.from_dict(response.headers), response.content
        if response.status_code >= 300 and not _is_error_of_aws(content):
            content = json.dumps({"message": response.text}).encode()
        return AWSResponse(request.url, response.status_code, received, _Raw(content))

    def _call(self, service: str, region: str, call: Callable[[Any], Any]) -> Any:
        """Return what AWS answered, or the `Answer` that its error stands for."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return call(self._client(service, region))
        except ClientError as error:
            details, meta = error.response.get("Error", {}), error.response.get("ResponseMetadata", {})
            return error_answer(
                ERRORS,
                status=meta.get("HTTPStatusCode"),
                code=details.get("Code") or None,
                message=self._clean(details.get("Message") or ""),
                request_id=meta.get("RequestId"),
                retry_after_s=retry_after_s(meta.get("HTTPHeaders", {})),
            )
        except BotoCoreError as error:
            return error_answer(ERRORS, code=type(error).__name__, message=self._clean(str(error)))
        except httpx2.HTTPError as error:
            if (answer := answer_of(error)) is None:
                raise
            return answer

    def _read(self, family: Family, raw: bytes, meta: Mapping[str, Any], seed: int | None) -> Answer:
        common = {"request_id": meta.get("RequestId")}
        status = meta.get("HTTPStatusCode")
        try:
            encoded, stopped, more = family.read(json.loads(raw))
            if encoded is not None and not isinstance(encoded, str):
                raise TypeError("a picture is base64")
        except (ValueError, KeyError, TypeError, AttributeError):
            body = self._clean(raw.decode(errors="replace")[:RAW_BODY_CHARS])
            words = "the answer is not in the form of its model" if raw else "the answer is empty"
            return error_answer((), status=status, message=words, body=body, maybe_billed=True, **common)
        common |= {name: value for name, value in more.items() if value is not None}
        if encoded is None and stopped is not None:
            answer = error_answer(
                ERRORS, status=status, code="stopped", message=str(stopped), body=str(stopped), **common
            )
            cut_off = answer.outcome is Outcome.EMPTY_ANSWER and answer.text  # words, though not all of them
            return answer.model_copy(update={"outcome": Outcome.NO_IMAGE}) if cut_off else answer
        if encoded is None and more.get("text"):
            outcome, words = Outcome.REFUSED_TEXT, more["text"]
            return Answer(outcome=outcome, http_status=status, refusal_text=words, **common)
        if encoded is None:
            return nothing_came(self._clean(raw.decode(errors="replace")), http_status=status, **common)
        common = {"seed": seed, "units": {"images": 1.0}} | common
        return pictured(lambda: decode_base64(encoded), http_status=status, **common)

    def _clean(self, text: str) -> str:
        """Return a message of AWS without keys, account numbers and names of users."""
        plain = redact(text, *self._secrets.values())
        return _ACCOUNT.sub("[arn]", plain.partition("The Canonical String")[0].strip())
