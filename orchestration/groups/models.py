"""The commands `cliche models …`."""

from typing import Annotated

import typer

from orchestration import commands

models = typer.Typer(help="Models that can be asked.", no_args_is_help=True)


@models.callback()
def models_of() -> None:
    """Models that can be asked."""


@models.command("new", short_help="List models that models.yaml lacks.")
def models_new(
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service", help="Ask this one, e.g. openrouter; may be repeated; default: the file's."
        ),
    ] = None,
) -> None:
    """List the models that services offer and models.yaml lacks, and entries that they list no more; it is free."""
    raise typer.Exit(commands.doctor.new_models(service or []))
