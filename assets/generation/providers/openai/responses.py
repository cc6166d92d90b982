"""Pictures from a chat product: the Responses API with its `image_generation` tool (track `system`).

The leading model (`model_id`) writes a prompt of its own for the tool; that prompt, its words and the picture are kept.
A conversation goes on by `previous_response_id`; what is in `params`, `instructions` included, is sent each turn,
because nothing of it carries over. The tool's own parameters are `params: {tool: {…}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from openai.types.responses.tool_param import ImageGeneration

from assets.gateway.network import http
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import check_seed
from assets.generation.providers.errors import nothing_came, objects_of
from assets.generation.providers.openai.common import OpenAIService, Received, count
from assets.generation.providers.openai.errors import api_answer, read_error
from assets.generation.providers.openai.images import IMAGE_HOSTS
from assets.generation.providers.openai.params import require_params
from assets.generation.slots import Request
from warehouse.errors import UsageError

#: Set by us; `store: false` would end a conversation after its first turn.
_OURS = frozenset(
    {"model", "input", "tools", "tool_choice", "previous_response_id", "conversation", "store", "prompt"}
    | {"stream", "stream_options", "background", "background_options"}
)
_OURS_OF_TOOL = frozenset({"type", "partial_images", "input_image_mask", "svg", "frame_count"})


class OpenAIResponses(OpenAIService):
    """Asks a leading model for one picture a slot, or for one turn of a conversation."""

    name = "openai_responses"
    converses = True
    path = "responses"

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for a parameter that cannot be sent; OpenAI's own are checked by the SDK's types."""
        who = f"{self.name} ({model_id})"
        tool = params.get("tool", {})
        if not isinstance(tool, dict):
            raise UsageError(f"{who}: tool holds the parameters of image_generation; write a mapping")
        only_known = self._account.is_openai
        rest = {name: value for name, value in params.items() if name != "tool"}
        require_params(who, rest, ResponseCreateParamsNonStreaming, ours=_OURS, only_known=only_known)
        fixed = {"type": "image_generation"}
        require_params(
            f"{who}, tool", tool, ImageGeneration, ours=_OURS_OF_TOOL, only_known=only_known, fixed=fixed
        )
        for given in (rest, tool):
            check_seed(who, given, taken=False)

    def ask(self, request: Request) -> Answer:
        """Return the picture and words of one turn, or the outcome that stands for what came instead."""
        body = {name: value for name, value in request.params.items() if name != "tool"}
        body["tools"] = [{"type": "image_generation", **request.params.get("tool", {})}]
        body["tool_choice"] = {"type": "image_generation"} if request.force_image else "auto"
        if request.history:
            known = [
                turn.provider_conversation_id for turn in request.history if turn.provider_conversation_id
            ]
            if not known:
                return Answer(
                    outcome=Outcome.INVALID_PARAMS,
                    error_code="no_response_id",
                    error_message="the earlier turns have no response id, so the conversation cannot go on",
                )
            body["previous_response_id"] = known[-1]
        received = self._account.receive(
            lambda client: client.responses.with_raw_response.create(
                model=request.model_id, input=request.prompt_text, extra_body=body
            )
        )
        return received if isinstance(received, Answer) else self._read(received, request)

    def _read(self, received: Received, request: Request) -> Answer:
        body = received.body
        calls = [
            item for item in objects_of(body.get("output")) if item.get("type") == "image_generation_call"
        ]
        drawn = [call for call in calls if isinstance(call.get("result"), str) and call["result"]]
        first: Mapping[str, Any] = (drawn or calls or [{}])[0]
        words, refusal = _said(body, "output_text", "text"), _said(body, "refusal", "refusal")
        reported = dict(received.facts.get("usage") or {})
        if isinstance(body.get("tool_usage"), Mapping):
            reported["tool_usage"] = body["tool_usage"]
        facts: dict[str, Any] = {
            **received.facts,
            "usage": reported or None,
            "units": units(body.get("usage"), body.get("tool_usage"), len(drawn), len(calls)),
            "model_reported": body.get("model"),
            "provider_conversation_id": body.get("id"),
            "revised_prompt": first.get("revised_prompt") or None,
            "text": words,
        }
        if drawn:
            return http.pictured(lambda: self._bytes(str(drawn[0]["result"])), len(drawn), **facts)
        return _not_drawn(body, calls, facts, refusal, request)

    def _bytes(self, result: str) -> bytes:
        if result.startswith(("https://", "http://")):
            return http.fetch_image(result, self._account.connection, hosts=IMAGE_HOSTS)
        return http.decode_base64(result)


def _not_drawn(
    body: Mapping[str, Any],
    calls: list[Mapping[str, Any]],
    facts: dict[str, Any],
    refusal: str | None,
    request: Request,
) -> Answer:
    """Return what an answer without a picture stands for: an error, a filter, a refusal in words, or nothing."""
    status = body.get("status")
    error = next((call["error"] for call in calls if call.get("error")), None) or body.get("error")
    if error or status in {"failed", "cancelled", "queued", "in_progress"}:
        return _failed({"status": status, "error": error, "id": body.get("id")}, facts)
    reason = (body.get("incomplete_details") or {}).get("reason") if status == "incomplete" else None
    if reason:
        facts["error_code"] = reason
    if reason == "content_filter":
        return Answer(outcome=Outcome.BLOCKED_OUTPUT, block_stage="output", **facts)
    if reason == "max_output_tokens" and "max_output_tokens" in request.params:
        why = "max_output_tokens of params was used up before a picture was drawn; raise it"
        return Answer(outcome=Outcome.INVALID_PARAMS, error_message=why, **facts)
    if refusal:
        facts["refusal_text"] = refusal
    elif calls:  # tried, failed, and nobody says why: an outage is never a refusal
        why = "the image_generation call failed and gave no reason"
        raw = json.dumps(calls, ensure_ascii=False)[:RAW_BODY_CHARS]
        facts |= {"error_code": "image_call_failed", "error_message": why, "raw_body": raw}
        return Answer(outcome=Outcome.SERVER_ERROR, unmapped=True, **facts)
    elif facts["text"] and request.force_image and not reason:  # words that were cut off are no refusal
        facts |= {"text": None, "refusal_text": facts["text"]}
    if not (facts["text"] or facts.get("refusal_text") or reason):
        return nothing_came(body, **facts)
    return Answer(outcome=Outcome.REFUSED_TEXT if facts.get("refusal_text") else Outcome.NO_IMAGE, **facts)


def _failed(response: Mapping[str, Any], facts: dict[str, Any]) -> Answer:
    """Return what the error of a call or of the whole response stands for; usage that is reported is what it cost."""
    raw = json.dumps(response, ensure_ascii=False)
    answer = api_answer(read_error(response if response["error"] else None, raw), body=raw, **facts)
    return answer.model_copy(update={"maybe_billed": answer.maybe_billed and not facts["units"]})


def _said(body: Mapping[str, Any], kind: str, field: str) -> str | None:
    """Return the words of one kind in all messages, or None if there are none."""

    def parts() -> Iterator[str]:
        for item in objects_of(body.get("output")):
            content = item.get("content") if item.get("type") == "message" else None
            for part in objects_of(content):
                if part.get("type") == kind and part.get(field):
                    yield str(part[field])

    return "\n".join(parts()) or None


def units(usage: object, tools: object, pictures: int, calls: int = 0) -> dict[str, float] | None:
    """Return what the price table counts, of the leading model and of the tool, or None.

    The leading model: `text_in`, `cached_text_in`, `text_out`; in `text_in` are the pictures of earlier turns that it
    reads (not reported apart) and what it writes to a cache (`cache_write` prices what that costs more). The tool:
    `tool_text_in`, `image_in`, `image_out`, `tool_text_out`. None if a picture came, or was tried for, and the tool's
    usage did not: what is known of a picture then decides, not the words alone.
    """
    drawn = count(tools, "image_gen", "output_tokens")
    if (pictures and not drawn) or (calls and drawn is None):
        return None
    cached = count(usage, "input_tokens_details", "cached_tokens")
    text_in = count(usage, "input_tokens")
    named = {
        "text_in": text_in - (cached or 0) if text_in is not None else None,
        "cached_text_in": cached,
        "cache_write": count(usage, "input_tokens_details", "cache_write_tokens"),
        "text_out": count(usage, "output_tokens"),
        "tool_text_in": count(tools, "image_gen", "input_tokens_details", "text_tokens"),
        "image_in": count(tools, "image_gen", "input_tokens_details", "image_tokens"),
        "image_out": count(tools, "image_gen", "output_tokens_details", "image_tokens"),
        "tool_text_out": count(tools, "image_gen", "output_tokens_details", "text_tokens"),
    }
    if named["image_out"] is None:
        named["image_out"] = drawn
    reported = {name: tokens for name, tokens in named.items() if tokens}
    return {"images": float(pictures), **reported} if reported else None
