"""What was read in a study's pictures: what its authors printed, numbers, and shares by each labeler and all raters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from statistics import fmean

from assets.leaderboard.evidence.study_figures import StudyWords, condition
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import Row, by
from assets.leaderboard.views.study_pages import (
    NumbersRow,
    PublishedRow,
    RaterMean,
    StudyCount,
    StudyCounts,
    StudyNumbers,
    StudyPublished,
    StudyRaters,
    StudyShare,
)
from assets.suites.comparisons import in_order


def published(found: Sequence[Row]) -> Iterator[StudyPublished]:
    """Yield what a study's authors printed, in the order of the study file."""
    for (title, where), of in groupby(found, key=lambda row: (row["title"], row["printed_in"])):
        yield StudyPublished(
            words.plain(title),
            words.plain(where),
            tuple(
                PublishedRow(
                    words.plain(row["name"]),
                    words.plain(row["printed"]),
                    words.plain(row["ours"]),
                    words.plain(row["differs"]) if row["differs"] else None,
                )
                for row in of
            ),
        )


def numbers(
    found: Sequence[Row], said: StudyWords, units: Mapping[str, str | None], baseline: str | None
) -> Iterator[tuple[StudyNumbers, tuple[StudyNumbers, ...]]]:
    """Yield what numeric attributes say: of all labelers of a picture together, and of each if there are several."""
    for attribute, rows in by(found, "attribute").items():
        every = [
            StudyNumbers(
                said.attribute(rows[0]["study"], attribute),
                units.get(attribute),
                words.plain(f"{labeler} {version}") if labeler else None,
                tuple(_numbers(of, baseline)),
            )
            for (labeler, version), of in by(rows, "labeler", "labeler_version").items()
        ]
        yield every[0], tuple(every[1:])


def _numbers(found: Sequence[Row], baseline: str | None) -> Iterator[NumbersRow]:
    for row in _ordered(found, baseline):
        yield NumbersRow(
            words.plain(row["title"]), condition(row["condition"]), row["median"], row["mean"], row["n"]
        )


def _ordered(found: Sequence[Row], baseline: str | None) -> list[Row]:
    """Return rows by model, each with its conditions in their order."""
    conditions = in_order({row["condition"] for row in found}, baseline)
    return sorted(found, key=lambda row: (row["title"], row["model"], conditions.index(row["condition"])))


def counts(
    found: Sequence[Row], said: StudyWords, agreement: Mapping[str, Row], baseline: str | None
) -> tuple[tuple[StudyRaters, ...], tuple[StudyCounts, ...]]:
    """Return what several people read of an attribute, together and each; and what all others read."""
    raters, tables = [], []
    for attribute, rows in by(found, "attribute").items():
        read = {
            key: _table(attribute, of, said, baseline)
            for key, of in by(rows, "labeler", "labeler_version").items()
        }
        people = [one for one in read.values() if one.by_people]
        if len(people) > 1:
            study = rows[0]["study"]
            how = agreement.get(said.ours(study, attribute) or attribute)
            raters.append(_together(people, how))
            tables += [one for one in read.values() if not one.by_people]
        else:
            tables += read.values()
    return tuple(raters), tuple(tables)


def _together(people: Sequence[StudyCounts], how: Row | None) -> StudyRaters:
    def row(of: Sequence[StudyCount]) -> RaterMean:
        shares = zip(*([one.share for one in each.shares] for each in of), strict=True)
        n = [sum(count for _, count in each.counted) for each in of]
        known = [[share for share in value if share is not None] for value in shares]
        return RaterMean(
            of[0].model,
            of[0].condition,
            tuple(fmean(value) if value else None for value in known),
            (min(n), max(n)),
        )

    first = people[0]
    return StudyRaters(
        first.title,
        first.values,
        tuple(row(of) for of in zip(*(one.rows for one in people), strict=True)),
        how["alpha"] if how else None,
        how["kappa"] if how else None,
        how["n"] if how else 0,
        tuple(people),
    )


def _table(attribute: str, found: Sequence[Row], said: StudyWords, baseline: str | None) -> StudyCounts:
    values = {row["value"]: row["position"] for row in found if row["in_support"]}
    ordered = sorted(values, key=lambda value: values[value])
    first = found[0]
    return StudyCounts(
        said.attribute(first["study"], attribute),
        words.plain(f"{first['labeler']} {first['labeler_version']}"),
        by_people=first["labeler_kind"] == "person",
        values=tuple(said.value(first["study"], attribute, value) for value in ordered),
        rows=tuple(
            _count([*of], ordered, said)
            for _, of in groupby(_ordered(found, baseline), key=lambda row: (row["model"], row["condition"]))
        ),
    )


def _count(found: Sequence[Row], values: Sequence[str], said: StudyWords) -> StudyCount:
    by_value = {row["value"]: row for row in found}

    def many(row: Row) -> tuple[Message, int]:
        return said.value(row["study"], row["attribute"], row["value"]), row["pictures"]

    return StudyCount(
        words.plain(found[0]["title"]),
        condition(found[0]["condition"]),
        tuple(
            StudyShare(*(by_value[value][name] for name in ("pictures", "share", "low", "high")))
            for value in values
        ),
        tuple(many(by_value[value]) for value in values),
        tuple(many(row) for row in found if not row["in_support"] and row["pictures"]),
    )
