"""Boards: one comparison of models each, with ranks as brackets, intervals, and why a model has no rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many, suite_note
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import rank_reason, unreliable
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, View, by, rows, rows_of_weeks
from assets.suites.loader import attribute_words
from assets.suites.published_figures import sources_of

_LAST = 1000
_KEY = ("suite", "suite_major", "condition", "attribute", "yardstick")
_ASKED = _KEY[:-1]
_FIELD = ("track", "simulated", *_KEY)
#: Columns of a board's CSV, as `leaderboard` has them.
COLUMNS = (
    *("week", "track", "simulated", "suite", "suite_major", "condition", "attribute", "yardstick", "figure"),
    *("model", "series", "weeks", "first_week", "estimate", "low", "high", "n", "unseen", "bound_low"),
    *("bound_high", "prompts", "planned_prompts", "reason", "rank_low", "rank_high", "ranked_of", "holds"),
    *("rank_reason", "withheld_reason"),
)
#: What a reader is to know about a model's week that withholds nothing, by the check that warns of it.
WARNINGS: Mapping[str, Message] = {
    "images__once_in_model": say("gave one picture for several requests"),
    "images__once_across_models": say("gave pictures that another model gave, too"),
    "attempts__answered_after_asked": say("a clock was set back while it was asked"),
}

_NOT_VERIFIED = say(
    "Labels not verified: people have not labeled enough of the same pictures, so these figures are as the labeler "
    "read them."
)


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[View]:
    """Yield the boards of a week, by suite, condition, attribute and reference.

    Statistics stand at their own distance from the yardstick, a line on the board; None if one is the yardstick.
    """
    of_week = {"week": week.isoformat()}
    boards: dict[str, list[Row]] = defaultdict(list)
    warned: dict[str, list[Message]] = defaultdict(list)
    for row in rows(con, "warnings", of_week):
        if row["check_name"] in WARNINGS:
            warned[row["model"]].append(WARNINGS[row["check_name"]])
    for row in rows_of_weeks(con, "board_rows", [week], {}):
        boards[names.board_slug(row)].append(row | {"warned": warned[row["model"]]})
    tells = {tuple(row[name] for name in _FIELD): row for row in rows(con, "board_resolutions", of_week)}
    prompts = by(rows(con, "board_prompts", of_week), *_ASKED)
    statistics = by(rows(con, "board_statistics", of_week), *_ASKED)
    counted = by(rows(con, "stereotype_pairs", of_week), "suite", "suite_major")
    for asked, entries in _declared(rows(con, "asked_now", of_week), counted).items():
        prompts[asked] = entries
    for slug, entries in sorted(boards.items(), key=lambda item: _place(item[1][0])):
        head = entries[0]
        asked = tuple(head[name] for name in _ASKED)
        axis = axis_end(row[end] for row in entries for end in ("high", "estimate"))
        held = [
            View(
                title=names.reference(row["reference"]),
                source=source,
                distance=None if row["reference"] == head["yardstick"] else row["distance"],
            )
            for row in statistics[asked]
            for source in sources_of(row["reference"])
        ]
        yield View(
            address=f"boards/{slug}/",
            key={name: head[name] for name in _KEY if head[name] is not None},
            question=question(head),
            suite=names.asked(head["suite"], head["suite_major"], head["condition"]),
            note=suite_note(head["suite"], head["suite_major"]),
            attribute=what(head),
            yardstick=names.reference(head["yardstick"]),
            figure=head["figure"],
            counted=[] if head["attribute"] else _counted(counted[head["suite"], head["suite_major"]]),
            statistics=held,
            lines=[one.distance for one in held if one.distance is not None],
            axis=axis,
            marks=ticks(axis),
            tables=[*_tables(entries, tells)],
            prompts=prompts[asked],
            csv=[[row[name] for name in COLUMNS] for row in entries],
        )


def axis_end(values: Iterable[float | None]) -> float:
    """Return the right end of an axis from 0 that holds `values`: ½, ¾ or 1, which is the largest distance there is."""
    largest = max((value for value in values if value is not None), default=0.0)
    return next((end for end in (0.5, 0.75) if end >= largest - 1e-9), 1.0)


def ticks(axis: float) -> tuple[float, ...]:
    """Return the values to mark on an axis from 0 to `axis`."""
    shown = (0.0, 0.5, 1.0) if axis == 1 else (0.0, 0.25, 0.5, 0.75)
    return tuple(value for value in shown if value <= axis)


def _declared(
    asked: Sequence[Row], counted: Mapping[tuple[object, ...], Sequence[Row]]
) -> dict[tuple[object, ...], list[Row]]:
    """Return the prompts of boards of stereotypes, which have no attribute: those of the declared groups."""
    prompts: dict[tuple[object, ...], dict[str, Row]] = defaultdict(dict)
    for row in asked:
        of = row["suite"], row["suite_major"]
        if any(pair["subject"] == row["subject"] for pair in counted.get(of, ())):
            prompts[(*of, row["condition"], None)].setdefault(row["prompt"], row)
    return {key: [*rows_of.values()] for key, rows_of in prompts.items()}


def what(row: Row) -> Message:
    """Return what a board is of: an attribute, or declared stereotypes whatever their attribute."""
    return say("Stereotypes") if row["attribute"] is None else names.attribute(row["attribute"])


def question(row: Row) -> Message:
    """Return what a board asks, as the title of its page."""
    suite = names.asked(row["suite"], row["suite_major"], row["condition"])
    if row["attribute"] is None:
        return say("“%(suite)s”: how often a stereotype?", suite=suite)
    return say(
        "%(attribute)s in “%(suite)s”: how far from %(reference)s?",
        attribute=names.attribute(row["attribute"]),
        suite=suite,
        reference=names.reference(row["yardstick"]),
    )


def _place(row: Row) -> tuple[object, ...]:
    phrases = attribute_words().get(row["attribute"] or "")
    return (
        row["suite"],
        row["suite_major"],
        row["condition"] != "baseline",
        row["condition"],
        row["attribute"] is not None,
        _LAST if phrases is None or phrases.place is None else phrases.place,
        row["attribute"] or "",
        row["yardstick"],
    )


def _counted(pairs: Sequence[Row]) -> list[Message]:
    return [
        say(
            "%(value)s for %(subject)s",
            value=many(row["attribute"], row["value"]),
            subject=title(words.subject(row["subject"])),
        )
        for row in pairs
    ]


def _tables(entries: Sequence[Row], tells: Mapping[tuple[object, ...], Row]) -> Iterator[View]:
    """Yield the models that may be compared: one track, and simulated ones by themselves.

    Below a table stands what it tells apart and would find, and that nobody verified the labels.
    """
    for (simulated, track), of_group in sorted(by(entries, "simulated", "track").items()):
        ordered = sorted(of_group, key=by_rank)
        resolution = tells.get(tuple(ordered[0][name] for name in _FIELD))
        yield View(
            simulated=simulated,
            track=track,
            rows=[_shown(row) for row in ordered],
            ranked=any(row["rank_low"] is not None for row in ordered),
            below=[*tells_apart(resolution), *_verified(ordered)],
        )


def _verified(entries: Sequence[Row]) -> Iterator[Message]:
    if any(row["reliable"] is None for row in entries if row["estimate"] is not None):
        yield _NOT_VERIFIED


def tells_apart(row: Row | None) -> Iterator[Message]:
    """Yield which difference a board tells apart, and which change it would find, as far as that is known."""
    if row is None:
        return
    most = 0.5 if row["yardstick"] == "parity" else 1.0
    if row["resolution"] is not None and row["resolution"] <= most:
        yield say(
            "This board tells two models apart that differ by %(points)s in four of five cases.",
            points=names.points_apart(row["resolution"]),
        )
    if row["would_find"] is not None and row["would_find"] > most:
        yield say("No change of a model could be found within eight weeks.")
    elif row["would_find"] is not None:
        yield say(
            "A change of a model by %(points)s would be found within eight weeks in four of five cases.",
            points=names.points_apart(row["would_find"]),
        )


def by_rank(row: Row) -> tuple[object, ...]:
    """Return the place of a row: ranks first, then figures without a rank, then those without a figure."""
    low, high = row["rank_low"], row["rank_high"]
    none = row["estimate"] is None
    return (low is None, none, low or 0, high or 0, 0.0 if none else row["estimate"], row["model"])


def _shown(row: Row) -> View:
    """Return a row of a board with why its model has no rank, and what is to be known of its figure."""
    ranked = row["rank_low"] is not None
    why = None if ranked else "reason" if row["estimate"] is None else "rank_reason"
    return View(
        **row,
        name=names.model(row["model"]),
        unranked=rank_reason(row, why) if why and row[why] else None,
        notes=[*_notes(row)],
    )


def _notes(row: Row) -> Iterator[Message]:
    yield from row["warned"]
    if row["turn"] > 1:
        yield say("in a conversation")
    if row["estimate"] is None:
        return
    if row["reliable"] is False:
        yield unreliable(row["reliability"] or "")
    if row["weeks"] < 4:
        yield say_n("of %(n)s week", "of %(n)s weeks", row["weeks"])
