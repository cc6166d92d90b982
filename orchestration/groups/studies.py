"""The commands `cliche study …`."""

from typing import Annotated

import typer

from orchestration import commands

study = typer.Typer(help="Published studies that were imported.", no_args_is_help=True)


@study.callback()
def study_of() -> None:
    """Published studies that were imported."""


@study.command("remove", short_help="Take an imported study back.")
def study_remove(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="Name of the study, e.g. raza2025")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the store for good.")],
) -> None:
    """Take an imported study back: the next edition is without it, and a higher version brings it back.

    The record is written before anything else, nothing is deleted, and editions that were published stay as they are.
    """
    raise typer.Exit(commands.taking_back.study_remove(name, reason))


@study.command("label", short_help="Label an imported study.")
def study_label(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="Name of the study, e.g. raza2025")],
    labeler: Annotated[
        str, typer.Option("--labeler", help="photo, drawing, or a labeler of models.yaml.")
    ] = "photo",
) -> None:
    """Label the pictures of an imported study, to see how a labeler agrees with the study's people."""
    raise typer.Exit(commands.imports.label_imported(name, labeler))
