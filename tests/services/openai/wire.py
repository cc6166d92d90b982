"""The OpenAI API's own types, as the `openai` package ships them: what a request may hold and what an answer holds.

A contract server that validates requests against the vendor's parameter types, and builds answers through the vendor's
models, cannot drift from the vendor: a new version of the package changes both.

Belongs here: validation of requests, building of answers, made-up usage and what it costs. Does not belong here: HTTP
and scripts (`openai_contract`), anything of ours.
"""

from __future__ import annotations

import io
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from openai.types import ImagesResponse, Model
from openai.types.image_generate_params import ImageGenerateParamsNonStreaming
from openai.types.responses import Response
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming
from openai.types.responses.response_output_item import ImageGenerationCallError
from PIL import Image
from pydantic import BaseModel, TypeAdapter, ValidationError

#: What a request's JSON must be, by path.
REQUESTS: dict[str, Any] = {
    "/v1/images/generations": ImageGenerateParamsNonStreaming,
    "/v1/responses": ResponseCreateParamsNonStreaming,
}


#: pydantic makes an adapter's validator when it is first used, and not for two threads at once.
_VALIDATING = threading.Lock()


class WireError(Exception):
    """A request that the vendor's types refuse: `code` and `param` as the API would name them."""

    def __init__(self, code: str, message: str, param: str | None) -> None:
        super().__init__(message)
        self.code = code
        self.param = param


def check_request(path: str, body: Mapping[str, Any], *, extra: Iterable[str] = ()) -> None:
    """Raise `WireError` unless `body` is what the vendor's type allows; `extra` are fields that another vendor adds."""
    own = {name: value for name, value in body.items() if name not in set(extra)}
    try:
        with _VALIDATING:
            kept = _plain(_adapter(REQUESTS[path]).validate_python(own))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        param = ".".join(str(step) for step in first["loc"]) or None
        raise WireError("invalid_value", f"Invalid value for '{param}': {first['msg']}.", param) from None
    unknown = _unknown(own, kept, "")
    if unknown:
        raise WireError("unknown_parameter", f"Unknown parameter: '{unknown}'.", unknown)


def _plain(value: Any) -> Any:
    """Return validated data with its lazy iterables read, which is what validates them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return value
    return [_plain(one) for one in value]


def _unknown(given: Any, kept: Any, path: str) -> str | None:
    """Return the path of the first field that validation dropped, because the type does not have it."""
    pairs: Iterable[tuple[str, Any, Any]] = ()
    if isinstance(given, Mapping) and isinstance(kept, Mapping):
        for name in given:
            if name not in kept:
                return f"{path}.{name}".lstrip(".")
        pairs = ((f"{path}.{name}", given[name], kept[name]) for name in given)
    elif isinstance(given, Sequence) and not isinstance(given, str) and isinstance(kept, list):
        pairs = ((f"{path}[{i}]", one, other) for i, (one, other) in enumerate(zip(given, kept, strict=True)))
    return next((found for where, one, other in pairs if (found := _unknown(one, other, where))), None)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def exact(kind: type[BaseModel], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return `fields` as the vendor's model writes them; a field that the model does not have is an error here."""
    model = kind.model_validate(fields)
    _no_extra(model, kind.__name__)
    return model.model_dump(mode="json", exclude_unset=True)


def _no_extra(value: Any, where: str) -> None:
    if isinstance(value, BaseModel):
        assert not value.model_extra, f"{where} has no field {sorted(value.model_extra or ())}"
        for name in type(value).model_fields:
            _no_extra(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for one in value:
            _no_extra(one, where)


def error_body(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return an error envelope around the vendor's model of an image error, which holds `moderation_details`."""
    return {"error": {"code": None, "param": None} | exact(ImageGenerationCallError, error)}


def images_body(
    items: Sequence[Mapping[str, Any]], usage: Mapping[str, Any] | None, created: int
) -> dict[str, Any]:
    fields: dict[str, Any] = {"created": created, "data": list(items)}
    return exact(ImagesResponse, fields | ({"usage": usage} if usage else {}))


def response_body(request: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer of `responses.create`; what repeats the request is taken from it."""
    repeated = {
        "model": request["model"],
        "tools": request.get("tools", []),
        "tool_choice": request.get("tool_choice", "auto"),
        "previous_response_id": request.get("previous_response_id"),
        "instructions": request.get("instructions"),
        "parallel_tool_calls": request.get("parallel_tool_calls", True),
    }
    return exact(Response, {"object": "response", **repeated, **fields})


def model_body(name: str, shutdown_date: str | None = None) -> dict[str, Any]:
    fields = {"id": name, "created": 1, "object": "model", "owned_by": "contract"}
    return exact(Model, {**fields, "shutdown_date": shutdown_date})


def tokens(text: str) -> int:
    """Return how many tokens this server counts for a text."""
    return len(text) // 4 + 1


def image_usage(prompt: str, pictures: int, image_tokens: int) -> dict[str, Any]:
    text_in, out = tokens(prompt), pictures * image_tokens
    return {
        "input_tokens": text_in,
        "input_tokens_details": {"image_tokens": 0, "text_tokens": text_in},
        "output_tokens": out,
        "total_tokens": text_in + out,
    }


def response_usage(text_in: int, cached: int, text_out: int) -> dict[str, Any]:
    return {
        "input_tokens": text_in,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": text_out,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": text_in + text_out,
    }


def tool_usage(prompt: str, pictures: int, image_tokens: int, pictures_in: int = 0) -> dict[str, Any]:
    text_in, out = pictures * tokens(prompt), pictures * image_tokens
    seen = pictures_in * 300
    return {
        "image_gen": {
            "input_tokens": text_in + seen,
            "input_tokens_details": {"image_tokens": seen, "text_tokens": text_in},
            "output_tokens": out,
            "output_tokens_details": {"image_tokens": out, "text_tokens": 0},
            "total_tokens": text_in + seen + out,
        },
        "web_search": {"num_requests": 0},
    }


def billed_usd(
    usage: Mapping[str, Any] | None, tools: Mapping[str, Any] | None, prices: Mapping[str, float]
) -> float:
    """Return what the vendor bills for reported usage, from prices in dollars a million tokens.

    `images.generate` has `text_in`, `image_in`, `image_out`; a response's leading model `text_in`, `cached_text_in`,
    `text_out`; its image tool `tool_text_in`, `image_in`, `image_out`.
    """
    usd = 0.0
    if usage and "text_tokens" in usage.get("input_tokens_details", {}):
        details = usage["input_tokens_details"]
        usd += details["text_tokens"] * prices["text_in"] + details["image_tokens"] * prices["image_in"]
        usd += usage["output_tokens"] * prices["image_out"]
    elif usage:
        cached = usage["input_tokens_details"]["cached_tokens"]
        usd += (usage["input_tokens"] - cached) * prices["text_in"] + cached * prices["cached_text_in"]
        usd += usage["output_tokens"] * prices["text_out"]
    if tools:
        drawn = tools["image_gen"]
        details = drawn["input_tokens_details"]
        usd += details["text_tokens"] * prices["tool_text_in"] + details["image_tokens"] * prices["image_in"]
        usd += drawn["output_tokens"] * prices["image_out"]
    return usd / 1e6


@cache
def encoded_noise(size_bytes: int) -> bytes:
    """Return a whole PNG of about `size_bytes` in base64, which no compression makes smaller; always the same one."""
    side = max(2, round((size_bytes / 3) ** 0.5))
    pixels = np.random.default_rng(20261123).integers(0, 256, (side, side, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=0)
    return b64encode(buffer.getvalue())


def small_picture(number: int) -> bytes:
    """Return a small whole PNG, another one for another number."""
    buffer = io.BytesIO()
    color = ((number * 37) % 256, (number * 101) % 256, (number >> 8) % 256)
    Image.new("RGB", (16, 16), color).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
