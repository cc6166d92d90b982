"""What moved: the labels of an anchor set beside earlier labels of the same pictures by the same labeler version.

Compared is with the baseline: the latest earlier week whose moved labels a person accepted, else the first week. A
picture without a label in one of the two weeks has not moved. A new labeler version is compared with nothing: it is a
new series. Any other value is another value, `cannot_tell` and `invalid` included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from warehouse.loading.columns import table_of

_EXAMPLES = 5

Row = Mapping[str, Any]
Who = tuple[str, str, str]  # anchor set, labeler, version


@dataclass(frozen=True)
class Drift:
    """One comparison; an event, `labeler_drift`, if anything moved, and open until it is accepted."""

    week: str
    anchor_set: str
    labeler: str
    labeler_version: str
    attribute: str
    baseline_week: str
    previous_week: str
    pictures: int
    moved: int
    moved_since_previous: int
    examples: str | None
    accepted_reason: str | None
    accepted_by: str | None

    @property
    def open(self) -> bool:
        """Return whether something moved and nobody accepted it."""
        return self.moved > 0 and self.accepted_reason is None


def compare(labels: Iterable[Row], accepted: Iterable[Row], week: str) -> list[Drift]:
    """Return the comparisons of one week's anchor labels, sorted.

    Of the labels of earlier weeks those that are compared with are enough: the first, the latest accepted and the
    latest.
    """
    values: defaultdict[tuple[Who, str], defaultdict[str, dict[str, str]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    weeks: defaultdict[Who, set[str]] = defaultdict(set)
    for row in labels:
        if row["week"] <= week:
            who = (row["anchor_set"], row["labeler"], row["labeler_version"])
            values[who, row["attribute"]][row["week"]][row["image_sha256"]] = row["value"]
            weeks[who].add(row["week"])
    acceptances = {
        (row["anchor_set"], row["labeler"], row["labeler_version"], row["attribute"], row["week"]): row
        for row in accepted
    }
    found = []
    for (who, attribute), by_week in values.items():
        earlier = sorted(day for day in weeks[who] if day < week)
        if week not in by_week or not earlier:
            continue
        taken = [day for day in earlier if (*who, attribute, day) in acceptances]
        baseline = taken[-1] if taken else earlier[0]
        now = by_week[week]
        moves = _moves(by_week[baseline], now)
        acceptance = acceptances.get((*who, attribute, week), {}) if moves else {}
        found.append(
            Drift(
                week=week,
                anchor_set=who[0],
                labeler=who[1],
                labeler_version=who[2],
                attribute=attribute,
                baseline_week=baseline,
                previous_week=earlier[-1],
                pictures=len(by_week[baseline].keys() & now.keys()),
                moved=len(moves),
                moved_since_previous=len(_moves(by_week[earlier[-1]], now)),
                examples="; ".join(moves[:_EXAMPLES]) or None,
                accepted_reason=acceptance.get("reason"),
                accepted_by=acceptance.get("accepted_by"),
            )
        )
    return sorted(found, key=lambda one: (one.anchor_set, one.labeler, one.labeler_version, one.attribute))


def _moves(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [
        f"{picture[:12]}: {before[picture]} → {now[picture]}"
        for picture in sorted(before.keys() & now.keys())
        if before[picture] != now[picture]
    ]


def table(drifts: Iterable[Drift]) -> pa.Table:
    """Return comparisons as rows of `labeler_drift`."""
    return table_of("labeler_drift", map(vars, drifts))
