"""The kinds of alerts, one row each, and an alert: what it is about, in words in which nothing of others can act."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from warehouse.printable import printable

Severity = Literal["error", "warning"]


class AlertKind(NamedTuple):
    """One kind of alert. `do` is the first thing to do; `text` is filled from what was found."""

    severity: Severity
    title: str
    do: str
    text: str = "{why}"


#: Each has its row, with the anchor `alert-<kind>`, in docs/operations/alerts.md.
KINDS: dict[str, AlertKind] = {
    "run_failed": AlertKind("error", "Run failed", "Fix what it names and run again within the week."),
    "run_not_started": AlertKind(
        "error", "Run never started", "cliche run within the week; then look at schedule and daemon."
    ),
    "week_late": AlertKind(
        "warning",
        "Week is late",
        "cliche status, then cliche run; after the deadline incomplete models are withheld.",
        "{hours} hours before the deadline it waits: {why}",
    ),
    "completeness_low": AlertKind(
        "error",
        "Completeness under the floor",
        "Run again if the week lasts; find the cause in cliche status.",
        "{answered} of {planned} slots have an answer ({share} %; {floor} % are needed): it is withheld",
    ),
    "budget": AlertKind(
        "warning", "Budget nearly spent", "Raise the cap, or let the run end at it: its slots stay open."
    ),
    "at_cap": AlertKind(
        "error",
        "Cap is reached",
        "Raise that cap and run again within the week, or leave the rest open.",
        "{why}; left open: {left}",
    ),
    "check_failed": AlertKind(
        "error",
        "Check failed",
        'Look up the check under "When something is wrong", fix the cause, publish again.',
    ),
    "drift": AlertKind("warning", "A change was found", "Look at its pictures before others ask."),
    "labeler_drift": AlertKind(
        "warning",
        "Labeler drift",
        "Put the labeler back, raise its version, or cliche anchors accept.",
        "{moved} of {pictures} labels of {attribute} on the anchors {anchors} moved since the week {since}",
    ),
    "model_ends": AlertKind(
        "warning", "Model is retired", "Set until to its last week and add its successor."
    ),
    "price_old": AlertKind(
        "warning",
        "Price table is old",
        "Look the price up again and update date in models.yaml.",
        "its price was looked up on {date}, {days} days ago",
    ),
    "store_damaged": AlertKind(
        "error", "Store is damaged", "cliche verify --store lists it; restore it from a copy."
    ),
    "backup_old": AlertKind(
        "warning",
        "Last backup is old",
        "cliche backup; if something else copies the store, write without: [backup_old] under alerts.",
        "{why}; {days} days are allowed",
    ),
    "store_unread": AlertKind(
        "warning",
        "Last reading of the store is old",
        "cliche verify --store reads every object.",
        "{why}; {days} days are allowed",
    ),
    "not_published": AlertKind(
        "error",
        "Edition not published",
        "cliche publish says what is in the way.",
        "its deadline was {deadline} UTC, and the newest edition is {newest}",
    ),
    "daemon_dead": AlertKind(
        "error",
        "Dagster's daemon is dead",
        "Start dagster-daemon run again, then look at Monday's runs.",
        "switched on: {on}; its last sign of life: {last}",
    ),
    "test": AlertKind("warning", "Test", "Nothing: alerts arrive here.", "cliche watch --test sent this"),
    "cannot_look": AlertKind(
        "error",
        "Alerts cannot be looked for",
        "cliche doctor says what is wrong; until then, these alerts may be missing.",
    ),
}

_LONGEST = 400  # characters of what others wrote
_ADDRESS, _LINK = re.compile(r"://"), re.compile(r"\]\s*\(")
_MENTION = re.compile(r"@(?=[^\W\d_])")  # `suite@1` is none
_JOINER = "\N{WORD JOINER}"  # invisible; a program that looks for a link or a name finds none


def inert(text: str) -> str:
    """Return a text in one line that no chat, mail program or terminal takes for a link, a mention or a command."""
    text = printable(" ".join(text.split()))
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1]}…"
    for pattern, instead in ((_ADDRESS, f":{_JOINER}//"), (_LINK, f"]{_JOINER}("), (_MENTION, f"@{_JOINER}")):
        text = pattern.sub(instead, text)
    return text


@dataclass(frozen=True)
class Alert:
    """One thing that a person should know; made by `alert`.

    It is sent once per `key`. `run_id` is that of a run of Dagster's, if it is about one; `by` is who found it.
    """

    kind: str
    about: str
    week: str
    text: str
    key: str
    run_id: str = ""
    by: str = ""

    @property
    def of(self) -> AlertKind:
        """Return its row of the table; one that an older version recorded and that is no more reads as an error."""
        return KINDS.get(self.kind) or AlertKind("error", self.kind, "cliche status", "")

    @property
    def title(self) -> str:
        """Return in a few words what it is and what it is about."""
        about = ", ".join(filter(None, (self.about, self.week and f"week {self.week}")))
        return f"{self.of.title}: {about}" if about else self.of.title


def alert(
    kind: str, about: str = "", week: str = "", *, run_id: str = "", detail: str = "", **facts: object
) -> Alert:
    """Return an alert of a kind of the table; `detail` tells alerts apart that are about the same thing and week."""
    about = inert(about)
    text = KINDS[kind].text.format(**{name: inert(str(fact)) for name, fact in facts.items()})
    key = "|".join(filter(None, (kind, about, week, inert(detail))))
    return Alert(kind, about, week, text, key, run_id)
