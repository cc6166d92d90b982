"""A contract server for the Gemini API: answers are built through Google's own types, requests are held against them.

Belongs here: what `generateContent` takes and how it answers. Does not belong here: sockets (`loopback`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from google.genai import types

from tests.services.loopback import RefusedRequestError, Reply, Seen

KEY = "gemini-key-0123456789abcdef"
_JSON = {"content-type": "application/json"}
#: Statuses of google.rpc.Code with the HTTP statuses that Google maps them to.
RPC = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "DATA_LOSS": 500,
    "UNKNOWN": 500,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


def usage(**more: Any) -> types.GenerateContentResponseUsageMetadata:
    """Token counts with a breakdown, as an image model reports them."""
    counted: dict[str, Any] = {
        "prompt_token_count": 7,
        "prompt_tokens_details": [types.ModalityTokenCount(modality=types.Modality.TEXT, token_count=7)],
        "candidates_token_count": 1120,
        "candidates_tokens_details": [
            types.ModalityTokenCount(modality=types.Modality.IMAGE, token_count=1120)
        ],
        "total_token_count": 1127,
    }
    return types.GenerateContentResponseUsageMetadata(**(counted | more))


def answered(
    *parts: types.Part,
    finish: str | None = "STOP",
    feedback: Any = None,
    counted: Any = None,
    **candidate: Any,
) -> Reply:
    """Return an answer: its parts and the reason why it ended, or what was wrong with the prompt."""
    one = types.Candidate(
        content=types.Content(role="model", parts=list(parts)) if parts else None,
        finish_reason=types.FinishReason(finish) if finish else None,
        **candidate,
    )
    body = types.GenerateContentResponse(
        candidates=None if feedback else [one],
        prompt_feedback=feedback,
        model_version="gemini-nano-banana-2.1-001",
        response_id="resp-1",
        usage_metadata=counted or usage(),
    )
    return Reply(200, body.model_dump_json(by_alias=True, exclude_none=True).encode(), _JSON)


def picture_part(data: bytes) -> types.Part:
    return types.Part(inline_data=types.Blob(mime_type="image/png", data=data))


def error(status: str, message: str, *details: dict[str, Any]) -> Reply:
    """Return an error in the form of google.rpc.Status."""
    told = {"code": RPC[status], "message": message, "status": status, "details": list(details)}
    return Reply(RPC[status], json.dumps({"error": told}).encode(), _JSON)


def check_request(body: dict[str, Any]) -> None:
    """Hold a request against Google's types; they refuse fields that they do not know."""
    unknown = set(body) - {"contents", "generationConfig", "safetySettings", "systemInstruction"}
    if unknown:
        raise RefusedRequestError(f"unknown fields: {unknown}")
    for content in body["contents"]:
        types.Content.model_validate(content)
    config = dict(body.get("generationConfig", {}))
    if "imageConfig" in config:  # the SDK's GenerationConfig leaves it to GenerateContentConfig
        types.ImageConfig.model_validate(config.pop("imageConfig"))
    types.GenerationConfig.model_validate(config)


class Gemini:
    """The server's memory: what was asked, and what to answer."""

    def __init__(self, reply: Callable[[str, dict[str, Any]], Reply]) -> None:
        self.reply, self.base = reply, ""
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, seen: Seen) -> Reply:
        if seen.method == "GET" and urlsplit(seen.target).path == "/v1/models":
            return self._listed(seen)
        found = re.fullmatch(r"/v1/models/([a-z0-9.-]+)(:generateContent)?", seen.target)
        if not found or (seen.method == "POST") is not bool(found[2]):
            raise RefusedRequestError(f"{seen.method} {seen.target} is no call that is used")
        if seen.headers.get("x-goog-api-key") != KEY:
            reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
            return error("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", reason)
        body = json.loads(seen.body) if seen.body else {}
        if found[2]:
            check_request(body)
            self.asked.append((found[1], body))
        return self.reply(found[1], body)

    def _listed(self, seen: Seen) -> Reply:
        """Answer the list of models, with what each can do and not what it answers."""
        if seen.headers.get("x-goog-api-key") != KEY:
            return error("UNAUTHENTICATED", "API key not valid. Please pass a valid API key.")
        told = [
            types.Model(name=f"models/{name}", supported_actions=[action])
            for name, action in (
                ("gemini-nano-banana-2.1", "generateContent"),
                ("gemini-3.1-flash-image", "generateContent"),
                ("gemini-3.5-pro", "generateContent"),
                ("imagen-4.0-image", "predict"),
            )
        ]
        models = [{"name": one.name, "supportedGenerationMethods": one.supported_actions} for one in told]
        return Reply(200, json.dumps({"models": models}).encode(), _JSON)
