"""A labeler that says what it is set to say, made by name as the registry makes the shipped ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from assets.labeling.records import Reading

#: The labeler that `make` returns; a factory takes no arguments.
ADDRESS = "tests.unit.labeling.scripted:make"
current: Labels | None = None


Says = Callable[[bytes, str], Reading]


class Labels:
    """A labeler that says what it is set to say; `calls` are the pictures that it was shown."""

    name = "scripted"
    kind = "local_model"

    def __init__(self, says: Says, *attributes: str, version: str = "1-00000000") -> None:
        self.says = says
        self.version = version
        self.names = attributes
        self.calls: list[tuple[bytes, tuple[str, ...]]] = []
        self._lock = threading.Lock()

    def attributes(self) -> Sequence[str]:
        return self.names

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        with self._lock:
            self.calls.append((image, tuple(attributes)))
        return {name: self.says(image, name) for name in attributes}


def make() -> Labels:
    assert current is not None
    return current
