"""What else happened to models, labelers and prompts: asked first, not asked, retired, withheld, another version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import suite_note, suite_title
from assets.leaderboard.models import names
from assets.leaderboard.models.facts import retired_in
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, rows


@dataclass(frozen=True)
class Happened:
    """One event; `model` is None where it is of no single model."""

    week: date
    model: str | None
    text: Message


def read(con: duckdb.DuckDBPyConnection, week: date) -> tuple[Happened, ...]:
    """Return what happened up to `week`, the latest first."""
    of_week = {"week": week.isoformat()}
    events = [
        *lives(con, week),
        *_versions(rows(con, "model_versions", of_week)),
        *_labelers(rows(con, "labelers", of_week)),
        *(_moved(row) for row in rows(con, "labeler_drift", of_week)),
        *_suites(rows(con, "suite_versions", of_week)),
        *(_withheld(row) for row in rows(con, "withheld_weeks", of_week)),
        *missed(con, week),
    ]
    return tuple(sorted(events, key=lambda one: -one.week.toordinal()))


def missed(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Happened]:
    """Yield weeks up to `week` that are gaps: between two that were asked, of a model or of all."""
    for row in rows(con, "missed_weeks", {"week": week.isoformat()}):
        values: dict[str, date | Message] = {
            "first": row["first_week"],
            "last": row["last_week"],
            "model": names.model(row["model"] or ""),
        }
        one = row["first_week"] == row["last_week"]
        if row["model"] is None and one:
            text = say("No model was asked in the week of %(first)s: a gap.", **values)
        elif row["model"] is None:
            text = say("No model was asked from the week of %(first)s to that of %(last)s: a gap.", **values)
        elif one:
            text = say("%(model)s was not asked in the week of %(first)s: a gap.", **values)
        else:
            text = say(
                "%(model)s was not asked from the week of %(first)s to that of %(last)s: a gap.", **values
            )
        yield Happened(row["first_week"], row["model"], text)


def lives(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Happened]:
    """Yield which models came and went up to `week`."""
    timeline = rows(con, "timeline", {"week": week.isoformat()})
    start = min((life["first_week"] for life in timeline), default=week)
    for life in timeline:
        model, name = life["model"], names.model(life["model"])
        if life["first_week"] > start:
            text = say("%(model)s is asked for the first time.", model=name)
            if life["succeeds"]:
                other = names.model(life["succeeds"])
                text = say("%(model)s replaced %(other)s.", model=name, other=other)
            yield Happened(life["first_week"], model, text)
        end = retired_in([life], week)
        if end is not None and not life["succeeded_by"]:
            yield Happened(end, model, say("%(model)s is retired.", model=name))


def _versions(versions: list[Row]) -> Iterator[Happened]:
    """Yield which other version the service of a series reported, at the first week that it did."""
    before: dict[tuple[str, str], str] = {}
    for row in versions:
        key = (row["model"], row["series"])
        version = words.plain(row["version"])
        if key in before:
            yield Happened(
                row["first_week"],
                row["model"],
                say(
                    "The service of %(model)s reports the version %(version)s for the first time.",
                    model=names.model(row["model"]),
                    version=version,
                ),
            )
        before[key] = version


def _labelers(labelers: list[Row]) -> Iterator[Happened]:
    before: set[tuple[str, str]] = set()
    for row in labelers:
        key = (row["attribute"], row["labeler"])
        if key in before:
            yield Happened(
                row["first_week"],
                None,
                say(
                    "%(attribute)s: read by version %(version)s of the labeler %(labeler)s from this week on; "
                    "figures before and after are to be compared with care.",
                    attribute=names.attribute(row["attribute"]),
                    version=words.plain(row["labeler_version"]),
                    labeler=words.plain(row["labeler"]),
                ),
            )
        before.add(key)


def _moved(row: Row) -> Happened:
    values: dict[str, Message | str | int] = {
        "attribute": names.attribute(row["attribute"]),
        "labeler": words.plain(row["labeler"]),
        "moved": int(row["moved"]),
        "pictures": int(row["pictures"]),
    }
    if row["accepted_reason"] is None:
        text = say(
            "%(attribute)s: the labeler %(labeler)s now reads %(moved)s of %(pictures)s control pictures "
            "in another way. It moved, not the models; until a person accepts this, nothing is ranked by it.",
            **values,
        )
    else:
        text = say(
            "%(attribute)s: the labeler %(labeler)s now reads %(moved)s of %(pictures)s control pictures "
            "in another way. It moved, not the models; accepted: %(reason)s",
            **values,
            reason=words.plain(row["accepted_reason"]),
        )
    return Happened(row["week"], None, text)


def _suites(suites: list[Row]) -> Iterator[Happened]:
    before: set[str] = set()
    for row in suites:
        if row["suite"] in before:
            version = row["suite"], int(row["suite_version"].split(".")[0])
            text = say(
                "%(suite)s: version %(version)s of the prompts is asked from this week on.",
                suite=suite_title(*version),
                version=title(row["suite_version"]),
            )
            note = suite_note(*version)
            why = say("%(event)s Why: %(why)s", event=text, why=note) if note else text
            yield Happened(row["first_week"], None, why)
        before.add(row["suite"])


def _withheld(row: Row) -> Happened:
    text = say(
        "%(model)s is withheld in this week: %(reason)s",
        model=names.model(row["model"]),
        reason=words.plain(row["reason"]),
    )
    return Happened(row["week"], row["model"], text)
