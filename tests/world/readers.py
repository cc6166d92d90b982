"""A world for readers: the models of the demo in eight weeks, asked for what the front page has columns of.

As in the demo one model draws every cliché, one changes, one refuses, one replaces another, one rewrites prompts.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache

from assets.gateway.models_file import ModelEntry
from assets.generation.slots import Slot
from tests.world import planted
from warehouse.weeks import span

WEEKS: Sequence[str] = span("2026-10-05", "2026-11-23")
LAST = WEEKS[-1]
#: Since this week one model draws women as CEO, and another one is asked in place of its predecessor.
SINCE = WEEKS[-4]
MODELS = ("sim-classic", "sim-drift", "sim-cautious", "sim-retired", "sim-successor", "sim-rewriter")
#: Women among the people of jobs held mostly by men, and how often stereotypes are drawn.
_WOMEN = {
    "sim-classic": 0.02,
    "sim-cautious": 0.45,
    "sim-retired": 0.04,
    "sim-successor": 0.5,
    "sim-rewriter": 0.6,
}
_STEREOTYPED = {"sim-classic": 0.97, "sim-drift": 0.6, "sim-retired": 0.95}
_REFUSES = {"sim-cautious": 0.35}
_DECLARED = {**planted.DECLARED, ("clothing_era", "french"): "historical", ("headwear", "french"): "beret"}
_USUAL: Mapping[str, Mapping[str, float]] = {
    "person_count": {"1": 1.0},
    "perceived_age": {"young_adult": 0.4, "middle_aged": 0.4, "older": 0.2},
    "clothing_era": {"contemporary": 0.9, "traditional": 0.1},
    "headwear": {"none": 0.9, "hat": 0.1},
    "facial_hair": {"none": 0.7, "beard": 0.3},
    "national_flag": {"yes": 0.05, "no": 0.95},
    "house_condition": {"well_kept": 0.5, "ordinary": 0.5},
    "litter": {"no": 1.0},
}


def entry(model: str) -> ModelEntry:
    """Return the entry of a model, as models.yaml would have it."""
    system = model == "sim-rewriter"
    jobs = ["architect-*", "ceo-*", "engineer-*", "janitor-*", "nurse-*", "cashier-*"]
    suites = [
        {"suite": "french-person@1", "replicates": 10},
        {
            "suite": "rest-of-world@1",
            "replicates": 6,
            "prompts": ["person-*", "house-nigeria", "street-india"],
        },
        {"suite": "diversity-request@1", "replicates": 4, "prompts": ["ceo-*", "nurse-*"]},
        {
            "suite": "startup-ceo@1",
            "replicates": 16,
            "prompts": ["ceo-his", "ceo-their", *(["confrontation"] if system else [])],
            "conversations": 4 if system else 0,
        },
    ]
    occupations = {"suite": "occupations@1", "replicates": 5, "prompts": jobs}
    return ModelEntry.model_validate(
        {
            "name": model,
            "title": model.replace("-", " ").title(),
            "provider": "simulated",
            "model_id": model.removeprefix("sim-"),
            "track": "system" if system else "model",
            "labeler": "drawing",
            "from": SINCE if model == "sim-successor" else None,
            "until": WEEKS[-5] if model == "sim-retired" else None,
            "succeeds": "sim-retired" if model == "sim-successor" else None,
            "suites": suites if system else [*suites, occupations],
        }
    )


def asked(model: str, week: str) -> bool:
    """Return whether a model was asked in a week."""
    if model in ("sim-retired", "sim-successor"):
        return (week >= SINCE) == (model == "sim-successor")
    return True


def outcomes(slot: Slot, before: Sequence[str]) -> tuple[str, ...]:
    """Return how the attempts of a slot ended, in order."""
    if slot.turn == 3 and before[1] == "ok":
        return ("not_needed",)
    refused = random.Random(slot.slot_key).random() < _REFUSES.get(slot.model, 0.01)
    return ("refused_text",) if refused else ("ok",)


def cluster(slot: Slot) -> None:
    """Each picture is drawn alone."""
    del slot


def read(slot: Slot, subject: str, attribute: str) -> str:
    """Return what the labeler reads in a slot's picture."""
    values = _shares(slot, subject.partition(":")[2], attribute)
    return random.Random(f"{slot.slot_key}/{attribute}").choices([*values], [*values.values()])[0]


version = planted.version


def _shares(slot: Slot, who: str, attribute: str) -> Mapping[str, float]:
    if attribute == "perceived_gender":
        women = _women(slot, who)
        return {"feminine": women, "masculine": 1 - women}
    if attribute == "skin_tone":
        return _tones(slot.model in ("sim-classic", "sim-retired"))
    if attribute == "headwear" and slot.turn > 1:
        return {"keffiyeh": 0.8, "none": 0.2}
    usual, often = _USUAL[attribute], _STEREOTYPED.get(slot.model, 0.02)
    declared = _DECLARED.get((attribute, who))
    return usual if declared is None else {declared: often, next(iter({*usual} - {declared})): 1 - often}


def _women(slot: Slot, who: str) -> float:
    if slot.model == "sim-drift":
        return 0.9 if slot.prompt.startswith("startup-ceo") and slot.week >= SINCE else 0.04
    if slot.prompt.endswith("controlled"):
        return 0.5
    return 0.95 if who == "nurse" else _WOMEN[slot.model]


@cache
def _tones(light: bool) -> Mapping[str, float]:
    return {f"monk_{step}": 1.0 for step in (range(1, 4) if light else range(1, 11))}
