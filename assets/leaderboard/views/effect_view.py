"""What the page shows of word against word, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """What one model does when the prompt changes: a sentence that stands by itself, and what it rests on.

    `figure` is the change with its interval in words, and `low`, `high` and `estimate` are in 0…1 of `axis`; None where
    there is no figure, which the sentence then says with the reason.
    """

    model: str
    sentence: str
    figure: str | None
    pictures: str
    estimate: float | None
    low: float | None
    high: float | None
    axis: float
    reliable: bool | None
    id: str  # of its row within the comparison


@dataclass(frozen=True)
class EffectGroup:
    """Models that may be in one list: one track, and simulated ones by themselves."""

    track: str
    simulated: bool
    effects: tuple[Effect, ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordChange:
    """One comparison: what was asked on both sides (None where it is no single text), and its sentences."""

    title: str
    suite: str
    text_a: str | None
    text_b: str | None
    more: int  # pairs of prompts beside the one that is shown
    groups: tuple[EffectGroup, ...]
