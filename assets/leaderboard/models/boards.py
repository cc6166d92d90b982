"""Boards: one comparison of models each, with ranks as brackets, intervals, and why a model has no rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many, suite_note
from assets.leaderboard.models import names
from assets.leaderboard.models.history import board_slug
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason, unreliable
from assets.leaderboard.views import charts
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, by, rows, rows_of_weeks
from assets.suites.loader import attribute_words
from assets.suites.published_figures import CitedSource, sources_of

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


@dataclass(frozen=True)
class BoardModel:
    """One model: its figure, and its rank from `low` to `high` of `of`, or why it has none.

    `holds` is whether all that pages say of the rank holds whatever unseen answers would have shown; None without a
    rank.
    """

    model: str
    name: Message
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    rank: tuple[int, int, int] | None
    holds: bool | None
    unranked: Message | None
    notes: tuple[Message, ...]


@dataclass(frozen=True)
class BoardTable:
    """Models that may be compared: one track, and simulated ones by themselves."""

    simulated: bool
    track: str
    rows: tuple[BoardModel, ...]
    ranked: int
    below: tuple[Message, ...]  # what the board tells apart and would find; that nobody verified the labels


@dataclass(frozen=True)
class BoardStatistic:
    """A statistic: its own distance from the yardstick, a line on the board; None if it is the yardstick."""

    title: Message
    source: CitedSource
    distance: float | None


@dataclass(frozen=True)
class BoardPage:
    """One board."""

    slug: str
    key: Row
    question: Message
    suite: Message
    note: Message | None  # why there is another version of the suite
    attribute: Message
    yardstick: Message
    figure: str
    counted: tuple[Message, ...]  # what a board of stereotypes counts
    statistics: tuple[BoardStatistic, ...]
    axis: float
    marks: tuple[float, ...]
    tables: tuple[BoardTable, ...]
    prompts: tuple[Row, ...]
    csv: tuple[tuple[object, ...], ...]

    @property
    def lines(self) -> tuple[float, ...]:
        """Return what statistics stand at."""
        return tuple(one.distance for one in self.statistics if one.distance is not None)

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return f"boards/{self.slug}/"


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[BoardPage]:
    """Yield the boards of a week, by suite, condition, attribute and reference."""
    of_week = {"week": week.isoformat()}
    boards: dict[str, list[Row]] = defaultdict(list)
    warned: dict[str, list[Message]] = defaultdict(list)
    for row in rows(con, "warnings", of_week):
        if row["check_name"] in WARNINGS:
            warned[row["model"]].append(WARNINGS[row["check_name"]])
    for row in rows_of_weeks(con, "board_rows", [week], {}):
        boards[board_slug(row)].append(row | {"warned": warned[row["model"]]})
    tells = {tuple(row[name] for name in _FIELD): row for row in rows(con, "board_resolutions", of_week)}
    prompts = by(rows(con, "board_prompts", of_week), "suite", "suite_major", "condition", "attribute")
    statistics = by(rows(con, "board_statistics", of_week), "suite", "suite_major", "condition", "attribute")
    counted = by(rows(con, "stereotype_pairs", of_week), "suite", "suite_major")
    for asked, found in _declared(rows(con, "asked_now", of_week), counted).items():
        prompts[asked] = found
    for slug, found in sorted(boards.items(), key=lambda item: _place(item[1][0])):
        head = found[0]
        axis = charts.axis_end(row[end] for row in found for end in ("high", "estimate"))
        yield BoardPage(
            slug=slug,
            key={name: head[name] for name in _KEY if head[name] is not None},
            question=question(head),
            suite=names.asked(head["suite"], head["suite_major"], head["condition"]),
            note=suite_note(head["suite"], head["suite_major"]),
            attribute=what(head),
            yardstick=names.reference(head["yardstick"]),
            figure=head["figure"],
            counted=_counted(counted[head["suite"], head["suite_major"]])
            if head["attribute"] is None
            else (),
            statistics=tuple(
                BoardStatistic(
                    names.reference(row["reference"]),
                    source,
                    None if row["reference"] == head["yardstick"] else row["distance"],
                )
                for row in statistics[tuple(head[name] for name in _ASKED)]
                for source in sources_of(row["reference"])
            ),
            axis=axis,
            marks=charts.ticks(axis),
            tables=tuple(_tables(found, tells)),
            prompts=tuple(prompts[tuple(head[name] for name in _ASKED)]),
            csv=tuple(tuple(row[name] for name in COLUMNS) for row in found),
        )


def _declared(
    asked: Sequence[Row], counted: Mapping[tuple[object, ...], Sequence[Row]]
) -> dict[tuple[object, ...], list[Row]]:
    """Return the prompts of boards of stereotypes, which have no attribute: those of the declared groups."""
    found: dict[tuple[object, ...], dict[str, Row]] = defaultdict(dict)
    for row in asked:
        of = row["suite"], row["suite_major"]
        if any(pair["subject"] == row["subject"] for pair in counted.get(of, ())):
            found[(*of, row["condition"], None)].setdefault(row["prompt"], row)
    return {key: [*rows_of.values()] for key, rows_of in found.items()}


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
    said = attribute_words().get(row["attribute"] or "")
    return (
        row["suite"],
        row["suite_major"],
        row["condition"] != "baseline",
        row["condition"],
        row["attribute"] is not None,
        _LAST if said is None or said.place is None else said.place,
        row["attribute"] or "",
        row["yardstick"],
    )


def _counted(pairs: Sequence[Row]) -> tuple[Message, ...]:
    return tuple(
        say(
            "%(value)s for %(subject)s",
            value=many(row["attribute"], row["value"]),
            subject=title(words.subject(row["subject"])),
        )
        for row in pairs
    )


def _tables(found: Sequence[Row], tells: Mapping[tuple[object, ...], Row]) -> Iterator[BoardTable]:
    for (simulated, track), of_group in sorted(by(found, "simulated", "track").items()):
        ordered = sorted(of_group, key=_by_rank)
        yield BoardTable(
            simulated,
            track,
            tuple(_ranked(row) for row in ordered),
            sum(row["rank_low"] is not None for row in ordered),
            (*tells_apart(tells.get(tuple(ordered[0][name] for name in _FIELD))), *_verified(ordered)),
        )


def _verified(found: Sequence[Row]) -> Iterator[Message]:
    if any(row["reliable"] is None for row in found if row["estimate"] is not None):
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


def _by_rank(row: Row) -> tuple[object, ...]:
    """Return the order of rows: ranks first, then figures without a rank, then those without a figure."""
    low, high = row["rank_low"], row["rank_high"]
    none = row["estimate"] is None
    return (low is None, none, low or 0, high or 0, 0.0 if none else row["estimate"], row["model"])


def _ranked(row: Row) -> BoardModel:
    shown, ranked = row["estimate"] is not None, row["rank_low"] is not None
    why = None if ranked else (row["rank_reason"] if shown else row["reason"])
    return BoardModel(
        model=row["model"],
        name=names.model(row["model"]),
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        n=row["n"],
        rank=(row["rank_low"], row["rank_high"], row["ranked_of"]) if ranked else None,
        holds=row["holds"],
        unranked=reason(why, row["withheld_reason"]) if why else None,
        notes=tuple(_notes(row)),
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
