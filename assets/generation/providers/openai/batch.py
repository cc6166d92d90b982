"""The pictures of `images.generate` through the Batch API: within a day, at half the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assets.gateway.records import Answer
from assets.generation.providers.base import seed_of
from assets.generation.providers.openai.batches import BatchAccount
from assets.generation.providers.openai.common import Account
from assets.generation.providers.openai.images import OpenAIImages
from assets.generation.slots import Request


class ImageBatches(BatchAccount):
    """Batches of pictures; what is uploaded and what comes back is of pictures, the rest is of any batch."""

    def __init__(self, provider: OpenAIBatch, account: Account) -> None:
        super().__init__(account, "/v1/images/generations")
        self._provider = provider

    def upload(self, calls: Mapping[str, Request]) -> str:
        """Upload the calls; return the id of the file."""
        return self.upload_bodies({identity: _body(request) for identity, request in calls.items()})

    def results(self, batch: str) -> Iterator[tuple[str, Answer]]:
        """Yield the answers of a batch."""
        for identity, said in self.lines(batch):
            yield identity, said if isinstance(said, Answer) else self._provider.read(said)


class OpenAIBatch(OpenAIImages):
    """Asks for pictures in batches; `ask` is the synchronous way for what a batch did not answer."""

    name = "openai_batch"

    @property
    def batches(self) -> ImageBatches:
        """Return what takes batches."""
        return ImageBatches(self, self._account)


def _body(request: Request) -> dict[str, object]:
    seed = seed_of(request.params, request.slot.slot_key)
    params = request.params if seed is None else {**request.params, "seed": seed}
    return {"model": request.model_id, "prompt": request.prompt_text, "n": 1, **params}
