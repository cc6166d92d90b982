"""What the page shows of published studies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StudyCell:
    """A study's figures for one model under one condition."""

    condition: str
    distance: float | None
    low: float | None
    high: float | None
    tvd: float | None
    tvd_floor: float | None  # what tvd would be, on average, for a model that matches the reference exactly
    n: int
    reason: str | None
    rank: str | None = None  # as a range
    unranked: str | None = None  # why there is no rank
    bounds: tuple[float, float] | None = None  # of the distance, whatever the unseen pictures would show


@dataclass(frozen=True)
class StudyRow:
    """One model of a study; `missing` counts slots without a picture."""

    model: str
    cells: tuple[StudyCell, ...]
    planned: int
    missing: int


@dataclass(frozen=True)
class StudyChange:
    """What became of one value under another condition: pictures of how many, and p-values (None: no test)."""

    model: str
    prompt: str
    value: str
    before: tuple[int, int]  # (pictures with the value, pictures with any value)
    after: tuple[int, int]
    chi_square_p: float | None
    fisher_p: float | None
    holm_p: float | None
    survives: bool
    reason: str | None


@dataclass(frozen=True)
class StudyChanges:
    """What changed between two conditions. All tests of the attribute, `tests`, are corrected together."""

    before: str
    after: str
    tests: int
    compared: int  # differences, those that are not in `rows` too
    survivors: int  # of all differences, those that are more than chance after the correction
    summary: tuple[str, ...]  # sentences
    rows: tuple[StudyChange, ...]  # those that are shown, by p-value

    @property
    def surviving(self) -> tuple[StudyChange, ...]:
        """Return the changes that are shown and are more than chance after the correction."""
        return tuple(row for row in self.rows if row.survives)


@dataclass(frozen=True)
class StudyEffect:
    """A change of one figure: `of` what, its `sides` before and after, its interval in words, or why there is none.

    `estimate`, `low` and `high` are in 0…1 of `axis`; None where there is no figure.
    """

    id: str  # of its row within the model’s
    of: str
    sides: str | None
    figure: str | None
    pictures: str
    estimate: float | None
    low: float | None
    high: float | None
    axis: float
    reason: str | None


@dataclass(frozen=True)
class StudyEffectRow:
    """What a request changed in one model's pictures; `distance` is None if it was not asked in both ways."""

    model: str
    distance: StudyEffect | None
    shares: tuple[StudyEffect, ...]  # of each value; of two values the first
    past: tuple[
        StudyEffect, ...
    ]  # how far past the reference: over all subjects, and single ones where clear
    notes: tuple[str, ...]  # about what is not in `past`


@dataclass(frozen=True)
class StudyEffects:
    """What a condition changed: `looks` intervals were looked at, and are not corrected for that."""

    title: str
    before: str
    after: str
    asks: bool  # whether the condition asks for diversity; else nothing can go past a reference
    looks: int
    sentences: tuple[str, ...]
    rows: tuple[StudyEffectRow, ...]


@dataclass(frozen=True)
class StudyTable:
    """A study's models by one attribute, against one reference, as one labeler saw them."""

    attribute_title: str
    reference_title: str
    labeler: str
    conditions: tuple[str, ...]
    axis: float
    marks: tuple[float, ...]  # values that are written at an axis from 0 to there
    rows: tuple[StudyRow, ...]
    orders: tuple[str, ...] = ()  # whether the order holds if the figure is measured in another way, in words
    changes: tuple[StudyChanges, ...] = ()  # one for each condition that is compared with the baseline
    effects: tuple[StudyEffects, ...] = ()  # one for each condition that is compared with the baseline


@dataclass(frozen=True)
class Study:
    """Somebody else's pictures and labels; not a weekly series."""

    id: str
    title: str
    citation: str
    licence: str
    source: str
    note: str | None
    pictures: int
    planned: int
    missing: int  # 0 for a study of labels alone
    labels_alone: bool  # it has no picture to show, and misses none
    tables: tuple[StudyTable, ...]
