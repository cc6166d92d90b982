"""What was read in a study's pictures: what its authors printed, numbers, and shares by each labeler and all raters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from statistics import fmean

from assets.leaderboard.evidence.study_figures import StudyWords, condition
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import Row, View, by
from assets.suites.comparisons import in_order


def published(figures: Sequence[Row]) -> Iterator[View]:
    """Yield what a study's authors printed, place by place, in the order of the study file."""
    for (title, where), of in groupby(figures, key=itemgetter("title", "printed_in")):
        yield View(title=title, where=where, rows=tuple(of))


def numbers(
    means: Sequence[Row], names_of: StudyWords, units: Mapping[str, str | None], baseline: str | None
) -> Iterator[tuple[View, tuple[View, ...]]]:
    """Yield what numeric attributes say: of all labelers of a picture together, and of each if there are several."""
    for attribute, rows in by(means, "attribute").items():
        every = [
            View(
                title=names_of.attribute(rows[0]["study"], attribute),
                unit=units.get(attribute),
                labeler=words.plain(f"{labeler} {version}") if labeler else None,
                rows=[row | {"condition": condition(row["condition"])} for row in _ordered(of, baseline)],
            )
            for (labeler, version), of in by(rows, "labeler", "labeler_version").items()
        ]
        yield every[0], tuple(every[1:])


def _ordered(unordered: Sequence[Row], baseline: str | None) -> list[Row]:
    """Return rows by model, each with its conditions in their order."""
    conditions = in_order({row["condition"] for row in unordered}, baseline)
    return sorted(unordered, key=lambda row: (row["title"], row["model"], conditions.index(row["condition"])))


def counts(
    readings: Sequence[Row], names_of: StudyWords, agreement: Mapping[str, Row], baseline: str | None
) -> tuple[tuple[View, ...], tuple[View, ...]]:
    """Return what several people read of an attribute, together and each; and what all others read."""
    raters: list[View] = []
    tables: list[View] = []
    for attribute, rows in by(readings, "attribute").items():
        read = [_table(of, names_of, baseline) for of in by(rows, "labeler", "labeler_version").values()]
        people = [one for one in read if one.by_people]
        if len(people) > 1:
            ours = names_of.ours(rows[0]["study"], attribute) or attribute
            raters.append(_together(people, agreement.get(ours)))
            tables += [one for one in read if not one.by_people]
        else:
            tables += read
    return tuple(raters), tuple(tables)


def _together(people: Sequence[View], how: Row | None) -> View:
    """Return the mean of raters' shares, which has no interval, how far they agree, and what each of them read."""

    def row(of: Sequence[View]) -> View:
        shares = zip(*([one["share"] for one in each.shares] for each in of), strict=True)
        known = [[share for share in value if share is not None] for value in shares]
        n = [sum(count for _, count in each.counted) for each in of]
        return View(
            model=of[0].model,
            condition=of[0].condition,
            shares=tuple(fmean(value) if value else None for value in known),
            pictures=(min(n), max(n)),
        )

    return View(
        title=people[0].title,
        values=people[0].values,
        rows=[row(of) for of in zip(*(one.rows for one in people), strict=True)],
        alpha=how["alpha"] if how else None,
        kappa=how["kappa"] if how else None,
        agreed_on=how["n"] if how else 0,
        each=people,
    )


def _table(readings: Sequence[Row], names_of: StudyWords, baseline: str | None) -> View:
    """Return what one labeler read of an attribute: shares of values that count, and how many pictures show each."""
    cells = [[*of] for _, of in groupby(_ordered(readings, baseline), key=itemgetter("model", "condition"))]
    first = readings[0]
    return View(
        title=names_of.attribute(first["study"], first["attribute"]),
        **names_of.reader(first),
        values=[names_of.value(first["study"], row["attribute"], row["value"]) for row in _counted(cells[0])],
        rows=[
            View(
                model=words.plain(of[0]["title"]),
                condition=condition(of[0]["condition"]),
                shares=_counted(of),
                counted=_many(_counted(of), names_of),
                others=_many((row for row in of if not row["in_support"] and row["pictures"]), names_of),
            )
            for of in cells
        ],
    )


def _counted(of: Sequence[Row]) -> list[Row]:
    return [row for row in of if row["in_support"]]


def _many(readings: Iterable[Row], names_of: StudyWords) -> list[tuple[Message, int]]:
    return [
        (names_of.value(row["study"], row["attribute"], row["value"]), row["pictures"]) for row in readings
    ]
