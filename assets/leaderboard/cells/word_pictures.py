"""What one word changes: the changes of shares in four weeks' pictures, with the pictures on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.question import Looked, Looks, looks
from assets.leaderboard.cells.showing import Thumb
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason, unreliable
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, View, by, rows, stream_of_weeks
from assets.suites.comparisons import Comparison, shipped

#: Pictures of each side that are shown at most; where there are many effects, of all together, and of each that has
#: any: the clearest do.
PICTURES, TOGETHER, LEAST = 16, 256, 4
_TEXT = 600

#: (prompt, model) → rows of `prompt_slots` with a picture.
Slots = Mapping[tuple[str, str], Sequence[Row]]


def address_of(comparison: Comparison) -> str:
    """Return the address of the page of a comparison."""
    suite, _, major = comparison.suite.partition("@")
    return f"words/{words.suite_slug(suite, int(major))}-{comparison.a.name}-{comparison.b.name}/"


def key_of(row: Row) -> tuple[str, str, str, str]:
    """Return `Comparison.key` of the comparison that a row is of."""
    return f"{row['suite']}@{row['suite_major']}", row["kind"], row["a"], row["b"]


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[tuple[Comparison, View]]:
    """Yield the comparisons that somebody was asked for in a week, in the order of their file: clear effects first.

    Texts are None where each side has several; `more` are pairs of prompts beside the one that is shown.
    """
    of_week = {"week": week.isoformat()}
    effects, texts, pairs = (
        _by_comparison(rows(con, name, of_week)) for name in ("word_against_word", "word_texts", "word_pairs")
    )
    withheld = by(rows(con, "word_withheld", of_week), "suite", "suite_major")
    values, since = looks(con, week), reading.since(con, week)
    for comparison in shipped().comparisons:
        if comparison.key not in effects:
            continue
        mine, first = pairs[comparison.key], effects[comparison.key][0]
        shown = [row for row in effects[comparison.key] if is_told(comparison, row)]
        prompts = {row[side] for row in mine for side in ("prompt_a", "prompt_b")}
        text = texts[comparison.key][0] if texts[comparison.key] and comparison.b.turn == 1 else None
        yield (
            comparison,
            View(
                first_week=since,
                title=_title(comparison),
                text_a=showing.cut(text["text_a"], _TEXT) if text else None,
                text_b=showing.cut(text["text_b"], _TEXT) if text else None,
                language_a=comparison.a.language or "en",
                language_b=comparison.b.language or "en",
                more=text["pairs"] - 1 if text else 0,
                sensitive=showing.is_sensitive(first["suite"], first["suite_major"]),
                key={name: first[name] for name in ("suite", "suite_major", "kind", "a", "b")},
                effects=[*_effects(shown, mine, values, _slots(con, week, sorted(prompts)))],
                missing=[*_missing(shown, withheld[first["suite"], first["suite_major"]])],
            ),
        )


def _by_comparison(rows_of: Sequence[Row]) -> dict[tuple[str, str, str, str], list[Row]]:
    kept: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows_of:
        kept[key_of(row)].append(row)
    return kept


def _slots(con: duckdb.DuckDBPyConnection, week: date, prompts: Sequence[str]) -> Slots:
    given = {"week": week.isoformat(), "asked": [*prompts]}
    slots = stream_of_weeks(con, "prompt_slots", reading.weeks_of(week), given)
    drawn = (row for row in slots if row["outcome_group"] == "picture" and row["image_sha256"] is not None)
    return by(drawn, "prompt", "model")


def _title(comparison: Comparison) -> Message:
    """Return the title of a comparison, with its version where an earlier version of its suite has it too."""
    suite, _, major = comparison.suite.partition("@")
    earlier = {f"{suite}@{version}" for version in range(1, int(major))}
    if any(one.suite in earlier and one.title == comparison.title for one in shipped().comparisons):
        return say(
            "%(title)s, version %(version)s of the prompts",
            title=title(comparison.title),
            version=int(major),
        )
    return title(comparison.title)


def _clearest(row: Row) -> tuple[bool, bool, float, str, str]:
    """Order effects: of real models first, clear ones first, then by their size."""
    return row["simulated"], not row["clear"], -abs(row["estimate"]), row["model"], row["value"]


def _effects(shown_rows: Sequence[Row], pairs: Sequence[Row], values: Looks, slots: Slots) -> Iterator[View]:
    """Yield what became of values in the pictures of models; `notes`: why there is no interval, or what to doubt."""
    with_figure = sorted((row for row in shown_rows if row["estimate"] is not None), key=_clearest)
    most = max(LEAST, min(PICTURES, TOGETHER // max(1, 2 * len(with_figure))))
    for number, row in enumerate(with_figure):
        mine = [
            pair for pair in pairs if all(pair[name] == row[name] for name in ("model", "attribute", "value"))
        ]
        counted = _counted(row, mine, values[row["suite"], row["suite_major"], row["attribute"]], slots)
        shown = most if number < TOGETHER // (2 * most) else 0
        named = {
            "model": words.plain(row["model"]),
            "said": showing.many(row["attribute"], row["value"]),
            "a": _side(row, "a", mine, counted["a"], shown),
            "b": _side(row, "b", mine, counted["b"], shown),
            "notes": [*_notes(row)],
        }
        yield View(**row | named)


def _notes(row: Row) -> Iterator[Message]:
    if row["low"] is None:
        yield reason(row["reason"])
    elif not row["clear"]:
        yield say("may be chance")
    if row["reliable"] is False:
        yield unreliable(row["reliability"])


def _counted(row: Row, pairs: Sequence[Row], of: Looked, slots: Slots) -> dict[str, list[tuple[Row, str]]]:
    """Return the pictures that the shares of both sides are of, each with the value that it is counted as.

    They show a value of the support.
    """
    kept: dict[str, list[tuple[Row, str]]] = {"a": [], "b": []}
    for pair in pairs:
        for side, pictures in kept.items():
            for slot in slots.get((pair[f"prompt_{side}"], row["model"]), ()):
                value = reading.value_read(slot, row["attribute"], slot["labeler_version"])
                seat = of.seat(value)
                if seat is not None and reading.why_not(slot, pair, of, value) is None:
                    pictures.append((slot, seat))
    return kept


def _side(row: Row, side: str, pairs: Sequence[Row], counted: Sequence[tuple[Row, str]], most: int) -> View:
    """Return one side with some of its pictures, at random; `address` has all of them, where they are of one prompt."""
    prompts = {pair[f"prompt_{side}"] for pair in pairs}
    chosen = sorted(counted, key=lambda one: str(one[0]["place"]))[:most]
    return View(
        n=row[f"n_{side}"],
        share=row[f"share_{side}"],
        thumbs=[
            Thumb(number, slot["image_sha256"], showing.caption(row["attribute"], seat), seat == row["value"])
            for number, (slot, seat) in enumerate(chosen)
        ],
        address=showing.address_of(next(iter(prompts)), row["model"]) if len(prompts) == 1 else None,
    )


def is_told(comparison: Comparison, row: Row) -> bool:
    """Return whether the page tells of a value: chosen beforehand, and of dress only where anybody wears it."""
    if row["value"] in comparison.shown.get(row["attribute"], ()):
        return True
    worn = row["estimate"] is None or row["share_a"] > 0 or row["share_b"] > 0
    return worn and row["value"] in comparison.caricature.get(row["attribute"], ())


def _missing(effects: Sequence[Row], withheld: Sequence[Row]) -> Iterator[View]:
    """Yield the models without a figure, each reason once, and those that are withheld."""
    for model, why in dict.fromkeys(
        (row["model"], row["reason"]) for row in effects if row["estimate"] is None
    ):
        yield View(model=words.plain(model), why=reason(why))
    for row in withheld:
        yield View(model=words.plain(row["model"]), why=reason("withheld", row["reason"]))
