"""Providers and labelers of tests, made by name as the registries make the shipped ones.

Belongs here: the factories that tests put into `PROVIDERS` and `LABELERS`. What they answer stands in the module's
variables, because a factory takes no arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets.generation.records import Answer, Outcome, Request
from assets.labeling.records import Reading
from tests.unit.generation.scripted import Scripted, ok

LIVE = "tests.orchestration.scripted:live"
STOPPING = "tests.orchestration.scripted:stopping"


def live() -> Scripted:
    """A model that exists in the present week only, as every real one does."""
    return Scripted(replayable=False)


def stopping() -> Scripted:
    """A model that answers its first replicates and then refuses the key."""

    def script(request: Request, number: int) -> Answer:
        if request.slot.replicate == 0:
            return ok(request)
        return Answer(outcome=Outcome.AUTH, error_message="the key is not valid")

    return Scripted(script)


class Labels:
    """A labeler that says what it is told; `calls` are the pictures that it was shown."""

    name = "scripted"
    kind = "local_model"

    def __init__(self, values: Mapping[str, Reading], version: str = "1-00000000") -> None:
        self.values = values
        self.version = version
        self.calls: list[bytes] = []

    def attributes(self) -> Sequence[str]:
        """The attributes that it has a value for."""
        return list(self.values)

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """The same for every picture."""
        self.calls.append(image)
        return {name: self.values[name] for name in attributes}
