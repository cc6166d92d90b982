"""What the page shows of pictures beside published statistics, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statistic:
    """One share of pictures beside a published one: a sentence that stands by itself, and where that is from."""

    id: str  # of its row within the group
    sentence: str
    source: str
    gap: float  # share in the pictures less share in the statistic


@dataclass(frozen=True)
class StatisticGroup:
    """Models that may be in one list: `compared` shares were looked at, `differ` differ, the widest are reported."""

    track: str
    simulated: bool
    told: tuple[Statistic, ...]
    compared: int
    differ: int
