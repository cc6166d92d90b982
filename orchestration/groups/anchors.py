"""The commands `cliche anchors …`."""

from typing import Annotated

import typer

from orchestration import commands

anchors = typer.Typer(help="Frozen pictures that labelers label again each week.", no_args_is_help=True)


@anchors.command("freeze", short_help="Freeze a set of your own.")
def anchors_freeze(
    name: Annotated[str, typer.Argument(help="Its name; a set never changes.")],
    from_week: Annotated[str, typer.Option("--from-week", help="Monday of the week whose pictures to take.")],
    pictures: Annotated[int, typer.Option("--n", help="How many pictures, 60 or more.")] = 60,
    seed: Annotated[str | None, typer.Option("--seed", help="Random seed; default: the name.")] = None,
) -> None:
    """Freeze stored pictures of a week, drawn at random from every model and suite."""
    raise typer.Exit(commands.anchors.anchors_freeze(name, from_week, pictures, seed))


@anchors.command("list", short_help="List sets, labels and what moved.")
def anchors_list() -> None:
    """List the sets, who labeled them in which weeks, and what moved and waits for a person."""
    raise typer.Exit(commands.anchors.anchors_list())


@anchors.command("accept", short_help="Accept that labels moved.")
def anchors_accept(
    labeler: Annotated[str, typer.Option("--labeler", help="Name of the labeler, or NAME@VERSION.")],
    attribute: Annotated[str, typer.Option("--attribute", help="Attribute whose labels moved.")],
    week: Annotated[str, typer.Option("--week", help="Monday of the week in which they moved.")],
    reason: Annotated[str, typer.Option("--reason", help="Why this is acceptable; published.")],
    by: Annotated[str | None, typer.Option("--by", help="Pseudonym of who says so; published.")] = None,
) -> None:
    """Accept that a labeler's labels of anchors moved, so that its attribute may rank again."""
    raise typer.Exit(commands.anchors.anchors_accept(labeler, attribute, week, reason, by))
