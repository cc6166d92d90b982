"""The commands `cliche retract …`, `cliche remove` and `cliche study …`."""

from typing import Annotated

import typer
from typer import Argument, Option

from orchestration import commands

retract = typer.Typer(
    help="Take pictures, labels or a model's week back: the next edition is without them.",
    no_args_is_help=True,
)
study = typer.Typer(help="Published studies that were imported.", no_args_is_help=True)
Study = Annotated[str, Argument(metavar="STUDY", help="Name of the study, e.g. raza2025")]
Why = Annotated[str, Option("--reason", help="Why; it is published, and kept in the store for good.")]
Model = Annotated[str, Option("--model", help="Name of the model.")]
Week = Annotated[str, Option("--week", help="Monday of the week, YYYY-MM-DD (or YYYY-Wnn).")]


@retract.callback()
def retract_what() -> None:
    """Take pictures, labels or a model's week back: the next edition is without them.

    The record says what and why. Nothing is deleted or asked again, and editions that were published stay.
    """


@retract.command("picture", short_help="Take a picture back.")
def retract_picture(
    picture: Annotated[
        str, Argument(metavar="PICTURE", help="SHA-256 of the picture, or key of one slot; in a key, too.")
    ],
    reason: Why,
) -> int:
    """Take a picture back, in all slots that share it: it counts as an answer that cannot be used."""
    return commands.taking_back.retract_picture(picture, reason)


@retract.command("labels", short_help="Take a labeler's labels of a model's week back.")
def retract_labels(
    model: Model,
    week: Week,
    labeler: Annotated[str, Option(help="The labeler; of several versions NAME@VERSION.")],
    reason: Why,
    attribute: Annotated[str | None, Option(help="Only the labels of this attribute.")] = None,
) -> int:
    """Take a labeler's labels of a model's week back: its pictures count as not assessed by that version."""
    return commands.taking_back.retract_labels(model, week, labeler, attribute, reason)


@retract.command("week", short_help="Take a model's week back.")
def retract_week(model: Model, week: Week, reason: Why) -> int:
    """Take all answers of a model's week back: the model is withheld in it."""
    return commands.taking_back.retract_week(model, week, reason)


def remove(
    picture: Annotated[str, Argument(metavar="PICTURE", help="SHA-256 of the picture, alone or in a key.")],
    reason: Why,
    *,
    yes: Annotated[bool, Option("--yes", help="Delete without asking first.")] = False,
) -> int:
    """Delete a picture for good: its bytes, its thumbnails and the cards drawn with it; then publish without it.

    The record is written first. Slot, outcome, labels and counts stay. What goes is shown, and it is asked whether to.
    """
    return commands.taking_back.remove(picture, reason, yes=yes)


@study.callback()
def study_of() -> None:
    """Published studies that were imported."""


@study.command("remove", short_help="Take an imported study back.")
def study_remove(
    name: Study, reason: Annotated[str, Option(help="Why; it is kept in the store for good.")]
) -> int:
    """Take an imported study back: the next edition is without it, and a higher version brings it back.

    The record is written before anything else, nothing is deleted, and editions that were published stay as they are.
    """
    return commands.taking_back.study_remove(name, reason)


@study.command("label", short_help="Label an imported study.")
def study_label(
    name: Study,
    labeler: Annotated[str, Option(help="photo, drawing, or a labeler of models.yaml.")] = "photo",
    yes: Annotated[bool, Option("--yes", help="Spend money without asking first.")] = False,
) -> int:
    """Label the pictures of an imported study, once its price was said, and say how far its people agree."""
    return commands.imports.label_imported(name, labeler, yes=yes)
