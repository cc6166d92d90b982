"""What pages call models, suites under a condition, attributes, references and differences, in every language."""

from __future__ import annotations

from collections.abc import Mapping

from assets.leaderboard.cells.showing import suite_title
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, model_title, say, say_n, title
from assets.leaderboard.views.query import Row

#: Under which conditions prompts are asked; of the first nothing is said.
CONDITIONS: Mapping[str, Message] = {
    "controlled": say("with a request for diversity"),
    "confronted": say("after a confrontation"),
}


def model(name: str) -> Message:
    """Return what a model is called."""
    return model_title(words.plain(name))


def model_address(name: str) -> str:
    """Return the address of a model's page."""
    return f"models/{name}/"


def asked(suite: str, major: int, condition: str) -> Message:
    """Return what a suite is called under a condition."""
    name = suite_title(suite, major)
    return (
        say("%(suite)s, %(condition)s", suite=name, condition=CONDITIONS[condition])
        if condition in CONDITIONS
        else name
    )


def board_slug(row: Row) -> str:
    """Return the last part of the address of a board's page: "occupations-perceived-gender"."""
    parts = [words.suite_slug(row["suite"], row["suite_major"]), row["attribute"] or row["yardstick"]]
    if row["condition"] != "baseline":
        parts.append(row["condition"])
    return "-".join(part.replace("_", "-") for part in parts)


def attribute(name: str) -> Message:
    """Return what an attribute is called."""
    return title(words.attribute(name))


def reference(name: str) -> Message:
    """Return what figures are compared with."""
    return title(words.reference(name))


def points(change: float) -> Message:
    """Return a difference of shares in points, with its sign."""
    size = round(abs(100 * change))
    return say_n("%(signed)s point", "%(signed)s points", size, signed=words.signed(change))


def points_apart(difference: float) -> Message:
    """Return a difference of figures in points, without a sign."""
    size = round(abs(100 * difference))
    return say_n("%(n)s point", "%(n)s points", size)
