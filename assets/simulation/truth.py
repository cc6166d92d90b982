"""The planted truth of the simulated models: what each draws, per prompt and week, read from `truth.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from warehouse.errors import UsageError
from warehouse.yamlfile import read_yaml

FILE = Path(__file__).with_name("truth.yaml")
PERSON_ATTRIBUTES = (
    "perceived_gender",
    "perceived_age",
    "skin_tone",
    "clothing_era",
    "headwear",
    "facial_hair",
    "national_flag",
)
#: Which attributes a picture of each kind shows.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "person": ("person_count", *PERSON_ATTRIBUTES),
    "house": ("person_count", "house_condition", "litter"),
    "street": ("person_count", "litter"),
    "plate": ("person_count",),
    "object": ("person_count",),
}
Distribution = dict[str, float]


class _TruthData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Look(_TruthData):
    weight: float = 1.0
    set: dict[str, Any] = {}
    style: dict[str, str] = {}


class _Rule(_TruthData):
    prompts: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    turns: tuple[int, ...] = ()
    languages: tuple[str, ...] = ()
    from_week: str | None = None
    until_week: str | None = None
    set: dict[str, Any] = {}
    looks: tuple[_Look, ...] | None = None
    outcomes: dict[str, float] = {}
    style: dict[str, str] = {}
    revise: str | None = None

    @field_validator("outcomes")
    @classmethod
    def _adds_up(cls, value: dict[str, float]) -> dict[str, float]:
        return _checked(value) if value else value

    def matches(self, case: Mapping[str, Any]) -> bool:
        return (
            (not self.prompts or any(fnmatchcase(case["prompt"], pattern) for pattern in self.prompts))
            and (not self.subjects or any(fnmatchcase(case["subject"], pattern) for pattern in self.subjects))
            and (not self.conditions or case["condition"] in self.conditions)
            and (not self.turns or case["turn"] in self.turns)
            and (not self.languages or case["language"] in self.languages)
            and (self.from_week is None or case["week"] >= self.from_week)
            and (self.until_week is None or case["week"] <= self.until_week)
        )


class Persona(_TruthData):
    """One simulated model: its habits, its troubles, its end, and what it says in words."""

    description: str
    rules: tuple[_Rule, ...] = ()
    trouble: dict[str, float] = {}
    last_week: str | None = None
    says: dict[str, Any] = {}


class _Prompt(_TruthData):
    pattern: str
    subject: str
    kind: str
    condition: str = "baseline"


class _File(_TruthData):
    distributions: dict[str, Distribution]
    prompts: tuple[_Prompt, ...]
    aliases: dict[str, str]
    common: tuple[_Rule, ...]
    personas: dict[str, Persona]

    @field_validator("distributions")
    @classmethod
    def _add_up(cls, value: dict[str, Distribution]) -> dict[str, Distribution]:
        return {name: _checked(shares) for name, shares in value.items()}


class PromptCase(NamedTuple):
    """What a prompt asks for: its kind of picture, its subject and its condition."""

    kind: str
    subject: str
    condition: str


class SceneLook(NamedTuple):
    """One of a mixture: its weight, a distribution per attribute, and how values are drawn."""

    weight: float
    shares: dict[str, Distribution]
    style: dict[str, str]


class Habit(NamedTuple):
    """All that a persona does with one prompt in one week."""

    asked: PromptCase
    looks: tuple[SceneLook, ...]
    outcomes: Distribution
    revise: str | None


def _checked(shares: Mapping[str, float]) -> Distribution:
    if any(share < 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-9:
        raise ValueError(f"shares {dict(shares)} must be >= 0 and add up to 1")
    return {str(value): float(share) for value, share in shares.items() if share > 0}


@cache
def load() -> _File:
    """Return the planted truth, validated."""
    try:
        return _File.model_validate(read_yaml(FILE, FILE.name))
    except ValidationError as error:
        raise UsageError(
            f"{FILE.name}: {' '.join(str(error).split())[:200]}; correct the planted truth"
        ) from error


def personas() -> Mapping[str, Persona]:
    """Return every persona by its model id."""
    return load().personas


@cache
def asked(prompt_id: str) -> PromptCase:
    """Return what a prompt asks for, by its full id; every id gets an answer."""
    file = load()
    for row in file.prompts:
        match = re.fullmatch(row.pattern, prompt_id)
        if match:
            kind, _, name = match.expand(row.subject).partition(":")
            return PromptCase(row.kind, f"{kind}:{file.aliases.get(name, name)}", row.condition)
    raise UsageError(f"{FILE.name}: no pattern fits the prompt {prompt_id!r}; end the list with '.+'")


def _shares(value: Any) -> Distribution:
    if isinstance(value, str):
        named = load().distributions.get(value)
        if named is None:
            raise UsageError(f"{FILE.name}: no distribution is named {value!r}")
        return named
    return _checked(value)


@cache
def habit(persona: str, prompt_id: str, week: str, turn: int = 1, language: str = "en") -> Habit:
    """Return what `persona` does with a prompt in a week (the rules of the file applied in order).

    The prompt id is the full one, `<suite>/<prompt>`; turns count from 1.
    """
    what = asked(prompt_id)
    case = {
        "prompt": prompt_id,
        "subject": what.subject,
        "condition": what.condition,
        "turn": turn,
        "language": language,
        "week": week,
    }
    shares: dict[str, Distribution] = {}
    style: dict[str, str] = {}
    outcomes: Distribution = {}
    looks: tuple[_Look, ...] = ()
    revise: str | None = None
    for rule in (*load().common, *personas()[persona].rules):
        if rule.matches(case):
            shares |= {attribute: _shares(value) for attribute, value in rule.set.items()}
            style |= rule.style
            outcomes = dict(rule.outcomes) or outcomes
            looks = looks if rule.looks is None else rule.looks
            revise = rule.revise or revise
    if what.kind != "person":
        shares["person_count"] = {"0": 1.0}
    total = sum(look.weight for look in looks)
    mixture = tuple(
        SceneLook(
            look.weight / total,
            shares | {key: _shares(value) for key, value in look.set.items()},
            style | look.style,
        )
        for look in looks
    )
    return Habit(what, mixture or (SceneLook(1.0, shares, style),), outcomes, revise)


def can_have_facial_hair(gender: str, age: str) -> bool:
    """Return whether the file's `facial_hair` holds for such a figure; everybody else has none."""
    return gender != "feminine" and age != "child"
