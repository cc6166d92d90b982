"""A share over time: steps of four weeks each, every interval in a lane of its own, names at the ends of lines.

Of many models all are gray but the highest, the lowest and those that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assets.leaderboard.views.marks import ShownWeeks, Step
from assets.leaderboard.views.message import Message
from assets.leaderboard.views.query import View

#: Lines with a color and a shape of their own, and labels of weeks.
NAMED, WEEKS = 6, 4
_TOP, _FOOT, _LINE = 26, 34, 19
#: Width, height, room for the levels and for names, in pixels: of the wide drawing and of the narrow one.
_LARGE = ((1120, 380, 44, 240), (358, 380, 36, 136))
_SMALL = ((540, 230, 44, 190), (358, 230, 36, 136))


@dataclass(frozen=True)
class Series:
    """The steps of a model; `replaced` is the model whose line it goes on."""

    model: str
    name: Message
    steps: tuple[Step, ...]
    replaced: str | None
    changes: tuple[date, ...]


@dataclass(frozen=True)
class Published:
    """What was published in 2023: a share with its interval, or words alone; `exact`: how many pictures is known."""

    when: str
    words: Message
    source: Message
    url: str | None
    share: float | None
    low: float | None
    high: float | None
    exact: bool


def chart(
    title: Message,
    span: ShownWeeks,
    series: Sequence[Series],
    references: Sequence[tuple[float, Message]] = (),
    published: Published | None = None,
    *,
    small: bool = False,
) -> View | None:
    """Return the chart of some models, drawn for wide screens and for narrow ones; None where there is nothing to draw.

    References are what shares are held against: a statistic, or the threshold of a sentence of 2023.
    """
    drawn = [one for one in series if one.steps]
    if not drawn:
        return None
    named = _named(drawn)
    wide, narrow = (
        _drawn(span, drawn, named, references, published, size) for size in (_SMALL if small else _LARGE)
    )
    others = len(drawn) - len(named)  # in gray
    return View(title=title, wide=wide, narrow=narrow, others=others, published=published)


def _named(series: Sequence[Series]) -> list[Series]:
    """Return the models with a color, the highest first."""
    ordered = sorted(series, key=lambda one: (-one.steps[-1].share, one.model))
    if len(ordered) <= NAMED:
        return ordered
    changed = [one for one in ordered[1:-1] if one.changes or one.replaced][: NAMED - 2]
    chosen = {one.model for one in (ordered[0], *changed, ordered[-1])}
    return [one for one in ordered if one.model in chosen]


def _drawn(
    span: ShownWeeks,
    series: Sequence[Series],
    named: Sequence[Series],
    references: Sequence[tuple[float, Message]],
    published: Published | None,
    size: tuple[int, int, int, int],
) -> View:
    """Return a chart in pixels; of several numbers the first is x, or the top."""
    width, height, left, right = size
    broken = left + (76 if width > 600 else 58) if published else None  # x of the break in the axis
    start, end, foot = broken or left, width - right, height - _FOOT

    def x(week: date, after: float = 0) -> float:
        return round(start + (end - start) * ((week - span.first).days / 7 + after) / span.weeks, 1)

    def y(share: float) -> float:
        return round(foot - share * (foot - _TOP), 1)

    def line(steps: Sequence[Step]) -> str:
        return "".join(f"M{x(step.first)} {y(step.share)}H{x(step.last, 1) - 1:.1f}" for step in steps)

    by_model = {one.model: one for one in series}
    labels = _spread([y(one.steps[-1].share) + 5 for one in named], foot)
    lines = []
    for number, (one, label) in enumerate(zip(named, labels, strict=True), start=1):
        lane = number / (len(named) + 1)
        dots = [(x(step.first, lane * _weeks(step)), y(step.share)) for step in one.steps]
        before, first, last = by_model.get(one.replaced or ""), one.steps[0], one.steps[-1]
        lines.append(
            View(
                number=number,  # its color and shape
                name=one.name,
                line=line(one.steps),
                bars="".join(
                    f"M{middle - 3:.1f} {y(step.high or 0)}h6V{y(step.low or 0)}h-6z"
                    for (middle, _), step in zip(dots, one.steps, strict=True)
                    if step.low is not None
                ),
                dots=dots,
                join=f"M{x(first.first)} {y(before.steps[-1].share)}V{y(first.share)}" if before else "",
                end=last,
                label=(end + 12, label),  # where its name stands
                ends=(x(last.last, 1), y(last.share)),  # where its line does
                past=last.last < span.last,
            )
        )
    gray = [step for one in series if one not in named for step in one.steps]
    changed = sorted({week for one in named for week in one.changes if week >= span.first})
    alone = published and published.share is None
    return View(
        **{"width": width, "height": height, "left": left, "right": end, "top": _TOP, "foot": foot},
        levels=[(share, y(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0)],
        weeks=[(x(week), week) for week in _ticks(span)],
        series=lines,
        gray=line(gray),
        references=[(y(share), label) for share, label in references],
        changes=[(x(week), week) for week in changed],
        published=_dot(published, (broken or 0) - (38 if width > 600 else 30), y),
        band=(y(1), y(published.low or 0))
        if published and alone
        else None,  # where only words were published
        broken=broken,
    )


def _dot(
    published: Published | None, x: float, y: Callable[[float], float]
) -> tuple[float, float, float | None, float | None] | None:
    """Return where a published share stands, with the top and the foot of its interval."""
    if published is None or published.share is None:
        return None
    high, low = (None if end is None else y(end) for end in (published.high, published.low))
    return x, y(published.share), high, low


def _weeks(step: Step) -> int:
    return (step.last - step.first).days // 7 + 1


def _ticks(span: ShownWeeks) -> Iterator[date]:
    """Yield the weeks whose days stand below the axis."""
    every = max(4, 4 * round(span.weeks / WEEKS / 4))
    for number in range(0, span.weeks - 1, every):
        yield span.first + timedelta(weeks=number)


def _spread(wanted: Sequence[float], foot: float) -> list[float]:
    """Return heights that are at least a line apart, in the order given, from the top."""
    heights: list[float] = []
    for one in wanted:
        heights.append(max(one, heights[-1] + _LINE) if heights else max(one, _TOP))
    over = heights[-1] - (foot + 5) if heights else 0
    if over > 0:
        heights = [one - over for one in heights]
        for number in range(len(heights) - 2, -1, -1):
            heights[number] = min(heights[number] + over, heights[number + 1] - _LINE)
    return heights
