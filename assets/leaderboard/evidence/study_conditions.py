"""What a condition changed in a study: on average over its prompts, model by model, and for which single prompts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import duckdb

from assets.leaderboard.evidence.study_figures import People, StudyWords, cell_id, condition, whose
from assets.leaderboard.page import words
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import say
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import StudyChanges, StudyDifference, StudyMean, StudyMove

_BY = ("study", "attribute", "labeler", "labeler_version", "a", "b")
_CHANCE = say("may be chance")


def changes(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    people: People,
) -> Mapping[str, Sequence[StudyChanges]]:
    """Return study → what its conditions changed."""
    found: dict[str, list[StudyChanges]] = defaultdict(list)
    for key, every in by(rows(con, "study_words"), *_BY).items():
        study, attribute, labeler, version, before, after = key
        values = [*dict.fromkeys(row["value"] for row in every)]
        shown = values[:1] if len(values) == 2 else values  # the second of two mirrors the first
        single = [row for row in every if row["subject"] is not None and row["value"] in shown]
        compared = [row for row in single if row["estimate"] is not None]
        found[study].append(
            StudyChanges(
                attribute=said.attribute(study, attribute),
                labeler=words.plain(f"{labeler} {version}"),
                by_people=whose(every[0]) in people,
                rater=people.get(whose(every[0]), False),
                before=condition(before),
                after=condition(after),
                values=tuple(said.pictures(study, attribute, value) for value in shown),
                rows=tuple(
                    _mean(titles[study, model], of, shown)
                    for model, of in by((row for row in every if row["subject"] is None), "model").items()
                ),
                clear=tuple(_clear(compared, said, titles)),
                compared=len(compared),
                missing=len(single) - len(compared),
            )
        )
    return found


def _mean(name: str, found: Sequence[Row], values: Sequence[str]) -> StudyMean:
    of = {row["value"]: row for row in found}
    shares = tuple(_move(of[value]) if value in of else None for value in values)
    return StudyMean(name, (found[0]["n_a"], found[0]["n_b"]), shares)


def _move(row: Row) -> StudyMove:
    if row["estimate"] is None:
        return StudyMove(None, None, "", "", "", reason(row["reason"]))
    change, low, high = (words.signed(row[name]) for name in ("estimate", "low", "high"))
    return StudyMove(row["share_a"], row["share_b"], change, low, high, None if row["clear"] else _CHANCE)


def _clear(
    found: Sequence[Row], said: StudyWords, titles: Mapping[tuple[str, str], str]
) -> Iterator[StudyDifference]:
    for row in found:
        if row["clear"]:
            yield StudyDifference(
                model=titles[row["study"], row["model"]],
                cell=cell_id(row["model"], row["prompt"]),
                prompt=words.plain(row["text"] or row["prompt_title"]),
                what=said.pictures(row["study"], row["attribute"], row["value"]),
                before=(row["k_a"], row["n_a"]),
                after=(row["k_b"], row["n_b"]),
                move=_move(row),
            )
