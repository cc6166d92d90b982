"""What tests of labeling share: a store, a vision model's server and its key, and the labeler `scripted`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assets.labeling.registry import LABELERS
from tests.services.vision_contract import Vision, vision
from tests.unit.labeling import scripted
from tests.unit.labeling.scripted import Labels
from tests.unit.labeling.vision import KEY, KEY_ENV


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_ENV, KEY)


@pytest.fixture
def server() -> Iterator[Vision]:
    with vision() as running:
        yield running


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Labels], Labels]:
    """Make a labeler the one that the name `scripted` stands for."""

    def put(labels: Labels) -> Labels:
        monkeypatch.setitem(LABELERS, "scripted", scripted.ADDRESS)
        monkeypatch.setattr(scripted, "current", labels)
        return labels

    return put
