"""What a model is, how its requests ended, what its pictures cost, and which versions its service reported."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, title
from assets.leaderboard.views.query import Row, by, rows, rows_of_weeks


@dataclass(frozen=True)
class SeriesLife:
    """One series of a model: how it was asked last, and from when to when."""

    series: str
    provider: str
    model_id: str
    params: tuple[tuple[str, str], ...]
    labeler: str
    first_week: date
    last_week: date
    weeks: int


@dataclass(frozen=True)
class HowEnded:
    """How requests of the window ended; `ways` are those that brought no picture, the most frequent first."""

    planned: int = 0
    pictures: int = 0
    refused: int = 0
    ways: tuple[tuple[Message, int], ...] = ()

    @property
    def answered(self) -> int:
        """Return how many requests the model answered itself."""
        return self.pictures + self.refused


@dataclass(frozen=True)
class PictureCost:
    """What the calls of the window cost; `unknown` pictures are of calls whose cost nobody knows."""

    usd: float
    pictures: int
    unknown: int

    @property
    def each(self) -> float | None:
        """Return dollars for each picture; None where the cost of any is unknown, or there is none."""
        return self.usd / self.pictures if self.pictures and not self.unknown else None


@dataclass(frozen=True)
class ReportedVersion:
    """A version that the service reported."""

    version: str
    answers: int
    first_week: date
    last_week: date


@dataclass(frozen=True)
class ModelFacts:
    """One model."""

    model: str
    name: Message
    simulated: bool
    track: str
    maker: str | None
    weights: str | None
    lives: tuple[SeriesLife, ...]
    first_week: date
    last_week: date
    retired: date | None
    succeeds: tuple[str, Message] | None
    succeeded_by: tuple[str, Message] | None
    women: tuple[int, int] | None  # of the pictures of a CEO
    ended: HowEnded = HowEnded()
    cost: PictureCost | None = None
    versions: tuple[ReportedVersion, ...] = field(default=())

    @property
    def weeks(self) -> int:
        """Return in how many weeks it was asked."""
        return sum(life.weeks for life in self.lives)

    @property
    def span(self) -> int:
        """Return how many weeks there are from the first in which it was asked to the last."""
        return (self.last_week - self.first_week).days // 7 + 1


def read(con: duckdb.DuckDBPyConnection, week: date) -> tuple[ModelFacts, ...]:
    """Return every model that was asked up to `week`: real ones first, then by name."""
    of_week = {"week": week.isoformat()}
    weeks = reading.weeks_of(week)
    lives = by(rows(con, "model_facts", of_week), "model")
    timeline = by(rows(con, "timeline", of_week), "model")
    ends = by(rows_of_weeks(con, "model_ends", weeks, {}), "model")
    costs = by(rows_of_weeks(con, "model_costs", weeks, {}), "model")
    versions = by(rows(con, "model_versions", of_week), "model")
    women = {row["model"]: (row["k"], row["n"]) for row in rows(con, "ceo_shares", of_week)}
    return tuple(
        ModelFacts(
            model=model,
            name=names.model(model),
            simulated=last["simulated"],
            track=last["track"],
            maker=last["maker"] and words.plain(last["maker"]),
            weights=last["weights"],
            lives=tuple(_life(row) for row in found),
            first_week=min(row["first_week"] for row in found),
            last_week=last["last_week"],
            retired=retired_in(timeline[model], week),
            succeeds=_other(timeline[model], "succeeds"),
            succeeded_by=_other(timeline[model], "succeeded_by"),
            women=women.get(model),
            ended=_ended(ends[model]),
            cost=_cost(costs[model]),
            versions=tuple(
                ReportedVersion(
                    words.plain(one["version"]), one["answers"], one["first_week"], one["last_week"]
                )
                for one in versions[model]
            ),
        )
        for model, found in lives.items()
        for last in [max(found, key=lambda row: row["last_week"])]
    )


def retired_in(lives: Sequence[Row], week: date) -> date | None:
    """Return the week in which a model was retired, if that is not after `week` and no life goes on."""
    ends = [life["retired_in"] or _past(life["until_week"], week) for life in lives]
    if not ends or any(end is None or end > week for end in ends):
        return None
    return max(end for end in ends if end is not None)


def _past(until: date | None, week: date) -> date | None:
    return until if until is not None and until < week else None


def _other(timeline: Sequence[Row], column: str) -> tuple[str, Message] | None:
    return next(((life[column], names.model(life[column])) for life in timeline if life[column]), None)


def _life(row: Row) -> SeriesLife:
    params: Mapping[str, object] = json.loads(row["params"])
    return SeriesLife(
        series=words.plain(row["series"]),
        provider=words.plain(row["provider"]),
        model_id=words.plain(row["model_id"]),
        params=tuple((words.plain(name), words.plain(value)) for name, value in sorted(params.items())),
        labeler=words.plain(row["labeler"]),
        first_week=row["first_week"],
        last_week=row["last_week"],
        weeks=row["weeks"],
    )


def _ended(found: Sequence[Row]) -> HowEnded:
    counts: dict[str, int] = defaultdict(int)
    groups: dict[str, str] = {}
    for row in found:
        counts[row["outcome"]] += row["slots"]
        groups[row["outcome"]] = row["outcome_group"]
    counts.pop("not_needed", None)
    ways = sorted(
        ((outcome, slots) for outcome, slots in counts.items() if groups[outcome] != "picture"),
        key=lambda item: (-item[1], item[0]),
    )
    return HowEnded(
        planned=sum(counts.values()),
        pictures=sum(slots for outcome, slots in counts.items() if groups[outcome] == "picture"),
        refused=sum(slots for outcome, slots in counts.items() if groups[outcome] == "refused"),
        ways=tuple((way(outcome), slots) for outcome, slots in ways),
    )


def way(outcome: str) -> Message:
    """Return how requests ended that brought no picture."""
    return names.OUTCOMES.get(outcome) or title(words.LOST.get(outcome) or words.spaced(outcome))


def _cost(found: Sequence[Row]) -> PictureCost | None:
    if not found:
        return None
    return PictureCost(
        sum(row["usd"] or 0.0 for row in found),
        sum(row["pictures"] for row in found),
        sum(row["unknown"] for row in found),
    )
