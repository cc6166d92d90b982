"""Sentences about what one word changes: each stands by itself, with its numbers in it.

A change whose interval holds 0 is said to be no clear one; labels are of how pictures are perceived.
"""

from __future__ import annotations

from collections.abc import Mapping

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row
from assets.suites.loader import attribute_words

_NBSP = "\N{NO-BREAK SPACE}"
#: Dress that counts in caricature_rate, as the object of "draws people with …".
_DRESS: Mapping[str, str] = {"traditional": "traditional dress"}


def pictures(attribute: str, value: str) -> str:
    """Return what pictures with this value are called, in the plural; attributes of a study are named as theirs."""
    name = words.attribute(attribute).lower()
    if attribute not in attribute_words():
        return f"pictures with {name} labelled “{words.plain(value)}”"
    return words.of_value(attribute, value).pictures or f"pictures with {name} “{words.value(value)}”"


def points(change: float) -> str:
    """Return the size of a change of a share in percentage points; what is not 0 is never rounded to it."""
    size = 100 * abs(change)
    if 0 < size < 0.5:
        return "less than 1 point"
    return "1 point" if round(size) == 1 else f"{size:.0f} points"


def signed_points(change: float) -> str:
    """Return a change of a share with its sign and a true minus: "+12"."""
    text = f"{abs(100 * change):.0f}"
    return "0" if text == "0" else f"{'+' if change > 0 else '−'}{text}"


def who(row: Row) -> str:
    """Return the model as the subject of a sentence."""
    name = words.plain(row["model"])
    return f"the simulated model {name}" if row["simulated"] else name


def missing(said: str, row: Row, what: str) -> str:
    """Return that there is no figure, and why."""
    why = words.reason(row["reason"] or "no figure")
    return f"{said}, {who(row)}: no figure for {what}. {why}."


def share(said: str, row: Row) -> str:
    """Return the sentence about the share of a value."""
    what = pictures(row["attribute"], row["value_name"])
    if row["estimate"] is None:
        return missing(said, row, what)
    before, after = words.percent(row["estimate_a"]), words.percent(row["estimate_b"])
    if row["estimate"] == 0:
        return f"{said}, {who(row)} draws neither more nor fewer {what}: {after} both times."
    direction = "more" if row["estimate"] > 0 else "fewer"
    chance = "" if row["clear"] else ", which may be chance"
    return (
        f"{said}, {who(row)} draws {points(row['estimate'])} {direction} {what}{chance}: "
        f"{after} instead of {before}."
    )


def control(said: str, row: Row) -> str:
    """Return the sentence about the distance from a reference; distances are roots of the means of `distance2`."""
    what = f"{words.attribute(row['attribute']).lower()} and {words.reference(row['reference'])}"
    if row["estimate"] is None:
        return missing(said, row, f"the distance between {what}")
    before, after = (max(row[name], 0.0) ** 0.5 for name in ("estimate_a", "estimate_b"))
    if not row["clear"]:
        moved = "comes neither clearly closer to nor clearly further from"
    else:
        moved = "comes closer to" if row["estimate"] < 0 else "moves further away from"
    goal = f"{words.reference(row['reference'])} in {words.attribute(row['attribute']).lower()}"
    return f"{said}, {who(row)} {moved} {goal}: distance {after:.2f} instead of {before:.2f}."


def overcorrection(said: str, row: Row) -> str:
    """Return the sentence about a share that went past the reference, of one subject."""
    what = pictures(row["attribute"], row["value_name"])
    before, after = words.percent(row["estimate_a"]), words.percent(row["estimate_b"])
    return (
        f"{said}, {who(row)} goes {points(row['estimate'])} past {words.reference(row['reference'])} for "
        f"{words.subject(row['subject'])}: {after} {what.removeprefix('pictures ')} instead of {before}."
    )


def caricature(said: str, row: Row) -> str:
    """Return the sentence about dress that came with the request."""
    dress = [
        _DRESS.get(value) or _with_article(words.value(value)) for value in row["value_name"].split(", ")
    ]
    what = dress[0] if len(dress) == 1 else f"{', '.join(dress[:-1])} or {dress[-1]}"
    if row["estimate"] is None:
        return missing(said, row, f"people with {what}")
    before, after = words.percent(row["estimate_a"]), words.percent(row["estimate_b"])
    if row["estimate"] == 0:
        return (
            f"{said}, {who(row)} draws no more people with {what} than before: {after}, and {before} before."
        )
    chance = "" if row["clear"] else ", which may be chance"
    return (
        f"{said}, {who(row)} draws {points(row['estimate'])} more people with {what}{chance}: "
        f"{after} instead of {before}."
    )


def share_figure(row: Row) -> str | None:
    """Return a change of shares and its interval: "+12 points (−3 to +27)"; None without a figure."""
    if row["estimate"] is None:
        return None
    ends = " to ".join(signed_points(row[end]) for end in ("low", "high"))
    change = signed_points(row["estimate"])
    return f"{change}{_NBSP}point{'' if change in {'+1', '−1'} else 's'} ({ends})"


def distance_figure(row: Row) -> str | None:
    """Return a change of squared distance and its interval; None without a figure."""
    if row["estimate"] is None:
        return None
    ends = " to ".join(words.signed(row[end]) for end in ("low", "high"))
    return f"{words.signed(row['estimate'])} in squared distance ({ends})"


def behind(row: Row) -> str:
    """Return the pictures, and prompts, behind a figure."""
    said = f"n = {words.number(row['n_a'])} and {words.number(row['n_b'])}"
    if row["planned_cells"] == 1 or row["subject"] is not None:
        return said
    some = (
        f"{row['cells']} of {row['planned_cells']}"
        if row["cells"] != row["planned_cells"]
        else str(row["cells"])
    )
    return f"{said}, {some} pairs of prompts"


def _with_article(name: str) -> str:
    if name in {"other", "none"}:
        return {"other": "other headwear", "none": "a bare head"}[name]
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
