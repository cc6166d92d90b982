"""What is looked at in a week: boards of models, one for each series that could change.

It follows from the plans of that week, and from what was declared by then, alone: a rebuild finds the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb
import polars as pl

from assets.metrics.reading import read
from assets.metrics.spans import JOINT
from assets.suites.analysis import Analysis
from assets.suites.claims import RegisteredClaim

#: The suite whose declared stereotypes are columns of the leaderboard.
LEADERBOARD = "rest-of-world"
#: Value of the share of refusals.
REFUSED = "refused"


class Scanned(NamedTuple):
    """One share, and the models of which it is looked at.

    Attributes:
        key: values of `spans.FIELD`.
        attribute: None: refusals; all:<id> of a combination or claim.
        prompt: None: the mean over prompts.
        shows: values that are counted together.
        models: that were planned for it.
    """

    key: tuple[Any, ...]
    attribute: str | None
    prompt: str | None
    shows: tuple[str, ...]
    models: tuple[str, ...]


class LookedAt:
    """What is looked at in some weeks."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        first: str,
        last: str,
        declared: Analysis,
        claims: Iterable[RegisteredClaim],
    ) -> None:
        """Read the plans from `first` to `last`, ISO dates of Mondays."""
        where = {"first": first, "last": last}
        self._combined = {
            (*_suite(one.suite), JOINT + one.id): one.since or date.min for one in declared.combinations
        }
        self._attributes = _by_week(read(con, "change_attributes", where))
        self._values = _by_week(read(con, "change_values", where))
        wanted = [*_prompts(declared, claims)]
        self._prompts = _by_week(read(con, "change_prompts", {**where, "wanted": wanted})) if wanted else {}

    @property
    def suites(self) -> set[str]:
        """Return the names of all suites that were planned."""
        return {suite for part in self._attributes.values() for suite in part["suite"].unique()}

    def boards(self, week: date, tracks: Mapping[str, tuple[str, bool]]) -> list[Scanned]:
        """Return the boards of a week, those of one field and attribute together, the suite's before its prompts'.

        `tracks` has of each planned model its track, and whether it is simulated.
        """
        values: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for suite, major, attribute, value, _ in _rows(self._values, week):
            values[suite, major, attribute].append(value)
        models: dict[tuple[Any, ...], list[str]] = defaultdict(list)
        for model, suite, major, condition, attribute in _rows(self._attributes, week):
            for shows in self._of_suite(week, values, (suite, major, attribute)):
                field = (*tracks[model], suite, major, condition, _turn(condition))
                models[field, attribute, None, shows].append(model)
        for model, suite, major, condition, prompt, attribute, shown in _rows(self._prompts, week):
            field = (*tracks[model], suite, major, condition, _turn(condition))
            models[field, attribute, prompt, (*shown.split("+"),)].append(model)
        found = [
            Scanned(key, attribute, prompt, shows, tuple(names))
            for (key, attribute, prompt, shows), names in models.items()
        ]
        return sorted(found, key=lambda one: (one.key, one.attribute or "", one.prompt or ""))

    def _of_suite(
        self, week: date, values: Mapping[tuple[Any, ...], list[str]], of: tuple[str, int, str | None]
    ) -> list[tuple[str, ...]]:
        """Return which values of a suite's attribute are looked at: of two one, for the other is what is left."""
        if of[2] is None:
            return [(REFUSED,)]
        if of[2].startswith(JOINT):
            since = self._combined.get((of[0], of[1], of[2]))
            return [("shown",)] if since is not None and since <= week else []
        listed = values.get(of, [])
        return [(value,) for value in (listed[:1] if len(listed) == 2 else listed)]


def _prompts(declared: Analysis, claims: Iterable[RegisteredClaim]) -> Iterator[dict[str, Any]]:
    """Yield which single prompts are looked at: by name or subject, what is counted, and a part that is looked for."""
    for pair in declared.stereotypes:
        suite, major = _suite(pair.suite)
        if suite == LEADERBOARD and pair.statistic is None:
            of = {"prompt": "", "subject": pair.group, "part": pair.attribute, "attribute": pair.attribute}
            yield {"suite": suite, "suite_major": major, **of, "shows": pair.value, "since": _day(pair.since)}
    for claim in claims:
        [part, *others] = claim.shows
        attribute, shows = part, "+".join(sorted(claim.shows[part]))
        if others:
            attribute, shows = JOINT + claim.id, "shown"
        for names in claim.pictures.values():
            for prompt in claim.full_ids(names):
                for major in claim.majors:
                    of = {"prompt": prompt, "subject": "", "part": part, "attribute": attribute}
                    of |= {"shows": shows, "since": _day(claim.since)}
                    yield {"suite": claim.suite, "suite_major": major, **of}


def _day(since: date | None) -> str:
    return (since or date.min).isoformat()


def _suite(label: str) -> tuple[str, int]:
    suite, _, major = label.partition("@")
    return suite, int(major)


def _turn(condition: str) -> int:
    """Return the turn whose pictures are looked at: of a confrontation what came after it."""
    return 2 if condition == "confronted" else 1


def _by_week(frame: pl.DataFrame) -> dict[date, pl.DataFrame]:
    parts = frame.partition_by("week", as_dict=True, maintain_order=True, include_key=False)
    return {week: part for (week,), part in parts.items()}


def _rows(weekly: Mapping[date, pl.DataFrame], week: date) -> list[tuple[Any, ...]]:
    return weekly[week].rows() if week in weekly else []
