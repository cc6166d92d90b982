"""What a condition changed in a study on average over its prompts, model by model, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import duckdb

from assets.leaderboard.cells import unseen
from assets.leaderboard.evidence.study_figures import StudyWords, by_whom, condition
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import StudyMean, StudyMeans, StudyMove, StudyPast
from assets.suites.comparisons import REQUESTS

#: Both are changes of the squared distance; the first where the condition asks for diversity.
_DISTANCES = ("controllability", "distance2")
_BY = ("study", "attribute", "labeler", "labeler_version", "b")
_CHANCE = say("may be chance")


def means(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    people: Collection[tuple[str, str, str]],
) -> Mapping[str, Sequence[StudyMeans]]:
    """Return study → what its conditions changed on average; `people` are labelers that are persons."""
    found: dict[str, list[StudyMeans]] = defaultdict(list)
    hidden = unseen.unseen_of(con, "unseen_study_effects")
    effects = rows(con, "study_effects")
    of_all = [row for row in effects if row["subject"] is None]
    single = by(
        [row for row in effects if row["subject"] is not None and row["metric"] == "overcorrection"],
        *_BY,
        "model",
        "value_name",
    )
    for key, every in by(of_all, *_BY).items():
        study, attribute, labeler, version, after = key
        values = [*dict.fromkeys(row["value_name"] for row in every if row["metric"] == "share")]
        shown = values[:1] if len(values) == 2 else values  # the second of two mirrors the first
        references = [*dict.fromkeys(row["reference"] for row in every if row["metric"] in _DISTANCES)]
        found[study].append(
            StudyMeans(
                attribute=said.attribute(study, attribute),
                labeler=words.plain(f"{labeler} {version}"),
                by_people=by_whom(every[0]) in people,
                before=condition(every[0]["a"]),
                after=condition(after),
                references=tuple(names.reference(one) for one in references),
                values=tuple(said.pictures(study, attribute, value) for value in shown),
                past=_reference(every),
                rows=tuple(
                    _mean(
                        titles[study, model],
                        of,
                        references,
                        shown,
                        {value: single.get((*key, model, value), []) for value in shown},
                        hidden,
                    )
                    for model, of in by(every, "model").items()
                ),
            )
        )
    return found


def _reference(found: Sequence[Row]) -> Message | None:
    """Return what pictures can go past: nothing where a condition asks for no diversity."""
    past = [row for row in found if row["metric"] == "overcorrection" and row["kind"] in REQUESTS]
    return names.reference(past[0]["reference"]) if past else None


def _mean(
    name: str,
    found: Sequence[Row],
    references: Sequence[str],
    values: Sequence[str],
    single: Mapping[str, Sequence[Row]],
    hidden: unseen.Known,
) -> StudyMean:
    distances = {row["reference"]: row for row in found if row["metric"] in _DISTANCES}
    shares = {row["value_name"]: row for row in found if row["metric"] == "share"}
    past = {row["value_name"]: row for row in found if row["metric"] == "overcorrection"}
    known = next(
        (row for row in (*distances.values(), *shares.values()) if row["estimate"] is not None), found[0]
    )
    return StudyMean(
        model=name,
        n=(known["n_a"], known["n_b"]),
        distances=tuple(_move(distances.get(one)) for one in references),
        shares=tuple(_move(shares.get(one), hidden) for one in values),
        past=tuple(_past(past.get(one), single[one]) for one in values),
    )


def _past(row: Row | None, single: Sequence[Row]) -> StudyPast | None:
    if row is None:
        return None
    clear, of = sum(bool(one["clear"]) for one in single), len(single)
    if row["estimate"] is None:
        return StudyPast(None, title(words.reason(row["reason"] or "no figure")), clear, of)
    points = tuple(words.signed(row[name]) for name in ("estimate", "low", "high"))
    return StudyPast((points[0], points[1], points[2]), None if row["clear"] else _CHANCE, clear, of)


def _move(row: Row | None, hidden: unseen.Known | None = None) -> StudyMove | None:
    """Return a figure before and after; distances are roots of the means of squares, whose change has the interval.

    Of a share `hidden` says what slots that nobody saw could make of its change.
    """
    squared = hidden is None
    if row is None:
        return None
    if row["estimate"] is None:
        return StudyMove(None, None, None, None, title(words.reason(row["reason"] or "no figure")))
    before, after = row["estimate_a"], row["estimate_b"]
    if squared:
        before, after = max(before, 0.0) ** 0.5, max(after, 0.0) ** 0.5
    points = None if squared else (words.signed(row["low"]), words.signed(row["high"]))
    rests = None if hidden is None else unseen.note(hidden, "unseen_study_effects", row)
    said = _clear(row, squared=squared)
    return StudyMove(before, after, (row["low"], row["high"]), points, said, rests)


def _clear(row: Row, *, squared: bool) -> Message | None:
    if not row["clear"]:
        return _CHANCE
    if not squared:
        return None
    return say("closer") if row["estimate"] < 0 else say("further away")
