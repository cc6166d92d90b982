"""Image models on Amazon Bedrock, by family: what is sent, what comes back.

Sources: AWS documentation, Amazon Bedrock user guide (Stable Image Core, Stable Image Ultra, Stable Diffusion 3.5
Large: request and response) and Amazon Nova user guide (image generation, `InvokeModel` messages), November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

#: The picture in base64, a filter's words, more of the answer.
Read = tuple[str | None, str | None, dict[str, Any]]


@dataclass(frozen=True)
class Family:
    """Models with one form of request and answer: `settings` are the parameters that they know."""

    models: str  # a regular expression of model ids; inference profiles (`us.…`) and ARNs end alike
    settings: frozenset[str]
    seeds: int  # they begin at 0 and are less than this; 0: none is taken
    body: Callable[[str, dict[str, Any], int], dict[str, Any]]  # of prompt, parameters, seed
    read: Callable[[Mapping[str, Any]], Read]


def _stability_body(prompt: str, params: dict[str, Any], seed: int) -> dict[str, Any]:
    return {"prompt": prompt, **params} | ({"seed": seed} if "seed" in params else {})


def _read_stability(data: Mapping[str, Any]) -> Read:
    seed = _first(data.get("seeds"))
    more = {"seed": seed} if isinstance(seed, int) and 0 <= seed < 2**63 else {}
    return _first(data.get("images")), _first(data.get("finish_reasons")), more


def _amazon_body(prompt: str, params: dict[str, Any], seed: int) -> dict[str, Any]:
    words = {name: params.pop(name) for name in ("negativeText", "style") if name in params}
    return {
        "taskType": "TEXT_IMAGE",
        "textToImageParams": {"text": prompt, **words},
        "imageGenerationConfig": {"numberOfImages": 1, **params, "seed": seed},
    }


def _read_amazon(data: Mapping[str, Any]) -> Read:
    return _first(data.get("images")), data.get("error"), {}


def _messages_body(prompt: str, params: dict[str, Any], seed: int) -> dict[str, Any]:
    del seed
    limits = {"inferenceConfig": params} if params else {}
    return {"messages": [{"role": "user", "content": [{"text": prompt}]}], **limits}


def _read_messages(data: Mapping[str, Any]) -> Read:
    parts = ((data.get("output") or {}).get("message") or {}).get("content") or []
    pictures = [part["image"]["source"]["bytes"] for part in parts if "image" in part]
    words = "\n".join(part["text"] for part in parts if part.get("text")) or None
    usage = data.get("usage") or {}
    out = "image_out" if pictures else "text_out"
    counts = {"text_in": usage.get("inputTokens"), out: usage.get("outputTokens")}
    stopped = data.get("stopReason")
    more = {
        "text": words,
        "usage": dict(usage) or None,
        "units": {name: float(count) for name, count in counts.items() if count is not None} or None,
    }
    return _first(pictures), None if stopped in {"end_turn", "stop_sequence"} else stopped, more


def _first(values: Any) -> Any:
    return values[0] if isinstance(values, list) and values else None


FAMILIES = (
    Family(
        r"(^|[./])stability\.(stable-image-|sd3)",
        frozenset({"aspect_ratio", "output_format", "negative_prompt", "mode", "seed"}),
        2**32,  # left out, it is random, and the answer tells it
        _stability_body,
        _read_stability,
    ),
    Family(
        r"(^|[./])amazon\.(nova-canvas|titan-image-generator)",
        frozenset({"width", "height", "quality", "cfgScale", "negativeText", "style", "seed"}),
        858_993_460,  # always sent: without one they take a fixed seed, and all pictures of a prompt would be one
        _amazon_body,
        _read_amazon,
    ),
    Family(
        r"(^|[./])amazon\.nova-2-omni",
        frozenset({"maxTokens", "temperature", "topP"}),
        0,
        _messages_body,
        _read_messages,
    ),
)


def family_of(model_id: str) -> Family | None:
    """Return the family that a model belongs to, or None: it is no image model that is known here."""
    return next((family for family in FAMILIES if re.search(family.models, model_id)), None)
