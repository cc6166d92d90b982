"""What is asked of a prompt's pictures: the attribute that matters, and the value that is framed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb

from assets.leaderboard.views.query import Row, by, rows
from assets.suites.claims import shipped_claims
from assets.suites.loader import attribute_words

_LAST = 99


@dataclass(frozen=True)
class Looked:
    """An attribute that is looked for in the pictures of a prompt.

    Attributes:
        support: values, or bands of them, that a share is counted of, in declared order.
        of: value that a labeler may give → the value or band that it is counted as.
    """

    attribute: str
    support: tuple[str, ...]
    of: Mapping[str, str]

    def seat(self, value: str | None) -> str | None:
        """Return the value or band of the support that a value is counted as; None if it is not counted."""
        seat = None if value is None else self.of.get(value)
        return seat if seat in self.support else None


#: Suite, its major version and attribute → what is looked for.
Looks = Mapping[tuple[str, int, str], Looked]


@dataclass(frozen=True)
class PromptQuestion:
    """The attribute that matters for a prompt, and the value whose pictures are framed."""

    attribute: str
    value: str


def looks(con: duckdb.DuckDBPyConnection, week: date) -> Looks:
    """Return what is looked for in the pictures of the window that ends with a week."""
    values_of = by(
        rows(con, "prompt_values", {"week": week.isoformat()}), "suite", "suite_major", "attribute"
    )
    return {key: _looked(key[2], values) for key, values in values_of.items()}


def _looked(attribute: str, values: Sequence[Row]) -> Looked:
    of = {row["value"]: row["band"] or row["value"] for row in values}
    support = dict.fromkeys(of[row["value"]] for row in values if row["in_support"])
    return Looked(attribute, tuple(support), of)


def question(declared: Sequence[Row], looked: Mapping[str, Looked]) -> PromptQuestion | None:
    """Return the question of a prompt; None if nothing is declared that its pictures are looked at for.

    First comes what the analysis file calls a stereotype of the prompt's own group, then what models are compared by,
    then what a sentence of 2023 is about; of equals the one whose boards stand first.
    """
    rows = sorted(
        (row for row in declared if row["attribute"] in looked and _rank(row) is not None), key=_place
    )
    if not rows:
        return None
    row, of = rows[0], looked[rows[0]["attribute"]]
    wanted = (row["stereotype"], claimed(row), row["of_others"], row["typed"])
    value = next((name for name in wanted if name in of.support), of.support[0])
    return PromptQuestion(of.attribute, value)


def claimed(row: Row) -> str | None:
    """Return the value that a sentence of 2023 is about, of the pictures of a prompt and an attribute alone."""
    return claimed_values().get((row["prompt"], row["attribute"]))


@cache
def claimed_values() -> Mapping[tuple[str, str], str]:
    """Return prompt and attribute → the value that a sentence of 2023 is about, where it is about one of each."""
    return {
        (prompt, attribute): value
        for claim in reversed(shipped_claims())
        if len(claim.shows) == 1
        for attribute, (value, *others) in claim.shows.items()
        if not others
        for prompts in claim.pictures.values()
        if len(prompts) == 1
        for prompt in claim.full_ids(prompts)
    }


def _place(row: Row) -> tuple[int, int, str]:
    phrases = attribute_words().get(row["attribute"])
    place = phrases.place if phrases and phrases.place is not None else _LAST
    return _rank(row) or 0, place, row["attribute"]


def _rank(row: Row) -> int | None:
    """Return how much an attribute matters, 0 most; None if nothing is declared of it."""
    ranks = (
        row["stereotype"] is not None and row["statistic"] is None,
        row["stereotype"] is not None,
        row["board"],
        claimed(row) is not None,
    )
    return next((rank for rank, holds in enumerate(ranks) if holds), None)
