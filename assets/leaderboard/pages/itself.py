"""The pages about the site itself: "About", how to read a figure and who labels, and how the week went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import duckdb

from assets.labeling.registry import shipped_conventions
from assets.leaderboard import licenses
from assets.leaderboard.evidence.claims import MEANINGS
from assets.leaderboard.models.facts import way
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import say, title
from assets.leaderboard.views.query import Row, View, by, rows
from assets.suites.analysis import load_changes
from assets.suites.published_figures import sources_of


def _about(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield who publishes, licenses, rights in pictures by model, and how to cite."""
    makers = [
        row | {"terms": licenses.SERVICES.get(row["provider"])}
        for row in rows(con, "about_models", {"week": week.isoformat()})
    ]
    yield Sheet(
        "about/",
        say("About this site"),
        View(makers=makers, licenses=tuple(licenses.of_sources(con))),
        description=say(
            "Who publishes Cliché, licenses, corrections, rights in the pictures, how to cite it."
        ),
        searched=(say("Licenses"), say("licence")),
    )


def _method(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield the page of reading and quoting, then that of labels."""
    reading = say("How to read and quote a figure")
    yield Sheet(
        "method/",
        reading,
        View(part="reading", meanings=MEANINGS, changes=[*_changes()]),
        description=say("What to quote with a figure, what its interval says, and what it does not say."),
    )
    attributes = _attributes(con, week)
    used = {row["labeler"] for attribute in attributes for row in attribute.labelers}
    conventions = [title(text) for name, text in shipped_conventions().items() if name in used]
    yield Sheet(
        "method/labels/",
        say("Who labels the pictures"),
        View(part="labels", attributes=attributes, conventions=conventions, sources=sources_of("skin_tone")),
        (Crumb("method/", reading),),
        say("Which program read which attribute, in which weeks, and how many pictures people checked."),
    )


def _changes() -> Iterator[tuple[date, str]]:
    for one in reversed(load_changes()):
        yield date.fromisoformat(one.day), one.said


def _attributes(con: duckdb.DuckDBPyConnection, week: date) -> list[View]:
    """Return who read each attribute, in which weeks, `beside`: where another one counts; and how many people rated."""
    asked = {"week": week.isoformat()}
    rated = {row["attribute"]: row for row in rows(con, "rated", asked)}
    used: dict[str, list[Row]] = defaultdict(list)
    for name in ("labelers", "labelers_beside"):
        for row in rows(con, name, asked):
            used[row["attribute"]].append(row | {"beside": name == "labelers_beside"})
    return [
        View(
            title=title(words.attribute(attribute)),
            labelers=versions,
            beside=any(row["beside"] for row in versions),
            rated=rated.get(attribute),
        )
        for attribute, versions in used.items()
    ]


def _status(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[Sheet]:
    """Yield how the week went; `ways` are how requests to a withheld model ended without a picture."""
    of_week = {"week": week.isoformat()}
    ends = by(rows(con, "withheld_ends", of_week), "model")
    models = rows(con, "status_models", of_week)
    checks = rows(con, "status_checks", of_week)
    unpassed = [row for row in checks if row["status"] != "pass"]
    names, failed = ({row["check_name"] for row in some} for some in (checks, unpassed))
    yield Sheet(
        "status/",
        say("How the week went"),
        View(
            models=models,
            withheld=[
                row | {"ways": [(way(one["outcome"]), one["slots"]) for one in ends[row["model"]]]}
                for row in models
                if row["withheld"]
            ],
            checks=len(names),
            passed=len(names - failed),
            found=unpassed,
        ),
        description=say(
            "What every model was asked this week and how it ended, what it cost, which checks failed, who is withheld."
        ),
    )


KINDS = (PageKind("about", _about), PageKind("method", _method), PageKind("status", _status))
