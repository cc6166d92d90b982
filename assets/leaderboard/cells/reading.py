"""Prompts with the pictures of the window, one prompt after another, as the published tables have them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import duckdb

from assets.leaderboard.cells.question import Looked, PromptQuestion, looks, question
from assets.leaderboard.views.query import Row, by, rows, stream_of_weeks

#: Calendar weeks of a window.
WEEKS = 4
_WEEK = timedelta(weeks=1)
WINDOW = WEEKS * _WEEK
#: Prompts whose pictures are held at once.
_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class CellPicture:
    """One picture; `value` is what was read of the attribute in question, by the labeler that counts.

    `number` counts the pictures of a cell. `place` orders pictures at random: in another way each week of an edition,
    in the same way for the same week. `sha256` is None of one that was removed: it counts, and is not shown.
    """

    number: int
    week: date
    sha256: str | None
    ext: str
    slot_key: str
    attempt: int
    place: str
    value: str | None
    why: str | None  # why it is not counted: a value outside the support, or one of the reasons below
    readings: Sequence[Row]


#: Group of outcomes → how pages count it, where that is another name.
_ENDED = {"picture": "pictures", "not_asked": "failed"}
#: Reasons why a picture is not counted.
NOT_ASSESSED, INVALID, BEFORE, VERSION, PARAMETERS = (
    "not_assessed",
    "invalid",
    "before",
    "version",
    "parameters",
)


@dataclass(frozen=True)
class Cell:
    """What one model drew for a prompt; `shares` are its rows of `prompt_shares` by attribute."""

    model: str
    simulated: bool
    shares: Mapping[str, Row]
    pictures: tuple[CellPicture, ...]  # the newest week first, in random order within it
    weeks: Mapping[date, Counter[str]]  # how requests ended: `planned` of them

    @property
    def counted(self) -> tuple[CellPicture, ...]:
        """Return the pictures that the share is of."""
        return tuple(picture for picture in self.pictures if picture.why is None)


@dataclass(frozen=True)
class PromptPictures:
    """A prompt that was asked in the window, with a cell per model that was asked it in the week itself."""

    week: date  # the last of the window
    declared: tuple[Row, ...]  # its rows of `prompt_pages`
    attributes: Mapping[str, Looked]
    question: PromptQuestion | None
    cells: tuple[Cell, ...]
    absent: tuple[Row, ...]
    statistics: tuple[Row, ...]
    turns: tuple[Row, ...]

    @property
    def id(self) -> str:
        """Return `<suite>/<prompt>`."""
        return str(self.declared[0]["prompt"])

    @property
    def first_week(self) -> date:
        """Return the first week of the window in which anybody was asked it."""
        return min((week for cell in self.cells for week in cell.weeks), default=first_week(self.week))


def first_week(week: date) -> date:
    """Return the first of the weeks whose pictures are shown."""
    return week - (WEEKS - 1) * _WEEK


def since(con: duckdb.DuckDBPyConnection, week: date) -> date:
    """Return the first of the weeks whose pictures are shown in which there was anybody to ask."""
    lives = rows(con, "timeline", {"week": week.isoformat()})
    return max(first_week(week), min((life["first_week"] for life in lives), default=week))


def weeks_of(week: date) -> list[date]:
    """Return the weeks whose pictures are shown."""
    return [week - back * _WEEK for back in range(WEEKS)]


def read(
    con: duckdb.DuckDBPyConnection,
    week: date,
    prompts: Sequence[str] | None = None,
    *,
    alone: bool = False,
    at_once: int = _AT_ONCE,
) -> Iterator[PromptPictures]:
    """Yield prompts that were asked in the window that ends with a week, by their ids: some, or every one.

    `alone` reads the week itself, without the window's shares and what stands beside them. The copy is asked while
    prompts are taken, with the pictures of so many `at_once`.
    """
    of_week, weeks = {"week": week.isoformat()}, [week] if alone else weeks_of(week)
    declared = by(stream_of_weeks(con, "prompt_pages", weeks, {}), "prompt")
    values = looks(con, week)
    absent = {} if alone else by(rows(con, "prompt_absent", of_week), "prompt")
    statistics = {} if alone else by(rows(con, "prompt_statistics", of_week), "prompt")
    turns = by(stream_of_weeks(con, "prompt_turns", weeks, {}), "prompt")
    wanted = sorted(declared if prompts is None else {*prompts} & declared.keys())
    for start in range(0, len(wanted), at_once):
        asked = {**of_week, "asked": wanted[start : start + at_once]}
        shares = {} if alone else by(rows(con, "prompt_shares", asked), "prompt")
        slots = by(stream_of_weeks(con, "prompt_slots", weeks, asked), "prompt")
        for prompt, of_prompt in slots.items():
            suite, major = declared[prompt][0]["suite"], declared[prompt][0]["suite_major"]
            yield _prompt(
                week,
                declared[prompt],
                {key[2]: looked for key, looked in values.items() if key[:2] == (suite, major)},
                of_prompt,
                shares.get(prompt, ()),
                beside={
                    "absent": tuple(absent.get(prompt, ())),
                    "statistics": tuple(
                        one for one in statistics.get(prompt, ()) if one["suite_major"] == major
                    ),
                    "turns": tuple(turns.get(prompt, ())),
                },
            )


def questions(con: duckdb.DuckDBPyConnection, week: date) -> dict[str, tuple[str, PromptQuestion]]:
    """Return prompt → its suite and what is asked of its pictures; none of prompts without a question."""
    declared = by(stream_of_weeks(con, "prompt_pages", weeks_of(week), {}), "prompt")
    values = looks(con, week)
    asked_of: dict[str, tuple[str, PromptQuestion]] = {}
    for prompt, of in declared.items():
        suite, major = of[0]["suite"], of[0]["suite_major"]
        asked = question(of, {key[2]: looked for key, looked in values.items() if key[:2] == (suite, major)})
        if asked is not None:
            asked_of[prompt] = suite, asked
    return asked_of


def _prompt(
    week: date,
    declared: Sequence[Row],
    values: Mapping[str, Looked],
    slots: Sequence[Row],
    shares: Sequence[Row],
    beside: Mapping[str, tuple[Row, ...]],
) -> PromptPictures:
    """Return a prompt with its pictures.

    Rows are its own, of `prompt_pages`, `prompt_slots` and `prompt_shares` (without these pictures are shown and not
    compared); `beside` has others: absent, statistics, turns.
    """
    looked = {row["attribute"]: values[row["attribute"]] for row in declared if row["attribute"] in values}
    asked = question(declared, looked)
    published = by(shares, "model")
    cells = (
        _cell(model, [*of_model], published.get(model, ()), week, asked, looked)
        for model, of_model in groupby(slots, key=lambda row: row["model"])
    )
    there = tuple(cell for cell in cells if cell is not None)
    return PromptPictures(week, tuple(declared), looked, asked, there, **beside)


def said(con: duckdb.DuckDBPyConnection, week: date) -> dict[tuple[str, str], Row]:
    """Return what models said when they refused a prompt or rewrote it, by prompt and model."""
    return {
        (row["prompt"], row["model"]): row for row in stream_of_weeks(con, "prompt_words", weeks_of(week), {})
    }


def _cell(
    model: str,
    slots: Sequence[Row],
    published: Sequence[Row],
    week: date,
    asked: PromptQuestion | None,
    looked: Mapping[str, Looked],
) -> Cell | None:
    """Return the cell of a model; None if it was not asked in the week itself, so that it has no figure."""
    now = [row for row in slots if row["week"] == week]
    if not now:
        return None
    # Of two majors that were asked in the window, pictures are of the newer one.
    shares = {row["attribute"]: row for row in published if row["suite_major"] == now[0]["suite_major"]}
    of = looked[asked.attribute] if asked else None
    window = shares.get(asked.attribute) if asked else None
    if window is None:  # nothing is published of the window: the pictures alone are shown
        version = next((row["labeler_version"] for row in now if row["labeler_version"]), None)
        window = {**now[0], "labeler_version": version, "changed_week": None}
    pictures: list[CellPicture] = []
    for row in slots:
        if row["outcome_group"] == "picture":
            value = value_read(row, of.attribute, row["labeler_version"]) if of else None
            pictures.append(
                CellPicture(
                    len(pictures) + 1,
                    row["week"],
                    row["image_sha256"],
                    row["image_ext"],
                    row["slot_key"],
                    row["attempt"],
                    row["place"],
                    of.of.get(value) if of and value is not None else None,
                    why_not(row, window, of, value) if of else None,
                    row["readings"] or (),
                )
            )
    return Cell(model, bool(now[0]["simulated"]), shares, tuple(pictures), _outcomes(slots))


def value_read(row: Row, attribute: str, labeler_version: str | None) -> str | None:
    """Return what a version of the labeler that counts read of an attribute in a slot's picture."""
    for reading in row["readings"] or ():
        if (reading["labeler"], reading["labeler_version"]) == (row["labeler"], labeler_version):
            names = reading["attributes"]
            return str(reading["found"][names.index(attribute)]) if attribute in names else None
    return None


def why_not(row: Row, window: Row, of: Looked, value: str | None) -> str | None:
    """Return why a picture is not one of those that the share is of; None if it is."""
    if (row["series"], row["params_hash"]) != (window["series"], window["params_hash"]):
        return PARAMETERS
    if row["labeler_version"] != window["labeler_version"]:
        return VERSION if row["labeler_version"] else NOT_ASSESSED
    if window["changed_week"] is not None and row["week"] < window["changed_week"]:
        return BEFORE
    if value is None:
        return NOT_ASSESSED
    seat = of.of.get(value)
    return INVALID if seat is None else None if seat in of.support else seat


def _outcomes(slots: Sequence[Row]) -> dict[date, Counter[str]]:
    """Return how many requests of each week were planned, and how many of these ended in which way."""
    ended: dict[date, Counter[str]] = defaultdict(Counter)
    for row in slots:
        group: str = row["outcome_group"]
        ended[row["week"]].update(("planned", _ENDED.get(group, group)))
    return dict(ended)
