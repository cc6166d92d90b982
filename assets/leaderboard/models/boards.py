"""Boards: one comparison of models each, with ranks as brackets, intervals, and why a model has no rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import many, suite_note
from assets.leaderboard.cells.unseen import key_of, unseen_of
from assets.leaderboard.models import names, not_seen, unseen, verified
from assets.leaderboard.models.history import board_slug
from assets.leaderboard.models.not_seen import NotSeen
from assets.leaderboard.page import charts, words
from assets.leaderboard.page.charts import Strip
from assets.leaderboard.page.reasons import reason, unreliable
from assets.leaderboard.views.message import Message, say, say_n, title
from assets.leaderboard.views.query import Row, by, rows, rows_of_weeks
from assets.suites.loader import attribute_words

_LAST = 1000
_DRAWN = ("model", "suite", "suite_major", "condition", "attribute")
_KEY = ("suite", "suite_major", "condition", "attribute", "reference")
#: Columns of a board's CSV, as `leaderboard` has them.
COLUMNS = (
    *("week", "track", "simulated", "suite", "suite_major", "condition", "attribute", "reference", "metric"),
    *("model", "series", "weeks", "first_week", "scatter_measured", "estimate", "low", "high"),
    *("prompts_low", "prompts_high", "n", "cells", "planned_cells", "reason", "rank_low", "rank_high"),
    *("ranked_of", "rank_reason", "bound_low", "bound_high", "withheld_reason", "corrected_distance"),
    *("corrected_low", "corrected_high", "corrected_reason", "gold_n"),
)
#: The figure of one prompt alone with fewer pictures is shown, and is too little to rely on.
_RELIED_ON = 20
#: What a reader is to know about a model's week that withholds nothing, by the check that warns of it.
WARNINGS: Mapping[str, Message] = {
    "images__once_in_model": say("gave one picture for several requests"),
    "images__once_across_models": say("gave pictures that another model gave, too"),
    "attempts__answered_after_asked": say("a clock was set back while it was asked"),
}


@dataclass(frozen=True)
class BoardModel:
    """One model: its figure, and its rank from `low` to `high` of `of`, or why it has none.

    `corrected` is the figure with the labeler's errors taken out, its interval and how many pictures people labeled;
    `prompts` is the interval for other prompts like these.
    """

    model: str
    name: Message
    estimate: float | None
    low: float | None
    high: float | None
    n: int
    strip: Strip | None
    rank: tuple[int, int, int] | None
    unranked: Message | None
    bounds: tuple[float, float] | None
    prompts: tuple[float, float] | None
    corrected: tuple[float, float, float, int] | None
    refused: tuple[int, int] | None
    notes: tuple[Message, ...]
    of_rank: tuple[Message, ...]  # how far the rank rests on answers that nobody saw

    @property
    def clipped(self) -> bool:
        """Return whether the figure is 0 because it cannot be less."""
        return self.estimate is not None and self.estimate <= 0


@dataclass(frozen=True)
class BoardTable:
    """Models that may be compared: one track, and simulated ones by themselves."""

    simulated: bool
    track: str
    rows: tuple[BoardModel, ...]
    ranked: int
    below: tuple[Message, ...]  # what is said once of their labels, and of answers that nobody saw


@dataclass(frozen=True)
class BoardPage:
    """One board."""

    slug: str
    key: Row
    question: Message
    brief: Message  # the question where the suite is said above it
    suite: Message
    note: Message | None  # why there is another version of the suite
    attribute: Message
    reference: Message
    metric: str
    counted: tuple[Message, ...]  # what a board of stereotypes counts
    sources: tuple[str, ...]
    axis: float
    marks: tuple[float, ...]
    tables: tuple[BoardTable, ...]
    prompts: tuple[Row, ...]
    not_seen: NotSeen | None
    csv: tuple[tuple[object, ...], ...]

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return f"compare/{self.slug}/"


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[BoardPage]:
    """Yield the boards of a week, by suite, condition, attribute and reference."""
    of_week = {"week": week.isoformat()}
    boards: dict[str, list[Row]] = defaultdict(list)
    alike, hidden = _drawn_together(con, of_week), unseen_of(con, "unseen_ranks", week)
    warned: dict[str, list[Message]] = defaultdict(list)
    for row in rows(con, "warnings", of_week):
        if row["check_name"] in WARNINGS:
            warned[row["model"]].append(WARNINGS[row["check_name"]])
    simulated = {row["attribute"] for row in rows(con, "rated", of_week) if row["simulated"]}
    for row in rows_of_weeks(con, "board_rows", [week], {}):
        own = {
            "alike": alike.get(tuple(row[name] for name in _DRAWN)),
            "unseen": hidden.get(key_of("unseen_ranks", row)),
            "warned": warned[row["model"]],
            "by_simulated": row["simulated"] and row["attribute"] in simulated,
        }
        boards[board_slug(row)].append(row | own)
    refused: dict[tuple[object, ...], tuple[int, int]] = {
        (row["model"], row["suite"], row["suite_major"], row["condition"]): (row["refused"], row["answered"])
        for row in rows(con, "refused", of_week)
        if row["answered"]
    }
    prompts = by(rows(con, "board_prompts", of_week), "suite", "suite_major", "condition", "attribute")
    sources = by(rows(con, "reference_sources", of_week), "suite", "reference", "attribute")
    counted = by(rows(con, "stereotype_pairs", of_week), "suite", "suite_major", "attribute")
    asked = not_seen.read(con, week)
    for slug, found in sorted(boards.items(), key=lambda item: _place(item[1][0])):
        head = found[0]
        axis = charts.axis_end(row[end] for row in found for end in ("high", "estimate"))
        stereotypes = head["reference"] == "stereotypes"
        yield BoardPage(
            slug=slug,
            key={name: head[name] for name in _KEY},
            question=question(head),
            brief=_brief(head),
            suite=names.asked(head["suite"], head["suite_major"], head["condition"]),
            note=suite_note(head["suite"], head["suite_major"]),
            attribute=names.attribute(head["attribute"]),
            reference=names.reference(head["reference"]),
            metric=head["metric"],
            counted=_counted(counted[head["suite"], head["suite_major"], head["attribute"]])
            if stereotypes
            else (),
            sources=tuple(
                words.plain(row["source"])
                for row in sources[head["suite"], head["reference"], head["attribute"]]
            ),
            axis=axis,
            marks=charts.ticks(axis),
            tables=tuple(_tables(found, axis, refused)),
            prompts=tuple(prompts[head["suite"], head["suite_major"], head["condition"], head["attribute"]]),
            not_seen=asked.get(not_seen.key(head)),
            csv=tuple(tuple(row[name] for name in COLUMNS) for row in found),
        )


def _drawn_together(
    con: duckdb.DuckDBPyConnection, of_week: dict[str, str]
) -> Mapping[tuple[object, ...], Row]:
    """Return the models whose pictures count as clearly fewer."""
    found = rows(con, "drawn_together", of_week)
    return {tuple(row[name] for name in _DRAWN): row for row in found}


def question(row: Row) -> Message:
    """Return what a board asks, as the title of its page."""
    said = {
        "attribute": names.attribute(row["attribute"]),
        "suite": names.asked(row["suite"], row["suite_major"], row["condition"]),
    }
    if row["reference"] == "stereotypes":
        return say("%(attribute)s in “%(suite)s”: how often a stereotype?", **said)
    return say(
        "%(attribute)s in “%(suite)s”: how far from %(reference)s?",
        **said,
        reference=names.reference(row["reference"]),
    )


def _brief(row: Row) -> Message:
    attribute = names.attribute(row["attribute"])
    if row["reference"] == "stereotypes":
        return say("%(attribute)s: how often a stereotype?", attribute=attribute)
    return say(
        "%(attribute)s: how far from %(reference)s?",
        attribute=attribute,
        reference=names.reference(row["reference"]),
    )


def _place(row: Row) -> tuple[object, ...]:
    said = attribute_words().get(row["attribute"])
    return (
        row["suite"],
        row["suite_major"],
        row["condition"] != "baseline",
        row["condition"],
        row["reference"] != "stereotypes",
        _LAST if said is None or said.place is None else said.place,
        row["attribute"],
        row["reference"],
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


def _tables(
    found: Sequence[Row],
    axis: float,
    refused: Mapping[tuple[object, ...], tuple[int, int]],
) -> Iterator[BoardTable]:
    for (simulated, track), of_group in sorted(by(found, "simulated", "track").items()):
        ordered = sorted(of_group, key=_by_rank)
        yield BoardTable(
            simulated,
            track,
            tuple(_ranked(row, axis, refused) for row in ordered),
            sum(row["rank_low"] is not None for row in ordered),
            tuple(filter(None, (*verified.below(ordered), unseen.below(_hidden(ordered))))),
        )


def _hidden(found: Sequence[Row]) -> Iterator[Row | None]:
    return (row["unseen"] for row in found if row["rank_low"] is not None)


def _by_rank(row: Row) -> tuple[object, ...]:
    """Return the order of rows: ranks first, then figures without a rank, then those without a figure."""
    low, high = row["rank_low"], row["rank_high"]
    none = row["estimate"] is None
    return (low is None, none, low or 0, high or 0, 0.0 if none else row["estimate"], row["model"])


def _ranked(row: Row, axis: float, refused: Mapping[tuple[object, ...], tuple[int, int]]) -> BoardModel:
    told, ranked = row["estimate"] is not None, row["rank_low"] is not None
    why = None if ranked else (row["reason"] if not told and row["reason"] else row["rank_reason"])
    low, high = row["bound_low"], row["bound_high"]
    return BoardModel(
        model=row["model"],
        name=names.model(row["model"]),
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        n=row["n"],
        strip=charts.strip(row["estimate"], row["low"], row["high"], axis) if told else None,
        rank=(row["rank_low"], row["rank_high"], row["ranked_of"]) if ranked else None,
        unranked=reason(why) if why else None,
        bounds=None if ranked or low is None or high - low < 0.005 else (low, high),
        prompts=None if row["prompts_low"] is None else (row["prompts_low"], row["prompts_high"]),
        corrected=verified.corrected(row),
        refused=refused.get((row["model"], row["suite"], row["suite_major"], row["condition"])),
        notes=tuple(_notes(row)),
        of_rank=tuple(unseen.rank_notes(row["unseen"])) if ranked else (),
    )


def _notes(row: Row) -> Iterator[Message]:
    yield from row["warned"]
    if row["estimate"] is None:
        return
    if row["scatter_measured"] is False:
        yield say("scatter from week to week not yet measured: taken to be five points")
    if row["alike"]:
        yield say(
            "its pictures are drawn several at a time and are alike: %(n)s count as %(worth)s",
            n=row["alike"]["n"],
            worth=row["alike"]["worth"],
        )
    if row["reliable"] is False:
        yield unreliable(row["reliability"] or "")
    yield from verified.notes(row)
    if row["cells"] == 1 and row["n"] < _RELIED_ON:
        yield say("too few pictures to rely on")
    if row["weeks"] is not None and row["weeks"] < 4:
        yield say_n("of %(n)s week", "of %(n)s weeks", row["weeks"])
