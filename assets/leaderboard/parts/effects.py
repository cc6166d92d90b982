"""Word against word on the page: the sentences of each comparison, in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from assets.leaderboard.page import effect_words as say
from assets.leaderboard.page import words
from assets.leaderboard.views.part import Part
from assets.leaderboard.views.query import Row, rows
from assets.suites.comparisons import Comparison, shipped

#: Right end of the drawn axis, which goes as far to the left: of changes of shares, and of squared distances.
SHARES, SQUARES = 1.0, 0.5

_KEY = ("model", "subject", "attribute", "reference", "metric", "value_name")


@dataclass(frozen=True)
class Effect:
    """What one model does when the prompt changes: a sentence that stands by itself, and what it rests on.

    `figure` is the change with its interval in words, and `low`, `high` and `estimate` are in 0…1 of `axis`; None where
    there is no figure, which the sentence then says with the reason.
    """

    model: str
    sentence: str
    figure: str | None
    pictures: str
    estimate: float | None
    low: float | None
    high: float | None
    axis: float
    reliable: bool | None
    id: str  # of its row within the comparison


@dataclass(frozen=True)
class EffectGroup:
    """Models that may be in one list: one track, and simulated ones by themselves."""

    track: str
    simulated: bool
    effects: tuple[Effect, ...]
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WordChange:
    """One comparison: what was asked on both sides (None where it is no single text), and its sentences."""

    title: str
    suite: str
    text_a: str | None
    text_b: str | None
    more: int  # pairs of prompts beside the one that is shown
    groups: tuple[EffectGroup, ...]


def build(con: duckdb.DuckDBPyConnection, week: date) -> tuple[WordChange, ...]:
    """Return the comparisons of `week` in the order of their file; those that nobody was asked for are left out."""
    parameters = {"week": week.isoformat()}
    found: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows(con, "word_against_word", parameters):
        found[_key(row)].append(row)
    texts: dict[tuple[str, str, str, str], Row] = {}
    for row in rows(con, "word_texts", parameters):
        texts.setdefault(_key(row), row)
    return tuple(
        _change(comparison, found[comparison.key], texts.get(comparison.key))
        for comparison in shipped().comparisons
        if comparison.key in found
    )


def _key(row: Row) -> tuple[str, str, str, str]:
    return (f"{row['suite']}@{row['suite_major']}", row["kind"], row["a"], row["b"])


def _change(comparison: Comparison, found: Sequence[Row], texts: Row | None) -> WordChange:
    groups: dict[tuple[bool, str], list[Row]] = defaultdict(list)
    for row in found:
        groups[bool(row["simulated"]), row["track"]].append(row)
    # What came after a confrontation was asked by several texts.
    shown = texts if texts and comparison.b.turn == 1 else None
    return WordChange(
        title=comparison.title,
        suite=comparison.suite,
        text_a=words.plain(shown["text_a"]) if shown else None,
        text_b=words.plain(shown["text_b"]) if shown else None,
        more=shown["pairs"] - 1 if shown else 0,
        groups=tuple(
            EffectGroup(
                track=track,
                simulated=simulated,
                effects=tuple(_effects(comparison, groups[simulated, track])),
                cautions=_cautions(groups[simulated, track]),
            )
            for simulated, track in sorted(groups)
        ),
    )


def _effects(comparison: Comparison, found: Sequence[Row]) -> Iterator[Effect]:
    """Yield the sentences of each model: shares that are shown, distance, what went too far, and dress."""
    models: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        models[row["model"]].append(row)
    for of_model in models.values():
        for attribute, values in comparison.shown.items():
            for value in values:
                yield from _told(comparison, of_model, "share", say.share, attribute, value)
            yield from _told(comparison, of_model, "controllability", say.control, attribute, None)
            for value in values:
                yield from _told(comparison, of_model, "overcorrection", say.overcorrection, attribute, value)
        for attribute in comparison.caricature:
            yield from _told(comparison, of_model, "caricature_rate", say.caricature, attribute, None)


def _told(
    comparison: Comparison,
    of_model: Sequence[Row],
    metric: str,
    sentence: Callable[[str, Row], str],
    attribute: str,
    value: str | None,
) -> Iterator[Effect]:
    """Yield the sentences about one metric, in equal shares where there are several references.

    A share went past the reference is told only where that is clear: every prompt that did not is no news.
    """
    for row in of_model:
        if (row["metric"], row["attribute"]) != (metric, attribute) or value not in {None, row["value_name"]}:
            continue
        if row["reference"] not in {None, "parity", "uniform"}:
            continue
        if metric == "overcorrection" and not row["clear"]:
            continue
        squared = metric == "controllability"
        yield Effect(
            model=words.plain(row["model"]),
            sentence=sentence(comparison.said, row),
            figure=say.distance_figure(row) if squared else say.share_figure(row),
            pictures=say.behind(row),
            estimate=row["estimate"],
            low=row["low"],
            high=row["high"],
            axis=SQUARES if squared else SHARES,
            reliable=row["reliable"],
            id=words.key(row, *_KEY),
        )


def _cautions(found: Sequence[Row]) -> tuple[str, ...]:
    """Return why labels behind sentences of a group are not reliable, each once."""
    said = {(words.attribute(r["attribute"]), r["reliability"]) for r in found if r["reliable"] is False}
    return tuple(f"{attribute}: {words.plain(why)}" for attribute, why in sorted(said))


PART = Part("words", "Word by word", "weeks", "_effects.html.j2", build)
