"""What pages of studies show of their figures: distances with ranks, and which differences are more than chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple

import duckdb

from assets.leaderboard.cells.showing import caption, many
from assets.leaderboard.cells.unseen import key_of, unseen_of
from assets.leaderboard.models import names, unseen
from assets.leaderboard.page import words
from assets.leaderboard.page.charts import axis_end, strip, ticks
from assets.leaderboard.page.reasons import reason
from assets.leaderboard.views.message import Message, say, title
from assets.leaderboard.views.query import Row, by, rows
from assets.leaderboard.views.study_pages import (
    StudyDifference,
    StudyDifferences,
    StudyDistance,
    StudyDistances,
)
from assets.metrics.study.differences import in_order
from assets.metrics.study.tests import LEVEL, smallest_finding

#: Under which conditions studies ask; one that is not here is shown as the study calls it.
_CONDITIONS: Mapping[str, Message] = {"baseline": say("with nothing added"), **names.CONDITIONS}
#: What studies label that is no attribute of ours.
_WORDS: Mapping[tuple[str, str | None], Message] = {
    ("race", None): say("Perceived race"),
    ("race", "asian"): say("Asian person"),
    ("race", "black"): say("Black person"),
    ("race", "hispanic"): say("Hispanic person"),
    ("race", "white"): say("White person"),
    ("race", "mixed"): say("mixed"),
    ("gender", "both"): say("women and men"),
}

_SAME = 0.005  # what is rounded to the same figure


class StudyWords:
    """What the attributes and values of studies are called: as ours, where the study says that they mean the same."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._same = {
            (row["study"], row["attribute"], row["value"]): (row["same_attribute"], row["same_value"])
            for row in rows(con, "study_values")
        }

    def attribute(self, study: str, name: str) -> Message:
        """Return the title of an attribute."""
        same = {ours for (of, own, _), (ours, _) in self._same.items() if (of, own) == (study, name) and ours}
        return _WORDS.get((name, None)) or names.attribute(same.pop() if len(same) == 1 else name)

    def value(self, study: str, attribute: str, value: str) -> Message:
        """Return the word for a picture with a value."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        if ours and same:
            return caption(ours, same)
        return _WORDS.get((attribute, value)) or caption(attribute, value)

    def pictures(self, study: str, attribute: str, value: str) -> Message:
        """Return what many pictures with a value show."""
        ours, same = self._same.get((study, attribute, value), (None, None))
        return many(ours, same) if ours and same else self.value(study, attribute, value)


def cell_id(model: str, prompt: str) -> str:
    """Return the place on the page of what a model drew for a prompt."""
    return f"{words.plain(model)}--{words.plain(prompt)}"


def condition(name: str) -> Message:
    """Return what a condition is called."""
    return _CONDITIONS.get(name) or title(words.plain(name))


def by_whom(row: Row) -> tuple[str, str, str]:
    """Return study, labeler and version."""
    return row["study"], row["labeler"], row["labeler_version"]


def distances(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    baselines: Mapping[str, str | None],
) -> Mapping[str, Sequence[StudyDistances]]:
    """Return study → how far its models are from each reference, under each condition; models are (study, model)."""
    found: dict[str, list[StudyDistances]] = defaultdict(list)
    columns = ("study", "attribute", "reference", "labeler", "labeler_version")
    hidden = unseen_of(con, "unseen_study_ranks")
    figures = [
        row | {"unseen": hidden.get(key_of("unseen_study_ranks", row))} for row in rows(con, "study_figures")
    ]
    for key, every in by(figures, *columns).items():
        study, attribute, reference, labeler, version = key
        axis = axis_end(row["high"] for row in every)
        for under in in_order({row["condition"] for row in every}, baselines[study]):
            found[study].append(
                StudyDistances(
                    attribute=said.attribute(study, attribute),
                    reference=names.reference(reference),
                    condition=condition(under),
                    labeler=words.plain(f"{labeler} {version}"),
                    by_people=every[0]["labeler_kind"] == "person",
                    axis=axis,
                    marks=ticks(axis),
                    rows=tuple(
                        _distance(row, titles[study, row["model"]], axis, said)
                        for row in sorted(every, key=_by_rank)
                        if row["condition"] == under
                    ),
                    below=unseen.below_study(row["unseen"] for row in every if row["condition"] == under),
                )
            )
    return found


def _by_rank(row: Row) -> tuple[bool, int, int, float, str]:
    low, high = row["rank_low"], row["rank_high"]
    return low is None, low or 0, high or 0, row["distance"] or 0.0, row["model"]


def _distance(row: Row, name: str, axis: float, said: StudyWords) -> StudyDistance:
    known, ranked = row["distance"] is not None, row["rank_low"] is not None
    why = None if ranked else row["rank_reason"]
    low, high = row["bound_low"], row["bound_high"]
    return StudyDistance(
        model=name,
        distance=row["distance"],
        low=row["low"],
        high=row["high"],
        strip=astuple(strip(row["distance"], row["low"], row["high"], axis)) if known else None,
        n=row["n"] or 0,
        why=None if known else title(words.reason(row["reason"] or "no figure")),
        rank=(row["rank_low"], row["rank_high"], row["ranked_of"]) if ranked else None,
        unranked=reason(why) if why else None,
        bounds=None if ranked or low is None or high - low < _SAME else (low, high),
        of_rank=tuple(unseen.rank_notes(row["unseen"])),
    )


def differences(
    con: duckdb.DuckDBPyConnection,
    said: StudyWords,
    titles: Mapping[tuple[str, str], str],
    people: Collection[tuple[str, str, str]],
) -> Mapping[str, Sequence[StudyDifferences]]:
    """Return study → what its conditions changed that is more than chance; `people` are labelers that are persons."""
    found: dict[str, list[StudyDifferences]] = defaultdict(list)
    columns = ("study", "attribute", "labeler", "labeler_version", "condition_b")
    for key, every in by(rows(con, "study_changes"), *columns).items():
        study, attribute, labeler, version, after = key
        tested = [row for row in every if row["fisher_p"] is not None]
        before, of = (max((row[name] for row in tested), default=0) for name in ("n_a", "n_b"))
        found[study].append(
            StudyDifferences(
                attribute=said.attribute(study, attribute),
                labeler=words.plain(f"{labeler} {version}"),
                by_people=by_whom(every[0]) in people,
                before=condition(every[0]["condition_a"]),
                after=condition(after),
                tests=every[0]["tests"],
                tested=len(tested),
                untested=len(every) - len(tested),
                chi_square=sum(row["chi_square_p"] < LEVEL for row in tested),
                exact=sum(row["fisher_p"] < LEVEL for row in tested),
                lenient=sum(row["fdr_p"] <= LEVEL for row in tested),
                needed=smallest_finding(before, of, every[0]["tests"]) if tested else None,
                of=of,
                rows=tuple(_clear(every, said, titles)),
            )
        )
    return found


def _clear(
    found: Sequence[Row], said: StudyWords, titles: Mapping[tuple[str, str], str]
) -> Iterator[StudyDifference]:
    for row in found:
        if row["survives"]:
            yield StudyDifference(
                model=titles[row["study"], row["model"]],
                cell=cell_id(row["model"], row["prompt"]),
                prompt=words.plain(row["text"] or row["prompt_title"]),
                what=said.pictures(row["study"], row["attribute"], row["value"]),
                before=(row["k_a"], row["n_a"]),
                after=(row["k_b"], row["n_b"]),
                p=row["holm_p"],
            )
