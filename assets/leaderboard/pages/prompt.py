"""The page of a prompt: what each model drew for it in the last four weeks, in numbers and in pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from assets.leaderboard.cells import showing
from assets.leaderboard.cells.reading import PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, Sheet
from assets.leaderboard.views.message import Message, Percent, say, title
from assets.leaderboard.views.query import Row, View

#: Pictures of each model, at most; where many models are shown, of all together.
PICTURES, TOGETHER, LEAST = 24, 480, 8
#: Part of a model's pictures that show a value, from which on the page is found by its name.
OFTEN = 0.1


def sheet(prompt: PromptPictures, chart: View | None) -> Sheet:
    """Return the page of a prompt, with its share over time: real models, then simulated ones."""
    head = showing.head(prompt)
    most = max(LEAST, min(PICTURES, TOGETHER // max(1, len(prompt.cells))))
    sign = -1 if showing.is_stereotype(prompt) else 1
    rows = [showing.row(prompt, cell, most) for cell in prompt.cells]
    return Sheet(
        head.address,
        say("“%(prompt)s”", prompt=head.short),
        View(
            head=head,
            lead=_lead(prompt),
            chart=chart,
            expected=showing.expected(prompt),
            rows=sorted(rows, key=partial(_order, sign=sign)),
            others=[*_others(prompt)],
            absent=[View(model=words.plain(row["model"]), why=_why_absent(row)) for row in prompt.absent],
        ),
        crumbs=(Crumb(showing.ADDRESS, showing.TITLE),),
        description=say(
            "What image models drew for “%(prompt)s”, up to the week of %(week)s.",
            prompt=head.short,
            week=prompt.week,
        ),
        searched=tuple(_searched(prompt)),
        template="prompt",
    )


def _searched(prompt: PromptPictures) -> Iterator[Message]:
    """Yield the whole text of a prompt, what it asks for as a phrase, and what its pictures often show."""
    row = prompt.declared[0]
    yield title(words.plain(row["text"]))
    if words.has_phrase(row["subject"] or ""):
        yield title(words.subject(row["subject"]))
    for name in prompt.attributes:
        shares = (one for cell in prompt.cells if name in cell.shares for one in cell.shares[name]["found"])
        for value in sorted({one["value"] for one in shares if (one["share"] or 0) >= OFTEN}):
            yield showing.many(name, value)
            if (name, value) == ("skin_tone", "light"):
                yield say("white")


def _order(row: View, sign: int) -> tuple[bool, bool, float, str]:
    """Order rows: real models first, those with a share before others, then by share, then by name."""
    first = row.shares[0] if row.shares else None
    share = None if first is None or first.n < showing.NEEDED else first.share
    return row.simulated, share is None, sign * (share or 0.0), row.model


def _lead(prompt: PromptPictures) -> Message | None:
    """Return between which shares models lie, of real ones where there are any; None where there are not two."""
    cells = showing.first_kind(prompt.cells)
    published = [share for share in showing.framed(prompt, cells) if share.low is not None]
    shares = [share.share for share in published if share.share is not None]
    if len(shares) < 2:
        return None
    low, high = min(shares), max(shares)
    if low == high:
        return say(
            "%(what)s: %(share)s, with each of %(models)s models.",
            what=published[0].said,
            share=Percent(low),
            models=len(shares),
        )
    return say(
        "%(what)s: %(low)s to %(high)s, depending on the model.",
        what=published[0].said,
        low=Percent(low),
        high=Percent(high),
    )


def _others(prompt: PromptPictures) -> Iterator[View]:
    """Yield what the same pictures show of the other attributes; values that nobody drew are left out.

    Without a share of a model there are no counts.
    """
    for name, of in prompt.attributes.items():
        if prompt.question and name == prompt.question.attribute:
            continue
        read = (cell for cell in prompt.cells if name in cell.shares)
        cells = sorted(read, key=lambda cell: (cell.simulated, words.plain(cell.model)))
        counts = {cell.model: _counts(cell.shares[name]) for cell in cells}
        seen = [value for value in of.support if any(count and count[value] for count in counts.values())]
        if seen:
            rows = [
                View(
                    model=words.plain(cell.model),
                    address=showing.address_of(prompt.id, cell.model),
                    counts=None if count is None else [count[value] for value in seen],
                    n=cell.shares[name]["n"],
                )
                for cell, count in zip(cells, counts.values(), strict=True)
            ]
            values = [showing.caption(name, value) for value in seen]
            yield View(attribute=name, title=title(words.attribute(name)), values=values, rows=rows)


def _counts(shares: Row) -> Counter[str] | None:
    known = shares["reason"] is None
    return Counter({one["value"]: one["k"] for one in shares["found"]}) if known else None


def _why_absent(row: Row) -> Message:
    """Return why a model has no figure here this week."""
    if row["withheld"] is not None and row["last_week"] == row["week"]:
        return say("withheld this week: %(reason)s", reason=showing.cut(row["withheld"]))
    if row["asks"]:
        return say("not asked this week; last asked in the week of %(week)s", week=row["last_week"])
    return say("no longer asked; last asked in the week of %(week)s", week=row["last_week"])
