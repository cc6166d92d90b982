"""A published week with findings, in which two slots of one model share a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets.gateway.records import Answer
from assets.generation.slots import Request
from assets.simulation.provider import Simulated
from orchestration import weekly
from tests.once import made_once
from tests.orchestration.conftest import ask
from tests.orchestration.installation import MODELS, WEEK, Installation, copy, entry, install

_SUITES = [{"suite": "startup-ceo@1", "replicates": 16, "prompts": ["ceo-his", "ceo-their"]}]


def publish_twins(folder: Path) -> Installation:
    """Make an installation with one published week; replicates 0 and 1 of a prompt are one picture."""
    drawn, answers = Simulated._picture, dict[str, Answer]()

    def twin(provider: Simulated, request: Request, *more: Any, **named: Any) -> Answer:
        answer, slot = drawn(provider, request, *more, **named), request.slot
        shared = (slot.model, slot.prompt) == ("sim-classic", "startup-ceo/ceo-his") and slot.replicate < 2
        return answers.setdefault("first", answer) if shared else answer

    made = install(folder, *(entry(model, suites=_SUITES) for model in MODELS))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Simulated, "_picture", twin)
        ask(made, WEEK)
    assert weekly.publish(made.place(), made.settings, WEEK, note=lambda text: None) == f"{WEEK}.1"
    return made


@pytest.fixture(scope="session")
def twins_once(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The installation; read only, for copying."""
    return Installation(made_once(tmp_path_factory, "twins", publish_twins))


@pytest.fixture
def home(twins_once: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A copy of it; the environment names it."""
    made = copy(twins_once, tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    return made
