"""The boards: one comparison of models each, by (suite, attribute, reference, condition)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.page.charts import axis_end, ticks
from assets.leaderboard.parts.board_rows import Told, by_suite, retired_in
from assets.leaderboard.parts.orders import orders
from assets.leaderboard.parts.unseen import not_seen
from assets.leaderboard.parts.verified import beside
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.view import Board, BoardGroup, BoardRow, CountedShare, Point, RankRange
from assets.suites.analysis import STEREOTYPES
from assets.suites.loader import attribute_words

WEEKS_SHOWN = 12
#: The board that the page opens on: the first of these that is in the data, else the first board there is.
HEADLINES = (
    ("occupations@2", "perceived_gender", "parity", "baseline"),
    ("occupations@1", "perceived_gender", "parity", "baseline"),
    ("diversity-request@1", "perceived_gender", "parity", "baseline"),
)
#: The figure of one prompt alone with fewer pictures is shown, and is too little to rely on.
RELIED_ON = 20
_LAST = 1000  # the place of boards of attributes without one
_SAME = 0.005  # what is rounded to the same figure
Key = tuple[str, str, str, str]  # suite@major, attribute, reference, condition


def shown_weeks(week: date, first: date | None) -> tuple[date, ...]:
    """Return up to twelve Mondays that end with `week`; none before the first week that anybody was asked in."""
    mondays = [week - timedelta(weeks=back) for back in range(WEEKS_SHOWN - 1, -1, -1)]
    return tuple(day for day in mondays if first is None or day >= min(first, week))


def board_id(key: Key) -> str:
    """Return an id for links: lower-case letters, digits and hyphens, different for different boards."""
    suite, attribute, reference, condition = (re.sub(r"[^a-z0-9]+", "-", part.lower()) for part in key)
    return "--".join(["board", suite, attribute, reference, condition])


def headline(keys: Iterable[Key]) -> Key | None:
    """Return the key of the board that the page opens on, or None if there is no board."""
    known = sorted(keys)
    for wanted in HEADLINES:
        if wanted in known:
            return wanted
    placed = [key for key in known if key[3] == "baseline" and _order(key[1])[0] < _LAST]
    return (sorted(placed, key=lambda key: _order(key[1])) or known or [None])[0]  # type: ignore[list-item]


def build(con: duckdb.DuckDBPyConnection, week: date, weeks: Sequence[date], told: Told) -> tuple[Board, ...]:
    """Return all boards as of `week`, the headline first, then by suite, attribute, reference and condition."""
    parameters = {"week": week.isoformat()}
    boards: dict[Key, list[Row]] = defaultdict(list)
    for row in told.rows:
        suite = f"{row['suite']}@{row['suite_major']}"
        boards[(suite, row["attribute"], row["reference"], row["condition"])].append(row)
    first = headline(boards)
    answers = by_suite(rows(con, "refused", parameters))
    sources: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows(con, "reference_sources", parameters):
        sources[(row["suite"], row["reference"], row["attribute"])].append(words.plain(row["source"]))
    unseen = not_seen(con, week)
    warned: dict[str, list[str]] = defaultdict(list)
    for row in rows(con, "warnings", parameters):
        if said := words.WARNINGS.get(row["check_name"]):
            warned[row["model"]].append(said)
    made = []
    pairs = _stereotypes(con, parameters)
    order = orders(con, week)
    for key in sorted(boards, key=lambda k: (k != first, k[0], k[3] != "baseline", k[3], *_place(k))):
        suite, attribute, reference, condition = key
        groups = tuple(
            replace(group, order=order[(*key, group.simulated, group.track)])
            for group in _groups(key, boards[key], week, weeks, told, answers, warned)
        )
        figures = [v for g in groups for r in g.rows for v in (r.high, r.distance)]
        made.append(
            Board(
                id=board_id(key),
                suite=suite,
                condition=condition,
                attribute=attribute,
                attribute_title=words.attribute(attribute),
                reference=reference,
                reference_title=words.reference(reference),
                metric=boards[key][-1]["metric"],
                sources=tuple(sources[(suite.split("@", maxsplit=1)[0], reference, attribute)]),
                stereotypes=pairs[suite, attribute] if reference == STEREOTYPES else (),
                axis=(axis := axis_end(figures)),
                marks=ticks(axis),
                groups=groups,
                not_seen=tuple(unseen.get((suite, attribute, condition), ())),
                headline=key == first,
            )
        )
    return tuple(made)


def _place(key: Key) -> tuple[bool, tuple[int, str], str]:
    """Return the place of a board within its suite: what is declared a stereotype comes first."""
    return (key[2] != STEREOTYPES, _order(key[1]), key[2])


def _stereotypes(
    con: duckdb.DuckDBPyConnection, parameters: Mapping[str, str]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return in words what each board of stereotypes counts, by suite and attribute."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows(con, "stereotype_pairs", parameters):
        said = words.of_value(row["attribute"], row["value"]).pictures
        shows = said or words.shown(row["attribute"], row["value"])
        found[f"{row['suite']}@{row['suite_major']}", row["attribute"]].append(
            f"{shows} ({words.subject(row['subject'])})"
        )
    return defaultdict(tuple, {key: tuple(listed) for key, listed in found.items()})


def _order(attribute: str) -> tuple[int, str]:
    said = attribute_words().get(attribute)
    return (_LAST if said is None or said.place is None else said.place, attribute)


def _groups(
    key: Key,
    found: Sequence[Row],
    week: date,
    weeks: Sequence[date],
    told: Told,
    answers: Mapping[tuple[str, str, str], Row],
    warned: Mapping[str, Sequence[str]],
) -> tuple[BoardGroup, ...]:
    """Return the tables of a board: real before simulated, track `model` before `system`."""
    by_model: dict[tuple[bool, str, str], list[Row]] = defaultdict(list)
    for row in found:
        by_model[(bool(row["simulated"]), row["track"], row["model"])].append(row)
    groups: dict[tuple[bool, str], list[BoardRow]] = defaultdict(list)
    for (simulated, track, model), history in by_model.items():
        lives = told.lives.get(model, ())
        asked = (model, key[0], key[3])
        last = told.pictured[asked]["week"] if asked in told.pictured else None
        notes = (*_notes(lives), *warned.get(model, ()))
        groups[(simulated, track)].append(
            _row(model, history, week, weeks, lives, answers.get(asked), last, notes)
        )
    return tuple(
        BoardGroup(
            track=track,
            simulated=simulated,
            rows=tuple(sorted(groups[(simulated, track)], key=_by_rank)),
            cautions=_cautions(found, week, simulated=simulated, track=track),
        )
        for simulated, track in sorted(groups)
    )


def _cautions(found: Sequence[Row], week: date, *, simulated: bool, track: str) -> tuple[str, ...]:
    """Return why labels behind this week's figures of one table are not reliable, each reason once."""
    reasons = {
        words.reason(row["reliability"]).replace("alpha -", "alpha \N{MINUS SIGN}"): None
        for row in found
        if row["week"] == week
        and (bool(row["simulated"]), row["track"]) == (simulated, track)
        and row["reliable"] is False
        and not row["withheld_reason"]
    }
    return tuple(sorted(reasons))


def unverified(told: Told, week: date) -> str | None:
    """Return whose labels of `week` nobody verified, in one sentence, or None."""
    labelers = sorted(
        {
            words.plain(row["labeler"])
            for row in told.rows
            if row["week"] == week and row["reliable"] is None and row["labeler"] and row["n"]
        }
    )
    if not labelers:
        return None
    return (
        "Not verified yet: nobody else has read enough of the same pictures to tell how far the labels by "
        f"{' and '.join(labelers)} can be relied on."
    )


def _by_rank(row: BoardRow) -> tuple[bool, bool, int, int, float, str]:
    """Return the order of rows: ranks first, then figures of this week without a rank, then those without a figure."""
    current = row.distance is not None and row.as_of is None
    low, high = (row.place.low, row.place.high) if row.place else (0, 0)
    distance = row.distance if current and row.distance is not None else 0.0
    return (not row.place, not current, low, high, distance, row.model)


def _row(
    model: str,
    history: Sequence[Row],
    week: date,
    weeks: Sequence[date],
    lives: Sequence[Row],
    answer: Row | None,
    last_pictures: date | None,
    notes: tuple[str, ...],
) -> BoardRow:
    """Return one row: of this week, or of the last one with a figure, with what is to be known in words."""
    now = next((row for row in history if row["week"] == week), None)
    status, shown, as_of = _status(now, history, week, lives, last_pictures)
    series = (now or history[-1])["series"]
    hidden = bool(now and now["withheld_reason"])
    points = {
        row["week"]: Point(row["week"], row["estimate"], row["low"], row["high"], row["n"] or 0)
        for row in history
        if row["series"] == series and not row["withheld_reason"]
    }
    return BoardRow(
        model=words.plain(model),
        distance=None if hidden or shown is None else shown["estimate"],
        low=None if hidden or shown is None else shown["low"],
        high=None if hidden or shown is None else shown["high"],
        n=0 if shown is None else shown["n"] or 0,
        refused=CountedShare(now["refused"], now["answered"]) if now and now["answered"] else None,
        pictures=(now["pictures"] or 0) if now else 0,
        status=status,
        notes=(*notes, *_window_notes(now)),
        line=tuple(points.get(day, Point(day, None)) for day in weeks),
        as_of=as_of,
        asked=answer is not None,
        withheld=hidden,
        reliable=now["reliable"] if now else None,
        prompts=None if hidden or as_of or now is None else _prompts(now),
        **_standing(now, status),
        **beside(None if hidden or as_of else now),
        too_few=shown is not None and _too_few(shown),
    )


def _window_notes(now: Row | None) -> tuple[str, ...]:
    """Return what is to be known of the weeks behind a figure."""
    if now is None or now["estimate"] is None:
        return ()
    return tuple(
        said
        for holds, said in (
            (
                now["settling"],
                f"settling: changed, so the figure begins in the week of {words.week(now['first_week'])}",
            ),
            (now["scatter_measured"] is False, "scatter not yet measured: taken to be five points"),
        )
        if holds
    )


def _prompts(now: Row) -> tuple[float, float] | None:
    """Return the interval over prompts like these, or None for fewer than ten prompts."""
    low, high = now["prompts_low"], now["prompts_high"]
    return None if low is None else (low, high)


def _standing(now: Row | None, status: str | None) -> dict[str, Any]:
    """Return the rank, or in words why there is none where nothing else says it, with what is possible at worst."""
    if now is None or now["withheld_reason"]:
        return {}
    if now["rank_low"] is not None:
        return {"place": RankRange(now["rank_low"], now["rank_high"], now["ranked_of"])}
    said = status is not None or now["reliable"] is False or not now["rank_reason"]
    low, high = now["bound_low"], now["bound_high"]
    return {
        "unranked": None if said else words.plain(now["rank_reason"]),
        "bounds": None if low is None or high - low < _SAME else (low, high),
    }


def _too_few(shown: Row) -> bool:
    return shown["estimate"] is not None and shown["cells"] == 1 and shown["n"] < RELIED_ON


def _status(
    now: Row | None, history: Sequence[Row], week: date, lives: Sequence[Row], last_pictures: date | None
) -> tuple[str | None, Row | None, date | None]:
    """Return (words or None, the row whose figures are shown or None, its week if it is not this one)."""
    retired = retired_in(lives, week)
    if retired is not None and (now is None or now["estimate"] is None):
        when = f"last pictures in the week of {words.week(last_pictures)}" if last_pictures else "no pictures"
        last = next(
            (r for r in reversed(history) if r["estimate"] is not None and not r["withheld_reason"]), None
        )
        return f"Retired; {when}", last, last["week"] if last else None
    if now is None:
        when = f"; last pictures in the week of {words.week(last_pictures)}" if last_pictures else ""
        return f"Not asked this week{when}", None, None
    if now["withheld_reason"]:
        return f"Withheld this week: {words.plain(now['withheld_reason'])}", now, None
    if now["estimate"] is None:
        return words.reason(now["reason"] or "no figure"), now, None
    return None, now, None


def _notes(lives: Sequence[Row]) -> tuple[str, ...]:
    notes: dict[str, None] = {}
    for life in lives:
        for column, said in (("succeeded_by", "succeeded by"), ("succeeds", "succeeds")):
            if life[column]:
                notes[f"{said} {words.plain(life[column])}"] = None
    return tuple(notes)
