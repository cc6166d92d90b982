"""What a condition changed in a study on average over its prompts, model by model, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import duckdb

from assets.leaderboard.evidence.study_figures import StudyWords, by_whom, condition
from assets.leaderboard.models import names
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import StudyMean, StudyMeans, StudyMove

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
    effects = rows(con, "study_effects")
    of_all = [row for row in effects if row["subject"] is None]
    for key, every in by(of_all, *_BY).items():
        study, attribute, labeler, version, after = key
        values = [*dict.fromkeys(row["value_name"] for row in every if row["metric"] == "share")]
        shown = values[:1] if len(values) == 2 else values  # the second of two mirrors the first
        references = [*dict.fromkeys(row["reference"] for row in every if row["metric"] == "distance2")]
        found[study].append(
            StudyMeans(
                attribute=said.attribute(study, attribute),
                labeler=words.plain(f"{labeler} {version}"),
                by_people=by_whom(every[0]) in people,
                before=condition(every[0]["a"]),
                after=condition(after),
                references=tuple(names.reference(one) for one in references),
                values=tuple(said.pictures(study, attribute, value) for value in shown),
                rows=tuple(
                    _mean(titles[study, model], of, references, shown)
                    for model, of in by(every, "model").items()
                ),
            )
        )
    return found


def _mean(name: str, found: Sequence[Row], references: Sequence[str], values: Sequence[str]) -> StudyMean:
    distances = {row["reference"]: row for row in found if row["metric"] == "distance2"}
    shares = {row["value_name"]: row for row in found if row["metric"] == "share"}
    known = next(
        (row for row in (*distances.values(), *shares.values()) if row["estimate"] is not None), found[0]
    )
    return StudyMean(
        model=name,
        n=(known["n_a"], known["n_b"]),
        distances=tuple(_move(distances.get(one), squared=True) for one in references),
        shares=tuple(_move(shares.get(one), squared=False) for one in values),
    )


def _move(row: Row | None, *, squared: bool) -> StudyMove | None:
    """Return a figure before and after; distances are roots of the means of squares, whose change has the interval."""
    if row is None:
        return None
    if row["estimate"] is None:
        return StudyMove(None, None, None, None, title(words.reason(row["reason"] or "no figure")))
    before, after = row["estimate_a"], row["estimate_b"]
    if squared:
        before, after = max(before, 0.0) ** 0.5, max(after, 0.0) ** 0.5
    points = None if squared else (words.signed(row["low"]), words.signed(row["high"]))
    return StudyMove(before, after, (row["low"], row["high"]), points, _clear(row, squared=squared))


def _clear(row: Row, *, squared: bool) -> Message | None:
    if not row["clear"]:
        return _CHANCE
    if not squared:
        return None
    return say("closer") if row["estimate"] < 0 else say("further away")
