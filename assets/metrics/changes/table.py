"""The table `changes`: what each week brings to light, given the changes that were reported before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa

from assets.metrics.changes.boards import LookedAt, Scanned
from assets.metrics.changes.causes import Reported, add_causes
from assets.metrics.changes.counts import Cut, Reader, WeeklyCounts, cut, read_counts
from assets.metrics.plain.arrays import Bools, Ints
from assets.metrics.plain.changes import Event, newest
from assets.metrics.reading import read
from assets.metrics.spans import FIELD
from assets.suites.analysis import Analysis, shipped
from assets.suites.claims import RegisteredClaim, shipped_claims
from warehouse.loading.columns import table_of
from warehouse.weeks import shift, span

#: Weeks back to which a model's own weeks are looked for; of these the newest 39 play a part.
LOOKBACK = 78
#: Field and attribute → the change that would be found, a share.
WouldFind = dict[tuple[Any, ...], float]


class _Planned(NamedTuple):
    """How a model was planned, by week: which weeks are of one series, and in which it was withheld."""

    kind: Ints  # -1: not planned
    withheld: Bools


@dataclass
class WeeklyChanges:
    """Weeks whose changes are looked for one after the other; all counts are read once.

    A span of a model and attribute begins anew with the latest date of a change that was reported of it, refusals for
    themselves, a combination or claim also with any of its parts. What `changes` found is part of what is known in the
    weeks after.
    """

    con: duckdb.DuckDBPyConnection
    declared: Analysis
    weeks: Sequence[date]  # read, of which the last ones are looked at
    looked: LookedAt
    counts: Mapping[tuple[Any, ...], WeeklyCounts]
    plans: Mapping[date, Mapping[str, Mapping[str, Any]]]
    planned: Mapping[str, _Planned]
    versions: Mapping[tuple[date, str, str], str]  # week, model, labeler → its newest version
    parts: Mapping[str, Sequence[str]]  # attribute → combinations and claims of which it is a part
    began: dict[tuple[str, str | None], date] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        con: duckdb.DuckDBPyConnection,
        first: str,
        last: str,
        declared: Analysis | None = None,
        claims: Iterable[RegisteredClaim] | None = None,
    ) -> WeeklyChanges:
        """Read what is needed for the weeks from `first` to `last`, ISO dates of Mondays.

        A week looks back 78 calendar weeks at most, and at the newest 39 in which a model was asked. The warehouse's
        rows of `changes` of weeks before `first` are known; those of later weeks are not looked at.
        """
        declared = declared or shipped().declared
        claims = shipped_claims() if claims is None else claims
        since = shift(first, 1 - LOOKBACK)
        weeks = [date.fromisoformat(week) for week in span(since, last)]
        where = {"first": since, "last": last}
        plans: dict[date, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        for row in read(con, "change_plans", where).iter_rows(named=True):
            plans[row["week"]][row["model"]] = row
        versions: dict[tuple[date, str, str], str] = {}
        for week, model, labeler, version in read(con, "change_readers", where).rows():
            versions[week, model, labeler] = max(versions.get((week, model, labeler), ""), version, key=_age)
        named = {
            (model, row["labeler"], versions[week, model, row["labeler"]])
            for week, of in plans.items()
            if week.isoformat() >= first
            for model, row in of.items()
            if (week, model, row["labeler"]) in versions
        }
        looked = LookedAt(con, first, last, declared, claims)
        parts: dict[str, list[str]] = defaultdict(list)
        for attribute, whole in read(con, "change_parts", {}).rows():
            parts[attribute].append(whole)
        before = shift(first, -1)
        began = {
            (model, attribute): date.fromisoformat(shift(before, -back))
            for model, attribute, back in read(con, "span_restarts", {"week": before}).rows()
        }
        counts = read_counts(con, weeks[0], len(weeks), last, sorted(named), looked.suites)
        planned = _planned(plans, weeks)
        return cls(con, declared, weeks, looked, counts, plans, planned, versions, parts, began)

    def changes(self, week: str) -> tuple[pa.Table, WouldFind]:
        """Return the changes that a week brings to light, and what would be found; weeks are asked for in order.

        Returns:
            Rows of `changes`, and for each field and attribute (None: refusals) the change of a share, 0 to 1, that
            would be found within eight weeks in four of five cases at the median model: of the values of an attribute
            the largest, so that it holds for each. Left out where no model has weeks enough.
        """
        day = date.fromisoformat(week)
        plans = self.plans.get(day, {})
        tracks = {model: (row["track"], row["simulated"]) for model, row in plans.items()}
        boards = self.looked.boards(day, tracks)
        series = sum(len(board.models) for board in boards)
        found: list[Reported] = []
        would_find: WouldFind = {}
        for (key, attribute), alike in groupby(boards, key=lambda board: (board.key, board.attribute)):
            of = [*alike]
            counted = self._cut(day, key, attribute, {model for board in of for model in board.models})
            if counted is None:
                continue
            for board in of:
                events, soon = self._scan(day, board, counted, series)
                found += events
                if board.prompt is None and not np.isnan(soon):
                    would_find[*key, attribute] = max(would_find.get((*key, attribute), 0.0), soon / 100)
        add_causes(self.con, found)
        for one in found:
            self._begin(one.row)
        rows = [one.row for one in found]
        rows.sort(key=lambda row: [(row[name] is not None, row[name]) for name in _GRAIN])
        return table_of("changes", rows), would_find

    def _cut(
        self, week: date, key: tuple[Any, ...], attribute: str | None, models: Iterable[str]
    ) -> Cut | None:
        held = self.counts.get((*key[2:], attribute))
        if held is None:
            return None
        last = self.weeks.index(week)
        weeks = slice(last + 1 - LOOKBACK, last + 1)
        readers, counted = [], {}
        for model in models:
            labeler = self.plans[week][model]["labeler"]
            reader = (
                (None, None) if attribute is None else (labeler, self.versions.get((week, model, labeler)))
            )
            readers.append((model, *reader))
            of = self.planned[model]
            counted[model] = (of.kind[weeks] == of.kind[last]) & ~of.withheld[weeks]
        return cut(held, readers, weeks, counted)

    def _scan(self, week: date, board: Scanned, of: Cut, series: int) -> tuple[list[Reported], float]:
        prompts = [at for at, name in enumerate(of.prompts) if board.prompt in (None, name)]
        if not of.models or not prompts:
            return [], float("nan")
        hits, pictures = of.hits(board.shows)[:, prompts], of.pictures[:, prompts]
        first = self.weeks[self.weeks.index(week) + 1 - LOOKBACK]
        start = [(self.began.get((model, board.attribute), first) - first) // _WEEK for model in of.models]
        events, soon = newest(hits, pictures, np.maximum(start, 0), series, self.declared.looks)
        found = []
        for event in events:
            asked = (pictures[event.model].sum(0) > 0) & (np.arange(LOOKBACK) >= start[event.model])
            days = [first + _WEEK * int(at) for at in np.flatnonzero(asked)]
            row = _row(week, board, of.readers[event.model], event, first, series)
            for side, part in (
                ("before", slice(event.since, event.changed)),
                ("after", slice(event.changed, event.opened + 1)),
            ):
                for name, counts in (("k", hits), ("n", pictures)):
                    row[f"{side}_{name}"] = int(counts[event.model][:, part].sum())
            around = _around(days, row["earliest_week"], row["latest_week"])
            versions = {self.versions.get((day, row["model"], row["labeler"])) for day in around}
            attributes = [part for part, wholes in self.parts.items() if board.attribute in wholes]
            found.append(Reported(row, around, len(versions) > 1, attributes or [board.attribute]))
        return found, soon

    def _begin(self, row: Mapping[str, Any]) -> None:
        for attribute in (row["attribute"], *self.parts.get(row["attribute"], ())):
            of = row["model"], attribute
            self.began[of] = max(self.began.get(of, date.min), row["changed_week"])


_WEEK = timedelta(weeks=1)
_GRAIN = ("model", *FIELD, "prompt", "attribute", "value")


def _row(
    week: date, board: Scanned, reader: Reader, event: Event, first: date, series: int
) -> dict[str, Any]:
    dates = {"changed_week": event.changed, "earliest_week": event.first, "latest_week": event.last}
    return {
        "week": week,
        **dict(zip(("model", "labeler", "labeler_version"), reader, strict=True)),
        **dict(zip(FIELD, board.key, strict=True)),
        **{"prompt": board.prompt, "attribute": board.attribute, "value": "+".join(board.shows)},
        **{name: first + _WEEK * at for name, at in dates.items()},
        **{"size": event.size, "low": event.size - event.half, "high": event.size + event.half},
        **{"se": event.standard_error, "dispersion": event.dispersion, "df": float(event.df)},
        **{"critical": event.critical, "series": series, "common": event.common},
    }


def _around(asked: Sequence[date], earliest: date, latest: date) -> list[date]:
    """Return the weeks around a date: the last asked before those that it may be, and these."""
    before = [week for week in asked if week < earliest]
    return [*before[-1:], *(week for week in asked if earliest <= week <= latest)]


def _age(version: str) -> tuple[int, str]:
    """Return by what the newest version of a labeler is known, as `sql/metrics/_span.sql` does."""
    number = version.partition("-")[0]
    return int(number) if number.isdecimal() else -1, version


def _planned(
    plans: Mapping[date, Mapping[str, Mapping[str, Any]]], weeks: Sequence[date]
) -> dict[str, _Planned]:
    found: dict[str, _Planned] = {}
    kinds: dict[tuple[str, str], int] = {}
    for at, week in enumerate(weeks):
        for model, row in plans.get(week, {}).items():
            nothing = _Planned(np.full(len(weeks), -1, dtype=np.int64), np.zeros(len(weeks), dtype=bool))
            planned = found.setdefault(model, nothing)
            planned.kind[at] = kinds.setdefault((row["series"], row["params_hash"]), len(kinds))
            planned.withheld[at] = row["withheld"]
    return found
