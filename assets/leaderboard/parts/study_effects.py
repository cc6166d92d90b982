"""What a condition changed in a published study: sentences to quote, and a row of figures per model.

A sentence says that something changed only where the interval does not hold 0. Models stand in the order of the study's
table and are never ranked by an effect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from assets.leaderboard.page import effect_words as say
from assets.leaderboard.page import words
from assets.leaderboard.parts.effects import SHARES, SQUARES
from assets.leaderboard.views.query import Row
from assets.leaderboard.views.study_view import StudyEffect, StudyEffectRow, StudyEffects
from assets.metrics.study.differences import in_order
from assets.suites.comparisons import REQUESTS

#: By kind of comparison: heading, beginning of a sentence (of whose pictures is filled in), what is said to bring it.
#: The conditions are filled in first, as {a} and {b}.
_ASKED: Mapping[str, tuple[str, str, str]] = {
    "wording": (
        "What “{b}” changes, against “{a}”",
        "Under “{b}” instead of “{a}”, in pictures of {of}",
        "“{b}”",
    ),
    "controlled": (
        "What asking for diversity changes",
        "Asked for diversity in pictures of {of}",
        "the request",
    ),
    "confronted": (
        "What being told that diversity lacks changes",
        "Told that its pictures of {of} lack diversity",
        "being told so",
    ),
}
_METRICS = ("controllability", "share", "overcorrection")
#: Both are changes of the squared distance; the first where b asks for diversity.
_DISTANCES = {"controllability", "distance2"}
#: Kinds of subjects, many of them.
_MANY: Mapping[str, str] = {
    "occupation": "occupations",
    "person": "kinds of people",
    "house": "kinds of houses",
    "object": "objects",
    "descriptor": "descriptions",
}


def build(found: Sequence[Row], titles: Mapping[str, str]) -> tuple[StudyEffects, ...]:
    """Return the effects of one attribute as one labeler version read it, one entry a condition that is compared.

    Args:
        found: rows of `sql/page/study_effects.sql` of the attribute and labeler version.
        titles: model → what it is called, of all models of the study in the order in which they are shown.
    """
    named = [
        row
        | {"id": row["model"], "model": titles[row["model"]], "simulated": False}
        | {"metric": "controllability" if row["metric"] in _DISTANCES else row["metric"]}
        for row in found
    ]
    return tuple(
        _effects([row for row in named if row["b"] == condition], titles)
        for condition in in_order({row["b"] for row in named})
    )


def _effects(found: Sequence[Row], titles: Mapping[str, str]) -> StudyEffects:
    values = list(dict.fromkeys(row["value_name"] for row in found if row["metric"] == "share"))
    shown = values[:1] if len(values) == 2 else values  # the second of two mirrors the first
    subjects = sorted({row["subject"] for row in found if row["subject"] is not None})
    told = [row for row in found if row["value_name"] in {None, *shown} and _is_told(row, len(subjects))]
    many = _many(subjects)
    kind, before, after = found[0]["kind"], words.plain(found[0]["a"]), words.plain(found[0]["b"])
    title, beginning, cause = (_filled(text, before, after) for text in _ASKED[kind])
    return StudyEffects(
        title=title,
        before=before,
        after=after,
        asks=kind in REQUESTS,
        looks=sum(row["estimate"] is not None for row in told),
        sentences=tuple(_sentences(beginning, cause, told, subjects, many)),
        rows=tuple(_row(titles[name], [row for row in told if row["id"] == name], many) for name in titles),
    )


def _filled(text: str, before: str, after: str) -> str:
    return text.replace("{a}", before).replace("{b}", after)


def _is_told(row: Row, subjects: int) -> bool:
    """Return whether a figure is shown: means over subjects, and what went past the reference one by one, too."""
    if row["metric"] != "overcorrection":
        return row["subject"] is None
    return row["subject"] is not None or subjects > 1


def _many(subjects: Sequence[str]) -> str:
    """Return what several subjects are called together: "occupations", or "subjects" where they differ in kind."""
    kinds = {subject.partition(":")[0] for subject in subjects}
    return _MANY.get(kinds.pop(), "subjects") if len(kinds) == 1 else "subjects"


def _row(model: str, told: Sequence[Row], many: str) -> StudyEffectRow:
    whole = [row for row in told if row["subject"] is None]
    past = [row for row in told if row["metric"] == "overcorrection"]
    several = len({row["value_name"] for row in past}) > 1
    return StudyEffectRow(
        model=model,
        distance=next((_figure(row, "") for row in whole if row["metric"] == "controllability"), None),
        shares=tuple(
            _figure(row, words.plain(row["value_name"])) for row in whole if row["metric"] == "share"
        ),
        past=tuple(
            _figure(row, _past_of(row, several))
            for row in past
            if (row["estimate"] is not None if row["subject"] is None else row["clear"])
        ),
        notes=tuple(_notes(past, many)),
    )


def _figure(row: Row, of: str) -> StudyEffect:
    squared = row["metric"] == "controllability"
    return StudyEffect(
        id=words.key(row, "metric", "value_name", "subject"),
        of=of,
        sides=_sides(row),
        figure=say.distance_figure(row) if squared else say.share_figure(row),
        pictures=say.behind(row),
        estimate=row["estimate"],
        low=row["low"],
        high=row["high"],
        axis=SQUARES if squared else SHARES,
        reason=None if row["estimate"] is not None else words.reason(row["reason"] or "no figure"),
    )


def _sides(row: Row) -> str | None:
    """Return a figure before and after; none for a mean past a reference: some may have lain above it, some below."""
    if row["estimate"] is None or (row["metric"] == "overcorrection" and row["subject"] is None):
        return None
    before, after = row["estimate_a"], row["estimate_b"]
    if row["metric"] == "controllability":
        return " → ".join(f"{max(side, 0.0) ** 0.5:.2f}" for side in (before, after))
    return f"{words.percent(before)} → {words.percent(after)}"


def _past_of(row: Row, several: bool) -> str:
    """Return what a figure of how far pictures went past the reference is about."""
    value = words.plain(row["value_name"])
    if row["subject"] is None:
        return f"{value}, mean" if several else "mean"
    return f"{words.subject(row['subject'])}, {value}"


def _notes(past: Sequence[Row], many: str) -> Iterator[str]:
    """Yield why a value has no figure past the reference, and how the subjects fare one by one."""
    reasons: dict[str, list[str]] = {}
    for row in past:
        if row["subject"] is None and row["estimate"] is None:
            reasons.setdefault(_why(row), []).append(words.plain(row["value_name"]))
    for reason, values in reasons.items():
        yield f"{', '.join(values)}: {reason}"
    single = [row for row in past if row["subject"] is not None]
    each = many if len({row["value_name"] for row in single}) == 1 else f"values and {many}"
    judged = [row for row in single if row["estimate"] is not None]
    unjudged = Counter(_why(row).partition(":")[0] for row in single if row["estimate"] is None)
    if single:
        yield (
            f"{each.capitalize()} one by one: {words.number(sum(row['clear'] for row in judged))} of "
            f"{words.number(len(single))} clearly past"
            + "".join(f", {words.number(count)} {reason}" for reason, count in sorted(unjudged.items()))
        )


def _why(row: Row) -> str:
    return words.plain(row["reason"] or "no figure")


def _sentences(
    beginning: str, cause: str, told: Sequence[Row], subjects: Sequence[str], many: str
) -> Iterator[str]:
    """Yield what changed clearly, of each model, and for whom that cannot be told."""

    def said(row: Row) -> str:
        some, planned = row["cells"], row["planned_cells"]
        if len(subjects) == 1:
            return beginning.replace("{of}", words.subject(subjects[0]))
        partly = row["metric"] != "overcorrection" and some != planned
        return beginning.replace("{of}", f"{f'{some} of ' if partly else ''}{len(subjects)} {many}")

    of = {metric: [row for row in told if row["metric"] == metric] for metric in _METRICS}
    distances = [row for row in of["controllability"] if row["estimate"] is not None]
    yield from (say.control(said(row), row) for row in distances if row["clear"])
    if unclear := [row for row in distances if not row["clear"]]:
        whom = _names([row["model"] for row in unclear], len({row["id"] for row in told}))
        goal = f"{words.reference(unclear[0]['reference'])} in {words.attribute(unclear[0]['attribute']).lower()}"
        yield (
            f"Whether {cause} brings {whom} closer to {goal} or further away, so few pictures cannot tell."
        )
    if len({row["value_name"] for row in of["share"]}) == 1:
        yield from (say.share(said(row), row) for row in of["share"] if row["clear"])
    for row in of["overcorrection"]:
        if row["clear"]:
            yield say.overcorrection(said(row), row) if row["subject"] else _past(said(row), row, many)


def _names(models: Sequence[str], of: int) -> str:
    """Return models in a row: "A, B or C", or "any of the 5 models" where it is all of several."""
    if len(models) == of > 2:
        return f"any of the {of} models"
    return models[0] if len(models) == 1 else f"{', '.join(models[:-1])} or {models[-1]}"


def _past(said: str, row: Row, many: str) -> str:
    """Return the sentence about a mean past the reference, over those subjects whose side of it was clear."""
    before, after = row["estimate_a"], row["estimate_b"]
    # all from one side: through the reference and past it is further than past it alone
    through = abs(after - before) > row["estimate"]
    return (
        f"{said}, {say.who(row)} goes {say.points(row['estimate'])} past {words.reference(row['reference'])} in "
        f"{say.pictures(row['attribute'], row['value_name'])}, on average over the {row['cells']} of "
        f"{row['planned_cells']} {many} that had something to correct"
        f"{f': {words.percent(after)} instead of {words.percent(before)}' if through else ''}."
    )
