"""A contract server for Amazon Bedrock: requests and answers are held against botocore's own service model.

The path, the required members and the types of a request, its signature, and the shape and status of every error come
from the model that AWS ships with botocore; no Stubber, no imitation. Bodies of models are no part of that model: those
of Amazon Nova 2 are held against `Converse`, whose shape they share, the others against AWS's written documentation.

Belongs here: what Bedrock takes and how it answers. Does not belong here: sockets (`loopback`), expectations of tests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.loaders
import botocore.model
import botocore.validate
import jsonschema

from tests.services.loopback import RefusedRequestError, Reply, Seen

REGION = "us-west-2"
ACCESS_KEY, SECRET_KEY = "AKIACONTRACTSERVER00", "not-a-secret/contract-server-0123456789abc"


def credentials(setenv: Callable[[str, str], None]) -> None:
    """Set what AWS's SDK reads, so that it looks nowhere else."""
    setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    setenv("AWS_EC2_METADATA_DISABLED", "true")
    setenv("AWS_CONFIG_FILE", "/nonexistent")
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


#: Bedrock user guide, "Stable Image Core/Ultra" and "Stable Diffusion 3.5 Large": request (November 2026).
_STABILITY = {
    "type": "object",
    "required": ["prompt"],
    "additionalProperties": False,
    "properties": {
        "prompt": {"type": "string", "maxLength": 10_000},
        "negative_prompt": {"type": "string", "maxLength": 10_000},
        "mode": {"const": "text-to-image"},
        "output_format": {"enum": ["jpeg", "png", "webp", "JPEG", "PNG"]},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4294967295},
        "aspect_ratio": {"enum": ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"]},
    },
}
#: Amazon Nova user guide, "Request and response structure for image generation", TEXT_IMAGE (November 2026).
_AMAZON = {
    "type": "object",
    "required": ["taskType", "textToImageParams"],
    "additionalProperties": False,
    "properties": {
        "taskType": {"const": "TEXT_IMAGE"},
        "textToImageParams": {
            "type": "object",
            "required": ["text"],
            "additionalProperties": False,
            "properties": {
                "text": {"type": "string", "minLength": 1, "maxLength": 1024},
                "negativeText": {"type": "string", "minLength": 1, "maxLength": 1024},
                "style": {"type": "string"},
            },
        },
        "imageGenerationConfig": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "width": {"type": "integer", "minimum": 320, "maximum": 4096},
                "height": {"type": "integer", "minimum": 320, "maximum": 4096},
                "quality": {"enum": ["standard", "premium"]},
                "cfgScale": {"type": "number", "minimum": 1.1, "maximum": 10},
                "seed": {"type": "integer", "minimum": 0, "maximum": 858993459},
                "numberOfImages": {"type": "integer", "minimum": 1, "maximum": 5},
            },
        },
    },
}


@cache
def service(name: str) -> botocore.model.ServiceModel:
    return botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(name, "service-2"), name)


@cache
def operation(name: str) -> botocore.model.OperationModel:
    """Return `InvokeModel`, `Converse`, `GetFoundationModel` or `ListFoundationModels`."""
    return service("bedrock" if "Foundation" in name else "bedrock-runtime").operation_model(name)


def errors(name: str = "InvokeModel") -> dict[str, int]:
    """Return the errors that AWS's model gives an operation, with their statuses."""
    return {
        shape.name: int(shape.metadata["error"]["httpStatusCode"]) for shape in operation(name).error_shapes
    }


def error(code: str, message: str, *, status: int | None = None) -> Reply:
    """Return an error as REST-JSON has it; without `status` the code must be one of AWS's model."""
    known = errors() | errors("GetFoundationModel")
    if status is None and code not in known:
        raise RefusedRequestError(f"{code} is no error of the service model")
    return Reply(
        status or known[code],
        json.dumps({"message": message}).encode(),
        {"x-amzn-errortype": code, "x-amzn-requestid": "req-error", "content-type": "application/json"},
    )


def answered(body: dict[str, Any]) -> Reply:
    """Return a good answer: the members that the output shape requires, at the places that it names."""
    shape = operation("InvokeModel").output_shape
    assert shape is not None
    if set(shape.required_members) != {"body", "contentType"} or shape.serialization.get("payload") != "body":
        raise RefusedRequestError("InvokeModel answers in another form; look at the service model")
    place = shape.members["contentType"].serialization["name"]
    return Reply(
        200, json.dumps(body).encode(), {place: "application/json", "x-amzn-requestid": "req-contract"}
    )


def messages_answer(content: list[dict[str, Any]], stop: str = "end_turn") -> Reply:
    """Return an answer of Nova 2 after holding it against the output of `Converse`."""
    body = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": {"inputTokens": 11, "outputTokens": 1290, "totalTokens": 1301},
        "metrics": {"latencyMs": 5},
    }
    _validate(body, "Converse", output=True)
    stops = service("bedrock-runtime").shape_for("StopReason").enum  # type: ignore[attr-defined]
    if stop not in stops:
        raise RefusedRequestError(f"{stop} is no stopReason of the service model")
    return answered(body)


def _validate(params: dict[str, Any], name: str, *, output: bool = False) -> None:
    shape = operation(name).output_shape if output else operation(name).input_shape
    report = botocore.validate.ParamValidator().validate(params, shape)
    if report.has_errors():
        raise RefusedRequestError(report.generate_report())


def parse(seen: Seen) -> tuple[str, dict[str, Any]]:
    """Return the operation and its members as AWS's model places them, or refuse the request."""
    target = urlsplit(seen.target)
    for name in ("InvokeModel", "GetFoundationModel", "ListFoundationModels"):
        found, shape = operation(name), operation(name).input_shape
        assert shape is not None
        uri = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/?]+)", re.escape(found.http["requestUri"]))
        match = re.fullmatch(uri, target.path)
        if not match or seen.method != found.http["method"]:
            continue
        members: dict[str, Any] = {place: unquote(value) for place, value in match.groupdict().items()}
        for member, inner in shape.members.items():
            if inner.serialization.get("location") == "header":
                header = inner.serialization["name"].lower()
                members |= {member: seen.headers[header]} if header in seen.headers else {}
            if inner.serialization.get("location") == "querystring":
                said = parse_qs(target.query).get(inner.serialization["name"])
                members |= {member: said[0]} if said else {}
            if inner.serialization.get("location") == "uri":
                pattern = inner.metadata.get("pattern")
                if pattern and not re.fullmatch(pattern, members[member]):
                    raise RefusedRequestError(f"{members[member]} does not match the pattern of {inner.name}")
        if shape.serialization.get("payload"):
            members[shape.serialization["payload"]] = seen.body
        _validate(members, name)
        return name, members
    raise RefusedRequestError(f"{seen.method} {seen.target} is none of the operations that are used")


def check_signature(seen: Seen, host: str) -> None:
    """Compute the signature of a request with botocore's own signer and compare."""
    stated = dict(re.findall(r"(\w+)=([^, ]+)", seen.headers["authorization"]))
    signed = {name: seen.headers[name] for name in stated["SignedHeaders"].split(";")}
    request = botocore.awsrequest.AWSRequest(
        method=seen.method, url=f"http://{host}{seen.target}", data=seen.body, headers=signed
    )
    request.context["timestamp"] = seen.headers["x-amz-date"]
    keys = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY)
    signer = botocore.auth.SigV4Auth(keys, "bedrock", REGION)
    wanted = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if stated["Signature"] != wanted:
        raise RefusedRequestError("the signature does not match")


def check_body(model: str, body: dict[str, Any]) -> None:
    """Hold the body of `InvokeModel` against what the model's family takes."""
    if "amazon.nova-2" in model:
        _validate({"modelId": model, **body}, "Converse")
        return
    schema = _STABILITY if "stability." in model else _AMAZON
    jsonschema.Draft202012Validator(schema).validate(body)


def listed(members: dict[str, Any]) -> Reply:
    """Return the catalog after holding it against AWS's model; asked for those that draw, it has two."""
    arn = f"arn:aws:bedrock:{REGION}::foundation-model/"
    draw = ["stability.stable-image-core-v1:1", "amazon.nova-canvas-v1:0"]
    names = draw if members.get("byOutputModality") == "IMAGE" else [*draw, "amazon.nova-pro-v1:0"]
    body = {"modelSummaries": [{"modelArn": arn + name, "modelId": name} for name in names]}
    _validate(body, "ListFoundationModels", output=True)
    return Reply(200, json.dumps(body).encode(), {"content-type": "application/json"})


class Bedrock:
    """The server's memory: what was asked, and what to answer (`reply` gets model id and body)."""

    def __init__(self, reply: Callable[[str, dict[str, Any]], Reply]) -> None:
        self.reply, self.base = reply, ""
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, seen: Seen) -> Reply:
        name, members = parse(seen)
        check_signature(seen, seen.headers["host"])
        if name == "ListFoundationModels":
            return listed(members)
        model = members.get("modelId") or members["modelIdentifier"]
        body = json.loads(members["body"]) if name == "InvokeModel" else {}
        if name == "InvokeModel":
            if members["contentType"] != "application/json":
                raise RefusedRequestError("contentType must be application/json")
            check_body(model, body)
        self.asked.append((model, body))
        return self.reply(model, body)
