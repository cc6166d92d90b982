"""Detected changes as pages say them: in words that are translated, with pictures of the weeks before and after."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.showing import many
from assets.leaderboard.models import names
from assets.leaderboard.models.pictures import CountedValue, PictureGrid, grid, slots
from assets.leaderboard.page import words
from assets.leaderboard.views.finding import WINDOW, Detected
from assets.leaderboard.views.message import Message, Percent, say, say_n
from assets.leaderboard.views.query import Row, rows

_WEEK = timedelta(weeks=1)
#: Weeks on either side of a change whose pictures are shown.
_WEEKS = 4
#: So many changes, the latest, have pictures, and are reported in full on the page of all.
IN_FULL = 24
#: What rows have in common that are one change, seen in several values.
_ABOUT = (*("model", "suite", "suite_major", "condition", "turn", "metric", "attribute", "changed_week"),)
#: Evidence from there on is said as a power of ten.
_LARGE = 6
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: What is said of a change that something else explains, by its kind.
_DOUBTS: Mapping[str, Message] = {
    "labeler_drift": say(
        "The labeler also read control pictures in another way than before: it moved, not the model."
    ),
    "all_models": say(
        "Nearly all models moved at once: the labeler or the prompts are likelier causes than the models."
    ),
    "suite": say("The prompts changed: this is not the model’s doing."),
}


@dataclass(frozen=True)
class ChangeSide:
    """The weeks before a change, or since: the share, and pictures of the weeks from `first` to `last`."""

    share: float
    n: int
    first: date
    last: date
    grid: PictureGrid | None


@dataclass(frozen=True)
class PromptLink:
    """A prompt, and the page of one model’s pictures of it if there is one this week."""

    address: str | None
    text: str
    language: str


@dataclass(frozen=True)
class ShownChange:
    """One change; `also` are its other values, whose shares moved with the one that is reported."""

    id: str
    urn: str
    model: str
    name: Message
    simulated: bool
    title: Message
    suite: Message
    board_suite: str
    sensitive: bool
    attribute: str | None  # None: refusals
    what: Message
    since: date
    earliest: date
    latest: date
    opened: date
    points: Message
    low: str
    high: str
    before: ChangeSide
    after: ChangeSide
    evidence: Message
    doubt: Message | None
    checks: tuple[Message, ...]
    prompts: tuple[PromptLink, ...]
    also: tuple[Message, ...]


def read(con: duckdb.DuckDBPyConnection, week: date, model: str | None = None) -> tuple[ShownChange, ...]:
    """Return the changes that were opened up to `week`, the latest first; of one model, or of all.

    Several values of an attribute that moved at once are one change: the surest is reported.
    """
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows(con, "drift_events", {"week": week.isoformat()}):
        if model is None or row["model"] == model:
            found[_about(row)].append(row)
    groups = [
        sorted(group, key=lambda row: (-row["log10_e"], row["value_name"] or "")) for group in found.values()
    ]
    groups.sort(key=lambda group: (-group[0]["changed_week"].toordinal(), *map(str, _about(group[0]))))
    values = looks(con, week) if groups else {}
    now = {(row["prompt"], row["model"]) for row in rows(con, "asked_now", {"week": week.isoformat()})}
    return tuple(
        _change(con, week, group, values, now, pictures=number < IN_FULL)
        for number, group in enumerate(groups)
    )


def known(con: duckdb.DuckDBPyConnection, week: date) -> list[Row]:
    """Return the rows of the changes that were opened up to `week`, the latest first."""
    found = rows(con, "drift_events", {"week": week.isoformat()})
    return sorted(found, key=lambda row: (-row["changed_week"].toordinal(), -row["log10_e"], row["model"]))


def detected(found: Iterable[Row], week: date) -> Detected:
    """Return how many changes were opened in the window of `week`; one that is seen in several values is one."""
    opened = [row for row in found if week - WINDOW < row["week"] <= week]
    sure = {_about(row) for row in opened if row["kind"] not in _DOUBTS}
    return Detected(len(sure), len({_about(row) for row in opened} - sure))


def _about(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in _ABOUT)


def _change(
    con: duckdb.DuckDBPyConnection,
    week: date,
    group: Sequence[Row],
    values: Looks,
    now: Set[tuple[str, str]],
    *,
    pictures: bool,
) -> ShownChange:
    row = group[0]
    key = "/".join(map(str, _about(row)))
    before = (max(row["started_week"], row["changed_week"] - _WEEKS * _WEEK), row["changed_week"] - _WEEK)
    after = (row["changed_week"], min(row["changed_week"] + (_WEEKS - 1) * _WEEK, row["week"]))
    counted = None
    if pictures and row["metric"] == "share":
        counted = CountedValue(
            values.get((row["suite"], row["suite_major"], row["attribute"])),
            row["value_name"],
            row["labeler_version"],
            row["params_hash"],
            row["turn"],
        )
    asked = names.asked(row["suite"], row["suite_major"], row["condition"])
    return ShownChange(
        id=f"{row['changed_week']}-{uuid.uuid5(uuid.NAMESPACE_OID, key).hex[:8]}",
        urn=uuid.uuid5(uuid.NAMESPACE_OID, f"cliche/changes/{key}").urn,
        model=row["model"],
        name=names.model(row["model"]),
        simulated=row["simulated"],
        title=headline(row),
        suite=asked,
        board_suite=row["suite"],
        sensitive=names.sensitive(row["suite"], row["suite_major"]),
        attribute=row["attribute"],
        what=_what(row),
        since=row["changed_week"],
        earliest=row["earliest_week"],
        latest=row["latest_week"],
        opened=min(one["week"] for one in group),
        points=names.points(row["change"]),
        low=words.signed(row["change_low"]),
        high=words.signed(row["change_high"]),
        before=_side(con, week, row, "before", before, counted),
        after=_side(con, week, row, "after", after, counted),
        evidence=_evidence(row["log10_e"]),
        doubt=_DOUBTS.get(row["kind"]),
        checks=checks(row),
        prompts=tuple(
            PromptLink(
                f"prompts/{one['prompt']}/{row['model']}/" if (one["prompt"], row["model"]) in now else None,
                one["text"],
                one["language"],
            )
            for one in row["asked"] or ()
        ),
        also=tuple(headline(one) for one in group[1:]),
    )


def _side(
    con: duckdb.DuckDBPyConnection,
    week: date,
    row: Row,
    name: str,
    between: tuple[date, date],
    counted: CountedValue | None,
) -> ChangeSide:
    first, last = between
    found = None
    if counted is not None:
        weeks = [first + number * _WEEK for number in range((last - first).days // 7 + 1)]
        found = grid(slots(con, week, weeks, row["model"], row["changed_prompts"].split(",")), counted)
    return ChangeSide(row[f"{name}_share"], row[f"{name}_n"], first, last, found)


def _what(row: Row) -> Message:
    return say("refusals") if row["metric"] == "refused_rate" else many(row["attribute"], row["value_name"])


def headline(row: Row) -> Message:
    """Return a change in one line that can be quoted."""
    said: dict[str, Message | Percent] = {
        "model": names.model(row["model"]),
        "what": _what(row),
        "before": Percent(row["before_share"]),
        "after": Percent(row["after_share"]),
    }
    if row["change"] > 0:
        return say("%(model)s: %(what)s up from %(before)s to %(after)s", **said)
    return say("%(model)s: %(what)s down from %(before)s to %(after)s", **said)


def checks(row: Row) -> tuple[Message, ...]:
    """Return what else could have caused a change, each as it was found."""
    reported, moved = row["model_version_changed"], row["labeler_moved_share"]
    found = [say("the prompts changed") if row["suite_changed"] else say("the prompts stayed the same")]
    if row["metric"] == "share":
        found.append(
            say("another version of the labeler read the pictures")
            if row["labeler_changed"]
            else say("the same version of the labeler read the pictures")
        )
        if moved is None:
            found.append(say("no control pictures were read"))
        elif moved == 0:
            found.append(say("the labeler gave the same answers on the control pictures as before"))
        else:
            found.append(
                say(
                    "the labeler gave other answers than before on %(share)s of the control pictures",
                    share=Percent(moved),
                )
            )
    if reported is None:
        found.append(say("the service reports no version of the model"))
    else:
        found.append(
            say("the service reported another version of the model")
            if reported
            else say("the service reported the same version of the model")
        )
    found.append(
        say("clearly more or fewer requests were answered than before")
        if row["completeness_changed"]
        else say("about as many requests were answered as before")
    )
    found.append(
        say_n(
            "%(n)s of %(all)s models changed in this way",
            "%(n)s of %(all)s models changed in this way",
            row["models_at_once"],
            all=row["models_compared"],
        )
    )
    return tuple(found)


def _evidence(log10_e: float) -> Message:
    """Return an e-value in words, to two digits; a large one as a power of ten."""
    if log10_e >= _LARGE:
        times: str | int = f"10{str(int(log10_e)).translate(_RAISED)}"
    else:
        digits = max(int(log10_e) - 1, 0)
        times = round(10**log10_e / 10**digits) * 10**digits
    return say("The data are %(times)s times likelier if the share changed than if it did not.", times=times)
