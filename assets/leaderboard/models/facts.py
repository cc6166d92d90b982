"""What a model is, how its requests ended, what they cost, which versions were reported, and what people saw."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.showing import many
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message, title
from assets.leaderboard.views.query import Row, View, by, rows, rows_of_weeks


@dataclass(frozen=True)
class ModelFacts:
    """One model.

    Attributes:
        lives: for each of its series how it was asked last, and from when to when.
        women: k of n pictures of a CEO.
        ended: how requests of the window ended; `ways` are those that brought no picture, the most frequent first.
        cost: dollars for each picture of the window; None where the cost of any is `unknown`, or there is none.
        versions: those that its service reported.
    """

    model: str
    name: Message
    simulated: bool
    track: str
    maker: str | None
    weights: str | None
    lives: Sequence[Row]
    first_week: date
    last_week: date
    retired: date | None
    succeeds: tuple[str, Message] | None
    succeeded_by: tuple[str, Message] | None
    women: tuple[int, int] | None
    ended: View
    cost: View
    versions: Sequence[Row]

    @property
    def weeks(self) -> int:
        """Return in how many weeks it was asked."""
        return sum(life["weeks"] for life in self.lives)

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
            lives=[row | {"params": sorted(json.loads(row["params"]).items())} for row in series],
            first_week=min(row["first_week"] for row in series),
            last_week=last["last_week"],
            retired=retired_in(timeline[model], week),
            succeeds=_other(timeline[model], "succeeds"),
            succeeded_by=_other(timeline[model], "succeeded_by"),
            women=women.get(model),
            ended=_ended(ends[model]),
            cost=_cost(costs[model]),
            versions=versions[model],
        )
        for model, series in lives.items()
        for last in [max(series, key=lambda row: row["last_week"])]
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


def _ended(ends: Sequence[Row]) -> View:
    counts: Counter[tuple[str, str]] = Counter()
    for row in ends:
        if row["outcome"] != "not_needed":
            counts[row["outcome_group"], row["outcome"]] += row["slots"]
    pictures, refused = (
        sum(slots for (group, _), slots in counts.items() if group == of) for of in ("picture", "refused")
    )
    lost = [(outcome, slots) for (group, outcome), slots in counts.items() if group != "picture"]
    return View(
        planned=counts.total(),
        pictures=pictures,
        refused=refused,
        answered=pictures + refused,
        ways=[(way(outcome), slots) for outcome, slots in sorted(lost, key=lambda item: (-item[1], item[0]))],
    )


def way(outcome: str) -> Message:
    """Return how requests ended that brought no picture."""
    return title(words.LOST.get(outcome) or words.spaced(outcome))


def _cost(costs: Sequence[Row]) -> View:
    usd, pictures, unknown = (sum(row[name] or 0 for row in costs) for name in ("usd", "pictures", "unknown"))
    return View(each=usd / pictures if pictures and not unknown else None, unknown=unknown)


def by_people(con: duckdb.DuckDBPyConnection, week: date) -> Mapping[str, Sequence[View]]:
    """Return the shares of each model that people labeled pictures of, by people's eyes beside those by the labeler.

    `why` says why people's share is not known, or its interval.
    """
    parameters = {"week": week.isoformat()}
    simulated = {row["attribute"] for row in rows(con, "rated", parameters) if row["simulated"]}
    shares: dict[str, list[View]] = defaultdict(list)
    for row in rows(con, "by_people", parameters):
        known = row["estimate"] is not None
        named = {
            "suite": names.asked(row["suite"], row["suite_major"], row["condition"]),
            "what": many(row["attribute"], row["value"]) if known else names.attribute(row["attribute"]),
            "why": reason(row["reason"]) if row["reason"] else None,
            "simulated": row["attribute"] in simulated,
        }
        shares[row["model"]].append(View(**row | named))
    return shares
