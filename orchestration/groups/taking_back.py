"""The commands `cliche retract …` and `cliche remove`."""

from typing import Annotated

import typer

from orchestration import commands

retract = typer.Typer(
    help="Take pictures, labels or a model's week back: the next edition is without them.",
    no_args_is_help=True,
)
Why = Annotated[str, typer.Option("--reason", help="Why; it is published, and kept in the store for good.")]
Model = Annotated[str, typer.Option("--model", help="Name of the model.")]
Week = Annotated[str, typer.Option("--week", help="Monday of the week, YYYY-MM-DD (or YYYY-Wnn).")]


@retract.callback()
def retract_what() -> None:
    """Take pictures, labels or a model's week back: the next edition is without them.

    The record says what and why. Nothing is deleted or asked again, and editions that were published stay.
    """


@retract.command("picture", short_help="Take a picture back.")
def retract_picture(
    picture: Annotated[
        str,
        typer.Argument(metavar="PICTURE", help="SHA-256 of the picture, or key of one slot; in a key, too."),
    ],
    reason: Why,
) -> None:
    """Take a picture back, in all slots that share it: it counts as an answer that cannot be used."""
    raise typer.Exit(commands.taking_back.retract_picture(picture, reason))


@retract.command("labels", short_help="Take a labeler's labels of a model's week back.")
def retract_labels(
    model: Model,
    week: Week,
    labeler: Annotated[str, typer.Option("--labeler", help="The labeler; of several versions NAME@VERSION.")],
    reason: Why,
    attribute: Annotated[
        str | None, typer.Option("--attribute", help="Only the labels of this attribute.")
    ] = None,
) -> None:
    """Take a labeler's labels of a model's week back: its pictures count as not assessed by that version."""
    raise typer.Exit(commands.taking_back.retract_labels(model, week, labeler, attribute, reason))


@retract.command("week", short_help="Take a model's week back.")
def retract_week(model: Model, week: Week, reason: Why) -> None:
    """Take all answers of a model's week back: the model is withheld in it."""
    raise typer.Exit(commands.taking_back.retract_week(model, week, reason))


def remove(
    picture: Annotated[
        str, typer.Argument(metavar="PICTURE", help="SHA-256 of the picture, alone or in a key.")
    ],
    reason: Why,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking first.")] = False,
) -> None:
    """Delete a picture for good: its bytes, its thumbnails and the cards drawn with it; then publish without it.

    The record is written first. Slot, outcome, labels and counts stay. What goes is shown, and it is asked whether to.
    """
    raise typer.Exit(commands.taking_back.remove(picture, reason, yes=yes))
