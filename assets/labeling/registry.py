"""Labelers by name: one row each. A new labeler is one file under `labelers/` and one row here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TypeGuard, cast

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.generation.providers.registry import load_factory
from assets.labeling.records import Labeler, RemoteLabeler
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Suite
from warehouse.errors import UsageError
from warehouse.sqlfiles import shipped
from warehouse.validation import close_match
from warehouse.yamlfile import read_yaml

#: Labelers that read on this machine: name in models.yaml → "module:factory"; a factory takes no arguments.
LABELERS: dict[str, str] = {
    "drawing": "assets.simulation.drawing:Drawing",
    "photo": "assets.labeling.labelers.photo:PhotoLabeler",
}
#: How the readings of a labeler of drawings are to be understood: its name → "module:text".
CONVENTIONS: dict[str, str] = {"drawing": "assets.simulation.palette:CONVENTION"}
#: Labelers that are asked: `labeler` of an entry of models.yaml → "module:factory"; a factory takes the entry.
KINDS: dict[str, str] = {
    "openai_vision": "assets.labeling.labelers.openai_vision:OpenAIVision",
    "openai_decisions": "assets.labeling.labelers.openai_decisions:OpenAIDecisions",
    "anthropic_vision": "assets.labeling.labelers.anthropic_vision:AnthropicVision",
}
#: Kinds whose calls can be made in batches.
BATCHING = ("openai_vision",)
#: Labelers to paste into models.yaml.
LABELERS_FILE = "models/labelers.yaml"
NOBODY: Mapping[str, LabelerEntry] = MappingProxyType({})


def make_labeler(name: str, entries: Mapping[str, LabelerEntry] = NOBODY) -> Labeler | RemoteLabeler:
    """Return the labeler that `name` stands for; neither a key nor a network is needed."""
    if name in LABELERS:
        return cast(Labeler, load_factory(LABELERS[name])())
    if name in entries:
        return cast(RemoteLabeler, load_factory(KINDS[entries[name].labeler])(entries[name]))
    known = ", ".join(sorted([*LABELERS, *entries]))
    paste = f"; its entry is in {LABELERS_FILE}: copy it into labelers of models.yaml"
    raise UsageError(f'no labeler "{name}"; known: {known}{paste if name in shipped_labelers() else ""}')


def shipped_conventions() -> dict[str, str]:
    """Return how the readings of the shipped labelers of drawings are to be understood, by labeler name."""
    return {name: load_factory(address) for name, address in CONVENTIONS.items()}


def is_remote(labeler: Labeler | RemoteLabeler) -> TypeGuard[RemoteLabeler]:
    """Return whether a labeler is asked over a network."""
    return hasattr(labeler, "look")


def with_questions(
    labelers: Sequence[LabelerEntry], suites: Mapping[str, Suite], *, where: str = "models.yaml"
) -> dict[str, LabelerEntry]:
    """Return the labelers of models.yaml by name, each with the attributes of the suites that it is asked for."""
    known = {attribute.id: attribute for suite in suites.values() for attribute in suite.attributes}
    for problem in (problem for entry in labelers for problem in _problems(entry, known)):
        raise UsageError(f"{where}: {problem}")
    entries = {
        entry.name: entry.asked([known[name] for name in entry.attributes or known]) for entry in labelers
    }
    for name in entries:
        try:
            make_labeler(name, entries)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
    return entries


def check_labelers(
    models: Sequence[ModelEntry], labelers: Mapping[str, LabelerEntry], *, where: str = "models.yaml"
) -> None:
    """Raise `UsageError`, in one line, for a model that names a labeler that is not there or may not be scored."""
    names = [*LABELERS, *labelers]
    for model in models:
        for name in (model.labeler, *model.also_labelers):
            if name not in names:
                raise UsageError(f'{where}: {model.name}: no labeler "{name}"' + close_match(name, names))
        scored = labelers.get(model.labeler)
        if scored is not None and scored.images_per_request > 1 and not scored.measured:
            raise UsageError(
                f'{where}: {model.name}: labeler "{scored.name}" is asked about {scored.images_per_request} pictures '
                "at once; run it beside one that is asked about one (also_labelers), and if their agreement with "
                "people is the same, write what it was under measured"
            )


def _problems(entry: LabelerEntry, known: Mapping[str, Attribute]) -> Iterator[str]:
    if entry.name in LABELERS:
        yield f'labeler "{entry.name}": the name is that of a labeler of this program; give it another'
    if entry.labeler not in KINDS:
        yield f'labeler "{entry.name}": unknown labeler "{entry.labeler}"' + close_match(entry.labeler, KINDS)
    for name in entry.attributes:
        if name not in known:
            yield f'labeler "{entry.name}": no suite has the attribute "{name}"' + close_match(name, known)
    if entry.batch and entry.labeler not in BATCHING:
        yield (
            f'labeler "{entry.name}": {entry.labeler} takes no batches (only {", ".join(BATCHING)} does); remove batch'
        )


@cache
def shipped_labelers() -> Mapping[str, LabelerEntry]:
    """Return the labelers to paste from, by name."""
    listed = read_yaml(shipped("orchestration/shipped") / LABELERS_FILE, LABELERS_FILE)["labelers"]
    return with_questions([*map(LabelerEntry.model_validate, listed)], load_suites(), where=LABELERS_FILE)
