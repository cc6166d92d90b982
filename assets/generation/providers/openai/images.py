"""Pictures from `images.generate`: OpenAI's GPT Image family, and every API that speaks like it through `base_url`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from openai.types.image_generate_params import ImageGenerateParamsNonStreaming

from assets.gateway.network import http
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.generation.providers.base import check_seed, seed_of
from assets.generation.providers.openai.common import OpenAIService, Received, count
from assets.generation.providers.openai.params import require_params
from assets.generation.slots import Request

#: Where OpenAI and the compatible APIs keep pictures that they answer with an address; others: `image_hosts`.
IMAGE_HOSTS = (
    "oaidalleapiprodscus.blob.core.windows.net",  # OpenAI
    "dalleproduse.blob.core.windows.net",  # Azure OpenAI
    "imgen.x.ai",  # xAI
    "api.together.ai",  # Together, which redirects to its storage
    "together-ai-bfl-images-prod.s3.us-west-2.amazonaws.com",
)
#: Set by us, or of no use to us: one picture a call, whole, from the prompt alone.
_OURS = frozenset({"prompt", "model", "n", "stream", "partial_images", "user", "svg", "frame_count"})


class OpenAIImages(OpenAIService):
    """Asks an images endpoint for one picture a slot."""

    name = "openai_images"
    path = "images/generations"

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` for a parameter that cannot be sent; OpenAI's own are checked by the SDK's types."""
        who = f"{self.name} ({model_id})"
        require_params(
            who,
            params,
            ImageGenerateParamsNonStreaming,
            ours=_OURS,
            only_known=self._account.is_openai,
            fixed={"prompt": ""},
        )
        check_seed(who, params)

    def ask(self, request: Request) -> Answer:
        """Return the picture, or the outcome that stands for what came instead."""
        seed = seed_of(request.params, request.slot.slot_key)
        params = request.params if seed is None else {**request.params, "seed": seed}
        received = self._account.receive(
            lambda client: client.images.with_raw_response.generate(
                model=request.model_id, prompt=request.prompt_text, n=1, extra_body=params
            )
        )
        return received if isinstance(received, Answer) else self.read(received, seed)

    def offers(self) -> list[str] | Answer:
        """Return the models that draw pictures, as the API lists them; costs nothing."""
        return self._account.offers()

    def read(self, received: Received, seed: int | None = None) -> Answer:
        """Return what a good answer holds; `seed` is the one that was sent, if any."""
        data = received.body.get("data")
        items = [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []
        drawn = [item for item in items if item.get("b64_json") or item.get("url")]
        first: Mapping[str, Any] = drawn[0] if drawn else (items[0] if items else {})
        facts = {
            **received.facts,
            "units": units(received.body.get("usage"), len(drawn)),
            "model_reported": received.body.get("model"),  # OpenAI reports none
            "revised_prompt": first.get("revised_prompt") or None,
            "seed": first["seed"] if isinstance(first.get("seed"), int) else seed,
        }
        if first.get("respect_moderation") is False:  # xAI: drawn, judged, withheld
            return Answer(outcome=Outcome.BLOCKED_OUTPUT, block_stage="output", **facts)
        if not drawn:
            return Answer(
                outcome=Outcome.EMPTY_ANSWER,
                error_message="the answer holds no picture, no words and no reason",
                raw_body=json.dumps(received.body, ensure_ascii=False)[:RAW_BODY_CHARS],
                **facts,
            )
        said = f"{len(drawn)} pictures came for one; the first is kept" if len(drawn) > 1 else None
        return http.pictured(lambda: self._bytes(first), said, **facts)

    def _bytes(self, item: Mapping[str, Any]) -> bytes:
        encoded = item.get("b64_json")
        if isinstance(encoded, str) and encoded:
            return http.decode_base64(encoded.partition(",")[2] if encoded.startswith("data:") else encoded)
        return http.fetch_image(str(item.get("url")), self._account.connection, hosts=IMAGE_HOSTS)


def units(usage: object, pictures: int) -> dict[str, float]:
    """Return what the price table counts: pictures, and the tokens that were reported."""
    named = {
        "text_in": count(usage, "input_tokens_details", "text_tokens"),
        "image_in": count(usage, "input_tokens_details", "image_tokens"),
        "text_out": count(usage, "output_tokens_details", "text_tokens"),
        "image_out": count(usage, "output_tokens_details", "image_tokens"),
    }
    if named["image_out"] is None:  # without details all that came out is the picture
        named["image_out"] = count(usage, "output_tokens")
    if named["text_in"] is None and named["image_in"] is None:
        named["text_in"] = count(usage, "input_tokens")
    return {"images": float(pictures), **{name: tokens for name, tokens in named.items() if tokens}}
