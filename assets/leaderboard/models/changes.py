"""Detected changes as pages say them: in words that are translated, with pictures of the weeks before and after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cache, reduce
from typing import NamedTuple

import duckdb

from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.reading import WEEKS, WINDOW
from assets.leaderboard.cells.showing import address_of, cut, is_sensitive, many
from assets.leaderboard.models import names
from assets.leaderboard.models.facts import ModelFacts
from assets.leaderboard.models.pictures import CountedValue, grid, slots
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, Percent, say, say_n, title
from assets.leaderboard.views.query import Row, View, rows
from assets.suites.analysis import shipped
from assets.suites.claims import shipped_claims

_WEEK = timedelta(weeks=1)
#: Attribute of a combination or claim of several attributes: all:<id>.
JOINT = "all:"
#: Weeks of a model before any change of it can be reported: four before it, two since.
NEEDED = 6
#: So many changes, the latest, have pictures, and are reported in full on the page of all.
IN_FULL = 24
#: What rows have in common that are one change, seen in several values or prompts.
_ABOUT = ("model", "suite", "suite_major", "condition", "turn", "attribute", "changed_week")
#: What is said of a change that something else explains, by its cause; the first that holds.
_DOUBTS: Mapping[str, Message] = {
    "labeler_drift": say(
        "The labeler also read control pictures in another way than before: it moved, not the model."
    ),
    "all_models": say(
        "Half of the other models or more moved in the same way: suspect the labeler or the method first."
    ),
    "suite": say("The prompts changed: this is not the model’s doing."),
}
#: What else changed around the date, by its code in `changes.causes`.
CAUSES: Mapping[str, Message] = {
    "labeler_drift": say("the labeler read control pictures in another way than before"),
    "labeler": say("another version of the labeler read the pictures"),
    "suite": say("the prompts changed"),
    "model_version": say("the service reported another version of the model"),
    "completeness": say("clearly more or fewer requests were answered than before"),
    "all_models": say("half of the other models or more moved in the same way"),
}


class Detected(NamedTuple):
    """How many changes were reported in the weeks of a window: of models, and of what has a likelier cause."""

    changes: int
    doubtful: int


def read(con: duckdb.DuckDBPyConnection, week: date) -> tuple[View, ...]:
    """Return the changes that were opened up to `week`, the latest first.

    Several values and prompts of an attribute that moved at once are one change: the surest is reported, the others
    stand `also` with it.
    """
    about: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows(con, "changes", {"week": week.isoformat()}):
        about[_about(row)].append(row)
    groups = [
        sorted(group, key=lambda row: (-sure(row), row["prompt"] or "", row["value"]))
        for group in about.values()
    ]
    groups.sort(key=lambda group: (-group[0]["changed_week"].toordinal(), *map(str, _about(group[0]))))
    values = looks(con, week) if groups else {}
    now = {(row["prompt"], row["model"]) for row in rows(con, "asked_now", {"week": week.isoformat()})}
    return tuple(
        _change(con, week, group, values, now, pictures=number < IN_FULL)
        for number, group in enumerate(groups)
    )


def early(models: Iterable[ModelFacts]) -> int | None:
    """Return in how many weeks models were asked, where no change can be reported yet; None if one can."""
    weeks = max((one.weeks for one in models), default=0)
    return weeks if weeks < NEEDED else None


def known(con: duckdb.DuckDBPyConnection, week: date) -> list[Row]:
    """Return the rows of the changes that were opened up to `week`, the latest first."""
    changes = rows(con, "changes", {"week": week.isoformat()})
    return sorted(changes, key=lambda row: (-row["changed_week"].toordinal(), -sure(row), row["model"]))


def lines(changes: Iterable[Row], week: date) -> tuple[Message, ...]:
    """Return a line for each change that was reported in the window of `week`; seen in several values it is one."""
    headlines: dict[tuple[object, ...], Message] = {}
    for row in sorted(changes, key=lambda row: -sure(row)):
        if week - WINDOW < row["week"] <= week:
            headlines.setdefault(_about(row), headline(row))
    return tuple(headlines.values())


def detected(changes: Iterable[Row], week: date) -> Detected:
    """Return how many changes were reported in the window of `week`; one that is seen in several values is one."""
    opened = [row for row in changes if week - WINDOW < row["week"] <= week]
    sure = {_about(row) for row in opened if _doubt(row) is None}
    return Detected(len(sure), len({_about(row) for row in opened} - sure))


def _about(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _ABOUT)


def sure(row: Row) -> float:
    """Return how many standard errors a change is large."""
    return float(abs(row["size"]) / row["se"])


def _doubt(row: Row) -> Message | None:
    return next((doubt for cause, doubt in _DOUBTS.items() if cause in row["causes"]), None)


def _change(
    con: duckdb.DuckDBPyConnection,
    week: date,
    group: Sequence[Row],
    values: Looks,
    now: Set[tuple[str, str]],
    *,
    pictures: bool,
) -> View:
    row = group[0]
    key = "/".join(map(str, _about(row)))
    before = (row["changed_week"] - WINDOW, row["changed_week"] - _WEEK)
    after = (row["changed_week"], min(row["changed_week"] + (WEEKS - 1) * _WEEK, row["week"]))
    looked = values.get((row["suite"], row["suite_major"], row["attribute"]))
    counted = None
    if pictures and looked is not None:
        shows = (*row["value"].split("+"),)
        counted = CountedValue(looked, shows, row["labeler_version"], row["params_hash"], row["turn"])
    return View(
        id=f"{row['changed_week']}-{uuid.uuid5(uuid.NAMESPACE_OID, key).hex[:8]}",
        urn=uuid.uuid5(uuid.NAMESPACE_OID, f"cliche/changes/{key}").urn,
        model=row["model"],
        simulated=row["simulated"],
        title=headline(row),
        suite=names.asked(row["suite"], row["suite_major"], row["condition"]),
        sensitive=is_sensitive(row["suite"], row["suite_major"]),
        since=row["changed_week"],
        earliest=row["earliest_week"],
        latest=row["latest_week"],
        opened=min(one["week"] for one in group),
        points=names.points(
            _printed(row["after_k"] / row["after_n"]) - _printed(row["before_k"] / row["before_n"])
        ),
        low=words.signed(row["low"]),
        high=words.signed(row["high"]),
        before=_side(con, week, row, "before", before, counted),
        after=_side(con, week, row, "after", after, counted),
        evidence=_evidence(row),
        doubt=_doubt(row),
        causes=[CAUSES[code] for code in row["causes"]],
        prompts=[
            View(
                **one,
                address=address_of(one["prompt"], row["model"])
                if (one["prompt"], row["model"]) in now
                else None,
            )
            for one in row["asked"] or ()
        ],
        also=[headline(one) for one in group[1:]],
    )


def _printed(share: float) -> float:
    """Return a share as pages print it, in whole per cent: differences add up with what stands beside them."""
    return round(100 * share) / 100


def _side(
    con: duckdb.DuckDBPyConnection,
    week: date,
    row: Row,
    name: str,
    between: tuple[date, date],
    counted: CountedValue | None,
) -> View:
    """Return the weeks before a change, or since: `k` of `n` pictures, and some of the weeks from `first` to `last`."""
    (first, last), (k, n) = between, (row[f"{name}_k"], row[f"{name}_n"])
    pictures = None
    if counted is not None:
        weeks = [first + number * _WEEK for number in range((last - first).days // 7 + 1)]
        prompts = [one["prompt"] for one in row["asked"] or ()]
        pictures = grid(slots(con, week, weeks, row["model"], prompts), counted)
    return View(k=k, n=n, share=k / n, first=first, last=last, grid=pictures)


def _what(row: Row) -> Message:
    """Return what many pictures show that are counted."""
    attribute, value = row["attribute"], row["value"]
    if attribute is None:
        return say("refusals")
    if not attribute.startswith(JOINT):
        return _all([[many(attribute, one) for one in value.split("+")]])
    shown = _joint().get(attribute, {})
    parts = [[many(name, one) for one in values] for name, values in shown.items()]
    return _all(parts) if parts else title(words.spaced(attribute.removeprefix(JOINT)))


@cache
def _joint() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return what one picture shows of each combination and claim: attribute → values."""
    combined = {
        JOINT + one.id: {name: (value,) for name, value in one.values.items()}
        for one in shipped().declared.combinations
    }
    return combined | {JOINT + one.id: one.shows for one in shipped_claims()}


def _all(parts: Sequence[Sequence[Message]]) -> Message:
    either = [
        reduce(lambda one, other: say("%(one)s or %(other)s", one=one, other=other), of) for of in parts
    ]
    return reduce(lambda one, other: say("%(one)s and %(other)s", one=one, other=other), either)


def headline(row: Row) -> Message:
    """Return a change in one line that can be quoted."""
    values: dict[str, Message | Percent] = {
        "model": names.model(row["model"]),
        "what": _what(row),
        "before": Percent(row["before_k"] / row["before_n"]),
        "after": Percent(row["after_k"] / row["after_n"]),
    }
    if row["prompt"] is not None:
        asked = row.get("asked")
        text = title(cut(asked[0]["text"]) if asked else row["prompt"])
        values["model"] = say("%(model)s, “%(prompt)s”", model=names.model(row["model"]), prompt=text)
    if row["size"] > 0:
        return say("%(model)s: %(what)s up from %(before)s to %(after)s", **values)
    return say("%(model)s: %(what)s down from %(before)s to %(after)s", **values)


def listed(parts: Sequence[Message]) -> Message:
    """Return parts of a sentence one after the other, with commas."""
    return reduce(lambda one, other: say("%(one)s, %(other)s", one=one, other=other), parts)


def _evidence(row: Row) -> Message:
    """Return how large a change is beside what it had to pass."""
    return say_n(
        "The difference is %(times)s standard errors; of the one series looked at in that week it is reported from "
        "%(needed)s on.",
        "The difference is %(times)s standard errors; with %(n)s series looked at in that week, one is reported from "
        "%(needed)s on.",
        row["series"],
        times=sure(row),
        needed=row["critical"],
    )
