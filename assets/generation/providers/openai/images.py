"""Pictures from `images.generate`: OpenAI's GPT Image family, and every API that speaks like it through `base_url`.

Through the Batch API they come within a day, at half the price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openai.types.image_generate_params import ImageGenerateParamsNonStreaming

from assets.gateway.network import http
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.base import check_seed, seed_of
from assets.generation.providers.errors import nothing_came, objects_of
from assets.generation.providers.openai.batches import BatchAccount
from assets.generation.providers.openai.common import Account, OpenAIService, Received, count
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
        params = _seeded(request)
        received = self._account.receive(
            lambda client: client.images.with_raw_response.generate(
                model=request.model_id, prompt=request.prompt_text, n=1, extra_body=params
            )
        )
        return received if isinstance(received, Answer) else self.read(received, params.get("seed"))

    def offers(self) -> list[str] | Answer:
        """Return the models that draw pictures, as the API lists them; costs nothing."""
        return self._account.offers()

    def read(self, received: Received, seed: int | None = None) -> Answer:
        """Return what a good answer holds; `seed` is the one that was sent, if any."""
        items = objects_of(received.body.get("data"))
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
            return nothing_came(received.body, **facts)
        return http.pictured(lambda: self._bytes(first), len(drawn), **facts)

    def _bytes(self, item: Mapping[str, Any]) -> bytes:
        encoded = item.get("b64_json")
        if isinstance(encoded, str) and encoded:
            return http.decode_base64(encoded.partition(",")[2] if encoded.startswith("data:") else encoded)
        return http.fetch_image(str(item.get("url")), self._account.connection, hosts=IMAGE_HOSTS)


class ImageBatches(BatchAccount):
    """Batches of pictures; what is uploaded and what comes back is of pictures, the rest is of any batch."""

    def __init__(self, provider: OpenAIBatch, account: Account) -> None:
        super().__init__(account, "/v1/images/generations")
        self._provider = provider

    def upload(self, calls: Mapping[str, Request]) -> str:
        """Upload the calls; return the id of the file."""
        return self.upload_bodies(
            {
                identity: {"model": one.model_id, "prompt": one.prompt_text, "n": 1, **_seeded(one)}
                for identity, one in calls.items()
            }
        )

    def results(self, batch: str) -> Iterator[tuple[str, Answer]]:
        """Yield the answers of a batch."""
        for identity, answer in self.lines(batch):
            yield identity, answer if isinstance(answer, Answer) else self._provider.read(answer)


class OpenAIBatch(OpenAIImages):
    """Asks for pictures in batches; `ask` is the synchronous way for what a batch did not answer."""

    name = "openai_batch"

    @property
    def batches(self) -> ImageBatches:
        """Return what takes batches."""
        return ImageBatches(self, self._account)


def _seeded(request: Request) -> dict[str, Any]:
    seed = seed_of(request.params, request.slot.slot_key)
    return request.params if seed is None else {**request.params, "seed": seed}


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
