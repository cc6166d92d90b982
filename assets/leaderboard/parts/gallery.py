"""Sample pictures: the same ones for the same edition, spread over prompts, with what was asked and what was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, rows, rows_of_weeks
from assets.leaderboard.views.view import Gallery, SamplePicture, ShownLabel

PICTURES = 12


def build(con: duckdb.DuckDBPyConnection, week: date, conventions: Mapping[str, str]) -> tuple[Gallery, ...]:
    """Return one gallery a model that ever made a picture, real models first.

    Args:
        con: the warehouse.
        week: the edition's week; a model's pictures are of its latest week with pictures up to this one.
        conventions: how a labeler's readings of drawings are to be understood, by labeler name.
    """
    labelers: dict[str, list[str]] = defaultdict(list)
    for row in rows(con, "model_labelers", {"week": week.isoformat()}):
        labelers[row["model"]].append(row["labeler"])
    found: dict[str, list[Row]] = defaultdict(list)
    weeks = (row["week"] for row in rows(con, "picture_weeks", {"week": week.isoformat()}))
    for row in rows_of_weeks(con, "samples", weeks, {"pictures": PICTURES}):
        found[row["model"]].append(row)
    galleries = [
        Gallery(
            model=words.plain(model),
            simulated=bool(chosen[0]["simulated"]),
            week=chosen[0]["week"],
            pictures=tuple(picture_of(row) for row in chosen),
            convention=_convention(labelers[model], conventions) if chosen[0]["simulated"] else None,
        )
        for model, chosen in found.items()
    ]
    return tuple(sorted(galleries, key=lambda gallery: (gallery.simulated, gallery.model)))


def _convention(labelers: Sequence[str], conventions: Mapping[str, str]) -> str | None:
    return next((conventions[name] for name in labelers if name in conventions), None)


def picture_of(row: Row) -> SamplePicture:
    """Return the picture of a row with its text, readings and what it is called for those who do not see it."""
    readings = tuple(
        ShownLabel(words.attribute(r["attribute"]), words.value(r["value"])) for r in row["readings"] or ()
    )
    said = ", ".join(f"{r.attribute.lower()} {r.value}" for r in readings) or "no labels"
    kind = "Simulated picture" if row["simulated"] else "Picture"
    text = words.plain(row["text"])
    return SamplePicture(
        sha256=row["image_sha256"],
        ext=row["image_ext"],
        width=row["image_width"],
        height=row["image_height"],
        prompt=row["prompt"],
        text=text,
        revised=None if row["revised_prompt"] is None else words.plain(row["revised_prompt"]),
        readings=readings,
        alt=f"{kind} by {words.plain(row['model'])} for “{text}”; read as: {said}",
    )
