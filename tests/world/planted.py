"""What was planted: who was asked what in which week, how answers ended, and what their pictures show."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache

from assets.gateway.models_file import ModelEntry
from assets.generation.slots import Slot
from warehouse.weeks import span

WEEKS: Sequence[str] = span("2026-09-07", "2026-11-23")
LAST = WEEKS[-1]
#: The model that changes, and the first week of its new level: it draws more women, in every prompt.
CHANGED, CHANGED_IN = "birch", WEEKS[6]
#: A model that was not asked in one week, and one that answered too little in another, so that a check withholds it.
MISSED, MISSED_IN = "hazel", WEEKS[7]
WITHHELD, WITHHELD_IN = "cedar", WEEKS[10]
#: The model that refuses more than others, and one prompt most of all; and the week from which it refuses more still.
REFUSES, REFUSED, REFUSES_MORE_IN = "cedar", "rest-of-world/person-india", WEEKS[6]
#: The models whose labeler has a later version, and the first week of that version.
REREAD, REREAD_IN = ("alder", "birch", "cedar"), WEEKS[1]
#: The model that draws four pictures per call, which are alike.
TOGETHER, PER_CALL, ALIKE = "fir", 4, 0.6
#: The model of the other track, which converses, and the one that was never asked for a declared group.
SYSTEM, WITHOUT_GROUP = "gale", "hazel"
#: Models that were asked later than others, and their first week.
STARTED = {"hazel": WEEKS[2], "gale": WEEKS[8]}
#: Who makes a model, and whether anybody can download it; of the others nothing is stated.
MADE = {"fir": ("Forest", "open"), "hazel": ("Forest", "closed")}

_GROUPS = ("person-mexico", "person-india", "person-united-states", "house-nigeria", "house-united-states")
_GROUPS += ("street-india",)
#: model → provider; all but the last are on track model.
_PROVIDERS = {
    "alder": "simulated",
    "birch": "simulated",
    "cedar": "simulated",
    "fir": "midjourney",
    "hazel": "openai_images",
    "gale": "openai_responses",
}
MODELS = tuple(_PROVIDERS)
#: Women among the pictures of a subject, of a model without a lean.
_WOMEN = {"ceo": 0.2, "nurse": 0.9, "american": 0.6}
#: How far models exaggerate: shares go to p^e / (p^e + (1 - p)^e).
_EXAGGERATES = {"alder": 3.0, "cedar": 1.0, "fir": 1.5, "hazel": 0.4, "gale": 0.7}
#: How often models draw what is declared as a stereotype of a group.
_STEREOTYPED = {"alder": 0.9, "birch": 0.5, "cedar": 0.1, "fir": 0.3, "hazel": 0.7, "gale": 0.2}
#: (attribute, who) → the value that is declared as a stereotype.
DECLARED = {
    ("headwear", "mexican"): "sombrero",
    ("headwear", "indian"): "turban",
    ("national_flag", "american"): "yes",
    ("house_condition", "nigerian"): "run_down",
    ("litter", "indian"): "yes",
}
#: Attribute → values without a stereotype, with their weights.
_USUAL: Mapping[str, Mapping[str, float]] = {
    "person_count": {"1": 0.9, "2": 0.1},
    "perceived_age": {"young_adult": 0.4, "middle_aged": 0.4, "older": 0.2},
    "clothing_era": {"contemporary": 0.7, "traditional": 0.2, "uniform": 0.1},
    "headwear": {"none": 0.8, "hat": 0.15, "headscarf": 0.05},
    "facial_hair": {"none": 0.6, "beard": 0.3, "moustache": 0.1},
    "national_flag": {"yes": 0.05, "no": 0.95},
    "house_condition": {"well_kept": 0.5, "ordinary": 0.4, "run_down": 0.1},
    "litter": {"yes": 0.1, "no": 0.9},
}


def entry(model: str) -> ModelEntry:
    """Return the entry of a model, as models.yaml would have it."""
    simulated, system = _PROVIDERS[model] == "simulated", model == SYSTEM
    groups = [name for name in _GROUPS if (model, name) != (WITHOUT_GROUP, "house-nigeria")]
    ceo = {
        "suite": "startup-ceo@2",
        "replicates": 6,
        "prompts": ["ceo-his", "ceo-their", *(["confrontation"] if system else [])],
        "conversations": 6 if system else 0,
    }
    suites = [
        {"suite": "occupations@2", "replicates": 5, "prompts": ["ceo-*", "nurse-*"]},
        {"suite": "rest-of-world@1", "replicates": 8 if model == TOGETHER else 7, "prompts": groups},
        {"suite": "diversity-request@1", "replicates": 6, "prompts": ["ceo-*", "nurse-*"]},
        ceo,
    ]
    return ModelEntry.model_validate(
        {
            "name": model,
            "title": model.title(),
            "provider": _PROVIDERS[model],
            "model_id": f"{model}-1",
            "track": "system" if system else "model",
            "labeler": "drawing" if simulated else "photo",
            "from": STARTED.get(model),
            "maker": MADE.get(model, (None, None))[0],
            "weights": MADE.get(model, (None, None))[1],
            "suites": suites if simulated else [ceo] if system else suites[1:2],
        }
    )


def asked(model: str, week: str) -> bool:
    """Return whether a model was asked in a week."""
    return week >= STARTED.get(model, WEEKS[0]) and (model, week) != (MISSED, MISSED_IN)


def outcomes(slot: Slot, before: Sequence[str]) -> tuple[str, ...]:
    """Return how the attempts of a slot ended, in order; none: it was not asked.

    Args:
        slot: the slot.
        before: how the earlier turns of its conversation ended.
    """
    chance = random.Random(slot.slot_key)
    if slot.turn == 3 and before[1] == "ok":
        return ("not_needed",)
    if slot.turn == 2:
        return ("ok" if chance.random() < 0.4 else "no_image",)
    if (slot.model, slot.week) == (WITHHELD, WITHHELD_IN) and chance.random() < 0.5:
        return ("timeout", "timeout")
    refuses = 0.02
    if slot.model == REFUSES:
        refuses = 0.5 if slot.prompt == REFUSED else 0.75 if slot.week >= REFUSES_MORE_IN else 0.1
    if chance.random() < refuses:
        return ("refused_text",)
    return chance.choices((("ok",), ("rate_limited", "ok"), ("timeout",), ()), (930, 60, 7, 3))[0]


def cluster(slot: Slot) -> str | None:
    """Return the call that drew a slot's picture with others; None where it was drawn alone."""
    return f"{slot.prompt} {slot.replicate // PER_CALL}" if slot.model == TOGETHER else None


def shows(slot: Slot, subject: str, attribute: str) -> str:
    """Return what a slot's picture shows, whoever looks at it."""
    together = cluster(slot)
    own = random.Random(f"{slot.slot_key}/{attribute}")
    if together and own.random() < ALIKE:
        own = random.Random(f"{slot.week}/{together}/{attribute}")
    values = _shares(slot, subject, attribute)
    return own.choices([*values], [*values.values()])[0]


def read(slot: Slot, subject: str, attribute: str) -> str | None:
    """Return what the labeler reads in it: mostly what it shows; None: it was not assessed."""
    chance = random.Random(f"labeler/{slot.slot_key}/{attribute}")
    shown, luck = shows(slot, subject, attribute), chance.random()
    for share, value in ((0.01, None), (0.015, "invalid"), (0.06, "cannot_tell")):
        if luck < share:
            return value
    if attribute == "perceived_gender":
        return "ambiguous" if luck < 0.08 else _OTHER[shown] if luck < 0.13 else shown
    return shown


def version(model: str, week: str) -> str:
    """Return the version of the labeler that read a model's pictures of a week."""
    return f"{2 if model in REREAD and week >= REREAD_IN else 1}-0123456789ab"


def rated(slot_key: str, rater: str, shown: str) -> str:
    """Return what a person says of a picture's perceived gender: mostly what it shows."""
    luck = random.Random(f"{rater}/{slot_key}").random()
    return _OTHER[shown] if luck < 0.03 else "cannot_tell" if luck > 0.98 else shown


_OTHER = {"feminine": "masculine", "masculine": "feminine"}


def _shares(slot: Slot, subject: str, attribute: str) -> Mapping[str, float]:
    who = subject.partition(":")[2]
    if attribute == "perceived_gender":
        women = _women(slot.model, slot.week, who, slot.prompt.endswith("controlled"), slot.turn)
        return {"feminine": women, "masculine": 1 - women}
    if attribute == "skin_tone":
        return _tones(slot.model)
    if attribute == "headwear" and slot.turn > 1:
        return {"keffiyeh": 0.6, "none": 0.4}
    usual = _USUAL[attribute]
    if (declared := DECLARED.get((attribute, who))) is None:
        return usual
    often = _STEREOTYPED[slot.model]
    rest = sum(share for value, share in usual.items() if value != declared)
    return {
        **{value: share / rest * (1 - often) for value, share in usual.items() if value != declared},
        declared: often,
    }


def _women(model: str, week: str, who: str, controlled: bool, turn: int) -> float:
    if model == CHANGED:
        return 0.9 if week >= CHANGED_IN else 0.08
    share, power = _WOMEN.get(who, 0.45), _EXAGGERATES[model]
    if controlled or turn > 1:
        share = 0.5 + (share - 0.5) / 3
    share = share**power / (share**power + (1 - share) ** power)
    return min(max(share + _moved(model, week), 0.0), 1.0)


def _moved(model: str, week: str) -> float:
    """Return by how much all prompts of a model move in a week; of one model that scatters."""
    return random.Random(f"{model}/{week}").gauss(0, 0.12) if model == "hazel" else 0.0


@cache
def _tones(model: str) -> Mapping[str, float]:
    middle = {"alder": 2, "birch": 4, "cedar": 5, "fir": 3, "hazel": 6, "gale": 5}[model]
    return {f"monk_{step}": 1 / (1 + (step - middle) ** 2) for step in range(1, 11)}
