"""The pictures of `images.generate` through the Batch API: within a day, at half the price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assets.gateway.batches import BatchStatus
from assets.gateway.records import Answer
from assets.generation.providers.openai.batches import BatchAccount
from assets.generation.providers.openai.images import OpenAIImages
from assets.generation.providers.seeds import seed_of
from assets.generation.slots import Request


class ImageBatches:
    """Batches of pictures."""

    def __init__(self, provider: OpenAIBatch, account: BatchAccount) -> None:
        self._provider, self._account = provider, account

    def upload(self, calls: Mapping[str, Request]) -> str:
        """Upload the calls; return the id of the file."""
        return self._account.upload({identity: _body(request) for identity, request in calls.items()})

    def create(self, uploaded: str, mark: str) -> str:
        """Make the batch; return its id."""
        return self._account.create(uploaded, mark)

    def find(self, mark: str) -> str | None:
        """Return the batch that carries the mark."""
        return self._account.find(mark)

    def look(self, batch: str) -> BatchStatus:
        """Return how far a batch is."""
        return self._account.look(batch)

    def results(self, batch: str) -> Iterator[tuple[str, Answer]]:
        """Yield the answers of a batch."""
        for identity, said in self._account.lines(batch):
            yield identity, said if isinstance(said, Answer) else self._provider.read(said)


class OpenAIBatch(OpenAIImages):
    """Asks for pictures in batches; `ask` is the synchronous way for what a batch did not answer."""

    name = "openai_batch"

    @property
    def batches(self) -> ImageBatches:
        """Return what takes batches."""
        return ImageBatches(self, BatchAccount(self._account, "/v1/images/generations"))


def _body(request: Request) -> dict[str, object]:
    seed = seed_of(request.params, request.slot.slot_key)
    params = request.params if seed is None else {**request.params, "seed": seed}
    return {"model": request.model_id, "prompt": request.prompt_text, "n": 1, **params}
