"""What one word changes: the changes of shares in a week's pictures, with the pictures on both sides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.question import Looked, Looks, looks
from assets.leaderboard.page import effect_words, words
from assets.leaderboard.views.cells import Thumb
from assets.leaderboard.views.message import title
from assets.leaderboard.views.query import Row, rows, stream_of_weeks
from assets.leaderboard.views.word_pages import WordEffect, WordMissing, WordPage, WordSide
from assets.suites.comparisons import Comparison, shipped

#: Pictures of each side that are shown at most; where there are many effects, of all together, and of each that has
#: any: the clearest do.
PICTURES, TOGETHER, LEAST = 16, 640, 4
_TEXT = 600

#: (prompt, model) → rows of `prompt_slots` with a picture.
Slots = Mapping[tuple[str, str], Sequence[Row]]


def address_of(comparison: Comparison) -> str:
    """Return the address of the page of a comparison."""
    return f"words/{comparison.suite.partition('@')[0]}-{comparison.a.name}-{comparison.b.name}/"


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[tuple[Comparison, WordPage]]:
    """Yield the comparisons that somebody was asked for in a week, in the order of their file."""
    of_week = {"week": week.isoformat()}
    found = _by_comparison(rows(con, "word_against_word", of_week))
    texts = _by_comparison(rows(con, "word_texts", of_week))
    pairs = _by_comparison(rows(con, "word_pairs", of_week))
    values = looks(con, week)
    for comparison in shipped().comparisons:
        if comparison.key in found:
            prompts = {row[side] for row in pairs[comparison.key] for side in ("prompt_a", "prompt_b")}
            slots = _slots(con, week, sorted(prompts))
            yield (
                comparison,
                _page(
                    comparison,
                    found[comparison.key],
                    texts[comparison.key],
                    pairs[comparison.key],
                    values,
                    slots,
                ),
            )


def _by_comparison(found: Sequence[Row]) -> dict[tuple[str, str, str, str], list[Row]]:
    kept: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in found:
        kept[f"{row['suite']}@{row['suite_major']}", row["kind"], row["a"], row["b"]].append(row)
    return kept


def _slots(con: duckdb.DuckDBPyConnection, week: date, prompts: Sequence[str]) -> Slots:
    kept: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in stream_of_weeks(con, "prompt_slots", [week], {"week": week.isoformat(), "asked": [*prompts]}):
        if row["outcome_group"] == "success" and row["image_sha256"] is not None:
            kept[row["prompt"], row["model"]].append(row)
    return kept


def _page(
    comparison: Comparison,
    found: Sequence[Row],
    texts: Sequence[Row],
    pairs: Sequence[Row],
    values: Looks,
    slots: Slots,
) -> WordPage:
    told = [row for row in found if row["metric"] == "share" and _is_told(comparison, row)]
    with_figure = [row for row in told if row["estimate"] is not None]
    most = max(LEAST, min(PICTURES, TOGETHER // max(1, 2 * len(with_figure))))
    with_figure.sort(key=_clearest)
    effects = [
        _effect(
            row,
            pairs,
            values[row["suite"], row["suite_major"], row["attribute"]],
            slots,
            most if number < TOGETHER // (2 * most) else 0,
        )
        for number, row in enumerate(with_figure)
    ]
    one = texts[0] if texts and comparison.b.turn == 1 else None
    return WordPage(
        title=title(comparison.title),
        text_a=showing.cut(one["text_a"], _TEXT) if one else None,
        text_b=showing.cut(one["text_b"], _TEXT) if one else None,
        language_a=comparison.a.language or "en",
        language_b=comparison.b.language or "en",
        more=one["pairs"] - 1 if one else 0,
        sensitive=showing.is_sensitive(comparison.suite),
        key={name: found[0][name] for name in ("suite", "suite_major", "kind", "a", "b")} if found else None,
        effects=tuple(effects),
        missing=_missing(told),
    )


def _clearest(row: Row) -> tuple[bool, bool, float, str, str]:
    """Order effects: of real models first, clear ones first, then by their size."""
    size = abs(row["estimate_b"] - row["estimate_a"])
    return row["simulated"], not row["clear"], -size, row["model"], row["value_name"]


def _effect(row: Row, pairs: Sequence[Row], of: Looked, slots: Slots, most: int) -> WordEffect:
    mine = [
        pair
        for pair in pairs
        if (pair["model"], pair["attribute"], pair["value_name"])
        == (row["model"], row["attribute"], row["value_name"])
    ]
    return WordEffect(
        model=words.plain(row["model"]),
        simulated=row["simulated"],
        attribute=row["attribute"],
        value=row["value_name"],
        said=showing.many(row["attribute"], row["value_name"]),
        clear=bool(row["clear"]),
        change=effect_words.signed_points(row["estimate"]),
        low=effect_words.signed_points(row["low"]),
        high=effect_words.signed_points(row["high"]),
        a=_side(row, "a", mine, of, slots, most),
        b=_side(row, "b", mine, of, slots, most),
        pairs=row["cells"],
    )


def _side(row: Row, side: str, pairs: Sequence[Row], of: Looked, slots: Slots, most: int) -> WordSide:
    """Return one side; the pictures that its share is of are those with a value of the support."""
    counted: list[tuple[str, Thumb]] = []
    prompts = sorted({pair[f"prompt_{side}"] for pair in pairs})
    for prompt in prompts:
        for slot in slots.get((prompt, row["model"]), ()):
            seat = of.seat(reading.value_read(slot, row["attribute"], slot["labeler_version"]))
            if seat is not None:
                word = showing.caption(row["attribute"], seat)
                thumb = Thumb(len(counted), slot["image_sha256"], word, seat == row["value_name"])
                counted.append((slot["place"], thumb))
    chosen = sorted(counted, key=lambda one: one[0])[:most]
    address = showing.address_of(prompts[0], row["model"]) if len(prompts) == 1 else None
    return WordSide(row[f"n_{side}"], row[f"estimate_{side}"], tuple(thumb for _, thumb in chosen), address)


def _is_told(comparison: Comparison, row: Row) -> bool:
    """Return whether the page tells of a value: chosen beforehand, and of dress only where anybody wears it."""
    if row["value_name"] in comparison.shown.get(row["attribute"], ()):
        return True
    worn = row["estimate"] is None or row["estimate_a"] > 0 or row["estimate_b"] > 0
    return worn and row["value_name"] in comparison.caricature.get(row["attribute"], ())


def _missing(found: Sequence[Row]) -> tuple[WordMissing, ...]:
    """Return the models without a figure, each reason once."""
    reasons = dict.fromkeys(
        (row["model"], row["simulated"], row["reason"] or "no figure")
        for row in found
        if row["estimate"] is None
    )
    return tuple(
        WordMissing(words.plain(model), simulated, title(showing.cut(words.reason(why))))
        for model, simulated, why in reasons
    )
